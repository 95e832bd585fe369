//! Runs that are killed or stopped at random moments: what they leave is whole, and they end as if nothing had happened.
//!
//! `GRAFTWORK_KILLS` and `GRAFTWORK_SIGNALS` say how often, `GRAFTWORK_SEED` at which moments.
#![cfg(unix)]
#![allow(clippy::print_stdout, clippy::expect_used, clippy::panic, missing_docs, reason = "tests")]

mod common;

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use common::host;
use fastrand::Rng;
use graftwork_store::CheckpointDir;
use serde_json::Value;
use tempfile::TempDir;

/// A number of times, from the environment or as many as belong into a short test.
fn times(name: &str, default: usize) -> usize {
    std::env::var(name).map_or(default, |text| text.parse().expect("a number"))
}

/// In memory where there is such a place: what a process that is killed has written stays, synced or not.
fn folder() -> TempDir {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() { TempDir::new_in(memory) } else { TempDir::new() }.expect("a folder")
}

/// A run with dropout, accumulation, packed rows, two epochs, a controller that keeps a state and folds adapters into the base; a
/// checkpoint after every update, of which few are kept.
struct Work {
    home: TempDir,
    /// How long it takes undisturbed.
    takes: Duration,
    /// What it leaves undisturbed.
    expected: Left,
}

/// What a finished run has left, without what a clock says.
#[derive(Debug, PartialEq)]
struct Left {
    names: Vec<String>,
    result: Vec<u8>,
    metrics: Vec<Value>,
    summary: Value,
}

const CONFIGURATION: &str = r#"
model = "tests/golden/curve/models/llama"
[[strategy]]
path = "plugins/lora.wasm"
config = { rank = 4, dropout = 0.1 }
[[strategy]]
path = "plugins/relora.wasm"
config = { interval = 4, rewarm = 2 }
[data]
files = ["tests/golden/curve/austen-200.jsonl"]
max_length = 96
packing = true
eval = 0.1
[train]
epochs = 2.0
batch_size = 6
gradient_accumulation = 2
learning_rate = 0.01
eval_every = 3
checkpoint_every = 1
keep_last = 2
keep_best = 1
result = "best"
"#;

impl Work {
    fn new() -> Self {
        let home = folder();
        std::fs::write(home.path().join("run.toml"), CONFIGURATION).expect("written");
        let left = Left { names: Vec::new(), result: Vec::new(), metrics: Vec::new(), summary: Value::Null };
        let mut work = Self { home, takes: Duration::ZERO, expected: left };
        // The first compiles the plugins, the second is what one takes.
        for name in ["first", "undisturbed"] {
            let out = work.out(name);
            let start = Instant::now();
            let output = work.start(&out).wait_with_output().expect("host runs");
            assert!(output.status.success(), "{}", said(&output));
            (work.takes, work.expected) = (start.elapsed(), left_in(&out));
        }
        assert_eq!(left_in(&work.out("first")), work.expected, "two runs are the same");
        assert!(work.expected.metrics.len() > 20, "it is long enough to be disturbed");
        work
    }

