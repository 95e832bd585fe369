//! The family against Transformers.
#![allow(missing_docs, reason = "tests")]

use graftwork_conformance::{
    agrees, continues, gives_gradients, gives_logits, has_the_parameters, reads_the_older_configuration,
};
use graftwork_phi3 as _;

#[test]
fn phi_3_agrees() {
    agrees(&["phi3"]);
}

#[test]
fn long_texts_have_angles_of_their_own() {
    agrees(&["phi3-longrope"]);
    for check in [has_the_parameters, gives_logits, gives_gradients] {
        check("phi3-longrope-long");
    }
    // The angles change after 32 tokens.
    continues("phi3-longrope", 26, 12);
}

#[test]
fn the_older_spelling_of_a_configuration_is_the_same_model() {
    reads_the_older_configuration(&["phi3", "phi3-longrope"]);
}
