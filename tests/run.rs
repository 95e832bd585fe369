//! Whole runs: they learn, repeat, stop, go on, and leave what loads again.
#![allow(clippy::expect_used, clippy::panic, missing_docs, unreachable_pub, dead_code, reason = "tests")]

mod common;

use std::cell::Cell;
use std::path::Path;

use common::{difference, golden, host, ids, logits, model, plugin, run, short, tensor};
use graftwork::{Control, Dtype, EvalRequest, Event, MergeOutput, MergeRequest, Recompute, RunConfig};
use serde_json::{Value, json};

fn evaluate(model: &Path, adapter: Option<&Path>) -> f64 {
    let mut config = RunConfig::default();
    config.data.files = vec![golden("curve/austen-200.jsonl").into()];
    config.data.max_length = Some(48);
    let (model, adapter) = (Some(model.to_owned()), adapter.map(Path::to_owned));
    let request = EvalRequest { model, adapter, config, batch_size: 8.try_into().expect("not 0") };
    host().eval(&request, &Control::new(), &mut |_| {}).expect("an evaluation").evaluation.loss
}

fn merge(adapter: &Path, out: &Path) {
    let output = MergeOutput::Model { dtype: Some(Dtype::F32), max_shard_bytes: None };
    let request = MergeRequest { output, ..MergeRequest::new(adapter, out) };
    host().merge(&request, &mut |_| {}).expect("a merged model");
}

#[test]
fn lora_learns_and_merged_is_unmerged() {
    let dir = tempfile::tempdir().expect("a folder");
    let out = dir.path().join("run");
    let (report, losses) = run(&short(plugin("lora"), &out, 20));
    assert_eq!(losses.len(), 20);
    let (first, last) = (report.eval_loss.first.expect("measured"), report.eval_loss.last.expect("measured"));
    assert!(last < first - 0.05, "evaluation loss {first} → {last}");
    let share = report.trainable_parameters as f64 / report.total_parameters as f64;
    assert!(share < 0.05, "{share}");

    let merged = dir.path().join("merged");
    merge(&out, &merged);
    let prompt = ids(&golden("tiny-llama-logits.safetensors"), "ids.0");
    let with_adapter = logits(Some(model()), Some(out.clone()), &prompt);
    let worst = difference(&logits(Some(merged.clone()), None, &prompt), &with_adapter);
    assert!(worst < 1e-5, "logits differ by {worst:e}");
    let effect = difference(&with_adapter, &tensor(&golden("tiny-llama-logits.safetensors"), "logits.0"));
    assert!(effect > 1e-3, "the adapter does something: {effect:e}");
    let (a, b) = (evaluate(&model(), Some(&out)), evaluate(&merged, None));
    assert!((a - b).abs() < 1e-5 * a, "{a} and {b}");
}

#[test]
fn every_setting_of_lora_trains_and_merges() {
    let settings = [
        json!({"rank": 4, "rslora": true, "rank_pattern": {"q_proj": 2}, "target_modules": ["q_proj", "down_proj"]}),
        json!({"rank": 2, "target_modules": ["embed_tokens", "v_proj"], "train_norms": true}),
        json!({"rank": 2, "dropout": 0.2, "loraplus_ratio": 8.0, "layers": [0, 5], "init": "gaussian"}),
        json!({"rank": 2, "target_modules": ["o_proj"], "modules_to_save": ["embed_tokens"]}),
    ];
    for setting in settings {
        let dir = tempfile::tempdir().expect("a folder");
        let mut lora = plugin("lora");
        lora.config = setting.as_object().expect("an object").clone();
        let out = dir.path().join("run");
        let (report, _) = run(&short(lora, &out, 4));
        let merged = dir.path().join("merged");
        merge(&report.result.expect("an adapter"), &merged);
        let prompt = ids(&golden("tiny-llama-logits.safetensors"), "ids.0");
        let worst = difference(&logits(Some(merged), None, &prompt), &logits(None, Some(out), &prompt));
        assert!(worst < 1e-5, "{setting}: logits differ by {worst:e}");
    }
}

