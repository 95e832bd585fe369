//! Plans of OFT: blocks, rotations that rotate, and what is refused.

use graftwork_sdk::settings;
use testing::{Small, Value, after_step_0, at_step_0, checked, defaults, key, peft, targets, tensors};

use super::*;

fn plan(config: &str, model: &Model) -> Result<Plan, Error> {
    Oft::plan(settings(config)?, model)
}

fn shape(config: &str) -> Vec<u32> {
    let model = Small::default().model();
    let plan = plan(config, &model).expect("a plan");
    checked(&plan, &model);
    assert_eq!(targets(&plan), [1, 2, 3, 5, 6, 7]);
    tensors(&plan, 0)[0].1.to_vec()
}

#[test]
fn blocks_divide_the_inputs() {
    // q_proj has 16 inputs.
    assert_eq!(shape(r#"{"oft_block_size": 4}"#), [4, 6]);
    assert_eq!(shape(r#"{"r": 2}"#), [2, 28]);
    assert_eq!(shape(r#"{"oft_block_size": 4, "block_share": true}"#), [1, 6]);
    // The nearest divisor, of two the smaller one; as PEFT adjusts.
    assert_eq!(shape(r#"{"oft_block_size": 5}"#), [4, 6]);
    assert_eq!(shape(r#"{"oft_block_size": 6}"#), [4, 6]);
    assert_eq!(shape(r#"{"oft_block_size": 7}"#), [2, 28]);
    assert_eq!(shape("{}"), [1, 120]);
}

#[test]
fn a_layer_is_itself_at_step_0() {
    let model = Small::default().model();
    for config in [r#"{"oft_block_size": 4}"#, r#"{"use_cayley_neumann": false}"#, r#"{"r": 4, "block_share": true}"#] {
        let host = checked(&plan(config, &model).expect("a plan"), &model);
        for place in 0..host.adapters().len() {
            let (base, effective) = at_step_0(&host, &model, place);
            assert!(effective.is_near(&base), "{config}, {place}");
        }
    }
}

/// `W Wᵀ`, which no rotation of the inputs changes.
fn products(weight: &Value) -> Value {
    weight.matmul(&weight.transpose())
}

#[test]
fn exact_blocks_rotate_and_a_series_comes_near() {
    let model = Small::default().model();
    let small = Value::build(&[4, 6], |i| 0.05 * Value::drawn(&[4, 6], 3).at(i));
    let effective = |config: &str| {
        let host = checked(&plan(config, &model).expect("a plan"), &model);
        after_step_0(&host, &model, 0, std::slice::from_ref(&small))
    };
    let (base, exact) = effective(r#"{"oft_block_size": 4, "use_cayley_neumann": false}"#);
    assert!(!exact.is_near(&base) && products(&exact).is_near(&products(&base)));
    let error = |terms: u32| {
        let config = format!(r#"{{"oft_block_size": 4, "num_cayley_neumann_terms": {terms}}}"#);
        let series = effective(&config).1;
        // The series is of the inverse, which is the map of -Q.
        let inverse = effective_of_negative(&model, &small);
        series.data.iter().zip(&inverse.data).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
    };
    assert!(error(2) > error(3) && error(3) > error(5) && error(5) > error(20));
    assert!(error(20) < 1e-12, "{}", error(20));
}

fn effective_of_negative(model: &Model, tensor: &Value) -> Value {
    let config = r#"{"oft_block_size": 4, "use_cayley_neumann": false}"#;
    let negative = Value::build(&tensor.shape, |i| -tensor.at(i));
    let host = checked(&plan(config, model).expect("a plan"), model);
    after_step_0(&host, model, 0, std::slice::from_ref(&negative)).1
}

#[test]
fn a_shared_block_is_every_block() {
    let model = Small::default().model();
    let one = Value::drawn(&[1, 6], 1);
    let four = Value::build(&[4, 6], |i| one.at(&[0, i[1]]));
    let effective = |config: &str, tensor: &Value| {
        let host = checked(&plan(config, &model).expect("a plan"), &model);
        after_step_0(&host, &model, 0, std::slice::from_ref(tensor)).1
    };
    let shared = effective(r#"{"oft_block_size": 4, "block_share": true}"#, &one);
    assert!(shared.is_near(&effective(r#"{"oft_block_size": 4}"#, &four)));
}

#[test]
fn a_selector_chooses_targets() {
    let plan = plan("{}", &Small::default().chosen(&[(3, Some(4))])).expect("a plan");
    assert_eq!(targets(&plan), [3]);
    let peft = peft(&plan);
    assert!(peft["peft_type"] == "OFT" && peft["r"] == 0 && peft["oft_block_size"] == 32, "{peft}");
}

#[test]
fn the_schema_says_the_defaults() {
    let model = Small::default().model();
    let plan = |config: &str| format!("{:?}", plan(config, &model).expect("a plan"));
    assert_eq!(plan("{}"), plan(&defaults(Oft::SCHEMA)));
}

#[test]
fn refuses_what_cannot_be_meant() {
    let refused = |config: &str| key(plan(config, &Small::default().model()));
    assert_eq!(refused(r#"{"r": 2, "oft_block_size": 4}"#), "r");
    assert_eq!(refused(r#"{"r": 0}"#), "r");
    assert_eq!(refused(r#"{"r": 16}"#), "r");
    assert_eq!(refused(r#"{"oft_block_size": 1}"#), "oft_block_size");
    assert_eq!(refused(r#"{"num_cayley_neumann_terms": 1}"#), "num_cayley_neumann_terms");
    assert_eq!(refused(r#"{"target_modules": ["embed_tokens"]}"#), "target_modules");
}
