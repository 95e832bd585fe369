//! `run.toml` and its schema: what the one admits, the other reads, and the reverse.
#![allow(clippy::expect_used, clippy::panic, missing_docs, unreachable_pub, dead_code, reason = "tests")]

mod common;

use std::path::{Path, PathBuf};

use common::{host, plugin, root};
use graftwork::{Error, RunConfig, StrategyConfig, schema};
use jsonschema::Validator;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

fn validator() -> Validator {
    jsonschema::options().build(&schema()).expect("a schema")
}

/// A configuration with one value at a path.
fn with(key: &str, value: Value) -> Value {
    key.rsplit('.').fold(value, |inner, name| Value::Object(Map::from_iter([(name.to_owned(), inner)])))
}

/// A value as text of TOML, on one line.
fn toml(value: &Value) -> String {
    match value {
        Value::Object(map) => {
            let entries: Vec<_> = map.iter().map(|(key, value)| format!("{key} = {}", toml(value))).collect();
            format!("{{ {} }}", entries.join(", "))
        }
        Value::Array(list) => format!("[{}]", list.iter().map(toml).collect::<Vec<_>>().join(", ")),
        other => other.to_string(),
    }
}

fn read(key: &str, value: &Value) -> Result<RunConfig, Error> {
    RunConfig::from_toml("run.toml", &format!("{key} = {}", toml(value)))
}

/// Types that read themselves by hand, with a value that serde alone would take for each.
const BY_HAND: [&str; 6] = ["device", "data.files", "data.eval", "train.warmup", "task", "train.schedule"];

fn leaf() -> impl Strategy<Value = Value> {
    prop_oneof![
        any::<bool>().prop_map(Value::from),
        (-3i64..400).prop_map(Value::from),
        (-2.0f64..2.0).prop_map(Value::from),
        prop_oneof![Just(0.0), Just(1.0), Just(1e-300), Just(0.999_999)].prop_map(Value::from),
        "(cpu|cuda|gpu)?(:|)[+]?[0-9]{0,4}".prop_map(Value::from),
        "(chat|text|cosine|linear|causal-lm|masked-lm|a\\.jsonl|-|)".prop_map(Value::from),
    ]
}

fn value() -> impl Strategy<Value = Value> {
    leaf().prop_recursive(3, 12, 3, |inner| {
        let key = prop_oneof![Just("path"), Just("weight"), Just("format"), Just("steps"), Just("ratio"), Just("more")];
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            prop::collection::vec((key, inner), 0..3)
                .prop_map(|entries| entries.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()),
        ]
    })
}

/// Whether types alone have to take what the schema admits: it does not see whether a whole number is written as one, and has the
/// bounds of a ratio, which the run looks at.
fn is_of_the_type(key: &str, value: &Value) -> bool {
    let in_bounds = |ratio: f64| (0.0..1.0).contains(&ratio);
    key != "train.warmup" || !value["steps"].is_f64() && value["ratio"].as_f64().is_none_or(in_bounds)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3000, ..ProptestConfig::default() })]

    #[test]
    fn the_schema_admits_what_is_read_and_nothing_else(index in 0..BY_HAND.len(), value in value()) {
        let key = BY_HAND[index];
        prop_assume!(is_of_the_type(key, &value));
        thread_local!(static VALIDATOR: Validator = validator());
        let whole = with(key, value.clone());
        let admitted = VALIDATOR.with(|validator| validator.is_valid(&whole));
        // The types alone, without the schema before them.
        let taken = serde_json::from_value::<RunConfig>(whole);
        prop_assert_eq!(admitted, taken.is_ok(), "{}: {:?}", value, taken.err());
        prop_assert_eq!(admitted, read(key, &value).is_ok());
    }
}

