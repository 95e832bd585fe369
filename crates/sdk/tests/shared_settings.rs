//! The settings that methods share mean the same in each of them.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use graftwork_sdk::{
    Choice, Error, InPlaceSettings, Mock, Model, Param, Peft, Plan, RankSettings, Role, Target, TargetSettings,
    settings,
};
use serde::Deserialize;

fn model(choices: Option<Vec<Choice>>) -> Model {
    let mut params: Vec<Param> = Vec::new();
    let mut push = |name: &str, role, layer, tied_to| {
        let (id, name, dtype) = (params.len() as u32, name.to_owned(), "f32".to_owned());
        params.push(Param { id, name, shape: vec![8, 8], dtype, role, layer, tied_to });
    };
    push("embed.weight", Role::Embedding, None, None);
    for layer in 0..2 {
        push(&format!("layers.{layer}.q.weight"), Role::Linear, Some(layer), None);
        push(&format!("layers.{layer}.v.weight"), Role::Linear, Some(layer), None);
    }
    push("head.weight", Role::Head, None, Some(0));
    Model::from(Mock { params, choices, ..Mock::default() })
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Config {
    #[serde(flatten)]
    targets: TargetSettings,
    #[serde(flatten)]
    ranks: RankSettings,
    dropout: f64,
}

/// Parameter, rank and alpha of each target; alpha is the rank where nothing says it.
fn targets(config: &str, model: &Model) -> Result<Vec<(u32, u32, f64)>, Error> {
    let config: Config = settings(config)?;
    let targets = config.ranks.of(&config.targets.choose_linear(model)?, f64::from)?;
    Ok(targets.iter().map(|t| (t.param.id, t.rank, t.alpha)).collect())
}

fn refused<T: std::fmt::Debug>(result: Result<T, Error>) -> (String, String) {
    match result {
        Err(Error::Config { key, message }) => (key, message),
        other => panic!("{other:?}"),
    }
}

#[test]
fn patterns_come_before_the_general_value() {
    let all: Vec<_> = (1..5).map(|id| (id, 8, 8.0)).collect();
    assert_eq!(targets("{}", &model(None)).unwrap(), all);
    let config = r#"{"layers": 1, "rank": 4, "alpha": 6, "rank_pattern": {"v": 2}, "alpha_pattern": {"q": 1}}"#;
    assert_eq!(targets(config, &model(None)).unwrap(), [(3, 4, 1.0), (4, 2, 6.0)]);
}

#[test]
fn a_selector_comes_before_everything() {
    let choices = vec![
        Choice { param: 4, rank: Some(3), alpha: Some(5.0) },
        Choice { param: 1, rank: Some(6), alpha: None },
        Choice { param: 2, rank: None, alpha: None },
    ];
    let config = r#"{"target_modules": ["q"], "rank_pattern": {"v": 2}}"#;
    let expected = [(4, 3, 5.0), (1, 6, 6.0), (2, 2, 2.0)];
    assert_eq!(targets(config, &model(Some(choices))).unwrap(), expected);
}

#[test]
fn what_is_wrong_is_named() {
    let refused = |config: &str| refused(targets(config, &model(None)));
    assert_eq!(refused(r#"{"rank_pattern": {"q": 0}}"#).0, "rank");
    assert_eq!(refused(r#"{"alpha_pattern": {"k": 1}}"#).0, "alpha_pattern");
    let (key, message) = refused(r#"{"target_modules": ["embed"]}"#);
    assert!(key == "target_modules" && message.contains("`embed` is an embedding"), "{message}");
    let (_, message) = refused(r#"{"layers": "5-3"}"#);
    assert_eq!(message, "`layers`: `5-3` runs backwards");
    let (_, message) = refused(r#"{"dorpout": 0.1}"#);
    assert!(message.contains("dorpout"), "{message}");
}

#[test]
fn parameters_train_in_place_once() {
    let chosen = |config: &str| -> Result<Vec<u32>, Error> {
        let settings: InPlaceSettings = settings(config)?;
        Ok(settings.choose(&model(None), |p| p.role != Role::Norm)?.iter().map(|t| t.param).collect())
    };
    assert_eq!(chosen("{}").unwrap(), [0, 1, 2, 3, 4]);
    // The head is the embedding.
    assert_eq!(chosen(r#"{"include": "head|q"}"#).unwrap(), [0, 1, 3]);
    assert_eq!(chosen(r#"{"exclude": "head|q", "layers": 0}"#).unwrap(), [2]);
    assert_eq!(refused(chosen(r#"{"include": "nowhere"}"#)).0, "include");
    assert_eq!(refused(chosen(r#"{"exclude": "."}"#)).0, "include");
    assert_eq!(refused(chosen(r#"{"layers": 2}"#)).0, "layers");
}

#[test]
fn the_form_in_peft_says_the_usual_rank_and_the_others() {
    let model = model(None);
    let target = |id: u32, rank, alpha| Target { param: model.param(id).unwrap(), rank, alpha };
    let targets = [target(1, 2, 4.0), target(2, 3, 4.5), target(3, 2, 4.0)];
    let peft = Peft::new("LOHA").ranks(&targets, "alpha").with("dropout", 0.5).key("a", "a.weight");
    let plan = Plan::default().with_peft(peft);
    let entry = |name: &str| -> serde_json::Value {
        let text = &plan.metadata.iter().find(|(n, _)| n == name).unwrap().1;
        serde_json::from_str(text).unwrap()
    };
    let expected = serde_json::json!({
        "peft_type": "LOHA", "r": 2, "alpha": 4, "dropout": 0.5,
        "rank_pattern": {r"layers\.0\.v": 3}, "alpha_pattern": {r"layers\.0\.v": 4.5},
    });
    assert_eq!(entry("peft"), expected);
    assert_eq!(entry("peft_keys"), serde_json::json!({"a": "a.weight"}));
    assert!(Plan::default().with_peft(Peft::new("IA3")).metadata.iter().all(|(name, _)| name == "peft"));
}
