//! What the tests of the whole share: places, golden files, short runs.

use std::path::{Path, PathBuf};

use graftwork::{Control, DeviceChoice, Event, Host, LogitsRequest, RunConfig, RunReport, StrategyConfig, Tokens};
use safetensors::SafeTensors;

/// The workspace.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().expect("the workspace is there")
}

pub fn model() -> PathBuf {
    root().join("examples/default/model")
}

pub fn golden(path: &str) -> PathBuf {
    root().join("tests/golden").join(path)
}

pub fn plugin(name: &str) -> StrategyConfig {
    StrategyConfig::new(root().join(format!("plugins/{name}.wasm")))
}

pub fn host() -> Host {
    Host::new().expect("a host")
}

/// A tensor of a golden file, as f32.
pub fn tensor(path: &Path, name: &str) -> Vec<f32> {
    let bytes = std::fs::read(path).expect("the golden file is there");
    let file = SafeTensors::deserialize(&bytes).expect("a safetensors file");
    let view = file.tensor(name).expect("the tensor is there");
    view.data().chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect()
}

/// Token ids of a golden file.
pub fn ids(path: &Path, name: &str) -> Vec<u32> {
    let bytes = std::fs::read(path).expect("the golden file is there");
    let file = SafeTensors::deserialize(&bytes).expect("a safetensors file");
    let view = file.tensor(name).expect("the tensor is there");
    let id = |b: &[u8]| i64::from_le_bytes(b.try_into().expect("eight bytes")) as u32;
    view.data().chunks_exact(8).map(id).collect()
}

pub fn logits(model: Option<PathBuf>, adapter: Option<PathBuf>, ids: &[u32]) -> Vec<f32> {
    let tokens = Tokens::Ids(ids.to_vec());
    let request = LogitsRequest { model, adapter, device: DeviceChoice::Cpu, tokens };
    host().logits(&request, &mut |_| {}).expect("logits").values
}

/// The largest difference, relative to the largest magnitude of what is expected.
pub fn difference(found: &[f32], expected: &[f32]) -> f32 {
    assert_eq!(found.len(), expected.len(), "as many values");
    let scale = expected.iter().fold(0.0f32, |m, v| m.max(v.abs()));
    let worst = found.iter().zip(expected).fold(0.0f32, |m, (a, b)| m.max((a - b).abs()));
    assert!(worst.is_finite(), "every value is a number");
    worst / scale
}

/// A run of a few steps on the embedded text, with short rows.
pub fn short(strategy: StrategyConfig, out: &Path, steps: u64) -> RunConfig {
    let mut config = RunConfig { model: Some(model()), out: Some(out.to_owned()), ..RunConfig::default() };
    config.strategy.push(strategy);
    config.data.files = vec![golden("curve/austen-200.jsonl").into()];
    config.data.max_length = Some(48);
    config.data.eval = Some(graftwork::EvalSplit::fraction(0.1).expect("a fraction"));
    config.train.steps = Some(steps);
    config.train.batch_size = 4.try_into().expect("not 0");
    config.train.learning_rate = Some(2e-3);
    config
}

/// Runs to the end; gives the report and the loss of every step.
pub fn run(config: &RunConfig) -> (RunReport, Vec<f64>) {
    let mut losses = Vec::new();
    let report = host().run(config, &Control::new(), &mut |event| {
        if let Event::Step(step) = event {
            losses.push(step.loss);
        }
    });
    (report.expect("the run ends well"), losses)
}

/// The message that a run ends with.
pub fn failure(config: &RunConfig) -> String {
    match host().run(config, &Control::new(), &mut |_| {}) {
        Ok(_) => panic!("the run should have failed"),
        Err(error) => error.to_string(),
    }
}
