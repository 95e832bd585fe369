//! The plugins inside the program: from any folder, without a file.
#![allow(clippy::expect_used, clippy::panic, missing_docs, reason = "tests")]

mod common;

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use common::root;
use serde_json::Value;

/// `host` in a folder of its own, where nothing of the repository is.
fn host(home: &Path) -> Command {
    let mut command = common::host(home);
    command.current_dir(home);
    command
}

/// A run of two steps of LoRA from a strategy by this name.
fn run(home: &Path, strategy: &str, more: &[&str]) -> Output {
    let data = root().join("tests/golden/curve/austen-200.jsonl");
    let model = root().join("tests/golden/curve/models/llama");
    let mut command = host(home);
    command.args(["run", "--json", "--strategy", strategy, "--set", "rank=2", "--max-length", "48"]);
    command.args(["--batch-size", "4", "--steps", "2", "--eval", "0", "--model"]).arg(model).arg("--data").arg(data);
    command.args(more).output().expect("host runs")
}

fn succeeded(output: &Output) -> Value {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&[&*output.stdout, &*output.stderr].concat()));
    let text = String::from_utf8_lossy(&output.stdout);
    serde_json::from_str(text.lines().last().expect("output")).expect("the last line is JSON")
}

fn refused(output: &Output, parts: &[&str]) {
    let said = String::from_utf8_lossy(&[&*output.stdout, &*output.stderr].concat()).into_owned();
    assert_eq!(output.status.code(), Some(1), "{said}");
    for part in parts {
        assert!(said.contains(part), "`{part}` is not in: {said}");
    }
}

fn card(run: &Path) -> Value {
    let text = fs::read_to_string(run.join("adapter/graftwork.json")).expect("an adapter");
    serde_json::from_str(&text).expect("JSON")
}

#[test]
fn a_name_is_the_plugin_and_a_file_of_that_name_wins() {
    let home = tempfile::tempdir().expect("a folder");
    let home = home.path();
    // The run is called like its method; the second time there is a folder of that name.
    for more in [["--out", "lora"].as_slice(), &["--out", "lora", "--overwrite"]] {
        succeeded(&run(home, "lora", more));
    }
    let inside = card(&home.join("lora"))["strategies"][0].clone();
    let file = fs::read(root().join("plugins/lora.wasm")).expect("the plugin");
    assert_eq!(inside["path"], "builtin:lora");
    assert_eq!(inside["name"], "lora");
    // What it computes is what the file computes.
    let path = root().join("plugins/lora.wasm");
    succeeded(&run(home, path.to_str().expect("text"), &["--out", "file"]));
    let of_file = card(&home.join("file"))["strategies"][0].clone();
    assert_eq!((&inside["blake3"], &inside["version"]), (&of_file["blake3"], &of_file["version"]));
    let weights = |run: &str| fs::read(home.join(run).join("adapter/adapter_model.safetensors")).expect("weights");
    assert_eq!(weights("lora"), weights("file"));

    let merge = host(home)
        .args([
            "merge",
            "lora",
            "file",
            "--composer",
            "ties",
            "--set",
            "density=0.5",
            "--as",
            "adapter",
            "--out",
            "both",
        ])
        .output();
    assert!(merge.expect("host runs").status.success());
    let text = fs::read_to_string(home.join("both/graftwork.json")).expect("an adapter");
    let both: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(both["strategies"][0]["path"], "builtin:ties");

    // A custom section changes nothing but the file.
    fs::write(home.join("lora.wasm"), [&*file, &[0, 2, 1, b'x']].concat()).expect("written");
    succeeded(&run(home, "lora.wasm", &["--out", "mine"]));
    let mine = card(&home.join("mine"))["strategies"][0].clone();
    assert_eq!(mine["path"], "lora.wasm");
    assert_ne!(mine["blake3"], inside["blake3"]);
    succeeded(&run(home, "builtin:lora", &["--out", "always"]));
    assert_eq!(card(&home.join("always"))["strategies"][0], inside);
}

