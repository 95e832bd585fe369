//! Low-rank adaptation by random projections that all layers share (D. J. Kopiczko et al., VeRA, arXiv 2310.11454): a layer
//! behaves as `base + (b ⊙ B) @ (d ⊙ A)`. The projections A and B are drawn once, as large as the largest layer needs, and
//! stay; a smaller layer takes their first columns and rows. A layer's own are the vectors b, over its outputs, and d, over
//! the rank.

use graftwork_sdk::{
    Adapter, Error, Expr, Model, Param, Peft, Plan, Plugin, Strategy, TargetSettings, Tensor, export_strategy, log,
};
use serde::Deserialize;

struct Vera;

#[derive(Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Config {
    #[serde(flatten)]
    targets: TargetSettings,
    rank: u32,
    dropout: f64,
    d_initial: f64,
}

impl Default for Config {
    fn default() -> Self {
        Self { targets: TargetSettings::default(), rank: 256, dropout: 0.0, d_initial: 0.1 }
    }
}

impl Plugin for Vera {
    const NAME: &'static str = "vera";
    const SUMMARY: &'static str = "Learns two vectors for each layer between random projections that all layers share.";
    const SCHEMA: &'static str = include_str!("schema.json");
    type Config = Config;
}

impl Strategy for Vera {
    fn plan(config: Config, model: &Model) -> Result<Plan, Error> {
        let rank = config.rank;
        if rank == 0 {
            return Err(Error::config("rank", "is 0; it must be at least 1"));
        }
        let chosen = config.targets.choose_linear(model)?;
        if chosen.iter().any(|c| c.rank.is_some_and(|chosen| chosen != rank)) {
            log::warn(&format!(
                "all layers share projections of rank {rank}: the ranks that a selector chose are not used"
            ));
        }
        let shapes = chosen.iter().map(|c| c.param.matrix()).collect::<Result<Vec<_>, _>>()?;
        let largest = |side: usize| shapes.iter().map(|shape| shape[side]).max().unwrap_or(1);
        // kaiming_uniform comes to a bound of √(6/columns).
        let projection = |name: &str, shape: [u32; 2]| {
            Tensor::new(name, &shape, Expr::uniform((6.0 / f64::from(shape[1])).sqrt(), &shape)).frozen()
        };
        let shared = vec![projection("vera_A", [rank, largest(1)]), projection("vera_B", [largest(0), rank])];
        let adapters = chosen.iter().map(|c| adapter(&config, c.param)).collect::<Result<_, _>>()?;
        let peft = Peft::new("VERA")
            .with("r", rank)
            .with("vera_dropout", config.dropout)
            .with("d_initial", config.d_initial)
            .with("projection_prng_key", 0)
            .with("save_projection", true)
            .key("vera_A", "base_model.vera_A")
            .key("vera_B", "base_model.vera_B");
        Ok(Plan { shared, adapters, ..Plan::default() }.with_peft(peft))
    }
}

fn adapter(config: &Config, param: &Param) -> Result<Adapter, Error> {
    let (rank, [out, inner]) = (config.rank, param.matrix()?);
    let d = Tensor::new("vera_lambda_d", &[rank], Expr::constant(config.d_initial, &[rank]));
    let b = Tensor::new("vera_lambda_b", &[out], Expr::zeros(&[out]));
    let down = Expr::tensor(0).reshape(&[rank, 1]) * Expr::shared("vera_A").slice(1, 0, inner);
    let up = Expr::tensor(1).reshape(&[out, 1]) * Expr::shared("vera_B").slice(0, 0, out);
    let down = if config.dropout > 0.0 { down.dropout(config.dropout) } else { down };
    Ok(Adapter::new(param.id, "vera", vec![d, b], Expr::base() + up.matmul(&down)))
}

export_strategy!(Vera);

#[cfg(test)]
mod tests;
