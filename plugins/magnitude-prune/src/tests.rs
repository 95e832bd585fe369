//! Which entries are left.

use evaluate::{Merge, assert_close, assert_schema};

use super::*;

#[test]
fn adds_the_largest_entries() {
    // Two of six, as mergekit's `sparsify` leaves them.
    let merged = Merge::example().merged::<MagnitudePrune>(r#"{"density": 0.4}"#);
    assert_close(&merged, &[-0.05, -1.3, 0.25, 2.0, 0.49, -1.146]);
    let each = Merge::example().merged::<MagnitudePrune>(r#"{"density": [0, 0.01, 1]}"#);
    assert_close(&each, &[-0.05, -1.212, 0.382, 1.758, 0.022, -1.091]);
}

#[test]
fn leaves_all_at_a_density_of_1() {
    let alone = Merge::example().alone();
    assert_eq!(alone.merged::<MagnitudePrune>(r#"{"density": 1}"#), alone.adapted(0));
    assert_eq!(alone.merged::<MagnitudePrune>(r#"{"density": 0}"#), alone.base);
}

#[test]
fn asks_for_a_density() {
    assert_eq!(Merge::example().refused::<MagnitudePrune>("{}"), "*");
}

#[test]
fn settings_are_what_the_schema_says() {
    assert_schema::<MagnitudePrune>(r#"{"density": 0.5}"#);
}
