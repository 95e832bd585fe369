//! What goes on around a run: a second process, a disk that cannot be written, files that vanish, a terminal that closes.
#![cfg(target_os = "linux")]
#![allow(clippy::expect_used, clippy::panic, missing_docs, reason = "tests")]

mod common;

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use common::{alone, host, root, terminal};
use graftwork_store::CheckpointDir;

/// Arguments of a run of so many steps on a small model.
fn run(home: &Path, out: &Path, steps: &str) -> Vec<String> {
    let data = home.join("data.jsonl");
    std::fs::copy(root().join("tests/golden/curve/austen-200.jsonl"), &data).expect("copied");
    let fixed = ["run", "--strategy", "plugins/lora.wasm", "--model", "tests/golden/curve/models/llama", "--json"];
    let mut arguments: Vec<String> = fixed.map(str::to_owned).into();
    arguments.extend(["--max-length", "48", "--batch-size", "4", "--steps", steps].map(str::to_owned));
    arguments.extend(["--data".to_owned(), data.display().to_string(), "--out".to_owned(), out.display().to_string()]);
    arguments
}

/// Reads what a process says up to an event.
fn until(lines: &mut impl Iterator<Item = std::io::Result<String>>, event: &str) {
    let wanted = format!("\"event\":\"{event}\"");
    assert!(lines.any(|line| line.expect("text").contains(&wanted)), "it tells {event}");
}

fn begun(command: &mut Command) -> (Child, std::io::Lines<BufReader<std::process::ChildStdout>>) {
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("host starts");
    let lines = BufReader::new(child.stdout.take().expect("piped")).lines();
    (child, lines)
}

fn signal(name: &str, child: &Child) {
    let sent = Command::new("kill").args([name, &child.id().to_string()]).status();
    assert!(sent.expect("kill runs").success());
}

/// It failed with one line that has these parts.
fn refused(output: &Output, parts: &[&str]) {
    let said = String::from_utf8_lossy(&[output.stdout.as_slice(), &output.stderr].concat()).into_owned();
    assert_eq!(output.status.code(), Some(1), "{said}");
    for part in parts {
        assert!(said.contains(part), "`{part}` is not in: {said}");
    }
    assert!(!said.contains("panicked"), "{said}");
}

#[test]
fn a_second_process_is_kept_out_and_the_first_notices_nothing() {
    let home = tempfile::tempdir().expect("a folder");
    let out = home.path().join("run");
    let (mut first, mut lines) = begun(host(home.path()).args(run(home.path(), &out, "100000")));
    until(&mut lines, "step");
    let holder = format!("in use by process {}", first.id());
    let resume = host(home.path()).arg("resume").arg(&out).output().expect("host runs");
    refused(&resume, &[&holder, "run"]);
    let over = host(home.path()).args(run(home.path(), &out, "3")).arg("--overwrite").output().expect("host runs");
    refused(&over, &[&holder]);
    until(&mut lines, "step");
    signal("-INT", &first);
    lines.for_each(drop);
    assert_eq!(first.wait().expect("it ends").code(), Some(130));
    let (_, checkpoint) = CheckpointDir::latest(&out).expect("a list").expect("a checkpoint");
    CheckpointDir::read(&checkpoint).expect("whole");
}

#[test]
fn a_number_that_none_follows_is_told() {
    let home = tempfile::tempdir().expect("a folder");
    std::fs::create_dir_all(home.path().join(format!("runs/lora-{}", u64::MAX))).expect("a folder");
    let mut arguments = run(home.path(), Path::new("unused"), "2");
    arguments.truncate(arguments.len() - 2);
    let absolute =
        |text: String| if root().join(&text).exists() { root().join(&text).display().to_string() } else { text };
    let arguments = arguments.into_iter().map(absolute);
    let output = host(home.path()).current_dir(home.path()).args(arguments).output().expect("host runs");
    refused(&output, &["runs/lora-18446744073709551615", "name a folder"]);
}

#[test]
fn two_runs_without_a_name_get_folders_of_their_own() {
    let home = tempfile::tempdir().expect("a folder");
    let start = || {
        let mut arguments = run(home.path(), Path::new("unused"), "2");
        arguments.truncate(arguments.len() - 2);
        let absolute =
            |text: String| if root().join(&text).exists() { root().join(&text).display().to_string() } else { text };
        let arguments = arguments.into_iter().map(absolute);
        host(home.path()).current_dir(home.path()).args(arguments).stdout(Stdio::null()).spawn().expect("host starts")
    };
    for child in &mut [start(), start(), start()] {
        assert!(child.wait().expect("it ends").success());
    }
    for number in 1..=3 {
        assert!(home.path().join(format!("runs/lora-{number}/adapter/adapter_config.json")).exists(), "{number}");
    }
}

