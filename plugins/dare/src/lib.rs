//! DARE (L. Yu et al., arXiv 2311.03099): drops entries of each change at random and rescales the rest by `1/density`,
//! which keeps what is expected of them; then sums, or merges by the vote on signs of TIES.
//!
//! What is dropped follows from the merge's seed. The factor is that of the paper and of PEFT; mergekit's `dare_linear` and
//! `dare_ties` take the ratio of the sums of magnitudes before and after, which it is in expectation.

use graftwork_sdk::{Composer, Error, Expr, Model, Param, Plugin, Source, export_composer};
use merging::{Density, Majority, changes, consensus, sum, total_weight, weighted};
use serde::Deserialize;

struct Dare;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Config {
    density: Density,
    #[serde(default = "yes")]
    rescale: bool,
    #[serde(default)]
    consensus: Consensus,
    #[serde(default)]
    normalize: bool,
    #[serde(default = "one")]
    lambda: f64,
}

fn yes() -> bool {
    true
}

fn one() -> f64 {
    1.0
}

#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Consensus {
    #[default]
    Linear,
    Ties,
}

impl Plugin for Dare {
    const NAME: &'static str = "dare";
    const SUMMARY: &'static str = "Drops entries of what adapters change at random, rescales the rest, and merges.";
    const SCHEMA: &'static str = include_str!("schema.json");
    type Config = Config;
}

impl Composer for Dare {
    fn compose(config: Config, _: &Model, target: &Param, sources: &[Source]) -> Result<Expr, Error> {
        let densities = config.density.of_each(sources)?;
        let thinned = changes(sources).into_iter().zip(densities);
        let thinned = thinned.map(|(change, density)| thin(change, density, config.rescale, target)).collect();
        let terms = weighted(sources, thinned);
        let merged = match config.consensus {
            Consensus::Ties => consensus(sources, terms, Majority::Total, config.normalize),
            Consensus::Linear if config.normalize => sum(terms).scale(1.0 / total_weight(sources)?),
            Consensus::Linear => sum(terms),
        };
        Ok(Expr::base() + merged.scale(config.lambda))
    }
}

fn thin(change: Expr, density: f64, rescale: bool, target: &Param) -> Expr {
    if density >= 1.0 {
        return change;
    }
    let kept = change * Expr::bernoulli(density, &target.shape);
    // Of nothing there is nothing to rescale.
    if rescale && density > 0.0 { kept.scale(1.0 / density) } else { kept }
}

export_composer!(Dare);

#[cfg(test)]
mod tests;
