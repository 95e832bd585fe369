//! The `host` command as a person or a script uses it.
#![allow(clippy::expect_used, clippy::panic, missing_docs, reason = "tests")]

mod common;

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use common::{host, root};
use serde_json::Value;

const DATA: &str = "tests/golden/curve/austen-200.jsonl";

/// A run of a few steps with short rows.
fn short(home: &Path, out: &Path, steps: &str) -> Command {
    let mut command = host(home);
    command.args(["run", "--strategy", "plugins/lora.wasm", "--set", "rank=2", "--data", DATA, "--max-length", "48"]);
    command.args(["--batch-size", "4", "--steps", steps, "--out"]).arg(out);
    command
}

fn last_object(output: &Output) -> Value {
    let text = String::from_utf8_lossy(&output.stdout);
    let line = text.lines().last().unwrap_or_else(|| panic!("no output; {}", String::from_utf8_lossy(&output.stderr)));
    serde_json::from_str(line).expect("the last line is JSON")
}

#[test]
fn run_then_eval_generate_and_merge() {
    let dir = tempfile::tempdir().expect("a folder");
    let (home, out, merged) = (dir.path().join("home"), dir.path().join("run"), dir.path().join("merged"));
    let output = short(&home, &out, "6").arg("--json").output().expect("host runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let report = last_object(&output);
    for key in ["trainable_parameters", "total_parameters", "steps", "tokens_per_second", "seconds"] {
        assert!(report[key].as_f64().is_some_and(|v| v > 0.0), "{key}: {report}");
    }
    for key in ["train_loss", "eval_loss"] {
        assert!(report[key]["first"].is_number() && report[key]["last"].is_number(), "{key}: {report}");
    }
    assert_eq!(report["out"], out.display().to_string());
    #[cfg(target_os = "linux")]
    assert!(report["peak_memory_bytes"].as_u64().is_some_and(|v| v > 10_000_000), "{report}");

    let eval = |arguments: &[&str], of: &Path| {
        let output =
            host(&home).args(["eval", "--json", "--data", DATA, "--max-length", "48"]).args(arguments).arg(of).output();
        let output = output.expect("host runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        last_object(&output)["loss"].as_f64().expect("a loss")
    };
    let merge = host(&home).arg("merge").arg(&out).args(["--dtype", "f32", "--out"]).arg(&merged).output();
    assert!(merge.expect("host runs").status.success());
    let (with_adapter, whole) = (eval(&["--adapter"], &out), eval(&["--model"], &merged));
    assert!((with_adapter - whole).abs() < 1e-5 * whole, "{with_adapter} and {whole}");

    let text = |arguments: &[&str], of: &Path| {
        let output =
            host(&home).args(["generate", "It is a truth", "--max-tokens", "12"]).args(arguments).arg(of).output();
        let output = output.expect("host runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("text")
    };
    let written = text(&["--adapter"], &out);
    assert!(written.trim().len() > 5, "{written}");
    assert_eq!(written, text(&["--model"], &merged));
}

#[test]
fn check_plans_and_writes_nothing() {
    let dir = tempfile::tempdir().expect("a folder");
    let out = dir.path().join("run");
    let mut command = host(&dir.path().join("home"));
    command.args(["check", "--strategy", "plugins/lora.wasm", "--data", DATA, "--preview", "1", "--out"]).arg(&out);
    let output = command.output().expect("host runs");
    let text = String::from_utf8_lossy(&output.stdout);
    for part in [
        "model.layers.0.self_attn.q_proj.weight: base + 2·(lora_B @ lora_A)",
        "memory    about",
        "ma Woodhouse, handsome",
        "⟦",
    ] {
        assert!(text.contains(part), "`{part}` is not in {text}");
    }
    assert!(output.status.success() && !out.exists());
}

#[test]
fn plugins_are_inspected_and_checked() {
    let dir = tempfile::tempdir().expect("a folder");
    let home = dir.path().join("home");
    let inspect =
        host(&home).args(["plugin", "inspect", "plugins/rank-select.wasm", "--json"]).output().expect("host runs");
    let report = last_object(&inspect);
    assert_eq!(report["capabilities"], serde_json::json!(["selector"]));
    assert_eq!(report["contract"], "0.1.0");
    assert!(report["config_schema"]["properties"]["budget"].is_object());
    let check = host(&home).args(["plugin", "check", "plugins/lora.wasm", "--set", "rank=3", "--json"]).output();
    let report = last_object(&check.expect("host runs"));
    assert_eq!(report["adapters"][0]["tensors"][0], "lora_A [3, 256]");
}

#[test]
fn errors_name_what_is_wrong_and_exit_with_1() {
    let dir = tempfile::tempdir().expect("a folder");
    let (home, out) = (dir.path().join("home"), dir.path().join("run"));
    let cases: [(&[&str], &str); 4] = [
        (&["--set", "rnak=4"], "did you mean rank"),
        (&["--set", "target_modules=[\"q_porj\"]"], "q_porj"),
        (&["--data", "no-such-file.jsonl"], "no-such-file.jsonl"),
        (&["--device", "cuda:0"], "cuda:0"),
    ];
    for (arguments, part) in cases {
        let output = short(&home, &out, "2").args(arguments).output().expect("host runs");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(said.starts_with("error[GW") && said.contains(part), "`{part}` is not in {said}");
        assert_eq!((output.status.code(), out.exists()), (Some(1), false), "{said}");
    }
    let usage = host(&home).args(["run", "--no-such-flag"]).output().expect("host runs");
    assert_eq!(usage.status.code(), Some(2));
}

/// Sends a signal as a shell would.
#[cfg(unix)]
fn signal(name: &str, process: u32) {
    let sent = Command::new("kill").args([name, &process.to_string()]).status();
    assert!(sent.expect("kill runs").success());
}

#[cfg(unix)]
#[test]
fn a_signal_leaves_a_checkpoint_to_go_on_from() {
    for (name, code) in [("-INT", 130), ("-TERM", 143)] {
        let dir = tempfile::tempdir().expect("a folder");
        let (home, out) = (dir.path().join("home"), dir.path().join("run"));
        let mut child = short(&home, &out, "500").arg("--json").stdout(Stdio::piped()).spawn().expect("host starts");
        let mut lines = BufReader::new(child.stdout.take().expect("piped")).lines();
        let is_step = |line: &str| line.contains("\"event\":\"step\"");
        assert!(lines.by_ref().map(|l| l.expect("text")).any(|l| is_step(&l)), "it trains");
        signal(name, child.id());
        let rest: Vec<String> = lines.map(|l| l.expect("text")).collect();
        let status = child.wait().expect("it ends");
        assert_eq!(status.code(), Some(code), "{rest:?}");
        let report: Value = serde_json::from_str(rest.last().expect("a report")).expect("JSON");
        assert_eq!(report["finished"], false);

        let eval =
            host(&home).args(["eval", "--data", DATA, "--max-length", "48", "--json", "--adapter"]).arg(&out).output();
        assert!(last_object(&eval.expect("host runs"))["loss"].is_number(), "what it left can be used");
    }
}

#[test]
fn doctor_says_what_is_missing() {
    let dir = tempfile::tempdir().expect("a folder");
    let output = host(dir.path()).args(["doctor", "--json"]).output().expect("host runs");
    assert!(output.status.success());
    let report = last_object(&output);
    assert!(report["threads"].as_u64().is_some_and(|n| n > 0), "{report}");
    let cuda = &report["cuda"];
    let usable = cuda["problem"].is_null();
    assert_eq!(usable, cuda["devices"].as_u64().is_some_and(|n| n > 0) && cuda["compiler"] == true, "{report}");
    let text = host(dir.path()).arg("doctor").output().expect("host runs").stdout;
    let text = String::from_utf8_lossy(&text);
    assert!(text.contains("threads") && text.contains(if usable { "ready" } else { "not usable" }), "{text}");
    // A device that cannot be used is one error, before anything is read or written.
    if !usable {
        let out = dir.path().join("run");
        let output = short(dir.path(), &out, "1").args(["--device", "cuda:0"]).output().expect("host runs");
        let error = String::from_utf8_lossy(&output.stderr);
        let problem = cuda["problem"].as_str().expect("a message");
        assert!(output.status.code() == Some(1) && error.contains(problem), "{error}");
        assert!(!out.exists());
    }
}

#[test]
fn flags_hold_for_the_embedded_text_too() {
    let dir = tempfile::tempdir().expect("a folder");
    let check = |arguments: &[&str]| {
        let output =
            host(dir.path()).args(["check", "--json", "--strategy", "plugins/lora.wasm"]).args(arguments).output();
        let report = last_object(&output.expect("host runs"));
        ["train", "eval"].map(|part| report["data"][part][if part == "train" { "longest" } else { "rows" }].clone())
    };
    let [length, rows] = check(&[]);
    assert_eq!((length.as_u64(), rows.as_u64()), (Some(128), Some(96)));
    // 512 is what a person's own data would have without the flag.
    let [length, _] = check(&["--max-length", "512", "--batch-size", "4"]);
    assert_eq!(length.as_u64(), Some(512));
    let [length, rows] = check(&["--eval", "0"]);
    assert_eq!((length.as_u64(), rows.as_u64()), (Some(128), Some(0)));
}

/// A cache as the Hub's Python libraries leave it, with the small model as `org/tiny` and a data set as `org/data`.
fn hub_cache(dir: &Path) -> PathBuf {
    let hub = dir.join("hub");
    let commit = "0123456789abcdef0123456789abcdef01234567";
    let snapshot = |kind: &str| {
        let repo = hub.join(kind);
        std::fs::create_dir_all(repo.join("refs")).expect("a folder");
        std::fs::write(repo.join("refs/main"), commit).expect("a file");
        let folder = repo.join("snapshots").join(commit);
        std::fs::create_dir_all(&folder).expect("a folder");
        folder
    };
    let model = snapshot("models--org--tiny");
    for entry in std::fs::read_dir(root().join("examples/default/model")).expect("the model") {
        let entry = entry.expect("a file");
        std::fs::copy(entry.path(), model.join(entry.file_name())).expect("a copy");
    }
    std::fs::copy(root().join(DATA), snapshot("datasets--org--data").join("train.jsonl")).expect("a copy");
    hub
}

#[test]
fn names_on_the_hub_are_found_in_its_cache_and_recorded_with_their_commit() {
    let dir = tempfile::tempdir().expect("a folder");
    let (home, out, hub) = (dir.path().join("home"), dir.path().join("run"), hub_cache(dir.path()));
    let offline = |command: &mut Command| {
        let command = command.env("HF_HUB_CACHE", &hub).env("HF_HUB_OFFLINE", "1").env_remove("HF_TOKEN");
        command.output().expect("host runs")
    };
    let mut run = host(&home);
    run.args([
        "run",
        "--strategy",
        "plugins/lora.wasm",
        "--set",
        "rank=2",
        "--model",
        "org/tiny",
        "--data",
        "org/data",
    ]);
    run.args(["--max-length", "48", "--batch-size", "4", "--steps", "2", "--json", "--out"]).arg(&out);
    let output = offline(&mut run);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let written = std::fs::read_to_string(out.join("run.toml")).expect("the run's record");
    let commit = "0123456789abcdef0123456789abcdef01234567";
    for name in ["org/tiny", "org/data"] {
        assert!(written.contains(&format!("{name}@{commit}")), "{name} in {written}");
    }
    let peft = std::fs::read_to_string(out.join("adapter/adapter_config.json")).expect("PEFT's form");
    let peft: Value = serde_json::from_str(&peft).expect("JSON");
    assert_eq!((&peft["base_model_name_or_path"], &peft["revision"]), (&"org/tiny".into(), &commit.into()));

    let output =
        offline(host(&home).args(["eval", "--json", "--data", DATA, "--max-length", "48", "--adapter"]).arg(&out));
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(last_object(&output)["model"], format!("org/tiny@{commit}"));

    let output = offline(host(&home).args(["eval", "--model", "org/absent", "--data", DATA]));
    let message = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        !output.status.success() && message.contains("org/absent") && message.contains("HF_HUB_OFFLINE"),
        "{message}"
    );
}

#[test]
fn exports_are_what_they_say() {
    let dir = tempfile::tempdir().expect("a folder");
    let (home, out) = (dir.path().join("home"), dir.path().join("run"));
    let output =
        short(&home, &out, "4").args(["--set", r#"rank_pattern={"q_proj": 4}"#, "--json"]).output().expect("host runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let export = |arguments: &[&str], name: &str| {
        let to = dir.path().join(name);
        let output =
            host(&home).arg("export").arg(&out).args(arguments).arg("--out").arg(&to).output().expect("host runs");
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        to
    };
    let loss = |adapter: &Path| {
        let output = host(&home)
            .args(["eval", "--json", "--data", DATA, "--max-length", "48", "--adapter"])
            .arg(adapter)
            .output();
        last_object(&output.expect("host runs"))["loss"].as_f64().expect("a loss")
    };
    let folded = export(&["--format", "peft", "--folded"], "folded");
    let config = std::fs::read_to_string(folded.join("adapter_config.json")).expect("PEFT's form");
    let config: Value = serde_json::from_str(&config).expect("JSON");
    assert_eq!((config["r"].as_f64(), config["lora_alpha"].as_f64()), (Some(4.0), Some(4.0)));
    assert!(config["rank_pattern"].as_object().is_none_or(serde_json::Map::is_empty), "{config}");
    let (plain, folded) = (loss(&out), loss(&folded));
    assert!((plain - folded).abs() < 1e-6 * plain, "{plain}, folded {folded}");
    for (arguments, name) in [
        (&["--format", "gguf", "--precision", "q8_0"][..], "model.gguf"),
        (&["--format", "gguf-lora"][..], "lora.gguf"),
    ] {
        let bytes = std::fs::read(export(arguments, name)).expect("the file");
        assert_eq!(&bytes[..4], b"GGUF", "{name}");
    }
    let left = std::fs::read_dir(dir.path()).expect("the folder").count();
    assert_eq!(left, 5, "nothing made on the way is left: home, run, and three exports");
    let output = host(&home).args(["export", "--format", "gguf-lora", "--out", "x.gguf"]).output().expect("host runs");
    assert!(String::from_utf8_lossy(&output.stderr).contains("adapter: none is given"));
}

#[test]
fn a_merged_model_may_be_several_files() {
    let dir = tempfile::tempdir().expect("a folder");
    let (home, out, merged) = (dir.path().join("home"), dir.path().join("run"), dir.path().join("merged"));
    assert!(short(&home, &out, "1").output().expect("host runs").status.success());
    let output = host(&home).arg("merge").arg(&out).args(["--max-shard-size", "0.004", "--out"]).arg(&merged).output();
    let output = output.expect("host runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let index = std::fs::read_to_string(merged.join("model.safetensors.index.json")).expect("an index");
    let index: Value = serde_json::from_str(&index).expect("JSON");
    let files: std::collections::BTreeSet<_> =
        index["weight_map"].as_object().expect("a map").values().filter_map(Value::as_str).collect();
    assert!(files.len() > 1, "{files:?}");
    let output =
        host(&home).args(["eval", "--json", "--data", DATA, "--max-length", "48", "--model"]).arg(&merged).output();
    assert!(last_object(&output.expect("host runs"))["loss"].is_number());
}

#[test]
fn labelled_rows_make_a_classifier_from_files_patterns_and_standard_input() {
    let dir = tempfile::tempdir().expect("a folder");
    let home = dir.path().join("home");
    let jsonl = "tests/golden/curve/austen-labelled-200.jsonl";
    let text = std::fs::read_to_string(root().join(jsonl)).expect("the data");
    let row = |line: &str| {
        let row: Value = serde_json::from_str(line).expect("JSON");
        let field = |key: &str| format!("\"{}\"", row[key].as_str().expect("a text").replace('"', "\"\""));
        format!("{},{}", field("text"), field("label"))
    };
    let table: Vec<String> = std::iter::once("text,label".to_owned()).chain(text.lines().map(row)).collect();
    std::fs::write(dir.path().join("part-1.csv"), table.join("\n")).expect("a file");
    let pattern = dir.path().join("part-*.csv").display().to_string();
    let mut losses = Vec::new();
    for (data, piped) in [(pattern.as_str(), ""), (jsonl, ""), ("-", text.as_str())] {
        let out = dir.path().join(format!("run-{}", losses.len()));
        let mut command = host(&home);
        command.args(["run", "--strategy", "plugins/lora.wasm", "--model", "tests/golden/curve/models/bert", "--json"]);
        command.args(["--data", data, "--steps", "3", "--out"]).arg(&out).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.stderr(Stdio::piped()).spawn().expect("host runs");
        let mut pipe = child.stdin.take().expect("a pipe");
        // Whoever does not read it has ended by then.
        let _ = std::io::Write::write_all(&mut pipe, piped.as_bytes());
        drop(pipe);
        let output = child.wait_with_output().expect("it ends");
        assert!(output.status.success(), "{data}: {}", String::from_utf8_lossy(&output.stderr));
        losses.push(last_object(&output)["eval_loss"]["last"].as_f64().expect("a loss"));
    }
    assert_eq!((losses[0], losses[0]), (losses[1], losses[2]), "the same rows by another way");
    let output = host(&home).args(["eval", "--data", &pattern, "--adapter"]).arg(dir.path().join("run-0")).output();
    let shown = String::from_utf8_lossy(&output.expect("host runs").stdout).into_owned();
    for part in ["accuracy", "F1", "over 200 rows", "narration", "speech"] {
        assert!(shown.contains(part), "{part} in {shown}");
    }
}

#[test]
fn a_weight_on_the_command_line_is_a_share_of_the_rows() {
    let dir = tempfile::tempdir().expect("a folder");
    let output = host(&dir.path().join("home"))
        .args(["check", "--json", "--strategy", "plugins/lora.wasm", "--max-length", "48", "--eval", "0"])
        .args(["--data", &format!("{DATA}=0.75"), "--data", "tests/golden/curve/austen-labelled-200.jsonl=0.25"])
        .args(["--task", "causal-lm"])
        .output()
        .expect("host runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let report = last_object(&output);
    assert!(report["data"]["sources"].as_array().is_some_and(|sources| sources.len() == 2), "{report}");
}
