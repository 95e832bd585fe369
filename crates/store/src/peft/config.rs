//! `adapter_config.json`: the settings of a LoRA adapter.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize, Serializer};
use serde_json::{Map, Value};

use super::{Patterns, PeftError};
use crate::path::one_line;

/// Settings that say how an adapter came to be, or with what it was written, but not what it computes.
const INERT: [&str; 10] = [
    "auto_mapping",
    "corda_config",
    "eva_config",
    "loftq_config",
    "lora_ga_config",
    "megatron_core",
    "peft_version",
    "qalora_group_size",
    "revision",
    "velora_config",
];

/// Initialisations that leave the base model as it is. The others (PiSSA, OLoRA, CorDA, LoftQ, ...) change it, and
/// the factors are then relative to the changed one.
const KEEPS_BASE: [&str; 3] = ["gaussian", "eva", "orthogonal"];

/// The kind of adapter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum PeftType {
    /// Low-rank adaptation (Hu et al., arXiv 2106.09685).
    #[default]
    #[serde(rename = "LORA")]
    Lora,
}

/// Which biases are trained.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Bias {
    /// None.
    #[default]
    None,
    /// Those of every module.
    All,
    /// Those of the modules that have factors.
    LoraOnly,
}

/// Modules, by name or by pattern.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Names {
    /// A regular expression over full module paths, or `all-linear`.
    Pattern(String),
    /// Names: a module's full path or the end of it.
    List(Vec<String>),
}

/// Indices of layers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Layers {
    /// One layer.
    One(usize),
    /// Several.
    List(Vec<usize>),
}

/// How the factors began.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum InitWeights {
    /// `true`: A uniform (Kaiming), B zero. `false`: at random, both.
    Flag(bool),
    /// A named method, such as `gaussian`.
    Method(String),
}

/// The settings of a LoRA adapter. Those with PEFT's default value are not written, except the first few.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct PeftConfig {
    /// The kind of adapter.
    pub peft_type: PeftType,
    /// The task, such as `CAUSAL_LM`.
    pub task_type: Option<String>,
    /// Rank of the factors where `rank_pattern` has none.
    pub r: usize,
    /// The delta is scaled by this over the rank, where `alpha_pattern` has none.
    #[serde(serialize_with = "number")]
    pub lora_alpha: f64,
    /// The adapted modules.
    pub target_modules: Option<Names>,
    /// The model that was adapted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub base_model_name_or_path: Option<String>,
    /// Whether the adapter is loaded frozen.
    #[serde(skip_serializing_if = "is_false")]
    pub inference_mode: bool,
    /// Probability of dropout before factor A, in training.
    #[serde(skip_serializing_if = "is_zero")]
    pub lora_dropout: f64,
    /// Modules that `target_modules` names but that are not adapted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exclude_modules: Option<Names>,
    /// Which biases are trained.
    #[serde(skip_serializing_if = "is_default")]
    pub bias: Bias,
    /// Modules trained in full.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub modules_to_save: Option<Vec<String>>,
    /// The only layers that are adapted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub layers_to_transform: Option<Layers>,
    /// The names of the lists that these layers are in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub layers_pattern: Option<Names>,
    /// Ranks of single modules.
    #[serde(skip_serializing_if = "Patterns::is_empty")]
    pub rank_pattern: Patterns<usize>,
    /// Alphas of single modules.
    #[serde(skip_serializing_if = "Patterns::is_empty", serialize_with = "numbers")]
    pub alpha_pattern: Patterns<f64>,
    /// Scale by alpha over the root of the rank (Kalajdzievski, arXiv 2312.03732).
    #[serde(skip_serializing_if = "is_false")]
    pub use_rslora: bool,
    /// Weight decomposition (DoRA; Liu et al., arXiv 2402.09353).
    #[serde(skip_serializing_if = "is_false")]
    pub use_dora: bool,
    /// The adapted weights are stored `[in, out]`, as GPT-2's are.
    #[serde(skip_serializing_if = "is_false")]
    pub fan_in_fan_out: bool,
    /// How the factors began.
    #[serde(skip_serializing_if = "is_default_init")]
    pub init_lora_weights: InitWeights,
    /// Every other setting, as read.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