#[test]
fn forms_by_hand_at_their_bounds() {
    let cases: [(&str, &[Value], &[Value]); 5] = [
        (
            "device",
            &[json!("cpu"), json!("cuda"), json!("cuda:0"), json!("cuda:007"), json!("cuda:255")],
            &[json!("cuda:256"), json!("cuda:"), json!("cuda:+1"), json!("CPU"), json!("cpu:0"), json!(0)],
        ),
        (
            "data.files",
            &[
                json!([]),
                json!(["-"]),
                json!([{ "path": "a" }]),
                json!([{ "path": "a", "weight": 1, "format": "chat" }]),
            ],
            &[
                json!("a"),
                json!([{}]),
                json!([{ "path": "a", "weight": 0 }]),
                json!([{ "path": "a", "share": 1 }]),
                json!([3]),
            ],
        ),
        (
            "data.eval",
            &[json!(0), json!(0.5), json!([]), json!(["a"])],
            &[json!(1), json!(-0.1), json!("a"), json!([1])],
        ),
        (
            "train.warmup",
            &[json!({ "steps": 0 }), json!({ "ratio": 0.1 })],
            &[json!({}), json!(3), json!({ "steps": 1, "ratio": 0.1 }), json!({ "steps": -1 }), json!({ "rate": 1 })],
        ),
        ("task", &[json!("causal-lm")], &[json!("causal"), json!("")]),
    ];
    let validator = validator();
    for (key, good, bad) in cases {
        for (values, whether) in [(good, true), (bad, false)] {
            for value in values {
                let admitted = validator.is_valid(&with(key, value.clone()));
                let taken = serde_json::from_value::<RunConfig>(with(key, value.clone())).is_ok();
                assert_eq!((admitted, taken, read(key, value).is_ok()), (whether, whether, whether), "{key} = {value}");
            }
        }
    }
}

#[test]
fn a_number_out_of_bounds_is_refused_by_the_schema_as_it_would_be_by_the_run() {
    let dir = tempfile::tempdir().expect("a folder");
    let validator = validator();
    for (key, value) in [
        ("data.max_length", json!(1)),
        ("train.steps", json!(0)),
        ("train.epochs", json!(0)),
        ("train.learning_rate", json!(0)),
        ("train.warmup", json!({ "ratio": 1 })),
        ("train.weight_decay", json!(-1)),
        ("train.beta1", json!(1)),
        ("train.beta2", json!(-0.1)),
        ("train.eps", json!(0)),
        ("train.max_grad_norm", json!(-1)),
        ("train.eval_every", json!(0)),
        ("train.checkpoint_every", json!(0)),
    ] {
        assert!(!validator.is_valid(&with(key, value.clone())), "{key} = {value}");
        let mut whole = serde_json::to_value(common::short(plugin("lora"), &dir.path().join("run"), 1)).expect("JSON");
        if key == "train.epochs" {
            whole["train"]["steps"] = Value::Null;
        }
        *whole.pointer_mut(&format!("/{}", key.replace('.', "/"))).expect("a key") = value;
        // A program that embeds the library builds the configuration without the schema.
        let config: RunConfig = serde_json::from_value(whole).expect("the types take it");
        host().check(&config, 0, &mut |_| {}).expect_err(key);
    }
}

#[test]
fn defaults_and_every_file_in_the_repository_are_admitted() {
    let validator = validator();
    let mut config = RunConfig { strategy: vec![StrategyConfig::new("plugins/lora.wasm")], ..RunConfig::default() };
    config.data.files = vec!["a.jsonl".into()];
    let without_null = |mut value: Value| {
        remove_null(&mut value);
        value
    };
    for config in [RunConfig::default(), config] {
        let value = without_null(serde_json::to_value(&config).expect("JSON"));
        assert!(validator.is_valid(&value), "{:?}", validator.iter_errors(&value).collect::<Vec<_>>());
        assert_eq!(serde_json::from_value::<RunConfig>(value).expect("a configuration"), config);
    }
    let docs = std::fs::read_to_string(root().join("docs/configuration.md")).expect("the reference");
    let example = docs.split("```toml\n").nth(1).and_then(|rest| rest.split("```").next()).expect("an example");
    let example = RunConfig::from_toml("docs/configuration.md", example).expect("the example");
    assert_eq!(example.data.files.len(), 2);
    let mut files = Vec::new();
    ["examples", "docs", "benches"].iter().for_each(|folder| configurations(&root().join(folder), &mut files));
    for file in files {
        RunConfig::from_file(&file).unwrap_or_else(|error| panic!("{error}"));
    }
}

