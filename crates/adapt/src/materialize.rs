//! The value of an expression.

use burn::tensor::{Int, Tensor, TensorData, activation};
use graftwork_model::matrix_shape;
use graftwork_plan::{Graph, Node, Op, Shape};

use crate::decompose;
use crate::scope::{Scope, full_precision};

/// Below the square of any number that matters: keeps the gradient of a norm finite at zero.
const TINY: f64 = 1e-30;

/// The value of node `index`, as a matrix.
///
/// Dropout is the identity here. A matrix without an inverse has one of NaN.
#[must_use]
pub fn materialize(graph: &Graph, index: usize, scope: &Scope<'_>) -> Tensor<2> {
    let shape = &graph.node(index).shape;
    // There is nothing to compute for a leaf, and a weight must not be copied.
    if let Some(leaf) = leaf(&graph.node(index).op, scope) {
        return leaf;
    }
    values(graph, index, scope).reshape(matrix_shape(shape))
}

/// The tensor that a leaf stands for.
pub(crate) fn leaf(op: &Op, scope: &Scope<'_>) -> Option<Tensor<2>> {
    match op {
        Op::Base => Some(scope.base.clone()),
        Op::Tensor { index } => Some(scope.tensors[*index as usize].clone()),
        // A checked expression names only shared tensors that there are.
        Op::Shared { name } => scope.shared.get(name).cloned(),
        Op::Gradient { index } => Some(scope.gradients[*index as usize].clone()),
        Op::Delta { index } => Some(scope.deltas[*index as usize].clone()),
        _ => None,
    }
}

/// Computes the nodes that `root` needs, each once, operands first. Every value has four axes, the leading ones of size
/// 1 where its shape has fewer, so that broadcasting lines up as it should. A value is dropped after its last use.
fn values(graph: &Graph, root: usize, scope: &Scope<'_>) -> Tensor<4> {
    let mut uses = graph.uses(root);
    let differentiable = graph.differentiable(root);
    let mut values: Vec<Option<Tensor<4>>> = vec![None; root + 1];
    for index in 0..=root {
        if uses[index] == 0 {
            continue;
        }
        let node = graph.node(index);
        let operands = node.inputs.iter().filter_map(|&input| {
            uses[input] -= 1;
            if uses[input] == 0 { values[input].take() } else { values[input].clone() }
        });
        let operands: Vec<_> = operands.collect();
        let operand_shapes: Vec<_> = node.inputs.iter().map(|&i| &graph.node(i).shape).collect();
        let value = evaluate(node, index, operands, &operand_shapes, scope);
        // What only constants come of is computed without a record for the way back.
        values[index] = Some(if node.inputs.is_empty() && !differentiable[index] { value.detach() } else { value });
    }
    // The root has a use, so it has a value.
    values.pop().flatten().unwrap_or_else(|| Tensor::zeros([1, 1, 1, 1], &scope.device()))
}

fn evaluate(node: &Node, index: usize, operands: Vec<Tensor<4>>, shapes: &[&Shape], scope: &Scope<'_>) -> Tensor<4> {
    let mut operands = operands.into_iter();
    if let Some(leaf) = leaf(&node.op, scope) {
        return leaf.reshape(node.shape.padded());
    }
    match (operands.next(), operands.next()) {
        (None, _) => source(node, index, scope),
        (Some(a), None) => unary(node, a, shapes[0]),
        (Some(a), Some(b)) => match node.op {
            Op::Concat { axis } => {
                let all = [a, b].into_iter().chain(operands).collect();
                Tensor::cat(all, padded_axis(&node.shape, axis))
            }
            _ => binary(node, a, b),
        },
    }
}

/// Where an axis of a shape lies among the four.
fn padded_axis(shape: &Shape, axis: u64) -> usize {
    graftwork_plan::MAX_RANK - shape.rank() + axis as usize
}

/// A value that comes from no other.
fn source(node: &Node, index: usize, scope: &Scope<'_>) -> Tensor<4> {
    let (device, dtype, shape) = (scope.device(), scope.dtype(), node.shape.padded());
    let count = node.shape.elements() as usize;
    let key = scope.key.number(index as u64);
    let drawn = |values: Vec<f32>| Tensor::<4>::from_data(TensorData::new(values, shape), &device).cast(dtype);
    match &node.op {
        Op::Identity { size } => Tensor::<2>::eye(*size as usize, &device).cast(dtype).reshape(shape),
        Op::Normal { std, .. } => drawn(key.normal(count, *std)),
        Op::Uniform { bound, .. } => drawn(key.uniform(count, *bound)),
        Op::Bernoulli { p, .. } => drawn(key.bernoulli(count, *p)),
        Op::Constant { value, .. } => Tensor::full(shape, *value, (&device, dtype)),
        // Every other op has an operand.
        _ => Tensor::zeros(shape, (&device, dtype)),
    }
}

