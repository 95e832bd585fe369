//! How expressions are read, and what that costs: never more than to build the weight.
#![allow(clippy::expect_used, clippy::panic, missing_docs, reason = "tests")]

mod common;

use common::{graph, lora_on, node, scale, shape, tensor_node};
use graftwork_plan::{Attribute, Context, Cost, Graph, Op, RawNode, Reading, Readings, Shape};
use proptest::prelude::*;

fn checked(nodes: Vec<RawNode>, base: &Shape, tensors: &[Shape]) -> Graph {
    Graph::check(&graph(nodes), Context::Effective, base, tensors, 0).expect("valid")
}

/// No test here has to walk further.
const FAR: usize = 1 << 21;

/// Where the walk from the root comes to, with how to read what is there.
fn walked(graph: &Graph, readings: &Readings) -> Vec<(usize, Reading)> {
    let (mut seen, mut open) = (Vec::new(), vec![graph.root()]);
    while let Some(at) = open.pop() {
        assert!(seen.len() < FAR, "the walk does not end");
        let reading = readings.of(at);
        seen.push((at, reading));
        match reading {
            Reading::Dense | Reading::Identity | Reading::Blocks(_) => {}
            Reading::Add(a, b)
            | Reading::Sub(a, b)
            | Reading::Compose { outer: a, inner: b }
            | Reading::Kron { left: a, right: b } => open.extend([a, b]),
            Reading::Scale(_, map)
            | Reading::Dropout(_, map)
            | Reading::Rows { map, .. }
            | Reading::Columns { map, .. } => open.push(map),
        }
    }
    seen
}

#[test]
fn lora_is_applied_and_never_built() {
    for (out, input, rank) in [(2048u32, 2048u32, 16u32), (64, 4096, 1), (4096, 64, 8)] {
        let base = shape(&[u64::from(out), u64::from(input)]);
        let adapter = lora_on(0, [out, input], rank);
        let tensors = [shape(&[u64::from(rank), u64::from(input)]), shape(&[u64::from(out), u64::from(rank)])];
        let graph = Graph::check(&adapter.effective, Context::Effective, &base, &tensors, 0).expect("valid");
        for tokens in [1, 64, 8192] {
            let readings = Readings::new(&graph, tokens);
            for (at, reading) in walked(&graph, &readings) {
                let leaf = matches!(graph.node(at).op, Op::Base | Op::Tensor { .. });
                assert_eq!(reading == Reading::Dense, leaf, "node {at} of {out}×{input}, {tokens} tokens");
            }
            let (out, input, rank) = (u64::from(out), u64::from(input), u64::from(rank));
            // Of the frozen weight the output and the gradient of the input; of the factors their own gradients as well.
            let products = 4 * out * input + 6 * rank * (out + input);
            assert_eq!(readings.cost(graph.root()), Cost { per_token: products + 2 * out, fixed: 0 });
        }
    }
}

#[test]
fn a_rank_too_large_to_be_worth_it_is_built_where_there_are_many_tokens() {
    let (base, rank) = (shape(&[64, 64]), 512);
    let tensors = [shape(&[rank, 64]), shape(&[64, rank])];
    let nodes = vec![tensor_node(1), tensor_node(0), node("matmul", &[0, 1], &[])];
    let graph = checked(nodes, &base, &tensors);
    assert_eq!(Readings::new(&graph, 1).of(2), Reading::Compose { outer: 0, inner: 1 });
    assert_eq!(Readings::new(&graph, 10_000).of(2), Reading::Dense);
}

#[test]
fn rows_and_columns_are_scaled_without_building() {
    let base = shape(&[32, 16]);
    let tensors = [shape(&[32, 1]), shape(&[1, 16]), shape(&[16]), shape(&[32, 16])];
    let reading = |a: RawNode, b: RawNode| {
        let graph = checked(vec![a, b, node("mul", &[0, 1], &[])], &base, &tensors);
        Readings::new(&graph, 100).of(2)
    };
    let weight = || node("base", &[], &[]);
    assert_eq!(reading(weight(), tensor_node(0)), Reading::Rows { map: 0, vector: 1 });
    assert_eq!(reading(tensor_node(0), weight()), Reading::Rows { map: 1, vector: 0 });
    assert_eq!(reading(weight(), tensor_node(1)), Reading::Columns { map: 0, vector: 1 });
    assert_eq!(reading(tensor_node(2), weight()), Reading::Columns { map: 1, vector: 0 });
    assert_eq!(reading(weight(), tensor_node(3)), Reading::Dense, "a product by elements has no such reading");
    assert_eq!(reading(tensor_node(0), tensor_node(1)), Reading::Dense, "neither is the whole matrix");
}

#[test]
fn dropout_is_never_built_away() {
    // Cheaper to build, for so many tokens; but then nothing would be dropped.
    let rank = 512;
    let tensors = [shape(&[rank, 64]), shape(&[64, rank])];
    let drop = node("dropout", &[1], &[("p", Attribute::Float(0.1))]);
    let nodes = vec![tensor_node(1), tensor_node(0), drop, node("matmul", &[0, 2], &[])];
    let graph = checked(nodes, &shape(&[64, 64]), &tensors);
    let readings = Readings::new(&graph, 10_000);
    assert_eq!(readings.of(3), Reading::Compose { outer: 0, inner: 2 });
    assert_eq!(readings.of(2), Reading::Dropout(0.1, 1));
}

