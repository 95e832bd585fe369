//! LoRA-XS (K. Bałazy et al., arXiv 2405.17604): of a weight `W ≈ U S Vᵀ`, the `rank` largest singular values and their vectors
//! stay as they are, and a small matrix R between them trains. A layer behaves as `base + scale · (U S) @ R @ Vᵀ`.
//!
//! R has `rank²` numbers, however large the weight is.

use graftwork_sdk::{
    Adapter, Error, Expr, Model, Param, Plan, Plugin, Strategy, TargetSettings, Tensor, export_strategy,
};
use serde::Deserialize;

struct LoraXs;

#[derive(Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Config {
    #[serde(flatten)]
    targets: TargetSettings,
    rank: u32,
    alpha: f64,
}

impl Default for Config {
    fn default() -> Self {
        Self { targets: TargetSettings::default(), rank: 16, alpha: 16.0 }
    }
}

impl Plugin for LoraXs {
    const NAME: &'static str = "lora-xs";
    const SUMMARY: &'static str = "Learns a small matrix between the largest singular vectors of each weight.";
    const SCHEMA: &'static str = include_str!("schema.json");
    type Config = Config;
}

impl Strategy for LoraXs {
    fn plan(config: Config, model: &Model) -> Result<Plan, Error> {
        if config.rank == 0 {
            return Err(Error::config("rank", "is 0; it must be at least 1"));
        }
        let chosen = config.targets.choose_linear(model)?;
        let adapters = chosen.iter().map(|target| adapter(&config, target.param)).collect::<Result<_, _>>()?;
        Ok(Plan { adapters, ..Plan::default() })
    }
}

fn adapter(config: &Config, param: &Param) -> Result<Adapter, Error> {
    let [out, inner] = param.matrix()?;
    // A weight has no more singular values than its shorter side.
    let rank = config.rank.min(out).min(inner);
    let weight = Expr::base();
    let up = weight.svd_u(rank) * weight.svd_s(rank).reshape(&[1, rank]);
    let tensors = vec![
        Tensor::new("down", &[rank, inner], weight.svd_vt(rank)).frozen(),
        Tensor::new("middle", &[rank, rank], Expr::zeros(&[rank, rank])),
        Tensor::new("up", &[out, rank], up).frozen(),
    ];
    let change = Expr::tensor(2).matmul(&Expr::tensor(1)).matmul(&Expr::tensor(0));
    let effective = weight + config.alpha / f64::from(rank) * change;
    Ok(Adapter::new(param.id, "lora-xs", tensors, effective))
}

export_strategy!(LoraXs);

#[cfg(test)]
mod tests;
