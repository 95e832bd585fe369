//! The settings, as `schema.json` describes them.

use graftwork_sdk::{RankSettings, TargetSettings};
use serde::Deserialize;

/// Settings of LoRA.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Config {
    #[serde(flatten)]
    pub(crate) targets: TargetSettings,
    #[serde(flatten)]
    pub(crate) ranks: RankSettings,
    pub(crate) dropout: f64,
    pub(crate) rslora: bool,
    pub(crate) bias: Bias,
    pub(crate) train_norms: bool,
    pub(crate) modules_to_save: Vec<String>,
    pub(crate) loraplus_ratio: Option<f64>,
    pub(crate) init: Init,
}

/// Which biases train.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Bias {
    #[default]
    None,
    All,
    LoraOnly,
}

/// How the factors begin.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Init {
    /// A drawn uniformly, B zero.
    #[default]
    Kaiming,
    /// A drawn normally, B zero.
    Gaussian,
    /// The weight's leading singular triples.
    Pissa,
    /// The first columns and rows of the weight's QR decomposition.
    Olora,
}
