//! Which biases train.

use graftwork_sdk::settings;
use testing::{Small, checked, defaults, key, trainable};

use super::*;

const BIASED: Small = Small { biased: true, tied: true, family: "" };

fn trained(config: &str) -> Result<Vec<u32>, Error> {
    let model = BIASED.model();
    let plan = BitFit::plan(settings(config)?, &model)?;
    checked(&plan, &model);
    Ok(trainable(&plan))
}

#[test]
fn biases_and_shifts_of_norms_train() {
    assert_eq!(trained("{}").expect("a plan"), [2, 4, 6, 8, 10, 12, 14, 16]);
    assert_eq!(trained(r#"{"exclude": "norm", "layers": 1}"#).expect("a plan"), [10, 12, 14]);
    assert_eq!(trained(r#"{"include": "k_proj"}"#).expect("a plan"), [4, 12]);
}

#[test]
fn a_model_without_biases_is_refused_with_a_way_out() {
    match BitFit::plan(Config::default(), &Small::default().model()) {
        Err(Error::UnsupportedModel(message)) => assert!(message.contains("`norm-tuning`"), "{message}"),
        other => panic!("{other:?}"),
    }
    assert_eq!(key(trained(r#"{"include": "embed"}"#)), "include");
    assert_eq!(defaults(BitFit::SCHEMA), "{}");
}
