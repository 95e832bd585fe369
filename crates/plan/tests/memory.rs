//! How much an expression takes to build and to apply, before anything is built.
#![allow(clippy::expect_used, clippy::panic, missing_docs, reason = "tests")]

mod common;

use common::{graph, lora, lora_on, manifest, node, scale, shape, tensor_node};
use graftwork_plan::{Attribute, Context, Graph, Plan, RawGraph, RawNode, Readings};

const OUT: u64 = 32;
const IN: u64 = 16;
const WEIGHT: u64 = OUT * IN;

fn checked(raw: &RawGraph) -> Graph {
    of_size(raw, OUT, IN)
}

fn of_size(raw: &RawGraph, out: u64, input: u64) -> Graph {
    let tensors = [shape(&[4, input]), shape(&[out, 4]), shape(&[out, 1])];
    Graph::check(raw, Context::Effective, &shape(&[out, input]), &tensors, 0).expect("valid")
}

fn built(graph: &Graph) -> u64 {
    Readings::new(graph, 64).built_elements(graph)
}

fn axis(op: &str, input: u32) -> RawNode {
    node(op, &[input], &[("axis", Attribute::Integer(1))])
}

#[test]
fn lora_builds_nothing_to_train_and_two_weights_to_merge() {
    let graph = checked(&lora_on(1, [32, 16], 4).effective);
    assert_eq!(built(&graph), 0);
    // The product and its multiple, then the multiple and the sum.
    assert_eq!(graph.peak_elements(), 2 * WEIGHT);
    let plan = Plan::validate(&lora(), &manifest()).expect("valid");
    assert_eq!((plan.peak_elements(), plan.built_elements(64)), (2 * WEIGHT, 0));
    assert_eq!((Plan::nothing().peak_elements(), Plan::nothing().built_elements(64)), (0, 0));
}

#[test]
fn a_norm_needs_the_weight_that_it_is_of() {
    // DoRA, arXiv 2402.09353: magnitude · V / ‖V‖, V = base + B·A.
    let dora = graph(vec![
        node("base", &[], &[]),
        tensor_node(1),
        tensor_node(0),
        node("matmul", &[1, 2], &[]),
        node("add", &[0, 3], &[]),
        axis("norm", 4),
        tensor_node(2),
        node("div", &[6, 5], &[]),
        node("mul", &[7, 4], &[]),
    ]);
    // Product, sum, norm and quotient for the vector; the map itself is applied.
    assert_eq!(built(&of_size(&dora, 320, 160)), 2 * 320 * 160 + 2 * 320);
    // Where the rank is a quarter of the width, multiplying with what is built is cheaper than to apply the factors.
    assert_eq!(built(&of_size(&dora, 32, 16)), 3 * 32 * 16 + 2 * 32);
}

#[test]
fn what_is_dropped_makes_room() {
    let mut nodes = vec![node("base", &[], &[])];
    (0..10).for_each(|n| nodes.push(node("abs", &[n], &[])));
    assert_eq!(checked(&graph(nodes.clone())).peak_elements(), 2 * WEIGHT);
    // All ten are still wanted.
    let mut sum = 10;
    for n in 1..10 {
        nodes.push(node("add", &[n, sum], &[]));
        sum = nodes.len() as u32 - 1;
    }
    assert_eq!(checked(&graph(nodes)).peak_elements(), 11 * WEIGHT);
}

#[test]
fn views_and_what_nobody_uses_take_nothing() {
    let view = node("transpose", &[0], &[]);
    let back = node("transpose", &[1], &[]);
    let unused = node("identity", &[], &[("size", Attribute::Integer(1 << 18))]);
    let graph = checked(&RawGraph { nodes: vec![node("base", &[], &[]), view, back, unused], root: 2 });
    assert_eq!((graph.peak_elements(), built(&graph)), (0, 0));
}

#[test]
fn giants_are_counted_without_being_built() {
    let giant = node("identity", &[], &[("size", Attribute::Integer(1 << 18))]);
    let mut nodes = vec![giant];
    (0..1000).for_each(|n| nodes.push(scale(2.0, n)));
    let corner = |axis: i64, length: u64, input: u32| {
        let at = [("axis", axis), ("start", 0), ("length", length as i64)];
        node("slice", &[input], &at.map(|(name, value)| (name, Attribute::Integer(value))))
    };
    nodes.extend([corner(0, OUT, 1000), corner(1, IN, 1001)]);
    let graph = checked(&graph(nodes));
    assert_eq!(graph.peak_elements(), 2 << 36);
    assert_eq!(built(&graph), 1001 << 36);
}
