//! How an expression is best read, and what that costs.
//!
//! An expression denotes a linear map `x ↦ x · Wᵀ`. Some nodes can push activations through their operands; any node
//! can have its weight built and multiplied. [`Readings`] counts the operations of both, from the shapes and the number
//! of rows, and keeps the cheaper for every node. The forward pass follows it.
//!
//! The backward pass counts too. It is what makes a weight that learns dear to build: its gradient is as large as
//! the weight and costs a product of its own, where the gradients of thin factors cost little.

use crate::graph::{Graph, Node};
use crate::op::Op;

/// How many times the work of building its weight a map with dropout may take; more only comes of an expression that
/// shares one part over and over.
const MOST_FOR_DROPOUT: u64 = 256;

/// Floating-point operations of one forward and backward pass.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cost {
    /// Operations for each row of activations.
    pub per_token: u64,
    /// Operations once a pass, however many rows there are.
    pub fixed: u64,
}

impl Cost {
    /// Operations for so many rows.
    #[must_use]
    pub fn total(self, tokens: u64) -> u64 {
        self.per_token.saturating_mul(tokens).saturating_add(self.fixed)
    }

    fn plus(self, other: Self) -> Self {
        Self {
            per_token: self.per_token.saturating_add(other.per_token),
            fixed: self.fixed.saturating_add(other.fixed),
        }
    }

    /// The cost where there are so many rows in the place of each.
    fn times(self, rows: u64) -> Self {
        Self { per_token: self.per_token.saturating_mul(rows), ..self }
    }

    fn each(self, per_token: u64) -> Self {
        self.plus(Self { per_token, fixed: 0 })
    }
}

/// How a node acts on activations `x` of shape `[tokens, in]`. Numbers are nodes of the graph.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Reading {
    /// Build the weight `W` of the node, then `x · Wᵀ`. For `base` and tensors there is nothing to build.
    Dense,
    /// `x` itself.
    Identity,
    /// Row `i` of `x` as a matrix `Xᵢ`, `[columns of left, columns of right]`: `left · Xᵢ · rightᵀ`.
    Kron {
        /// Left factor.
        left: usize,
        /// Right factor.
        right: usize,
    },
    /// Each part of `x` times a matrix of its own, out of this node of three axes.
    Blocks(usize),
    /// `apply(left, x) + apply(right, x)`.
    Add(usize, usize),
    /// `apply(left, x) - apply(right, x)`.
    Sub(usize, usize),
    /// `apply(outer, apply(inner, x))`.
    Compose {
        /// Left factor of the product, applied last.
        outer: usize,
        /// Right factor of the product, applied first.
        inner: usize,
    },
    /// `factor · apply(map, x)`.
    Scale(f64, usize),
    /// `apply(map, dropout(p, x))`.
    Dropout(f64, usize),
    /// `apply(map, x) ⊙ vector` for a vector `[out, 1]`.
    Rows {
        /// The matrix.
        map: usize,
        /// What scales its rows.
        vector: usize,
    },
    /// `apply(map, x ⊙ vector)` for a vector `[1, in]` or `[in]`.
    Columns {
        /// The matrix.
        map: usize,
        /// What scales its columns.
        vector: usize,
    },
}

/// The cheaper reading of every matrix node of a graph, for so many rows of activations.
#[derive(Clone, Debug)]
pub struct Readings {
    readings: Vec<Reading>,
    costs: Vec<Cost>,
}

impl Readings {
    /// Judges every node for `tokens` rows, where every tensor learns.
    #[must_use]
    pub fn new(graph: &Graph, tokens: u64) -> Self {
        Self::with(graph, tokens, |_| true)
    }

    /// Judges every node for `tokens` rows. `trains` says of a tensor, the adapter's own or a shared one, whether it has a gradient.
    #[must_use]
    pub fn with(graph: &Graph, tokens: u64, trains: impl Fn(&Op) -> bool) -> Self {
        let count = graph.nodes().len();
        // Dropout acts on activations: a map that holds some is applied, even where building it would be cheaper.
        let (mut wet, mut learning) = (Vec::with_capacity(count), Vec::with_capacity(count));
        let mut built = Vec::with_capacity(count);
        let mut all = Self { readings: Vec::with_capacity(count), costs: Vec::with_capacity(count) };
        for (index, node) in graph.nodes().iter().enumerate() {
            let drops = matches!(node.op, Op::Dropout { .. }) || node.inputs.iter().any(|&i| wet[i]);
            let learns = match node.op {
                Op::Tensor { .. } | Op::Shared { .. } => trains(&node.op),
                Op::Detach => false,
                _ => node.inputs.iter().any(|&i| learning[i]),
            };
            // One product for the output, one for the gradient of the input, one for that of the weight. The way back
            // through what builds the weight is twice the way there.
            let (products, ways) = if learns { (3, 3) } else { (2, 1) };
            built.push(build_cost(graph, index).saturating_mul(ways));
            let dense = Cost { per_token: 2 * products * node.shape.elements(), fixed: built[index] };
            wet.push(drops);
            learning.push(learns);
            // An operand that is shared is applied once for each user, and its cost counts as often: where sharing
            // would multiply the work, building the weight wins.
            let patience = if drops { MOST_FOR_DROPOUT } else { 1 };
            let worth = |cost: &Cost| cost.total(tokens) <= dense.total(tokens).saturating_mul(patience);
            let (reading, cost) = all
                .factored(graph, index, &built, products)
                .filter(|(_, c)| worth(c))
                .unwrap_or((Reading::Dense, dense));
            all.readings.push(reading);
            all.costs.push(cost);
        }
        all
    }

