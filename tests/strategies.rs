//! Methods that PEFT has too: its parameter counts, its logits from the same tensors, its first training steps. Golden files are
//! made by `tests/oracles/strategies.py`.
#![allow(clippy::expect_used, clippy::panic, missing_docs, unreachable_pub, dead_code, reason = "tests")]

mod common;

use std::path::{Path, PathBuf};

use common::{difference, follow, golden, host, ids, logits, plugin, root, run, short, tensor};
use graftwork::{ImportReport, ImportRequest, MergeOutput, MergeRequest, RunConfig, StrategyConfig};
use serde_json::{Value, json};

/// A golden folder, and the plugin and the settings that plan the same.
const METHODS: [(&str, &str, &str); 14] = [
    ("dora", "dora", r#"{"rank": 2, "alpha": 4}"#),
    ("dora-bias", "dora", r#"{"rank": 2, "alpha": 4}"#),
    ("loha", "loha", r#"{"rank": 2, "alpha": 4}"#),
    ("lokr", "lokr", r#"{"rank": 2, "alpha": 4}"#),
    ("lokr-both", "lokr", r#"{"rank": 2, "alpha": 4, "decompose_both": true}"#),
    ("lokr-whole", "lokr", r#"{"rank": 8, "alpha": 16}"#),
    ("vera", "vera", r#"{"rank": 8}"#),
    ("ia3", "ia3", "{}"),
    (
        "ia3-bias",
        "ia3",
        r#"{"target_modules": ["q_proj", "k_proj", "v_proj", "down_proj"], "feedforward_modules": ["down_proj"]}"#,
    ),
    ("ia3-gpt2", "ia3", "{}"),
    ("oft", "oft", r#"{"oft_block_size": 8}"#),
    ("oft-cayley", "oft", r#"{"oft_block_size": 8, "use_cayley_neumann": false}"#),
    ("ln-tuning", "norm-tuning", "{}"),
    ("ln-tuning-gpt2", "norm-tuning", "{}"),
];

fn facts(method: &str) -> Value {
    let path = golden("strategies").join(method).join("facts.json");
    serde_json::from_slice(&std::fs::read(path).expect("the facts")).expect("JSON")
}

fn model(method: &str) -> PathBuf {
    root().join(facts(method)["model"].as_str().expect("a model"))
}

fn strategy(name: &str, settings: &str) -> StrategyConfig {
    let mut strategy = plugin(name);
    strategy.config = serde_json::from_str(settings).expect("settings");
    strategy
}

/// A folder of PEFT's as the strategy's own.
fn import(method: &str, part: &str, strategy: StrategyConfig, out: &Path) -> ImportReport {
    let peft = golden("strategies").join(method).join(part);
    let out = out.join(format!("{method}-{part}"));
    let request = ImportRequest { model: Some(model(method)), peft, strategy: vec![strategy], out, overwrite: false };
    host().import(&request, &mut |_| {}).unwrap_or_else(|error| panic!("{method}: {error}"))
}

#[test]
fn the_same_tensors_give_pefts_logits_adapted_and_merged() {
    let out = tempfile::tempdir().expect("a folder");
    for (method, plugin, settings) in METHODS {
        let imported = import(method, "adapter", strategy(plugin, settings), out.path());
        assert_eq!(Some(imported.trainable_parameters), facts(method)["trainable"].as_u64(), "{method}");
        let file = golden("strategies").join(method).join("logits.safetensors");
        let expected = tensor(&file, "logits");
        let last = |all: Vec<f32>| all[all.len() - expected.len()..].to_vec();
        let found = last(logits(Some(model(method)), Some(imported.out.clone()), &ids(&file, "ids")));
        let worst = difference(&found, &expected);
        assert!(worst < 1e-5, "{method}: {worst:e}");
        let effect = difference(&found, &tensor(&file, "base_logits"));
        assert!(effect > 1e-2, "{method} changes the base: {effect:e}");

        let merged = out.path().join(format!("{method}-merged"));
        let output = MergeOutput::Model { dtype: Some(graftwork::Dtype::F32), max_shard_bytes: None };
        let request = MergeRequest { output, ..MergeRequest::new(&imported.out, &merged) };
        host().merge(&request, &mut |_| {}).expect("a merge");
        let worst = difference(&last(logits(Some(merged), None, &ids(&file, "ids"))), &found);
        assert!(worst < 1e-5, "{method}, merged: {worst:e}");
        // What is written is PEFT's form again, to the last byte of its tensors.
        let again = |folder: &Path| std::fs::read(folder.join("adapter_model.safetensors")).expect("tensors");
        let theirs = again(&golden("strategies").join(method).join("adapter"));
        let (ours, theirs) = (tensors(&again(&imported.out)), tensors(&theirs));
        assert_eq!(ours, theirs, "{method}");
    }
}

/// Names and bytes of a file's tensors.
fn tensors(file: &[u8]) -> Vec<(String, Vec<u8>)> {
    let file = safetensors::SafeTensors::deserialize(file).expect("a safetensors file");
    let mut all: Vec<_> = file.iter().map(|(name, view)| (name.to_owned(), view.data().to_vec())).collect();
    all.sort();
    all
}

#[test]
fn the_first_steps_are_pefts() {
    let out = tempfile::tempdir().expect("a folder");
    let ada =
        r#"{"init_r": 6, "target_r": 3, "tinit": 2, "tfinal": 4, "delta_t": 2, "orth_reg_weight": 0.5, "alpha": 128}"#;
    for (method, plugin, settings) in METHODS.into_iter().chain([("adalora", "ada-lora", ada)]) {
        let strategy = strategy(plugin, settings);
        let initial = import(method, "initial", strategy.clone(), out.path());
        let curve = golden("strategies").join(method).join("curve.json");
        let [loss, norm, rate] = follow(&curve, strategy, Some(initial.out));
        let bound = if method == "adalora" { 5e-3 } else { 1e-3 };
        assert!(loss < 1e-3 && norm < bound && rate < 1e-9, "{method}: loss {loss:e}, norm {norm:e}, rate {rate:e}");
    }
}

#[test]
fn lora_with_its_options_follows_peft_too() {
    for (method, settings) in [
        ("lora-rs", r#"{"rank": 4, "alpha": 4, "rslora": true}"#),
        ("lora-bias", r#"{"rank": 2, "alpha": 4, "bias": "all"}"#),
    ] {
        let folder = golden("strategies").join(method);
        let file = folder.join("logits.safetensors");
        let expected = tensor(&file, "logits");
        let found = logits(Some(model(method)), Some(folder.join("adapter")), &ids(&file, "ids"));
        let worst = difference(&found[found.len() - expected.len()..], &expected);
        assert!(worst < 1e-5, "{method}: {worst:e}");
        let [loss, norm, rate] =
            follow(&folder.join("curve.json"), strategy("lora", settings), Some(folder.join("initial")));
        assert!(loss < 1e-3 && norm < 1e-3 && rate < 1e-9, "{method}: loss {loss:e}, norm {norm:e}, rate {rate:e}");
    }
}

#[test]
fn what_does_not_fit_is_not_imported() {
    let out = tempfile::tempdir().expect("a folder");
    let peft = golden("strategies").join("loha/adapter");
    let fails = |name: &str, settings: Value, parts: &[&str]| {
        let strategy = vec![strategy(name, &settings.to_string())];
        let (model, out) = (Some(model("loha")), out.path().join("none"));
        let request = ImportRequest { model, peft: peft.clone(), strategy, out: out.clone(), overwrite: false };
        let message = host().import(&request, &mut |_| {}).expect_err("it does not fit").to_string();
        assert!(parts.iter().all(|part| message.contains(part)), "{parts:?} not in: {message}");
        assert!(!out.exists());
    };
    fails("loha", json!({"rank": 3, "alpha": 4}), &["`r` is 2", "3 to the strategy"]);
    fails("loha", json!({"rank": 2, "alpha": 4, "layers": [0]}), &["which this strategy does not plan"]);
    fails("lokr", json!({"alpha": 4}), &["`peft_type`", "LOHA"]);
    fails("lora", json!({}), &["has no form in PEFT but LoRA's"]);
}

#[test]
fn settings_that_contradict_pefts_are_refused() {
    let out = tempfile::tempdir().expect("a folder");
    let peft = golden("strategies").join("loha/adapter");
    let strategy = vec![strategy("loha", r#"{"rank": 2, "alpha": 64}"#)];
    let request =
        ImportRequest { model: Some(model("loha")), peft, strategy, out: out.path().join("none"), overwrite: false };
    let message = host().import(&request, &mut |_| {}).expect_err("another scale").to_string();
    assert!(message.contains("`alpha` is 4") && message.contains("64"), "{message}");
}

#[test]
fn a_chain_of_methods_has_no_form_that_one_of_them_says() {
    let out = tempfile::tempdir().expect("a folder");
    let chain = [
        strategy("loha", r#"{"target_modules": ["q_proj"]}"#),
        strategy("ia3", r#"{"target_modules": ["v_proj"], "feedforward_modules": ["v_proj"]}"#),
    ];
    let mut config = RunConfig { model: Some(model("loha")), ..short(chain[0].clone(), &out.path().join("run"), 2) };
    config.strategy = chain.to_vec();
    let adapter = run(&config).0.result.expect("an adapter");
    assert!(!adapter.join("adapter_config.json").exists() && adapter.join("graftwork.json").exists());
    logits(Some(model("loha")), Some(adapter), &[1, 2, 3]);
}
