//! The family against Transformers.
#![allow(missing_docs, reason = "tests")]

use graftwork_bert as _;
use graftwork_conformance::{agrees, gives_hidden_states, gives_logits, has_a_head};

#[test]
fn a_masked_language_model_agrees() {
    agrees(&["bert-mlm"]);
    has_a_head("bert-mlm", true, false);
}

#[test]
fn a_classifier_agrees() {
    agrees(&["bert-classifier"]);
    has_a_head("bert-classifier", true, false);
}

#[test]
fn the_names_that_were_published_are_read() {
    gives_logits("bert-mlm-published");
}

#[test]
fn a_bare_encoder_agrees() {
    gives_hidden_states("bert-bare");
}
