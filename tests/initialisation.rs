//! How LoRA's factors may begin: none changes the model before the first step, and each does what PEFT's does.
#![allow(clippy::expect_used, clippy::panic, missing_docs, unreachable_pub, dead_code, reason = "tests")]

mod common;

use std::path::{Path, PathBuf};

use common::{difference, golden, host, logits, plugin, run, tensor};
use graftwork::{
    Control, Dtype, EvalRequest, EvalSplit, MergeOutput, MergeRequest, RunConfig, RunReport, Schedule, Warmup,
};
use serde_json::{Value, json};

/// Those that draw A, and those that take the factors out of the weight.
const DRAWN: [&str; 2] = ["kaiming", "gaussian"];
const TAKEN: [&str; 2] = ["pissa", "olora"];
/// Too small to move an f32.
const STILL: f64 = 1e-12;
const VISIBLE: f64 = 2e-3;
const TEXTS: &str = "curve/austen-200.jsonl";

fn small(name: &str) -> PathBuf {
    golden("curve/models").join(name)
}

/// A run on a small random model, at the golden files' rank and alpha, evaluated on all texts.
fn config(model: &str, settings: Value, out: &Path) -> RunConfig {
    let mut lora = plugin("lora");
    lora.config = json!({"rank": 4, "alpha": 6}).as_object().expect("an object").clone();
    lora.config.extend(settings.as_object().expect("an object").clone());
    let mut config = RunConfig { model: Some(small(model)), out: Some(out.to_owned()), ..RunConfig::default() };
    config.strategy.push(lora);
    config.data.files = vec![golden(TEXTS).into()];
    config.data.eval = Some(EvalSplit::Files(vec![golden(TEXTS)]));
    config.data.max_length = Some(32);
    config.train.batch_size = 4.try_into().expect("not 0");
    // The first step counts.
    config.train.warmup = Warmup::Steps(0);
    config.train.schedule = Schedule::Constant;
    config
}

fn train(model: &str, settings: Value, steps: u64, learning_rate: f64, out: &Path) -> RunReport {
    let mut config = config(model, settings, out);
    config.train.steps = Some(steps);
    config.train.learning_rate = Some(learning_rate);
    run(&config).0
}

/// Loss of a small model as it is, over the texts that [`config`] evaluates on.
fn loss_of_base(model: &str) -> f64 {
    let mut config = RunConfig::default();
    config.data.files = vec![golden(TEXTS).into()];
    config.data.max_length = Some(32);
    let batch_size = 4.try_into().expect("not 0");
    let request = EvalRequest { model: Some(small(model)), adapter: None, config, batch_size };
    host().eval(&request, &Control::new(), &mut |_| {}).expect("an evaluation").evaluation.loss
}

fn asked() -> Vec<u32> {
    (5..37).collect()
}

#[test]
fn no_initialisation_changes_the_model_before_the_first_step() {
    // GPT-2's weights lie as [in, out].
    for model in ["qwen3", "gpt2"] {
        let (base, loss) = (logits(Some(small(model)), None, &asked()), loss_of_base(model));
        for init in [DRAWN, TAKEN].concat() {
            let dir = tempfile::tempdir().expect("a folder");
            let out = dir.path().join("still");
            let report = train(model, json!({"init": init, "dropout": 0.1}), 1, STILL, &out);
            let first = report.eval_loss.first.expect("measured");
            assert!((first - loss).abs() <= 1e-6, "{init} of {model}: loss {first}, the base's {loss}");
            let worst = difference(&logits(Some(small(model)), Some(out), &asked()), &base);
            assert!(worst <= 1e-5, "{init} of {model}: logits differ by {worst:e}");

            let out = dir.path().join("step");
            let report = train(model, json!({"init": init}), 1, VISIBLE, &out);
            let last = report.eval_loss.last.expect("measured");
            assert!((last - loss).abs() > 1e-4 * loss, "{init} of {model}: one step takes {loss} to {last}");
        }
    }
}

/// `left @ right` of row-major matrices with that inner size.
fn product(left: &[f32], right: &[f32], inner: usize) -> Vec<f32> {
    let columns = right.len() / inner;
    let row = |row: &[f32]| -> Vec<f32> {
        (0..columns).map(|j| row.iter().zip(right[j..].iter().step_by(columns)).map(|(a, b)| a * b).sum()).collect()
    };
    left.chunks(inner).flat_map(row).collect()
}

fn transposed(matrix: &[f32], columns: usize) -> Vec<f32> {
    (0..columns).flat_map(|j| matrix[j..].iter().copied().step_by(columns)).collect()
}

