//! Scales every row of a layer's weight by a number that trains: `base * factors`.

use graftwork_sdk::{Adapter, Error, Expr, Model, Plan, Plugin, Strategy, Tensor, export_strategy};
use serde::Deserialize;

struct Method;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Config {
    /// Names of the layers, as `q_proj` or `self_attn.q_proj`; every linear layer if there are none.
    target_modules: Option<Vec<String>>,
    /// The factors at step 0.
    #[serde(default = "one")]
    init: f64,
}

fn one() -> f64 {
    1.0
}

impl Plugin for Method {
    const NAME: &'static str = "my-method";
    const SUMMARY: &'static str = "Learns one factor for each output of a linear layer.";
    const SCHEMA: &'static str = include_str!("schema.json");
    type Config = Config;
}

impl Strategy for Method {
    fn plan(config: Config, model: &Model) -> Result<Plan, Error> {
        let names = config.target_modules.as_deref();
        for name in names.unwrap_or_default() {
            if !model.linear_layers().any(|layer| layer.is_called(name)) {
                return Err(Error::config("target_modules", format!("no linear layer is called `{name}`")));
            }
        }
        let mut plan = Plan::default();
        for layer in model.linear_layers() {
            if names.is_none_or(|names| names.iter().any(|name| layer.is_called(name))) {
                let [out, _] = layer.matrix()?;
                let factors = Tensor::new("factors", &[out, 1], Expr::constant(config.init, &[out, 1]));
                let effective = Expr::base() * Expr::tensor(0);
                plan.adapters.push(Adapter::new(layer.id, Self::NAME, vec![factors], effective));
            }
        }
        Ok(plan)
    }
}

export_strategy!(Method);

#[cfg(test)]
mod tests;
