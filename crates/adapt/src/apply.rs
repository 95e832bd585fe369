//! An expression as the linear map that it denotes.

use burn::tensor::{Tensor, TensorData};
use graftwork_kernels::linear::{Layer, Path, linear, linear_pair};
use graftwork_plan::{Graph, MAX_RANK, Reading, Readings};

use crate::materialize::{leaf, materialize};
use crate::scope::{Scope, as_weight};

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

/// The layer that the expression denotes, where it is a weight with a low-rank path beside it.
pub(crate) fn layer(graph: &Graph, readings: &Readings, scope: &Scope<'_>) -> Option<Layer> {
    Walk { graph, readings, scope }.layer(graph.root())
}

/// What a map makes of activations, with one product left to do where there is a weight: two of these are added in one
/// pass.
struct Applied {
    x: Tensor<2>,
    weight: Option<Tensor<2>>,
}

impl Applied {
    fn value(self) -> Tensor<2> {
        match self.weight {
            Some(weight) => linear(self.x, weight),
            None => self.x,
        }
    }

    fn plus(self, other: Self) -> Tensor<2> {
        match (self.weight, other.weight) {
            (Some(first), Some(second)) => linear_pair([self.x, first], [other.x, second]),
            (first, second) => Self { x: self.x, weight: first }.value() + Self { x: other.x, weight: second }.value(),
        }
    }
}

struct Walk<'a> {
    graph: &'a Graph,
    readings: &'a Readings,
    scope: &'a Scope<'a>,
}

impl Walk<'_> {
    fn apply(&self, node: usize, x: Tensor<2>, depth: usize) -> Tensor<2> {
        self.begin(node, x, depth).value()
    }

    /// All but the last product, where that is what is left.
    fn begin(&self, node: usize, x: Tensor<2>, depth: usize) -> Applied {
        let begin = |node: usize, x: Tensor<2>| self.begin(node, x, depth + 1);
        let go = |node: usize, x: Tensor<2>| begin(node, x).value();
        let vector = |node: usize| {
            let v = materialize(self.graph, node, self.scope);
            let count = v.dims()[0] * v.dims()[1];
            v.reshape([1, count])
        };
        let value = |x: Tensor<2>| Applied { x, weight: None };
        let reading = if depth < MAX_DEPTH { self.readings.of(node) } else { Reading::Dense };
        match reading {
            Reading::Dense => Applied { x, weight: Some(self.weight(node)) },
            Reading::Identity => value(x),
            Reading::Add(a, b) => match self.layer(node) {
                Some(layer) => value(layer.apply(x)),
                None => value(begin(a, x.clone()).plus(begin(b, x))),
            },
            Reading::Sub(a, b) => value(go(a, x.clone()) - go(b, x)),
            Reading::Compose { outer, inner } => begin(outer, go(inner, x)),
            Reading::Kron { left, right } => value(self.kron(left, right, x, depth)),
            Reading::Blocks(blocks) => value(self.blocks(blocks, x)),
            Reading::Scale(factor, map) => match self.readings.of(map) {
                // Where the map is a product of thin factors, the least there is to scale lies between them.
                Reading::Compose { outer, inner } => begin(outer, go(inner, x).mul_scalar(factor)),
                _ => value(go(map, x).mul_scalar(factor)),
            },
            Reading::Dropout(p, map) => begin(map, self.dropout(x, p, node)),
            Reading::Rows { map, vector: v } => value(go(map, x) * vector(v)),
            Reading::Columns { map, vector: v } => begin(map, x * vector(v)),
        }
    }

    /// `left · X · rightᵀ` for every row of `x` as a matrix `X`, [C. F. Van Loan, "The ubiquitous Kronecker product", 2000].
    fn kron(&self, left: usize, right: usize, x: Tensor<2>, depth: usize) -> Tensor<2> {
        let (tokens, columns) = (x.dims()[0], self.graph.node(left).shape.padded()[MAX_RANK - 1]);
        let within = x.dims()[1] / columns;
        let inner = self.apply(right, x.reshape([tokens * columns, within]), depth + 1);
        let rows = inner.dims()[1];
        let turned = inner.reshape([tokens, columns, rows]).swap_dims(1, 2).reshape([tokens * rows, columns]);
        let outer = self.apply(left, turned, depth + 1);
        let across = outer.dims()[1];
        outer.reshape([tokens, rows, across]).swap_dims(1, 2).reshape([tokens, across * rows])
    }

    fn blocks(&self, blocks: usize, x: Tensor<2>) -> Tensor<2> {
        let [_, count, rows, columns] = self.graph.node(blocks).shape.padded();
        let tokens = x.dims()[0];
        let matrices = materialize(self.graph, blocks, self.scope).reshape([count, rows, columns]);
        let parts = x.reshape([tokens, count, columns]).swap_dims(0, 1);
        parts.matmul(matrices.swap_dims(1, 2)).swap_dims(0, 1).reshape([tokens, count * rows])
    }

    /// `weight + scale · (up @ down)`, where a node is that and the three matrices are multiplied with as they are.
    fn layer(&self, node: usize) -> Option<Layer> {
        let Reading::Add(a, b) = self.readings.of(node) else { return None };
        let (weight, path) = [(a, b), (b, a)].into_iter().find_map(|(weight, product)| {
            let dense = self.readings.of(weight) == Reading::Dense;
            Some((weight, self.path(product).filter(|_| dense)?))
        })?;
        Some(Layer { weight: self.weight(weight), path: Some(path) })
    }

    fn path(&self, product: usize) -> Option<Path> {
        let (scale, product) = match self.readings.of(product) {
            Reading::Scale(scale, product) => (scale, product),
            _ => (1.0, product),
        };
        let Reading::Compose { outer: up, inner: down } = self.readings.of(product) else { return None };
        let dense = [up, down].iter().all(|&node| self.readings.of(node) == Reading::Dense);
        dense.then(|| Path { down: self.weight(down), up: self.weight(up), scale })
    }

    /// What a node that is read as a matrix multiplies with.
    fn weight(&self, node: usize) -> Tensor<2> {
        match leaf(&self.graph.node(node).op, self.scope) {
            Some(leaf) => leaf,
            None => as_weight(materialize(self.graph, node, self.scope)),
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