#[test]
fn a_place_that_cannot_be_written_is_named_before_anything_is_trained() {
    let home = tempfile::tempdir().expect("a folder");
    let output = host(home.path()).args(run(home.path(), Path::new("/proc/graftwork/run"), "3")).output();
    let output = output.expect("host runs");
    refused(&output, &["cannot create /proc/graftwork/run"]);
    assert!(!String::from_utf8_lossy(&output.stdout).contains("\"event\":\"step\""));
    let file = home.path().join("file");
    std::fs::write(&file, "").expect("written");
    let output = host(home.path()).args(run(home.path(), &file.join("run"), "3")).output().expect("host runs");
    refused(&output, &["cannot create", "file/run"]);
}

#[test]
fn data_that_vanishes_is_not_missed_until_the_run_is_gone_on_with() {
    let home = tempfile::tempdir().expect("a folder");
    let out = home.path().join("run");
    let (mut child, mut lines) = begun(host(home.path()).args(run(home.path(), &out, "100000")));
    until(&mut lines, "data");
    let data = home.path().join("data.jsonl");
    let text = std::fs::read(&data).expect("data");
    std::fs::remove_file(&data).expect("removed");
    until(&mut lines, "step");
    signal("-TERM", &child);
    lines.for_each(drop);
    assert_eq!(child.wait().expect("it ends").code(), Some(143));

    let resume = || {
        let mut command = host(home.path());
        command.arg("resume").arg(&out);
        command
    };
    refused(&resume().output().expect("host runs"), &["data.jsonl"]);
    std::fs::write(&data, text).expect("put back");
    let (mut child, mut lines) = begun(resume().arg("--json"));
    until(&mut lines, "step");
    signal("-TERM", &child);
    lines.for_each(drop);
    assert_eq!(child.wait().expect("it ends").code(), Some(143));
}

#[test]
fn output_that_nobody_reads_ends_no_run() {
    let home = tempfile::tempdir().expect("a folder");
    let out = home.path().join("run");
    let (mut child, mut lines) = begun(host(home.path()).args(run(home.path(), &out, "30")).arg("-vv"));
    until(&mut lines, "step");
    drop((lines, child.stderr.take()));
    assert!(child.wait().expect("it ends").success());
    assert!(out.join("adapter/adapter_config.json").exists());
}

/// A terminal that the program runs in, as the controlling one of a session of its own.
#[test]
fn a_terminal_that_closes_leaves_a_checkpoint() {
    let home = tempfile::tempdir().expect("a folder");
    for text in [true, false] {
        let out = home.path().join(format!("run-{text}"));
        let (mut shown, open) = terminal();
        let mut arguments = run(home.path(), &out, "100000");
        arguments.retain(|argument| !text || argument != "--json");
        // Whoever starts the tests may ignore the signal, as `nohup` does, and the program would too.
        let mut child = Command::new("env");
        child.args(["--default-signal=HUP", "setsid", "--ctty", "--wait", env!("CARGO_BIN_EXE_host")]).args(arguments);
        child.args(["-v", "--checkpoint-every", "5"]);
        alone(&mut child, home.path()).current_dir(root());
        let mut child = child.stdin(open()).stdout(open()).stderr(open()).spawn().expect("setsid starts");
        // Read until it trains, as a terminal does, then close it.
        let (mut all, mut block) = (String::new(), [0; 4096]);
        while !all.contains("checkpoints/step-5") {
            let count = shown.read(&mut block).expect("it shows something");
            all.push_str(&String::from_utf8_lossy(&block[..count]));
        }
        drop(shown);
        let code = child.wait().expect("it ends").code();
        assert_eq!(code, Some(129), "SIGHUP, as a shell tells it; {all}");
        let (step, checkpoint) = CheckpointDir::latest(&out).expect("a list").expect("a checkpoint");
        CheckpointDir::read(&checkpoint).expect("whole");
        let summary = std::fs::read_to_string(out.join("summary.json")).expect("a report");
        assert!(step >= 5 && summary.contains("\"finished\": false"), "{summary}");
    }
}
