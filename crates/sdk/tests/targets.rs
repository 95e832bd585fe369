//! Target modules, layers and patterns mean what they mean in PEFT, and a misspelt one is an error.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use graftwork_sdk::{Error, Layers, Mock, Model, Names, Param, Patterns, Role, Targets, settings};
use serde::Deserialize;

/// Twelve layers, so that layer 1 is not the beginning of layer 10 or 11 by accident.
fn model() -> Model {
    let mut params: Vec<Param> = Vec::new();
    let mut push = |name: String, role, layer, tied_to| {
        let (id, dtype) = (params.len() as u32, "f32".to_owned());
        params.push(Param { id, name, shape: vec![8, 8], dtype, role, layer, tied_to });
    };
    push("model.embed_tokens.weight".to_owned(), Role::Embedding, None, None);
    for l in 0..12 {
        push(format!("model.layers.{l}.self_attn.q_proj.weight"), Role::Linear, Some(l), None);
        push(format!("model.layers.{l}.mlp.up_proj.weight"), Role::Linear, Some(l), None);
        push(format!("model.layers.{l}.mlp.up_proj.bias"), Role::Bias, Some(l), None);
    }
    push("lm_head.weight".to_owned(), Role::Head, None, Some(0));
    Model::from(Mock { params, ..Mock::default() })
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Config {
    target_modules: Names,
    exclude_modules: Option<Names>,
    layers: Option<Layers>,
}

fn choose(config: &str) -> Result<Vec<String>, Error> {
    let Config { target_modules, exclude_modules, layers } = settings(config)?;
    let targets = Targets { include: &target_modules, exclude: exclude_modules.as_ref(), layers: layers.as_ref() };
    Ok(targets.choose(&model())?.iter().map(|p| p.module().to_owned()).collect())
}

fn count(config: &str) -> usize {
    choose(config).unwrap_or_else(|e| panic!("{config}: {e:?}")).len()
}

/// `key: message` of the error.
fn refused(config: &str) -> String {
    match choose(config) {
        Err(Error::Config { key, message }) => format!("{key}: {message}"),
        other => panic!("{config}: {other:?}"),
    }
}

#[test]
fn all_linear_leaves_embedding_and_head_alone() {
    let chosen = choose(r#"{"target_modules": "all-linear"}"#).unwrap();
    assert_eq!(chosen.len(), 24);
    assert!(chosen.iter().all(|m| m.ends_with("_proj")));
}

#[test]
fn a_name_is_a_path_or_its_end_at_a_dot() {
    assert_eq!(count(r#"{"target_modules": ["q_proj"]}"#), 12);
    assert_eq!(count(r#"{"target_modules": ["self_attn.q_proj", "mlp.up_proj"]}"#), 24);
    assert_eq!(count(r#"{"target_modules": ["layers.1.mlp.up_proj"]}"#), 1);
    assert_eq!(count(r#"{"target_modules": ["embed_tokens"]}"#), 1);
    // Not `up_proj`, though it ends so.
    assert!(refused(r#"{"target_modules": ["p_proj"]}"#).starts_with("target_modules: `p_proj` matches no module"));
}

#[test]
fn a_string_is_a_pattern_over_the_whole_path() {
    assert_eq!(count(r#"{"target_modules": ".*\\.(q|up)_proj"}"#), 24);
    assert_eq!(count(r#"{"target_modules": "model\\.layers\\.1\\..*"}"#), 2);
    assert!(refused(r#"{"target_modules": "q_proj"}"#).contains(r#"write ["q_proj"]"#));
    assert!(refused(r#"{"target_modules": "("}"#).contains("is no regular expression"));
}

#[test]
fn exclusions_and_layers_narrow_the_choice() {
    assert_eq!(count(r#"{"target_modules": "all-linear", "exclude_modules": ["up_proj"]}"#), 12);
    assert_eq!(count(r#"{"target_modules": "all-linear", "layers": 3}"#), 2);
    assert_eq!(count(r#"{"target_modules": "all-linear", "layers": [0, 11]}"#), 4);
    assert_eq!(count(r#"{"target_modules": "all-linear", "layers": "0-3, 8"}"#), 10);
    let nothing = refused(r#"{"target_modules": ["q_proj"], "exclude_modules": ["self_attn.q_proj"]}"#);
    assert!(nothing.starts_with("target_modules: nothing is left"), "{nothing}");
}

#[test]
fn what_is_not_there_is_an_error_with_near_names() {
    let wrong = refused(r#"{"target_modules": ["q_porj"]}"#);
    assert!(wrong.contains("did you mean `q_proj`") && wrong.contains("there are: embed_tokens, q_proj, up_proj"));
    assert!(refused(r#"{"target_modules": ["layers.12.mlp.up_proj"]}"#).contains("did you mean `layers."));
    assert!(
        refused(r#"{"target_modules": "all-linear", "exclude_modules": ["v_proj"]}"#).starts_with("exclude_modules")
    );
    assert!(refused(r#"{"target_modules": "all-linear", "layers": "10-13"}"#).contains("there is no layer 12"));
    let tied = refused(r#"{"target_modules": ["lm_head"]}"#);
    assert_eq!(tied, "target_modules: `lm_head` is tied to `model.embed_tokens`; name that one instead");
}

#[test]
fn settings_that_cannot_be_read_name_their_place() {
    assert!(refused(r#"{"target_modules": [], "layer": 1}"#).contains("unknown field `layer`"));
    assert_eq!(refused(r#"{"target_modules": []}"#), "target_modules: is an empty list");
    assert_eq!(refused(r#"{"target_modules": "all-linear", "layers": "5-3"}"#), "layers: `5-3` runs backwards");
    assert!(refused(r#"{"target_modules": "all-linear", "layers": "3-"}"#).contains("write layers like 0-3,8"));
    #[derive(Debug, Deserialize)]
    struct Ranks {
        #[allow(dead_code, reason = "only reading it matters")]
        rank_pattern: Patterns<u32>,
    }
    let wrong = settings::<Ranks>(r#"{"rank_pattern": {"q_proj": -1}}"#).unwrap_err();
    assert!(matches!(wrong, Error::Config { key, .. } if key == "rank_pattern.q_proj"));
    let twice = settings::<Ranks>(r#"{"rank_pattern": {"q_proj": 1, "q_proj": 2}}"#).unwrap_err();
    assert!(matches!(twice, Error::Config { key, .. } if key.starts_with("rank_pattern")));
}

#[test]
fn the_first_pattern_that_ends_a_path_gives_the_value() {
    let model = model();
    let modules: Vec<&Param> = model.linear_layers().collect();
    let patterns = Patterns(vec![(r"layers\.1\.mlp\.up_proj".to_owned(), 1), (".*_proj".to_owned(), 2)]);
    let values = patterns.values("rank_pattern", &modules).unwrap();
    assert!(
        modules.iter().zip(&values).all(|(m, v)| *v == Some(if m.is_called("layers.1.mlp.up_proj") { 1 } else { 2 }))
    );
    let partial = Patterns(vec![("q_proj".to_owned(), 4)]).values("rank_pattern", &modules).unwrap();
    assert!(modules.iter().zip(&partial).all(|(m, v)| *v == m.is_called("q_proj").then_some(4)));
    let unused = Patterns(vec![("k_proj".to_owned(), 4)]).values("rank_pattern", &modules).unwrap_err();
    assert!(
        matches!(unused, Error::Config { key, message } if key == "rank_pattern" && message.contains("did you mean"))
    );
}
