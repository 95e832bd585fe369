//! What a run keeps, when it ends early, what it refuses to go on with, and how damage is told.
#![allow(clippy::expect_used, clippy::panic, missing_docs, unreachable_pub, dead_code, reason = "tests")]

mod common;

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use common::{golden, host, plugin, root, run, short};
use graftwork::{Change, Control, Error, EvalSplit, Event, ResultChoice, RunConfig, RunReport, verify};
use graftwork_store::{Fault, Operation, with_faults};

fn config(out: &Path, steps: u64) -> RunConfig {
    let mut config = RunConfig { model: Some(golden("curve/models/llama")), ..short(plugin("lora"), out, steps) };
    config.strategy[0].config = serde_json::from_str(r#"{"rank": 2}"#).expect("settings");
    config
}

fn steps_of(run: &Path) -> Vec<u64> {
    let entries = std::fs::read_dir(run.join("checkpoints")).expect("checkpoints");
    let names = entries.map(|entry| entry.expect("an entry").file_name().into_string().expect("text"));
    let mut steps: Vec<u64> = names.map(|name| name["step-".len()..].parse().expect("a step")).collect();
    steps.sort_unstable();
    steps
}

/// Stops a run after so many updates.
fn stopped(config: &RunConfig, after: u64) {
    let control = Control::new();
    let report = host().run(config, &control, &mut |event| {
        if let Event::Step(step) = event
            && step.step == after
        {
            control.stop();
        }
    });
    assert!(!report.expect("it stops").finished);
}

fn resume(out: &Path, allowed: &[Change]) -> Result<RunReport, Error> {
    host().resume(out, allowed, &Control::new(), &mut |_| {})
}

/// Keeps what is warned of.
fn warned(warnings: &mut Vec<String>) -> impl FnMut(Event) {
    |event| {
        if let Event::Warning { message } = event {
            warnings.push(message);
        }
    }
}

/// A model folder of one's own, to change.
fn copied(from: &Path, to: &Path) -> PathBuf {
    std::fs::create_dir_all(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("a folder") {
        let entry = entry.expect("an entry");
        std::fs::copy(entry.path(), to.join(entry.file_name())).expect("copied");
    }
    to.to_owned()
}

#[test]
fn what_a_run_told_is_not_needed_to_go_on() {
    let dir = tempfile::tempdir().expect("a folder");
    let out = dir.path().join("run");
    stopped(&config(&out, 6), 3);
    // As versions that wrote no documents have left it, and with a line that is damaged.
    let entries = std::fs::read_dir(&out).expect("the run").map(|entry| entry.expect("an entry").path());
    for path in entries {
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        if ["about.json", "report.html"].contains(&name.as_str()) || name.starts_with("events.out.tfevents") {
            std::fs::remove_file(&path).expect("removed");
        }
    }
    let metrics = out.join("metrics.jsonl");
    let told = std::fs::read_to_string(&metrics).expect("metrics");
    std::fs::write(&metrics, told.replacen('{', "#", 1)).expect("written");
    let mut warnings = Vec::new();
    let report = host().resume(&out, &[], &Control::new(), &mut warned(&mut warnings)).expect("it goes on");
    assert!(report.finished && out.join("adapter").is_dir() && out.join("about.json").is_file());
    assert!(!out.join("failure.json").exists());
    for part in ["TensorBoard's file begins", "the run has no new page"] {
        assert!(warnings.iter().any(|warning| warning.contains(part)), "`{part}` is not in {warnings:?}");
    }
}

#[test]
fn the_newest_and_the_best_checkpoints_are_kept() {
    let dir = tempfile::tempdir().expect("a folder");
    let newest = dir.path().join("newest");
    let mut keeping = config(&newest, 9);
    keeping.train.checkpoint_every = Some(2);
    keeping.train.keep_last = 2.try_into().ok();
    run(&keeping);
    assert_eq!(steps_of(&newest), [6, 8]);

    // A rate at which the loss falls and then rises.
    let best = dir.path().join("best");
    let mut keeping = config(&best, 12);
    keeping.train.learning_rate = Some(0.3);
    keeping.train.eval_every = Some(1);
    keeping.train.keep_best = 2.try_into().ok();
    let mut losses = Vec::new();
    let report = host().run(&keeping, &Control::new(), &mut |event| {
        if let Event::Evaluation(report) = event
            && report.step > 0
        {
            losses.push((report.step, report.evaluation.loss));
        }
    });
    let report = report.expect("the run ends well");
    // Those that were the lowest when they were measured have a checkpoint; of these the two lowest stay, and the newest.
    let mut lowest: Vec<(u64, f64)> = Vec::new();
    for &(step, loss) in &losses {
        if lowest.iter().all(|(_, other)| loss < *other) {
            lowest.push((step, loss));
        }
    }
    let (step, loss) = *lowest.last().expect("one is the lowest");
    assert!(lowest.len() > 2 && lowest.len() < losses.len(), "the loss falls and rises: {losses:?}");
    assert_eq!(report.best_eval.map(|best| (best.step, best.loss)), Some((step, Some(loss))));
    let kept: Vec<u64> = lowest.iter().rev().take(2).rev().map(|(step, _)| *step).collect();
    assert_eq!(steps_of(&best), kept);
}

#[test]
fn a_checkpoint_that_cannot_be_read_for_a_moment_stays() {
    let dir = tempfile::tempdir().expect("a folder");
    let out = dir.path().join("run");
    let mut keeping = config(&out, 4);
    keeping.train.eval_every = Some(1);
    keeping.train.checkpoint_every = Some(1);
    keeping.train.keep_best = 4.try_into().ok();
    let fault = Fault { kind: std::io::ErrorKind::Other, short: false };
    let mut warnings = Vec::new();
    let report = with_faults(
        move |operation, path| (operation == Operation::Read && path.ends_with("step-2/state.json")).then_some(fault),
        || host().run(&keeping, &Control::new(), &mut warned(&mut warnings)),
    );
    assert!(report.expect("the run ends well").finished);
    assert_eq!(steps_of(&out), [1, 2, 3, 4]);
    assert!(warnings.iter().any(|warning| warning.contains("state.json")), "{warnings:?}");
}

#[test]
fn a_run_ends_early_and_its_result_is_the_best() {
    let dir = tempfile::tempdir().expect("a folder");
    let out = dir.path().join("run");
    let mut early = config(&out, 40);
    early.train.learning_rate = Some(0.3);
    early.train.eval_every = Some(1);
    early.train.early_stopping = 3.try_into().ok();
    early.train.result = ResultChoice::Best;
    let (report, losses) = run(&early);
    let best = report.best_eval.expect("there are evaluations");
    assert!(report.finished && report.stopped_early);
    assert_eq!((report.steps, losses.len() as u64), (best.step + 3, best.step + 3));
    assert_eq!(report.result_step, Some(best.step));
    // The saved adapter is that of the best checkpoint.
    let read = |path: PathBuf| std::fs::read(path).expect("tensors");
    let saved = read(out.join("adapter/adapter_model.safetensors"));
    let saved = safetensors::SafeTensors::deserialize(&saved).expect("tensors");
    let checkpoint = read(out.join(format!("checkpoints/step-{}/trained.safetensors", best.step)));
    let checkpoint = safetensors::SafeTensors::deserialize(&checkpoint).expect("tensors");
    let mut same = 0;
    for (name, view) in checkpoint.iter() {
        let peft = saved.iter().find(|(other, _)| {
            other.contains(&name.replace(".lora_A", ".lora_A.weight").replace(".lora_B", ".lora_B.weight"))
        });
        same += usize::from(peft.is_some_and(|(_, other)| other.data() == view.data()));
    }
    assert_eq!(same, checkpoint.len(), "to the last bit");

    // Stopped in between, it ends at the same step with the same result.
    let again = dir.path().join("again");
    early.out = Some(again.clone());
    stopped(&early, best.step + 1);
    let resumed = resume(&again, &[]).expect("it goes on");
    assert_eq!((resumed.steps, resumed.stopped_early, resumed.best_eval), (report.steps, true, report.best_eval));
    assert_eq!(resumed.train_loss, report.train_loss);
    assert_eq!(resumed.eval_loss, report.eval_loss);
    let same = |name: &str| std::fs::read(again.join(name)).ok() == std::fs::read(out.join(name)).ok();
    assert!(same("adapter/adapter_model.safetensors"));
}

#[test]
fn early_stopping_needs_evaluations() {
    let dir = tempfile::tempdir().expect("a folder");
    let mut early = config(&dir.path().join("run"), 4);
    early.train.early_stopping = 1.try_into().ok();
    assert!(common::failure(&early).contains("give `eval_every` too"));
    early.train.eval_every = Some(2);
    early.data.eval = Some(EvalSplit::NONE);
    assert!(common::failure(&early).contains("no rows to evaluate on"));
}

#[test]
fn what_would_be_another_run_is_refused_and_said_to_be_what() {
    let dir = tempfile::tempdir().expect("a folder");
    let model = copied(&golden("curve/models/llama"), &dir.path().join("model"));
    let data = dir.path().join("data.jsonl");
    let text = std::fs::read_to_string(golden("curve/austen-200.jsonl")).expect("data");
    std::fs::write(&data, &text).expect("written");
    let lora = dir.path().join("lora.wasm");
    std::fs::copy(root().join("plugins/lora.wasm"), &lora).expect("copied");
    let out = dir.path().join("run");
    let mut original = config(&out, 6);
    original.model = Some(model.clone());
    original.data.files = vec![data.clone().into()];
    original.strategy[0].path = lora.clone();
    stopped(&original, 2);

    let refused = |change: Change, parts: &[&str]| {
        let error = resume(&out, &[]).expect_err("another run").to_string();
        let allow = format!("`--allow {change}`");
        for part in parts.iter().copied().chain([allow.as_str(), "step-2"]) {
            assert!(error.contains(part), "`{part}` is not in: {error}");
        }
        // Another permission is none.
        let other = if change == Change::Data { Change::Base } else { Change::Data };
        assert!(resume(&out, &[other]).is_err());
    };
    let settings = std::fs::read_to_string(out.join("run.toml")).expect("settings");
    std::fs::write(out.join("run.toml"), settings.replace("steps = 6", "steps = 5")).expect("written");
    refused(Change::Configuration, &["`train.steps` was 6 and is 5"]);
    std::fs::write(out.join("run.toml"), settings.replace("seed = 42", "seed = 43")).expect("written");
    refused(Change::Configuration, &["`seed` was 42 and is 43"]);
    std::fs::write(out.join("run.toml"), &settings).expect("written");

    std::fs::write(&data, text.replace("the", "teh")).expect("written");
    refused(Change::Data, &["the data gives other rows"]);
    std::fs::write(&data, &text).expect("written");

    // A custom section changes nothing but the file.
    let plugin = std::fs::read(&lora).expect("a plugin");
    std::fs::write(&lora, [plugin.as_slice(), &[0, 2, 1, b'x']].concat()).expect("written");
    refused(Change::Plugin, &["the plugin `lora`", "is another file"]);
    std::fs::write(&lora, &plugin).expect("written");

    let weights = model.join("model.safetensors");
    let mut bytes = std::fs::read(&weights).expect("weights");
    *bytes.last_mut().expect("not empty") ^= 1;
    std::fs::write(&weights, &bytes).expect("written");
    refused(Change::Base, &["the base model in", "other weights"]);
    // What is allowed goes on; the rows and the plugin are those of before.
    let report = resume(&out, &[Change::Base]).expect("it is allowed");
    assert!(report.finished && report.steps == 6);
    // Finished, it stays as it is.
    let adapter = std::fs::read(out.join("adapter/adapter_model.safetensors")).expect("an adapter");
    let again = resume(&out, &[]).expect("its report");
    assert_eq!((again.steps, again.seconds), (6, report.seconds));
    assert_eq!(std::fs::read(out.join("adapter/adapter_model.safetensors")).ok(), Some(adapter));
}

#[test]
fn settings_that_change_nothing_are_free_and_a_run_can_be_made_longer() {
    let dir = tempfile::tempdir().expect("a folder");
    let out = dir.path().join("run");
    stopped(&config(&out, 4), 2);
    let settings = std::fs::read_to_string(out.join("run.toml")).expect("settings");
    let more = settings.replace("[train]", "[train]\ncheckpoint_every = 1\nkeep_last = 1");
    std::fs::write(out.join("run.toml"), &more).expect("written");
    let moved = dir.path().join("moved");
    std::fs::rename(&out, &moved).expect("moved");
    assert_eq!(resume(&moved, &[]).expect("the same run").steps, 4);
    assert_eq!(steps_of(&moved), [4]);
    std::fs::write(moved.join("run.toml"), more.replace("steps = 4", "steps = 7")).expect("written");
    assert_eq!(resume(&moved, &[Change::Configuration]).expect("a longer one").steps, 7);
}

#[test]
fn a_damaged_checkpoint_is_passed_over_and_verify_says_where_the_damage_is() {
    let dir = tempfile::tempdir().expect("a folder");
    let (whole, out) = (dir.path().join("whole"), dir.path().join("run"));
    let mut saving = config(&whole, 6);
    saving.train.checkpoint_every = Some(1);
    let (_, losses) = run(&saving);
    saving.out = Some(out.clone());
    stopped(&saving, 4);
    let report = verify(&out, &mut |_| {}).expect("a run");
    assert!(report.sound(), "{report:?}");
    assert_eq!(report.parts.iter().filter(|part| part.how.contains("hashes")).count(), 4);

    damage(&out, 4);
    let report = verify(&out, &mut |_| {}).expect("a run");
    let found: Vec<_> = report.parts.iter().flat_map(|part| &part.damage).collect();
    assert_eq!(found.len(), 1);
    assert!(found[0].contains("step-4/optimizer.safetensors is damaged"), "{found:?}");

    let (mut warnings, mut steps) = (Vec::new(), Vec::new());
    let resumed = host().resume(&out, &[], &Control::new(), &mut |event| match event {
        Event::Warning { message } => warnings.push(message),
        Event::Step(step) => steps.push(step.loss),
        _ => {}
    });
    assert!(resumed.expect("it goes on").finished);
    assert!(warnings.iter().any(|w| w.contains("step-4") && w.contains("earlier checkpoint")), "{warnings:?}");
    assert_eq!(steps, losses[3..], "from step 3");
    assert!(verify(&out, &mut |_| {}).expect("a run").sound(), "what was damaged was written anew");

    let adapter = out.join("adapter");
    assert!(verify(&adapter, &mut |_| {}).expect("an adapter").sound());
    std::fs::remove_file(adapter.join("adapter_config.json")).expect("removed");
    let report = verify(&out, &mut |_| {}).expect("a run");
    assert!(
        report
            .parts
            .iter()
            .any(|p| p.damage.iter().any(|d| d.contains("adapter_config.json") && d.contains("missing")))
    );
    let nothing = verify(dir.path(), &mut |_| {}).expect_err("nothing of ours").to_string();
    assert!(nothing.contains("nothing that can be verified"), "{nothing}");
    assert!(verify(&golden("curve/models/llama"), &mut |_| {}).expect("a model").sound());
}

#[test]
fn metrics_are_made_to_last_before_a_checkpoint_and_what_is_lost_of_them_is_told() {
    let dir = tempfile::tempdir().expect("a folder");
    let out = dir.path().join("run");
    let synced = Rc::new(RefCell::new(Vec::new()));
    let seen = Rc::clone(&synced);
    let note = move |operation, path: &Path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if (operation == Operation::Sync && name == "metrics.jsonl")
            || (operation == Operation::Rename && name.starts_with("step-"))
        {
            seen.borrow_mut().push(name);
        }
        None
    };
    with_faults(note, || stopped(&config(&out, 4), 2));
    assert_eq!(synced.take(), ["metrics.jsonl", "step-2"]);
    std::fs::write(out.join("metrics.jsonl"), "").expect("emptied");
    let mut warnings = Vec::new();
    let report = host().resume(&out, &[], &Control::new(), &mut warned(&mut warnings));
    assert!(report.expect("it goes on").finished);
    assert!(warnings.iter().any(|warning| warning.contains("metrics.jsonl had")), "{warnings:?}");
}

#[test]
fn files_of_an_evaluation_may_lie_elsewhere_and_hold_nothing_else() {
    let dir = tempfile::tempdir().expect("a folder");
    let out = dir.path().join("run");
    let (eval, moved) = (dir.path().join("eval.jsonl"), dir.path().join("moved.jsonl"));
    let text = std::fs::read_to_string(golden("curve/austen-200.jsonl")).expect("data");
    let part: String = text.lines().take(20).flat_map(|line| [line, "\n"]).collect();
    std::fs::write(&eval, &part).expect("written");
    let mut measured = config(&out, 4);
    measured.data.eval = Some(EvalSplit::Files(vec![eval.clone()]));
    stopped(&measured, 2);
    std::fs::rename(&eval, &moved).expect("moved");
    let settings = std::fs::read_to_string(out.join("run.toml")).expect("settings");
    std::fs::write(out.join("run.toml"), settings.replace("eval.jsonl", "moved.jsonl")).expect("written");
    std::fs::write(&moved, part.replace("the", "teh")).expect("written");
    assert!(matches!(resume(&out, &[]), Err(Error::Changed { change: Change::Data, .. })));
    std::fs::write(&moved, &part).expect("written");
    assert!(resume(&out, &[]).expect("the same run").finished);
}

#[test]
fn an_adapter_to_start_from_need_not_be_there_when_a_run_goes_on() {
    let dir = tempfile::tempdir().expect("a folder");
    let (first, out) = (dir.path().join("first"), dir.path().join("run"));
    run(&config(&first, 2));
    let mut second = RunConfig { adapter: Some(first.join("adapter")), ..config(&dir.path().join("whole"), 4) };
    run(&second);
    second.out = Some(out.clone());
    stopped(&second, 2);
    std::fs::remove_dir_all(&first).expect("removed");
    assert!(resume(&out, &[]).expect("the same run").finished);
    let result = |run: &str| std::fs::read(dir.path().join(run).join("adapter/adapter_model.safetensors")).expect(run);
    assert!(result("run") == result("whole"), "to the last bit");
}

#[test]
fn a_run_that_was_made_longer_and_failed_is_not_finished() {
    let dir = tempfile::tempdir().expect("a folder");
    let out = dir.path().join("run");
    let mut saving = config(&out, 4);
    saving.train.checkpoint_every = Some(1);
    run(&saving);
    let settings = std::fs::read_to_string(out.join("run.toml")).expect("settings");
    std::fs::write(out.join("run.toml"), settings.replace("steps = 4", "steps = 8")).expect("written");
    let fault = Fault { kind: std::io::ErrorKind::StorageFull, short: false };
    let failed = with_faults(
        move |operation, path| {
            (operation == Operation::Rename && path.ends_with("checkpoints/step-6")).then_some(fault)
        },
        || resume(&out, &[Change::Configuration]),
    );
    assert!(failed.expect_err("a full disk").to_string().contains("step-6"));
    let mut steps = Vec::new();
    let report = host().resume(&out, &[], &Control::new(), &mut |event| {
        if let Event::Step(step) = event {
            steps.push(step.step);
        }
    });
    assert!(report.expect("it goes on").finished);
    assert_eq!(steps, [6, 7, 8]);
}

#[test]
fn a_finished_run_without_a_checkpoint_is_not_begun_anew() {
    let dir = tempfile::tempdir().expect("a folder");
    let out = dir.path().join("run");
    run(&config(&out, 2));
    let settings = std::fs::read_to_string(out.join("run.toml")).expect("settings");
    std::fs::write(out.join("run.toml"), settings.replace("seed = 42", "seed = 43")).expect("written");
    let result = || std::fs::read(out.join("adapter/adapter_model.safetensors")).expect("an adapter");
    let before = result();
    let error = resume(&out, &[Change::Configuration]).expect_err("nothing to go on from").to_string();
    assert!(error.contains("no checkpoint") && error.contains("start a new run"), "{error}");
    assert!(result() == before);
}

#[test]
fn where_the_best_checkpoint_is_gone_the_last_weights_stay() {
    let dir = tempfile::tempdir().expect("a folder");
    let (out, away) = (dir.path().join("run"), dir.path().join("away"));
    let mut early = config(&out, 40);
    early.train.learning_rate = Some(0.3);
    early.train.eval_every = Some(1);
    early.train.early_stopping = 3.try_into().ok();
    early.train.result = ResultChoice::Best;
    let (mut best, mut last) = ((0, f64::INFINITY), 0);
    let failed = host().run(&early, &Control::new(), &mut |event| {
        let Event::Evaluation(report) = event else { return };
        last = report.step;
        if report.step > 0 && report.evaluation.loss < best.1 {
            best = (report.step, report.evaluation.loss);
        } else if report.step == best.0 + 3 {
            std::fs::rename(out.join(format!("checkpoints/step-{}", best.0)), &away).expect("moved");
        }
    });
    let error = failed.expect_err("the best is not there").to_string();
    assert!(error.contains(&format!("step-{}", best.0)), "{error}");
    assert_eq!(steps_of(&out).last(), Some(&last), "every update is in a checkpoint");
    std::fs::rename(&away, out.join(format!("checkpoints/step-{}", best.0))).expect("put back");
    let report = resume(&out, &[]).expect("it is saved now");
    assert_eq!((report.finished, report.steps, report.result_step), (true, last, Some(best.0)));
}

/// Flips a bit in the moments of a checkpoint.
fn damage(run: &Path, step: u64) {
    let damaged = run.join(format!("checkpoints/step-{step}/optimizer.safetensors"));
    let mut bytes = std::fs::read(&damaged).expect("moments");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 0x10;
    std::fs::write(&damaged, &bytes).expect("written");
}

#[test]
fn a_damaged_checkpoint_takes_the_place_of_none_that_is_whole() {
    let dir = tempfile::tempdir().expect("a folder");
    let out = dir.path().join("run");
    let mut saving = config(&out, 9);
    saving.train.checkpoint_every = Some(3);
    stopped(&saving, 6);
    assert_eq!(steps_of(&out), [3, 6]);
    damage(&out, 6);
    let settings = std::fs::read_to_string(out.join("run.toml")).expect("settings");
    std::fs::write(out.join("run.toml"), settings.replace("[train]", "[train]\nkeep_last = 1")).expect("written");
    let stop_at = |at: u64| {
        let (control, mut first) = (Control::new(), None);
        let report = host().resume(&out, &[], &control, &mut |event| {
            if let Event::Step(step) = event {
                first.get_or_insert(step.step);
                if step.step == at && at < 9 {
                    control.stop();
                }
            }
        });
        assert_eq!(report.expect("it goes on").finished, at == 9);
        first
    };
    assert_eq!(stop_at(4), Some(4));
    assert_eq!(steps_of(&out), [4, 6], "what it can go on from, and the damaged one");
    assert_eq!(stop_at(9), Some(5));
    assert_eq!(steps_of(&out), [9]);
}

#[test]
fn a_run_that_was_killed_before_its_first_checkpoint_begins_anew() {
    let dir = tempfile::tempdir().expect("a folder");
    let (whole, out) = (dir.path().join("whole"), dir.path().join("run"));
    let (_, losses) = run(&config(&whole, 3));
    stopped(&config(&out, 3), 2);
    std::fs::remove_dir_all(out.join("checkpoints")).expect("removed");
    std::fs::remove_file(out.join("summary.json")).expect("removed");
    let mut steps = Vec::new();
    let report = host().resume(&out, &[], &Control::new(), &mut |event| {
        if let Event::Step(step) = event {
            steps.push(step.loss);
        }
    });
    assert!(report.expect("it goes on").finished);
    assert_eq!(steps, losses);
    let metrics = std::fs::read_to_string(out.join("metrics.jsonl")).expect("metrics");
    assert_eq!(metrics.matches("\"event\":\"step\"").count(), 3, "each step once");
}

#[test]
fn a_stop_during_an_evaluation_leaves_it_to_the_process_that_goes_on() {
    let dir = tempfile::tempdir().expect("a folder");
    let events = |out: &Path| -> Vec<String> {
        let metrics = std::fs::read_to_string(out.join("metrics.jsonl")).expect("metrics");
        let line = |line: &str| {
            let event: serde_json::Value = serde_json::from_str(line).expect("JSON");
            format!("{} {} {}", event["event"], event["step"], event["loss"])
        };
        metrics.lines().map(line).collect()
    };
    let (whole, out) = (dir.path().join("whole"), dir.path().join("run"));
    let mut measured = config(&whole, 4);
    measured.train.eval_every = Some(2);
    run(&measured);
    measured.out = Some(out.clone());
    // Once in that after step 2, once in the last.
    for at in [2, 4] {
        let (control, mut step) = (Control::new(), 0);
        let mut listen = |event: Event| match event {
            Event::Step(report) => step = report.step,
            Event::EvaluatedBatch if step == at => control.stop(),
            _ => {}
        };
        let report = match out.exists() {
            false => host().run(&measured, &control, &mut listen),
            true => host().resume(&out, &[], &control, &mut listen),
        };
        assert!(!report.expect("it stops").finished, "in the evaluation after step {at}");
    }
    assert!(resume(&out, &[]).expect("it goes on").finished);
    assert_eq!(events(&out), events(&whole));
}

#[test]
fn a_model_that_vanishes_while_it_trains_costs_no_update() {
    let dir = tempfile::tempdir().expect("a folder");
    let (model, away) = (copied(&golden("curve/models/llama"), &dir.path().join("model")), dir.path().join("away"));
    let full = |out: &str| {
        let mut config = RunConfig { model: Some(model.clone()), ..short(plugin("full"), &dir.path().join(out), 4) };
        config.train.learning_rate = Some(1e-3);
        config
    };
    run(&full("whole"));
    let vanishing = full("run");
    let error = host().run(&vanishing, &Control::new(), &mut |event| {
        if let Event::Step(step) = event
            && step.step == 2
        {
            std::fs::rename(&model, &away).expect("moved");
        }
    });
    // The tokenizer's files go with the trained model, and are not there.
    let (error, out) = (error.expect_err("it cannot be saved").to_string(), dir.path().join("run"));
    assert!(error.contains("model"), "{error}");
    assert_eq!(steps_of(&out), [4], "every update is in a checkpoint");
    std::fs::rename(&away, &model).expect("put back");
    let report = resume(&out, &[]).expect("it is saved now");
    assert!(report.finished && report.steps == 4);
    let weights = |run: &str| std::fs::read(dir.path().join(run).join("model/model.safetensors")).expect("weights");
    assert!(weights("run") == weights("whole"), "to the last bit");
}

/// A template that says what day it is gives other rows every day; those of a run are those of the day on which it began.
#[test]
fn a_clock_that_jumps_changes_no_row_of_a_run() {
    let dir = tempfile::tempdir().expect("a folder");
    let model = copied(&golden("curve/models/llama"), &dir.path().join("model"));
    let template = "{{ strftime_now('%d %b %Y %H:%M:%S') }}{% for m in messages %}{{ m['content'] }}{% endfor %}";
    std::fs::write(model.join("chat_template.jinja"), template).expect("written");
    let data = dir.path().join("chats.jsonl");
    let chat = r#"{"messages": [{"role": "user", "content": "How are you?"}, {"role": "assistant", "content": "Very well."}]}"#;
    std::fs::write(&data, format!("{chat}\n").repeat(12)).expect("written");
    let chats = |out: &str, now: Option<i64>| {
        let mut config = RunConfig { model: Some(model.clone()), ..config(&dir.path().join(out), 4) };
        config.data.files = vec![data.clone().into()];
        config.data.loss_on = graftwork::LossOn::All;
        config.data.now = now;
        config
    };
    let (_, long_ago) = run(&chats("whole", Some(1_000_000_000)));
    let (_, now) = run(&chats("now", None));
    assert_ne!(long_ago, now, "the time is part of the rows");
    let written = RunConfig::from_file(&dir.path().join("now/run.toml")).expect("a configuration");
    assert!(written.data.now.is_some_and(|now| now > 1_700_000_000), "and it is kept");
    // Gone on with at another time than it was begun.
    stopped(&chats("run", Some(1_000_000_000)), 2);
    let mut rest = Vec::new();
    let report = host().resume(&dir.path().join("run"), &[], &Control::new(), &mut |event| {
        if let Event::Step(step) = event {
            rest.push(step.loss);
        }
    });
    assert!(report.expect("the same run").finished);
    assert_eq!(rest, long_ago[2..]);
}
