//! PEFT adapter folders.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod common;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use common::{matrix, names};
use graftwork_store::{
    AdapterKey, AdapterPart, Bias, Dtype, InitWeights, MANIFEST, Names, Overwrite, Param, Patterns, PeftAdapter,
    PeftConfig, PeftError, StoreError, TensorData,
};
use serde_json::{Value, json};
use tempfile::{TempDir, tempdir};

const Q: &str = "model.layers.0.self_attn.q_proj";

fn key(module: &str, part: AdapterPart) -> String {
    AdapterKey { module: module.to_owned(), part }.to_string()
}

/// Rank 4 on one module of 6 inputs and 5 outputs, and a whole head.
fn adapter() -> PeftAdapter {
    let tensors = [
        (key(Q, AdapterPart::LoraA), matrix(4, 6, Dtype::F32)),
        (key(Q, AdapterPart::LoraB), matrix(5, 4, Dtype::F32)),
        (key("lm_head", AdapterPart::Saved(Param::Weight)), matrix(7, 5, Dtype::BF16)),
    ];
    PeftAdapter {
        config: PeftConfig {
            task_type: Some("CAUSAL_LM".to_owned()),
            r: 4,
            lora_alpha: 16.0,
            target_modules: Some(Names::List(vec![Q.to_owned()])),
            modules_to_save: Some(vec!["lm_head".to_owned()]),
            base_model_name_or_path: Some("some/model: 1".to_owned()),
            ..PeftConfig::default()
        },
        tensors: tensors.into(),
    }
}

/// The settings that PEFT 0.21 writes, changed by `changes`, over an adapter without tensors.
fn folder(changes: &Value) -> TempDir {
    let mut config = json!({
        "alora_invocation_tokens": null, "alpha_pattern": {}, "arrow_config": null, "auto_mapping": null,
        "base_model_name_or_path": "base", "bias": "none", "corda_config": null, "ensure_weight_tying": false,
        "eva_config": null, "exclude_modules": null, "fan_in_fan_out": false, "inference_mode": true,
        "init_lora_weights": true, "layer_replication": null, "layers_pattern": null, "layers_to_transform": null,
        "loftq_config": {}, "lora_alpha": 16, "lora_bias": false, "lora_dropout": 0.05, "megatron_config": null,
        "megatron_core": "megatron.core", "modules_to_save": null, "peft_type": "LORA", "peft_version": "0.21.2",
        "qalora_group_size": 16, "r": 8, "rank_pattern": {}, "revision": null,
        "target_modules": ["q_proj", "v_proj"], "target_parameters": null, "task_type": "CAUSAL_LM",
        "trainable_token_indices": null, "use_bdlora": null, "use_dora": false, "use_qalora": false,
        "use_rslora": false
    });
    for (name, value) in changes.as_object().unwrap() {
        config[name] = value.clone();
    }
    let dir = tempdir().unwrap();
    fs::write(dir.path().join("adapter_config.json"), config.to_string()).unwrap();
    fs::write(dir.path().join("adapter_model.safetensors"), common::safetensors("{}", &[])).unwrap();
    dir
}

fn problem(dir: &Path) -> PeftError {
    match PeftAdapter::read(dir).unwrap_err() {
        StoreError::Peft { reason, .. } => reason,
        other => panic!("{other}"),
    }
}

#[test]
fn an_adapter_round_trips() {
    let home = tempdir().unwrap();
    let dir = home.path().join("adapter");
    adapter().write(&dir, Overwrite::Never).unwrap();
    assert_eq!(PeftAdapter::read(&dir).unwrap(), adapter());
    assert_eq!(names(&dir), [MANIFEST, "README.md", "adapter_config.json", "adapter_model.safetensors"]);
    let card = fs::read_to_string(dir.join("README.md")).unwrap();
    assert!(card.starts_with("---\nbase_model: \"some/model: 1\"\nlibrary_name: peft\n"));
}

#[test]
fn only_what_is_needed_is_written_with_sorted_keys_and_whole_numbers() {
    let home = tempdir().unwrap();
    let mut adapter = adapter();
    adapter.config.base_model_name_or_path = None;
    adapter.config.modules_to_save = None;
    adapter.config.alpha_pattern = Patterns::from_iter([("z".to_owned(), 8.0), ("a".to_owned(), 0.5)]);
    adapter.write(&home.path().join("a"), Overwrite::Never).unwrap();
    let text = fs::read_to_string(home.path().join("a/adapter_config.json")).unwrap();
    let expected = format!(
        "{{\n  \"alpha_pattern\": {{\n    \"z\": 8,\n    \"a\": 0.5\n  }},\n  \"lora_alpha\": 16,\n  \"peft_type\": \"LORA\",\n  \"r\": 4,\n  \
         \"target_modules\": [\n    \"{Q}\"\n  ],\n  \"task_type\": \"CAUSAL_LM\"\n}}\n"
    );
    assert_eq!(text, expected);
}

