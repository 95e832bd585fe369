//! The committed plugins, loaded and called as a run does it, on a small model of Llama's form.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use std::path::Path;
use std::sync::{Arc, OnceLock};

use graftwork_plan::{Choice, Dtype, LowRank, Manifest, Param, ParamId, Plan, Role, Shape};
use graftwork_plugin_host::{Limits, NoStats, Plugin, PluginError, PluginHost, Stats, Surroundings};
use serde_json::{Map, Value, json};

const LAYERS: u32 = 2;
/// Each linear layer with `[out, in]`: four heads that share two pairs of keys and values.
const LINEAR: [(&str, [u64; 2]); 7] = [
    ("self_attn.q_proj", [16, 16]),
    ("self_attn.k_proj", [8, 16]),
    ("self_attn.v_proj", [8, 16]),
    ("self_attn.o_proj", [16, 16]),
    ("mlp.gate_proj", [32, 16]),
    ("mlp.up_proj", [32, 16]),
    ("mlp.down_proj", [16, 32]),
];

/// A model with tied embeddings and no biases.
fn manifest() -> Arc<Manifest> {
    let mut params = Vec::new();
    let mut push = |name: String, dims: &[u64], role, layer, tied_to| {
        params.push(Param { name, shape: Shape::new(dims.to_vec()).unwrap(), dtype: Dtype::F32, role, layer, tied_to });
    };
    push("model.embed_tokens.weight".to_owned(), &[64, 16], Role::Embedding, None, None);
    for l in 0..LAYERS {
        for (name, dims) in LINEAR {
            push(format!("model.layers.{l}.{name}.weight"), &dims, Role::Linear, Some(l), None);
        }
        push(format!("model.layers.{l}.input_layernorm.weight"), &[16], Role::Norm, Some(l), None);
        push(format!("model.layers.{l}.post_attention_layernorm.weight"), &[16], Role::Norm, Some(l), None);
    }
    push("model.norm.weight".to_owned(), &[16], Role::Norm, None, None);
    push("lm_head.weight".to_owned(), &[64, 16], Role::Head, None, Some(ParamId(0)));
    Arc::new(Manifest { architecture: "llama".to_owned(), config: json!({"model_type": "llama"}), params })
}

/// Every weight has singular values that halve from one to the next, but those of `down_proj`, which are all 1.
struct Spectra(Arc<Manifest>);

impl Spectra {
    fn of(&self, id: ParamId) -> Result<Vec<f64>, String> {
        let param = self.0.get(id).ok_or("no such parameter")?;
        let flat = param.name.contains("down_proj");
        let count = param.shape.dims().iter().min().copied().unwrap_or(0);
        Ok((0..count).map(|k| if flat { 1.0 } else { 0.5f64.powi(k as i32) }).collect())
    }
}

impl Stats for Spectra {
    fn norm(&self, id: ParamId) -> Result<f64, String> {
        Ok(self.of(id)?.iter().map(|s| s * s).sum::<f64>().sqrt())
    }

    fn singular_values(&self, id: ParamId, count: u32) -> Result<Vec<f64>, String> {
        Ok(self.of(id)?.into_iter().take(count as usize).collect())
    }

    fn gradient_norm(&self, _: ParamId) -> Result<f64, String> {
        Err("no batches here".to_owned())
    }
}

fn surroundings(choices: Option<Vec<Choice>>) -> Surroundings {
    Surroundings { stats: Arc::new(Spectra(manifest())), choices, ..Surroundings::of(manifest()) }
}

