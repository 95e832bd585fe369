//! Numbers that go wrong: what a run says of them, and what it leaves.
#![allow(clippy::expect_used, clippy::panic, missing_docs, unreachable_pub, dead_code, reason = "tests")]

mod common;

use std::fs;
use std::path::{Path, PathBuf};

use common::{failure, host, model, plugin, run, short};
use graftwork::{
    Change, Control, EvalSplit, Event, Order, RunConfig, RunReport, Schedule, SpikeReport, Warmup, Watched,
};
use safetensors::SafeTensors;
use serde_json::{Value, json};

/// Every file below a folder, with what is in it.
fn files(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()) {
        match entry.is_dir() {
            true => found.extend(files(&entry)),
            false => found.push((entry.clone(), fs::read(&entry).expect("a file"))),
        }
    }
    found.sort();
    found
}

/// The small model with one value that is no number.
fn damaged(folder: &Path, tensor: &str) -> PathBuf {
    let copy = folder.join("damaged");
    fs::create_dir(&copy).expect("a folder");
    for (path, mut bytes) in files(&model()) {
        if path.extension().is_some_and(|extension| extension == "safetensors") {
            let (header, metadata) = SafeTensors::read_metadata(&bytes).expect("a safetensors file");
            let info = metadata.info(tensor).expect("the tensor is there");
            // NaN in bf16, behind the length of the header and the header.
            let at = 8 + header + info.data_offsets.0;
            bytes[at..at + 2].copy_from_slice(&[0xC0, 0x7F]);
        }
        fs::write(copy.join(path.file_name().expect("a name")), bytes).expect("written");
    }
    copy
}

#[test]
fn a_damaged_model_is_named_by_its_tensor_and_trains_nothing() {
    let dir = tempfile::tempdir().expect("a folder");
    let tensor = "model.layers.3.mlp.up_proj.weight";
    let config =
        RunConfig { model: Some(damaged(dir.path(), tensor)), ..short(plugin("lora"), &dir.path().join("run"), 3) };
    let error = failure(&config);
    for part in ["step 1: the loss is NaN", tensor, "austen-200.jsonl:", "undamaged copy of the model"] {
        assert!(error.contains(part), "{error}");
    }
}

#[test]
fn a_learning_rate_that_explodes_leaves_the_checkpoint_before() {
    let dir = tempfile::tempdir().expect("a folder");
    let diverging = |out: &str| {
        let mut config = short(plugin("lora"), &dir.path().join(out), 5);
        config.train.learning_rate = Some(1e30);
        config.train.schedule = Schedule::Constant;
        config.train.warmup = Warmup::Steps(0);
        config.train.checkpoint_every = Some(1);
        config
    };
    // What the first update leaves, written by a run that ends there.
    let (control, stopped) = (Control::new(), diverging("stopped"));
    let after_one = host().run(&stopped, &control, &mut |event| {
        if matches!(event, Event::Step(_)) {
            control.stop();
        }
    });
    assert_eq!(after_one.expect("one update is well").steps, 1);
    let error = failure(&diverging("run"));
    for part in ["step 2", "before any weight was changed", "austen-200.jsonl:", "ower the learning rate"] {
        assert!(error.contains(part), "{error}");
    }
    let checkpoints = |out: &str| {
        let folder = dir.path().join(out).join("checkpoints");
        let relative =
            |(path, bytes): (PathBuf, Vec<u8>)| (path.strip_prefix(&folder).expect("below").to_owned(), bytes);
        files(&folder).into_iter().map(relative).filter(|(path, _)| path.ends_with("trained.safetensors")).collect()
    };
    let (left, expected): (Vec<_>, Vec<_>) = (checkpoints("run"), checkpoints("stopped"));
    assert_eq!(left.len(), 1, "of the first update");
    assert!(left == expected, "the checkpoint of the first update, bit by bit");
}

