//! Flags that `generate` and `chat` share: what to load, and how tokens are chosen.

use std::path::PathBuf;

use clap::{Args, ValueHint};
use graftwork::{DeviceChoice, LoadRequest, NamedAdapter, Sampling};

use super::MODEL;

/// A model with adapters.
#[derive(Debug, Args)]
pub(crate) struct LoadArgs {
    /// Model folder or name on the Hub; the one that the first adapter was trained on if not given, else the one that comes with the program.
    #[arg(long, value_name = MODEL, value_hint = ValueHint::DirPath)]
    pub(crate) model: Option<PathBuf>,
    /// Adapter, run or checkpoint on top of it; several share the model's weights.
    #[arg(long, value_name = "[NAME=]DIR", value_parser = named_adapter, value_hint = ValueHint::DirPath)]
    pub(crate) adapter: Vec<NamedAdapter>,
    /// `cpu`, `cuda:0`.
    #[arg(long, default_value_t)]
    pub(crate) device: DeviceChoice,
}

impl LoadArgs {
    pub(crate) fn request(&self) -> LoadRequest {
        LoadRequest { model: self.model.clone(), adapters: self.adapter.clone(), device: self.device }
    }
}

/// How tokens are chosen; the defaults are those of `generate`.
#[derive(Debug, Args)]
pub(crate) struct SamplingArgs {
    /// The most tokens to generate.
    #[arg(long, default_value = "128", value_name = "TOKENS")]
    pub(crate) max_tokens: usize,
    /// Divides the logits; 0 always takes the likeliest token.
    #[arg(long, default_value = "0", value_parser = temperature)]
    pub(crate) temperature: f64,
    /// Only the likeliest tokens that together reach this probability.
    #[arg(long, default_value = "1", value_parser = top_p)]
    pub(crate) top_p: f64,
    /// The same seed and prompt give the same text.
    #[arg(long, default_value_t = 0)]
    pub(crate) seed: u64,
}

impl SamplingArgs {
    pub(crate) fn sampling(&self) -> Sampling {
        let Self { max_tokens, temperature, top_p, seed } = *self;
        Sampling { max_tokens, temperature, top_p, stop: Vec::new(), seed }
    }
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

/// `NAME=DIR`, or a folder that gives the name itself.
pub(crate) fn named_adapter(text: &str) -> Result<NamedAdapter, String> {
    let (name, path) = match text.split_once('=') {
        Some((name, path)) if !name.contains(['/', '\\']) => (Some(name.to_owned()), path),
        _ => (None, text),
    };
    if path.is_empty() || name.as_deref().is_some_and(str::is_empty) {
        return Err("write DIR or NAME=DIR".to_owned());
    }
    Ok(NamedAdapter { name, path: PathBuf::from(path) })
}
