//! Logits and gradients against Transformers, for small random models of every variant of the family.
//! `tests/oracles/families.py` makes the golden files.
#![allow(clippy::expect_used, clippy::panic, clippy::print_stdout, missing_docs, reason = "tests")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use burn::tensor::{Device, Tensor, TensorData};
use graftwork_kernels::loss::linear_cross_entropy;
use graftwork_kernels::roots::backward;
use graftwork_llama as _;
use graftwork_model::{Architecture, Input, Parameters, Weights, matrix_shape, open};
use graftwork_store::{ModelDir, SafetensorsFile};

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../tests/golden/models").join(name)
}

fn file(name: &str, file: &str) -> SafetensorsFile {
    SafetensorsFile::open(&folder(name).join(file)).expect("the golden file")
}

fn floats(file: &SafetensorsFile, name: &str) -> Vec<f32> {
    file.tensor(name).expect("the tensor").to_f32().expect("floats")
}

fn integers(file: &SafetensorsFile, name: &str) -> Vec<u32> {
    let tensor = file.tensor(name).expect("the tensor");
    tensor.bytes().chunks_exact(8).map(|b| i64::from_le_bytes(b.try_into().expect("eight")) as u32).collect()
}

/// A model with its weights; from another `config.json` of the folder where one is named.
fn model(name: &str, config: Option<&str>) -> (Arc<dyn Architecture>, Weights) {
    let dir = ModelDir::open(&folder(name)).expect("a model folder");
    let other = config.map(|c| std::fs::read_to_string(folder(name).join(c)).expect("a configuration"));
    let config = other.map_or_else(|| dir.config().clone(), |text| serde_json::from_str(&text).expect("JSON"));
    let (_, architecture) = open(&config).expect("a model of the family");
    let mut weights: Vec<Tensor<2>> = Vec::new();
    for param in architecture.params() {
        let tied = param.tied_to.map(|t| weights[t.index()].clone());
        weights.push(tied.unwrap_or_else(|| {
            let values = dir.tensor(&param.name).expect("the weight").to_f32().expect("floats");
            Tensor::from_data(TensorData::new(values, matrix_shape(&param.shape)), &Device::flex())
        }));
    }
    (architecture, Weights(weights))
}

fn logits(architecture: &dyn Architecture, weights: &Weights, input: &Input) -> Vec<f32> {
    let hidden = architecture.forward(weights, input, None);
    let head = architecture.head();
    weights.linear(head.weight, head.bias, hidden).into_data().try_to_vec().expect("f32")
}

fn difference(found: &[f32], expected: &[f32]) -> f32 {
    assert_eq!(found.len(), expected.len());
    let scale = expected.iter().fold(0.0f32, |m, v| m.max(v.abs()));
    let worst = found.iter().zip(expected).fold(0.0f32, |m, (a, b)| m.max((a - b).abs()));
    assert!(worst.is_finite());
    worst / scale
}

fn agrees(name: &str, config: Option<&str>) {
    let golden = file(name, "logits.safetensors");
    let (architecture, weights) = model(name, config);
    let input = Input::sequence(&integers(&golden, "ids"), 0, &Device::flex());
    let worst = difference(&logits(architecture.as_ref(), &weights, &input), &floats(&golden, "logits"));
    println!("{name} {config:?}: {worst:.1e}");
    assert!(worst < 1e-5, "{name} {config:?}: {worst:e}");
}

const VARIANTS: [&str; 10] = [
    "llama2",
    "llama3",
    "rope-linear",
    "rope-yarn",
    "mistral",
    "bias",
    "head-dim",
    "tied",
    "sharded-bf16",
    "sharded-f16",
];

#[test]
fn every_variant_has_the_parameters_that_transformers_saves() {
    for name in VARIANTS {
        let dir = ModelDir::open(&folder(name)).expect("a model folder");
        let (_, architecture) = open(dir.config()).expect("a model of the family");
        let own = architecture.params().iter().filter(|p| p.tied_to.is_none());
        let own: BTreeMap<_, Vec<usize>> =
            own.map(|p| (p.name.clone(), p.shape.dims().iter().map(|&d| d as usize).collect())).collect();
        let saved = dir.names().map(|n| (n.to_owned(), dir.shape(n).expect("a tensor").to_vec()));
        assert_eq!(own, saved.collect(), "{name}");
        assert_eq!(architecture.params().iter().any(|p| p.tied_to.is_some()), name == "tied");
    }
}