/// Every `run.toml` below a folder.
fn configurations(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            configurations(&path, found);
        } else if path.file_name().is_some_and(|name| name.to_string_lossy().ends_with("run.toml")) {
            found.push(path);
        }
    }
}

fn remove_null(value: &mut Value) {
    if let Value::Object(map) = value {
        map.retain(|_, value| !value.is_null());
        map.values_mut().for_each(remove_null);
    }
}

#[test]
fn every_key_says_what_it_is_for_and_has_a_default_or_an_example() {
    fn visit(name: &str, node: &Value, count: &mut usize) {
        for (key, node) in node["properties"].as_object().into_iter().flatten() {
            let path = format!("{name}.{key}");
            *count += 1;
            assert!(node["description"].as_str().is_some_and(|text| text.len() > 8), "{path} has no description");
            let is_section = node["properties"].is_object();
            let has_value = node.get("default").is_some() || node["examples"][0] != Value::Null;
            let is_a_form = node.get("type").is_some() && name.ends_with("warmup");
            assert!(is_section || has_value || is_a_form, "{path} has neither a default nor an example");
            if let Some(text) = node["description"].as_str().filter(|_| !is_section && node.get("default").is_none()) {
                let is_said = ["if not given", "if `steps` is not", "if none", "plugin's file", "`-`", "less"];
                assert!(
                    is_a_form || is_said.iter().any(|part| text.contains(part)) || path.ends_with("weight"),
                    "{path} does not say what happens without it: {text}"
                );
            }
            visit(&path, node, count);
            for inner in ["items", "anyOf", "oneOf"] {
                let inner = node.get(inner).cloned().unwrap_or_default();
                let nodes = inner.as_array().cloned().unwrap_or_else(|| vec![inner]);
                nodes.iter().for_each(|node| visit(&path, node, count));
            }
        }
    }
    let mut count = 0;
    visit("", &schema(), &mut count);
    assert!(count >= 45, "{count} keys");
}

#[test]
fn what_could_be_a_key_of_the_run_and_a_setting_is_refused() {
    // No plugin of ours has such a setting; in the schema of this one another has that name.
    let dir = tempfile::tempdir().expect("a folder");
    let (file, bytes) =
        (dir.path().join("seeded.wasm"), std::fs::read(root().join("plugins/lora.wasm")).expect("a plugin"));
    let at = bytes.windows(8).position(|part| part == b"\"rank\": ").expect("the schema's text");
    let bytes = [&bytes[..at], b"\"seed\": ", &bytes[at + 8..]].concat();
    std::fs::write(&file, bytes).expect("written");
    let mut config = RunConfig { strategy: vec![StrategyConfig::new(file)], ..RunConfig::default() };
    let set = |config: &mut RunConfig, key: &str, value: Value| host().configure(config, vec![(key.to_owned(), value)]);
    let message = set(&mut config, "seed", json!(1)).expect_err("both have it").to_string();
    assert!(message.contains("`run.seed` or `strategy.0.config.seed`"), "{message}");
    set(&mut config, "run.seed", json!(7)).expect("the run's");
    set(&mut config, "strategy.0.config.seed", json!(8)).expect("the plugin's");
    assert_eq!((config.seed, &config.strategy[0].config["seed"]), (7, &json!(8)));
    let before = config.clone();
    for (key, value) in [("train.steps", json!("x")), ("data", json!({ "file": [] })), ("train.warmup", json!(3))] {
        set(&mut config, key, value).expect_err(key);
        assert_eq!(config, before, "what is refused changes nothing");
    }
    set(&mut config, "data", json!({ "packing": true })).expect("a section");
    assert!(config.data.packing && config.train == before.train);
}
