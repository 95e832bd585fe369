//! Reads a checkpoint's `config.json` with errors that name the key.

use graftwork_plan::Dtype;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::{Activation, Dimensions, TaskKind};

/// Far above any model.
const MAX_HEAD_DIM: u64 = 1 << 16;
/// Far above any model.
const MAX_LAYERS: u64 = 10_000;

/// Why a configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ModelError {
    /// A key is missing.
    #[error("config.json has no `{key}`")]
    Missing {
        /// The key.
        key: String,
    },
    /// A key has a value that makes no sense.
    #[error("config.json: `{key}` is {value}: {message}")]
    Invalid {
        /// The key.
        key: String,
        /// Its value.
        value: String,
        /// What is wrong with it.
        message: String,
    },
    /// The sizes of a parameter multiply to more than a tensor may have.
    #[error("config.json gives `{name}` a shape that makes no sense: {message}")]
    Size {
        /// Name of the parameter.
        name: String,
        /// What is wrong with its shape.
        message: String,
    },
    /// No registered family knows this type of model.
    #[error("models of type `{found}` are not supported; there are: {known}")]
    UnknownFamily {
        /// `model_type` of the configuration.
        found: String,
        /// The types that are.
        known: String,
    },
    /// The family does not do this.
    #[error("the {family} family is not made for {task}; it does: {known}")]
    Task {
        /// The family.
        family: &'static str,
        /// What was asked of it.
        task: TaskKind,
        /// What can be.
        known: String,
    },
}

/// As much of a configuration's own words as a message repeats, in characters.
const MOST_QUOTED: usize = 500;

/// What a configuration says, for a message: it may hold what a terminal obeys, and be long without end.
pub(crate) fn on_one_line(text: &str) -> String {
    let escape = |c: char| if c.is_control() { c.escape_default().collect() } else { vec![c] };
    let more = if text.chars().nth(MOST_QUOTED).is_some() { "..." } else { "" };
    text.chars().take(MOST_QUOTED).flat_map(escape).chain(more.chars()).collect()
}

/// Access to the keys of a configuration. A key that is `null` counts as absent, as in Transformers.
#[derive(Clone, Copy, Debug)]
pub struct ConfigReader<'a>(pub &'a Value);

