//! Every plugin of `tests/hostile`, under the limits that users run with: each ends as its file says, in bounded time and
//! memory. A file is a test of its own, and its plugin runs in a process of its own, so that what it does to memory can
//! be told from what others do, and none takes the rest with it.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    missing_docs,
    unreachable_pub,
    dead_code,
    reason = "tests"
)]

mod common;
#[path = "../../../tests/hostile/plugin.rs"]
mod hostile;

use std::collections::HashSet;
use std::io::{Read, Seek};
use std::process::Command;
use std::sync::Arc;
use std::thread::sleep;
use std::time::{Duration, Instant};

use common::{manifest, surroundings};
use graftwork_plan::{Context, Decision, Graph, ParamId, Plan, Report, Source};
use graftwork_plugin_host::{Limits, Plugin, PluginError, PluginHost, Stats, Surroundings, Training};
use libtest_mimic::{Arguments, Failed, Trial};
use serde::{Deserialize, Serialize};
use serde_json::json;

/// Names the file in a process that is to run it.
const FILE: &str = "GRAFTWORK_HOSTILE_FILE";
/// What no plugin may know.
const SECRET: (&str, &str) = ("GRAFTWORK_HOSTILE_SECRET", "a word that only the environment has");
/// The most that a plugin may add to the memory of its process, and the time after which it should have ended, the
/// clock's limit on a call included, with much to spare for busy machines.
const MOST_BYTES: u64 = 256 << 20;
const MOST_TIME: Duration = Duration::from_secs(60);

/// How a plugin ended.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
enum End {
    /// The host ended it.
    Error(String),
    /// What it gave was refused.
    Refused(String),
    /// It gave something that is valid.
    Answer(String),
}

/// What a process says of its plugin.
#[derive(Serialize, Deserialize)]
struct Told {
    end: End,
    seconds: f64,
    bytes: u64,
}

fn main() {
    if let Some(file) = std::env::var_os(FILE) {
        let told = run(&file.to_string_lossy());
        return println!("{}", serde_json::to_string(&told).expect("JSON"));
    }
    let mut arguments = Arguments::from_args();
    // Most of the time goes by while a clock runs out.
    arguments.test_threads.get_or_insert(4);
    let mut names: Vec<String> = std::fs::read_dir(hostile::folder())
        .expect("the folder")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|e| e == "wat"))
        .map(|path| path.file_stem().expect("a name").to_string_lossy().into_owned())
        .collect();
    names.sort_unstable();
    assert!(names.len() >= 40, "there are {} plugins", names.len());
    let trial = |name: String| Trial::test(name.clone(), move || judge(&name));
    let listed = names.clone();
    let mut trials = vec![Trial::test("README", move || lists(&listed))];
    trials.extend(names.into_iter().map(trial));
    libtest_mimic::run(&arguments, trials).exit();
}

/// Whether the folder's README has a row for each plugin, as its file says it.
fn lists(names: &[String]) -> Result<(), Failed> {
    let readme = std::fs::read_to_string(hostile::folder().join("README.md"))?;
    let rows: HashSet<&str> = readme.lines().filter(|line| line.starts_with("| `")).collect();
    let wanted: HashSet<String> = names.iter().map(|name| row(name)).collect();
    let mut missing: Vec<&str> = wanted.iter().map(String::as_str).filter(|row| !rows.contains(row)).collect();
    missing.sort_unstable();
    let stale: Vec<&&str> = rows.iter().filter(|row| !wanted.contains(**row)).collect();
    if missing.is_empty() && stale.is_empty() {
        return Ok(());
    }
    Err(format!("README.md should have\n{}\nand not have {stale:#?}", missing.join("\n")).into())
}

/// What a file says of itself, as a row of a table.
fn row(name: &str) -> String {
    let text = std::fs::read_to_string(hostile::folder().join(format!("{name}.wat"))).expect("the file");
    let about = text.lines().next().and_then(|line| line.strip_prefix(";; ")).expect("what it is");
    let (mut call, mut ends) = (String::new(), Vec::new());
    for (key, value) in head(name) {
        match key.as_str() {
            "call" => call = value,
            "error" | "refused" | "answer" => ends.push(format!("{key}: {}", value.replace(" | ", " or "))),
            _ => {}
        }
    }
    format!("| `{name}` | {about} | `{call}` | {} |", ends.join("; "))
}

