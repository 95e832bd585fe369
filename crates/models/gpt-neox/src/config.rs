//! `config.json` of a GPT-NeoX model, in the spelling of Transformers 4 and of Transformers 5.

use graftwork_kernels::gate::Gelu;
use graftwork_model::{Activation, ConfigReader, Dimensions, ModelError, Rope, RopeDefaults};
use graftwork_plan::Dtype;
use serde_json::Value;

/// What a GPT-NeoX model's configuration fixes.
#[derive(Debug)]
pub(crate) struct NeoXConfig {
    pub(crate) dimensions: Dimensions,
    pub(crate) activation: Activation,
    /// Added to the variance in every norm.
    pub(crate) norm_eps: f64,
    pub(crate) rope: Rope,
    /// Whether the feed-forward block reads what attention reads.
    pub(crate) parallel: bool,
    /// Whether the layers of attention have a bias.
    pub(crate) attention_bias: bool,
    /// Whether the head is the embedding.
    pub(crate) tied: bool,
    pub(crate) dtype: Dtype,
    /// Deviation of the weights of new layers.
    pub(crate) initializer_range: f64,
}

impl NeoXConfig {
    pub(crate) fn read(config: &Value) -> Result<Self, ModelError> {
        let c = ConfigReader(config);
        let dimensions = c.dimensions(None)?;
        let share = RopeDefaults::new(dimensions.head_dim, dimensions.max_positions);
        Ok(Self {
            activation: c.activation("hidden_act", Activation::Gelu(Gelu::Exact))?,
            norm_eps: c.epsilon("layer_norm_eps", 1e-5)?,
            rope: Rope::read(&c, RopeDefaults { share: 0.25, ..share })?,
            parallel: c.optional("use_parallel_residual")?.unwrap_or(true),
            attention_bias: c.optional("attention_bias")?.unwrap_or(true),
            tied: c.optional("tie_word_embeddings")?.unwrap_or(false),
            dtype: c.dtype()?,
            initializer_range: c.initializer_range()?,
            dimensions,
        })
    }
}
