//! The family against Transformers.
#![allow(missing_docs, reason = "tests")]

use graftwork_conformance::{agrees, reads_the_older_configuration};
use graftwork_qwen as _;

#[test]
fn qwen2_agrees() {
    agrees(&["qwen2"]);
}

#[test]
fn qwen3_agrees() {
    agrees(&["qwen3"]);
}

#[test]
fn the_older_spelling_of_a_configuration_is_the_same_model() {
    reads_the_older_configuration(&["qwen2", "qwen3"]);
}
