//! The model as a strategy sees it: its parameters by name, shape and role. No weights.

use serde::{Deserialize, Serialize};

use crate::Shape;

/// Index of a parameter in its [`Manifest`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ParamId(pub u32);

impl ParamId {
    /// The index into [`Manifest::params`].
    #[must_use]
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// Element type of a parameter, as in the checkpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Dtype {
    /// IEEE 754 binary64.
    F64,
    /// IEEE 754 binary32.
    F32,
    /// IEEE 754 binary16.
    F16,
    /// bfloat16: the upper half of binary32.
    Bf16,
}

impl Dtype {
    /// Size of one element in bytes.
    #[must_use]
    pub fn bytes(self) -> u64 {
        match self {
            Self::F64 => 8,
            Self::F32 => 4,
            Self::F16 | Self::Bf16 => 2,
        }
    }

    /// The lower-case name, as it crosses to plugins and into files.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::F64 => "f64",
            Self::F32 => "f32",
            Self::F16 => "f16",
            Self::Bf16 => "bf16",
        }
    }
}

/// What a parameter is for. Plugins see the lower-case name and treat one they do not know as `other`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Weight of a linear layer, `[out, in]`.
    Linear,
    /// Token or position embedding, `[entries, hidden]`.
    Embedding,
    /// Scale (or shift) of a normalisation layer.
    Norm,
    /// Bias of a linear layer.
    Bias,
    /// Output head, `[vocabulary or classes, hidden]`.
    Head,
    /// Anything else.
    Other,
}

impl Role {
    /// The lower-case name that crosses to plugins.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Linear => "linear",
            Self::Embedding => "embedding",
            Self::Norm => "norm",
            Self::Bias => "bias",
            Self::Head => "head",
            Self::Other => "other",
        }
    }
}

/// One parameter of the model.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Param {
    /// Name in the checkpoint, e.g. `model.layers.0.self_attn.q_proj.weight`.
    pub name: String,
    /// `[out, in]` for a linear weight.
    pub shape: Shape,
    /// Element type in the checkpoint.
    pub dtype: Dtype,
    /// What it is for.
    pub role: Role,
    /// Decoder or encoder layer, counted from 0.
    pub layer: Option<u32>,
    /// The parameter that this one is the same tensor as.
    pub tied_to: Option<ParamId>,
}

impl Param {
    /// Name of the module that owns the parameter: the name without `.weight` or `.bias`.
    #[must_use]
    pub fn module(&self) -> &str {
        self.name.rsplit_once('.').map_or(self.name.as_str(), |(module, _)| module)
    }
}

/// Every parameter of a model, with its configuration.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// Family name, e.g. `llama`.
    pub architecture: String,
    /// The checkpoint's `config.json`.
    pub config: serde_json::Value,
    /// Indexed by [`ParamId`].
    pub params: Vec<Param>,
}

impl Manifest {
    /// The parameter of that index, if there is one.
    #[must_use]
    pub fn get(&self, id: ParamId) -> Option<&Param> {
        self.params.get(id.index())
    }

    /// The parameter of that name.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<ParamId> {
        self.params.iter().position(|p| p.name == name).map(|i| ParamId(i as u32))
    }

    /// Every parameter with its id.
    pub fn iter(&self) -> impl Iterator<Item = (ParamId, &Param)> {
        self.params.iter().enumerate().map(|(i, p)| (ParamId(i as u32), p))
    }

    /// Number of weights in the model; a tied parameter is counted once.
    #[must_use]
    pub fn total_parameters(&self) -> u64 {
        self.params.iter().filter(|p| p.tied_to.is_none()).map(|p| p.shape.elements()).sum()
    }
}
