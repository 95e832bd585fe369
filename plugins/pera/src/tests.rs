//! Plans of PERA: the coefficients, the sum of the paper's equation 9, and what is refused.

use graftwork_sdk::settings;
use testing::{Small, Value, after_step_0, at_step_0, checked, defaults, key, targets, tensors};

use super::*;

fn plan(config: &str, model: &Model) -> Result<Plan, Error> {
    Pera::plan(settings(config)?, model)
}

fn coefficients(terms: &str) -> u32 {
    let model = Small::default().model();
    let plan = plan(&format!(r#"{{"rank": 4, "terms": "{terms}"}}"#), &model).expect("a plan");
    checked(&plan, &model);
    tensors(&plan, 0)[2].1[0]
}

#[test]
fn there_is_a_coefficient_for_each_product() {
    assert_eq!([coefficients("all"), coefficients("square"), coefficients("cross")], [10, 4, 6]);
    let plan = plan(r#"{"rank": 4}"#, &Small::default().model()).expect("a plan");
    let expected: [(&str, &[u32]); 3] = [("lora_A", &[4, 16]), ("lora_B", &[24, 4]), ("pera_h", &[10, 1])];
    assert_eq!(tensors(&plan, 0), expected);
}

#[test]
fn a_layer_is_itself_at_step_0() {
    let model = Small::default().model();
    let host = checked(&plan(r#"{"dropout": 0.1}"#, &model).expect("a plan"), &model);
    for place in 0..host.adapters().len() {
        let (base, effective) = at_step_0(&host, &model, place);
        assert!(effective.is_near(&base), "{place}");
    }
}

#[test]
fn the_update_is_the_sum_over_columns_and_pairs() {
    let model = Small::default().model();
    let (a, b, h) = (Value::drawn(&[3, 16], 1), Value::drawn(&[24, 3], 2), Value::drawn(&[6, 1], 3));
    let all = [a.clone(), b.clone(), h.clone()];
    let squares = Value::build(&[3, 1], |i| h.at(i));
    let pairs = [(0, 0), (1, 1), (2, 2), (0, 1), (1, 2), (0, 2)];
    let expected = |base: &Value, scale: f64, count: usize| {
        Value::build(&[24, 16], |i| {
            let (column, row) = (|k: usize| b.at(&[i[0], k]), |k: usize| a.at(&[k, i[1]]));
            let first: f64 = (0..3).map(|k| column(k) * row(k)).sum();
            let of_pair = |(n, &(j, k)): (usize, &(usize, usize))| h.data[n] * column(j) * column(k) * row(j) * row(k);
            base.at(i) + scale * (first + pairs[..count].iter().enumerate().map(of_pair).sum::<f64>())
        })
    };
    let effective = |config: &str, tensors: &[Value]| {
        let host = checked(&plan(config, &model).expect("a plan"), &model);
        after_step_0(&host, &model, 0, tensors)
    };
    let (base, whole) = effective(r#"{"rank": 3}"#, &all);
    assert!(whole.is_near(&expected(&base, 1.0, 6)));
    let (base, scaled) = effective(r#"{"rank": 3, "alpha": 6, "terms": "square"}"#, &[a.clone(), b.clone(), squares]);
    assert!(scaled.is_near(&expected(&base, 2.0, 3)));
    // Without coefficients it is LoRA.
    let (base, lora) = effective(r#"{"rank": 3}"#, &[a.clone(), b.clone(), Value::build(&[6, 1], |_| 0.0)]);
    assert!(lora.is_near(&expected(&base, 1.0, 0)));
}

#[test]
fn the_highest_rank_of_the_schema_is_one_that_the_host_takes() {
    let model = Small::default().chosen(&[(1, Some(256))]);
    let plan = plan("{}", &model).expect("a plan");
    assert_eq!(targets(&plan), [1]);
    checked(&plan, &model);
}

#[test]
fn the_schema_says_the_defaults() {
    let model = Small::default().model();
    let plan = |config: &str| format!("{:?}", plan(config, &model).expect("a plan"));
    assert_eq!(plan("{}"), plan(&defaults(Pera::SCHEMA)));
}

#[test]
fn refuses_what_cannot_be_meant() {
    let refused = |config: &str| key(plan(config, &Small::default().model()));
    assert_eq!(refused(r#"{"rank": 0}"#), "rank");
    assert_eq!(refused(r#"{"rank": 1, "terms": "cross"}"#), "rank");
    assert_eq!(refused(r#"{"target_modules": ["embed_tokens"]}"#), "target_modules");
}
