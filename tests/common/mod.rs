//! What the tests of the whole share: places, golden files, short runs.

use std::path::{Path, PathBuf};

use graftwork::{
    Control, DeviceChoice, EvalSplit, Event, Host, LogitsRequest, Order, RunConfig, RunReport, Schedule,
    StrategyConfig, Tokens, Warmup,
};
use safetensors::SafeTensors;
use serde_json::Value;

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

/// The steps of a golden curve, with its settings; the largest differences of loss, gradient norm and learning rate.
pub fn follow(curve: &Path, strategy: StrategyConfig, initial: Option<PathBuf>) -> [f64; 3] {
    let text = std::fs::read_to_string(curve).expect("the golden curve");
    let curve: Value = serde_json::from_str(&text).expect("JSON");
    let setting = |key: &str| curve["settings"][key].as_f64().expect("a number");
    let count = |key: &str| setting(key) as usize;
    let out = tempfile::tempdir().expect("a folder");
    let text = |key: &str, default: &str| curve["settings"][key].as_str().unwrap_or(default).to_owned();
    let model = root().join(text("model", "examples/default/model"));
    let mut config = RunConfig { model: Some(model), out: Some(out.path().join("run")), ..RunConfig::default() };
    config.adapter = initial;
    config.strategy.push(strategy);
    config.data.files = vec![golden("curve").join(text("data", "austen-200.jsonl")).into()];
    config.data.max_length = Some(count("max_length"));
    config.data.order = Order::Sequential;
    config.data.eval = Some(EvalSplit::NONE);
    config.train.steps = Some(count("steps") as u64);
    config.train.batch_size = count("batch_size").try_into().expect("not 0");
    config.train.gradient_accumulation = count("accumulation").try_into().expect("not 0");
    config.train.learning_rate = Some(setting("lr"));
    config.train.schedule = Schedule::Cosine;
    config.train.warmup = Warmup::Steps(count("warmup_steps") as u64);
    config.train.weight_decay = setting("weight_decay");
    config.train.max_grad_norm = setting("max_grad_norm");
    let mut worst = [0.0f64; 3];
    let mut step = 0;
    let result = host().run(&config, &Control::new(), &mut |event| {
        if let Event::Step(report) = event {
            let theirs = &curve["steps"][step];
            let pairs = [(report.loss, "loss"), (report.grad_norm, "grad_norm"), (report.learning_rate, "lr")];
            for ((ours, key), worst) in pairs.into_iter().zip(&mut worst) {
                let theirs = theirs[key].as_f64().expect("a number");
                *worst = worst.max((ours - theirs).abs() / theirs.abs().max(1e-12));
            }
            assert_eq!(report.target_tokens, theirs["targets"].as_u64().expect("a number"), "step {step}");
            step += 1;
        }
    });
    result.expect("the run ends well");
    assert_eq!(Some(step), curve["steps"].as_array().map(Vec::len));
    worst
}