#[test]
fn what_peft_writes_is_read() {
    let config = PeftAdapter::read(folder(&json!({})).path()).unwrap().config;
    assert_eq!((config.r, config.lora_alpha), (8, 16.0));
    assert_eq!((config.bias, config.inference_mode), (Bias::None, true));
    assert_eq!(config.target_modules, Some(Names::List(vec!["q_proj".to_owned(), "v_proj".to_owned()])));
    assert_eq!(config.init_lora_weights, InitWeights::Flag(true));
    assert_eq!(config.other["peft_version"], "0.21.2");

    let other = json!({ "target_modules": "all-linear", "bias": "lora_only", "use_dora": true, "init_lora_weights": "gaussian", "rank_pattern": null });
    let config = PeftAdapter::read(folder(&other).path()).unwrap().config;
    assert_eq!(config.target_modules, Some(Names::Pattern("all-linear".to_owned())));
    assert_eq!((config.bias, config.use_dora), (Bias::LoraOnly, true));
}

#[test]
fn settings_that_change_the_result_are_named_all_at_once() {
    let changes = json!({
        "lora_bias": true, "target_parameters": ["experts.w1"], "layer_replication": [[0, 4]],
        "init_lora_weights": "pissa_niter_4", "from_the_future": "yes", "eva_config": { "rho": 2.0 }
    });
    let message = problem(folder(&changes).path()).to_string();
    for setting in [
        "lora_bias = true",
        "target_parameters = [\"experts.w1\"]",
        "layer_replication = [[0,4]]",
        "init_lora_weights = \"pissa_niter_4\"",
        "from_the_future = \"yes\"",
    ] {
        assert!(message.contains(setting), "{setting} not in {message}");
    }
    assert!(!message.contains("eva_config"), "{message}");
}

#[test]
fn adapters_that_are_not_lora_or_have_no_rank_are_refused() {
    let problem_of = |changes: Value| problem(folder(&changes).path());
    assert!(matches!(problem_of(json!({ "peft_type": "IA3" })), PeftError::Type(kind) if kind == "IA3"));
    assert!(matches!(problem_of(json!({ "r": 0 })), PeftError::ZeroRank));
    assert!(matches!(problem_of(json!({ "rank_pattern": { "q_proj": 0 } })), PeftError::ZeroRank));
    // No module is held against the second one: the first decides.
    let unused = problem_of(json!({ "alpha_pattern": { "q_proj": 1, "(?=q)": 2 } }));
    assert!(matches!(&unused, PeftError::Pattern { pattern, .. } if pattern == "(?=q)"), "{unused}");
    let error = PeftAdapter::read(folder(&json!({ "r": -1 })).path()).unwrap_err();
    assert!(matches!(error, StoreError::Json { .. }), "{error}");
}

#[test]
fn missing_files_are_named() {
    let home = tempdir().unwrap();
    let message = |dir: &Path| PeftAdapter::read(dir).unwrap_err().to_string();
    assert!(message(&home.path().join("nowhere")).contains("is not a folder"));
    assert!(message(home.path()).contains("has no adapter_config.json"));

    let dir = folder(&json!({}));
    fs::remove_file(dir.path().join("adapter_model.safetensors")).unwrap();
    assert!(message(dir.path()).contains("has no adapter_model.safetensors"));
    fs::write(dir.path().join("adapter_model.bin"), "").unwrap();
    assert!(matches!(problem(dir.path()), PeftError::Pickle));
}