/// The plugin of that name; the host keeps what it has compiled, so that each is compiled once for all tests.
fn plugin(name: &str) -> Arc<Plugin> {
    static HOST: OnceLock<PluginHost> = OnceLock::new();
    let host = HOST.get_or_init(|| PluginHost::new(Limits::default()).unwrap());
    host.load(&Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../../plugins/{name}.wasm"))).unwrap()
}

fn planned(name: &str, config: &Value, choices: Option<Vec<Choice>>) -> Plan {
    let raw = plugin(name).plan(&surroundings(choices), config).unwrap_or_else(|e| panic!("{config}: {e}"));
    Plan::validate(&raw, &manifest()).unwrap_or_else(|e| panic!("{config}: {e}"))
}

fn lora(config: Value) -> Plan {
    planned("lora", &config, None)
}

fn selected(config: Value) -> Vec<Choice> {
    plugin("rank-select").select(&surroundings(None), &config).unwrap_or_else(|e| panic!("{config}: {e}"))
}

/// What the plugin says to settings that it refuses: `key: message`.
fn refused(name: &str, config: Value) -> String {
    let (plugin, surroundings) = (plugin(name), surroundings(None));
    let result = match plugin.capabilities().selector {
        true => plugin.select(&surroundings, &config).map(|_| ()),
        false => plugin.plan(&surroundings, &config).map(|_| ()),
    };
    match result {
        Err(PluginError::Config { key, message, .. }) => format!("{key}: {message}"),
        other => panic!("{config}: {other:?}"),
    }
}

/// Rank of the adapter on that module.
fn rank(plan: &Plan, module: &str) -> Option<u64> {
    let id = manifest().find(&format!("{module}.weight")).unwrap();
    LowRank::of(plan.adapter(id)?).map(|form| form.rank)
}

#[test]
fn plugins_say_what_they_are() {
    for (name, selects) in [("full", false), ("lora", false), ("rank-select", true)] {
        let plugin = plugin(name);
        let (descriptor, capabilities) = (plugin.descriptor(), plugin.capabilities());
        assert_eq!(descriptor.name, name);
        assert_eq!((capabilities.selector, capabilities.strategy), (selects, !selects));
        assert!(!descriptor.summary.is_empty() && !descriptor.version.is_empty());
        assert!(plugin.imports().iter().all(|i| i.starts_with("graftwork:strategy/")), "{:?}", plugin.imports());
        let schema = &descriptor.config_schema;
        assert_eq!(schema["additionalProperties"], json!(false));
        for (key, setting) in schema["properties"].as_object().unwrap() {
            assert!(setting["description"].is_string(), "{name}: `{key}` has no description");
        }
    }
}

#[test]
fn a_plugin_is_asked_only_what_it_can_do() {
    let error = plugin("rank-select").plan(&surroundings(None), &json!({})).unwrap_err().to_string();
    assert!(error.contains("cannot be asked to `plan`: it exports no interface `strategy`"), "{error}");
    let error = plugin("lora").select(&surroundings(None), &json!({})).unwrap_err().to_string();
    assert!(error.contains("cannot be asked to `select`: it exports no interface `selector`"), "{error}");
}

#[test]
fn defaults_are_what_the_schema_says() {
    for name in ["full", "lora", "rank-select"] {
        let plugin = plugin(name);
        let properties = plugin.descriptor().config_schema["properties"].as_object().unwrap().clone();
        let defaults: Map<String, Value> =
            properties.into_iter().filter_map(|(key, p)| Some((key, p.get("default")?.clone()))).collect();
        assert!(!defaults.is_empty());
        let (given, around) = (Value::Object(defaults), surroundings(None));
        match plugin.capabilities().selector {
            true => assert_eq!(plugin.select(&around, &given).unwrap(), plugin.select(&around, &json!({})).unwrap()),
            false => assert_eq!(plugin.plan(&around, &given).unwrap(), plugin.plan(&around, &json!({})).unwrap()),
        }
    }
}

#[test]
fn full_trains_every_weight_once() {
    let summary = planned("full", &json!({}), None).summary(&manifest());
    assert_eq!(summary.trainable_parameters, manifest().total_parameters());
    let part = planned("full", &json!({"include": "proj", "exclude": "self_attn", "layers": "1-1"}), None);
    assert_eq!(part.summary(&manifest()).trainable_parameters, 3 * 16 * 32);
}

#[test]
fn lora_adds_rank_times_in_plus_out() {
    let sides: u64 = LINEAR.iter().map(|(_, [out, inner])| out + inner).sum();
    for rank in [1, 4, 8] {
        let plan = lora(json!({"rank": rank}));
        assert_eq!(plan.summary(&manifest()).trainable_parameters, u64::from(LAYERS) * sides * rank);
        for adapter in plan.adapters() {
            let names: Vec<&str> = adapter.tensors.iter().map(|t| t.name.as_str()).collect();
            assert_eq!(names, ["lora_A", "lora_B"]);
            assert_eq!(adapter.effective.formula(&names), "base + 2·(lora_B @ lora_A)");
        }
    }
}

#[test]
fn every_setting_of_lora_reaches_the_plan() {
    let plan = lora(json!({
        "rank": 4, "alpha": 4, "dropout": 0.25, "rslora": true, "init": "gaussian", "loraplus_ratio": 16,
        "target_modules": ["q_proj", "v_proj", "embed_tokens"], "exclude_modules": ["layers.1.self_attn.v_proj"],
        "rank_pattern": {"layers\\.0\\.self_attn\\.q_proj": 2, "q_proj": 1}, "alpha_pattern": {"v_proj": 8},
        "train_norms": true
    }));
    assert_eq!(rank(&plan, "model.layers.0.self_attn.q_proj"), Some(2));
    assert_eq!(rank(&plan, "model.layers.1.self_attn.q_proj"), Some(1));
    assert_eq!(rank(&plan, "model.layers.0.self_attn.v_proj"), Some(4));
    assert_eq!(rank(&plan, "model.layers.1.self_attn.v_proj"), None);
    let form = |name: &str| LowRank::of(plan.adapter(manifest().find(name).unwrap()).unwrap()).unwrap();
    let v = form("model.layers.0.self_attn.v_proj.weight");
    assert_eq!((v.scale, v.dropout, v.transposed), (8.0 / 2.0, 0.25, false));
    let embedding = form("model.embed_tokens.weight");
    assert_eq!((embedding.rank, embedding.scale, embedding.transposed), (4, 4.0 / 2.0, true));
    assert_eq!(plan.trainable().len(), 2 * LAYERS as usize + 1);
    let fast = plan.groups().iter().position(|g| g.name == "lora_B").unwrap();
    assert_eq!(plan.groups()[fast].learning_rate_scale, 16.0);
    for tensor in plan.adapters().iter().flat_map(|a| &a.tensors) {
        assert_eq!(tensor.group == fast, tensor.name.ends_with("_B"), "{}", tensor.name);
    }
}

#[test]
fn lora_takes_its_factors_out_of_the_weight_where_asked() {
    for (init, a, b) in [
        (
            "pissa",
            "reshape(shape=[4, 1], sqrt(0.5·svd_s(rank=4, base))) ⊙ svd_vt(rank=4, base)",
            "svd_u(rank=4, base) ⊙ reshape(shape=[1, 4], sqrt(0.5·svd_s(rank=4, base)))",
        ),
        ("olora", "slice(axis=0, start=0, length=4, qr_r(base))", "slice(axis=1, start=0, length=4, qr_q(base))"),
    ] {
        let plan = lora(json!({"rank": 4, "init": init}));
        for adapter in plan.adapters() {
            let names = ["lora_A", "lora_B"];
            assert_eq!(adapter.tensors[0].init.formula(&names), a);
            assert_eq!(adapter.tensors[1].init.formula(&names), b);
            assert_eq!(adapter.base.as_ref().unwrap().formula(&names), "base - 2·(lora_B @ lora_A)");
            assert_eq!(adapter.effective.formula(&names), "base + 2·(lora_B @ lora_A)");
            // On the whole weight, which is all that PEFT's form of it has, these factors would be something else.
            assert_eq!(LowRank::of(adapter), None);
        }
    }
}

#[test]
fn the_order_of_patterns_survives_the_way_to_the_plugin() {
    let first = lora(json!({"target_modules": ["q_proj"], "rank_pattern": {"q_proj": 3, ".*": 5}}));
    let second = lora(json!({"target_modules": ["q_proj"], "rank_pattern": {".*": 5, "q_proj": 3}}));
    let module = "model.layers.0.self_attn.q_proj";
    assert_eq!((rank(&first, module), rank(&second, module)), (Some(3), Some(5)));
}

#[test]
fn rank_select_and_lora_spend_a_budget_together() {
    for budget in [48, 500, 1111, 3000] {
        let choices = selected(json!({"budget": budget, "max_rank": 8}));
        let plan = planned("lora", &json!({"rank": 64}), Some(choices.clone()));
        let spent = plan.summary(&manifest()).trainable_parameters;
        assert!(spent > 0 && spent <= budget, "{spent} of {budget}");
        assert_eq!(plan.adapters().len(), choices.len());
        for (adapter, choice) in plan.adapters().iter().zip(&choices) {
            assert_eq!(adapter.target.0, choice.param);
            let form = LowRank::of(adapter).unwrap();
            assert_eq!(Some(form.rank as u32), choice.rank);
            assert_eq!(form.scale, 2.0);
        }
    }
}

#[test]
fn rank_select_serves_steep_spectra_first() {
    let choices = selected(json!({"budget": 600}));
    let names: Vec<String> =
        choices.iter().map(|c| manifest().get(ParamId(c.param)).unwrap().module().to_owned()).collect();
    assert!(
        names.iter().any(|n| n.ends_with("k_proj")) && !names.iter().any(|n| n.ends_with("down_proj")),
        "{names:?}"
    );
    let coarse = selected(json!({"budget_percent": 30, "rank_multiple": 4, "layers": 0}));
    assert!(coarse.iter().all(|c| c.rank.is_some_and(|r| r % 4 == 0)));
    assert!(coarse.iter().all(|c| manifest().get(ParamId(c.param)).unwrap().layer == Some(0)));
}

#[test]
fn what_cannot_be_meant_is_refused_with_what_would_be_right() {
    let cases = [
        ("lora", json!({"rnak": 4}), &["rnak: ", "did you mean `rank`"][..]),
        ("lora", json!({"rank": 0}), &["rank: ", "minimum"]),
        ("lora", json!({"dropout": 1.0}), &["dropout: "]),
        ("lora", json!({"target_modules": ["q_porj"]}), &["target_modules: `q_porj` matches no module", "`q_proj`"]),
        ("lora", json!({"target_modules": "q_proj"}), &["target_modules: ", r#"write ["q_proj"]"#]),
        ("lora", json!({"target_modules": ["lm_head"]}), &["target_modules: ", "tied to `model.embed_tokens`"]),
        ("lora", json!({"rank_pattern": {"qproj": 4}}), &["rank_pattern: `qproj` matches no", "`q_proj`"]),
        ("lora", json!({"modules_to_save": ["head"]}), &["modules_to_save: `head` is no module"]),
        (
            "lora",
            json!({"rank": 9, "init": "pissa"}),
            &["rank: is 9 for `model.layers.0.self_attn.k_proj`", "at most 8"],
        ),
        ("lora", json!({"rank": 9, "init": "olora"}), &["rank: is 9 for ", "[8, 16]", "at most 8"]),
        ("lora", json!({"init": "olora", "target_modules": ["embed_tokens"]}), &["init: ", "is an embedding"]),
        (
            "lora",
            json!({"init": "pissa", "alpha": 0}),
            &["alpha: must be above 0 for `model.layers.0.self_attn.q_proj`"],
        ),
        ("lora", json!({"bias": "all"}), &["bias: this model has no biases"]),
        ("lora", json!({"layers": "0-2"}), &["layers: there is no layer 2; they count from 0 to 1"]),
        ("lora", json!({"layers": "a-b"}), &["layers: "]),
        ("full", json!({"include": "no such"}), &["include: `no such` matches no parameter"]),
        ("full", json!({"exclude": "("}), &["exclude: `(` is no regular expression"]),
        ("full", json!({"freeze_embeddings": true}), &["freeze_embeddings: ", "`exclude`"]),
        ("rank-select", json!({"budget": 23}), &["budget: 23 parameters buy no adapter; the least is 24"]),
        ("rank-select", json!({"budget": 99, "budget_percent": 1}), &["budget: give either"]),
        ("rank-select", json!({"min_rank": 9, "max_rank": 8}), &["max_rank: no rank from 9 to 8"]),
    ];
    for (name, config, parts) in cases {
        let message = refused(name, config.clone());
        assert!(parts.iter().all(|part| message.contains(part)), "{name} {config}: {message}");
    }
}

#[test]
fn a_selector_without_weights_says_so() {
    let around = Surroundings { stats: Arc::new(NoStats), ..surroundings(None) };
    let error = plugin("rank-select").select(&around, &json!({})).unwrap_err().to_string();
    assert!(error.contains("there are no weights here"), "{error}");
}