/// Losses of a run, and every file of its result.
fn trained(mut config: RunConfig, recompute: Recompute) -> (Vec<f64>, Vec<Vec<u8>>) {
    config.train.recompute = recompute;
    let (report, losses) = run(&config);
    let result = report.result.expect("a result");
    let files = std::fs::read_dir(&result).expect("a folder").map(|entry| entry.expect("an entry").path());
    let mut weights: Vec<_> = files.filter(|path| path.extension().is_some_and(|e| e == "safetensors")).collect();
    weights.sort();
    assert!(!weights.is_empty(), "{} has weights", result.display());
    (losses, weights.iter().map(|path| std::fs::read(path).expect("weights")).collect())
}

#[test]
fn what_is_computed_again_is_the_same() {
    let mut dropped = plugin("lora");
    let settings = json!({"rank": 2, "dropout": 0.2, "train_norms": true, "target_modules": ["embed_tokens", "q_proj", "down_proj"]});
    dropped.config = settings.as_object().expect("an object").clone();
    // The small model's head is its embedding: its gradient has a part at either end.
    for strategy in [dropped, plugin("full")] {
        let dir = tempfile::tempdir().expect("a folder");
        let mut config = short(strategy, &dir.path().join("none"), 3);
        config.train.gradient_accumulation = 2.try_into().expect("not 0");
        let kept = trained(config.clone(), Recompute::None);
        config.out = Some(dir.path().join("block"));
        let again = trained(config, Recompute::Block);
        assert_eq!(kept.0, again.0, "the losses");
        assert!(kept.1 == again.1, "the weights, bit by bit");
    }
}

#[test]
fn recomputing_is_planned_with_less_memory() {
    let dir = tempfile::tempdir().expect("a folder");
    let check = |recompute| {
        let mut config = short(plugin("full"), &dir.path().join("run"), 3);
        config.train.recompute = recompute;
        host().check(&config, 0, &mut |_| {}).expect("a report")
    };
    let (none, block, auto) = (check(Recompute::None), check(Recompute::Block), check(Recompute::Auto));
    assert!(block.memory.update < none.memory.update / 2, "{:?} and {:?}", block.memory, none.memory);
    assert!(block.recompute && !none.recompute);
    assert!(!auto.recompute && auto.memory.update == none.memory.update, "the small model fits anywhere");
}

#[test]
fn full_learns_and_leaves_a_model() {
    let dir = tempfile::tempdir().expect("a folder");
    let out = dir.path().join("run");
    let mut config = short(plugin("full"), &out, 12);
    config.train.learning_rate = Some(5e-4);
    let (report, _) = run(&config);
    assert_eq!(report.trainable_parameters, report.total_parameters);
    let (first, last) = (report.eval_loss.first.expect("measured"), report.eval_loss.last.expect("measured"));
    assert!(last < first - 0.05, "evaluation loss {first} → {last}");
    let saved = report.result.expect("a model");
    assert!(saved.join("config.json").exists() && saved.join("tokenizer.json").exists());
    // The run's folder stands for the model in it; bf16 rounds what was trained in f32.
    let loss = evaluate(&out, None);
    assert!(loss < evaluate(&model(), None) - 0.05, "{loss}");
}

#[test]
fn a_selector_keeps_its_budget() {
    let dir = tempfile::tempdir().expect("a folder");
    let mut select = plugin("rank-select");
    select.config.insert("budget".to_owned(), 20_000.into());
    let mut config = short(select, &dir.path().join("run"), 2);
    config.strategy.push(plugin("lora"));
    let (report, _) = run(&config);
    assert!(
        report.trainable_parameters <= 20_000 && report.trainable_parameters > 19_000,
        "{}",
        report.trainable_parameters
    );
    assert_eq!(report.strategy, "rank-select+lora");
}

#[test]
fn the_same_run_gives_the_same_numbers() {
    let dir = tempfile::tempdir().expect("a folder");
    let wet = || {
        let mut lora = plugin("lora");
        lora.config.insert("dropout".to_owned(), json!(0.1));
        lora
    };
    let (_, first) = run(&short(wet(), &dir.path().join("a"), 5));
    let (_, second) = run(&short(wet(), &dir.path().join("b"), 5));
    assert_eq!(first, second);
    let (_, other) = run(&RunConfig { seed: 7, ..short(wet(), &dir.path().join("c"), 5) });
    assert_ne!(first, other);
}

