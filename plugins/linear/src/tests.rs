//! The sum, and the average.

use evaluate::{Merge, assert_close, assert_schema};

use super::*;

#[test]
fn adds_each_change_as_often_as_its_weight_says() {
    let merge = Merge::example();
    let by_hand = &merge.base + 0.7 * &merge.deltas[0] + 0.5 * &merge.deltas[1] + 1.1 * &merge.deltas[2];
    assert_close(&merge.merged::<Linear>("{}"), by_hand.as_slice().expect("in one piece"));
    assert_eq!(Merge::example().alone().merged::<Linear>("{}"), merge.adapted(0));
}

#[test]
fn is_linear_in_the_weights() {
    let change = |weights: &[f64]| Merge::example().weighing(weights).merged::<Linear>("{}") - Merge::example().base;
    let sum = change(&[0.25, 0.0, -2.0]) + change(&[0.5, 1.5, 0.0]);
    assert_close(&change(&[0.75, 1.5, -2.0]), sum.as_slice().expect("in one piece"));
}

#[test]
fn the_average_is_that_of_mergekit() {
    let expected = [0.330434782609, -1.153043478261, 0.398695652174, 1.927391304348, 0.168260869565, -0.922173913043];
    let merged = Merge::example().merged::<Linear>(r#"{"normalize": true}"#);
    assert!(merged.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-11), "{merged}");
    let twice = Merge::example().alone().weighing(&[2.0]);
    assert_eq!(twice.merged::<Linear>(r#"{"normalize": true}"#), twice.adapted(0));
}

#[test]
fn cannot_average_over_weights_that_cancel_out() {
    let merge = Merge::example().weighing(&[1.0, -2.0, 1.0]);
    assert_eq!(merge.refused::<Linear>(r#"{"normalize": true}"#), "normalize");
    assert!(merge.by::<Linear>("{}").is_ok());
}

#[test]
fn settings_are_what_the_schema_says() {
    assert_schema::<Linear>("{}");
}
