//! The family against Transformers.
#![allow(missing_docs, reason = "tests")]

use graftwork_conformance::{agrees, reads_the_older_configuration};
use graftwork_gpt_neox as _;

#[test]
fn gpt_neox_agrees() {
    agrees(&["gpt-neox", "gpt-neox-sequential"]);
}

#[test]
fn the_older_spelling_of_a_configuration_is_the_same_model() {
    reads_the_older_configuration(&["gpt-neox"]);
}