/// Runs a plugin in a process of its own, and compares how it ends with what its file says.
fn judge(name: &str) -> Result<(), Failed> {
    let told = in_a_process(name)?;
    let (text, kind) = match &told.end {
        End::Error(text) => (text, "error"),
        End::Refused(text) => (text, "refused"),
        End::Answer(text) => (text, "answer"),
    };
    let mut said = 0;
    for (key, value) in head(name) {
        if !["error", "refused", "answer"].contains(&key.as_str()) {
            continue;
        }
        said += 1;
        let found = value.split(" | ").any(|words| text.contains(words));
        if key != kind || !found {
            return Err(format!("it should end with {key}: {value}\nbut ends with {kind}: {text}").into());
        }
    }
    let problems = [
        (said == 0, "its file says nothing of its end"),
        (text.chars().any(disguises), "its end has characters that disguise text"),
        (kind != "answer" && text.len() > 16_000, "its end is too long to read"),
        (text.contains(SECRET.1), "it knows the environment"),
        (told.bytes > MOST_BYTES, "it takes too much memory"),
        (told.seconds > MOST_TIME.as_secs_f64(), "it takes too long"),
    ];
    if std::env::var_os("GRAFTWORK_HOSTILE_TABLE").is_some() {
        println!("{name:40} {:6.1} s {:6} MiB {kind}: {text:.250}", told.seconds, told.bytes >> 20);
    }
    match problems.into_iter().find(|(wrong, _)| *wrong) {
        Some((_, problem)) => {
            Err(format!("{problem} ({:.1} s, {} MiB): {kind}: {text}", told.seconds, told.bytes >> 20).into())
        }
        None => Ok(()),
    }
}

/// Characters that draw, or that change how others are read.
fn disguises(c: char) -> bool {
    (c.is_control() && c != '\n')
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}')
}

/// `;; KEY: VALUE`, of the comments that a file begins with.
fn head(name: &str) -> Vec<(String, String)> {
    let text = std::fs::read_to_string(hostile::folder().join(format!("{name}.wat"))).expect("the file");
    let lines = text.lines().map_while(|line| line.strip_prefix(";; "));
    lines.filter_map(|line| line.split_once(": ").map(|(k, v)| (k.to_owned(), v.to_owned()))).collect()
}

fn in_a_process(name: &str) -> Result<Told, Failed> {
    // Into files: a pipe that nobody reads would stop a process that has much to tell.
    let (mut told, mut complained) = (tempfile::tempfile()?, tempfile::tempfile()?);
    let mut process = Command::new(std::env::current_exe()?)
        .env(FILE, name)
        .env(SECRET.0, SECRET.1)
        .stdout(told.try_clone()?)
        .stderr(complained.try_clone()?)
        .spawn()?;
    let started = Instant::now();
    let status = loop {
        if let Some(status) = process.try_wait()? {
            break status;
        }
        if started.elapsed() > 2 * MOST_TIME {
            process.kill()?;
            process.wait()?;
            return Err("it does not end".into());
        }
        sleep(Duration::from_millis(5));
    };
    let (mut output, mut complaint) = (String::new(), String::new());
    told.rewind()?;
    told.read_to_string(&mut output)?;
    complained.rewind()?;
    complained.read_to_string(&mut complaint)?;
    serde_json::from_str(&output).map_err(|_| format!("its process ended with {status}: {complaint}").into())
}

fn run(name: &str) -> Told {
    let text = hostile::plugin(name);
    let (started, before) = (Instant::now(), peak_bytes());
    let end = ends(name, &text);
    let told = Told { seconds: started.elapsed().as_secs_f64(), bytes: peak_bytes() - before, end };
    // The same every time, in one host as in another.
    if let End::Answer(_) = told.end {
        assert_eq!(told.end, ends(name, &text));
    }
    told
}

