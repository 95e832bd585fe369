//! Plans of DoRA: shapes, what a layer behaves as, and what is refused.

use graftwork_sdk::settings;
use testing::{Small, Value, after_step_0, at_step_0, checked, defaults, key, peft, targets, tensors};

use super::*;

fn plan(config: &str, model: &Model) -> Result<Plan, Error> {
    Dora::plan(settings(config)?, model)
}

#[test]
fn tensors_are_lora_and_a_length_for_each_output() {
    let model = Small::default().model();
    let plan = plan(r#"{"rank": 4}"#, &model).expect("a plan");
    assert_eq!(targets(&plan), [1, 2, 3, 5, 6, 7]);
    let expected: [(&str, &[u32]); 3] = [("lora_A", &[4, 16]), ("lora_B", &[24, 4]), ("lora_magnitude_vector", &[24])];
    assert_eq!(tensors(&plan, 0), expected);
    // Per layer: 4 · (16 + 24) + 24, 4 · (16 + 12) + 12, 4 · (32 + 16) + 16.
    let host = checked(&plan, &model);
    assert_eq!(host.adapters().iter().flat_map(|a| a.parts()).map(|t| t.shape.elements()).sum::<u64>(), 2 * 516);
}

#[test]
fn a_layer_is_itself_at_step_0() {
    let model = Small::default().model();
    for config in ["{}", r#"{"dropout": 0.1}"#, r#"{"target_modules": ["embed_tokens", "lm_head"], "dropout": 0.1}"#] {
        let plan = checked(&plan(config, &model).expect("a plan"), &model);
        for place in 0..plan.adapters().len() {
            let (base, effective) = at_step_0(&plan, &model, place);
            assert!(effective.is_near(&base), "{config}, {place}");
        }
    }
}

#[test]
fn a_row_is_as_long_as_the_vector_says() {
    let model = Small::default().model();
    let drawn = [Value::drawn(&[4, 16], 1), Value::drawn(&[24, 4], 2), Value::drawn(&[24], 3)];
    let effective = |config: &str| {
        let plan = checked(&plan(config, &model).expect("a plan"), &model);
        after_step_0(&plan, &model, 0, &drawn)
    };
    let (base, dry) = effective(r#"{"rank": 4, "alpha": 6}"#);
    let (_, wet) = effective(r#"{"rank": 4, "alpha": 6, "dropout": 0.5}"#);
    let (_, rooted) = effective(r#"{"rank": 4, "alpha": 3, "rslora": true}"#);
    let update = drawn[1].matmul(&drawn[0]);
    let adapted = Value::build(&[24, 16], |i| base.at(i) + 1.5 * update.at(i));
    let length = |row: usize| (0..16).map(|k| adapted.at(&[row, k]).powi(2)).sum::<f64>().sqrt();
    let expected = Value::build(&[24, 16], |i| drawn[2].at(&i[..1]) / length(i[0]) * adapted.at(i));
    assert!(dry.is_near(&expected) && wet.is_near(&expected) && rooted.is_near(&expected));
}

#[test]
fn an_embedding_has_a_length_for_each_column() {
    let model = Small::default().model();
    let plan = plan(r#"{"rank": 2, "target_modules": ["embed_tokens"]}"#, &model).expect("a plan");
    let expected: [(&str, &[u32]); 3] =
        [("lora_embedding_A", &[2, 20]), ("lora_embedding_B", &[16, 2]), ("lora_magnitude_vector", &[16])];
    assert_eq!(tensors(&plan, 0), expected);
}

#[test]
fn the_length_is_a_constant_for_the_gradient() {
    let plan = plan("{}", &Small::default().model()).expect("a plan");
    let nodes = plan.adapters[0].effective.graph().nodes;
    let detached = nodes.iter().find(|n| n.op == "detach").expect("a detached node");
    assert_eq!(nodes[detached.inputs[0] as usize].op, "norm");
}

#[test]
fn peft_calls_it_lora() {
    let model = Small::default().chosen(&[(1, Some(3)), (2, None)]);
    let plan = plan(r#"{"rank": 4, "rslora": true}"#, &model).expect("a plan");
    assert_eq!(targets(&plan), [1, 2]);
    let peft = peft(&plan);
    assert_eq!(peft["peft_type"], "LORA");
    assert!(peft["use_dora"] == true && peft["use_rslora"] == true, "{peft}");
    assert_eq!(peft["rank_pattern"].as_object().map(|p| p.len()), Some(1), "{peft}");
    assert!(plan.metadata.iter().any(|(name, text)| name == "peft_keys" && text.contains("lora_A.weight")));
}

#[test]
fn the_schema_says_the_defaults() {
    let model = Small::default().model();
    let plan = |config: &str| format!("{:?}", plan(config, &model).expect("a plan"));
    assert_eq!(plan("{}"), plan(&defaults(Dora::SCHEMA)));
}

#[test]
fn refuses_what_cannot_be_meant() {
    let refused = |config: &str| key(plan(config, &Small::default().model()));
    assert_eq!(refused(r#"{"rank": 0}"#), "rank");
    assert_eq!(refused(r#"{"target_modules": ["q_porj"]}"#), "target_modules");
    assert_eq!(refused(r#"{"layers": 2}"#), "layers");
}