/// Each node takes the one before it twice, so that the walk would double at every step.
fn doubled(first: RawNode, op: &str, times: u32) -> Vec<RawNode> {
    let mut nodes = vec![first];
    nodes.extend((0..times).map(|i| node(op, &[i, i], &[])));
    nodes
}

#[test]
fn sharing_never_makes_the_walk_longer_than_the_weight_is_large() {
    let square = shape(&[16, 16]);
    let identity = || node("identity", &[], &[("size", Attribute::Integer(16))]);
    let drop = || node("dropout", &[0], &[("p", Attribute::Float(0.5))]);
    for op in ["add", "sub", "matmul"] {
        for first in [identity(), node("base", &[], &[])] {
            for tokens in [1, 100] {
                let graph = checked(doubled(first.clone(), op, 60), &square, &[]);
                let steps = walked(&graph, &Readings::new(&graph, tokens)).len();
                assert!(steps <= 1 << 16, "{op} of {}: {steps} steps", first.op);
            }
        }
        let mut nodes = vec![identity(), drop()];
        nodes.extend((1..60).map(|i| node(op, &[i, i], &[])));
        let graph = checked(nodes, &square, &[]);
        let steps = walked(&graph, &Readings::new(&graph, 100)).len();
        assert!(steps <= 1 << 20, "{op} with dropout: {steps} steps");
    }
}

#[test]
fn chains_of_thousands_are_judged_fast_and_their_costs_saturate() {
    let started = std::time::Instant::now();
    for first in ["base", "identity"] {
        let attributes = [("size", Attribute::Integer(32))];
        let first = node(first, &[], if first == "identity" { &attributes } else { &[] });
        let graph = checked(doubled(first, "add", 4000), &shape(&[32, 32]), &[]);
        let readings = Readings::new(&graph, u64::MAX);
        assert_eq!(readings.cost(graph.root()).total(u64::MAX), u64::MAX);
        let dense = Cost { per_token: 4 * 32 * 32, fixed: 4001 * 32 * 32 };
        let readings = Readings::new(&graph, 1024);
        assert!(readings.cost(graph.root()).total(1024) <= dense.total(1024));
        assert!(graph.formula(&[]).len() < 500);
    }
    assert!(started.elapsed().as_secs() < 20, "{:?}", started.elapsed());
}

#[test]
fn totals_saturate() {
    let cost = Cost { per_token: u64::MAX / 2, fixed: u64::MAX - 1 };
    assert_eq!((cost.total(0), cost.total(1), cost.total(3)), (u64::MAX - 1, u64::MAX, u64::MAX));
    assert_eq!(Cost { per_token: 3, fixed: 4 }.total(5), 19);
}

/// Expressions over `[8, 8]` matrices and vectors, in which sharing is frequent.
fn any_nodes() -> impl Strategy<Value = Vec<RawNode>> {
    let step = (0usize..8, any::<prop::sample::Index>(), any::<prop::sample::Index>());
    prop::collection::vec(step, 1..40).prop_map(|steps| {
        let identity = node("identity", &[], &[("size", Attribute::Integer(8))]);
        let mut nodes = vec![node("base", &[], &[]), identity, tensor_node(0), tensor_node(1)];
        // The node of a product with a vector stays a matrix, so that every index but those of the vectors is one.
        let mut matrices = vec![0u32, 1];
        for (op, a, b) in steps {
            let [a, b] = [a, b].map(|i| matrices[i.index(matrices.len())]);
            matrices.push(nodes.len() as u32);
            nodes.push(match op {
                0 => node("add", &[a, b], &[]),
                1 => node("sub", &[a, b], &[]),
                2 => node("matmul", &[a, b], &[]),
                3 => scale(0.5, a),
                4 => node("mul", &[2, a], &[]),
                5 => node("mul", &[a, 3], &[]),
                6 => node("mul", &[a, b], &[]),
                _ => node("transpose", &[a], &[]),
            });
        }
        nodes
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever the expression, no node costs more than to build its weight and multiply, there and back.
    #[test]
    fn the_reading_is_never_dearer_than_dense(nodes in any_nodes(), tokens in prop_oneof![1u64..4000, any::<u64>()]) {
        let tensors = [shape(&[8, 1]), shape(&[1, 8])];
        let graph = checked(nodes, &shape(&[8, 8]), &tensors);
        let readings = Readings::new(&graph, tokens);
        for (index, node) in graph.nodes().iter().enumerate() {
            let products = graph.nodes()[..=index].iter().filter(|n| n.op == Op::Matmul).count() as u64;
            let build = 64 * (index as u64 + 1) + 2 * 512 * products;
            let dense = Cost { per_token: 6 * node.shape.elements(), fixed: 3 * build };
            prop_assert!(readings.cost(index).total(tokens) <= dense.total(tokens), "node {}", index);
        }
    }
}
