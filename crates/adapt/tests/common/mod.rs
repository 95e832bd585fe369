//! Random valid expressions, and tensors in f64 to compute them with.

pub mod model;

use burn::tensor::{DType, Device, Tensor, TensorData};
use graftwork_adapt::Scope;
use graftwork_kernels::random::Key;
use graftwork_model::matrix_shape;
use graftwork_plan::{Attribute, Context, Graph, RawGraph, RawNode, Shape};

/// Builds a graph node by node.
#[derive(Clone, Default)]
pub struct Builder(pub Vec<RawNode>);

impl Builder {
    pub fn push(&mut self, op: &str, inputs: &[u32], attributes: &[(&str, Attribute)]) -> u32 {
        let attributes = attributes.iter().map(|(n, v)| ((*n).to_owned(), v.clone())).collect();
        self.0.push(RawNode { op: op.to_owned(), inputs: inputs.to_vec(), attributes });
        self.0.len() as u32 - 1
    }

    pub fn op(&mut self, op: &str, inputs: &[u32]) -> u32 {
        self.push(op, inputs, &[])
    }

    pub fn with(&mut self, op: &str, inputs: &[u32], name: &str, value: f64) -> u32 {
        self.push(op, inputs, &[(name, Attribute::Float(value))])
    }

    pub fn axis(&mut self, op: &str, input: u32, axis: i64) -> u32 {
        self.integer(op, &[input], "axis", axis)
    }

    pub fn tensor(&mut self, index: i64) -> u32 {
        self.integer("tensor", &[], "index", index)
    }

    pub fn constant(&mut self, value: f64, dims: &[i64]) -> u32 {
        self.push("constant", &[], &[("value", Attribute::Float(value)), ("shape", Attribute::Integers(dims.to_vec()))])
    }

    pub fn reshape(&mut self, input: u32, dims: &[i64]) -> u32 {
        self.push("reshape", &[input], &[("shape", Attribute::Integers(dims.to_vec()))])
    }

    pub fn raw(&self, root: u32) -> RawGraph {
        RawGraph { nodes: self.0.clone(), root }
    }

    pub fn integer(&mut self, op: &str, inputs: &[u32], name: &str, value: i64) -> u32 {
        self.push(op, inputs, &[(name, Attribute::Integer(value))])
    }

    pub fn slice(&mut self, input: u32, axis: i64, start: i64, length: i64) -> u32 {
        let attributes = [("axis", axis), ("start", start), ("length", length)];
        self.push("slice", &[input], &attributes.map(|(name, value)| (name, Attribute::Integer(value))))
    }

    pub fn graph(&self, root: u32, base: [u64; 2], tensors: &[Vec<u64>]) -> Graph {
        let shapes: Vec<Shape> = tensors.iter().map(|d| shape(d)).collect();
        Graph::check(&self.raw(root), Context::Effective, &shape(&base), &shapes, 0).expect("a valid expression")
    }

    /// An expression for an initial value, of any shape.
    pub fn initial(&self, root: u32, base: [u64; 2]) -> Graph {
        Graph::check(&self.raw(root), Context::Init, &shape(&base), &[], 0).expect("a valid expression")
    }
}

pub fn shape(dims: &[u64]) -> Shape {
    Shape::new(dims).expect("a shape")
}

pub fn key(seed: u64) -> Key {
    Key::new(seed)
}

/// A tensor of that shape in f64, folded into a matrix, with entries from (-1, 1).
pub fn draw(key: &Key, dims: &[u64]) -> Tensor<2> {
    let matrix = matrix_shape(&shape(dims));
    let values: Vec<f64> = key.uniform(matrix[0] * matrix[1], 1.0).into_iter().map(f64::from).collect();
    from(values, matrix)
}

pub fn from(values: Vec<f64>, matrix: [usize; 2]) -> Tensor<2> {
    Tensor::from_data(TensorData::new(values, matrix), (&Device::flex(), DType::F64))
}

pub fn values(tensor: Tensor<2>) -> Vec<f64> {
    tensor.inner().into_data().try_to_vec().expect("f64")
}

pub fn scope<'a>(base: &'a Tensor<2>, tensors: &'a [Tensor<2>]) -> Scope<'a> {
    Scope::new(base, tensors)
}

/// The largest difference, relative to the largest value or 1.
pub fn difference(found: &[f64], expected: &[f64]) -> f64 {
    assert_eq!(found.len(), expected.len());
    let scale = expected.iter().fold(1.0f64, |m, v| m.max(v.abs()));
    let worst = found.iter().zip(expected).fold(0.0f64, |m, (a, b)| m.max((a - b).abs()));
    assert!(worst.is_finite(), "every value is a number");
    worst / scale
}

/// How far the gradient of a function of matrices is from its central differences: the worst over all matrices.
pub fn gradient_error(at: &[Tensor<2>], f: impl Fn(&[Tensor<2>]) -> Tensor<1>) -> f64 {
    let tracked: Vec<_> = at.iter().map(|t| t.clone().autodiff().require_grad()).collect();
    let value = f(&tracked);
    // Of a constant there is no backward pass; its gradients are 0.
    let gradients = value.is_tracked().then(|| value.backward());
    let gradient = |i: usize| match gradients.as_ref().and_then(|g| tracked[i].grad(g)) {
        Some(gradient) => values(gradient),
        None => vec![0.0; at[i].dims().iter().product()],
    };
    let expected = |i: usize| {
        differences(&at[i], |moved| {
            let mut all = at.to_vec();
            all[i] = moved;
            f(&all).into_scalar::<f64>()
        })
    };
    (0..at.len()).map(|i| difference(&gradient(i), &expected(i))).fold(0.0, f64::max)
}

