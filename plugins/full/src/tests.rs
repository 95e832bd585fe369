//! Plans of full fine-tuning on a model of two layers.

use graftwork_sdk::{Mock, settings};

use super::*;

fn model(tied: bool) -> Model {
    let param = |id: u32, name: &str, role: Role, layer: Option<u32>, tied_to: Option<u32>| Param {
        id,
        name: name.to_owned(),
        shape: vec![8, 4],
        dtype: "f32".to_owned(),
        role,
        layer,
        tied_to,
    };
    let params = vec![
        param(0, "model.embed_tokens.weight", Role::Embedding, None, None),
        param(1, "model.layers.0.self_attn.q_proj.weight", Role::Linear, Some(0), None),
        param(2, "model.layers.1.self_attn.q_proj.weight", Role::Linear, Some(1), None),
        param(3, "lm_head.weight", Role::Head, None, tied.then_some(0)),
    ];
    Model::from(Mock { params, ..Mock::default() })
}

fn trained(config: Config, tied: bool) -> Vec<u32> {
    let plan = Full::plan(config, &model(tied)).expect("a plan");
    plan.trainable.iter().map(|t| t.param).collect()
}

fn refused(config: Config, tied: bool) -> String {
    match Full::plan(config, &model(tied)) {
        Err(Error::Config { key, .. }) => key,
        other => format!("{other:?}"),
    }
}

fn config(json: &str) -> Config {
    settings(json).expect("settings")
}

fn include(pattern: &str) -> Config {
    config(&format!(r#"{{"include": "{pattern}"}}"#))
}

fn exclude(pattern: &str) -> Config {
    config(&format!(r#"{{"exclude": "{pattern}"}}"#))
}

#[test]
fn trains_everything_once() {
    assert_eq!(trained(Config::default(), true), [0, 1, 2]);
    assert_eq!(trained(Config::default(), false), [0, 1, 2, 3]);
}

#[test]
fn patterns_and_layers_choose() {
    assert_eq!(trained(include("q_proj"), false), [1, 2]);
    assert_eq!(trained(exclude("layers"), false), [0, 3]);
    assert_eq!(trained(config(r#"{"layers": [1]}"#), false), [2]);
    assert_eq!(trained(Config { freeze_embeddings: true, ..Config::default() }, false), [1, 2, 3]);
}

#[test]
fn a_tied_parameter_answers_to_both_names() {
    assert_eq!(trained(include("lm_head"), true), [0]);
    assert_eq!(trained(exclude("lm_head"), true), [1, 2]);
}

#[test]
fn refuses_what_cannot_be_meant() {
    assert_eq!(refused(Config { freeze_embeddings: true, ..Config::default() }, true), "freeze_embeddings");
    assert_eq!(refused(include("no such"), false), "include");
    assert_eq!(refused(exclude("no such"), false), "exclude");
    assert_eq!(refused(exclude("("), false), "exclude");
    assert_eq!(refused(exclude("."), false), "include");
    assert_eq!(refused(config(r#"{"layers": [2]}"#), false), "layers");
}
