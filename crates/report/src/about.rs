//! What is known of a run when it begins: `about.json` in its folder.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What a run is, before its first update.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct About {
    /// Version of Graftwork.
    pub version: String,
    /// The device, e.g. `cpu` or `cuda:0`.
    pub device: String,
    /// What the device is, for a person, e.g. the processor's or the card's name.
    #[serde(default)]
    pub machine: Option<String>,
    /// Threads that compute.
    pub threads: usize,
    /// The base model.
    pub model: Model,
    /// What trains it.
    pub strategy: Strategy,
    /// What the strategy decided.
    pub plan: Plan,
    /// What it trains on.
    pub data: Data,
    /// How it trains.
    pub training: Training,
    /// What an update was expected to take, in bytes.
    pub estimated_memory: u64,
    /// What there is on the device, in bytes, where the system says.
    #[serde(default)]
    pub device_memory: Option<u64>,
}

/// A base model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Model {
    /// Its folder, or its name on the Hub.
    pub path: String,
    /// Its family, e.g. `llama`.
    pub architecture: String,
    /// Its weights.
    pub parameters: u64,
    /// BLAKE3 of its files.
    pub blake3: String,
}

/// A chain of strategies.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Strategy {
    /// Its name, e.g. `lora`.
    pub name: String,
    /// Its plugins, in the order in which they were asked.
    pub plugins: Vec<Plugin>,
}

/// A plugin of it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Plugin {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// What it was set to, with its defaults.
    pub settings: Value,
}

/// What trains.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// BLAKE3 of the plan.
    pub hash: String,
    /// Weights that train, the model's own and the adapters'.
    pub trainable_parameters: u64,
    /// Weights in the model.
    pub total_parameters: u64,
    /// Weights in the adapters, trained or not.
    pub adapter_parameters: u64,
    /// `trainable_parameters` over all weights there are, in percent.
    pub trainable_percent: f64,
    /// The model's parameters that train in place.
    pub trained: Vec<String>,
    /// The adapters.
    pub adapters: Vec<Adapter>,
}

/// An adapter.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Adapter {
    /// The adapted parameter.
    pub target: String,
    /// Name of the method.
    pub kind: String,
    /// The weight that the layer behaves as.
    pub formula: String,
    /// Its tensors, `name [shape]`.
    pub tensors: Vec<String>,
    /// Weights that it adds.
    pub parameters: u64,
}

/// What is trained and evaluated on.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Data {
    /// Hash of the tokenised rows and their order: equal for the same data.
    pub fingerprint: String,
    /// The files.
    pub files: Vec<String>,
    /// What an epoch trains on.
    pub training: TrainingData,
    /// What an evaluation counts.
    pub evaluation: EvaluationData,
}

/// The rows of an epoch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrainingData {
    /// Rows.
    pub rows: u64,
    /// Tokens, padding not counted.
    pub tokens: u64,
    /// Tokens that the loss counts.
    pub target_tokens: u64,
}

/// The rows of an evaluation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EvaluationData {
    /// Rows.
    pub rows: u64,
    /// Tokens, or classes, that the loss counts.
    pub target_tokens: u64,
}

/// How a run trains.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Training {
    /// Updates of the whole run.
    pub updates: u64,
    /// Rows in one forward pass.
    pub batch_size: u64,
    /// Forward passes in one update.
    pub gradient_accumulation: u64,
    /// Longest row, in tokens.
    pub max_length: u64,
    /// Peak learning rate of the default group.
    pub learning_rate: f64,
    /// Seed of everything random.
    pub seed: u64,
}
