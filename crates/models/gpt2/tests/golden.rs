//! The family against Transformers.
#![allow(missing_docs, reason = "tests")]

use graftwork_conformance::{agrees, gives_gradients, gives_logits, has_the_parameters, is_tied};
use graftwork_gpt2 as _;

#[test]
fn gpt2_agrees() {
    agrees(&["gpt2"]);
    gives_logits("gpt2-untied");
    gives_gradients("gpt2-untied");
    assert_eq!(["gpt2", "gpt2-untied"].map(is_tied), [true, false]);
}

#[test]
fn the_names_that_were_published_are_read() {
    has_the_parameters("gpt2-published");
    gives_logits("gpt2-published");
}

#[test]
fn a_classifier_agrees() {
    agrees(&["gpt2-classifier"]);
}
