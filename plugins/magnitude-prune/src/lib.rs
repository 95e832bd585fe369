//! A weighted sum of the largest changes: of each adapter, only the entries that are largest in magnitude. PEFT's
//! `magnitude_prune`.

use graftwork_sdk::{Composer, Error, Expr, Model, Param, Plugin, Source, export_composer};
use merging::{Density, changes, prune, sum, weighted};
use serde::Deserialize;

struct MagnitudePrune;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Config {
    density: Density,
}

impl Plugin for MagnitudePrune {
    const NAME: &'static str = "magnitude-prune";
    const SUMMARY: &'static str = "Adds the largest entries of what each adapter changes, as often as its weight says.";
    const SCHEMA: &'static str = include_str!("schema.json");
    type Config = Config;
}

impl Composer for MagnitudePrune {
    fn compose(config: Config, _: &Model, target: &Param, sources: &[Source]) -> Result<Expr, Error> {
        let densities = config.density.of_each(sources)?;
        let pruned = changes(sources).into_iter().zip(densities);
        let pruned = pruned.map(|(change, density)| prune(change, density, target.elements())).collect();
        Ok(Expr::base() + sum(weighted(sources, pruned)))
    }
}

export_composer!(MagnitudePrune);

#[cfg(test)]
mod tests;