    fn out(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    /// Begins the run, or goes on with it where it has begun.
    fn start(&self, out: &Path) -> Child {
        let mut command = host(self.home.path());
        if out.join("run.toml").exists() {
            command.arg("resume").arg(out);
        } else {
            command.args(["run", "--config"]).arg(self.home.path().join("run.toml")).arg("--out").arg(out);
        }
        command.arg("--json").stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("host starts")
    }

    /// Lets `disturb` have a process after a random while; gives its end, and the last that it had said before.
    fn disturbed(&self, out: &Path, random: &mut Rng, disturb: impl FnOnce(&mut Child)) -> (Output, String) {
        // A run that goes on has less before it; about half of its time is not training.
        let step = CheckpointDir::latest(out).ok().flatten().map_or(0, |(step, _)| step) as f64;
        let done = step / self.expected.summary["steps"].as_f64().expect("a number");
        let wait = self.takes.mul_f64(random.f64() * (1.0 - 0.5 * done));
        let mut child = self.start(out);
        let (told, lines) = (Arc::new(Mutex::new(Vec::new())), BufReader::new(child.stdout.take().expect("piped")));
        let teller = Arc::clone(&told);
        let reader = std::thread::spawn(move || {
            lines.lines().map_while(Result::ok).for_each(|line| teller.lock().expect("no panic").push(line));
        });
        std::thread::sleep(wait);
        let before = told.lock().expect("no panic").last().map_or_else(|| "starting".to_owned(), |line| event(line));
        disturb(&mut child);
        let mut output = child.wait_with_output().expect("it ends");
        reader.join().expect("it read to the end");
        output.stdout = told.lock().expect("no panic").join("\n").into_bytes();
        (output, before)
    }

    /// Lets the run go on to its end, and compares what it leaves.
    fn ends_as_expected(&self, out: &Path, context: &str) {
        let output = self.start(out).wait_with_output().expect("host runs");
        assert!(output.status.success(), "{context}: {}", said(&output));
        let left = left_in(out);
        assert_eq!(left.names, self.expected.names, "{context}: nothing is left over");
        assert_eq!(left.metrics, self.expected.metrics, "{context}");
        assert!(left.result == self.expected.result, "{context}: the result, to the last bit");
        assert_eq!(left.summary, self.expected.summary, "{context}");
    }
}

fn left_in(out: &Path) -> Left {
    let text = |name: &str| std::fs::read_to_string(out.join(name)).expect("the file is there");
    let summary = timeless(serde_json::from_str(&text("summary.json")).expect("JSON"));
    let metrics =
        text("metrics.jsonl").lines().map(|line| timeless(serde_json::from_str(line).expect("JSON"))).collect();
    let result = std::fs::read(out.join("model/model.safetensors")).expect("a model");
    let mut names = Vec::new();
    for folder in [out.to_owned(), out.join("checkpoints")] {
        let entries = std::fs::read_dir(folder).expect("a folder");
        names.extend(entries.map(|entry| undated(&entry.expect("an entry").file_name().to_string_lossy())));
    }
    names.sort();
    Left { names, result, metrics, summary }
}

/// The name of a file, without the time that TensorBoard's has in it.
fn undated(name: &str) -> String {
    let prefix = "events.out.tfevents";
    if name.starts_with(prefix) { prefix } else { name }.to_owned()
}

/// Without what depends on the clock, the place and the process.
fn timeless(mut value: Value) -> Value {
    if let Some(object) = value.as_object_mut() {
        for key in ["seconds", "tokens_per_second", "peak_memory_bytes", "out", "result"] {
            object.remove(key);
        }
    }
    value
}

/// Every checkpoint that is there is whole.
fn checkpoints_are_whole(out: &Path, context: &str) -> usize {
    let list = CheckpointDir::list(out).expect("a list");
    for (_, path) in &list {
        if let Err(error) = CheckpointDir::read(path) {
            panic!("{context}: {error}");
        }
    }
    list.len()
}

#[test]
fn killed_at_any_moment_a_run_ends_as_if_it_had_not_been() {
    let work = Work::new();
    let (all, seed) = (times("GRAFTWORK_KILLS", 200), times("GRAFTWORK_SEED", 1) as u64);
    let mut random = Rng::with_seed(seed);
    let (mut kills, mut runs, mut with_checkpoint, mut moments) = (0, 0, 0, BTreeMap::<String, usize>::new());
    while kills < all {
        let out = work.out(&format!("killed-{runs}"));
        for _ in 0..random.usize(1..9) {
            let context = format!("seed {seed}, run {runs}, kill {kills}");
            let (output, before) = work.disturbed(&out, &mut random, |child| {
                // Where it has ended already, there is nothing to kill.
                let _ = child.kill();
            });
            if output.status.signal() != Some(9) {
                assert!(output.status.success(), "{context}: {}", said(&output));
                break;
            }
            kills += 1;
            *moments.entry(before).or_default() += 1;
            if out.exists() {
                with_checkpoint += usize::from(checkpoints_are_whole(&out, &context) > 0);
            }
        }
        work.ends_as_expected(&out, &format!("seed {seed}, run {runs}, after {kills} kills"));
        std::fs::remove_dir_all(&out).expect("removed");
        runs += 1;
    }
    println!("{kills} kills of {runs} runs, {with_checkpoint} with a checkpoint there; after {moments:?}");
    assert!(with_checkpoint * 2 > kills, "most kills come after a checkpoint: {with_checkpoint} of {kills}");
}

/// All that a process wrote.
fn said(output: &Output) -> String {
    String::from_utf8_lossy(&[output.stdout.as_slice(), &output.stderr].concat()).into_owned()
}

/// What a line says that the process is doing.
fn event(line: &str) -> String {
    let event: Value = serde_json::from_str(line).expect("JSON");
    event.get("what").or(event.get("event")).and_then(Value::as_str).unwrap_or("finished").to_owned()
}

/// The exit code, as a shell tells it.
fn code(status: ExitStatus) -> i32 {
    status.code().unwrap_or_else(|| 128 + status.signal().unwrap_or_default())
}

fn send(signal: &str, child: &Child) {
    let sent = Command::new("kill").args([signal, &child.id().to_string()]).stderr(Stdio::null()).status();
    // Where it has ended already, there is nobody to tell.
    let _ = sent.expect("kill runs");
}

#[test]
fn a_signal_at_any_moment_leaves_a_checkpoint_or_nothing() {
    let work = Work::new();
    let (all, seed) = (times("GRAFTWORK_SIGNALS", 60), times("GRAFTWORK_SEED", 1) as u64);
    let mut random = Rng::with_seed(seed);
    let (mut signals, mut moments) = (0, BTreeMap::<String, usize>::new());
    for run in 0.. {
        if signals >= all {
            break;
        }
        let out = work.out(&format!("stopped-{run}"));
        for _ in 0..random.usize(1..5) {
            let (name, expected) = [("-INT", 130), ("-TERM", 143), ("-HUP", 129)][random.usize(..3)];
            let context = format!("seed {seed}, run {run}, {name}");
            let (output, before) = work.disturbed(&out, &mut random, |child| send(name, child));
            let said = format!("{context}: {}", said(&output));
            match code(output.status) {
                // It came too late, and the run is finished.
                0 => {
                    assert!(out.join("summary.json").exists() && out.join("model").exists(), "{said}");
                    break;
                }
                other => {
                    assert_eq!(other, expected, "{said}");
                    signals += 1;
                    *moments.entry(before).or_default() += 1;
                }
            }
            let begun = out.join("run.toml").exists();
            // A process that was stopped while it listened has saved where it was; before that it has begun nothing.
            let count = if out.exists() { checkpoints_are_whole(&out, &context) } else { 0 };
            assert!(count > 0 || !begun || output.status.signal().is_some(), "{said}");
        }
        work.ends_as_expected(&out, &format!("seed {seed}, run {run}"));
        std::fs::remove_dir_all(&out).expect("removed");
    }
    println!("{signals} signals; after {moments:?}");
}

#[test]
fn a_second_signal_ends_it_at_once() {
    let home = folder();
    let out = home.path().join("twice");
    let mut command = host(home.path());
    command.args(["run", "--json", "--model", "examples/default/model", "--data", "examples/default/austen.txt"]);
    command.args(["--format", "text", "--strategy", "plugins/lora.wasm", "--eval", "0", "--checkpoint-every", "1"]);
    // Many passes: an update that no machine ends in the time that this takes.
    command.args(["--steps", "2", "--max-length", "128", "--batch-size", "8", "--gradient-accumulation", "400"]);
    let mut child = command.arg("--out").arg(&out).stdout(Stdio::piped()).spawn().expect("host starts");
    let lines = BufReader::new(child.stdout.take().expect("piped")).lines();
    let mut lines = lines.map(|line| event(&line.expect("a line")));
    assert!(lines.any(|event| event == "loading the model"), "it comes to its first update");
    std::thread::sleep(Duration::from_secs(1));
    send("-INT", &child);
    std::thread::sleep(Duration::from_millis(300));
    assert!(child.try_wait().expect("it can be asked").is_none(), "the first has it end its update");
    send("-TERM", &child);
    let start = Instant::now();
    assert_eq!(code(child.wait().expect("it ends")), 143);
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
    assert!(!out.join("summary.json").exists() && CheckpointDir::latest(&out).expect("a list").is_none());
}
