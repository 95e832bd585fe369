//! Task arithmetic (G. Ilharco et al., arXiv 2212.04089): what an adapter changes is a vector, which is added, or with a
//! weight below 0 taken away, so that the model unlearns the task. `lambda` scales the sum as a whole.
//!
//! Settings and numbers are those of mergekit's `task_arithmetic`.

use graftwork_sdk::{Composer, Error, Expr, Model, Param, Plugin, Source, export_composer};
use merging::{changes, sum, weighted};
use serde::Deserialize;

struct TaskArithmetic;

#[derive(Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Config {
    lambda: f64,
    normalize: bool,
}

impl Default for Config {
    fn default() -> Self {
        Self { lambda: 1.0, normalize: false }
    }
}

/// Weights that add up to less than this cancel out, and nothing is divided by their sum.
const CANCELLED: f64 = 1e-8;

impl Plugin for TaskArithmetic {
    const NAME: &'static str = "task-arithmetic";
    const SUMMARY: &'static str = "Adds and subtracts what adapters change, and scales the sum by lambda.";
    const SCHEMA: &'static str = include_str!("schema.json");
    type Config = Config;
}

impl Composer for TaskArithmetic {
    fn compose(config: Config, _: &Model, _: &Param, sources: &[Source]) -> Result<Expr, Error> {
        let weight: f64 = sources.iter().map(|source| source.weight).sum();
        let divisor = if config.normalize && weight.abs() >= CANCELLED { weight } else { 1.0 };
        Ok(Expr::base() + sum(weighted(sources, changes(sources))).scale(config.lambda / divisor))
    }
}

export_composer!(TaskArithmetic);

#[cfg(test)]
mod tests;
