//! The service as its clients see it.
#![allow(clippy::expect_used, clippy::panic, missing_docs, reason = "tests")]

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};
use tempfile::TempDir;

/// A service that ends with the test.
struct Service {
    process: Child,
    address: String,
    agent: ureq::Agent,
    folder: TempDir,
}

impl Service {
    fn start() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let mut command = Command::new(env!("CARGO_BIN_EXE_graftwork-web-service"));
        command.arg("127.0.0.1:0").arg(folder.path().join("runs")).env("XDG_CACHE_HOME", folder.path());
        let mut process = command.stdout(Stdio::piped()).spawn().expect("it starts");
        let mut line = String::new();
        BufReader::new(process.stdout.as_mut().expect("piped")).read_line(&mut line).expect("its address");
        let address = line.trim().strip_prefix("listening on ").expect("its address").to_owned();
        let agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
        Self { process, address, agent, folder }
    }

    /// Status and lines of an answer.
    fn post(&self, path: &str, body: &str) -> (u16, Vec<Value>) {
        let response = self.agent.post(format!("{}{path}", self.address)).send(body).expect("an answer");
        let status = response.status().as_u16();
        let lines = BufReader::new(response.into_body().into_reader()).lines();
        (status, lines.map(|line| serde_json::from_str(&line.expect("text")).expect("JSON")).collect())
    }

    fn text(&self, body: &Value) -> String {
        let (status, lines) = self.post("/generate", &body.to_string());
        assert_eq!(status, 200, "{lines:?}");
        let (last, pieces) = lines.split_last().expect("lines");
        assert_eq!(last["done"], true, "{last}");
        assert!(pieces.len() > 1, "it comes in pieces: {pieces:?}");
        pieces.iter().map(|piece| piece["text"].as_str().expect("text")).collect()
    }

    fn adapters(&self) -> Value {
        let mut response = self.agent.get(format!("{}/adapters", self.address)).call().expect("an answer");
        serde_json::from_str(&response.body_mut().read_to_string().expect("text")).expect("JSON")
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        self.process.kill().ok();
        self.process.wait().ok();
    }
}

fn order(name: &str, steps: u64) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../data/novel-held-out.jsonl");
    let records = std::fs::read_to_string(path).expect("data");
    let records: Vec<Value> = records.lines().map(|line| serde_json::from_str(line).expect("a record")).collect();
    json!({ "name": name, "records": records, "steps": steps, "learning_rate": 5e-3 }).to_string()
}

#[test]
fn what_a_request_trains_the_next_one_uses() {
    let service = Service::start();
    assert_eq!(service.adapters(), json!({ "adapters": [] }));
    let prompt = json!({ "prompt": "Elizabeth was surprised to find", "max_tokens": 12 });
    let before = service.text(&prompt);
    assert_eq!(service.text(&prompt), before);

    let (status, events) = service.post("/train", &order("austen", 4));
    assert_eq!(status, 200, "{events:?}");
    let steps: Vec<u64> = events.iter().filter(|e| e["event"] == "step").filter_map(|e| e["step"].as_u64()).collect();
    assert_eq!(steps, [1, 2, 3, 4]);
    let last = events.last().expect("events");
    assert_eq!((&last["event"], &last["adapter"]), (&json!("ready"), &json!("austen")));
    assert!(last["eval_loss"]["last"].as_f64() < last["eval_loss"]["first"].as_f64(), "{last}");
    assert!(service.folder.path().join("runs/austen/adapter/adapter_config.json").exists());

    assert_eq!(service.adapters(), json!({ "adapters": ["austen"] }));
    assert_eq!(service.text(&prompt), before, "the base is what it was");
    let mut with = prompt;
    with["adapter"] = json!("austen");
    assert_ne!(service.text(&with), before);
}

#[test]
fn what_cannot_be_done_is_said() {
    let service = Service::start();
    let nowhere = order("../up", 1);
    for (path, body, status, part) in [
        ("/generate", "{", 400, "EOF"),
        ("/generate", r#"{"prompt": "a", "promt": 1}"#, 400, "promt"),
        ("/generate", r#"{"prompt": "a", "adapter": "none"}"#, 404, "no adapter is called `none`"),
        ("/train", nowhere.as_str(), 400, "name"),
        ("/elsewhere", "{}", 404, "POST /generate"),
    ] {
        let (got, lines) = service.post(path, body);
        assert_eq!(got, status, "{path} {body}: {lines:?}");
        let said = lines[0]["error"].as_str().expect("an error");
        assert!(said.contains(part), "{part}: {said}");
    }
    let (status, events) = service.post("/train", r#"{"name": "empty", "records": [], "steps": 1}"#);
    assert_eq!((status, &events.last().expect("events")["event"]), (200, &json!("failed")), "{events:?}");
    let (_, lines) = service.post("/generate", r#"{"prompt": ""}"#);
    assert!(lines[0]["error"].as_str().is_some_and(|said| said.contains("prompt")), "{lines:?}");
}
