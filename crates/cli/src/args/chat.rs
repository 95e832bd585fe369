//! Flags of `chat`.

use std::path::PathBuf;

use clap::Args;
use graftwork::{DeviceChoice, NamedAdapter};

use super::{MODEL, named_adapter};

/// Flags of `chat`.
#[derive(Debug, Args)]
pub(crate) struct ChatArgs {
    /// Model folder or name on the Hub; the one that the first adapter was trained on if not given, else the one that comes with the program.
    #[arg(long, value_name = MODEL)]
    pub(crate) model: Option<PathBuf>,
    /// Adapter, run or checkpoint on top of it; several share the model's weights.
    #[arg(long, value_name = "[NAME=]DIR", value_parser = named_adapter)]
    pub(crate) adapter: Vec<NamedAdapter>,
    /// Name of the adapter that answers first, or `base`; the first adapter if not given.
    #[arg(long = "use", value_name = "NAME")]
    pub(crate) using: Option<String>,
    /// `cpu`, `cuda:0`.
    #[arg(long, default_value_t)]
    pub(crate) device: DeviceChoice,
    /// What the model is told before the first question.
    #[arg(long, value_name = "TEXT", conflicts_with = "raw")]
    pub(crate) system: Option<String>,
    /// The most tokens of an answer.
    #[arg(long, default_value = "512", value_name = "TOKENS", value_parser = max_tokens)]
    pub(crate) max_tokens: usize,
    /// Divides the logits; 0 always takes the likeliest token.
    #[arg(long, default_value = "0.7", value_parser = temperature)]
    pub(crate) temperature: f64,
    /// Only the likeliest tokens that together reach this probability.
    #[arg(long, default_value = "0.9", value_parser = top_p)]
    pub(crate) top_p: f64,
    /// Of the first answer; every further one has the next.
    #[arg(long, default_value_t = 0)]
    pub(crate) seed: u64,
    /// Continue what is typed, also where the model has a chat template.
    #[arg(long)]
    pub(crate) raw: bool,
}

/// A limit of at least one token.
pub(crate) fn max_tokens(text: &str) -> Result<usize, String> {
    text.parse().ok().filter(|&n| n > 0).ok_or_else(|| "it must be a whole number above 0".to_owned())
}

/// What logits are divided by.
pub(crate) fn temperature(text: &str) -> Result<f64, String> {
    within(text, f64::MAX).ok_or_else(|| "it must be a number, 0 or above".to_owned())
}

/// A probability.
pub(crate) fn top_p(text: &str) -> Result<f64, String> {
    within(text, 1.0).ok_or_else(|| "it must be a number from 0 to 1".to_owned())
}

fn within(text: &str, most: f64) -> Option<f64> {
    text.parse().ok().filter(|value| (0.0..=most).contains(value))
}
