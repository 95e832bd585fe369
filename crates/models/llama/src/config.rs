//! `config.json` of a Llama model, in the spelling of Transformers 4 and of Transformers 5.

use graftwork_model::{Activation, ConfigReader, Dimensions, ModelError, Rope, RopeDefaults};
use graftwork_plan::Dtype;
use serde_json::Value;

/// What a Llama model's configuration fixes.
#[derive(Debug)]
pub(crate) struct LlamaConfig {
    pub(crate) dimensions: Dimensions,
    /// Added to the mean square in every norm.
    pub(crate) norm_eps: f64,
    pub(crate) rope: Rope,
    /// How far back a token sees; none is without limit.
    pub(crate) window: Option<usize>,
    /// Whether q, k, v and o have a bias.
    pub(crate) attention_bias: bool,
    /// Whether gate, up and down have a bias.
    pub(crate) mlp_bias: bool,
    /// Whether the head is the embedding.
    pub(crate) tied: bool,
    pub(crate) dtype: Dtype,
    /// Deviation of the weights of new layers.
    pub(crate) initializer_range: f64,
    /// `Llama` or `Mistral`.
    pub(crate) class: &'static str,
}

impl LlamaConfig {
    pub(crate) fn read(config: &Value) -> Result<Self, ModelError> {
        let c = ConfigReader(config);
        let dimensions = c.dimensions(None)?;
        if c.activation("hidden_act", Activation::Silu)? != Activation::Silu {
            return Err(c.invalid("hidden_act", "the Llama family uses `silu`".to_owned()));
        }
        let mistral = c.optional::<String>("model_type")?.as_deref() == Some("mistral");
        Ok(Self {
            rope: Rope::read(&c, RopeDefaults::new(dimensions.head_dim, dimensions.max_positions))?,
            norm_eps: c.epsilon("rms_norm_eps", 1e-6)?,
            window: window(&c, mistral)?,
            attention_bias: c.optional("attention_bias")?.unwrap_or(false),
            mlp_bias: c.optional("mlp_bias")?.unwrap_or(false),
            tied: c.optional("tie_word_embeddings")?.unwrap_or(false),
            dtype: c.dtype()?,
            initializer_range: c.initializer_range()?,
            class: if mistral { "Mistral" } else { "Llama" },
            dimensions,
        })
    }
}

/// Only Mistral has a window: of 4096 where the key is left out, none where it is null. Llama does not look at the key.
fn window(c: &ConfigReader<'_>, mistral: bool) -> Result<Option<usize>, ModelError> {
    match (mistral, c.0.get("sliding_window")) {
        (true, None) => Ok(Some(4096)),
        (true, Some(_)) => c.window("sliding_window"),
        _ => Ok(None),
    }
}