fn unary(node: &Node, a: Tensor<4>, shape: &Shape) -> Tensor<4> {
    match &node.op {
        Op::Neg => a.neg(),
        Op::Scale { factor } => a.mul_scalar(*factor),
        Op::Transpose => a.swap_dims(2, 3),
        Op::Reshape { shape } => a.reshape(shape.padded()),
        Op::Slice { axis, start, length } => a.narrow(padded_axis(shape, *axis), *start as usize, *length as usize),
        Op::Diagonal => {
            let size = shape.elements() as usize;
            let identity = Tensor::<2>::eye(size, &a.device()).cast(a.dtype()).reshape([1, 1, size, size]);
            identity * a
        }
        Op::BlockDiagonal => {
            let [_, count, rows, columns] = a.dims();
            let identity = Tensor::<2>::eye(count, &a.device()).cast(a.dtype()).reshape([count, 1, count, 1]);
            (identity * a.reshape([count, rows, 1, columns])).reshape(node.shape.padded())
        }
        Op::UpperTriangle { size } => upper_triangle(a, *size as usize).reshape(node.shape.padded()),
        Op::Inverse => decompose::inverse(a),
        Op::Abs => a.abs(),
        Op::Sign => a.sign(),
        Op::Sqrt => a.sqrt(),
        Op::Exp => a.exp(),
        Op::Tanh => a.tanh(),
        Op::Sin => a.sin(),
        Op::Cos => a.cos(),
        Op::Acos => a.clamp(-1.0, 1.0).acos(),
        Op::Sigmoid => activation::sigmoid(a),
        Op::Norm { axis } => {
            // Squares of half precision soon overflow, and `TINY` would be none there.
            let (dtype, wide) = (a.dtype(), full_precision(a));
            wide.square().sum_dim(padded_axis(shape, *axis)).clamp_min(TINY).sqrt().cast(dtype)
        }
        Op::Sum { axis } => a.sum_dim(padded_axis(shape, *axis)),
        Op::Mean { axis } => a.mean_dim(padded_axis(shape, *axis)),
        Op::Detach => a.detach(),
        Op::SvdU { .. } | Op::SvdS { .. } | Op::SvdVt { .. } | Op::QrQ | Op::QrR | Op::TopKMagnitude { .. } => {
            decompose::decompose(&node.op, a, shape, &node.shape)
        }
        // Dropout, and a concatenation of one.
        _ => a,
    }
}

/// Entries of the last axis, row by row above the diagonal of `size × size` matrices: each place takes its entry, and the others
/// one of zero that is put behind them.
fn upper_triangle(a: Tensor<4>, size: usize) -> Tensor<4> {
    let [outer, inner, one, entries] = a.dims();
    let place = |i: usize, j: usize| if i < j { i * size - i * (i + 1) / 2 + j - i - 1 } else { entries };
    let places: Vec<i32> = (0..size * size).map(|at| place(at / size, at % size) as i32).collect();
    let plain = a.device().without_autodiff();
    let places = Tensor::<1, Int>::from_data(TensorData::new(places, [size * size]), &plain);
    let zero = Tensor::zeros([outer, inner, one, 1], (&a.device(), a.dtype()));
    Tensor::cat(vec![a, zero], 3).select(3, places)
}

fn binary(node: &Node, a: Tensor<4>, b: Tensor<4>) -> Tensor<4> {
    match node.op {
        Op::Add => a + b,
        Op::Sub => a - b,
        Op::Mul => a * b,
        Op::Div => a / b,
        Op::Matmul => a.matmul(b),
        Op::Kron => {
            let ([_, _, m, n], [_, _, p, q]) = (a.dims(), b.dims());
            (a.reshape([m, 1, n, 1]) * b.reshape([1, p, 1, q])).reshape([1, 1, m * p, n * q])
        }
        Op::Maximum => a.expand(node.shape.padded()).max_pair(b.expand(node.shape.padded())),
        // The one op of two operands that is left.
        _ => a.expand(node.shape.padded()).min_pair(b.expand(node.shape.padded())),
    }
}
