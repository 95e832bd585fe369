//! The plan as it crosses from a plugin and as it is stored: plain data that nothing has checked yet.
//!
//! The fields are those of `wit/strategy.wit`.

use serde::{Deserialize, Serialize};

/// Value of a node's attribute.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Attribute {
    /// A signed integer.
    Integer(i64),
    /// A floating-point number; it must be finite.
    Float(f64),
    /// Text.
    Text(String),
    /// Integers, e.g. a shape.
    Integers(Vec<i64>),
}

impl Attribute {
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Integer(_) => "an integer",
            Self::Float(_) => "a float",
            Self::Text(_) => "text",
            Self::Integers(_) => "a list of integers",
        }
    }
}

/// One node of an expression: an op, the earlier nodes that it takes, its attributes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawNode {
    /// Name of the op.
    pub op: String,
    /// Indices of earlier nodes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub inputs: Vec<u32>,
    /// Attributes by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attributes: Vec<(String, Attribute)>,
}

/// An expression: nodes with operands before their users, and the node that is its value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawGraph {
    /// Operands come before their users.
    pub nodes: Vec<RawNode>,
    /// Index of the node that is the value.
    pub root: u32,
}

/// A tensor that an adapter adds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawTensor {
    /// Name within the adapter, e.g. `lora_A`.
    pub name: String,
    /// Sizes of its axes.
    pub shape: Vec<u32>,
    /// Whether it trains.
    pub trainable: bool,
    /// Optimizer group; none is the default group.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// Its value at step 0.
    pub init: RawGraph,
    /// Its value after each update, where it does not train but is kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub update: Option<RawGraph>,
}

/// What is attached to one parameter.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawAdapter {
    /// Index of the parameter.
    pub target: u32,
    /// Name of the method, e.g. `lora`.
    pub kind: String,
    /// The tensors that it adds.
    pub tensors: Vec<RawTensor>,
    /// What the frozen weight becomes before step 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base: Option<RawGraph>,
    /// The weight that the layer behaves as.
    pub effective: RawGraph,
    /// A number that is added to the loss of every update.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub penalty: Option<RawGraph>,
}

/// A parameter of the model itself that trains.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawTrainable {
    /// Index of the parameter.
    pub param: u32,
    /// Optimizer group; none is the default group.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
}

/// How the optimizer treats the tensors of one group.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawGroup {
    /// Name that tensors refer to.
    pub name: String,
    /// Factor on the run's learning rate.
    pub learning_rate_scale: f64,
    /// Weight decay in place of the run's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weight_decay: Option<f64>,
}

/// What a strategy decides.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawPlan {
    /// Parameters of the model that train in place.
    #[serde(default)]
    pub trainable: Vec<RawTrainable>,
    /// Tensors that every adapter may use, by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub shared: Vec<RawTensor>,
    /// Adapters, at most one for each parameter.
    #[serde(default)]
    pub adapters: Vec<RawAdapter>,
    /// Optimizer groups.
    #[serde(default)]
    pub groups: Vec<RawGroup>,
    /// Free text, kept with the run.
    #[serde(default)]
    pub metadata: Vec<(String, String)>,
}

impl RawPlan {
    /// Adds what another strategy of the chain decides. Clashes are found by validation.
    pub fn extend(&mut self, other: Self) {
        self.trainable.extend(other.trainable);
        self.shared.extend(other.shared);
        self.adapters.extend(other.adapters);
        self.groups.extend(other.groups);
        self.metadata.extend(other.metadata);
    }
}
