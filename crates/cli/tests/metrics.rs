//! `--metrics-listen`: what a run tells Prometheus, and what nobody can do to the run through it.
#![cfg(target_os = "linux")]
#![cfg(feature = "prometheus")]
#![allow(clippy::expect_used, clippy::panic, missing_docs, reason = "tests")]

mod common;

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use common::{host, root};
use serde_json::Value;

/// A run on a small model that goes on until it is stopped.
fn run(home: &Path, listen: &str) -> Command {
    let mut command = host(home);
    command.args(["run", "--json", "--strategy", "plugins/lora.wasm", "--model", "tests/golden/curve/models/llama"]);
    command.args(["--data", "tests/golden/curve/austen-200.jsonl", "--max-length", "48", "--batch-size", "4"]);
    command.args(["--eval", "0.1", "--eval-every", "20", "--checkpoint-every", "20", "--keep-last", "1"]);
    command.args(["--steps", "1000000", "--metrics-listen", listen, "--out"]).arg(home.join("run"));
    command
}

struct Running {
    child: Child,
    lines: std::io::Lines<BufReader<ChildStdout>>,
    address: String,
}

impl Running {
    fn start(home: &Path) -> Self {
        let mut child = run(home, "127.0.0.1:0").stdout(Stdio::piped()).spawn().expect("host starts");
        let mut lines = BufReader::new(child.stdout.take().expect("piped")).lines();
        let first: Value = serde_json::from_str(&lines.next().expect("a line").expect("text")).expect("JSON");
        assert_eq!(first["event"], "metrics", "{first}");
        let url = first["url"].as_str().expect("a URL");
        let address =
            url.strip_prefix("http://").and_then(|url| url.strip_suffix("/metrics")).expect("its form").to_owned();
        Self { child, lines, address }
    }

    /// Reads on up to an event, and the step that it is of.
    fn until(&mut self, event: &str) -> u64 {
        let wanted = |line: String| {
            let line: Value = serde_json::from_str(&line).expect("JSON");
            (line["event"] == event).then(|| line["step"].as_u64().unwrap_or_default())
        };
        self.lines.by_ref().find_map(|line| wanted(line.expect("text"))).unwrap_or_else(|| panic!("no {event}"))
    }

    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(&self.address).expect("it listens");
        stream.set_read_timeout(Some(Duration::from_secs(20))).expect("set");
        stream
    }

    /// Sends something; the status and the body of the answer.
    fn ask(&self, request: &[u8]) -> (String, String) {
        let mut stream = self.connect();
        stream.write_all(request).expect("sent");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        let (head, body) = answer.split_once("\r\n\r\n").unwrap_or_else(|| panic!("an answer: {answer}"));
        assert!(head.contains(&format!("Content-Length: {}", body.len())), "{head}");
        (head.to_owned(), body.to_owned())
    }

    fn scrape(&self) -> BTreeMap<String, f64> {
        let (head, body) = self.ask(b"GET /metrics HTTP/1.1\r\nHost: x\r\nAccept: */*\r\n\r\n");
        assert!(head.starts_with("HTTP/1.1 200 OK\r\nContent-Type: text/plain; version=0.0.4"), "{head}");
        parsed(&body)
    }

    fn stop(mut self) {
        let sent = Command::new("kill").args(["-INT", &self.child.id().to_string()]).status();
        assert!(sent.expect("kill runs").success());
        self.lines.by_ref().for_each(drop);
        assert_eq!(self.child.wait().expect("it ends").code(), Some(130));
    }
}

/// Reads the text format, strictly: each family has one HELP, then one TYPE, then its samples, and no name comes twice.
fn parsed(page: &str) -> BTreeMap<String, f64> {
    let is_name = |name: &str| {
        !name.is_empty() && name.chars().all(|c| c.is_ascii_lowercase() || c == '_') && !name.starts_with('_')
    };
    assert!(page.ends_with('\n'), "{page}");
    let (mut lines, mut samples) = (page.lines(), BTreeMap::new());
    while let Some(help) = lines.next() {
        let (name, help) = help.strip_prefix("# HELP ").and_then(|rest| rest.split_once(' ')).expect("a HELP line");
        assert!(is_name(name) && !help.is_empty(), "{name}: {help}");
        let kind = lines.next().and_then(|line| line.strip_prefix("# TYPE ")?.strip_prefix(name)).expect("a TYPE line");
        match kind {
            " counter" => assert!(name.ends_with("_total"), "{name}"),
            " gauge" => assert!(!name.ends_with("_total"), "{name}"),
            other => panic!("{name} is of type{other}"),
        }
        let sample = lines.next().and_then(|line| line.strip_prefix(name)).expect("a sample");
        let (labels, value) = sample.rsplit_once(' ').expect("a value");
        assert!(labels.is_empty() || labels.starts_with('{') && labels.ends_with('}'), "{labels}");
        let value = value.parse().unwrap_or_else(|_| panic!("{name} is {value}"));
        assert!(samples.insert(format!("{name}{labels}"), value).is_none(), "{name} comes once");
    }
    samples
}

