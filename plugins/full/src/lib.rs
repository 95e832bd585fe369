//! Full-parameter fine-tuning: the model's own parameters train, all of them or those that patterns and layers choose.

use graftwork_sdk::{Error, InPlaceSettings, Model, Param, Plan, Plugin, Role, Strategy, export_strategy};
use serde::Deserialize;

struct Full;

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Config {
    #[serde(flatten)]
    parameters: InPlaceSettings,
    freeze_embeddings: bool,
}

impl Plugin for Full {
    const NAME: &'static str = "full";
    const SUMMARY: &'static str = "Full-parameter fine-tuning: trains the model's own weights in place.";
    const SCHEMA: &'static str = include_str!("schema.json");
    type Config = Config;
}

impl Strategy for Full {
    fn plan(config: Config, model: &Model) -> Result<Plan, Error> {
        let tied = model.params().iter().any(|p| p.role == Role::Head && p.tied_to.is_some());
        if config.freeze_embeddings && tied {
            let message = "the output head is tied to the embedding, and would be frozen with it; to freeze both, name \
                           the embedding in `exclude`";
            return Err(Error::config("freeze_embeddings", message));
        }
        let trains = |p: &Param| !(config.freeze_embeddings && p.role == Role::Embedding);
        Ok(Plan { trainable: config.parameters.choose(model, trains)?, ..Plan::default() })
    }
}

export_strategy!(Full);

#[cfg(test)]
mod tests;
