//! Plans of LoRA on a model of two layers.

use graftwork_sdk::{Choice, Mock, settings};

use super::*;
use settings::Init;

fn params() -> Vec<Param> {
    let mut params = Vec::new();
    let mut push = |name: String, shape: &[u32], role: Role, layer: Option<u32>, tied_to: Option<u32>| {
        let (id, dtype) = (params.len() as u32, "f32".to_owned());
        params.push(Param { id, name, shape: shape.to_vec(), dtype, role, layer, tied_to });
    };
    push("model.embed_tokens.weight".into(), &[100, 16], Role::Embedding, None, None);
    for l in 0..2 {
        push(format!("model.layers.{l}.self_attn.q_proj.weight"), &[32, 16], Role::Linear, Some(l), None);
        push(format!("model.layers.{l}.self_attn.q_proj.bias"), &[32], Role::Bias, Some(l), None);
        push(format!("model.layers.{l}.mlp.down_proj.weight"), &[16, 64], Role::Linear, Some(l), None);
        push(format!("model.layers.{l}.mlp.down_proj.bias"), &[16], Role::Bias, Some(l), None);
        push(format!("model.layers.{l}.input_layernorm.weight"), &[16], Role::Norm, Some(l), None);
    }
    push("lm_head.weight".into(), &[100, 16], Role::Head, None, Some(0));
    params
}

fn plan(config: Config) -> Result<Plan, Error> {
    Lora::plan(config, &Model::from(Mock { params: params(), ..Mock::default() }))
}

fn config(json: &str) -> Config {
    settings(json).expect("settings")
}

fn key(result: Result<Plan, Error>) -> String {
    match result {
        Err(Error::Config { key, .. }) => key,
        other => format!("{other:?}"),
    }
}

/// The factor of the `scale` node.
fn factor(expression: &Expr) -> String {
    let graph = expression.graph();
    let node = graph.nodes.iter().find(|n| n.op == "scale");
    format!("{:?}", node.map(|n| &n.attributes[0].1))
}

fn scale(adapter: &Adapter) -> String {
    factor(&adapter.effective)
}

#[test]
fn adapts_every_linear_layer_by_default() {
    let plan = plan(Config::default()).expect("a plan");
    let targets: Vec<_> = plan.adapters.iter().map(|a| a.target).collect();
    assert_eq!(targets, [1, 3, 6, 8]);
    assert_eq!(plan.adapters[0].tensors[0].shape, [8, 16]);
    assert_eq!(plan.adapters[0].tensors[1].shape, [32, 8]);
    assert_eq!(scale(&plan.adapters[0]), "Some(Attribute::Float(2.0))");
    assert!(plan.trainable.is_empty() && plan.groups.is_empty());
}

