//! Training of biases alone (E. Ben Zaken et al., BitFit, arXiv 2106.10199): those of linear layers and of norms.

use graftwork_sdk::{Error, InPlaceSettings, Model, Param, Plan, Plugin, Role, Strategy, export_strategy};
use serde::Deserialize;

struct BitFit;

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Config {
    #[serde(flatten)]
    parameters: InPlaceSettings,
}

impl Plugin for BitFit {
    const NAME: &'static str = "bitfit";
    const SUMMARY: &'static str = "Trains the model's biases, and nothing else.";
    const SCHEMA: &'static str = include_str!("schema.json");
    type Config = Config;
}

impl Strategy for BitFit {
    fn plan(config: Config, model: &Model) -> Result<Plan, Error> {
        // The shift of a norm is one too.
        let is_bias = |p: &Param| p.role == Role::Bias || (p.role == Role::Norm && p.name.ends_with(".bias"));
        if !model.params().iter().any(is_bias) {
            let message =
                "it has no biases; the strategy `norm-tuning` trains about as few parameters, and `lora` any number";
            return Err(Error::UnsupportedModel(message.to_owned()));
        }
        Ok(Plan { trainable: config.parameters.choose(model, is_bias)?, ..Plan::default() })
    }
}

export_strategy!(BitFit);

#[cfg(test)]
mod tests;
