//! `host compare`: what it trains, what it says, and that it goes on.
#![allow(clippy::expect_used, clippy::panic, missing_docs, reason = "tests")]

mod common;

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Output};

use common::host;
use serde_json::Value;

const DATA: &str = "tests/golden/curve/austen-200.jsonl";
const FULL: &str = "plugins/full.wasm";
const LORA: &str = "plugins/lora.wasm";

/// A comparison of a few updates of short rows.
fn compare(home: &Path, arguments: &[&str]) -> Command {
    let mut command = host(home);
    command.args(["compare", "--data", DATA, "--max-length", "48", "--batch-size", "4", "--out"]);
    command.arg(home.join("compared")).args(arguments);
    command
}

fn done(mut command: Command) -> Output {
    let output = command.output().expect("host runs");
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    output
}

fn refused(mut command: Command) -> String {
    let output = command.output().expect("host runs");
    assert!(!output.status.success(), "{command:?} is refused");
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn lines(output: &Output) -> Vec<Value> {
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    text.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {line}"))).collect()
}

fn read(path: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))).expect("JSON")
}

/// The losses of a run, update by update.
fn losses(run: &Path) -> Vec<f64> {
    let text = std::fs::read_to_string(run.join("metrics.jsonl")).expect("metrics");
    let events = text.lines().map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
    events.filter(|event| event["event"] == "step").map(|event| event["loss"].as_f64().expect("a loss")).collect()
}

#[test]
fn full_or_lora_is_answered_from_what_was_measured() {
    let home = tempfile::tempdir().expect("a folder");
    let small = format!("small: {LORA} rank=2");
    let output = done(compare(
        home.path(),
        &["--strategy", FULL, "--strategy", &small, "--steps", "6", "--price", "3.6 EUR", "--json"],
    ));
    let (folder, events) = (home.path().join("compared"), lines(&output));
    let names: Vec<_> = events.iter().filter(|event| event["event"] == "trial").map(|event| &event["name"]).collect();
    assert_eq!(names, ["full", "small"], "one after the other");

    let report = events.last().expect("a report");
    assert_eq!(report, &read(&folder.join("comparison.json")));
    let candidates = report["candidates"].as_array().expect("candidates");
    for (candidate, name) in candidates.iter().zip(["full", "small"]) {
        assert_eq!(candidate["name"], name);
        let summary = read(&folder.join(name).join("summary.json"));
        let about = read(&folder.join(name).join("about.json"));
        // The same data in the same order for as many updates, and the numbers are those of the run.
        assert_eq!(about["data"]["fingerprint"], candidates[0]["fingerprint"]);
        assert_eq!(candidate["updates"], 6);
        assert_eq!(candidate["trainable_parameters"], summary["trainable_parameters"]);
        assert_eq!(candidate["memory"], summary["peak_memory_bytes"]);
        assert!(candidate["artefact_bytes"].as_u64().is_some_and(|bytes| bytes > 1000), "{candidate}");
        let curve = candidate["curve"].as_array().expect("a curve");
        assert_eq!(curve.last().map(|point| &point["loss"]), Some(&summary["eval_loss"]["last"]));
        assert_eq!(curve.len(), 7, "before, and so often that the best is seen: {curve:?}");
    }
    let verdict = &report["verdict"];
    let recommended = verdict["recommended"].as_u64().expect("one is recommended") as usize;
    let headline = verdict["headline"].as_str().expect("a headline");
    assert!(headline.contains(candidates[recommended]["name"].as_str().expect("a name")), "{headline}");
    assert!(verdict["reasons"].as_array().is_some_and(|reasons| reasons.len() >= 2), "{verdict}");

    let page = std::fs::read_to_string(folder.join("report.html")).expect("a page");
    // Names stand between backticks, which the page sets as code.
    for part in headline.split('`').chain(["small", "full", "EUR", "lora_B"]) {
        assert!(page.contains(&part.replace('\'', "&#x27;")), "the page has {part}");
    }
    assert!(!page.contains("http://") || page.contains("http://www.w3.org/2000/svg"), "nothing comes from elsewhere");

    // A trial is a run like any other, and its file says which.
    let again = home.path().join("again");
    let mut run = host(home.path());
    run.args(["run", "--config"]).arg(folder.join("small.toml")).arg("--out").arg(&again);
    done(run);
    assert_eq!(losses(&again), losses(&folder.join("small")));

    // Runs that are there are compared as they are.
    let mut command = host(home.path());
    command.arg("compare").arg(folder.join("full")).arg(&again);
    command.arg("--html").arg(home.path().join("two.html"));
    let text = String::from_utf8_lossy(&done(command).stdout).into_owned();
    assert!(text.contains("full") && text.contains("lora"), "{text}");
    assert!(home.path().join("two.html").is_file());
    let mut command = host(home.path());
    command.arg("compare").arg(&folder);
    assert!(refused(command).contains("it is a comparison"));
    let mut command = host(home.path());
    command.arg("verify").arg(&folder);
    let text = String::from_utf8_lossy(&done(command).stdout).into_owned();
    assert!(["full/model", "small/adapter"].iter().all(|result| text.contains(result)), "{text}");
}

