//! Expressions as formulas, and the low-rank forms that other tools read.
#![allow(clippy::expect_used, clippy::panic, missing_docs, reason = "tests")]

mod common;

use common::{graph, model, node, param, scale, shape, tensor, tensor_node};
use graftwork_plan::{Attribute, Context, Graph, LowRank, Plan, RawAdapter, RawGraph, RawNode, RawPlan, Role, Shape};

fn formula(nodes: Vec<RawNode>, base: &[u64], tensors: &[(&str, &[u64])]) -> String {
    let shapes: Vec<Shape> = tensors.iter().map(|(_, dims)| shape(dims)).collect();
    let names: Vec<&str> = tensors.iter().map(|(name, _)| *name).collect();
    Graph::check(&graph(nodes), Context::Effective, &shape(base), &shapes, 0).expect("valid").formula(&names)
}

fn drop(p: f64, input: u32) -> RawNode {
    node("dropout", &[input], &[("p", Attribute::Float(p))])
}

#[test]
fn methods_read_as_papers_write_them() {
    let base = || node("base", &[], &[]);
    let lora = vec![
        base(),
        tensor_node(1),
        tensor_node(0),
        drop(0.1, 2),
        node("matmul", &[1, 3], &[]),
        scale(0.5, 4),
        node("add", &[0, 5], &[]),
    ];
    let a_b: [(&str, &[u64]); 2] = [("A", &[4, 16]), ("B", &[32, 4])];
    assert_eq!(formula(lora.clone(), &[32, 16], &a_b), "base + 0.5·(B @ dropout(p=0.1, A))");

    let mut dora = lora;
    let axis = [("axis", Attribute::Integer(1))];
    dora.extend([
        node("norm", &[6], &axis),
        node("detach", &[7], &[]),
        tensor_node(2),
        node("div", &[9, 8], &[]),
        node("mul", &[10, 6], &[]),
    ]);
    let with_m: [(&str, &[u64]); 3] = [("A", &[4, 16]), ("B", &[32, 4]), ("m", &[32, 1])];
    let w = "base + 0.5·(B @ dropout(p=0.1, A))";
    assert_eq!(formula(dora, &[32, 16], &with_m), format!("m / detach(norm(axis=1, {w})) ⊙ ({w})"));

    let pairs: [(&str, &[u64]); 4] = [("A1", &[2, 16]), ("B1", &[32, 2]), ("A2", &[2, 16]), ("B2", &[32, 2])];
    let loha = vec![
        tensor_node(1),
        tensor_node(0),
        node("matmul", &[0, 1], &[]),
        tensor_node(3),
        tensor_node(2),
        node("matmul", &[3, 4], &[]),
        node("mul", &[2, 5], &[]),
        base(),
        node("add", &[7, 6], &[]),
    ];
    assert_eq!(formula(loha, &[32, 16], &pairs), "base + B1 @ A1 ⊙ (B2 @ A2)");

    let lokr = vec![tensor_node(0), tensor_node(1), node("kron", &[0, 1], &[]), base(), node("sub", &[3, 2], &[])];
    assert_eq!(formula(lokr, &[32, 16], &[("C", &[4, 2]), ("D", &[8, 8])]), "base - C ⊗ D");
}

