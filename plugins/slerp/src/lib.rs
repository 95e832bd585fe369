//! From one adapted weight to another along the sphere (K. Shoemake, 1985), the whole weight taken as one vector, as
//! mergekit's `slerp` does.
//!
//! Of two vectors that are nearly parallel the angle says nothing, and its sine is next to 0: they go over to the straight
//! line. Expressions have no branch, so a switch of 0 or 1 mixes the two forms, and the one that is off is kept finite.

use graftwork_sdk::{Composer, Error, Expr, Model, Param, Plugin, Source, export_composer};
use merging::total;
use serde::Deserialize;

struct Slerp;

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Config {
    t: Option<f64>,
}

/// Cosine from which on two vectors are as good as parallel; mergekit's.
const PARALLEL: f64 = 0.9995;

/// Below the norm of any weight but that of nothing but zeros.
const TINY: f64 = 1e-8;

impl Plugin for Slerp {
    const NAME: &'static str = "slerp";
    const SUMMARY: &'static str = "Goes from one adapted weight to another along the sphere.";
    const SCHEMA: &'static str = include_str!("schema.json");
    type Config = Config;
}

impl Composer for Slerp {
    fn compose(config: Config, _: &Model, target: &Param, sources: &[Source]) -> Result<Expr, Error> {
        let t = place(&config, sources)?;
        let axes = target.shape.len();
        let (from, to) = (Expr::base() + Expr::delta(0), Expr::base() + Expr::delta(1));
        let cosine = total(unit(&from, axes) * unit(&to, axes), axes);

        let one = || Expr::constant(1.0, &[1]);
        let straight = (cosine.abs() - Expr::constant(PARALLEL, &[1])).sign().maximum(&Expr::zeros(&[1]));
        let round = one() - straight.clone();
        // A right angle where it is not used.
        let angle = (cosine * round.clone()).acos();
        let share = |t: f64| straight.scale(t) + round.clone() * (angle.scale(t).sin() / angle.sin());
        Ok(share(1.0 - t) * from + share(t) * to)
    }
}

/// How far the way is gone: from 0, the first adapter, to 1, the second.
fn place(config: &Config, sources: &[Source]) -> Result<f64, Error> {
    let [first, second] = sources else {
        let message = format!("slerp goes from one adapter to another, and there are {}", sources.len());
        return Err(Error::config("*", message));
    };
    let (a, b) = (first.weight, second.weight);
    let t = config.t.unwrap_or(b / (a + b));
    if (0.0..=1.0).contains(&t) {
        return Ok(t);
    }
    Err(Error::config("t", format!("must lie between 0 and 1, and is {t}; without it, the weights {a} and {b} say it")))
}

fn unit(vector: &Expr, axes: usize) -> Expr {
    let norm = (0..).take(axes).fold(vector.clone(), |norm, axis| norm.norm(axis));
    vector.clone() / norm.maximum(&Expr::constant(TINY, &[1]))
}

export_composer!(Slerp);

#[cfg(test)]
mod tests;
