//! Plans of VeRA: what is shared, what a layer behaves as, and what is refused.

use graftwork_sdk::settings;
use testing::{Small, Value, after_step_0, at_step_0, checked, defaults, key, peft, targets, tensors};

use super::*;

fn plan(config: &str, model: &Model) -> Result<Plan, Error> {
    Vera::plan(settings(config)?, model)
}

#[test]
fn projections_fit_the_largest_layer_and_stay() {
    let model = Small::default().model();
    let plan = plan(r#"{"rank": 5}"#, &model).expect("a plan");
    let shared: Vec<_> = plan.shared.iter().map(|t| (t.name.as_str(), t.shape.as_slice(), t.trainable)).collect();
    assert_eq!(shared, [("vera_A", [5, 32].as_slice(), false), ("vera_B", [24, 5].as_slice(), false)]);
    let expected: [(&str, &[u32]); 2] = [("vera_lambda_d", &[5]), ("vera_lambda_b", &[12])];
    assert_eq!(tensors(&plan, 1), expected);
    // Per layer 5 + 24, 5 + 12 and 5 + 16 train.
    let host = checked(&plan, &model);
    assert_eq!(host.adapters().iter().flat_map(|a| a.parts()).map(|t| t.shape.elements()).sum::<u64>(), 2 * 67);
    assert_eq!(peft(&plan)["peft_type"], "VERA");
}

#[test]
fn a_layer_is_itself_at_step_0_and_linear_in_b() {
    let model = Small::default().model();
    let host = checked(&plan(r#"{"rank": 5, "dropout": 0.1}"#, &model).expect("a plan"), &model);
    for place in 0..host.adapters().len() {
        let (base, effective) = at_step_0(&host, &model, place);
        assert!(effective.is_near(&base), "{place}");
    }
    let (d, b) = (Value::drawn(&[5], 1), Value::drawn(&[24], 2));
    let doubled = Value::build(&[24], |i| 2.0 * b.at(i));
    let (base, once) = after_step_0(&host, &model, 0, &[d.clone(), b]);
    let (_, twice) = after_step_0(&host, &model, 0, &[d, doubled]);
    assert!(!once.is_near(&base));
    assert!(twice.is_near(&Value::build(&[24, 16], |i| 2.0 * once.at(i) - base.at(i))));
}

#[test]
fn a_selector_chooses_targets_but_no_ranks() {
    let model = Small::default().chosen(&[(2, Some(3))]);
    let plan = plan(r#"{"rank": 5}"#, &model).expect("a plan");
    assert_eq!(targets(&plan), [2]);
    assert_eq!(plan.shared[0].shape, [5, 16]);
    assert_eq!(plan.shared[1].shape, [12, 5]);
}

#[test]
fn the_schema_says_the_defaults() {
    let model = Small::default().model();
    let plan = |config: &str| format!("{:?}", plan(config, &model).expect("a plan"));
    assert_eq!(plan("{}"), plan(&defaults(Vera::SCHEMA)));
}

#[test]
fn refuses_what_cannot_be_meant() {
    let refused = |config: &str| key(plan(config, &Small::default().model()));
    assert_eq!(refused(r#"{"rank": 0}"#), "rank");
    assert_eq!(refused(r#"{"target_modules": ["embed_tokens"]}"#), "target_modules");
}
