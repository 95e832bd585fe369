//! Numbers of mergekit.

use evaluate::{Merge, assert_close, assert_schema};

use super::*;

#[test]
fn has_the_numbers_of_mergekit() {
    let merge = Merge::example();
    let total = merge.merged::<Ties>(r#"{"density": 0.5}"#);
    assert_close(&total, &[0.0, -1.6, 0.6, 1.78, 0.7, -1.095]);
    let frequency = merge.merged::<Ties>(r#"{"density": 0.5, "majority_sign_method": "frequency"}"#);
    assert_close(&frequency, &[0.8, -1.6, 0.6, 1.78, 0.7, -1.095]);
    // The first density is less than one entry, and one is left.
    let mixed = merge.merged::<Ties>(r#"{"density": [0.1, 0.5, 1], "normalize": false, "lambda": 0.8}"#);
    assert_close(&mixed, &[0.06, -1.24, 0.4956, 1.8064, 0.4096, -1.0228]);
    let expected = [0.0, -0.353333333333, 0.6, 1.471666666667, 0.49, -1.400769230769];
    let negative = merge.clone().weighing(&[0.7, -0.5, 1.1]).merged::<Ties>(r#"{"density": 1}"#);
    assert!(negative.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-11), "{negative}");
    assert_close(&merge.flat().merged::<Ties>(r#"{"density": 0.5}"#), &[0.0, -1.6, 0.6, 1.78, 0.7, -1.095]);
}

#[test]
fn one_source_alone_stays_as_it_is() {
    let alone = Merge::example().alone();
    assert_eq!(alone.merged::<Ties>(r#"{"density": 1}"#), alone.adapted(0));
    // Of 6 entries, a fifth is one.
    assert_close(&alone.merged::<Ties>("{}"), &[0.5, -1.0, 0.25, 2.0, 0.7, -0.75]);
}

#[test]
fn refuses_densities_that_do_not_fit() {
    assert_eq!(Merge::example().refused::<Ties>(r#"{"density": [0.5, 0.5]}"#), "density");
    assert_eq!(Merge::example().refused::<Ties>(r#"{"density": 1.5}"#), "density");
}

#[test]
fn settings_are_what_the_schema_says() {
    assert_schema::<Ties>("{}");
}
