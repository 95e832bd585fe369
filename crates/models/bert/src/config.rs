//! `config.json` of a BERT model.

use graftwork_kernels::gate::Gelu;
use graftwork_model::{Activation, ConfigReader, Dimensions, ModelError};
use graftwork_plan::Dtype;
use serde_json::Value;

/// What a BERT model's configuration fixes.
#[derive(Debug)]
pub(crate) struct BertConfig {
    pub(crate) dimensions: Dimensions,
    pub(crate) activation: Activation,
    /// Added to the variance in every norm.
    pub(crate) norm_eps: f64,
    /// Types of tokens.
    pub(crate) types: u64,
    /// Whether the head over the vocabulary is the embedding.
    pub(crate) tied: bool,
    pub(crate) dtype: Dtype,
    /// Deviation of the weights of new layers.
    pub(crate) initializer_range: f64,
}

impl BertConfig {
    pub(crate) fn read(config: &Value) -> Result<Self, ModelError> {
        let c = ConfigReader(config);
        let kind: Option<String> = c.optional("position_embedding_type")?;
        if kind.is_some_and(|kind| kind != "absolute") {
            return Err(c.invalid("position_embedding_type", "only `absolute` is supported".to_owned()));
        }
        if c.optional("is_decoder")?.unwrap_or(false) {
            return Err(c.invalid("is_decoder", "only encoders are supported".to_owned()));
        }
        let (hidden, heads) = (c.size("hidden_size")?, c.size("num_attention_heads")?);
        Ok(Self {
            dimensions: Dimensions {
                hidden,
                intermediate: c.size("intermediate_size")?,
                layers: c.layers("num_hidden_layers")?,
                heads,
                kv_heads: heads,
                head_dim: c.head_dim(hidden, heads)?,
                vocabulary: c.size("vocab_size")?,
                max_positions: c.size("max_position_embeddings")?,
            },
            activation: c.activation("hidden_act", Activation::Gelu(Gelu::Exact))?,
            norm_eps: c.epsilon("layer_norm_eps", 1e-12)?,
            types: match c.optional::<u64>("type_vocab_size")? {
                Some(_) => c.size("type_vocab_size")?,
                None => 2,
            },
            tied: c.optional("tie_word_embeddings")?.unwrap_or(true),
            dtype: c.dtype()?,
            initializer_range: c.initializer_range()?,
        })
    }
}