#[test]
fn accumulation_changes_nothing_but_the_passes() {
    let dir = tempfile::tempdir().expect("a folder");
    let mut config = short(plugin("lora"), &dir.path().join("a"), 8);
    // Few rows are as long as this: a mean of the passes' means would weigh tokens of short rows more.
    config.data.max_length = Some(96);
    config.train.batch_size = 8.try_into().expect("not 0");
    let (_, whole) = run(&config);
    config.out = Some(dir.path().join("b"));
    config.train.batch_size = 2.try_into().expect("not 0");
    config.train.gradient_accumulation = 4.try_into().expect("not 0");
    let (_, parts) = run(&config);
    let mean = whole.iter().zip(&parts).map(|(a, b)| (a - b).abs()).sum::<f64>() / whole.len() as f64;
    assert!(mean <= 1e-5, "{mean:e}: {whole:?} and {parts:?}");
}

#[test]
fn a_stopped_run_goes_on_as_if_nothing_had_happened() {
    let dir = tempfile::tempdir().expect("a folder");
    let mut lora = plugin("lora");
    lora.config.insert("dropout".to_owned(), json!(0.1));
    let (_, undisturbed) = run(&short(lora.clone(), &dir.path().join("whole"), 8));

    let out = dir.path().join("stopped");
    let (control, mut losses) = (Control::new(), Vec::new());
    let stopped = host().run(&short(lora, &out, 8), &control, &mut |event| {
        if let Event::Step(step) = event {
            losses.push(step.loss);
            if step.step == 3 {
                control.stop();
            }
        }
    });
    let stopped = stopped.expect("a stopped run is no failure");
    assert!(!stopped.finished && stopped.result.is_none() && stopped.steps == 3);
    // What it left can be used as it is.
    assert!(evaluate(&model(), Some(&out)).is_finite());

    let resumed = host().resume(&out, &[], &Control::new(), &mut |event| {
        if let Event::Step(step) = event {
            losses.push(step.loss);
        }
    });
    assert!(resumed.expect("the rest").finished);
    assert_eq!(losses, undisturbed);
    let adapter =
        |name: &str| std::fs::read(dir.path().join(name).join("adapter/adapter_model.safetensors")).expect("saved");
    assert!(adapter("whole") == adapter("stopped"), "the adapters are equal to the last bit");
}

#[test]
fn metrics_and_plan_are_written() {
    let dir = tempfile::tempdir().expect("a folder");
    let out = dir.path().join("run");
    let mut config = short(plugin("lora"), &out, 4);
    config.train.eval_every = Some(2);
    config.train.checkpoint_every = Some(2);
    let (report, losses) = run(&config);
    let metrics = std::fs::read_to_string(out.join("metrics.jsonl")).expect("metrics");
    let events: Vec<Value> = metrics.lines().map(|l| serde_json::from_str(l).expect("JSON")).collect();
    let of = |kind: &str| events.iter().filter(|e| e["event"] == kind).count();
    assert_eq!((of("step"), of("evaluation")), (4, 3));
    assert_eq!(events.iter().find(|e| e["event"] == "step").expect("a step")["loss"], losses[0]);
    assert!(out.join("checkpoints/step-2/MANIFEST").exists() && out.join("checkpoints/step-4/MANIFEST").exists());
    for file in ["run.toml", "plan.json", "summary.json", "adapter/adapter_config.json", "adapter/graftwork.json"] {
        assert!(out.join(file).exists(), "{file}");
    }
    // A run can be repeated from what it wrote.
    let again = RunConfig::from_file(&out.join("run.toml")).expect("its own configuration");
    let (second, _) = run(&RunConfig { overwrite: true, ..again });
    assert_eq!(second.eval_loss, report.eval_loss);
}

#[test]
fn check_says_what_would_train_and_writes_nothing() {
    let dir = tempfile::tempdir().expect("a folder");
    let out = dir.path().join("run");
    let config = short(plugin("lora"), &out, 4);
    let seen = Cell::new(0);
    let report = host().check(&config, 2, &mut |_| seen.set(seen.get() + 1)).expect("a report");
    assert!(!out.exists() && seen.get() > 0);
    assert_eq!(report.adapters.len(), 42);
    assert_eq!(report.plan.trainable_parameters, report.adapters.iter().map(|a| a.parameters).sum::<u64>());
    assert_eq!(report.adapters[0].formula, "base + 2·(lora_B @ lora_A)");
    assert_eq!((report.steps, report.preview.len()), (4, 2));
    assert!(report.memory.total > report.memory.weights);
}
