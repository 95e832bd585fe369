//! An expression as the linear map that it denotes.

use burn::tensor::{Tensor, TensorData};
use graftwork_plan::{Graph, Reading, Readings};

use crate::materialize::materialize;
use crate::scope::Scope;

/// Deeper than any method nests; an expression that goes on is materialised from there, which needs no stack and drops
/// nothing out.
const MAX_DEPTH: usize = 64;

/// `x · Wᵀ` for the weight `W` that the expression denotes and `x` of shape `[tokens, in]`.
///
/// Follows the readings: activations go through the operands wherever that is cheaper than to build the weight.
#[must_use]
pub fn apply(graph: &Graph, readings: &Readings, scope: &Scope<'_>, x: Tensor<2>) -> Tensor<2> {
    Walk { graph, readings, scope }.apply(graph.root(), x, 0)
}

struct Walk<'a> {
    graph: &'a Graph,
    readings: &'a Readings,
    scope: &'a Scope<'a>,
}

impl Walk<'_> {
    fn apply(&self, node: usize, x: Tensor<2>, depth: usize) -> Tensor<2> {
        let go = |node: usize, x: Tensor<2>| self.apply(node, x, depth + 1);
        let vector = |node: usize| {
            let v = materialize(self.graph, node, self.scope);
            let count = v.dims()[0] * v.dims()[1];
            v.reshape([1, count])
        };
        let reading = if depth < MAX_DEPTH { self.readings.of(node) } else { Reading::Dense };
        match reading {
            Reading::Dense => x.matmul(materialize(self.graph, node, self.scope).transpose()),
            Reading::Identity => x,
            Reading::Add(a, b) => go(a, x.clone()) + go(b, x),
            Reading::Sub(a, b) => go(a, x.clone()) - go(b, x),
            Reading::Compose { outer, inner } => go(outer, go(inner, x)),
            Reading::Scale(factor, map) => match self.readings.of(map) {
                // Where the map is a product of thin factors, the least there is to scale lies between them.
                Reading::Compose { outer, inner } => go(outer, go(inner, x).mul_scalar(factor)),
                _ => go(map, x).mul_scalar(factor),
            },
            Reading::Dropout(p, map) => go(map, self.dropout(x, p, node)),
            Reading::Rows { map, vector: v } => go(map, x) * vector(v),
            Reading::Columns { map, vector: v } => go(map, x * vector(v)),
        }
    }

    fn dropout(&self, x: Tensor<2>, p: f64, node: usize) -> Tensor<2> {
        match &self.scope.dropout {
            Some(key) => {
                let [tokens, width] = x.dims();
                let mask = key.number(node as u64).bernoulli(tokens * width, 1.0 - p);
                let plain = x.device().without_autodiff();
                let mask = Tensor::<2>::from_data(TensorData::new(mask, [tokens, width]), &plain).cast(x.dtype());
                x * mask.div_scalar(1.0 - p)
            }
            None => x,
        }
    }
}
