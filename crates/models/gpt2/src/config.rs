//! `config.json` of a GPT-2 model.

use graftwork_kernels::gate::Gelu;
use graftwork_model::{Activation, ConfigReader, Dimensions, ModelError};
use graftwork_plan::Dtype;
use serde_json::Value;

/// What a GPT-2 model's configuration fixes.
#[derive(Debug)]
pub(crate) struct Gpt2Config {
    pub(crate) dimensions: Dimensions,
    pub(crate) activation: Activation,
    /// Added to the variance in every norm.
    pub(crate) norm_eps: f64,
    /// Whether the products of queries and keys are divided by the root of a head's width.
    pub(crate) scale_by_width: bool,
    /// Whether they are divided by the number of the layer.
    pub(crate) scale_by_layer: bool,
    /// Whether the head is the embedding.
    pub(crate) tied: bool,
    pub(crate) dtype: Dtype,
    /// Deviation of the weights of new layers.
    pub(crate) initializer_range: f64,
}

impl Gpt2Config {
    pub(crate) fn read(config: &Value) -> Result<Self, ModelError> {
        let c = ConfigReader(config);
        let (hidden, heads) = (c.size("n_embd")?, c.size("n_head")?);
        if !hidden.is_multiple_of(heads) {
            return Err(c.invalid("n_head", format!("it must divide n_embd, {hidden}")));
        }
        if c.optional("add_cross_attention")?.unwrap_or(false) {
            return Err(c.invalid("add_cross_attention", "only decoders that stand alone are supported".to_owned()));
        }
        let intermediate = match c.optional::<u64>("n_inner")? {
            Some(_) => c.size("n_inner")?,
            None => 4 * hidden,
        };
        Ok(Self {
            dimensions: Dimensions {
                hidden,
                intermediate,
                layers: c.layers("n_layer")?,
                heads,
                kv_heads: heads,
                head_dim: hidden / heads,
                vocabulary: c.size("vocab_size")?,
                max_positions: c.size("n_positions")?,
            },
            activation: c.activation("activation_function", Activation::Gelu(Gelu::Tanh))?,
            norm_eps: c.epsilon("layer_norm_epsilon", 1e-5)?,
            scale_by_width: c.optional("scale_attn_weights")?.unwrap_or(true),
            scale_by_layer: c.optional("scale_attn_by_inverse_layer_idx")?.unwrap_or(false),
            tied: c.optional("tie_word_embeddings")?.unwrap_or(true),
            dtype: c.dtype()?,
            initializer_range: c.initializer_range()?,
        })
    }

    /// Factor on the products of queries and keys of a layer.
    pub(crate) fn score_scale(&self, layer: usize) -> f64 {
        let width = if self.scale_by_width { self.dimensions.score_scale() } else { 1.0 };
        if self.scale_by_layer { width / (layer + 1) as f64 } else { width }
    }
}
