//! `config.json` of a Phi-3 model, in the spelling of Transformers 4 and of Transformers 5.

use graftwork_model::{Activation, ConfigReader, Dimensions, ModelError, Rope, RopeDefaults};
use graftwork_plan::Dtype;
use serde_json::Value;

/// What a Phi-3 model's configuration fixes.
#[derive(Debug)]
pub(crate) struct Phi3Config {
    pub(crate) dimensions: Dimensions,
    pub(crate) activation: Activation,
    /// Added to the mean square in every norm.
    pub(crate) norm_eps: f64,
    pub(crate) rope: Rope,
    /// How far back a token sees; none is without limit.
    pub(crate) window: Option<usize>,
    /// Whether the head is the embedding.
    pub(crate) tied: bool,
    pub(crate) dtype: Dtype,
    /// Deviation of the weights of new layers.
    pub(crate) initializer_range: f64,
}

impl Phi3Config {
    pub(crate) fn read(config: &Value) -> Result<Self, ModelError> {
        let c = ConfigReader(config);
        let dimensions = c.dimensions(None)?;
        Ok(Self {
            activation: c.activation("hidden_act", Activation::Silu)?,
            norm_eps: c.epsilon("rms_norm_eps", 1e-5)?,
            rope: Rope::read(&c, RopeDefaults::new(dimensions.head_dim, dimensions.max_positions))?,
            window: c.window("sliding_window")?,
            tied: c.optional("tie_word_embeddings")?.unwrap_or(false),
            dtype: c.dtype()?,
            initializer_range: c.initializer_range()?,
            dimensions,
        })
    }
}
