//! Flags of `compare`.

use std::path::PathBuf;

use clap::Args;
use graftwork::report::verdict::Price;

use super::{RunArgs, WatchArgs};

/// Candidates on the same data, in the same order, for as many updates; or runs that are there already.
#[derive(Debug, Args)]
#[command(mut_arg("strategy", |arg| arg.value_name("[NAME:] PLUGIN [KEY=VALUE…] …").help(
    "Candidate: a strategy plugin with its settings, or a chain, in one argument: 'small: lora rank=4'; \
     give two or more")))]
#[command(mut_arg("out", |arg| arg.help("Folder of the comparison; the next free `runs/compare-N` if not given")))]
pub(crate) struct CompareArgs {
    /// Runs to compare as they are; nothing is trained.
    #[arg(value_name = "RUN", conflicts_with_all = ["strategy", "settings", "config", "model", "adapter", "data", "steps", "epochs", "sweep", "out"])]
    pub(crate) runs: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) run: RunArgs,
    #[command(flatten)]
    pub(crate) watch: WatchArgs,
    /// Train each candidate with several learning rates and compare the best of each: from its own rate outwards until the best lies
    /// between two that are worse, or with those that are given, --sweep=1e-4,3e-4.
    #[arg(long, value_name = "RATES", num_args = 0.., require_equals = true, value_delimiter = ',', help_heading = "Comparison")]
    pub(crate) sweep: Option<Vec<f64>>,
    /// What an hour of this machine costs, for the cost of a million tokens: 2.5, or '2.5 EUR'.
    #[arg(long, value_name = "PER_HOUR", value_parser = price, help_heading = "Comparison")]
    pub(crate) price: Option<Price>,
    /// Where to write the report; report.html in the comparison's folder if not given, nowhere for runs that are there.
    #[arg(long, value_name = "FILE", help_heading = "Comparison")]
    pub(crate) html: Option<PathBuf>,
}

/// A number, and in what.
fn price(text: &str) -> Result<Price, String> {
    let text = text.trim();
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, currency) = text.split_at(end);
    match number.parse::<f64>() {
        Ok(per_hour) if per_hour.is_finite() => Ok(Price { per_hour, currency: currency.trim().to_owned() }),
        _ => Err("write the price of an hour, such as 2.5 or '2.5 EUR'".to_owned()),
    }
}
