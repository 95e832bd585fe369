//! An adapter's expression over activations, in shadows: `graftwork_adapt`'s `apply`, `rows` and `materialize`.

use std::collections::BTreeMap;

use graftwork_plan::{Graph, Node, Op, Reading, Readings};

use super::F32;
use super::model::Computes;
use super::shadow::{Function, Tensor};

/// What the leaves stand for.
pub(super) struct Scope {
    pub(super) base: Tensor,
    pub(super) tensors: Vec<Tensor>,
    pub(super) shared: BTreeMap<String, Tensor>,
    pub(super) computes: Computes,
}

/// An expression with its readings.
#[derive(Clone, Copy)]
pub(super) struct Expression<'a> {
    pub(super) graph: &'a Graph,
    pub(super) readings: &'a Readings,
    pub(super) scope: &'a Scope,
}

/// A product that is left to do, where there is a weight, as `apply` has it.
struct Applied {
    x: Tensor,
    weight: Option<(Tensor, u64)>,
}

/// A weight with a low-rank path beside it.
pub(super) struct Layer {
    pub(super) weight: Tensor,
    /// The first and the second factor, and whether a number is between them.
    pub(super) path: Option<(Tensor, Tensor, bool)>,
}

impl Expression<'_> {
    /// `x · Wᵀ`.
    pub(super) fn apply(self, x: Tensor, tokens: u64) -> Tensor {
        self.go(self.graph.root(), x, tokens)
    }

    fn go(self, node: usize, x: Tensor, tokens: u64) -> Tensor {
        let applied = self.begin(node, x, tokens);
        self.finished(applied)
    }

    fn finished(self, Applied { x, weight }: Applied) -> Tensor {
        match weight {
            Some((weight, elements)) => self.scope.computes.linear(x, weight, elements),
            None => x,
        }
    }

    fn matrix(self, node: usize) -> [u64; 2] {
        self.graph.node(node).shape.matrix().unwrap_or([1, self.graph.node(node).shape.elements()])
    }

    fn begin(self, node: usize, x: Tensor, tokens: u64) -> Applied {
        let value = |x: Tensor| Applied { x, weight: None };
        let [out, _] = self.matrix(node);
        match self.readings.of(node) {
            Reading::Dense => Applied { x, weight: Some((self.weight(node), tokens * out)) },
            Reading::Identity => value(x),
            Reading::Add(a, b) => match self.layer(node) {
                Some(layer) => value(layer.apply(self.scope.computes, x, tokens * out, tokens)),
                None => {
                    let (a, b) = (self.begin(a, x.clone(), tokens), self.begin(b, x, tokens));
                    value(match (a, b) {
                        (Applied { x, weight: Some((w, count)) }, Applied { x: y, weight: Some((other, _)) }) => {
                            self.scope.computes.pair([x, w], [y, other], count)
                        }
                        (a, b) => self.finished(a).plus(self.finished(b)),
                    })
                }
            },
            Reading::Sub(a, b) => value(self.go(a, x.clone(), tokens).minus(self.go(b, x, tokens))),
            Reading::Compose { outer, inner } => self.begin(outer, self.go(inner, x, tokens), tokens),
            Reading::Kron { left, right } => value(self.kron(left, right, x, tokens)),
            Reading::Blocks(blocks) => {
                let matrices = self.materialize(blocks);
                let parts = x.reshaped().turned();
                value(parts.product(matrices.turned(), tokens * out).turned().reshaped())
            }
            Reading::Scale(_, map) => match self.readings.of(map) {
                Reading::Compose { outer, inner } => self.begin(outer, self.go(inner, x, tokens).scaled(), tokens),
                _ => value(self.go(map, x, tokens).scaled()),
            },
            Reading::Dropout(p, map) => self.begin(map, self.dropped(x, p), tokens),
            Reading::Rows { map, vector } => value(self.go(map, x, tokens).times(self.materialize(vector).reshaped())),
            Reading::Columns { map, vector } => self.begin(map, x.times(self.materialize(vector).reshaped()), tokens),
        }
    }

    fn kron(self, left: usize, right: usize, x: Tensor, tokens: u64) -> Tensor {
        let ([_, columns], [rows, _]) = (self.matrix(left), self.matrix(right));
        let inner = self.go(right, x.reshaped(), tokens * columns);
        let turned = inner.reshaped().turned().reshaped();
        self.go(left, turned, tokens * rows).reshaped().turned().reshaped()
    }

    /// The mask is drawn in f32 and kept.
    fn dropped(self, x: Tensor, p: f64) -> Tensor {
        if p == 0.0 {
            return x;
        }
        let mask = x.tape().constant(x.elements(), F32);
        x.times(mask)
    }

    /// A node that is a dense weight and a product of two others, as `apply` finds it.
    pub(super) fn layer(self, node: usize) -> Option<Layer> {
        let Reading::Add(a, b) = self.readings.of(node) else { return None };
        let (weight, path) = [(a, b), (b, a)].into_iter().find_map(|(weight, product)| {
            let dense = self.readings.of(weight) == Reading::Dense;
            Some((weight, self.path(product).filter(|_| dense)?))
        })?;
        Some(Layer { weight: self.weight(weight), path: Some(path) })
    }

    fn path(self, product: usize) -> Option<(Tensor, Tensor, bool)> {
        let (scaled, product) = match self.readings.of(product) {
            Reading::Scale(scale, product) => (scale != 1.0, product),
            _ => (false, product),
        };
        let Reading::Compose { outer: up, inner: down } = self.readings.of(product) else { return None };
        let dense = [up, down].iter().all(|&node| self.readings.of(node) == Reading::Dense);
        dense.then(|| (self.weight(down), self.weight(up), scaled))
    }

    fn leaf(self, op: &Op) -> Option<Tensor> {
        match op {
            Op::Base => Some(self.scope.base.clone()),
            Op::Tensor { index } => self.scope.tensors.get(*index as usize).cloned(),
            Op::Shared { name } => self.scope.shared.get(name).cloned(),
            _ => None,
        }
    }

    fn weight(self, node: usize) -> Tensor {
        match self.leaf(&self.graph.node(node).op) {
            Some(leaf) => leaf,
            None => {
                let built = self.materialize(node);
                match self.scope.computes {
                    // `as_weight`: to full precision for the gradient, and back.
                    Computes::Kernels if built.is_tracked() => built.cast(F32).cast(super::BF16),
                    _ => built,
                }
            }
        }
    }

    /// The whole weight.
    pub(super) fn value(self) -> Tensor {
        self.weight(self.graph.root())
    }

    /// Rows of the weight as a table.
    pub(super) fn rows(self, tokens: u64) -> Tensor {
        self.rows_of(self.graph.root(), tokens)
    }

    fn rows_of(self, node: usize, tokens: u64) -> Tensor {
        let go = |node: usize| self.rows_of(node, tokens);
        let [_, columns] = self.matrix(node);
        match self.readings.of(node) {
            Reading::Add(a, b) => go(a).plus(go(b)),
            Reading::Sub(a, b) => go(a).minus(go(b)),
            Reading::Compose { outer, inner } => go(outer).product(self.materialize(inner), tokens * columns),
            Reading::Scale(_, map) => go(map).scaled(),
            Reading::Dropout(_, map) => go(map),
            Reading::Rows { map, vector } => go(map).times(self.materialize(vector).rows(tokens)),
            Reading::Columns { map, vector } => go(map).times(self.materialize(vector).reshaped()),
            Reading::Identity | Reading::Dense | Reading::Kron { .. } | Reading::Blocks(_) => {
                self.materialize(node).rows(tokens * columns)
            }
        }
    }

    /// The value of a node: each node that it needs once, operands first, each dropped after its last use.
    fn materialize(self, root: usize) -> Tensor {
        let mut uses = self.graph.uses(root);
        let differentiable = self.graph.differentiable(root);
        let mut values: Vec<Option<Tensor>> = vec![None; root + 1];
        for index in (0..=root).filter(|&index| uses.get(index).is_some_and(|&n| n > 0)).collect::<Vec<_>>() {
            let node = self.graph.node(index);
            let mut operands = Vec::with_capacity(node.inputs.len());
            for &input in &node.inputs {
                uses[input] -= 1;
                operands.extend(if uses[input] == 0 { values[input].take() } else { values[input].clone() });
            }
            let value = self.evaluate(node, operands);
            values[index] = Some(if differentiable[index] { value } else { value.detached() });
        }
        values.pop().flatten().unwrap_or_else(|| self.scope.base.clone())
    }

    fn evaluate(self, node: &Node, operands: Vec<Tensor>) -> Tensor {
        let elements = node.shape.elements();
        if let Some(leaf) = self.leaf(&node.op) {
            return leaf.reshaped();
        }
        let made = || self.scope.base.tape().of_type(&self.scope.base, elements);
        let mut operands = operands.into_iter();
        match (operands.next(), operands.next()) {
            (None, _) => made(),
            (Some(a), None) => unary(&node.op, a, elements, &made),
            (Some(a), Some(b)) => match node.op {
                Op::Add => a.plus(b),
                Op::Sub => a.minus(b),
                Op::Div => a.over(b),
                Op::Matmul => a.product(b, elements),
                Op::Kron => a.reshaped().spread_times(b.reshaped(), elements).reshaped(),
                Op::Concat { .. } => operands.fold(a.joined_with(b), Tensor::joined_with),
                // Of a maximum each side's gradient is masked by where it was taken.
                _ => a.times(b),
            },
        }
    }
}