#[test]
fn a_sweep_takes_the_best_rate_of_each() {
    let home = tempfile::tempdir().expect("a folder");
    let output =
        done(compare(home.path(), &["--strategy", LORA, "--set", "rank=2", "--sweep=1e-5,3e-3", "--steps", "4"]));
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let folder = home.path().join("compared");
    let report = read(&folder.join("comparison.json"));
    let [candidate] = report["candidates"].as_array().expect("candidates").as_slice() else { panic!("{report}") };
    let trials = candidate["sweep"]["trials"].as_array().expect("trials");
    let of: BTreeMap<String, f64> = ["1e-5", "3e-3"]
        .map(|rate| {
            let summary = read(&folder.join(format!("lora-lr-{rate}/summary.json")));
            (rate.to_owned(), summary["best_eval"]["loss"].as_f64().expect("a loss"))
        })
        .into();
    assert_eq!(
        trials.iter().map(|trial| trial["loss"].as_f64()).collect::<Vec<_>>(),
        [Some(of["1e-5"]), Some(of["3e-3"])]
    );
    assert!(of["3e-3"] < of["1e-5"], "four updates at 1e-5 change little: {of:?}");
    assert_eq!(candidate["learning_rate"], 3e-3, "{text}");
}

#[test]
fn a_candidate_that_fails_is_out_and_the_others_go_on() {
    let home = tempfile::tempdir().expect("a folder");
    let output = done(compare(home.path(), &["--strategy", FULL, "--sweep=1e30,2e-5", "--steps", "6"]));
    let failed = home.path().join("compared/full-lr-1e30");
    let why = read(&failed.join("failure.json"))["error"].as_str().expect("a message").to_owned();
    assert!(why.contains("Lower the learning rate"), "{why}");
    let report = read(&home.path().join("compared/comparison.json"));
    assert_eq!(report["candidates"][0]["sweep"]["trials"][0]["loss"], Value::Null);
    assert_eq!(report["candidates"][0]["learning_rate"], 2e-5);
    assert_eq!(report["verdict"]["recommended"], 0, "{}", String::from_utf8_lossy(&output.stdout));
}

