//! An expression as a table whose rows are looked up.

use burn::tensor::{Int, Tensor};
use graftwork_plan::{Graph, MAX_RANK, Node, Op, Reading, Readings};

use crate::materialize::{leaf, materialize};
use crate::scope::Scope;

/// Deeper than any method nests; an expression that goes on is materialised from there.
const MAX_DEPTH: usize = 64;

/// Rows `ids` of the weight that the expression denotes: `[tokens]` to `[tokens, columns]`.
///
/// A lookup is an application to one-hot vectors, and so follows the same readings; only of leaves are rows taken.
/// Dropout is the identity: there are no activations that it could act on.
#[must_use]
pub fn rows(graph: &Graph, readings: &Readings, scope: &Scope<'_>, ids: &Tensor<1, Int>) -> Tensor<2> {
    Walk { graph, readings, scope, ids }.rows(graph.root(), 0)
}

struct Walk<'a> {
    graph: &'a Graph,
    readings: &'a Readings,
    scope: &'a Scope<'a>,
    ids: &'a Tensor<1, Int>,
}

impl Walk<'_> {
    fn rows(&self, node: usize, depth: usize) -> Tensor<2> {
        let go = |node: usize| self.rows(node, depth + 1);
        let value = |node: usize| materialize(self.graph, node, self.scope);
        let reading = if depth < MAX_DEPTH { self.readings.of(node) } else { Reading::Dense };
        match reading {
            Reading::Add(a, b) => go(a) + go(b),
            Reading::Sub(a, b) => go(a) - go(b),
            // One-hot rows meet the left factor first; what it gives meets the right one.
            Reading::Compose { outer, inner } => go(outer).matmul(value(inner)),
            Reading::Scale(factor, map) => go(map).mul_scalar(factor),
            Reading::Dropout(_, map) => go(map),
            Reading::Rows { map, vector } => go(map) * value(vector).select(0, self.ids.clone()),
            Reading::Columns { map, vector } => {
                let v = value(vector);
                let count = v.dims()[0] * v.dims()[1];
                go(map) * v.reshape([1, count])
            }
            Reading::Identity => self.one_hot(node),
            Reading::Dense | Reading::Kron { .. } | Reading::Blocks(_) => self.lookup(node),
        }
    }

    /// Rows of the identity, without the identity: its size is the vocabulary's.
    fn one_hot(&self, node: usize) -> Tensor<2> {
        let size = self.graph.node(node).shape.padded()[MAX_RANK - 1];
        self.ids.clone().one_hot::<2>(size).float().cast(self.scope.dtype())
    }

    fn lookup(&self, node: usize) -> Tensor<2> {
        let Node { op, inputs, .. } = self.graph.node(node);
        if let (Op::Transpose, [under]) = (op, inputs.as_slice())
            && let Some(tensor) = leaf(&self.graph.node(*under).op, self.scope)
        {
            // Rows of a transposed tensor are its columns; no need to turn all of it.
            return tensor.select(1, self.ids.clone()).transpose();
        }
        materialize(self.graph, node, self.scope).select(0, self.ids.clone())
    }
}
