//! Weight-decomposed low-rank adaptation (S.-Y. Liu et al., arXiv 2402.09353).
//!
//! LoRA turns the rows of the weight, and a vector of its own, `m`, says how long they are: a layer behaves as
//! `g · (base + s · B @ A)` with `g = m / ‖base + s · B @ A‖` by rows. The length below the line is a constant for the
//! gradient (section 4.3 of the paper). Where there is dropout, it falls on all that is not `base` itself, as in PEFT.

use graftwork_sdk::{
    Adapter, Error, Expr, Model, Peft, Plan, Plugin, RankSettings, Role, Strategy, Target, TargetSettings, Tensor,
    export_strategy,
};
use serde::Deserialize;

struct Dora;

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Config {
    #[serde(flatten)]
    targets: TargetSettings,
    #[serde(flatten)]
    ranks: RankSettings,
    dropout: f64,
    rslora: bool,
}

impl Plugin for Dora {
    const NAME: &'static str = "dora";
    const SUMMARY: &'static str = "Weight-decomposed low-rank adaptation: LoRA turns the rows, a vector scales them.";
    const SCHEMA: &'static str = include_str!("schema.json");
    type Config = Config;
}

impl Strategy for Dora {
    fn plan(config: Config, model: &Model) -> Result<Plan, Error> {
        let targets = config.ranks.of(&config.targets.choose(model)?, |rank| 2.0 * f64::from(rank))?;
        let adapters = targets.iter().map(|target| adapter(&config, target)).collect::<Result<_, _>>()?;
        let peft = Peft::new("LORA")
            .ranks(&targets, "lora_alpha")
            .with("lora_dropout", config.dropout)
            .with("use_rslora", config.rslora)
            .with("use_dora", true)
            .key("lora_A", "lora_A.weight")
            .key("lora_B", "lora_B.weight");
        Ok(Plan { adapters, ..Plan::default() }.with_peft(peft))
    }
}

fn adapter(config: &Config, target: &Target<'_>) -> Result<Adapter, Error> {
    let Target { param, rank, alpha } = *target;
    let [out, inner] = param.matrix()?;
    // D. Kalajdzievski, arXiv 2312.03732.
    let scale = alpha / if config.rslora { f64::from(rank).sqrt() } else { f64::from(rank) };
    let embedding = param.role == Role::Embedding;
    // An embedding's table is [entries, hidden]: its factors stand the other way round, and lengths are those of columns.
    let (a, b, product, axis, lengths) = if embedding {
        let a = Tensor::new("lora_embedding_A", &[rank, out], Expr::zeros(&[rank, out]));
        let b = Tensor::new("lora_embedding_B", &[inner, rank], Expr::normal(1.0, &[inner, rank]));
        (a, b, Expr::tensor(0).transpose().matmul(&Expr::tensor(1).transpose()), 0, [1, inner])
    } else {
        let bound = 1.0 / f64::from(inner).sqrt();
        let a = Tensor::new("lora_A", &[rank, inner], Expr::uniform(bound, &[rank, inner]));
        let b = Tensor::new("lora_B", &[out, rank], Expr::zeros(&[out, rank]));
        (a, b, Expr::tensor(1).matmul(&Expr::tensor(0)), 1, [out, 1])
    };
    let count = lengths[0] * lengths[1];
    let magnitude = Tensor::new("lora_magnitude_vector", &[count], Expr::base().norm(axis).reshape(&[count]));

    let update = scale * product;
    let adapted = Expr::base() + update.clone();
    let gain = Expr::tensor(2).reshape(&lengths) / adapted.norm(axis).detach();
    let effective = if config.dropout > 0.0 && !embedding {
        let change = (gain.clone() - Expr::constant(1.0, &[1, 1])) * Expr::base() + gain * update;
        Expr::base() + change.dropout(config.dropout)
    } else {
        gain * adapted
    };
    Ok(Adapter::new(param.id, "dora", vec![a, b, magnitude], effective))
}

export_strategy!(Dora);

#[cfg(test)]
mod tests;
