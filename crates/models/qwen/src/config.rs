//! `config.json` of a Qwen model, in the spelling of Transformers 4 and of Transformers 5.

use graftwork_model::{Activation, ConfigReader, Dimensions, ModelError, Rope, RopeDefaults};
use graftwork_plan::Dtype;
use serde_json::Value;

/// Width of a head of Qwen3, where the configuration does not say.
const QWEN3_HEAD_DIM: u64 = 128;

/// What a Qwen model's configuration fixes.
#[derive(Debug)]
pub(crate) struct QwenConfig {
    pub(crate) dimensions: Dimensions,
    /// Added to the mean square in every norm.
    pub(crate) norm_eps: f64,
    pub(crate) rope: Rope,
    /// How far back a token sees in each layer; none is without limit.
    pub(crate) windows: Vec<Option<usize>>,
    /// Whether q, k and v have a bias, and whether o has.
    pub(crate) biases: [bool; 2],
    /// Whether queries and keys have norms.
    pub(crate) head_norms: bool,
    /// Whether the head is the embedding.
    pub(crate) tied: bool,
    pub(crate) dtype: Dtype,
    /// Deviation of the weights of new layers.
    pub(crate) initializer_range: f64,
    /// `Qwen2` or `Qwen3`.
    pub(crate) class: &'static str,
}

impl QwenConfig {
    pub(crate) fn read(config: &Value) -> Result<Self, ModelError> {
        let c = ConfigReader(config);
        let third = c.required::<String>("model_type")? == "qwen3";
        let dimensions = c.dimensions(third.then_some(QWEN3_HEAD_DIM))?;
        if c.activation("hidden_act", Activation::Silu)? != Activation::Silu {
            return Err(c.invalid("hidden_act", "the Qwen family uses `silu`".to_owned()));
        }
        let biases = if third { [c.optional("attention_bias")?.unwrap_or(false); 2] } else { [true, false] };
        Ok(Self {
            rope: Rope::read(&c, RopeDefaults::new(dimensions.head_dim, dimensions.max_positions))?,
            norm_eps: c.epsilon("rms_norm_eps", 1e-6)?,
            windows: windows(&c, dimensions.layers)?,
            biases,
            head_norms: third,
            tied: c.optional("tie_word_embeddings")?.unwrap_or(false),
            dtype: c.dtype()?,
            initializer_range: c.initializer_range()?,
            class: if third { "Qwen3" } else { "Qwen2" },
            dimensions,
        })
    }
}

/// Where windows are used at all, the first `max_window_layers` layers see everything, or `layer_types` says which do.
fn windows(c: &ConfigReader<'_>, layers: u64) -> Result<Vec<Option<usize>>, ModelError> {
    let window = match c.optional("use_sliding_window")? {
        Some(true) => c.window("sliding_window")?.or(Some(4096)),
        _ => None,
    };
    let full = c.optional("max_window_layers")?.unwrap_or(28);
    let sliding = c.sliding_layers(layers, |layer| layer >= full)?;
    Ok(sliding.into_iter().map(|slides| window.filter(|_| slides)).collect())
}