#[test]
fn brackets_keep_the_meaning() {
    let base = || node("base", &[], &[]);
    let b = |nodes: Vec<RawNode>| formula(nodes, &[4, 4], &[]);
    assert_eq!(b(vec![base(), node("sub", &[0, 0], &[]), node("sub", &[0, 1], &[])]), "base - (base - base)");
    assert_eq!(b(vec![base(), node("sub", &[0, 0], &[]), node("sub", &[1, 0], &[])]), "base - base - base");
    assert_eq!(b(vec![base(), node("add", &[0, 0], &[]), node("matmul", &[1, 0], &[])]), "(base + base) @ base");
    assert_eq!(b(vec![base(), node("div", &[0, 0], &[]), node("div", &[0, 1], &[])]), "base / (base / base)");
    assert_eq!(b(vec![base(), scale(2.0, 0), node("div", &[0, 1], &[])]), "base / (2·base)");
    assert_eq!(b(vec![base(), scale(2.0, 0), node("div", &[1, 0], &[])]), "2·base / base");
    assert_eq!(b(vec![base(), scale(2.0, 0), node("transpose", &[1], &[])]), "(2·base)ᵀ");
    assert_eq!(b(vec![base(), node("add", &[0, 0], &[]), node("transpose", &[1], &[])]), "(base + base)ᵀ");
    assert_eq!(b(vec![base(), node("neg", &[0], &[])]), "neg(base)");
    let slice = [("axis", 0), ("start", 0), ("length", 4)].map(|(n, v)| (n, Attribute::Integer(v)));
    assert_eq!(b(vec![base(), node("slice", &[0], &slice)]), "slice(axis=0, start=0, length=4, base)");
    let constant = [("value", Attribute::Float(1.0)), ("shape", Attribute::Integers(vec![4, 1]))];
    let nodes = vec![base(), node("constant", &[], &constant), node("mul", &[1, 0], &[])];
    assert_eq!(b(nodes), "constant(value=1, shape=[4, 1]) ⊙ base");
}

#[test]
fn long_formulas_are_cut() {
    let mut nodes = vec![node("base", &[], &[])];
    // No deeper than twelve, but 4,096 leaves.
    nodes.extend((0..12).map(|i| node("add", &[i, i], &[])));
    let text = formula(nodes, &[4, 4], &[]);
    assert!(text.len() < 500 && text.ends_with('…') && text.starts_with("base + base"), "{text}");
    // One leaf, but 4,000 deep.
    let mut nodes = vec![node("base", &[], &[])];
    nodes.extend((0..4000).map(|i| node("abs", &[i], &[])));
    let text = formula(nodes, &[4, 4], &[]);
    assert!(text.len() < 500 && text.contains('…'), "{text}");
}

#[test]
fn a_tensor_without_a_name_is_a_question_mark() {
    let graph = Graph::check(&graph(vec![tensor_node(0)]), Context::Effective, &shape(&[2]), &[shape(&[2])], 0);
    assert_eq!(graph.expect("valid").formula(&[]), "?");
}

/// The form of an adapter with tensors of these shapes on a weight `base`.
fn form(base: &[u64], tensors: &[&[u32]], nodes: Vec<RawNode>) -> Option<LowRank> {
    let tensors = tensors.iter().enumerate().map(|(i, dims)| tensor(&format!("t{i}"), dims)).collect();
    let adapter =
        RawAdapter { target: 0, kind: "any".into(), tensors, base: None, effective: graph(nodes), penalty: None };
    let raw = RawPlan { adapters: vec![adapter], ..RawPlan::default() };
    let manifest = model(vec![param("w", base, Role::Linear, None)]);
    LowRank::of(&Plan::validate(&raw, &manifest).expect("valid").adapters()[0])
}

/// `base + update` with B at node 1 and A at node 2.
fn plus(update: Vec<RawNode>) -> Vec<RawNode> {
    let mut nodes = vec![node("base", &[], &[]), tensor_node(1), tensor_node(0)];
    nodes.extend(update);
    let last = nodes.len() as u32 - 1;
    nodes.push(node("add", &[0, last], &[]));
    nodes
}

const A_B: &[&[u32]] = &[&[4, 16], &[32, 4]];

#[test]
fn lora_of_a_linear_layer_is_recognised_however_it_is_written() {
    let of = |update: Vec<RawNode>| form(&[32, 16], A_B, plus(update));
    let plain = LowRank { a: 0, b: 1, transposed: false, rank: 4, scale: 1.0, dropout: 0.0 };
    assert_eq!(of(vec![node("matmul", &[1, 2], &[])]), Some(plain));
    let mut turned = plus(vec![node("matmul", &[1, 2], &[])]);
    turned[4].inputs.reverse();
    assert_eq!(form(&[32, 16], A_B, turned), Some(plain), "a sum has no order");
    let scaled = Some(LowRank { scale: 3.0, ..plain });
    assert_eq!(of(vec![node("matmul", &[1, 2], &[]), scale(3.0, 3)]), scaled);
    assert_eq!(of(vec![scale(3.0, 2), node("matmul", &[1, 3], &[])]), scaled);
    let twice = vec![scale(1.5, 2), node("matmul", &[1, 3], &[]), scale(4.0, 4), scale(0.5, 5)];
    assert_eq!(of(twice), scaled);
    let dropped = Some(LowRank { scale: 3.0, dropout: 0.1, ..plain });
    assert_eq!(of(vec![drop(0.1, 2), node("matmul", &[1, 3], &[]), scale(3.0, 4)]), dropped);
    assert_eq!(of(vec![node("matmul", &[1, 2], &[]), drop(0.1, 3), scale(3.0, 4)]), dropped);
    assert_eq!(of(vec![scale(3.0, 2), drop(0.1, 3), node("matmul", &[1, 4], &[])]), dropped);
}

