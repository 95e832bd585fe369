//! A weighted sum: the base with what each adapter changes, as often as its weight says.
//!
//! Exact, and linear in the weights. Where `normalize`, the weights are divided by their sum, which makes it the average of
//! the adapted weights (M. Wortsman et al., arXiv 2203.05482; mergekit's `linear`).

use graftwork_sdk::{Composer, Error, Expr, Model, Param, Plugin, Source, export_composer};
use merging::{changes, sum, total_weight, weighted};
use serde::Deserialize;

struct Linear;

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Config {
    normalize: bool,
}

impl Plugin for Linear {
    const NAME: &'static str = "linear";
    const SUMMARY: &'static str = "Adds what each adapter changes, as often as its weight says.";
    const SCHEMA: &'static str = include_str!("schema.json");
    type Config = Config;
}

impl Composer for Linear {
    fn compose(config: Config, _: &Model, _: &Param, sources: &[Source]) -> Result<Expr, Error> {
        let change = sum(weighted(sources, changes(sources)));
        let factor = if config.normalize { 1.0 / total_weight(sources)? } else { 1.0 };
        Ok(Expr::base() + change.scale(factor))
    }
}

export_composer!(Linear);

#[cfg(test)]
mod tests;