#[test]
fn every_variant_gives_transformers_logits() {
    for name in VARIANTS {
        agrees(name, None);
    }
}

#[test]
fn the_older_spelling_of_a_configuration_is_the_same_model() {
    for name in ["llama3", "rope-linear", "rope-yarn"] {
        agrees(name, Some("config.v4.json"));
    }
}

#[test]
fn gradients_are_torchs() {
    for name in ["llama3", "mistral"] {
        let (architecture, weights) = model(name, None);
        let tracked = Weights(weights.0.into_iter().map(|w| w.autodiff().require_grad()).collect());
        let ids = integers(&file(name, "logits.safetensors"), "ids");
        let hidden = architecture.forward(&tracked, &Input::sequence(&ids, 0, &Device::flex()), None);
        let targets = &ids[1..];
        let scale = 1.0 / targets.len() as f64;
        let hidden = hidden.narrow(0, 0, targets.len());
        let entropy = linear_cross_entropy(hidden, tracked.value(architecture.head().weight), None, targets, scale);
        let loss = entropy.sum.into_scalar::<f32>() / targets.len() as f32;
        let expected = floats(&file(name, "logits.safetensors"), "loss")[0];
        assert!((loss - expected).abs() < 1e-5 * expected, "{name}: loss {loss}, not {expected}");
        let gradients = backward(entropy.roots).expect("something is tracked");
        let golden = file(name, "grads.safetensors");
        for (param, weight) in architecture.params().iter().zip(&tracked.0) {
            let found: Vec<f32> = weight.grad(&gradients).expect("a gradient").into_data().try_to_vec().expect("f32");
            let worst = difference(&found, &floats(&golden, &param.name));
            println!("{name}, {}: {worst:.1e}", param.name);
            assert!(worst < 1e-5, "{name}, {}: {worst:e}", param.name);
        }
    }
}

#[test]
fn padding_and_packing_leave_each_sequence_alone() {
    let (architecture, weights) = model("llama3", None);
    let golden = file("llama3", "batch.safetensors");
    let device = Device::flex();
    let rows = 2;
    let mask = integers(&golden, "padded.mask");
    let length = mask.len() / rows;
    let positions = (0..mask.len()).map(|i| (i % length) as u32).collect();
    let input = Input::new(rows, integers(&golden, "padded.ids"), positions, mask.clone(), &device);
    let expected = floats(&golden, "padded.logits");
    let width = expected.len() / mask.len();
    let mut found = logits(architecture.as_ref(), &weights, &input);
    // What a model gives for padding means nothing; the golden file has zeros there.
    for (row, &seen) in found.chunks_mut(width).zip(&mask) {
        if seen == 0 {
            row.fill(0.0);
        }
    }
    let worst = difference(&found, &expected);
    assert!(worst < 1e-5, "padded: {worst:e}");

    let of = |name: &str| integers(&golden, &format!("packed.{name}"));
    let segments: Vec<u32> = of("segments");
    let first = segments.iter().copied().min().unwrap_or(1);
    let segments = segments.into_iter().map(|s| s + 1 - first).collect();
    let input = Input::new(1, of("ids"), of("positions"), segments, &device);
    let worst = difference(&logits(architecture.as_ref(), &weights, &input), &floats(&golden, "packed.logits"));
    assert!(worst < 1e-5, "packed: {worst:e}");
}

#[test]
fn generation_with_a_cache_is_the_whole_forward_pass() {
    for name in ["llama3", "mistral"] {
        let (architecture, weights) = model(name, None);
        let ids = integers(&file(name, "logits.safetensors"), "ids");
        let device = Device::flex();
        let whole = architecture.forward(&weights, &Input::sequence(&ids, 0, &device), None);
        let whole: Vec<f32> = whole.into_data().try_to_vec().expect("f32");
        let mut cache = graftwork_model::Cache::default();
        let mut parts: Vec<f32> = Vec::new();
        for piece in [&ids[..7], &ids[7..8], &ids[8..20], &ids[20..]] {
            let input = Input::sequence(piece, cache.length() as u32, &device);
            let hidden = architecture.forward(&weights, &input, Some(&mut cache));
            parts.extend(hidden.into_data().try_to_vec::<f32>().expect("f32"));
        }
        let worst = difference(&parts, &whole);
        assert!(worst < 1e-5, "{name}: {worst:e}");
    }
}
