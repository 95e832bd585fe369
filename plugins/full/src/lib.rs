//! Full-parameter fine-tuning: the model's own parameters train, all of them or those that patterns and layers choose.

use graftwork_sdk::{Error, Layers, Model, Param, Plan, Plugin, Role, Strategy, Trainable, export_strategy, regex};
use serde::Deserialize;

struct Full;

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Config {
    include: Option<String>,
    exclude: Option<String>,
    freeze_embeddings: bool,
    layers: Option<Layers>,
}

impl Plugin for Full {
    const NAME: &'static str = "full";
    const SUMMARY: &'static str = "Full-parameter fine-tuning: trains the model's own weights in place.";
    const SCHEMA: &'static str = include_str!("schema.json");
    type Config = Config;
}

impl Strategy for Full {
    fn plan(config: Config, model: &Model) -> Result<Plan, Error> {
        let include = config.include.as_deref().map(|p| named("include", p, model)).transpose()?;
        let exclude = config.exclude.as_deref().map(|p| named("exclude", p, model)).transpose()?;
        if let Some(layers) = &config.layers {
            layers.check("layers", model)?;
        }
        let tied = model.params().iter().any(|p| p.role == Role::Head && p.tied_to.is_some());
        if config.freeze_embeddings && tied {
            let message = "the output head is tied to the embedding, and would be frozen with it; to freeze both, name \
                           the embedding in `exclude`";
            return Err(Error::config("freeze_embeddings", message));
        }
        let trains = |p: &&Param| {
            p.tied_to.is_none()
                && include.as_ref().is_none_or(|ids| ids.contains(&p.id))
                && exclude.as_ref().is_none_or(|ids| !ids.contains(&p.id))
                && !(config.freeze_embeddings && p.role == Role::Embedding)
                && config.layers.as_ref().is_none_or(|layers| layers.admit(p))
        };
        let chosen = model.params().iter().filter(trains);
        let trainable: Vec<_> = chosen.map(|p| Trainable { param: p.id, group: None }).collect();
        if trainable.is_empty() {
            return Err(Error::config("include", "no parameter of this model is left to train"));
        }
        Ok(Plan { trainable, ..Plan::default() })
    }
}

/// The parameters in whose names the pattern matches somewhere. A tied one stands for the one that it is tied to.
fn named(key: &str, pattern: &str, model: &Model) -> Result<Vec<u32>, Error> {
    let regex = regex(key, pattern)?;
    let found = model.params().iter().filter(|p| regex.is_match(&p.name));
    let ids: Vec<u32> = found.map(|p| p.tied_to.unwrap_or(p.id)).collect();
    if ids.is_empty() {
        return Err(Error::config(key, format!("`{pattern}` matches no parameter of this model")));
    }
    Ok(ids)
}

export_strategy!(Full);

#[cfg(test)]
mod tests;