impl ConfigReader<'_> {
    /// The value of a key that must be there.
    ///
    /// # Errors
    /// The key is missing or has another type.
    pub fn required<T: DeserializeOwned>(&self, key: &str) -> Result<T, ModelError> {
        self.optional(key)?.ok_or_else(|| ModelError::Missing { key: key.to_owned() })
    }

    /// The value of a key, where there is one.
    ///
    /// # Errors
    /// The key has another type.
    pub fn optional<T: DeserializeOwned>(&self, key: &str) -> Result<Option<T>, ModelError> {
        match self.0.get(key) {
            None | Some(Value::Null) => Ok(None),
            Some(value) => match T::deserialize(value) {
                Ok(parsed) => Ok(Some(parsed)),
                Err(e) => Err(self.invalid(key, e.to_string())),
            },
        }
    }

    /// A size that must be there, at least 1 and at most 2³¹.
    ///
    /// # Errors
    /// The key is missing, no integer, or out of range.
    pub fn size(&self, key: &str) -> Result<u64, ModelError> {
        let size: u64 = self.required(key)?;
        if (1..=1 << 31).contains(&size) {
            Ok(size)
        } else {
            Err(self.invalid(key, "it must lie between 1 and 2^31".to_owned()))
        }
    }

    /// The error for a key whose value makes no sense.
    #[must_use]
    pub fn invalid(&self, key: &str, message: String) -> ModelError {
        let value = self.0.get(key).map_or_else(|| "absent".to_owned(), |value| on_one_line(&value.to_string()));
        ModelError::Invalid { key: key.to_owned(), value, message: on_one_line(&message) }
    }

    /// The sizes of a decoder by the names that most families use: `hidden_size`, `num_attention_heads`, …; `head_dim` is what
    /// the family has where the configuration does not say, or none for `hidden_size / num_attention_heads`.
    ///
    /// # Errors
    /// A size is missing, out of range, or does not divide what it must.
    pub fn dimensions(&self, head_dim: Option<u64>) -> Result<Dimensions, ModelError> {
        let hidden = self.size("hidden_size")?;
        let heads = self.size("num_attention_heads")?;
        let kv_heads = self.optional("num_key_value_heads")?.unwrap_or(heads);
        if kv_heads == 0 || !heads.is_multiple_of(kv_heads) {
            return Err(self.invalid("num_key_value_heads", format!("it must divide num_attention_heads, {heads}")));
        }
        let head_dim = match self.optional("head_dim")?.or(head_dim) {
            Some(width) => width,
            None => self.head_dim(hidden, heads)?,
        };
        if head_dim == 0 || head_dim % 2 != 0 || head_dim > MAX_HEAD_DIM {
            let message = format!(
                "heads of width {head_dim} cannot be rotated in halves; it must be even, at most {MAX_HEAD_DIM}"
            );
            return Err(self.invalid("head_dim", message));
        }
        Ok(Dimensions {
            hidden,
            intermediate: self.size("intermediate_size")?,
            layers: self.layers("num_hidden_layers")?,
            heads,
            kv_heads,
            head_dim,
            vocabulary: self.size("vocab_size")?,
            max_positions: self.optional("max_position_embeddings")?.unwrap_or(2048),
        })
    }

    /// Width of a head, where the heads share the hidden width evenly.
    ///
    /// # Errors
    /// They do not.
    pub fn head_dim(&self, hidden: u64, heads: u64) -> Result<u64, ModelError> {
        if hidden.is_multiple_of(heads) && hidden / heads <= MAX_HEAD_DIM {
            Ok(hidden / heads)
        } else {
            Err(self.invalid("num_attention_heads", format!("it must divide hidden_size, {hidden}")))
        }
    }

    /// A number of layers.
    ///
    /// # Errors
    /// It is missing or makes no sense.
    pub fn layers(&self, key: &str) -> Result<u64, ModelError> {
        let layers = self.size(key)?;
        if layers > MAX_LAYERS {
            Err(self.invalid(key, "no model has that many layers".to_owned()))
        } else {
            Ok(layers)
        }
    }

    /// What a norm adds under its root.
    ///
    /// # Errors
    /// It is negative or no number.
    pub fn epsilon(&self, key: &str, default: f64) -> Result<f64, ModelError> {
        let eps = self.optional(key)?.unwrap_or(default);
        if eps >= 0.0 { Ok(eps) } else { Err(self.invalid(key, "it must not be negative".to_owned())) }
    }

    /// A positive number, where there is one.
    ///
    /// # Errors
    /// It is not positive.
    pub fn positive(&self, key: &str) -> Result<Option<f64>, ModelError> {
        match self.optional::<f64>(key)? {
            Some(value) if !(value > 0.0 && value.is_finite()) => {
                Err(self.invalid(key, "it must be positive".to_owned()))
            }
            value => Ok(value),
        }
    }

    /// Deviation of the weights of new layers.
    ///
    /// # Errors
    /// It is negative or no number.
    pub fn initializer_range(&self) -> Result<f64, ModelError> {
        self.epsilon("initializer_range", 0.02)
    }

    /// How far back a token sees; none is without limit.
    ///
    /// # Errors
    /// It is 0 or no number.
    pub fn window(&self, key: &str) -> Result<Option<usize>, ModelError> {
        match self.optional(key)? {
            Some(0) => Err(self.invalid(key, "a token has to see itself; it must be at least 1".to_owned())),
            window => Ok(window),
        }
    }

    /// Which layers see only what is near: `layer_types`, or where there is none what the family says of a layer.
    ///
    /// # Errors
    /// `layer_types` has another length, or names a type that is not known.
    pub fn sliding_layers(&self, layers: u64, slides: impl Fn(u64) -> bool) -> Result<Vec<bool>, ModelError> {
        const KEY: &str = "layer_types";
        let Some(types) = self.optional::<Vec<String>>(KEY)? else { return Ok((0..layers).map(slides).collect()) };
        if types.len() as u64 != layers {
            return Err(self.invalid(KEY, format!("it must say a type for each of the {layers} layers")));
        }
        let slides = |kind: &String| match kind.as_str() {
            "sliding_attention" => Ok(true),
            "full_attention" => Ok(false),
            _ => Err(self.invalid(KEY, "a type must be full_attention or sliding_attention".to_owned())),
        };
        types.iter().map(slides).collect()
    }

    /// An activation function.
    ///
    /// # Errors
    /// It is not known.
    pub fn activation(&self, key: &str, default: Activation) -> Result<Activation, ModelError> {
        let Some(name) = self.optional::<String>(key)? else { return Ok(default) };
        Activation::named(&name).ok_or_else(|| {
            self.invalid(key, "it must be one of silu, gelu, gelu_new, gelu_pytorch_tanh, relu".to_owned())
        })
    }

    /// `dtype` of Transformers 5, `torch_dtype` of Transformers 4; f32 where there is neither.
    ///
    /// # Errors
    /// It is no type of floats.
    pub fn dtype(&self) -> Result<Dtype, ModelError> {
        let (key, name) = match self.optional::<String>("dtype")? {
            Some(name) => ("dtype", Some(name)),
            None => ("torch_dtype", self.optional::<String>("torch_dtype")?),
        };
        match name.as_deref() {
            None | Some("float32") => Ok(Dtype::F32),
            Some("bfloat16") => Ok(Dtype::Bf16),
            Some("float16") => Ok(Dtype::F16),
            Some("float64") => Ok(Dtype::F64),
            Some(_) => Err(self.invalid(key, "it must be float32, bfloat16 or float16".to_owned())),
        }
    }
}