#[test]
fn what_prometheus_reads_is_what_the_run_has_recorded() {
    let home = tempfile::tempdir().expect("a folder");
    let mut run = Running::start(home.path());
    // Before anything is measured there is nothing wrong to read.
    assert_eq!(run.scrape().get("graftwork_finished"), Some(&0.0));
    run.until("checkpoint");
    run.until("step");
    let seen = run.scrape();
    run.stop();

    let metrics = std::fs::read_to_string(home.path().join("run/metrics.jsonl")).expect("metrics");
    let metrics: Vec<Value> = metrics.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let step = seen["graftwork_step"];
    let of = |event: &str| metrics.iter().filter(|line| line["event"] == event).collect::<Vec<_>>();
    let steps = of("step");
    let update = steps.iter().find(|line| line["step"].as_f64() == Some(step)).expect("the update is recorded");
    for (name, key) in [
        ("graftwork_loss", "loss"),
        ("graftwork_learning_rate", "learning_rate"),
        ("graftwork_grad_norm", "grad_norm"),
        ("graftwork_epoch", "epoch"),
        ("graftwork_planned_steps", "total_steps"),
        ("graftwork_tokens_per_second", "tokens_per_second"),
    ] {
        assert_eq!(Some(seen[name]), update[key].as_f64(), "{name}");
    }
    assert_eq!(seen["graftwork_steps_total"], step);
    let before = |line: &&&Value| line["step"].as_f64() <= Some(step);
    let tokens: f64 = steps.iter().filter(before).filter_map(|line| line["tokens"].as_f64()).sum();
    assert_eq!(seen["graftwork_tokens_total"], tokens);
    // The evaluation after this very update may come after the scrape.
    let evaluations = of("evaluation");
    let evaluations = evaluations.iter().filter(before).filter_map(|line| line["loss"].as_f64());
    assert!(evaluations.rev().take(2).any(|loss| loss == seen["graftwork_eval_loss"]));
    assert!(seen["graftwork_checkpoint_step"] >= 20.0 && seen["graftwork_checkpoint_step"] <= step);
    let age = seen["graftwork_last_step_age_seconds"];
    assert!((0.0..60.0).contains(&age), "{age}");
    for name in ["process_resident_memory_bytes", "graftwork_peak_memory_bytes", "graftwork_estimated_memory_bytes"] {
        assert!(seen[name] > 1e7, "{name}");
    }
    let labels = format!(
        "graftwork_run_info{{run=\"{}\",strategy=\"lora\",model=\"{}\"}}",
        home.path().join("run").display(),
        root().join("tests/golden/curve/models/llama").display()
    );
    assert_eq!(seen.get(&labels), Some(&1.0), "{seen:?}");
    assert_eq!(seen["graftwork_finished"], 0.0);
}

#[test]
fn whoever_asks_wrongly_or_never_holds_up_nobody() {
    let home = tempfile::tempdir().expect("a folder");
    let mut run = Running::start(home.path());
    run.until("step");
    for (request, status) in [
        ("GET / HTTP/1.1\r\n\r\n".to_owned(), "404"),
        ("GET /metrics/ HTTP/1.1\r\n\r\n".to_owned(), "404"),
        ("POST /metrics HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}".to_owned(), "405"),
        ("HEAD /metrics HTTP/1.1\r\n\r\n".to_owned(), "405"),
        ("\u{1}\u{2}\r\n\r\n".to_owned(), "400"),
        (format!("GET /metrics HTTP/1.1\r\n{}", "a: b\r\n".repeat(100)), "431"),
        // To the last byte that it reads: what comes after would be lost with the connection.
        (format!("GET /{} ", "a".repeat((8 << 10) - 6)), "431"),
    ] {
        let (head, _) = run.ask(request.as_bytes());
        assert!(head.starts_with(&format!("HTTP/1.1 {status} ")), "{status}: {head}");
    }
    assert!(run.ask(b"PUT /metrics HTTP/1.1\r\n\r\n").0.contains("Allow: GET"));

    // More than it answers at once, none of which says anything, and one that says too little too slowly.
    let silent: Vec<TcpStream> = (0..12).map(|_| run.connect()).collect();
    let mut slow = run.connect();
    slow.write_all(b"GET /met").expect("sent");
    let (before, start) = (run.until("step"), Instant::now());
    while run.until("step") < before + 20 {}
    assert!(start.elapsed() < Duration::from_secs(20), "training goes on: {:?}", start.elapsed());
    assert!(run.scrape().contains_key("graftwork_loss"), "and whoever asks has an answer once they are given up");
    let mut nothing = Vec::new();
    for mut stream in silent {
        // Closed, with a reset or without.
        let _ = stream.read_to_end(&mut nothing);
    }
    assert!(nothing.is_empty());
    run.stop();
}

#[test]
fn an_address_that_cannot_be_had_ends_it_before_it_begins() {
    let home = tempfile::tempdir().expect("a folder");
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    for address in [taken.local_addr().expect("an address").to_string(), "127.0.0.1".to_owned(), "nowhere".to_owned()] {
        let output = run(home.path(), &address).output().expect("host runs");
        let said = String::from_utf8_lossy(&output.stdout);
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert_eq!(said.lines().count(), 1, "{said}");
        assert!(said.contains(&format!("cannot listen at `{address}`")) && said.contains("127.0.0.1:9464"), "{said}");
        assert!(!home.path().join("run").exists());
    }
}
