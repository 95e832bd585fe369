//! Plans of LoHa: shapes, what a layer behaves as, and what is refused.

use graftwork_sdk::settings;
use testing::{Small, Value, after_step_0, at_step_0, checked, defaults, key, peft, targets, tensors};

use super::*;

fn plan(config: &str, model: &Model) -> Result<Plan, Error> {
    Loha::plan(settings(config)?, model)
}

#[test]
fn tensors_are_two_pairs_of_factors() {
    let model = Small::default().model();
    let plan = plan(r#"{"rank": 3, "target_modules": ["down_proj"]}"#, &model).expect("a plan");
    assert_eq!(targets(&plan), [3, 7]);
    let expected: [(&str, &[u32]); 4] =
        [("hada_w1_a", &[16, 3]), ("hada_w1_b", &[3, 32]), ("hada_w2_a", &[16, 3]), ("hada_w2_b", &[3, 32])];
    assert_eq!(tensors(&plan, 0), expected);
    let bounds: Vec<_> = plan.adapters[0].tensors.iter().map(|t| t.init.graph().nodes[0].op.clone()).collect();
    assert_eq!(bounds, ["uniform", "uniform", "uniform", "constant"]);
}

#[test]
fn the_update_is_the_product_by_elements() {
    let model = Small::default().model();
    let host = checked(&plan(r#"{"rank": 3, "alpha": 6}"#, &model).expect("a plan"), &model);
    let (base, effective) = at_step_0(&host, &model, 0);
    assert!(effective.is_near(&base));
    let t = [[24, 3], [3, 16], [24, 3], [3, 16]].map(|shape| Value::drawn(&shape, shape[0] + 7));
    let (base, effective) = after_step_0(&host, &model, 0, &t);
    let (first, second) = (t[0].matmul(&t[1]), t[2].matmul(&t[3]));
    let expected = Value::build(&[24, 16], |i| base.at(i) + 2.0 * first.at(i) * second.at(i));
    assert!(effective.is_near(&expected));
}

#[test]
fn alpha_is_8_whatever_a_selector_chose_as_rank() {
    let model = Small::default().chosen(&[(1, Some(4)), (3, None)]);
    let plan = plan("{}", &model).expect("a plan");
    assert_eq!(tensors(&plan, 0)[0], ("hada_w1_a", [24, 4].as_slice()));
    let peft = peft(&plan);
    assert!(peft["peft_type"] == "LOHA" && peft["alpha"] == 8, "{peft}");
}

#[test]
fn the_schema_says_the_defaults() {
    let model = Small::default().model();
    let plan = |config: &str| format!("{:?}", plan(config, &model).expect("a plan"));
    assert_eq!(plan("{}"), plan(&defaults(Loha::SCHEMA)));
}

#[test]
fn refuses_what_cannot_be_meant() {
    let refused = |config: &str| key(plan(config, &Small::default().model()));
    assert_eq!(refused(r#"{"rank": 0}"#), "rank");
    assert_eq!(refused(r#"{"target_modules": ["embed_tokens"]}"#), "target_modules");
    assert_eq!(refused(r#"{"rank_pattern": {"v_proj": 2}}"#), "rank_pattern");
}