/// The most memory that this process has held.
#[cfg(target_os = "linux")]
fn peak_bytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("what the system says of a process");
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("its peak");
    peak.trim().trim_end_matches(" kB").parse::<u64>().expect("a number") << 10
}

#[cfg(not(target_os = "linux"))]
fn peak_bytes() -> u64 {
    0
}

/// Loads the plugin and calls it twice; both must end alike where nothing stops it.
fn ends(name: &str, text: &str) -> End {
    let host = PluginHost::new(Limits::default()).expect("a host");
    let plugin = match host.load_bytes(&format!("{name}.wat"), text.as_bytes()) {
        Ok(plugin) => plugin,
        Err(error) => return End::Error(error.to_string()),
    };
    let calls = head(name);
    let call = calls.iter().find(|(key, _)| key == "call").expect("the call that it is about").1.as_str();
    let end = called(&plugin, call).unwrap_or_else(|error| End::Error(error.to_string()));
    if let End::Answer(_) = end {
        assert_eq!(called(&plugin, call).ok().as_ref(), Some(&end), "another answer at the second call");
    }
    end
}

/// Makes the call, and judges what the plugin gives as the host's users do.
fn called(plugin: &Arc<Plugin>, call: &str) -> Result<End, PluginError> {
    let around = Surroundings { stats: Arc::new(Numbers), training: Arc::new(Numbers), ..surroundings() };
    let settings = json!({});
    let refused = |problems: String| End::Refused(problems);
    Ok(match call {
        "load" => End::Answer(format!("{:?}", plugin.descriptor())),
        "plan" => match Plan::validate(&plugin.plan(&around, &settings)?, &manifest()) {
            Ok(plan) => End::Answer(format!("{plan:?}")),
            Err(problems) => refused(problems.to_string()),
        },
        "select" => End::Answer(format!("{:?}", plugin.select(&around, &settings)?)),
        "compose" => {
            let sources = [Source { name: "mine".into(), kind: "lora".into(), weight: 0.5 }];
            let raw = plugin.compose(&around, ParamId(1), &sources, &settings)?;
            match Graph::check(&raw, Context::Compose, &manifest().params[1].shape, &[], sources.len()) {
                Ok(graph) => End::Answer(graph.formula(&[])),
                Err(problems) => refused(format!("{problems:?}")),
            }
        }
        "start" => decided(&plugin.start(&around, &settings, 9)?),
        "step" => {
            let report = Report { step: 5, total_steps: 9, epoch: 0.5, loss: 2.0, eval_loss: None, grad_norm: 1.0 };
            decided(&plugin.step(&around, b"state", &report)?)
        }
        other => panic!("no call is called {other}"),
    })
}

/// What is said of a decision in a run that trains parameter 1.
fn decided(decision: &Decision) -> End {
    let raw = serde_json::from_value(json!({"trainable": [{"param": 1}]})).expect("a plan");
    let plan = Plan::validate(&raw, &manifest()).expect("a valid one");
    match decision.actions.iter().try_for_each(|action| action.check(&plan, &manifest())) {
        Ok(()) => End::Answer(format!("{decision:?} {}", String::from_utf8_lossy(&decision.state).escape_debug())),
        Err(why) => End::Refused(why),
    }
}

/// Answers every question.
struct Numbers;

impl Stats for Numbers {
    fn norm(&self, _: ParamId) -> Result<f64, String> {
        Ok(8.0)
    }

    fn singular_values(&self, _: ParamId, count: u32) -> Result<Vec<f64>, String> {
        Ok(vec![1.0; count as usize])
    }

    fn gradient_norm(&self, _: ParamId) -> Result<f64, String> {
        Ok(0.5)
    }
}

impl Training for Numbers {
    fn trained(&self) -> Vec<ParamId> {
        vec![ParamId(1)]
    }

    fn scores(&self, _: ParamId, _: &str) -> Result<Vec<f64>, String> {
        Ok(vec![0.25; 8])
    }
}
