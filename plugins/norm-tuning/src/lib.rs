//! Training of norms alone, their scale and their shift (B. Zhao et al., arXiv 2312.11420; PEFT's `ln_tuning`).

use graftwork_sdk::{Error, InPlaceSettings, Model, Param, Peft, Plan, Plugin, Role, Strategy, export_strategy};
use serde::Deserialize;

struct NormTuning;

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Config {
    #[serde(flatten)]
    parameters: InPlaceSettings,
}

impl Plugin for NormTuning {
    const NAME: &'static str = "norm-tuning";
    const SUMMARY: &'static str = "Trains the model's norms, and nothing else.";
    const SCHEMA: &'static str = include_str!("schema.json");
    type Config = Config;
}

impl Strategy for NormTuning {
    fn plan(config: Config, model: &Model) -> Result<Plan, Error> {
        let is_norm = |p: &Param| p.role == Role::Norm;
        if !model.params().iter().any(is_norm) {
            return Err(Error::UnsupportedModel("it has no norms with parameters".to_owned()));
        }
        let trainable = config.parameters.choose(model, is_norm)?;
        let trains = |p: &Param| trainable.iter().any(|t| t.param == p.id);
        // PEFT trains a norm as a whole.
        let norms = || model.params().iter().filter(|p| is_norm(p));
        let halved = |p: &Param| trains(p) && norms().any(|other| other.module() == p.module() && !trains(other));
        let halved = norms().any(halved);
        let plan = Plan { trainable, ..Plan::default() };
        let of_layer = |part: &str| format!("ln_tuning_layers.{part}");
        let peft = Peft::new("LN_TUNING").key("weight", &of_layer("weight")).key("bias", &of_layer("bias"));
        Ok(if halved { plan } else { plan.with_peft(peft) })
    }
}

export_strategy!(NormTuning);

#[cfg(test)]
mod tests;
