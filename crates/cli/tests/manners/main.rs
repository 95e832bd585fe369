//! The manners of `host`: what it says when something is wrong, how it ends, what it looks like, and how it is learnt.
#![allow(clippy::expect_used, clippy::panic, missing_docs, reason = "tests")]

mod codes;
mod doctor;
mod ends;
mod help;
mod json;
mod looks;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

/// Short text to train on.
const DATA: &str = "tests/golden/curve/austen-200.jsonl";
const LLAMA: &str = "tests/golden/curve/models/llama";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().expect("the workspace is there")
}

/// `host` in the workspace, with caches of its own, without the Hub, and with nothing said of colours.
fn host(home: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_host"));
    command.current_dir(root()).env("XDG_CACHE_HOME", home.join("cache")).env("HF_HOME", home.join("hub"));
    command.env("HF_HUB_OFFLINE", "1").env("TERM", "xterm-256color");
    for variable in ["RUST_LOG", "NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "HF_TOKEN", "HF_ENDPOINT", "CI"] {
        command.env_remove(variable);
    }
    command
}

fn ended(command: &mut Command) -> Output {
    command.output().expect("host runs")
}

fn out(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn err(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Every line of the output, each of which is JSON.
fn lines(output: &Output) -> Vec<Value> {
    let text = out(output);
    let line = |line: &str| serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {line}; {}", err(output)));
    text.lines().map(line).collect()
}

/// Flags of a short run.
fn short(out: &Path) -> Vec<String> {
    let fixed = ["run", "--strategy", "plugins/lora.wasm", "--set", "rank=2", "--model", LLAMA, "--data", DATA];
    let more = ["--max-length", "48", "--batch-size", "4", "--steps", "3", "--out"];
    let all = fixed.into_iter().chain(more).map(str::to_owned);
    all.chain([out.display().to_string()]).collect()
}
