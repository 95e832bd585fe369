//! Sums, differences, and their scale.

use evaluate::{Merge, assert_close, assert_schema};

use super::*;

#[test]
fn has_the_numbers_of_mergekit() {
    let expected = [0.165384615385, -0.713846153846, 0.240769230769, 1.634230769231, 0.735, -1.726153846154];
    let merge = Merge::example().weighing(&[0.7, -0.5, 1.1]);
    let merged = merge.merged::<TaskArithmetic>(r#"{"normalize": true, "lambda": 1.5}"#);
    assert!(merged.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-11), "{merged}");
}

#[test]
fn unlearns_what_it_takes_away() {
    let merge = Merge::example();
    let both = Merge { deltas: vec![merge.deltas[0].clone(); 2], ..merge.clone() };
    assert_eq!(both.weighing(&[1.0, -1.0]).merged::<TaskArithmetic>(r#"{"lambda": 3.0}"#), merge.base);
}

#[test]
fn lambda_scales_the_whole_change() {
    let merge = Merge::example();
    let change = |config: &str| merge.merged::<TaskArithmetic>(config) - &merge.base;
    let thrice = 3.0 * change("{}");
    assert_close(&change(r#"{"lambda": 3}"#), thrice.as_slice().expect("in one piece"));
    assert_eq!(Merge::example().alone().merged::<TaskArithmetic>("{}"), merge.adapted(0));
}

#[test]
fn weights_that_cancel_out_divide_nothing() {
    let merge = Merge::example().weighing(&[1.0, -2.0, 1.0]);
    assert_eq!(merge.merged::<TaskArithmetic>(r#"{"normalize": true}"#), merge.merged::<TaskArithmetic>("{}"));
}

#[test]
fn settings_are_what_the_schema_says() {
    assert_schema::<TaskArithmetic>("{}");
}
