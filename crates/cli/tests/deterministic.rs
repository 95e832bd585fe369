//! What `--deterministic` promises on the processor: the same bits from run to run, and with any number of threads.
#![allow(clippy::expect_used, clippy::panic, missing_docs, reason = "tests")]

mod common;

use std::fs;
use std::path::Path;

use common::host;
use serde_json::Value;

/// Everything that a run computed: of each update and evaluation what was measured, but for times, and the tensors of its result.
#[derive(PartialEq)]
struct Computed {
    metrics: Vec<Value>,
    tensors: Vec<u8>,
}

fn computed(dir: &Path, out: &str, threads: &str, arguments: &[&str]) -> Computed {
    let out = dir.join(out);
    let mut command = host(dir);
    command.env("RAYON_NUM_THREADS", threads);
    command.args(["run", "--deterministic", "--data", "tests/golden/curve/austen-200.jsonl", "--max-length", "96"]);
    command.args([
        "--batch-size",
        "2",
        "--gradient-accumulation",
        "2",
        "--packing",
        "--steps",
        "4",
        "--eval-every",
        "2",
        "--out",
    ]);
    let output = command.arg(&out).args(arguments).output().expect("host runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = fs::read_to_string(out.join("metrics.jsonl")).expect("metrics");
    let metrics = text.lines().map(|line| {
        let mut event: Value = serde_json::from_str(line).expect("JSON");
        let fields = event.as_object_mut().expect("an object");
        for time in ["seconds", "tokens_per_second"] {
            fields.remove(time);
        }
        event
    });
    let result = ["adapter/adapter_model.safetensors", "model/model.safetensors"].map(|path| out.join(path));
    let result = result.iter().find(|path| path.exists()).expect("a result");
    Computed { metrics: metrics.collect(), tensors: fs::read(result).expect("tensors") }
}

#[test]
fn two_runs_are_the_same_bit_by_bit_with_any_number_of_threads() {
    let lora = ["--strategy", "plugins/lora.wasm", "--set", "rank=4", "--set", "dropout=0.2"];
    let full = ["--strategy", "plugins/full.wasm"];
    for arguments in [&lora[..], &full[..]] {
        let dir = tempfile::tempdir().expect("a folder");
        let first = computed(dir.path(), "first", "4", arguments);
        assert!(first.metrics.len() >= 6, "updates and evaluations");
        for (out, threads) in [("again", "4"), ("alone", "1")] {
            let other = computed(dir.path(), out, threads, arguments);
            assert_eq!(first.metrics, other.metrics, "{arguments:?}, {out}");
            assert!(first.tensors == other.tensors, "{arguments:?}, {out}: the tensors, bit by bit");
        }
    }
}
