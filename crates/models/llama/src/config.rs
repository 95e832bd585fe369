//! `config.json` of a Llama model, in the spelling of Transformers 4 and of Transformers 5.

use graftwork_model::{ConfigReader, Dimensions, ModelError};
use graftwork_plan::Dtype;
use serde_json::Value;

use crate::Frequencies;

/// Far above any model.
const MAX_HEAD_DIM: u64 = 1 << 16;

/// What a Llama model's configuration fixes.
#[derive(Clone, Debug)]
pub struct LlamaConfig {
    /// Sizes.
    pub dimensions: Dimensions,
    /// Added to the mean square in every norm.
    pub norm_eps: f64,
    /// Angles per position.
    pub frequencies: Frequencies,
    /// How far back a token sees; none is without limit.
    pub sliding_window: Option<usize>,
    /// Whether q, k, v and o have a bias.
    pub attention_bias: bool,
    /// Whether gate, up and down have a bias.
    pub mlp_bias: bool,
    /// Whether the head is the embedding.
    pub tied: bool,
    /// Type of the weights, where the configuration says one.
    pub dtype: Dtype,
}

impl LlamaConfig {
    /// Reads a configuration.
    ///
    /// # Errors
    /// A key is missing, has the wrong type, or asks for what this family does not do.
    pub fn read(config: &Value) -> Result<Self, ModelError> {
        let c = ConfigReader(config);
        let hidden = c.size("hidden_size")?;
        let heads = c.size("num_attention_heads")?;
        let kv_heads = c.optional("num_key_value_heads")?.unwrap_or(heads);
        if kv_heads == 0 || !heads.is_multiple_of(kv_heads) {
            return Err(c.invalid("num_key_value_heads", format!("it must divide num_attention_heads, {heads}")));
        }
        let head_dim = match c.optional("head_dim")? {
            Some(width) => width,
            None if hidden.is_multiple_of(heads) => hidden / heads,
            None => return Err(c.invalid("num_attention_heads", format!("it must divide hidden_size, {hidden}"))),
        };
        if head_dim == 0 || head_dim % 2 != 0 || head_dim > MAX_HEAD_DIM {
            return Err(c.invalid(
                "head_dim",
                format!(
                    "heads of width {head_dim} cannot be rotated in halves; it must be even, at most {MAX_HEAD_DIM}"
                ),
            ));
        }
        let activation: String = c.optional("hidden_act")?.unwrap_or_else(|| "silu".to_owned());
        if !matches!(activation.as_str(), "silu" | "swish") {
            return Err(c.invalid("hidden_act", "the Llama family uses `silu`".to_owned()));
        }
        let dimensions = Dimensions {
            hidden,
            intermediate: c.size("intermediate_size")?,
            layers: c.size("num_hidden_layers")?,
            heads,
            kv_heads,
            head_dim,
            vocabulary: c.size("vocab_size")?,
            max_positions: c.optional("max_position_embeddings")?.unwrap_or(2048),
        };
        if dimensions.layers > 10_000 {
            return Err(c.invalid("num_hidden_layers", "no model has that many layers".to_owned()));
        }
        Ok(Self {
            frequencies: Frequencies::read(&c, head_dim as usize, dimensions.max_positions)?,
            norm_eps: norm_eps(&c)?,
            sliding_window: sliding_window(&c)?,
            attention_bias: c.optional("attention_bias")?.unwrap_or(false),
            mlp_bias: c.optional("mlp_bias")?.unwrap_or(false),
            tied: c.optional("tie_word_embeddings")?.unwrap_or(false),
            dtype: dtype(&c)?,
            dimensions,
        })
    }
}

fn norm_eps(c: &ConfigReader<'_>) -> Result<f64, ModelError> {
    let eps = c.optional("rms_norm_eps")?.unwrap_or(1e-6);
    if eps >= 0.0 { Ok(eps) } else { Err(c.invalid("rms_norm_eps", "it must not be negative".to_owned())) }
}

/// Only Mistral has a window: of 4096 where the key is left out, none where it is null. Llama does not look at the key.
fn sliding_window(c: &ConfigReader<'_>) -> Result<Option<usize>, ModelError> {
    let family: Option<String> = c.optional("model_type")?;
    match (family.as_deref(), c.0.get("sliding_window")) {
        (Some("mistral"), None) => Ok(Some(4096)),
        (Some("mistral"), Some(_)) => match c.optional("sliding_window")? {
            Some(0) => Err(c.invalid("sliding_window", "a token has to see itself; it must be at least 1".to_owned())),
            window => Ok(window),
        },
        _ => Ok(None),
    }
}

/// `dtype` of Transformers 5, `torch_dtype` of Transformers 4; f32 where there is neither.
fn dtype(c: &ConfigReader<'_>) -> Result<Dtype, ModelError> {
    let (key, name) = match c.optional::<String>("dtype")? {
        Some(name) => ("dtype", Some(name)),
        None => ("torch_dtype", c.optional::<String>("torch_dtype")?),
    };
    match name.as_deref() {
        None | Some("float32") => Ok(Dtype::F32),
        Some("bfloat16") => Ok(Dtype::Bf16),
        Some("float16") => Ok(Dtype::F16),
        Some("float64") => Ok(Dtype::F64),
        Some(_) => Err(c.invalid(key, "it must be float32, bfloat16 or float16".to_owned())),
    }
}
