//! Values of expressions, for the plugins' own tests: checked as the host checks them, then every op that the plugins use
//! in f64, by its definition.
#![allow(clippy::missing_panics_doc, clippy::panic, reason = "a library for tests")]

mod merge;
mod schema;

use graftwork_plan::{Attribute, Graph, Node, Op, RawGraph, RawNode, Shape};
use graftwork_sdk::Expr;
use graftwork_sdk::bindings::strategy::graftwork::strategy::expression::{Attribute as Sent, Node as SentNode};
use nalgebra::DMatrix;
use ndarray::{Array2, ArrayD, ArrayView2, Axis, Ix2, IxDyn, Zip};

pub use graftwork_plan::Context;
pub use merge::Merge;
pub use schema::assert_schema;

/// A tensor.
pub type Array = ArrayD<f64>;

/// The tensor of that shape with those values, row by row.
pub fn array(shape: &[usize], values: &[f64]) -> Array {
    Array::from_shape_vec(IxDyn(shape), values.to_vec()).expect("as many values as the shape has")
}

/// Checks that a tensor has these values, row by row, but for rounding.
pub fn assert_close(tensor: &Array, values: &[f64]) {
    let close = |(a, b): (&f64, &f64)| (a - b).abs() <= 1e-10 * b.abs().max(1.0);
    assert!(tensor.len() == values.len() && tensor.iter().zip(values).all(close), "{tensor} is not {values:?}");
}

/// What the leaves of an expression stand for.
#[derive(Clone, Debug, Default)]
pub struct Scope {
    /// The frozen weight.
    pub base: Array,
    /// The adapter's tensors.
    pub tensors: Vec<Array>,
    /// Their gradients.
    pub gradients: Vec<Array>,
    /// What each source changes.
    pub deltas: Vec<Array>,
}

impl Scope {
    /// The value of an expression, which a host has to admit for that use.
    pub fn value(&self, expression: &Expr, context: Context) -> Array {
        let shape = |a: &Array| Shape::new(a.shape().iter().map(|&d| d as u64).collect::<Vec<_>>()).expect("a shape");
        let tensors: Vec<Shape> = self.tensors.iter().map(shape).collect();
        let graph = Graph::check(&raw(expression), context, &shape(&self.base), &tensors, self.deltas.len());
        let graph = graph.unwrap_or_else(|problems| panic!("no host admits {expression:?}: {problems:?}"));
        let mut values: Vec<Array> = Vec::new();
        for node in graph.nodes() {
            let operands: Vec<&Array> = node.inputs.iter().map(|&input| &values[input]).collect();
            let value = match operands[..] {
                [] => self.leaf(node, values.len()),
                [a] => unary(node, a),
                [a, b, ..] => binary(node, a, b),
            };
            assert_eq!(shape(&value), node.shape, "{:?}", node.op);
            values.push(value);
        }
        values.swap_remove(graph.root())
    }

    fn leaf(&self, node: &Node, place: usize) -> Array {
        match node.op {
            Op::Base => self.base.clone(),
            Op::Tensor { index } => self.tensors[index as usize].clone(),
            Op::Gradient { index } => self.gradients[index as usize].clone(),
            Op::Delta { index } => self.deltas[index as usize].clone(),
            Op::Constant { value, .. } => Array::from_elem(dims(node), value),
            Op::Identity { size } => Array2::eye(size as usize).into_dyn(),
            Op::Bernoulli { p, .. } => {
                let mut state = place as u64;
                Array::from_shape_fn(dims(node), |_| f64::from(u8::from(draw(&mut state) < p)))
            }
            ref other => panic!("the evaluator has no `{}`", other.name()),
        }
    }
}