    /// How to apply that node.
    #[must_use]
    pub fn of(&self, node: usize) -> Reading {
        self.readings[node]
    }

    /// What applying that node costs.
    #[must_use]
    pub fn cost(&self, node: usize) -> Cost {
        self.costs[node]
    }

    /// The reading that goes through the operands, where the node has one. A product counts `products` times, the ways back included.
    fn factored(&self, graph: &Graph, index: usize, built: &[u64], products: u64) -> Option<(Reading, Cost)> {
        let node = graph.node(index);
        let [out, inner] = node.shape.matrix()?;
        let cost = |i: usize| self.costs[i];
        Some(match (&node.op, node.inputs.as_slice()) {
            // Counted as a copy, though it is none: a product that shares identities must not look free however often it
            // goes through them.
            (Op::Identity { .. }, _) => (Reading::Identity, Cost::default().each(out)),
            (Op::Add, &[a, b]) if nothing_broadcast(graph, node) => {
                (Reading::Add(a, b), cost(a).plus(cost(b)).each(out))
            }
            (Op::Sub, &[a, b]) if nothing_broadcast(graph, node) => {
                (Reading::Sub(a, b), cost(a).plus(cost(b)).each(out))
            }
            (Op::Matmul, &[outer, inner]) => (Reading::Compose { outer, inner }, cost(outer).plus(cost(inner))),
            (Op::Kron, &[left, right]) => {
                let ([_, columns], [rows, _]) = (graph.node(left).shape.matrix()?, graph.node(right).shape.matrix()?);
                let both = cost(right).times(columns).plus(cost(left).times(rows));
                (Reading::Kron { left, right }, both.each(columns * rows + out))
            }
            (Op::BlockDiagonal, &[blocks]) => {
                let product = 2 * products * graph.node(blocks).shape.elements();
                (Reading::Blocks(blocks), Cost { per_token: product + inner + out, fixed: built[blocks] })
            }
            (Op::Scale { factor }, &[a]) => (Reading::Scale(*factor, a), cost(a).each(out)),
            (Op::Neg, &[a]) => (Reading::Scale(-1.0, a), cost(a).each(out)),
            (Op::Dropout { p }, &[a]) => (Reading::Dropout(*p, a), cost(a).each(inner)),
            (Op::Mul, &[a, b]) => [(a, b), (b, a)].into_iter().find_map(|(vector, map)| {
                let whole = graph.node(map).shape.matrix() == Some([out, inner]);
                match graph.node(vector).shape.dims() {
                    &[n, 1] if whole && n == out => Some((Reading::Rows { map, vector }, out)),
                    &[1, n] | &[n] if whole && n == inner => Some((Reading::Columns { map, vector }, inner)),
                    _ => None,
                }
                .map(|(reading, width)| {
                    (reading, cost(map).each(width).plus(Cost { per_token: 0, fixed: built[vector] }))
                })
            })?,
            _ => return None,
        })
    }
}

fn nothing_broadcast(graph: &Graph, node: &Node) -> bool {
    node.inputs.iter().all(|&i| graph.node(i).shape == node.shape)
}

/// Operations to build a node's value; a node that is shared is built once.
fn build_cost(graph: &Graph, index: usize) -> u64 {
    let mut total = 0u64;
    for (i, _) in graph.uses(index).into_iter().enumerate().filter(|&(_, uses)| uses > 0) {
        let node = graph.node(i);
        let inner = |j: usize| graph.node(j).shape.dims().last().copied().unwrap_or(1);
        total = total.saturating_add(match (&node.op, node.inputs.as_slice()) {
            (
                Op::Base
                | Op::Tensor { .. }
                | Op::Shared { .. }
                | Op::Gradient { .. }
                | Op::Delta { .. }
                | Op::Reshape { .. }
                | Op::Transpose
                | Op::Dropout { .. }
                | Op::Detach,
                _,
            ) => 0,
            (Op::Matmul | Op::Inverse, &[a, ..]) => node.shape.elements().saturating_mul(2 * inner(a)),
            _ => node.shape.elements(),
        });
    }
    total
}
