//! What trains beside what is frozen.

use graftwork_sdk::settings;
use testing::{Small, checked, defaults, key, trainable};

use super::*;

fn trained(config: &str, tied: bool) -> Result<Vec<u32>, Error> {
    let model = Small { tied, ..Small::default() }.model();
    let plan = LayerFreeze::plan(settings(config)?, &model)?;
    checked(&plan, &model);
    Ok(trainable(&plan))
}

#[test]
fn layers_are_frozen_from_both_ends_and_by_number() {
    // The embedding is 0, layer 0 is 1 to 4, layer 1 is 5 to 8, and the head 9.
    assert_eq!(trained(r#"{"first": 1}"#, false).expect("a plan"), [0, 5, 6, 7, 8, 9]);
    assert_eq!(trained(r#"{"last": 1}"#, false).expect("a plan"), [0, 1, 2, 3, 4, 9]);
    assert_eq!(trained(r#"{"layers": "0-1"}"#, false).expect("a plan"), [0, 9]);
    assert_eq!(trained(r#"{"first": 2, "last": 2}"#, false).expect("a plan"), [0, 9]);
}

#[test]
fn embeddings_head_and_patterns_are_frozen() {
    assert_eq!(trained(r#"{"embeddings": true, "first": 1}"#, false).expect("a plan"), [5, 6, 7, 8, 9]);
    assert_eq!(trained(r#"{"head": true, "last": 1}"#, false).expect("a plan"), [0, 1, 2, 3, 4]);
    assert_eq!(trained(r#"{"pattern": "norm|mlp"}"#, false).expect("a plan"), [0, 1, 2, 5, 6, 9]);
    assert_eq!(trained(r#"{"embeddings": true, "head": true}"#, true).expect("a plan"), [1, 2, 3, 4, 5, 6, 7, 8]);
    // By a pattern too, a tied head is the embedding.
    assert_eq!(trained(r#"{"pattern": "lm_head"}"#, true).expect("a plan"), [1, 2, 3, 4, 5, 6, 7, 8]);
}

#[test]
fn refuses_what_cannot_be_meant() {
    let refused = |config: &str, tied| key(trained(config, tied));
    assert_eq!(refused("{}", false), "*");
    assert_eq!(refused(&defaults(LayerFreeze::SCHEMA), false), "*");
    assert_eq!(refused(r#"{"pattern": "."}"#, false), "*");
    assert_eq!(refused(r#"{"first": 3}"#, false), "first");
    assert_eq!(refused(r#"{"last": 3}"#, false), "last");
    assert_eq!(refused(r#"{"layers": 2}"#, false), "layers");
    assert_eq!(refused(r#"{"pattern": "nothing"}"#, false), "pattern");
    assert_eq!(refused(r#"{"embeddings": true}"#, true), "embeddings");
    assert_eq!(refused(r#"{"head": true}"#, true), "head");
}
