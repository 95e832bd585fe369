//! The settings, as `schema.json` describes them.

use graftwork_sdk::{Layers, Names, Patterns};
use serde::Deserialize;

/// Settings of LoRA.
#[derive(Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Config {
    pub(crate) rank: u32,
    pub(crate) alpha: Option<f64>,
    pub(crate) dropout: f64,
    /// None, and the settings do not choose: a selector does, or all linear layers are adapted.
    pub(crate) target_modules: Option<Names>,
    pub(crate) exclude_modules: Option<Names>,
    pub(crate) layers: Option<Layers>,
    pub(crate) rank_pattern: Patterns<u32>,
    pub(crate) alpha_pattern: Patterns<f64>,
    pub(crate) rslora: bool,
    pub(crate) bias: Bias,
    pub(crate) train_norms: bool,
    pub(crate) modules_to_save: Vec<String>,
    pub(crate) loraplus_ratio: Option<f64>,
    pub(crate) init: Init,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            rank: 8,
            alpha: None,
            dropout: 0.0,
            target_modules: None,
            exclude_modules: None,
            layers: None,
            rank_pattern: Patterns::default(),
            alpha_pattern: Patterns::default(),
            rslora: false,
            bias: Bias::None,
            train_norms: false,
            modules_to_save: Vec::new(),
            loraplus_ratio: None,
            init: Init::Kaiming,
        }
    }
}

/// Which biases train.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Bias {
    None,
    All,
    LoraOnly,
}

/// How the factors begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Init {
    /// A drawn uniformly, B zero.
    Kaiming,
    /// A drawn normally, B zero.
    Gaussian,
    /// The weight's leading singular triples.
    Pissa,
    /// The first columns and rows of the weight's QR decomposition.
    Olora,
}
