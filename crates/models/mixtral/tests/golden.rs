//! The family against Transformers.
#![allow(missing_docs, reason = "tests")]

use graftwork_conformance::{agrees, reads_the_older_configuration};
use graftwork_mixtral as _;

#[test]
fn mixtral_agrees() {
    agrees(&["mixtral"]);
}

#[test]
fn the_older_spelling_of_a_configuration_is_the_same_model() {
    reads_the_older_configuration(&["mixtral"]);
}
