//! The plugins that come with Graftwork, as files.
#![allow(clippy::expect_used, clippy::panic, missing_docs, reason = "tests")]

use std::path::Path;
use std::sync::Arc;

use graftwork_plan::{Dtype, LowRank, Manifest, Param, ParamId, Plan, Role, Shape};
use graftwork_plugin_host::{Limits, Plugin, PluginHost, Stats, Surroundings};
use serde_json::{Value, json};

fn manifest() -> Manifest {
    let mut params = Vec::new();
    let mut push = |name: String, dims: &[u64], role, layer| {
        let shape = Shape::new(dims).expect("a shape");
        params.push(Param { name, shape, dtype: Dtype::Bf16, role, layer, tied_to: None });
    };
    push("model.embed_tokens.weight".into(), &[96, 32], Role::Embedding, None);
    for l in 0..2u32 {
        let at = |part: &str| format!("model.layers.{l}.{part}.weight");
        push(at("input_layernorm"), &[32], Role::Norm, Some(l));
        push(at("self_attn.q_proj"), &[32, 32], Role::Linear, Some(l));
        push(at("self_attn.k_proj"), &[16, 32], Role::Linear, Some(l));
        push(at("mlp.down_proj"), &[32, 64], Role::Linear, Some(l));
    }
    push("lm_head.weight".into(), &[96, 32], Role::Head, None);
    if let Some(head) = params.last_mut() {
        head.tied_to = Some(ParamId(0));
    }
    Manifest { architecture: "llama".into(), config: json!({}), params }
}

/// Spectra that fall, faster for later parameters.
struct Falling;

impl Stats for Falling {
    fn norm(&self, param: ParamId) -> Result<f64, String> {
        Ok(self.singular_values(param, 16)?.iter().map(|s| s * s).sum::<f64>().sqrt())
    }
    fn singular_values(&self, param: ParamId, count: u32) -> Result<Vec<f64>, String> {
        Ok((0..count.min(16)).map(|i| (-f64::from(i) * 0.02 * f64::from(param.0)).exp()).collect())
    }
    fn gradient_norm(&self, _: ParamId) -> Result<f64, String> {
        Err("none".into())
    }
}

fn plugin(name: &str) -> Arc<Plugin> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../../plugins/{name}.wasm"));
    PluginHost::new(Limits::default()).expect("a host").load(&path).expect("the plugin loads")
}

fn surroundings() -> Surroundings {
    Surroundings { manifest: Arc::new(manifest()), stats: Arc::new(Falling), choices: None, seed: 3 }
}

fn plan(name: &str, config: &Value) -> Plan {
    let raw = plugin(name).plan(&surroundings(), config).expect("a plan");
    Plan::validate(&raw, &manifest()).expect("a valid plan")
}

#[test]
fn lora_adds_rank_times_the_sides() {
    let sides: u64 = 2 * ((32 + 32) + (16 + 32) + (32 + 64));
    for rank in [1, 4, 16] {
        let plan = plan("lora", &json!({"rank": rank, "alpha": 8}));
        assert_eq!(plan.summary(&manifest()).trainable_parameters, rank * sides);
        for adapter in plan.adapters() {
            let form = LowRank::of(adapter).expect("PEFT's form");
            assert_eq!((form.rank, form.scale), (rank, 8.0 / rank as f64));
        }
    }
}

#[test]
fn settings_of_lora_reach_the_plan() {
    let plus = plan("lora", &json!({"loraplus_ratio": 16.0}));
    assert_eq!(plus.groups()[1].learning_rate_scale, 16.0);
    assert_eq!((plus.adapters()[0].tensors[0].group, plus.adapters()[0].tensors[1].group), (0, 1));
    let patterns = plan("lora", &json!({"rank": 8, "rank_pattern": {"k_proj": 2}, "alpha_pattern": {"layers.1.*": 4}}));
    let ranks: Vec<u64> = patterns.adapters().iter().map(|a| a.tensors[0].shape.dims()[0]).collect();
    assert_eq!(ranks, [8, 2, 8, 8, 2, 8]);
    let embedding = plan("lora", &json!({"rank": 2, "target_modules": ["embed_tokens"]}));
    assert!(LowRank::of(&embedding.adapters()[0]).expect("PEFT's form").transposed);
    let norms = plan("lora", &json!({"train_norms": true, "dropout": 0.5, "layers": [1]}));
    assert_eq!((norms.adapters().len(), norms.trainable().len()), (3, 2));
}

#[test]
fn full_trains_what_is_not_tied() {
    let plan = plan("full", &json!({}));
    assert_eq!(plan.summary(&manifest()).trainable_parameters, manifest().total_parameters());
    assert_eq!(plan.trainable().len(), manifest().params.len() - 1);
}

#[test]
fn a_chain_keeps_to_the_selectors_budget() {
    let (select, lora) = (plugin("rank-select"), plugin("lora"));
    for budget in [100u64, 1000, 3000] {
        let mut surroundings = surroundings();
        let choices = select.select(&surroundings, &json!({"budget": budget})).expect("a choice");
        assert!(!choices.is_empty());
        surroundings.choices = Some(choices);
        let raw = lora.plan(&surroundings, &json!({})).expect("a plan");
        let trained = Plan::validate(&raw, &manifest()).expect("valid").summary(&manifest()).trainable_parameters;
        assert!(trained <= budget && trained + 96 > budget.min(16 * 416), "{trained} of {budget}");
    }
}

#[test]
fn wrong_settings_are_named() {
    let lora = plugin("lora");
    let cases = [
        (json!({"rnak": 4}), "setting `rnak`", "did you mean `rank`"),
        (json!({"rank": "four"}), "setting `rank`", "four"),
        (json!({"rank": 0}), "setting `rank`", "minimum"),
        (json!({"bias": "some"}), "setting `bias`", "some"),
        (
            json!({"target_modules": ["v_proj"]}),
            "setting `target_modules`",
            "there are: down_proj, embed_tokens, k_proj, q_proj",
        ),
        (json!({"rank_pattern": {"v_proj": 2}}), "setting `rank_pattern`", "no adapted module"),
    ];
    for (config, setting, part) in cases {
        let message = lora.plan(&surroundings(), &config).expect_err("refused").to_string();
        assert!(message.contains("plugin `lora`") && message.contains(setting) && message.contains(part), "{message}");
    }
}
