//! Low-rank adaptation by a Kronecker product (S.-Y. Yeh et al., LyCORIS, arXiv 2309.14859): a layer behaves as
//! `base + alpha/rank · W1 ⊗ W2`, where either factor is a matrix of its own or, if the rank is low enough for its size, a
//! product of two. Sizes of the factors, and which of them are products, are as in PEFT.

use graftwork_sdk::{
    Adapter, Error, Expr, Model, Peft, Plan, Plugin, RankSettings, Strategy, Target, TargetSettings, Tensor,
    export_strategy,
};
use serde::Deserialize;

struct Lokr;

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Config {
    #[serde(flatten)]
    targets: TargetSettings,
    #[serde(flatten)]
    ranks: RankSettings,
    decompose_both: bool,
    /// None splits each side near its square root.
    decompose_factor: Option<u32>,
}

/// As in PEFT, whatever the rank.
const DEFAULT_ALPHA: f64 = 8.0;

impl Plugin for Lokr {
    const NAME: &'static str = "lokr";
    const SUMMARY: &'static str = "Low-rank adaptation by a Kronecker product of two small matrices.";
    const SCHEMA: &'static str = include_str!("schema.json");
    type Config = Config;
}

impl Strategy for Lokr {
    fn plan(config: Config, model: &Model) -> Result<Plan, Error> {
        let targets = config.ranks.of(&config.targets.choose_linear(model)?, |_| DEFAULT_ALPHA)?;
        let adapters = targets.iter().map(|target| adapter(&config, target)).collect::<Result<_, _>>()?;
        let peft = Peft::new("LOKR")
            .ranks(&targets, "alpha")
            .with("decompose_both", config.decompose_both)
            .with("decompose_factor", config.decompose_factor.map_or(-1, i64::from));
        Ok(Plan { adapters, ..Plan::default() }.with_peft(peft))
    }
}

fn adapter(config: &Config, target: &Target<'_>) -> Result<Adapter, Error> {
    let Target { param, rank, alpha } = *target;
    let [out, inner] = param.matrix()?;
    let (out_1, out_2) = split(out, config.decompose_factor);
    let (inner_1, inner_2) = split(inner, config.decompose_factor);
    // The rank saves something where it is below half of the longer side.
    let is_low = |rows: u32, columns: u32| 2 * u64::from(rank) < u64::from(rows.max(columns));
    let mut tensors = Vec::new();
    let first = config.decompose_both && is_low(out_1, inner_1);
    let w1 = factor(&mut tensors, "lokr_w1", [out_1, inner_1], first.then_some(rank), true);
    let w2 = factor(&mut tensors, "lokr_w2", [out_2, inner_2], is_low(out_2, inner_2).then_some(rank), false);
    let effective = Expr::base() + (alpha / f64::from(rank)) * w1.kron(&w2);
    Ok(Adapter::new(param.id, "lokr", tensors, effective))
}

/// One factor of the Kronecker product, and its tensors behind those that are there: a product of that rank, or a matrix.
fn factor(tensors: &mut Vec<Tensor>, name: &str, shape: [u32; 2], rank: Option<u32>, zero: bool) -> Expr {
    // kaiming_uniform with a = √5 comes to a bound of 1/√columns.
    let drawn = |shape: [u32; 2]| Expr::uniform(1.0 / f64::from(shape[1]).sqrt(), &shape);
    let start = |shape: [u32; 2]| if zero { Expr::zeros(&shape) } else { drawn(shape) };
    let place = tensors.len() as u32;
    match rank {
        None => {
            tensors.push(Tensor::new(name, &shape, start(shape)));
            Expr::tensor(place)
        }
        Some(rank) => {
            let (left, right) = ([shape[0], rank], [rank, shape[1]]);
            tensors.push(Tensor::new(format!("{name}_a"), &left, start(left)));
            tensors.push(Tensor::new(format!("{name}_b"), &right, drawn(right)));
            Expr::tensor(place).matmul(&Expr::tensor(place + 1))
        }
    }
}

/// Two numbers, the smaller first unless `factor` divides `size` and is the larger, whose product is `size`: `factor` and
/// what is left, where that comes out even; else the two that are nearest to each other, the smaller at most `factor`.
fn split(size: u32, factor: Option<u32>) -> (u32, u32) {
    if let Some(factor) = factor.filter(|&f| f > 0 && size.is_multiple_of(f)) {
        return (factor, size / factor);
    }
    let most = factor.unwrap_or(size);
    let divides = |&small: &u32| small <= most && size.is_multiple_of(small);
    let small = (1..=size.isqrt()).rev().find(divides).unwrap_or(1);
    (small, size / small)
}

export_strategy!(Lokr);

#[cfg(test)]
mod tests;
