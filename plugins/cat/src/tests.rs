//! The form, and the sum.

use evaluate::{Merge, assert_close, assert_schema};
use graftwork_sdk::{Mock, Role};

use super::*;

#[test]
fn adds_each_change_as_often_as_its_weight_says() {
    let merge = Merge::example();
    let by_hand = &merge.base + 0.7 * &merge.deltas[0] + 0.5 * &merge.deltas[1] + 1.1 * &merge.deltas[2];
    assert_close(&merge.merged::<Cat>("{}"), by_hand.as_slice().expect("in one piece"));
    assert_eq!(Merge::example().alone().merged::<Cat>("{}"), merge.adapted(0));
}

#[test]
fn does_nothing_but_scale_and_add() {
    let source = |weight| Source { name: "a".to_owned(), kind: "lora".to_owned(), weight };
    let (name, dtype) = ("q_proj.weight".to_owned(), "f32".to_owned());
    let target = Param { id: 0, name, shape: vec![4, 4], dtype, role: Role::Linear, layer: None, tied_to: None };
    let sum = Cat::compose(Config {}, &Model::from(Mock::default()), &target, &[source(0.5), source(-2.0)]);
    let ops: Vec<_> = sum.expect("a merge").graph().nodes.into_iter().map(|node| node.op).collect();
    assert_eq!(ops, ["base", "delta", "scale", "delta", "scale", "add", "add"]);
}

#[test]
fn settings_are_what_the_schema_says() {
    assert_schema::<Cat>("{}");
}
