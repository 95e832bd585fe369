//! Recognises the low-rank form `base + scale · (B @ A)` by its structure, whatever the adapter calls itself.

use crate::graph::Graph;
use crate::op::Op;
use crate::plan::Adapter;

/// An adapter of the form `base + scale · (B @ dropout(A))`, as PEFT's LoRA writes it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LowRank {
    /// Index of the tensor `A`, `[rank, in]`.
    pub a: usize,
    /// Index of the tensor `B`, `[out, rank]`.
    pub b: usize,
    /// Inner size of the product.
    pub rank: u64,
    /// Factor on the product.
    pub scale: f64,
    /// Dropout on the input while training.
    pub dropout: f64,
}

impl LowRank {
    /// The adapter's low-rank form, if it has one and keeps the base as it is.
    #[must_use]
    pub fn of(adapter: &Adapter) -> Option<Self> {
        let graph = &adapter.effective;
        let root = graph.node(graph.root());
        let (Op::Add, [left, right]) = (&root.op, root.inputs.as_slice()) else { return None };
        let update = match (&graph.node(*left).op, &graph.node(*right).op) {
            (Op::Base, _) => *right,
            (_, Op::Base) => *left,
            _ => return None,
        };
        let (update, scale, dropout) = peel(graph, update);
        let product = graph.node(update);
        let (Op::Matmul, [b, a]) = (&product.op, product.inputs.as_slice()) else { return None };
        let (a, inner_scale, inner_dropout) = peel(graph, *a);
        // Dropout on both sides of the product is no form that LoRA has.
        if adapter.base.is_some() || (dropout > 0.0 && inner_dropout > 0.0) {
            return None;
        }
        match (&graph.node(a).op, &graph.node(*b).op) {
            (Op::Tensor { index: a_index }, Op::Tensor { index: b_index }) => Some(Self {
                a: *a_index as usize,
                b: *b_index as usize,
                rank: graph.node(a).shape.dims()[0],
                scale: scale * inner_scale,
                dropout: dropout.max(inner_dropout),
            }),
            _ => None,
        }
    }
}

/// Strips scales and one dropout off a node; gives what is under them, the factor and the probability.
fn peel(graph: &Graph, mut index: usize) -> (usize, f64, f64) {
    let (mut scale, mut dropout) = (1.0, 0.0);
    loop {
        let node = graph.node(index);
        match node.op {
            Op::Scale { factor } => scale *= factor,
            Op::Dropout { p } if dropout == 0.0 => dropout = p,
            _ => return (index, scale, dropout),
        }
        index = node.inputs[0];
    }
}
