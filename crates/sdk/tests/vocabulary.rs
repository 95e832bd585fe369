//! The host knows every operation that the SDK writes, and the SDK writes every operation that a strategy may use.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use std::collections::BTreeSet;

use graftwork_plan::{Attribute, Context, Graph, RawGraph, RawNode, Shape, vocabulary};
use graftwork_sdk::Expr;

/// The expression as the host reads it.
fn raw(expr: &Expr) -> RawGraph {
    use graftwork_sdk::bindings::strategy::graftwork::strategy::expression::Attribute as Sent;
    let attribute = |value: Sent| match value {
        Sent::Integer(v) => Attribute::Integer(v),
        Sent::Float(v) => Attribute::Float(v),
        Sent::Text(v) => Attribute::Text(v),
        Sent::Integers(v) => Attribute::Integers(v),
    };
    let graph = expr.graph();
    let nodes = graph.nodes.into_iter().map(|n| RawNode {
        op: n.op,
        inputs: n.inputs,
        attributes: n.attributes.into_iter().map(|(name, value)| (name, attribute(value))).collect(),
    });
    RawGraph { nodes: nodes.collect(), root: graph.root }
}

/// Checks an expression over a base of `[4, 6]` and tensors of `[4, 6]`, `[2, 3]`, `[3]` and `[3, 3]`; gives its ops.
fn accepted(context: Context, expr: &Expr, shape: &[u64]) -> BTreeSet<String> {
    let dims = |d: &[u64]| Shape::new(d.to_vec()).unwrap();
    let tensors: Vec<Shape> = match context {
        Context::Effective | Context::Update => vec![dims(&[4, 6]), dims(&[2, 3]), dims(&[3]), dims(&[3, 3])],
        _ => Vec::new(),
    };
    let raw = raw(expr);
    let checked =
        Graph::check(&raw, context, &dims(&[4, 6]), &tensors, 0).unwrap_or_else(|e| panic!("{expr:?}: {e:?}"));
    assert_eq!(checked.shape().dims(), shape, "{expr:?}");
    raw.nodes.into_iter().map(|n| n.op).collect()
}

#[test]
fn host_and_sdk_speak_of_the_same_operations() {
    let base = Expr::base;
    let [full, small, vector, square] = [0, 1, 2, 3].map(Expr::tensor);
    let effective: [(Expr, &[u64]); 29] = [
        (base() + full.clone() - full.clone(), &[4, 6]),
        (full.clone() * base() / full.clone(), &[4, 6]),
        (-(2.0 * full.clone()), &[4, 6]),
        (base().matmul(&full.transpose()), &[4, 4]),
        (small.kron(&square), &[6, 9]),
        (full.reshape(&[3, 8]), &[3, 8]),
        (Expr::concat(&[base(), full.clone()], 1), &[4, 12]),
        (full.slice(1, 2, 3), &[4, 3]),
        (vector.diagonal(), &[3, 3]),
        (square.inverse(), &[3, 3]),
        (full.reshape(&[2, 2, 6]).block_diagonal(), &[4, 12]),
        (vector.upper_triangle(3), &[3, 3]),
        (full.sin(), &[4, 6]),
        (full.cos(), &[4, 6]),
        (full.acos(), &[4, 6]),
        (full.abs(), &[4, 6]),
        (full.sign(), &[4, 6]),
        (full.sqrt(), &[4, 6]),
        (full.exp(), &[4, 6]),
        (full.tanh(), &[4, 6]),
        (full.sigmoid(), &[4, 6]),
        (full.maximum(&base()), &[4, 6]),
        (full.minimum(&base()), &[4, 6]),
        (full.norm(1), &[4, 1]),
        (full.sum(0), &[1, 6]),
        (full.mean(0), &[1, 6]),
        (full.dropout(0.1), &[4, 6]),
        (full.detach(), &[4, 6]),
        (Expr::identity(3) + Expr::constant(1.0, &[3, 3]), &[3, 3]),
    ];
    let initial: [(Expr, &[u64]); 9] = [
        (Expr::normal(0.1, &[2, 6]), &[2, 6]),
        (Expr::uniform(0.1, &[2, 6]), &[2, 6]),
        (Expr::bernoulli(0.5, &[2, 6]), &[2, 6]),
        (base().svd_u(2), &[4, 2]),
        (base().svd_s(2), &[2]),
        (base().svd_vt(2), &[2, 6]),
        (base().qr_q(), &[4, 4]),
        (base().qr_r(), &[4, 6]),
        (base().top_k_magnitude(0.5), &[4, 6]),
    ];
    let mut written = BTreeSet::new();
    effective.iter().for_each(|(expr, shape)| written.extend(accepted(Context::Effective, expr, shape)));
    initial.iter().for_each(|(expr, shape)| written.extend(accepted(Context::Init, expr, shape)));
    written.extend(accepted(Context::Update, &Expr::gradient(1), &[2, 3]));
    // What these stand for is known to a whole plan or a composition alone.
    let elsewhere = [("delta", Expr::delta(0)), ("shared", Expr::shared("a"))];
    written.extend(elsewhere.map(|(op, expr)| {
        assert_eq!(raw(&expr).nodes[0].op, op);
        op.to_owned()
    }));
    let known: BTreeSet<String> = vocabulary().iter().map(|op| (*op).to_owned()).collect();
    assert_eq!(written, known);
}
