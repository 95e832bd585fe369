//! The cut, and how far it is from the sum.

use evaluate::{Array, Merge, assert_close, assert_schema};

use super::*;

fn change(merge: &Merge, rank: u32) -> Array {
    merge.merged::<Svd>(&format!(r#"{{"rank": {rank}}}"#)) - &merge.base
}

#[test]
fn cuts_nothing_that_is_not_there() {
    let alone = Merge::example().alone();
    assert_eq!(alone.merged::<Svd>(r#"{"rank": 2}"#), alone.adapted(0));
    assert_eq!(alone.clone().flat().merged::<Svd>(r#"{"rank": 1}"#), alone.flat().adapted(0));
}

#[test]
fn keeps_a_sum_of_that_rank() {
    let merge = Merge::example();
    let of_rank_1 = evaluate::array(&[2, 3], &[1.0, 2.0, 3.0, -2.0, -4.0, -6.0]);
    let merge = Merge { deltas: vec![of_rank_1.clone(), 0.5 * &of_rank_1], weights: vec![1.0, -3.0], ..merge };
    assert_close(&change(&merge, 1), (-0.5 * of_rank_1).as_slice().expect("in one piece"));
}

#[test]
fn is_as_near_as_a_rank_can_be() {
    let merge = Merge::example();
    let (whole, cut) = (change(&merge, 2), change(&merge, 1));
    // Every minor of a matrix of rank 1 is 0.
    assert!((cut[[0, 0]] * cut[[1, 1]] - cut[[0, 1]] * cut[[1, 0]]).abs() < 1e-12);
    assert!((cut[[0, 1]] * cut[[1, 2]] - cut[[0, 2]] * cut[[1, 1]]).abs() < 1e-12);
    // What is missing is the second singular value: with σ₁² + σ₂² = ‖W‖², and (σ₁σ₂)² = det(WWᵀ).
    let (energy, missing) = (whole.pow2().sum(), (&whole - &cut).pow2().sum());
    let dot = |i: usize, j: usize| (0..3).map(|k| whole[[i, k]] * whole[[j, k]]).sum::<f64>();
    let determinant = dot(0, 0) * dot(1, 1) - dot(0, 1) * dot(1, 0);
    let second = (energy - (energy * energy - 4.0 * determinant).sqrt()) / 2.0;
    assert!(second > 0.01 && (missing - second).abs() < 1e-12, "{missing} is not {second}");
}

#[test]
fn asks_for_a_rank() {
    assert_eq!(Merge::example().refused::<Svd>("{}"), "*");
}

#[test]
fn settings_are_what_the_schema_says() {
    assert_schema::<Svd>(r#"{"rank": 4}"#);
}