#[test]
fn names_suffixes_patterns_and_layers_choose() {
    let targets =
        |config: Config| -> Vec<u32> { plan(config).expect("a plan").adapters.iter().map(|a| a.target).collect() };
    assert_eq!(targets(config(r#"{"target_modules": ["q_proj"]}"#)), [1, 6]);
    assert_eq!(targets(config(r#"{"target_modules": ["layers.1.mlp.down_proj"]}"#)), [8]);
    assert_eq!(targets(config(r#"{"layers": [1]}"#)), [6, 8]);
    assert_eq!(targets(config(r#"{"target_modules": "model\\.layers\\.0\\..*"}"#)), [1, 3]);
    assert_eq!(targets(config(r#"{"exclude_modules": ["q_proj"]}"#)), [3, 8]);
}

#[test]
fn patterns_set_rank_and_alpha() {
    let patterns = r#"{
        "rank": 8, "alpha": 8,
        "rank_pattern": {"down_proj": 4}, "alpha_pattern": {"layers\\.0\\.mlp\\.down_proj": 2}
    }"#;
    let plan = plan(config(patterns)).expect("a plan");
    let ranks: Vec<_> = plan.adapters.iter().map(|a| a.tensors[0].shape[0]).collect();
    assert_eq!(ranks, [8, 4, 8, 4]);
    let scales: Vec<_> = plan.adapters.iter().map(scale).collect();
    assert_eq!(scales[1], "Some(Attribute::Float(0.5))");
    assert_eq!(scales[3], "Some(Attribute::Float(2.0))");
}

#[test]
fn options_change_the_plan() {
    let rs = plan(Config { rslora: true, ..config(r#"{"rank": 4, "alpha": 8.0}"#) }).expect("a plan");
    assert_eq!(scale(&rs.adapters[0]), "Some(Attribute::Float(4.0))");
    let plus = plan(Config { loraplus_ratio: Some(16.0), ..Config::default() }).expect("a plan");
    assert_eq!(plus.groups[0].learning_rate_scale, 16.0);
    assert_eq!(plus.adapters[0].tensors[1].group.as_deref(), Some("lora_B"));
    assert_eq!(plus.adapters[0].tensors[0].group, None);
    let wet = plan(Config { dropout: 0.1, ..Config::default() }).expect("a plan");
    assert!(wet.adapters[0].effective.graph().nodes.iter().any(|n| n.op == "dropout"));
    let trained =
        |config: Config| -> Vec<u32> { plan(config).expect("a plan").trainable.iter().map(|t| t.param).collect() };
    assert_eq!(trained(Config { bias: Bias::All, ..config(r#"{"target_modules": ["q_proj"]}"#) }), [2, 4, 7, 9]);
    assert_eq!(trained(Config { bias: Bias::LoraOnly, ..config(r#"{"target_modules": ["q_proj"]}"#) }), [2, 7]);
    assert_eq!(trained(Config { train_norms: true, ..Config::default() }), [5, 10]);
    assert_eq!(trained(Config { modules_to_save: vec!["lm_head".into()], ..Config::default() }), [0]);
}

#[test]
fn adapts_an_embedding_the_other_way_round() {
    let plan = plan(config(r#"{"rank": 2, "target_modules": ["embed_tokens"]}"#)).expect("a plan");
    let tensors: Vec<_> = plan.adapters[0].tensors.iter().map(|t| (t.name.as_str(), t.shape.clone())).collect();
    assert_eq!(tensors, [("lora_embedding_A", vec![2, 100]), ("lora_embedding_B", vec![16, 2])]);
}

/// Names of the ops that an expression takes, each once.
fn ops(expression: &Expr) -> Vec<String> {
    let mut ops: Vec<String> = expression.graph().nodes.into_iter().map(|node| node.op).collect();
    ops.sort_unstable();
    ops.dedup();
    ops
}

#[test]
fn factors_out_of_the_weight_are_missing_in_its_base() {
    for (init, a, b) in [(Init::Pissa, "svd_vt", "svd_u"), (Init::Olora, "qr_r", "qr_q")] {
        let plan = plan(Config { init, dropout: 0.1, ..config(r#"{"rank": 4, "alpha": 6.0}"#) }).expect("a plan");
        assert_eq!(plan.adapters.len(), 4);
        for adapter in &plan.adapters {
            assert!(ops(&adapter.tensors[0].init).contains(&a.to_owned()), "{:?}", ops(&adapter.tensors[0].init));
            assert!(ops(&adapter.tensors[1].init).contains(&b.to_owned()), "{:?}", ops(&adapter.tensors[1].init));
            // Dropout is training's alone: what the weight gives up is the whole product.
            let base = adapter.base.as_ref().expect("a changed base");
            assert_eq!(ops(base), ["base", "matmul", "scale", "sub", "tensor"]);
            assert_eq!([factor(base), scale(adapter)], ["Some(Attribute::Float(1.5))"; 2]);
        }
    }
    for init in [Init::Kaiming, Init::Gaussian] {
        let plan = plan(Config { init, ..Config::default() }).expect("a plan");
        assert!(plan.adapters.iter().all(|adapter| adapter.base.is_none()));
    }
}

#[test]
fn refuses_to_take_what_the_weight_does_not_have() {
    for init in [Init::Pissa, Init::Olora] {
        // A draw has no such bound, the weights of `q_proj` are [32, 16].
        assert!(plan(config(r#"{"rank": 17}"#)).is_ok());
        assert!(plan(Config { init, ..config(r#"{"rank": 16}"#) }).is_ok());
        assert_eq!(key(plan(Config { init, ..config(r#"{"rank": 17}"#) })), "rank");
        let embedding = Config { init, ..config(r#"{"target_modules": ["embed_tokens", "q_proj"]}"#) };
        assert_eq!(key(plan(embedding)), "init");
    }
    for alpha in [0.0, -8.0] {
        assert_eq!(key(plan(Config { init: Init::Pissa, ..config(&format!(r#"{{"alpha": {alpha}}}"#)) })), "alpha");
        assert!(plan(Config { init: Init::Olora, ..config(&format!(r#"{{"alpha": {alpha}}}"#)) }).is_ok());
    }
}

#[test]
fn a_selector_has_the_first_word() {
    let choices =
        vec![Choice { param: 3, rank: Some(5), alpha: Some(10.0) }, Choice { param: 1, rank: None, alpha: None }];
    let model = Model::from(Mock { params: params(), choices: Some(choices), ..Mock::default() });
    let plan = Lora::plan(Config::default(), &model).expect("a plan");
    let chosen: Vec<_> = plan.adapters.iter().map(|a| (a.target, a.tensors[0].shape[0])).collect();
    assert_eq!(chosen, [(3, 5), (1, 8)]);
}

#[test]
fn refuses_what_cannot_be_meant() {
    assert_eq!(
        settings::<Config>(r#"{"rnak": 4}"#).map(|_| ()).map_err(|e| matches!(e, Error::Config { .. })),
        Err(true)
    );
    assert_eq!(key(plan(config(r#"{"target_modules": ["q_porj"]}"#))), "target_modules");
    assert_eq!(key(plan(config(r#"{"target_modules": "("}"#))), "target_modules");
    assert_eq!(key(plan(config(r#"{"layers": [2]}"#))), "layers");
    assert_eq!(key(plan(config(r#"{"rank": 0}"#))), "rank");
    assert_eq!(key(plan(Config { modules_to_save: vec!["head".into()], ..Config::default() })), "modules_to_save");
    assert_eq!(key(plan(Config { modules_to_save: vec!["q_proj".into()], ..Config::default() })), "modules_to_save");
    // The head is tied to the embedding, so one cannot train while the other is adapted.
    let both = Config { modules_to_save: vec!["lm_head".into()], ..config(r#"{"target_modules": ["embed_tokens"]}"#) };
    assert_eq!(key(plan(both)), "modules_to_save");
    assert_eq!(key(plan(config(r#"{"rank_pattern": {"v_proj": 4}}"#))), "rank_pattern");
}