#[test]
fn a_run_that_failed_goes_on_from_the_checkpoint_before_as_if_nothing_had_been() {
    let dir = tempfile::tempdir().expect("a folder");
    let steady = |out: &str| {
        let mut config = short(plugin("lora"), &dir.path().join(out), 6);
        config.train.schedule = Schedule::Constant;
        config.train.warmup = Warmup::Steps(0);
        config.train.checkpoint_every = Some(2);
        config
    };
    let whole = run(&steady("whole")).0;
    // Stopped after two updates, then the learning rate of the third is one that the fourth cannot stand.
    let (control, config) = (Control::new(), steady("run"));
    let stopped = host().run(&config, &control, &mut |event| {
        if matches!(&event, Event::Step(step) if step.step == 2) {
            control.stop();
        }
    });
    assert_eq!(stopped.expect("two updates are well").steps, 2);
    let out = config.out.expect("a folder");
    let at = |rate: &str| {
        let path = out.join("run.toml");
        let lines = fs::read_to_string(&path).expect("a configuration");
        let set = |line: &str| match line.starts_with("learning_rate = ") {
            true => format!("learning_rate = {rate}\n"),
            false => format!("{line}\n"),
        };
        fs::write(&path, lines.lines().map(set).collect::<String>()).expect("written");
        host().resume(&out, &[Change::Configuration], &Control::new(), &mut |_| {})
    };
    let error = at("1e30").expect_err("the weights are past any number").to_string();
    assert!(error.contains("step 4: the loss is") && error.contains("before any weight was changed"), "{error}");
    let resumed = at("2e-3").expect("the rest is well");
    assert!(resumed.finished && resumed.steps == 6);
    let tensors = |report: RunReport| {
        fs::read(report.result.expect("an adapter").join("adapter_model.safetensors")).expect("tensors")
    };
    assert!(tensors(whole) == tensors(resumed), "the adapters are equal to the last bit");
}

/// A run whose thirty-sixth record is unlike the others.
fn with_an_outlier(dir: &Path, out: &str) -> RunConfig {
    let data = dir.join("records.jsonl");
    let record = |line: u32| match line {
        36 => "Qx7 zv#9 @@ 0x4f ~~ %%$ KJ4 wq8 ;; }{ 77!".to_owned(),
        line => format!("It is a truth universally acknowledged, that a single man wants {} wives.", line % 3),
    };
    let lines: Vec<_> = (1..=40).map(|line| json!({ "text": record(line) }).to_string()).collect();
    fs::write(&data, lines.join("\n")).expect("written");
    let mut config = short(plugin("lora"), &dir.join(out), 40);
    config.data.files = vec![data.into()];
    config.data.order = Order::Sequential;
    config.data.eval = Some(EvalSplit::NONE);
    config.train.batch_size = 1.try_into().expect("not 0");
    config
}

#[test]
fn a_loss_that_stands_out_is_recorded_with_its_record_also_after_a_stop() {
    let dir = tempfile::tempdir().expect("a folder");
    let spikes = |event| match event {
        Event::Spike(spike) => Some(spike),
        _ => None,
    };
    let config = with_an_outlier(dir.path(), "whole");
    let mut seen: Vec<SpikeReport> = Vec::new();
    host().run(&config, &Control::new(), &mut |event| seen.extend(spikes(event))).expect("a run");
    let losses: Vec<_> = seen.iter().filter(|spike| spike.what == Watched::Loss).collect();
    let [spike] = losses.as_slice() else { panic!("one record stands out: {seen:?}") };
    assert_eq!((spike.step, spike.samples.len()), (36, 1));
    assert!(spike.samples[0].ends_with("records.jsonl:36"), "{spike:?}");
    assert!(spike.value > spike.expected + 6.0 * spike.deviation, "{spike:?}");

    let metrics = fs::read_to_string(dir.path().join("whole/metrics.jsonl")).expect("metrics");
    let events: Vec<Value> = metrics.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let written: Vec<_> = events.iter().filter(|event| event["event"] == "spike" && event["what"] == "loss").collect();
    let fields = json!({"event": "spike", "step": 36, "what": "loss", "value": spike.value, "expected": spike.expected,
        "deviation": spike.deviation, "samples": spike.samples});
    assert_eq!(written, [&fields]);
    assert!(events.iter().filter(|event| event["event"] == "step").all(|step| step["grad_norm"].is_number()));

    // A run that was stopped knows what it had seen.
    let (control, mut again) = (Control::new(), Vec::new());
    let config = RunConfig { out: Some(dir.path().join("stopped")), ..config };
    let stopped = host().run(&config, &control, &mut |event| {
        if matches!(&event, Event::Step(step) if step.step == 33) {
            control.stop();
        }
        again.extend(spikes(event));
    });
    assert!(!stopped.expect("a stopped run is no failure").finished);
    let out = config.out.expect("a folder");
    host().resume(&out, &[], &Control::new(), &mut |event| again.extend(spikes(event))).expect("the rest");
    assert_eq!(again, seen);
}

#[test]
fn an_even_run_has_no_spikes() {
    let dir = tempfile::tempdir().expect("a folder");
    let out = dir.path().join("run");
    run(&short(plugin("lora"), &out, 40));
    let metrics = fs::read_to_string(out.join("metrics.jsonl")).expect("metrics");
    assert!(!metrics.contains("\"spike\""), "{metrics}");
}
