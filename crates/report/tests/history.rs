//! What is read from a run's folder, and the numbers that follow.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod common;

use std::fs;

use common::fixture;
use graftwork_report::{History, Run};

const STEP: &str = r#"{"event":"step","step":1,"total_steps":9,"epoch":0.1,"loss":4.5,"grad_norm":1.0,"learning_rate":0.1,"tokens":10,"target_tokens":9,"seconds":0.5,"tokens_per_second":20.0}"#;

fn read(text: &[u8]) -> Result<History, String> {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("metrics.jsonl");
    fs::write(&path, text).expect("a file");
    History::read(&path).map_err(|error| error.to_string().replace(&folder.path().display().to_string(), ""))
}

#[test]
fn every_event_is_read_and_unknown_ones_are_passed_over() {
    let text = [
        r#"{"event":"sample","step":0,"prompt":"Once","text":" upon"}"#,
        r#"{"event":"evaluation","step":0,"loss":5.0,"perplexity":148.4,"accuracy":0.2,"target_tokens":90}"#,
        r#"{"event":"evaluation","step":1,"loss":0.5,"accuracy":0.9,"f1":{"macro_mean":0.8,"by_class":[0.7,0.9]},"target_tokens":9}"#,
        r#"{"event":"spike","step":1,"what":"grad_norm","value":99.0,"expected":1.0,"deviation":0.1,"samples":["a.txt:3"]}"#,
        r#"{"event":"steered","step":1,"plugin":"ada-lora","actions":"rank 4"}"#,
        r#"{"event":"moonrise","phase":"full"}"#,
        r#"{"event":"step","step":2,"total_steps":9,"epoch":0.2,"loss":null,"grad_norm":null,"learning_rate":0.1,"tokens":10,"target_tokens":9,"seconds":0.5,"tokens_per_second":20.0,"new":1}"#,
        STEP,
    ];
    let history = read(text.join("\n").as_bytes()).expect("whole lines");
    assert_eq!((history.steps.len(), history.evaluations.len(), history.samples.len()), (2, 2, 1));
    assert!(history.steps[0].loss.is_nan(), "`null` is no number");
    assert_eq!(history.evaluations[1].f1.as_ref().map(|f1| f1.macro_mean), Some(0.8));
    assert_eq!((history.spikes[0].value, history.steered[0].plugin.as_str()), (99.0, "ada-lora"));
}

#[test]
fn only_a_last_line_may_be_cut() {
    for cut in 1..STEP.len() {
        let history = read(format!("{STEP}\n{}", &STEP[..cut]).as_bytes()).expect("a cut end is none");
        assert_eq!(history.steps.len(), 1, "cut at {cut}");
    }
    assert_eq!(
        read(format!("{STEP}\n{STEP}").as_bytes()).expect("whole").steps.len(),
        2,
        "whole, though no line ends it"
    );
    assert_eq!(
        read("\n".as_bytes()).unwrap_err(),
        "/metrics.jsonl:1: EOF while parsing a value at line 2 column 0; it is not as a run writes it, so remove the line"
    );
    let error = read(format!("{STEP}\n{}\n{STEP}\n", &STEP[..40]).as_bytes()).unwrap_err();
    assert!(error.starts_with("/metrics.jsonl:2: "), "{error}");
    let error = read(format!("{STEP}\n{}\n", STEP.replace("4.5", "\"high\"")).as_bytes()).unwrap_err();
    assert!(error.starts_with("/metrics.jsonl:2: ") && error.contains("high"), "{error}");
    assert!(read(b"\xff\xfe\n").is_err());
    assert_eq!(read(b"{\"event\":\"step\", \xff"), Ok(History::default()));
}

#[test]
fn a_folder_that_is_no_run_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let error = Run::read(folder.path()).unwrap_err().to_string();
    assert!(error.contains("has no about.json"), "{error}");
    fs::write(folder.path().join("about.json"), "{}").expect("a file");
    let error = Run::read(folder.path()).unwrap_err().to_string();
    assert!(error.contains("about.json: missing field `version`"), "{error}");
}

