//! `config.json` of a Mixtral model, in the spelling of Transformers 4 and of Transformers 5.

use graftwork_model::{Activation, ConfigReader, Dimensions, ModelError, Rope, RopeDefaults};
use graftwork_plan::Dtype;
use serde_json::Value;

/// Far above any model.
const MAX_EXPERTS: u64 = 1 << 12;

/// What a Mixtral model's configuration fixes.
#[derive(Debug)]
pub(crate) struct MixtralConfig {
    pub(crate) dimensions: Dimensions,
    pub(crate) activation: Activation,
    /// Experts of each layer.
    pub(crate) experts: u64,
    /// How many of them a token goes through.
    pub(crate) experts_per_token: u64,
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

impl MixtralConfig {
    pub(crate) fn read(config: &Value) -> Result<Self, ModelError> {
        let c = ConfigReader(config);
        let dimensions = c.dimensions(None)?;
        let experts = c.optional("num_local_experts")?.unwrap_or(8);
        if !(1..=MAX_EXPERTS).contains(&experts) {
            return Err(c.invalid("num_local_experts", format!("it must lie between 1 and {MAX_EXPERTS}")));
        }
        let experts_per_token = c.optional("num_experts_per_tok")?.unwrap_or(2);
        if !(1..=experts).contains(&experts_per_token) {
            return Err(c.invalid("num_experts_per_tok", format!("it must lie between 1 and {experts}")));
        }
        let defaults = RopeDefaults::new(dimensions.head_dim, dimensions.max_positions);
        Ok(Self {
            activation: c.activation("hidden_act", Activation::Silu)?,
            experts,
            experts_per_token,
            norm_eps: c.epsilon("rms_norm_eps", 1e-5)?,
            rope: Rope::read(&c, RopeDefaults { theta: 1_000_000.0, ..defaults })?,
            window: c.window("sliding_window")?,
            tied: c.optional("tie_word_embeddings")?.unwrap_or(false),
            dtype: c.dtype()?,
            initializer_range: c.initializer_range()?,
            dimensions,
        })
    }
}