/// Killed over its second run, it goes on from there, to what an undisturbed one comes to.
#[test]
#[cfg(unix)]
fn it_goes_on_where_it_was_stopped() {
    use std::io::{BufRead, BufReader};
    use std::process::Stdio;

    let home = tempfile::tempdir().expect("a folder");
    let arguments = ["--strategy", FULL, "--strategy", LORA, "--steps", "40", "--checkpoint-every", "2", "--json"];
    let mut child = compare(home.path(), &arguments).stdout(Stdio::piped()).spawn().expect("host starts");
    let shown = BufReader::new(child.stdout.take().expect("its output"));
    let mut events = shown.lines().map(|line| serde_json::from_str::<Value>(&line.expect("text")).expect("JSON"));
    assert!(events.any(|event| event["event"] == "trial" && event["name"] == "lora"));
    assert!(events.any(|event| event["event"] == "checkpoint"));
    let status = Command::new("kill").arg(child.id().to_string()).status().expect("kill runs");
    assert!(status.success());
    events.for_each(drop);
    assert_eq!(child.wait().expect("it ends").code(), Some(143), "SIGTERM, as a shell tells it");

    let folder = home.path().join("compared");
    assert_eq!(read(&folder.join("lora/summary.json"))["finished"], false, "its run was told, and left a checkpoint");
    let (full, before) = (losses(&folder.join("full")), losses(&folder.join("lora")).len());
    assert!(before < 40, "{before} updates");
    let resume = |more: &[&str]| {
        let mut command = host(home.path());
        command.arg("resume").arg(&folder).args(more);
        command
    };
    assert!(refused(resume(&["--allow", "data"])).contains("could not be compared"));
    let output = done(resume(&["--json"]));
    let trials: Vec<_> = lines(&output).into_iter().filter(|event| event["event"] == "trial").collect();
    assert_eq!(trials.len(), 1, "what was finished stays: {trials:?}");
    assert_eq!(losses(&folder.join("full")), full);
    assert_eq!(losses(&folder.join("lora")).len(), 40);
}

#[test]
#[cfg(unix)]
fn a_signal_that_a_run_does_not_hear_ends_the_comparison_after_that_run() {
    use std::io::{BufRead, BufReader};
    use std::process::Stdio;

    let home = tempfile::tempdir().expect("a folder");
    let arguments = ["--strategy", FULL, "--strategy", LORA, "--steps", "20", "--json"];
    let mut child = compare(home.path(), &arguments).stdout(Stdio::piped()).spawn().expect("host starts");
    let shown = BufReader::new(child.stdout.take().expect("its output"));
    let mut events = shown.lines().map(|line| serde_json::from_str::<Value>(&line.expect("text")).expect("JSON"));
    assert!(events.any(|event| event["event"] == "step"));
    // To this process alone, and not to the terminal's whole group.
    let status = Command::new("kill").args(["-INT", &child.id().to_string()]).status().expect("kill runs");
    assert!(status.success());
    events.for_each(drop);
    assert_eq!(child.wait().expect("it ends").code(), Some(130));
    let folder = home.path().join("compared");
    assert_eq!(read(&folder.join("full/summary.json"))["finished"], true);
    assert!(!folder.join("lora").exists(), "no other run begins");
}

#[test]
fn what_cannot_be_compared_is_refused_before_anything_trains() {
    let home = tempfile::tempdir().expect("a folder");
    for (arguments, why) in [
        (vec!["--strategy", LORA], "two candidates or more"),
        (vec!["--sweep"], "strategy: none is given"),
        (vec!["--strategy", LORA, "--strategy", "nowhere.wasm"], "nowhere.wasm"),
        (vec!["--strategy", LORA, "--strategy", FULL, "--set", "rnk=3"], "did you mean rank"),
        (vec!["--strategy", "plugins/lora.wasm rank=0", "--strategy", FULL], "rank"),
        (vec!["--strategy", LORA, "--strategy", FULL, "--sweep=-1"], "no learning rate"),
        (vec!["--strategy", LORA, "--strategy", FULL, "--price", "much"], "price of an hour"),
        (vec!["--strategy", LORA, "--strategy", FULL, "--eval", "0"], "data to evaluate on"),
        (vec!["--strategy", LORA, "--strategy", FULL, "--data", "-"], "read once"),
        (vec!["--strategy", "compare.json: lora", "--strategy", FULL], "no ending of a file"),
        #[cfg(feature = "prometheus")]
        (vec!["--strategy", LORA, "--strategy", FULL, "--metrics-listen", "nowhere"], "cannot listen at `nowhere`"),
    ] {
        let message = refused(compare(home.path(), &arguments));
        assert!(message.contains(why), "{arguments:?}: {message}");
        assert!(!home.path().join("compared").exists(), "{arguments:?} left a folder");
    }
    let mut command = host(home.path());
    command.arg("compare").arg(home.path());
    assert!(refused(command).contains("about.json"), "a folder that is no run");
}
