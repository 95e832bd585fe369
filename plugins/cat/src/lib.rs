//! Adapters side by side: of low-rank adapters, one whose factors are theirs, one after the other.
//!
//! The weight is the weighted sum, and nothing else is done to it: `base + Σ weight · delta`. So a host that knows the
//! factors of every source can write the sum as one adapter of rank `Σ rᵢ` without any truncation, as PEFT's `cat` does.

use graftwork_sdk::{Composer, Error, Expr, Model, Param, Plugin, Source, export_composer};
use merging::{changes, sum, weighted};
use serde::Deserialize;

struct Cat;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Config {}

impl Plugin for Cat {
    const NAME: &'static str = "cat";
    const SUMMARY: &'static str = "Puts adapters side by side: their weighted sum, at the sum of their ranks.";
    const SCHEMA: &'static str = include_str!("schema.json");
    type Config = Config;
}

impl Composer for Cat {
    fn compose(_: Config, _: &Model, _: &Param, sources: &[Source]) -> Result<Expr, Error> {
        Ok(Expr::base() + sum(weighted(sources, changes(sources))))
    }
}

export_composer!(Cat);

#[cfg(test)]
mod tests;