fn unary(node: &Node, a: &Array) -> Array {
    let at = |axis: u64| Axis(axis as usize);
    match node.op {
        Op::Neg => -a,
        Op::Scale { factor } => a * factor,
        Op::Abs => a.abs(),
        Op::Sign => a.map(|x| if *x == 0.0 { 0.0 } else { x.signum() }),
        Op::Sqrt => a.sqrt(),
        Op::Sin => a.sin(),
        Op::Cos => a.cos(),
        Op::Acos => a.map(|x| x.clamp(-1.0, 1.0).acos()),
        // Training's alone.
        Op::Dropout { .. } | Op::Detach => a.clone(),
        Op::Sum { axis } => a.sum_axis(at(axis)).insert_axis(at(axis)),
        Op::Mean { axis } => a.mean_axis(at(axis)).expect("an axis has entries").insert_axis(at(axis)),
        Op::Norm { axis } => a.pow2().sum_axis(at(axis)).sqrt().insert_axis(at(axis)),
        Op::Transpose => a.t().as_standard_layout().into_owned(),
        Op::Reshape { .. } => array(&dims(node), &a.iter().copied().collect::<Vec<_>>()),
        Op::TopKMagnitude { density } => largest(a, density),
        Op::SvdU { .. } | Op::SvdS { .. } | Op::SvdVt { .. } => decomposed(node, a),
        ref other => panic!("the evaluator has no `{}`", other.name()),
    }
}

fn binary(node: &Node, a: &Array, b: &Array) -> Array {
    let with = |f: fn(f64, f64) -> f64| {
        let (a, b) = (a.broadcast(dims(node)).expect("a shape"), b.broadcast(dims(node)).expect("a shape"));
        Zip::from(a).and(b).map_collect(|x, y| f(*x, *y))
    };
    match node.op {
        Op::Add => with(|x, y| x + y),
        Op::Sub => with(|x, y| x - y),
        Op::Mul => with(|x, y| x * y),
        Op::Div => with(|x, y| x / y),
        Op::Maximum => with(f64::max),
        Op::Minimum => with(f64::min),
        Op::Matmul => matrix(a).dot(&matrix(b)).into_dyn(),
        ref other => panic!("the evaluator has no `{}`", other.name()),
    }
}

fn dims(node: &Node) -> Vec<usize> {
    node.shape.dims().iter().map(|&d| d as usize).collect()
}

fn matrix(a: &Array) -> ArrayView2<'_, f64> {
    a.view().into_dimensionality::<Ix2>().expect("a matrix")
}

/// The `density` fraction of entries that is largest in magnitude; of equals the first.
fn largest(a: &Array, density: f64) -> Array {
    let values: Vec<f64> = a.iter().copied().collect();
    let kept = (values.len() as f64 * density).floor() as usize;
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&i, &j| values[j].abs().total_cmp(&values[i].abs()));
    let mut left = vec![0.0; values.len()];
    order.iter().take(kept).for_each(|&i| left[i] = values[i]);
    array(a.shape(), &left)
}

fn decomposed(node: &Node, a: &Array) -> Array {
    let (rows, cols) = matrix(a).dim();
    let svd = DMatrix::from_fn(rows, cols, |i, j| a[[i, j]]).svd(true, true);
    let (u, vt) = (svd.u.expect("asked for"), svd.v_t.expect("asked for"));
    Array::from_shape_fn(dims(node), |i| match node.op {
        Op::SvdU { .. } => u[(i[0], i[1])],
        Op::SvdVt { .. } => vt[(i[0], i[1])],
        _ => svd.singular_values[i[0]],
    })
}

/// A number from `[0, 1)` (SplitMix64).
fn draw(state: &mut u64) -> f64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    ((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 53) as f64
}

/// The expression as the host reads it.
fn raw(expression: &Expr) -> RawGraph {
    let attribute = |(name, value)| match value {
        Sent::Integer(v) => (name, Attribute::Integer(v)),
        Sent::Float(v) => (name, Attribute::Float(v)),
        Sent::Text(v) => (name, Attribute::Text(v)),
        Sent::Integers(v) => (name, Attribute::Integers(v)),
    };
    let graph = expression.graph();
    let node = |n: SentNode| RawNode {
        op: n.op,
        inputs: n.inputs,
        attributes: n.attributes.into_iter().map(attribute).collect(),
    };
    RawGraph { nodes: graph.nodes.into_iter().map(node).collect(), root: graph.root }
}
