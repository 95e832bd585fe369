//! The family against Transformers, one small random model for each thing that a reader of it may get wrong.
#![allow(missing_docs, reason = "tests")]

use graftwork_conformance::{
    agrees, generates_as_it_reads, gives_gradients, gives_logits, has_the_parameters, is_tied,
    reads_the_older_configuration,
};
use graftwork_llama as _;

const VARIANTS: [&str; 10] = [
    "llama2",
    "llama3",
    "rope-linear",
    "rope-yarn",
    "mistral",
    "bias",
    "head-dim",
    "tied",
    "sharded-bf16",
    "sharded-f16",
];

#[test]
fn every_variant_has_transformers_parameters_and_logits() {
    for name in VARIANTS {
        has_the_parameters(name);
        gives_logits(name);
        assert_eq!(is_tied(name), name == "tied");
    }
}

#[test]
fn the_older_spelling_of_a_configuration_is_the_same_model() {
    reads_the_older_configuration(&["llama3", "rope-linear", "rope-yarn"]);
}

#[test]
fn llama_3_agrees() {
    agrees(&["llama3"]);
}

#[test]
fn mistral_agrees() {
    gives_gradients("mistral");
    generates_as_it_reads("mistral");
}

#[test]
fn a_classifier_agrees() {
    agrees(&["llama-classifier"]);
}
