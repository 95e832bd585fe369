//! TIES (P. Yadav et al., arXiv 2306.01708): trims each change to its largest entries, elects a sign for every entry, and
//! merges the sources that have it.
//!
//! Numbers are those of mergekit's `ties`; `majority_sign_method` and its values are called as in PEFT.

use graftwork_sdk::{Composer, Error, Expr, Model, Param, Plugin, Source, export_composer};
use merging::{Density, Majority, changes, consensus, prune, weighted};
use serde::Deserialize;

struct Ties;

#[derive(Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Config {
    density: Density,
    majority_sign_method: Majority,
    normalize: bool,
    lambda: f64,
}

/// What the paper takes where nothing is known of the tasks.
impl Default for Config {
    fn default() -> Self {
        Self { density: Density::All(0.2), majority_sign_method: Majority::Total, normalize: true, lambda: 1.0 }
    }
}

impl Plugin for Ties {
    const NAME: &'static str = "ties";
    const SUMMARY: &'static str = "Trims what adapters change, elects signs, and merges what agrees.";
    const SCHEMA: &'static str = include_str!("schema.json");
    type Config = Config;
}

impl Composer for Ties {
    fn compose(config: Config, _: &Model, target: &Param, sources: &[Source]) -> Result<Expr, Error> {
        let densities = config.density.of_each(sources)?;
        let trimmed = changes(sources).into_iter().zip(densities);
        let trimmed = trimmed.map(|(change, density)| prune(change, density, target.elements())).collect();
        let terms = weighted(sources, trimmed);
        let merged = consensus(sources, terms, config.majority_sign_method, config.normalize);
        Ok(Expr::base() + merged.scale(config.lambda))
    }
}

export_composer!(Ties);

#[cfg(test)]
mod tests;