#[test]
fn lora_of_an_embedding_is_recognised() {
    let flip = |i: u32| node("transpose", &[i], &[]);
    let found = form(&[100, 16], &[&[4, 100], &[16, 4]], {
        let update = vec![flip(2), flip(1), node("matmul", &[3, 4], &[]), scale(0.5, 5)];
        plus(update)
    });
    assert_eq!(found, Some(LowRank { a: 0, b: 1, transposed: true, rank: 4, scale: 0.5, dropout: 0.0 }));
}

#[test]
fn look_alikes_are_no_low_rank_form() {
    let product = || node("matmul", &[1, 2], &[]);
    let base = || node("base", &[], &[]);
    let of = |nodes: Vec<RawNode>| form(&[32, 16], A_B, nodes);
    assert!(of(plus(vec![product()])).is_some());
    let cases: [(&str, Vec<RawNode>); 9] = [
        ("without the base", vec![tensor_node(1), tensor_node(0), node("matmul", &[0, 1], &[])]),
        ("less the product", vec![base(), tensor_node(1), tensor_node(0), product(), node("sub", &[0, 3], &[])]),
        ("the base twice", plus(vec![product(), node("add", &[0, 3], &[])])),
        (
            "a scaled base",
            vec![base(), tensor_node(1), tensor_node(0), product(), scale(0.5, 0), node("add", &[4, 3], &[])],
        ),
        ("the product twice", plus(vec![product(), node("add", &[3, 3], &[])])),
        ("a nonlinear product", plus(vec![product(), node("tanh", &[3], &[])])),
        ("a nonlinear factor", plus(vec![node("abs", &[2], &[]), node("matmul", &[1, 3], &[])])),
        ("two dropouts", plus(vec![drop(0.1, 2), node("matmul", &[1, 3], &[]), drop(0.1, 4)])),
        ("a detached factor", plus(vec![node("detach", &[2], &[]), node("matmul", &[1, 3], &[])])),
    ];
    for (what, nodes) in cases {
        assert_eq!(of(nodes), None, "{what}");
    }
    // Aᵀ @ B has one transpose too few.
    let half = plus(vec![node("transpose", &[2], &[]), node("matmul", &[3, 1], &[])]);
    assert_eq!(form(&[32, 16], &[&[4, 32], &[4, 16]], half), None, "one transpose");
    // A stack of matrices has no rank of one.
    let stacked = form(&[3, 32, 16], &[&[3, 4, 16], &[3, 32, 4]], plus(vec![product()]));
    assert_eq!(stacked, None, "a stack of products");
}

#[test]
fn a_weight_that_is_prepared_is_no_low_rank_form() {
    let tensors = vec![tensor("a", &[4, 16]), tensor("b", &[32, 4])];
    let base = Some(RawGraph { nodes: vec![node("base", &[], &[])], root: 0 });
    let effective = graph(plus(vec![node("matmul", &[1, 2], &[])]));
    let adapter = RawAdapter { target: 0, kind: "pissa".into(), tensors, base, effective };
    let raw = RawPlan { adapters: vec![adapter], ..RawPlan::default() };
    let manifest = model(vec![param("w", &[32, 16], Role::Linear, None)]);
    assert_eq!(LowRank::of(&Plan::validate(&raw, &manifest).expect("valid").adapters()[0]), None);
}
