//! Fine-tuning of all but what is frozen: the first or last layers, others by number, embeddings, head, whatever a pattern
//! names.

use graftwork_sdk::{Error, Layers, Model, Param, Plan, Plugin, Role, Strategy, Trainable, export_strategy};
use serde::Deserialize;

struct LayerFreeze;

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Config {
    first: u32,
    last: u32,
    layers: Option<Layers>,
    pattern: Option<String>,
    embeddings: bool,
    head: bool,
}

impl Plugin for LayerFreeze {
    const NAME: &'static str = "layer-freeze";
    const SUMMARY: &'static str = "Trains the whole model but for layers, embeddings or parameters that are frozen.";
    const SCHEMA: &'static str = include_str!("schema.json");
    type Config = Config;
}

impl Strategy for LayerFreeze {
    fn plan(config: Config, model: &Model) -> Result<Plan, Error> {
        let frozen = frozen(&config, model)?;
        let trains = |p: &&Param| p.tied_to.is_none() && !frozen.contains(&p.id);
        let trainable: Vec<_> = model.params().iter().filter(trains).map(Trainable::from).collect();
        if trainable.is_empty() {
            return Err(Error::config("*", "all of the model is frozen, and nothing is left to train"));
        }
        Ok(Plan { trainable, ..Plan::default() })
    }
}

/// The parameters that do not train. A tied one stands for the one that it is tied to.
fn frozen(config: &Config, model: &Model) -> Result<Vec<u32>, Error> {
    let Config { first, last, layers, pattern, embeddings, head } = config;
    if *first == 0 && *last == 0 && layers.is_none() && pattern.is_none() && !embeddings && !head {
        let message = "nothing is frozen: set `first`, `last`, `layers`, `pattern`, `embeddings` or `head`, or train all of \
                       the model with the strategy `full`";
        return Err(Error::config("*", message));
    }
    let tied = model.params().iter().any(|p| p.role == Role::Head && p.tied_to.is_some());
    if tied && embeddings != head {
        let key = if *embeddings { "embeddings" } else { "head" };
        return Err(Error::config(key, "embedding and head are one tensor in this model: freeze both, or neither"));
    }
    let count = model.params().iter().filter_map(|p| p.layer).max().map_or(0, |deepest| deepest + 1);
    for (key, wanted) in [("first", *first), ("last", *last)] {
        if wanted > count {
            return Err(Error::config(key, format!("is {wanted}, but the model has {count} layers")));
        }
    }
    if let Some(layers) = layers {
        layers.check("layers", model)?;
    }
    let mut frozen = pattern.as_deref().map(|p| model.named("pattern", p)).transpose()?.unwrap_or_default();
    let freezes = |p: &&Param| {
        p.layer.is_some_and(|layer| layer < *first || layer + last >= count)
            || layers.as_ref().is_some_and(|layers| layers.admit(p))
            || (*embeddings && p.role == Role::Embedding)
            || (*head && p.role == Role::Head)
    };
    frozen.extend(model.params().iter().filter(freezes).map(|p| p.tied_to.unwrap_or(p.id)));
    Ok(frozen)
}

export_strategy!(LayerFreeze);

#[cfg(test)]
mod tests;
