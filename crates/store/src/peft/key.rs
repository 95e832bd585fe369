//! The names of an adapter's tensors, such as `base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight`.

use std::fmt;
use std::str::FromStr;

use super::PeftError;

const PREFIX: &str = "base_model.model.";

/// A parameter of a module.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Param {
    /// `weight`
    Weight,
    /// `bias`
    Bias,
}

/// What a tensor of an adapter is to its module.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum AdapterPart {
    /// Factor A of a linear map, `[rank, in]`.
    LoraA,
    /// Factor B of a linear map, `[out, rank]`.
    LoraB,
    /// DoRA's magnitudes, `[out]`.
    Magnitude,
    /// Factor A of an embedding, `[rank, vocabulary]`.
    EmbeddingA,
    /// Factor B of an embedding, `[hidden, rank]`.
    EmbeddingB,
    /// A trained parameter of a module that has factors as well, such as its bias.
    BaseLayer(Param),
    /// A trained parameter of a module that has none: one of `modules_to_save`, or a bias.
    Saved(Param),
}

impl AdapterPart {
    const ALL: [Self; 9] = [
        Self::LoraA,
        Self::LoraB,
        Self::Magnitude,
        Self::EmbeddingA,
        Self::EmbeddingB,
        Self::BaseLayer(Param::Weight),
        Self::BaseLayer(Param::Bias),
        // After the others: it is the end of some of them.
        Self::Saved(Param::Weight),
        Self::Saved(Param::Bias),
    ];

    fn suffix(self) -> &'static str {
        match self {
            Self::LoraA => ".lora_A.weight",
            Self::LoraB => ".lora_B.weight",
            Self::Magnitude => ".lora_magnitude_vector",
            Self::EmbeddingA => ".lora_embedding_A",
            Self::EmbeddingB => ".lora_embedding_B",
            Self::BaseLayer(Param::Weight) => ".base_layer.weight",
            Self::BaseLayer(Param::Bias) => ".base_layer.bias",
            Self::Saved(Param::Weight) => ".weight",
            Self::Saved(Param::Bias) => ".bias",
        }
    }
}

/// The name of a tensor, taken apart. Parse with [`str::parse`], put together with `to_string`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct AdapterKey {
    /// The path of the module in the base model.
    pub module: String,
    /// What the tensor is to it.
    pub part: AdapterPart,
}

impl FromStr for AdapterKey {
    type Err = PeftError;

    fn from_str(key: &str) -> Result<Self, PeftError> {
        let path = key.strip_prefix(PREFIX).ok_or_else(|| PeftError::Prefix(key.to_owned()))?;
        AdapterPart::ALL
            .into_iter()
            .find_map(|part| Some((path.strip_suffix(part.suffix())?, part)))
            // What is left of a part that is not known, or of an adapter's name, as in `.lora_A.default.weight`.
            .filter(|(module, _)| !module.is_empty() && !module.split('.').any(|name| name.starts_with("lora_")))
            .map(|(module, part)| Self { module: module.to_owned(), part })
            .ok_or_else(|| PeftError::Key(key.to_owned()))
    }
}

impl fmt::Display for AdapterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{PREFIX}{}{}", self.module, self.part.suffix())
    }
}
