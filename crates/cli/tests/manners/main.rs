//! The manners of `host`: what it says when something is wrong, how it ends, what it looks like, and how it is learnt.
#![allow(clippy::expect_used, clippy::panic, missing_docs, reason = "tests")]

mod codes;
mod doctor;
mod ends;
mod help;
mod json;
mod looks;

#[path = "../common/mod.rs"]
mod common;

use std::path::Path;
use std::process::{Command, Output};

use common::root;
use serde_json::Value;

/// Short text to train on.
const DATA: &str = "tests/golden/curve/austen-200.jsonl";
const LLAMA: &str = "tests/golden/curve/models/llama";

/// `host` in the workspace, alone, without the Hub, in a terminal that has colours.
fn host(home: &Path) -> Command {
    let mut command = common::host(home);
    command.env("HF_HOME", home.join("hub")).env("HF_HUB_OFFLINE", "1").env("TERM", "xterm-256color");
    command.env_remove("HF_TOKEN").env_remove("HF_ENDPOINT");
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
