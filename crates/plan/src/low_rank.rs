//! Recognises the low-rank forms of LoRA by their structure, whatever the adapter calls itself.

use crate::graph::Graph;
use crate::op::Op;
use crate::plan::Adapter;

/// An adapter of the form `base + scale · (B @ dropout(A))`, as PEFT's LoRA has it for linear layers, or
/// `base + scale · (Aᵀ @ Bᵀ)`, as it has it for embeddings.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LowRank {
    /// Index of the tensor `A`: `[rank, in]`, or `[rank, entries]` where transposed.
    pub a: usize,
    /// Index of the tensor `B`: `[out, rank]`, or `[hidden, rank]` where transposed.
    pub b: usize,
    /// Whether the product is `Aᵀ @ Bᵀ`.
    pub transposed: bool,
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
        let tensor = |index: usize| match graph.node(index).op {
            Op::Tensor { index } => Some(index as usize),
            _ => None,
        };
        let under_transpose = |index: usize| match graph.node(index).op {
            Op::Transpose => tensor(graph.node(index).inputs[0]),
            _ => None,
        };
        let [rank, _] = graph.node(a).shape.matrix()?;
        let form = |a: usize, b: usize, transposed: bool, rank: u64| Self {
            a,
            b,
            transposed,
            rank,
            scale: scale * inner_scale,
            dropout: dropout.max(inner_dropout),
        };
        match (tensor(a), tensor(*b), under_transpose(*b), under_transpose(a)) {
            (Some(a), Some(b), ..) => Some(form(a, b, false, rank)),
            // On the left of the product stands Aᵀ, on the right Bᵀ, whose first axis is the rank.
            (_, _, Some(a), Some(b)) => Some(form(a, b, true, rank)),
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