#[test]
fn patterns_mean_what_they_mean_to_peft() {
    let config = PeftConfig {
        r: 8,
        lora_alpha: 16.0,
        rank_pattern: Patterns::from_iter([
            (r"layers\.[01]\.self_attn\.q_proj".to_owned(), 2),
            ("q_proj".to_owned(), 4),
            ("k_proj|v_proj".to_owned(), 32),
        ]),
        alpha_pattern: Patterns::from_iter([("v_proj".to_owned(), 64.0)]),
        ..PeftConfig::default()
    };
    let rank = |module: &str| config.rank(module).unwrap();
    assert_eq!(rank("model.layers.1.self_attn.q_proj"), 2);
    assert_eq!(rank("model.layers.2.self_attn.q_proj"), 4);
    assert_eq!(rank("model.layers.2.self_attn.v_proj"), 32);
    assert_eq!(rank("model.layers.2.self_attn.o_proj"), 8);
    assert_eq!(rank("model.layers.2.self_attn.qq_proj"), 8, "whole names only");
    assert_eq!(rank("q_proj.inner"), 8, "to the end only");

    assert_eq!(config.scaling("v_proj").unwrap(), 2.0);
    let rooted = PeftConfig { use_rslora: true, ..config };
    assert_eq!(rooted.scaling("a.q_proj").unwrap(), 8.0);

    let broken =
        PeftConfig { rank_pattern: Patterns::from_iter([("(?=look)".to_owned(), 2)]), ..PeftConfig::default() };
    assert!(matches!(broken.rank("a"), Err(PeftError::Pattern { .. })));
}

#[test]
fn keys_come_apart_and_together() {
    for (text, module, part) in [
        ("a.q.lora_A.weight", "a.q", AdapterPart::LoraA),
        ("a.q.lora_B.weight", "a.q", AdapterPart::LoraB),
        ("a.q.lora_magnitude_vector", "a.q", AdapterPart::Magnitude),
        ("e.lora_embedding_A", "e", AdapterPart::EmbeddingA),
        ("e.lora_embedding_B", "e", AdapterPart::EmbeddingB),
        ("e.base_layer.weight", "e", AdapterPart::BaseLayer(Param::Weight)),
        ("a.q.base_layer.bias", "a.q", AdapterPart::BaseLayer(Param::Bias)),
        ("lm_head.weight", "lm_head", AdapterPart::Saved(Param::Weight)),
        ("norm.bias", "norm", AdapterPart::Saved(Param::Bias)),
    ] {
        let text = format!("base_model.model.{text}");
        let parsed: AdapterKey = text.parse().unwrap();
        assert_eq!((parsed.module.as_str(), parsed.part), (module, part));
        assert_eq!(parsed.to_string(), text);
    }
}

#[test]
fn keys_that_peft_would_pass_over_are_errors() {
    let parse = |text: &str| text.parse::<AdapterKey>().unwrap_err();
    assert!(matches!(parse("model.layers.0.q.lora_A.weight"), PeftError::Prefix(_)));
    for text in
        ["q.lora_A.default.weight", "q.lora_B.bias", "q.ia3_l", "e.token_adapter.trainable_tokens_delta", ".weight", ""]
    {
        let error = parse(&format!("base_model.model.{text}"));
        assert!(matches!(error, PeftError::Key(_)), "{text}: {error}");
    }
}

#[test]
fn tensors_that_make_no_adapter_are_not_written() {
    let home = tempdir().unwrap();
    let dir = home.path().join("adapter");
    let refuse = |change: &dyn Fn(&mut BTreeMap<String, TensorData>, &mut PeftConfig)| {
        let mut adapter = adapter();
        change(&mut adapter.tensors, &mut adapter.config);
        let error = adapter.write(&dir, Overwrite::Never).unwrap_err();
        assert!(names(home.path()).is_empty());
        match error {
            StoreError::Peft { reason, .. } => reason,
            other => panic!("{other}"),
        }
    };
    let (a, b) = (key(Q, AdapterPart::LoraA), key(Q, AdapterPart::LoraB));

    let error = refuse(&|tensors, _| drop(tensors.remove(&b)));
    assert!(matches!(error, PeftError::Unpaired { missing: "lora_B", .. }), "{error}");
    let error = refuse(&|tensors, _| drop(tensors.insert(a.clone(), matrix(6, 4, Dtype::F32))));
    assert!(matches!(error, PeftError::Shapes { .. }), "{error}");
    let error = refuse(&|_, config| config.r = 8);
    assert!(matches!(error, PeftError::Rank { tensors: 4, config: 8, .. }), "{error}");
    let error = refuse(&|_, config| config.use_dora = true);
    assert!(matches!(error, PeftError::Dora { present: false, .. }), "{error}");
    let error = refuse(&|tensors, _| {
        tensors.insert(key(Q, AdapterPart::Magnitude), common::f32s(&[1.0; 5]));
    });
    assert!(matches!(error, PeftError::Dora { present: true, .. }), "{error}");
}
