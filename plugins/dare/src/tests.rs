//! What is left on average, and how it is merged.

use evaluate::{Array, Merge, assert_close, assert_schema};

use super::*;

/// One change of 10,000 entries, all 1, on a base of zeros.
fn ones() -> Merge {
    let (base, ones) = (Array::zeros(vec![100, 100]), Array::ones(vec![100, 100]));
    Merge { base, deltas: vec![ones], weights: vec![1.0] }
}

#[test]
fn drops_nothing_at_a_density_of_1() {
    let alone = Merge::example().alone();
    assert_eq!(alone.merged::<Dare>(r#"{"density": 1}"#), alone.adapted(0));
    assert_eq!(alone.merged::<Dare>(r#"{"density": 1, "consensus": "ties", "normalize": true}"#), alone.adapted(0));
    assert_eq!(alone.merged::<Dare>(r#"{"density": 0}"#), alone.base);
}

#[test]
fn keeps_the_expectation() {
    let merged = ones().merged::<Dare>(r#"{"density": 0.25}"#);
    let kept = merged.iter().filter(|v| **v != 0.0).count();
    assert!(merged.iter().all(|v| *v == 0.0 || *v == 4.0));
    // Five standard deviations of 10,000 draws.
    assert!((2283..=2717).contains(&kept), "{kept}");
    let bare = ones().merged::<Dare>(r#"{"density": 0.25, "rescale": false}"#);
    assert_eq!(4.0 * bare, merged);
}

#[test]
fn each_source_has_draws_of_its_own() {
    let one = ones();
    let two = Merge { deltas: vec![one.deltas[0].clone(); 2], weights: vec![1.0, 10.0], ..one };
    let merged = two.merged::<Dare>(r#"{"density": 0.5, "rescale": false}"#);
    for expected in [0.0, 1.0, 10.0, 11.0] {
        let share = merged.iter().filter(|v| **v == expected).count();
        assert!((2283..=2717).contains(&share), "{share} entries are {expected}");
    }
}

#[test]
fn merges_by_sum_or_by_the_vote_on_signs() {
    let merge = Merge::example();
    let linear = merge.merged::<Dare>(r#"{"density": 1, "normalize": true, "lambda": 2}"#);
    let sum = 0.7 * &merge.deltas[0] + 0.5 * &merge.deltas[1] + 1.1 * &merge.deltas[2];
    assert_close(&linear, (&merge.base + 2.0 / 2.3 * sum).as_slice().expect("in one piece"));
    // Of the first entry, the second and the third source are below 0, as the sum is.
    let ties = merge.merged::<Dare>(r#"{"density": 1, "consensus": "ties"}"#);
    assert!((ties[[0, 0]] - (0.5 - 0.05 - 0.55)).abs() < 1e-12, "{ties}");
    let normalized = merge.merged::<Dare>(r#"{"density": 1, "consensus": "ties", "normalize": true}"#);
    assert!((normalized[[0, 0]] - (0.5 - 0.6 / 1.6)).abs() < 1e-12, "{normalized}");
}

#[test]
fn settings_are_what_the_schema_says() {
    assert_schema::<Dare>(r#"{"density": 0.5}"#);
}