#[test]
fn a_run_goes_on_with_the_plugin_inside_and_with_no_other() {
    let home = tempfile::tempdir().expect("a folder");
    let home = home.path();
    let file = fs::read(root().join("plugins/lora.wasm")).expect("the plugin");
    // Stopped after a checkpoint: all that says that it was finished is taken away.
    let unfinished = |out: &str, strategy: &str| {
        succeeded(&run(home, strategy, &["--out", out, "--checkpoint-every", "1"]));
        for part in ["checkpoints/step-2", "adapter"] {
            fs::remove_dir_all(home.join(out).join(part)).expect("removed");
        }
    };
    let resume = |out: &str| host(home).args(["resume", "--json", out]).output().expect("host runs");
    unfinished("named", "lora");
    // A file of the name has come up where it is resumed.
    fs::write(home.join("lora"), [&*file, &[0, 2, 1, b'x']].concat()).expect("written");
    assert_eq!(succeeded(&resume("named"))["steps"], 2);

    // Begun with another file than the one inside.
    unfinished("other", "./lora");
    let settings = home.join("other/run.toml");
    let text = fs::read_to_string(&settings).expect("settings");
    fs::write(&settings, text.replace("path = \"./lora\"", "path = \"builtin:lora\"")).expect("written");
    refused(&resume("other"), &["the plugin `lora` inside the program is another one", "--allow plugin"]);
    let allowed = host(home).args(["resume", "--json", "other", "--allow", "plugin"]).output().expect("host runs");
    assert_eq!(succeeded(&allowed)["steps"], 2);
}

#[test]
fn a_name_that_is_none_says_the_nearest_and_all() {
    let home = tempfile::tempdir().expect("a folder");
    let home = home.path();
    let nearest = ["there is no such file", "did you mean lora?", "ada-lora", "slerp"];
    refused(&run(home, "lroa", &[]), &nearest);
    refused(&run(home, "lroa.wasm", &[]), &nearest);
    refused(&run(home, "plugins/lora.wasm", &[]), &["plugins/lora.wasm", "there is no such file", "say `lora`"]);
    refused(&run(home, "plugins/mine.wasm", &[]), &["plugins/mine.wasm: cannot be read"]);
    assert!(!home.join("runs").exists());
    let inspect = host(home).args(["plugin", "inspect", "tise"]).output().expect("host runs");
    refused(&inspect, &["did you mean ties?"]);
}

#[test]
fn they_are_listed_inspected_and_exported() {
    let home = tempfile::tempdir().expect("a folder");
    let home = home.path();
    let list = succeeded(&host(home).args(["plugin", "list", "--json"]).output().expect("host runs"));
    let names: Vec<_> =
        list["plugins"].as_array().expect("a list").iter().map(|p| p["name"].as_str().expect("a name")).collect();
    assert!(names.contains(&"lora") && names.contains(&"ties"), "{names:?}");
    let text = host(home).args(["plugin", "list"]).output().expect("host runs").stdout;
    let text = String::from_utf8(text).expect("text");
    for name in &names {
        let lines = text.lines().filter(|line| line.split_whitespace().next() == Some(name) && line.starts_with("  "));
        assert_eq!(lines.count(), 1, "{name} in {text}");
    }
    let report = succeeded(&host(home).args(["plugin", "inspect", "ties", "--json"]).output().expect("host runs"));
    assert_eq!((&report["name"], &report["path"]), (&"ties".into(), &"builtin:ties".into()));

    let export = |more: &[&str]| {
        host(home).args(["plugin", "export", "ties", "--out", "a/b"]).args(more).output().expect("host runs")
    };
    assert!(export(&[]).status.success());
    let exported = fs::read(home.join("a/b/ties.wasm")).expect("exported");
    assert!(exported == fs::read(root().join("plugins/ties.wasm")).expect("the plugin"));
    refused(&export(&[]), &["a/b/ties.wasm", "exists"]);
    assert!(export(&["--overwrite"]).status.success());
    let none = host(home).args(["plugin", "export", "tiess"]).output().expect("host runs");
    refused(&none, &["did you mean ties?"]);
}