#[test]
fn a_run_that_was_stopped_is_read_as_far_as_it_went() {
    let folder = tempfile::tempdir().expect("a folder");
    let about = serde_json::to_string(&fixture("lora").about).expect("JSON");
    fs::write(folder.path().join("about.json"), about).expect("a file");
    let run = Run::read(folder.path()).expect("no more than its beginning");
    assert!(!run.measured.finished && run.history.steps.is_empty() && run.is_adapter());
    assert_eq!((run.seconds_per_update(), run.tokens_per_second(), run.best_evaluation()), (None, None, None));
    assert_eq!(
        (run.generalisation_gap(), run.loss_at_seconds(1.0), run.cost_per_million_tokens(1.0)),
        (None, None, None)
    );
}

#[test]
fn the_result_is_measured_where_the_folder_is_now() {
    let folder = tempfile::tempdir().expect("a folder");
    let source = fixture("lora");
    for file in ["about.json", "metrics.jsonl"] {
        fs::copy(source.folder.join(file), folder.path().join(file)).expect("a file");
    }
    let mut summary = serde_json::to_value(&source.measured).expect("JSON");
    summary["artefact_bytes"] = serde_json::Value::Null;
    summary["result"] = "/elsewhere/adapter".into();
    fs::write(folder.path().join("summary.json"), summary.to_string()).expect("a file");
    fs::create_dir(folder.path().join("adapter")).expect("a folder");
    fs::write(folder.path().join("adapter/a.safetensors"), [0; 700]).expect("a file");
    fs::write(folder.path().join("adapter/a.json"), [0; 77]).expect("a file");
    assert_eq!(Run::read(folder.path()).expect("a run").measured.artefact_bytes, Some(777));
}

#[test]
fn numbers_follow_as_they_are_defined() {
    let mut run = fixture("lora");
    // As the run's own summary has them.
    let summary: serde_json::Value =
        serde_json::from_slice(&fs::read(run.folder.join("summary.json")).expect("a file")).expect("JSON");
    let close = |a: Option<f64>, b: &serde_json::Value| {
        let (a, b) = (a.expect("a number"), b.as_f64().expect("a number"));
        assert!((a - b).abs() < 1e-9 * b.abs(), "{a} and {b}");
    };
    close(run.best_evaluation().map(|e| e.loss), &summary["best_eval"]["loss"]);
    close(run.evaluation_before().map(|e| e.loss), &summary["eval_loss"]["first"]);
    close(run.last_evaluation().map(|e| e.loss), &summary["eval_loss"]["last"]);
    close(run.last_training_loss(), &summary["train_loss"]["last"]);
    close(run.tokens_per_second(), &summary["tokens_per_second"]);
    // And by hand.
    run.history.steps.truncate(20);
    for (index, step) in run.history.steps.iter_mut().enumerate() {
        (step.seconds, step.tokens, step.loss) = (1.0 + (index % 2) as f64, 1500, index as f64);
    }
    run.history.steps[3].seconds = f64::NAN;
    run.history.evaluations.truncate(3);
    for (evaluation, loss) in run.history.evaluations.iter_mut().zip([5.0, 3.0, 4.0]) {
        evaluation.loss = loss;
    }
    assert_eq!(run.seconds_per_update(), Some(1.0), "the median of 10 × 1 and 9 × 2");
    assert_eq!((run.training_seconds(), run.tokens_seen()), (28.0, 30_000));
    assert_eq!(run.cost_per_million_tokens(36.0), Some(0.01 * 1e6 * 28.0 / 30_000.0));
    assert_eq!(
        (run.last_training_loss(), run.generalisation_gap(), run.rise_since_best()),
        (Some(14.5), Some(-10.5), Some(1.0))
    );
    assert_eq!(run.best_evaluation().map(|e| e.step), Some(10));
    // 13 seconds to the evaluation after 10 updates, 28 to the one after 20.
    let at = [-1.0, 0.0, 6.5, 13.0, 20.5, 28.0, 28.1].map(|seconds| run.loss_at_seconds(seconds));
    assert_eq!(at, [None, Some(5.0), Some(4.0), Some(3.0), Some(3.5), Some(4.0), None]);
}

#[test]
fn a_run_survives_json() {
    let run = fixture("full");
    let again: Run = serde_json::from_str(&serde_json::to_string(&run).expect("JSON")).expect("a run");
    assert_eq!(run, again);
    let mut broken = run;
    broken.history.steps[0].loss = f64::INFINITY;
    broken.history.evaluations[0].loss = f64::NAN;
    let again: Run = serde_json::from_str(&serde_json::to_string(&broken).expect("JSON")).expect("a run");
    assert!(again.history.steps[0].loss.is_nan() && again.history.evaluations[0].loss.is_nan());
}
