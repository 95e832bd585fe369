//! Plans of LoKr: sizes of the factors as in PEFT, what a layer behaves as, and what is refused.

use graftwork_sdk::settings;
use testing::{Small, Value, after_step_0, at_step_0, checked, defaults, key, peft, targets, tensors};

use super::*;

fn plan(config: &str, model: &Model) -> Result<Plan, Error> {
    Lokr::plan(settings(config)?, model)
}

#[test]
fn sides_are_split_as_in_peft() {
    // The values of PEFT 0.21.2's `factorization`.
    let near_the_root = [(256, (16, 16)), (128, (8, 16)), (127, (1, 127)), (1, (1, 1)), (3072, (48, 64))];
    for (size, expected) in near_the_root {
        assert_eq!(split(size, None), expected);
    }
    assert_eq!(split(128, Some(4)), (4, 32));
    assert_eq!(split(128, Some(64)), (64, 2));
    assert_eq!(split(96, Some(5)), (4, 24));
    assert_eq!(split(127, Some(8)), (1, 127));
}

#[test]
fn a_factor_is_a_product_where_the_rank_is_low_enough() {
    let model = Small::default().model();
    // q_proj [24, 16] splits into [4, 4] and [6, 4]; half of the longer sides is 2 and 3.
    let names = |config: &str| -> Vec<String> {
        let plan = plan(config, &model).expect("a plan");
        checked(&plan, &model);
        tensors(&plan, 0).iter().map(|(name, shape)| format!("{name} {shape:?}")).collect()
    };
    assert_eq!(names(r#"{"rank": 3}"#), ["lokr_w1 [4, 4]", "lokr_w2 [6, 4]"]);
    assert_eq!(names(r#"{"rank": 2}"#), ["lokr_w1 [4, 4]", "lokr_w2_a [6, 2]", "lokr_w2_b [2, 4]"]);
    assert_eq!(names(r#"{"rank": 2, "decompose_both": true}"#)[0], "lokr_w1 [4, 4]");
    let both = ["lokr_w1_a [4, 1]", "lokr_w1_b [1, 4]", "lokr_w2_a [6, 1]", "lokr_w2_b [1, 4]"];
    assert_eq!(names(r#"{"rank": 1, "decompose_both": true}"#), both);
    assert_eq!(names(r#"{"rank": 8, "decompose_factor": 2}"#), ["lokr_w1 [2, 2]", "lokr_w2 [12, 8]"]);
}

#[test]
fn the_update_is_a_kronecker_product() {
    let model = Small::default().model();
    for config in ["{}", r#"{"rank": 1, "decompose_both": true}"#] {
        let host = checked(&plan(config, &model).expect("a plan"), &model);
        for place in 0..host.adapters().len() {
            let (base, effective) = at_step_0(&host, &model, place);
            assert!(effective.is_near(&base), "{config}, {place}");
        }
    }
    let host = checked(&plan(r#"{"rank": 2, "alpha": 3}"#, &model).expect("a plan"), &model);
    let t = [Value::drawn(&[4, 4], 1), Value::drawn(&[6, 2], 2), Value::drawn(&[2, 4], 3)];
    let (base, effective) = after_step_0(&host, &model, 0, &t);
    let second = t[1].matmul(&t[2]);
    let update = |i: &[usize]| t[0].at(&[i[0] / 6, i[1] / 4]) * second.at(&[i[0] % 6, i[1] % 4]);
    assert!(effective.is_near(&Value::build(&[24, 16], |i| base.at(i) + 1.5 * update(i))));
}

#[test]
fn a_selector_chooses_targets_and_ranks() {
    let model = Small::default().chosen(&[(3, Some(1)), (1, None)]);
    let plan = plan("{}", &model).expect("a plan");
    assert_eq!(targets(&plan), [3, 1]);
    let peft = peft(&plan);
    assert!(peft["peft_type"] == "LOKR" && peft["decompose_factor"] == -1 && peft["decompose_both"] == false, "{peft}");
}

#[test]
fn the_schema_says_the_defaults() {
    let model = Small::default().model();
    let plan = |config: &str| format!("{:?}", plan(config, &model).expect("a plan"));
    assert_eq!(plan("{}"), plan(&defaults(Lokr::SCHEMA)));
}

#[test]
fn refuses_what_cannot_be_meant() {
    let refused = |config: &str| key(plan(config, &Small::default().model()));
    assert_eq!(refused(r#"{"rank": 0}"#), "rank");
    assert_eq!(refused(r#"{"target_modules": ["embed_tokens"]}"#), "target_modules");
}
