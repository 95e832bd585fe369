//! Low-rank adaptation by a Hadamard product (N. Hyeon-Woo et al., FedPara, arXiv 2108.06098; for images LyCORIS, S.-Y. Yeh
//! et al., arXiv 2309.14859): a layer behaves as `base + alpha/rank · (W1a @ W1b) ⊙ (W2a @ W2b)`, whose update has a rank
//! of up to `rank²`.

use graftwork_sdk::{
    Adapter, Error, Expr, Model, Peft, Plan, Plugin, RankSettings, Strategy, Target, TargetSettings, Tensor,
    export_strategy,
};
use serde::Deserialize;

struct Loha;

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Config {
    #[serde(flatten)]
    targets: TargetSettings,
    #[serde(flatten)]
    ranks: RankSettings,
}

/// As in PEFT, whatever the rank.
const DEFAULT_ALPHA: f64 = 8.0;

impl Plugin for Loha {
    const NAME: &'static str = "loha";
    const SUMMARY: &'static str = "Low-rank adaptation by the Hadamard product of two low-rank products.";
    const SCHEMA: &'static str = include_str!("schema.json");
    type Config = Config;
}

impl Strategy for Loha {
    fn plan(config: Config, model: &Model) -> Result<Plan, Error> {
        let targets = config.ranks.of(&config.targets.choose_linear(model)?, |_| DEFAULT_ALPHA)?;
        let adapters = targets.iter().map(adapter).collect::<Result<_, _>>()?;
        Ok(Plan { adapters, ..Plan::default() }.with_peft(Peft::new("LOHA").ranks(&targets, "alpha")))
    }
}

fn adapter(target: &Target<'_>) -> Result<Adapter, Error> {
    let Target { param, rank, alpha } = *target;
    let [out, inner] = param.matrix()?;
    // kaiming_uniform with a = √5 comes to a bound of 1/√columns.
    let drawn = |name: &str, shape: [u32; 2]| {
        Tensor::new(name, &shape, Expr::uniform(1.0 / f64::from(shape[1]).sqrt(), &shape))
    };
    let tensors = vec![
        drawn("hada_w1_a", [out, rank]),
        drawn("hada_w1_b", [rank, inner]),
        drawn("hada_w2_a", [out, rank]),
        Tensor::new("hada_w2_b", &[rank, inner], Expr::zeros(&[rank, inner])),
    ];
    let product = |a, b| Expr::tensor(a).matmul(&Expr::tensor(b));
    let update = (alpha / f64::from(rank)) * (product(0, 1) * product(2, 3));
    Ok(Adapter::new(param.id, "loha", tensors, Expr::base() + update))
}

export_strategy!(Loha);

#[cfg(test)]
mod tests;
