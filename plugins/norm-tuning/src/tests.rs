//! Which norms train.

use graftwork_sdk::settings;
use testing::{Small, checked, defaults, key, peft, trainable};

use super::*;

fn plan(config: &str, biased: bool) -> Result<Plan, Error> {
    let model = Small { biased, ..Small::default() }.model();
    let plan = NormTuning::plan(settings(config)?, &model)?;
    checked(&plan, &model);
    Ok(plan)
}

#[test]
fn scale_and_shift_train() {
    let trained = |config: &str, biased| trainable(&plan(config, biased).expect("a plan"));
    assert_eq!(trained("{}", false), [4, 8]);
    assert_eq!(trained("{}", true), [7, 8, 15, 16]);
    assert_eq!(trained(r#"{"layers": 1, "include": "\\.weight$"}"#, true), [15]);
}

#[test]
fn peft_has_it_where_whole_norms_train() {
    assert_eq!(peft(&plan("{}", true).expect("a plan"))["peft_type"], "LN_TUNING");
    assert_eq!(peft(&plan(r#"{"layers": 1}"#, true).expect("a plan"))["peft_type"], "LN_TUNING");
    assert!(peft(&plan(r#"{"include": "\\.weight$"}"#, true).expect("a plan")).is_null());
}

#[test]
fn refuses_what_cannot_be_meant() {
    assert_eq!(key(plan(r#"{"include": "q_proj"}"#, true)), "include");
    assert_eq!(key(plan(r#"{"layers": "0-2"}"#, true)), "layers");
    let without = Small::default().params().into_iter().filter(|p| p.role == Role::Linear).collect();
    let model = Model::from(graftwork_sdk::Mock { params: without, ..graftwork_sdk::Mock::default() });
    assert!(matches!(NormTuning::plan(Config::default(), &model), Err(Error::UnsupportedModel(_))));
    assert_eq!(defaults(NormTuning::SCHEMA), "{}");
}
