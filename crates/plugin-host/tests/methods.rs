//! The committed plugins of single methods, loaded and called as a run does it: what trains is what PEFT trains.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

#[path = "common/llama.rs"]
mod llama;

use std::path::Path;
use std::sync::OnceLock;

use graftwork_plan::{Choice, Plan};
use graftwork_plugin_host::{Limits, PluginError, PluginHost, Surroundings};
use llama::manifest;
use serde_json::{Value, json};

/// The host keeps what it has compiled, so that each plugin is compiled once for all tests.
fn plan(name: &str, config: &Value, choices: Option<Vec<Choice>>) -> Result<Plan, PluginError> {
    static HOST: OnceLock<PluginHost> = OnceLock::new();
    let host = HOST.get_or_init(|| PluginHost::new(Limits::default()).unwrap());
    let plugin = host.load(&Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../../plugins/{name}.wasm")))?;
    let raw = plugin.plan(&Surroundings { choices, ..Surroundings::of(manifest()) }, config)?;
    Ok(Plan::validate(&raw, &manifest()).unwrap_or_else(|e| panic!("{name} {config}: {e}")))
}

#[test]
fn as_many_parameters_train_as_in_peft() {
    // What PEFT 0.21.2 counts; of those that it does not have, by the definition.
    let counts = [
        ("dora", json!({"rank": 4}), 2304),
        ("loha", json!({"rank": 4}), 4096),
        ("lokr", json!({"rank": 1, "decompose_both": true}), 240),
        ("vera", json!({"rank": 16}), 480),
        ("ia3", json!({}), 96),
        ("oft", json!({"oft_block_size": 8}), 896),
        ("norm-tuning", json!({}), 80),
        // LoRA's 2048, and 10 coefficients for each of 14 layers.
        ("pera", json!({"rank": 4}), 2188),
        ("layer-freeze", json!({"first": 1, "embeddings": true, "head": true}), 2352),
    ];
    for (name, config, expected) in counts {
        let plan = plan(name, &config, None).unwrap_or_else(|e| panic!("{name} {config}: {e}"));
        assert_eq!(plan.summary(&manifest()).trainable_parameters, expected, "{name} {config}");
    }
}

#[test]
fn a_method_adapts_what_a_selector_chose() {
    let down_proj = manifest().find("model.layers.1.mlp.down_proj.weight").unwrap();
    for name in ["dora", "loha", "lokr", "vera", "ia3", "oft", "pera"] {
        let choice = Choice { param: down_proj.0, rank: Some(3), alpha: None };
        let plan = plan(name, &json!({}), Some(vec![choice])).unwrap();
        assert_eq!(plan.adapters().iter().map(|a| a.target).collect::<Vec<_>>(), [down_proj], "{name}");
    }
}

#[test]
fn biases_cannot_train_where_there_are_none() {
    match plan("bitfit", &json!({}), None) {
        Err(error) => assert!(error.to_string().contains("`norm-tuning`"), "{error}"),
        Ok(_) => panic!("this model has no biases"),
    }
}