/// Central differences of a function of a matrix, entry by entry.
fn differences(at: &Tensor<2>, f: impl Fn(Tensor<2>) -> f64) -> Vec<f64> {
    const STEP: f64 = 1e-5;
    let (flat, dims) = (values(at.clone()), at.dims());
    let moved = |index: usize, by: f64| {
        let mut values = flat.clone();
        values[index] += by;
        f(from(values, dims))
    };
    (0..flat.len()).map(|i| (moved(i, STEP) - moved(i, -STEP)) / (2.0 * STEP)).collect()
}

/// Shapes of the tensors that [`random`] draws on, for a base `[out, inner]`.
pub fn tensors(out: u64, inner: u64) -> Vec<Vec<u64>> {
    vec![vec![2, inner], vec![out, 2], vec![out, 1], vec![inner], vec![out, inner], vec![inner, inner], vec![out, out]]
}

/// A random expression of the base's shape. `choices` steer it: each is consumed by one decision.
pub fn random(b: &mut Builder, out: i64, inner: i64, choices: &mut impl Iterator<Item = u8>) -> u32 {
    let base = b.op("base", &[]);
    let mut known = vec![base];
    let count = 2 + choices.next().unwrap_or(0) % 5;
    for _ in 0..count {
        let pick = |n: usize, c: u8| c as usize % n;
        let mut any = || known[pick(known.len(), choices.next().unwrap_or(0))];
        let (a, c) = (any(), any());
        let node = match choices.next().unwrap_or(0) % 26 {
            0 => b.op("add", &[a, c]),
            1 => b.op("sub", &[a, c]),
            2 => b.op("mul", &[a, c]),
            3 => b.with("scale", &[a], "factor", -0.7),
            4 => b.op("neg", &[a]),
            5 => {
                let (up, down) = (b.tensor(1), b.tensor(0));
                let product = b.op("matmul", &[up, down]);
                b.op("add", &[a, product])
            }
            6 => {
                let rows = b.tensor(2);
                b.op("mul", &[rows, a])
            }
            7 => {
                let columns = b.tensor(3);
                b.op("mul", &[a, columns])
            }
            8 => {
                let right = b.tensor(5);
                b.op("matmul", &[a, right])
            }
            9 => {
                let left = b.tensor(6);
                b.op("matmul", &[left, a])
            }
            10 => {
                let other = b.tensor(4);
                let turned = b.op("transpose", &[other]);
                b.op("transpose", &[turned])
            }
            11 => b.op("tanh", &[a]),
            12 => b.op("sigmoid", &[a]),
            13 => {
                let norm = b.axis("norm", a, 1);
                let one = b.constant(1.0, &[1, 1]);
                let safe = b.op("add", &[norm, one]);
                b.op("div", &[a, safe])
            }
            14 => {
                let mean = b.axis("mean", a, 0);
                b.op("sub", &[a, mean])
            }
            15 => {
                // (3·I + small)⁻¹ on the left.
                let left = b.tensor(6);
                let small = b.with("scale", &[left], "factor", 0.1);
                let identity = b.integer("identity", &[], "size", out);
                let three = b.with("scale", &[identity], "factor", 3.0);
                let sum = b.op("add", &[three, small]);
                let inverse = b.op("inverse", &[sum]);
                b.op("matmul", &[inverse, a])
            }
            16 => {
                let flat = b.reshape(a, &[out * inner]);
                b.reshape(flat, &[out, inner])
            }
            17 => {
                let (first, rest) = (b.slice(a, 0, 0, 1), b.slice(c, 0, 1, out - 1));
                b.integer("concat", &[first, rest], "axis", 0)
            }
            18 => {
                let row = b.tensor(3);
                let diagonal = b.op("diagonal", &[row]);
                b.op("matmul", &[a, diagonal])
            }
            19 => {
                let (rows, row) = (b.tensor(2), b.tensor(3));
                let row = b.reshape(row, &[1, inner]);
                let product = b.op("kron", &[rows, row]);
                b.op("add", &[a, product])
            }
            20 => {
                let small = b.with("scale", &[a], "factor", 0.1);
                b.op("exp", &[small])
            }
            21 => {
                let (square, one) = (b.op("mul", &[a, a]), b.constant(1.0, &[1]));
                let positive = b.op("add", &[square, one]);
                b.op("sqrt", &[positive])
            }
            22 => {
                let sum = b.axis("sum", a, 0);
                let sum = b.op("tanh", &[sum]);
                b.op("add", &[a, sum])
            }
            23 => {
                // A sum of outer products, over a leading axis.
                let (left, right) = (b.tensor(1), b.tensor(0));
                let (left, right) = (b.reshape(left, &[2, out, 1]), b.reshape(right, &[2, 1, inner]));
                let products = b.op("matmul", &[left, right]);
                let sum = b.axis("sum", products, 0);
                let sum = b.reshape(sum, &[out, inner]);
                b.op("sub", &[a, sum])
            }
            24 => {
                let (identity, small) = (b.integer("identity", &[], "size", out), b.tensor(6));
                let left = b.op("add", &[identity, small]);
                b.op("matmul", &[left, a])
            }
            _ => b.with("dropout", &[a], "p", 0.3),
        };
        known.push(node);
    }
    // The last node depends on what came before as the choices went; the sum makes sure that the base counts.
    let last = known[known.len() - 1];
    b.op("add", &[base, last])
}