#[test]
fn factors_begin_as_those_of_peft() {
    const RANK: usize = 4;
    const SCALE: f32 = 6.0 / 4.0;
    for (init, model, modules) in [
        ("pissa", "qwen3", ["model.layers.0.self_attn.q_proj", "model.layers.1.mlp.down_proj"]),
        ("pissa", "gpt2", ["transformer.h.0.attn.c_attn", "transformer.h.1.attn.c_attn"]),
        ("olora", "qwen3", ["model.layers.0.self_attn.q_proj", "model.layers.1.mlp.down_proj"]),
    ] {
        let dir = tempfile::tempdir().expect("a folder");
        let report = train(model, json!({"init": init}), 1, STILL, &dir.path().join("run"));
        let ours = report.result.expect("an adapter").join("adapter_model.safetensors");
        let theirs = golden("adapters").join(init).join(format!("{model}.safetensors"));
        for module in modules {
            let (a, b) = (tensor(&ours, &format!("{module}.lora_A")), tensor(&ours, &format!("{module}.lora_B")));
            let update: Vec<f32> = product(&b, &a, RANK).into_iter().map(|v| SCALE * v).collect();
            let gram = product(&transposed(&a, a.len() / RANK), &a, RANK);
            for (what, found) in [("product", update), ("gram", gram)] {
                let worst = difference(&found, &tensor(&theirs, &format!("{module}.{what}")));
                assert!(worst < 2e-5, "{init} of {module}: the {what} differs by {worst:e}");
            }
        }
    }
}

#[test]
fn what_was_taken_out_of_the_weight_trains_and_merges() {
    for init in TAKEN {
        let dir = tempfile::tempdir().expect("a folder");
        let out = dir.path().join("run");
        let report = train("qwen3", json!({"init": init}), 30, VISIBLE, &out);
        let (first, last) = (report.eval_loss.first.expect("measured"), report.eval_loss.last.expect("measured"));
        assert!(last < first - 0.05, "{init}: evaluation loss {first} → {last}");
        let adapter = report.result.expect("an adapter");
        // PEFT would add these factors to the whole weight.
        assert!(!adapter.join("adapter_config.json").exists(), "{init}: no adapter in PEFT's form");

        let merged = dir.path().join("merged");
        let output = MergeOutput::Model { dtype: Some(Dtype::F32), max_shard_bytes: None };
        let request = MergeRequest { output, ..MergeRequest::new(adapter, &merged) };
        host().merge(&request, &mut |_| {}).expect("a merged model");
        let adapted = logits(None, Some(out), &asked());
        let worst = difference(&logits(Some(merged), None, &asked()), &adapted);
        assert!(worst < 1e-5, "{init}: logits differ by {worst:e}");
        let effect = difference(&adapted, &logits(Some(small("qwen3")), None, &asked()));
        assert!(effect > 1e-2, "{init} does something: {effect:e}");
    }
}

#[test]
fn a_stopped_run_finds_its_changed_base_again() {
    for init in TAKEN {
        let dir = tempfile::tempdir().expect("a folder");
        let whole = train("qwen3", json!({"init": init}), 6, VISIBLE, &dir.path().join("whole"));
        let out = dir.path().join("stopped");
        let mut stopped = config("qwen3", json!({"init": init}), &out);
        stopped.train.steps = Some(6);
        stopped.train.learning_rate = Some(VISIBLE);
        let control = Control::new();
        let report = host().run(&stopped, &control, &mut |event| {
            if let graftwork::Event::Step(step) = event
                && step.step == 2
            {
                control.stop();
            }
        });
        assert!(!report.expect("a stopped run is no failure").finished);
        let resumed = host().resume(&out, &[], &Control::new(), &mut |_| {}).expect("the rest");
        let weights = |report: RunReport| {
            let result = report.result.expect("an adapter");
            std::fs::read(result.join("adapter_model.safetensors")).expect("saved")
        };
        assert!(weights(whole) == weights(resumed), "{init}: the adapters are equal to the last bit");
    }
}

#[test]
fn a_run_starts_from_an_adapter_of_the_same_initialisation_alone() {
    let dir = tempfile::tempdir().expect("a folder");
    let inits = ["kaiming", "pissa", "olora"];
    let last = inits.map(|init| {
        let report = train("qwen3", json!({"init": init}), 5, VISIBLE, &dir.path().join(init));
        report.eval_loss.last.expect("measured")
    });
    for (from, last) in inits.into_iter().zip(last) {
        for init in inits {
            let mut config = config("qwen3", json!({"init": init}), &dir.path().join(format!("{from}-{init}")));
            config.train.steps = Some(1);
            config.adapter = Some(dir.path().join(from));
            if init == from {
                let first = run(&config).0.eval_loss.first.expect("measured");
                assert!((first - last).abs() <= 1e-6, "{init}: {first} and {last}");
            } else {
                let message = common::failure(&config);
                assert!(message.contains("another frozen weight"), "{init} from {from}: {message}");
            }
        }
    }
}

#[test]
fn what_a_weight_does_not_have_is_refused() {
    let cases = [
        (json!({"rank": 64}), &["rank", "is 64 for `model.layers.0.self_attn.q_proj`", "at most 32"][..]),
        (json!({"target_modules": ["embed_tokens"]}), &["init", "`model.embed_tokens` is an embedding"]),
    ];
    for (mut settings, parts) in cases {
        for init in TAKEN {
            settings["init"] = json!(init);
            let dir = tempfile::tempdir().expect("a folder");
            let message = common::failure(&config("qwen3", settings.clone(), &dir.path().join("run")));
            assert!(parts.iter().all(|part| message.contains(part)), "{settings}: {message}");
        }
    }
}
