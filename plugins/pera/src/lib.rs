//! Polynomial expansion rank adaptation (W. Zhang et al., PERA, arXiv 2604.11841, ACL Findings 2026).
//!
//! A layer behaves as `base + alpha/rank · B̂ @ Â`. Beside the columns `b` of B, B̂ has their squares and products by elements,
//! `b_i ⊙ b_j`; beside the rows `a` of A, Â has `h_ij · (a_i ⊙ a_j)` with learned coefficients that begin at zero. So a rank
//! of `r` grows to `r(r + 3)/2` for no more than `r(r + 1)/2` parameters above LoRA's.
//!
//! Equations 3 to 5 of the paper, and its variants of section 5.4 with the squares or the products alone. Of this plugin: the
//! order of `h`, by the distance `j - i`, and alpha, by default the rank, so that nothing is scaled, as in equation 4. A is
//! drawn and B zero, as the paper says of LoRA and its code does.

use graftwork_sdk::{
    Adapter, Error, Expr, Model, Plan, Plugin, RankSettings, Strategy, Target, TargetSettings, Tensor, export_strategy,
};
use serde::Deserialize;

struct Pera;

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Config {
    #[serde(flatten)]
    targets: TargetSettings,
    #[serde(flatten)]
    ranks: RankSettings,
    dropout: f64,
    terms: Terms,
}

/// What joins the factors' own columns and rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Terms {
    #[default]
    All,
    Square,
    Cross,
}

impl Plugin for Pera {
    const NAME: &'static str = "pera";
    const SUMMARY: &'static str = "Low-rank adaptation with squares and products of the factors' columns and rows.";
    const SCHEMA: &'static str = include_str!("schema.json");
    type Config = Config;
}

impl Strategy for Pera {
    fn plan(config: Config, model: &Model) -> Result<Plan, Error> {
        let targets = config.ranks.of(&config.targets.choose_linear(model)?, f64::from)?;
        let adapters = targets.iter().map(|target| adapter(&config, target)).collect::<Result<_, _>>()?;
        Ok(Plan { adapters, ..Plan::default() })
    }
}

fn adapter(config: &Config, target: &Target<'_>) -> Result<Adapter, Error> {
    let Target { param, rank, alpha } = *target;
    let [out, inner] = param.matrix()?;
    let distances = match config.terms {
        Terms::All => 0..rank,
        Terms::Square => 0..1,
        Terms::Cross => 1..rank,
    };
    if distances.is_empty() {
        let message = format!("is 1 for `{}`: `cross` multiplies a column with another one", param.module());
        return Err(Error::config("rank", message));
    }
    let count = distances.clone().map(|apart| rank - apart).sum();
    let bound = 1.0 / f64::from(inner).sqrt();
    let a = Tensor::new("lora_A", &[rank, inner], Expr::uniform(bound, &[rank, inner]));
    let b = Tensor::new("lora_B", &[out, rank], Expr::zeros(&[out, rank]));
    let h = Tensor::new("pera_h", &[count, 1], Expr::zeros(&[count, 1]));

    let products = |factor: &Expr, axis: u32| {
        let of = |apart: u32| factor.slice(axis, 0, rank - apart) * factor.slice(axis, apart, rank - apart);
        Expr::concat(&distances.clone().map(of).collect::<Vec<_>>(), axis)
    };
    let (rows, columns) = (Expr::tensor(0), Expr::tensor(1));
    let up = Expr::concat(&[columns.clone(), products(&columns, 1)], 1);
    let down = Expr::concat(&[rows.clone(), Expr::tensor(2) * products(&rows, 0)], 0);
    let down = if config.dropout > 0.0 { down.dropout(config.dropout) } else { down };
    let effective = Expr::base() + (alpha / f64::from(rank)) * up.matmul(&down);
    Ok(Adapter::new(param.id, "pera", vec![a, b, h], effective))
}

export_strategy!(Pera);

#[cfg(test)]
mod tests;
