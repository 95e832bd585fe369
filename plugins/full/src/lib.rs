//! Full-parameter fine-tuning: the model's own parameters train, all of them or those that patterns and layers choose.

use graftwork_sdk::{Error, Model, Param, Plan, Role, Strategy, Trainable, export_strategy};
use regex_lite::Regex;
use serde::Deserialize;

struct Full;

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Config {
    include: Option<String>,
    exclude: Option<String>,
    freeze_embeddings: bool,
    layers: Option<Vec<u32>>,
}

impl Strategy for Full {
    const NAME: &'static str = "full";
    const SUMMARY: &'static str = "Full-parameter fine-tuning: trains the model's own weights in place.";
    const SCHEMA: &'static str = include_str!("schema.json");
    type Config = Config;

    fn plan(config: Config, model: &Model) -> Result<Plan, Error> {
        let include = config.include.as_deref().map(|p| regex("include", p)).transpose()?;
        let exclude = config.exclude.as_deref().map(|p| regex("exclude", p)).transpose()?;
        let tied = model.params().iter().any(|p| p.role == Role::Head && p.tied_to.is_some());
        if config.freeze_embeddings && tied {
            let message = "the output head is tied to the embedding: freezing one freezes both";
            return Err(Error::config("freeze_embeddings", message));
        }
        let trains = |p: &&Param| {
            p.tied_to.is_none()
                && include.as_ref().is_none_or(|r| r.is_match(&p.name))
                && !exclude.as_ref().is_some_and(|r| r.is_match(&p.name))
                && !(config.freeze_embeddings && p.role == Role::Embedding)
                && config.layers.as_ref().is_none_or(|l| p.layer.is_some_and(|layer| l.contains(&layer)))
        };
        let chosen = model.params().iter().filter(trains);
        let trainable: Vec<_> = chosen.map(|p| Trainable { param: p.id, group: None }).collect();
        if trainable.is_empty() {
            return Err(Error::config("include", "no parameter of this model is left to train"));
        }
        Ok(Plan { trainable, ..Plan::default() })
    }
}

/// A pattern that may match anywhere in a parameter's name.
fn regex(key: &str, pattern: &str) -> Result<Regex, Error> {
    Regex::new(pattern).map_err(|e| Error::config(key, format!("`{pattern}` is no regular expression: {e}")))
}

export_strategy!(Full);

#[cfg(test)]
mod tests {
    use super::*;

    fn param(id: u32, name: &str, role: Role, layer: Option<u32>, tied_to: Option<u32>) -> Param {
        Param { id, name: name.to_owned(), shape: vec![8, 4], role, layer, tied_to }
    }

    fn model(tied: bool) -> Model {
        let params = vec![
            param(0, "model.embed_tokens.weight", Role::Embedding, None, None),
            param(1, "model.layers.0.self_attn.q_proj.weight", Role::Linear, Some(0), None),
            param(2, "model.layers.1.self_attn.q_proj.weight", Role::Linear, Some(1), None),
            param(3, "lm_head.weight", Role::Head, None, tied.then_some(0)),
        ];
        Model::for_tests(params, None, Default::default())
    }

    fn trained(config: Config, tied: bool) -> Vec<u32> {
        Full::plan(config, &model(tied)).map(|p| p.trainable.iter().map(|t| t.param).collect()).unwrap_or_default()
    }

    #[test]
    fn trains_everything_once() {
        assert_eq!(trained(Config::default(), true), [0, 1, 2]);
        assert_eq!(trained(Config::default(), false), [0, 1, 2, 3]);
    }

    #[test]
    fn patterns_and_layers_choose() {
        let only = |pattern: &str| Config { include: Some(pattern.to_owned()), ..Config::default() };
        assert_eq!(trained(only("q_proj"), false), [1, 2]);
        assert_eq!(trained(Config { layers: Some(vec![1]), ..Config::default() }, false), [2]);
        assert_eq!(trained(Config { freeze_embeddings: true, ..Config::default() }, false), [1, 2, 3]);
        assert_eq!(trained(Config { exclude: Some("layers".to_owned()), ..Config::default() }, false), [0, 3]);
    }

    #[test]
    fn refuses_what_cannot_be_meant() {
        let frozen = Config { freeze_embeddings: true, ..Config::default() };
        assert!(
            matches!(Full::plan(frozen, &model(true)), Err(Error::Config { key, .. }) if key == "freeze_embeddings")
        );
        let nothing = Config { include: Some("no such".to_owned()), ..Config::default() };
        assert!(matches!(Full::plan(nothing, &model(true)), Err(Error::Config { key, .. }) if key == "include"));
    }
}