/// A value of one operand.
fn unary(op: &Op, a: Tensor, elements: u64, made: &impl Fn() -> Tensor) -> Tensor {
    match op {
        Op::Neg | Op::Scale { .. } => a.scaled(),
        Op::Transpose => a.turned(),
        Op::Reshape { .. } => a.reshaped(),
        Op::Slice { .. } => a.part(elements),
        Op::Diagonal => made().times(a.reshaped()),
        Op::BlockDiagonal => a.reshaped().spread_times(made_of_one(made), elements).reshaped(),
        // Each place takes its entry.
        Op::UpperTriangle { .. } => a.scaled().rows(elements).reshaped(),
        Op::Inverse => {
            let constant = made();
            let newton = constant.clone().product(a, elements).product(constant.clone(), elements);
            constant.scaled().minus(newton)
        }
        Op::Norm { .. } => a.squared().reduced(elements).function(Function::Plain),
        Op::Sum { .. } | Op::Mean { .. } => a.reduced(elements),
        Op::Detach => a.detached(),
        Op::Tanh => a.function(Function::SquaredAfter),
        Op::Abs | Op::Sign | Op::Sqrt | Op::Exp | Op::Sin | Op::Cos | Op::Acos | Op::Sigmoid => {
            a.function(Function::Plain)
        }
        Op::SvdU { .. } | Op::SvdS { .. } | Op::SvdVt { .. } | Op::QrQ | Op::QrR | Op::TopKMagnitude { .. } => made(),
        // Dropout, and a concatenation of one.
        _ => a,
    }
}

/// One element of the type that is computed in.
fn made_of_one(made: &impl Fn() -> Tensor) -> Tensor {
    made().reduced(1).detached()
}

impl Layer {
    /// `kernels::linear::Layer::apply`.
    pub(super) fn apply(self, computes: Computes, x: Tensor, elements: u64, tokens: u64) -> Tensor {
        let Some((down, up, scaled)) = self.path else { return computes.linear(x, self.weight, elements) };
        let rank = down.elements() * tokens / x.elements().max(1);
        let narrow = computes.linear(x.clone(), down, tokens * rank);
        let narrow = if scaled { narrow.scaled() } else { narrow };
        computes.pair([x, self.weight], [narrow, up], elements)
    }
}
