//! The family against Transformers.
#![allow(missing_docs, reason = "tests")]

use graftwork_conformance::{agrees, has_a_head, reads_the_older_configuration};
use graftwork_gemma as _;

#[test]
fn gemma_2_agrees() {
    agrees(&["gemma2"]);
    has_a_head("gemma2", false, true);
}

#[test]
fn gemma_3_agrees() {
    agrees(&["gemma3"]);
}

#[test]
fn the_older_spelling_of_a_configuration_is_the_same_model() {
    reads_the_older_configuration(&["gemma2", "gemma3"]);
}