impl Default for PeftConfig {
    /// PEFT's defaults.
    fn default() -> Self {
        Self {
            peft_type: PeftType::Lora,
            task_type: None,
            r: 8,
            lora_alpha: 8.0,
            target_modules: None,
            base_model_name_or_path: None,
            inference_mode: false,
            lora_dropout: 0.0,
            exclude_modules: None,
            bias: Bias::None,
            modules_to_save: None,
            layers_to_transform: None,
            layers_pattern: None,
            rank_pattern: Patterns::default(),
            alpha_pattern: Patterns::default(),
            use_rslora: false,
            use_dora: false,
            fan_in_fan_out: false,
            init_lora_weights: InitWeights::Flag(true),
            other: Map::new(),
        }
    }
}

impl PeftConfig {
    /// The rank of `module`'s factors.
    ///
    /// # Errors
    /// If a pattern cannot be used.
    pub fn rank(&self, module: &str) -> Result<usize, PeftError> {
        Ok(self.rank_pattern.get(module)?.unwrap_or(self.r))
    }

    /// The alpha of `module`.
    ///
    /// # Errors
    /// If a pattern cannot be used.
    pub fn alpha(&self, module: &str) -> Result<f64, PeftError> {
        Ok(self.alpha_pattern.get(module)?.unwrap_or(self.lora_alpha))
    }

    /// What `module`'s `B·A` is multiplied by: alpha over the rank, or over its root with `use_rslora`.
    ///
    /// # Errors
    /// If a pattern cannot be used.
    pub fn scaling(&self, module: &str) -> Result<f64, PeftError> {
        let rank = self.rank(module)? as f64;
        let divisor = if self.use_rslora { rank.sqrt() } else { rank };
        Ok(self.alpha(module)? / divisor)
    }

    /// Checks what the types leave open: ranks, patterns, and settings that would change the result and are not supported.
    ///
    /// # Errors
    /// [`PeftError::ZeroRank`], [`PeftError::Pattern`], or [`PeftError::Unsupported`] with every such setting.
    pub fn check(&self) -> Result<(), PeftError> {
        if self.r == 0 || self.rank_pattern.iter().any(|(_, rank)| *rank == 0) {
            return Err(PeftError::ZeroRank);
        }
        self.rank_pattern.check()?;
        self.alpha_pattern.check()?;
        let mut unsupported: Vec<String> = self
            .other
            .iter()
            .filter(|(name, value)| !INERT.contains(&name.as_str()) && !is_off(value))
            .map(|(name, value)| one_line(&format!("{name} = {value}")))
            .collect();
        if let InitWeights::Method(method) = &self.init_lora_weights
            && !KEEPS_BASE.contains(&method.as_str())
        {
            unsupported.push(format!(
                "init_lora_weights = {method:?} (the factors may be relative to a changed base; PEFT's save_pretrained converts them with path_initial_model_for_weight_conversion)"
            ));
        }
        if unsupported.is_empty() { Ok(()) } else { Err(PeftError::Unsupported(unsupported)) }
    }

    /// As PEFT writes it: an object with sorted keys. Patterns keep their order, which has a meaning.
    pub(crate) fn to_sorted(&self) -> Result<BTreeMap<String, Value>, serde_json::Error> {
        let object: Map<String, Value> = serde_json::from_value(serde_json::to_value(self)?)?;
        Ok(object.into_iter().collect())
    }
}

/// Whether a setting has the value of one that is not used.
fn is_off(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::Array(items) => items.is_empty(),
        Value::Object(items) => items.is_empty(),
        _ => false,
    }
}

fn is_false(value: &bool) -> bool {
    !value
}

fn is_zero(value: &f64) -> bool {
    *value == 0.0
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

fn is_default_init(value: &InitWeights) -> bool {
    *value == InitWeights::Flag(true)
}

/// Whole numbers without a point: readers of `lora_alpha` elsewhere expect an integer.
fn to_number(value: f64) -> Value {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if value.fract() == 0.0 && value.abs() <= EXACT { Value::from(value as i64) } else { Value::from(value) }
}

fn number<S: Serializer>(value: &f64, serializer: S) -> Result<S::Ok, S::Error> {
    to_number(*value).serialize(serializer)
}

fn numbers<S: Serializer>(patterns: &Patterns<f64>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(patterns.iter().map(|(pattern, value)| (pattern, to_number(*value))))
}
