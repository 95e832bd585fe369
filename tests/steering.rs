//! Controllers in whole runs: what they decide is done, and their state travels in checkpoints.
#![allow(clippy::expect_used, clippy::panic, missing_docs, unreachable_pub, dead_code, reason = "tests")]

mod common;

use std::path::Path;

use common::{golden, host, logits, plugin, run, short};
use graftwork::{Control, Event, RunConfig, StrategyConfig};

fn with(name: &str, settings: &str) -> StrategyConfig {
    let mut strategy = plugin(name);
    strategy.config = serde_json::from_str(settings).expect("settings");
    strategy
}

fn config(chain: &[StrategyConfig], out: &Path, steps: u64) -> RunConfig {
    let mut config = RunConfig { model: Some(golden("curve/models/llama")), ..short(chain[0].clone(), out, steps) };
    config.strategy = chain.to_vec();
    config.train.learning_rate = Some(0.01);
    config
}

/// Every controller that comes with Graftwork, in a chain that it suits.
fn chains() -> Vec<(&'static str, Vec<StrategyConfig>)> {
    let lora = || with("lora", r#"{"rank": 4, "dropout": 0.1}"#);
    vec![
        ("ada-lora", vec![with("ada-lora", r#"{"init_r": 4, "target_r": 2, "tinit": 1, "tfinal": 2, "delta_t": 2}"#)]),
        ("lisa", vec![with("lisa", r#"{"active_layers": 1, "interval": 3}"#)]),
        ("relora", vec![lora(), with("relora", r#"{"interval": 4, "rewarm": 2}"#)]),
        ("gradual-unfreeze", vec![with("full", "{}"), with("gradual-unfreeze", r#"{"interval": 4}"#)]),
        ("gradual-unfreeze of adapters", vec![lora(), with("gradual-unfreeze", r#"{"interval": 4}"#)]),
    ]
}

/// Bytes of what a run has saved.
fn saved(out: &Path) -> Vec<u8> {
    let files = ["adapter/adapter_model.safetensors", "model/model.safetensors"];
    let found = files.iter().map(|file| out.join(file)).find(|file| file.exists());
    std::fs::read(found.expect("a result")).expect("it can be read")
}

#[test]
fn a_resumed_run_goes_on_as_if_it_had_not_stopped() {
    let dir = tempfile::tempdir().expect("a folder");
    for (name, chain) in chains() {
        let whole = config(&chain, &dir.path().join(format!("{name}-whole")), 12);
        let (_, losses) = run(&whole);
        for stop_after in [1, 5, 8] {
            let out = dir.path().join(format!("{name}-{stop_after}"));
            let control = Control::new();
            let mut steps = Vec::new();
            let stopped = host().run(&config(&chain, &out, 12), &control, &mut |event| {
                if let Event::Step(step) = event {
                    steps.push(step.loss);
                    if step.step == stop_after {
                        control.stop();
                    }
                }
            });
            assert!(!stopped.expect("it stops").finished);
            let resumed = host().resume(&out, &[], &Control::new(), &mut |event| {
                if let Event::Step(step) = event {
                    steps.push(step.loss);
                }
            });
            assert!(resumed.expect("it goes on").finished);
            assert_eq!(steps, losses, "{name}, stopped after {stop_after}");
            assert_eq!(
                saved(&out),
                saved(whole.out.as_deref().expect("a folder")),
                "{name}, {stop_after}: to the last bit"
            );
        }
    }
}

#[test]
fn decisions_are_told_and_done() {
    let dir = tempfile::tempdir().expect("a folder");
    for (name, chain) in chains() {
        let out = dir.path().join(name);
        let mut told = Vec::new();
        let report = host().run(&config(&chain, &out, 12), &Control::new(), &mut |event| {
            if let Event::Steered { step, actions, .. } = event {
                told.push((step, actions));
            }
        });
        assert!(report.expect("the run ends well").finished, "{name}");
        assert!(!told.is_empty(), "{name} decides something");
        let metrics = std::fs::read_to_string(out.join("metrics.jsonl")).expect("metrics");
        assert_eq!(metrics.matches("\"event\":\"steered\"").count(), told.len(), "{name}: {told:?}");
    }
}

#[test]
fn relora_leaves_a_model_that_its_checkpoints_agree_with() {
    let dir = tempfile::tempdir().expect("a folder");
    let out = dir.path().join("run");
    let mut relora =
        config(&[with("lora", r#"{"rank": 4}"#), with("relora", r#"{"interval": 4, "rewarm": 1}"#)], &out, 10);
    relora.train.checkpoint_every = Some(10);
    let (report, _) = run(&relora);
    let result = report.result.expect("a result");
    assert!(result.ends_with("model"), "adapters that were folded in are no adapter: {}", result.display());
    let ids = [3, 40, 7, 99];
    let model = logits(Some(result), None, &ids);
    let checkpoint = logits(relora.model.clone(), Some(out.join("checkpoints/step-10")), &ids);
    // Weights of the model are bf16, and its last adapter is merged there.
    assert!(common::difference(&checkpoint, &model) < 2e-2);
    let base = logits(relora.model.clone(), None, &ids);
    assert!(common::difference(&base, &model) > 5e-2);
}

#[test]
fn what_is_frozen_stays() {
    let dir = tempfile::tempdir().expect("a folder");
    let out = dir.path().join("run");
    // The first layer's turn never comes.
    let mut frozen =
        config(&[with("lora", r#"{"rank": 4}"#), with("gradual-unfreeze", r#"{"interval": 100}"#)], &out, 6);
    frozen.train.checkpoint_every = Some(6);
    run(&frozen);
    let file = std::fs::read(out.join("adapter/adapter_model.safetensors")).expect("an adapter");
    let tensors = safetensors::SafeTensors::deserialize(&file).expect("tensors");
    let (mut still, mut moved) = (0, 0);
    for (name, view) in tensors.iter().filter(|(name, _)| name.contains("lora_B")) {
        let zero = view.data().iter().all(|&b| b == 0);
        assert_eq!(zero, name.contains("layers.0."), "{name}");
        if zero { still += 1 } else { moved += 1 }
    }
    assert_eq!((still, moved), (7, 7));
    let moments = std::fs::read(out.join("checkpoints/step-6/optimizer.safetensors")).expect("moments");
    let moments = safetensors::SafeTensors::deserialize(&moments).expect("moments");
    assert!(moments.names().iter().all(|name| !name.contains("layers.0.")), "what is frozen has no moments");
}
