//! Plans of (IA)³: which side is scaled, biases with their weights, and what is refused.

use graftwork_sdk::settings;
use testing::{Small, Value, after_step_0, at_step_0, checked, defaults, key, peft, targets, tensors};

use super::*;

const NAMED: &str = r#"{"target_modules": ["k_proj", "down_proj"], "feedforward_modules": ["down_proj"]}"#;

fn plan(config: &str, model: &Model) -> Result<Plan, Error> {
    Ia3::plan(settings(config)?, model)
}

#[test]
fn outputs_are_scaled_and_in_feedforward_modules_inputs() {
    let model = Small::default().model();
    let plan = plan(NAMED, &model).expect("a plan");
    assert_eq!(targets(&plan), [2, 3, 6, 7]);
    assert_eq!(tensors(&plan, 0), [("ia3_l", [12, 1].as_slice())]);
    assert_eq!(tensors(&plan, 1), [("ia3_l", [1, 32].as_slice())]);
    let host = checked(&plan, &model);
    let (base, effective) = at_step_0(&host, &model, 0);
    assert!(effective.is_near(&base));
    let (rows, columns) = (Value::drawn(&[12, 1], 1), Value::drawn(&[1, 32], 2));
    let (base, effective) = after_step_0(&host, &model, 0, std::slice::from_ref(&rows));
    assert!(effective.is_near(&Value::build(&[12, 16], |i| base.at(i) * rows.at(i))));
    let (base, effective) = after_step_0(&host, &model, 1, std::slice::from_ref(&columns));
    assert!(effective.is_near(&Value::build(&[16, 32], |i| base.at(i) * columns.at(i))));
    assert_eq!(peft(&plan)["feedforward_modules"][1], "model.layers.1.mlp.down_proj");
}

#[test]
fn a_bias_is_scaled_with_its_weight() {
    let model = Small { biased: true, ..Small::default() }.model();
    let plan = plan(NAMED, &model).expect("a plan");
    // Weight and bias of k_proj, the weight of down_proj alone.
    assert_eq!(targets(&plan), [3, 4, 5, 11, 12, 13]);
    let shared: Vec<_> = plan.shared.iter().map(|t| (t.name.as_str(), t.shape.as_slice(), t.trainable)).collect();
    assert_eq!(shared[1], ("model.layers.1.self_attn.k_proj.ia3_l", [12, 1].as_slice(), true));
    let host = checked(&plan, &model);
    for place in 0..3 {
        let (base, effective) = at_step_0(&host, &model, place);
        assert!(effective.is_near(&base), "{place}");
    }
}

#[test]
fn a_family_has_its_defaults() {
    let llama = Small { family: "mistral", ..Small::default() };
    // This one has no v_proj, which its default names.
    assert_eq!(key(plan("{}", &llama.model())), "target_modules");
    let chosen = plan(r#"{"target_modules": ["q_proj", "down_proj"]}"#, &llama.model()).expect("a plan");
    assert_eq!(tensors(&chosen, 1), [("ia3_l", [1, 32].as_slice())]);
    let selected = plan("{}", &llama.chosen(&[(3, Some(4)), (1, None)])).expect("a plan");
    assert_eq!(targets(&selected), [3, 1]);
    assert_eq!(tensors(&selected, 0), [("ia3_l", [1, 32].as_slice())]);
}

#[test]
fn the_schema_describes_every_setting() {
    assert_eq!(defaults(Ia3::SCHEMA), "{}");
}

#[test]
fn refuses_what_cannot_be_meant() {
    let refused = |config: &str| key(plan(config, &Small::default().model()));
    assert_eq!(refused("{}"), "target_modules");
    assert_eq!(refused(r#"{"target_modules": ["k_proj"]}"#), "feedforward_modules");
    assert_eq!(refused(r#"{"target_modules": ["k_proj"], "feedforward_modules": ["fc2"]}"#), "feedforward_modules");
    assert_eq!(refused(r#"{"target_modules": ["k_proj"], "feedforward_modules": ["q_proj"]}"#), "feedforward_modules");
    assert_eq!(refused(r#"{"target_modules": ["embed_tokens"], "feedforward_modules": ["q_proj"]}"#), "target_modules");
}
