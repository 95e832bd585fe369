//! Composers on the inputs of mergekit's own code, where that draws nothing at random. Golden files are made by
//! `tests/oracles/composers.py`.
#![allow(clippy::expect_used, clippy::panic, missing_docs, unreachable_pub, dead_code, reason = "tests")]

mod common;

use std::sync::Arc;

use burn::tensor::{Device, Tensor, TensorData};
use common::{difference, golden, plugin, tensor};
use graftwork_adapt::compose;
use graftwork_kernels::random::Key;
use graftwork_plan::{Context, Dtype, Graph, Manifest, Param, ParamId, Role, Shape, Source};
use graftwork_plugin_host::{Limits, PluginHost, Surroundings};
use serde_json::{Value, json};

const SHAPE: [u64; 2] = [24, 16];

fn matrix(name: &str) -> Tensor<2> {
    let values = tensor(&golden("composers.safetensors"), name);
    Tensor::from_data(TensorData::new(values, SHAPE.map(|side| side as usize)), &Device::flex())
}

/// What a composer makes of models, over a base, with these weights.
fn composed(host: &PluginHost, name: &str, settings: &Value, base: &str, models: &[(String, f64)]) -> Vec<f32> {
    let shape = Shape::new(SHAPE).expect("a shape");
    let (layer, tied_to) = (Some(0), None);
    let param =
        Param { name: "w.weight".into(), shape: shape.clone(), dtype: Dtype::F32, role: Role::Linear, layer, tied_to };
    let manifest = Manifest { architecture: "golden".into(), config: json!({}), params: vec![param] };
    let source = |(name, weight): &(String, f64)| Source { name: name.clone(), kind: "full".into(), weight: *weight };
    let sources: Vec<Source> = models.iter().map(source).collect();
    let plugin = host.load(&plugin(name).path).expect("a composer");
    let raw = plugin.compose(&Surroundings::of(Arc::new(manifest)), ParamId(0), &sources, settings);
    let raw = raw.unwrap_or_else(|error| panic!("{name} {settings}: {error}"));
    let graph = Graph::check(&raw, Context::Compose, &shape, &[], sources.len()).expect("a composition");
    let base = matrix(base);
    let deltas: Vec<_> = models.iter().map(|(model, _)| matrix(model) - base.clone()).collect();
    let value = compose(&graph, "w.weight", &base, &deltas, &Key::new(0)).expect("finite");
    value.into_data().try_to_vec().expect("f32")
}

/// The composer and the settings that are a case of mergekit's; none where the case has no counterpart.
fn counterpart(case: &Value) -> Option<(&'static str, Value)> {
    let parameter = |key: &str| &case["parameters"][key];
    let (normalize, lambda, density) = (parameter("normalize"), parameter("lambda"), parameter("density"));
    // It restores the sum of magnitudes, as the papers do not.
    if parameter("rescale") == true && density.as_array().is_some_and(|all| all.iter().any(|d| *d != 1.0)) {
        return None;
    }
    Some(match case["method"].as_str()? {
        // Without normalisation it adds whole weights up, and not what they change.
        "linear" if normalize == true => ("linear", json!({"normalize": true})),
        "task_arithmetic" => ("task-arithmetic", json!({"normalize": normalize, "lambda": lambda})),
        "ties" => ("ties", json!({"density": density, "normalize": normalize, "lambda": lambda})),
        "dare_linear" => ("dare", json!({"density": density, "normalize": normalize, "lambda": lambda})),
        "dare_ties" => {
            ("dare", json!({"density": density, "consensus": "ties", "normalize": normalize, "lambda": lambda}))
        }
        "slerp" => ("slerp", json!({"t": parameter("t")})),
        _ => return None,
    })
}

#[test]
fn composers_agree_with_mergekit() {
    let text = std::fs::read_to_string(golden("composers.json")).expect("the cases");
    let cases: Value = serde_json::from_str(&text).expect("JSON");
    let host = PluginHost::new(Limits::default()).expect("a host");
    let mut compared = std::collections::BTreeMap::<&str, usize>::new();
    for (name, case) in cases["cases"].as_object().expect("cases") {
        let Some((composer, settings)) = counterpart(case) else { continue };
        let inputs: Vec<&str> = case["inputs"].as_array().expect("inputs").iter().filter_map(Value::as_str).collect();
        let base = case["base"].as_str().unwrap_or("base");
        let weights = case["parameters"]["weight"].as_array().cloned().unwrap_or_default();
        // Of slerp the base is an end of the way, and has a change of nothing.
        let whole = composer == "slerp";
        let models = inputs.iter().filter(|input| whole || **input != base);
        let models: Vec<(String, f64)> = models
            .enumerate()
            .map(|(i, input)| ((*input).to_owned(), weights.get(i).and_then(Value::as_f64).unwrap_or(1.0)))
            .collect();
        let found = composed(&host, composer, &settings, base, &models);
        let worst = difference(&found, &tensor(&golden("composers.safetensors"), name));
        assert!(worst < 1e-5, "{name}: {worst:e}");
        *compared.entry(composer).or_default() += 1;
    }
    for (composer, least) in [("linear", 2), ("task-arithmetic", 5), ("ties", 13), ("dare", 4), ("slerp", 9)] {
        assert!(compared.get(composer).is_some_and(|&count| count >= least), "{compared:?}");
    }
}
