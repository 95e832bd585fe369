//! Numbers of mergekit, and the places where the sphere gives none.

use evaluate::{Array, Merge, array, assert_close, assert_schema};

use super::*;

/// From one weight to another, on a base of zeros.
fn between(from: &Array, to: &Array, t: f64) -> Array {
    let base = Array::zeros(from.shape());
    let merge = Merge { base, deltas: vec![from.clone(), to.clone()], weights: vec![1.0, 1.0] };
    merge.merged::<Slerp>(&format!(r#"{{"t": {t}}}"#))
}

fn near(actual: &Array, expected: &[f64]) {
    assert!(actual.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-11), "{actual} is not {expected:?}");
}

fn first() -> Array {
    array(&[2, 3], &[0.8, -1.2, 0.3, 2.0, 0.7, -1.15])
}

#[test]
fn has_the_numbers_of_mergekit() {
    let expected = [0.69794215619, -1.359368119858, 0.402333007079, 2.104178508884, 0.423226455323, -0.917366755991];
    let Merge { base, deltas, .. } = Merge::example();
    let merge = Merge { base, deltas: deltas[..2].to_vec(), weights: vec![0.7, 0.3] };
    near(&merge.merged::<Slerp>("{}"), &expected);
    near(&merge.clone().weighing(&[5.0, 1.0]).merged::<Slerp>(r#"{"t": 0.3}"#), &expected);
    near(&merge.flat().merged::<Slerp>("{}"), &expected);
    let (a, b) = (array(&[2, 3], &[1.0, 2.0, 3.0, 0.0, -1.0, 1.0]), array(&[2, 3], &[-2.0, 1.0, 0.5, 4.0, 1.0, -1.0]));
    let expected = [-0.022722874721, 2.259863784977, 2.928733770582, 1.844247627535, -0.438339032163, 0.438339032163];
    near(&between(&a, &b, 0.3), &expected);
}

#[test]
fn what_is_parallel_goes_straight() {
    let a = first();
    // mergekit's, of the first and one and a half of it.
    let almost = 1.5 * &a + 1e-4;
    near(&between(&a, &almost, 0.25), &[0.900025, -1.349975, 0.337525, 2.250025, 0.787525, -1.293725]);
    near(&between(&a, &-a.clone(), 0.25), &[0.4, -0.6, 0.15, 1.0, 0.35, -0.575]);
    assert_close(&between(&a, &a, 0.3), a.as_slice().expect("in one piece"));
    // Along an axis the cosine is just 1 or -1, and the sine of the angle just 0.
    let axis = array(&[2, 3], &[0.0, 2.0, 0.0, 0.0, 0.0, 0.0]);
    assert_close(&between(&axis, &(3.0 * &axis), 0.5), &[0.0, 4.0, 0.0, 0.0, 0.0, 0.0]);
    assert_close(&between(&axis, &-axis.clone(), 0.25), &[0.0, 1.0, 0.0, 0.0, 0.0, 0.0]);
}

#[test]
fn zeros_have_no_direction_and_give_no_nan() {
    let (a, zeros) = (first(), Array::zeros(vec![2, 3]));
    let expected = [0.739103626009, -1.108655439014, 0.277163859753, 1.847759065023, 0.646715672758, -1.062461462388];
    near(&between(&a, &zeros, 0.25), &expected);
    assert_eq!(between(&zeros, &zeros, 0.25), zeros);
}

#[test]
fn begins_at_the_first_and_ends_at_the_second() {
    let Merge { base, deltas, .. } = Merge::example();
    let merge = Merge { base, deltas: deltas[..2].to_vec(), weights: vec![1.0, 0.0] };
    assert_close(&merge.merged::<Slerp>("{}"), merge.adapted(0).as_slice().expect("in one piece"));
    let merge = merge.weighing(&[0.0, 1.0]);
    assert_close(&merge.merged::<Slerp>("{}"), merge.adapted(1).as_slice().expect("in one piece"));
}

#[test]
fn refuses_what_lies_on_no_way() {
    assert_eq!(Merge::example().refused::<Slerp>("{}"), "*");
    assert_eq!(Merge::example().alone().refused::<Slerp>("{}"), "*");
    let Merge { base, deltas, .. } = Merge::example();
    for weights in [[0.0, 0.0], [2.0, -1.0], [-1.0, 1.0]] {
        let merge = Merge { base: base.clone(), deltas: deltas[..2].to_vec(), weights: weights.to_vec() };
        assert_eq!(merge.refused::<Slerp>("{}"), "t");
    }
}

#[test]
fn settings_are_what_the_schema_says() {
    assert_schema::<Slerp>("{}");
}
