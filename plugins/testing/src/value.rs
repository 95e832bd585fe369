//! The value of an expression: each op by its definition, element by element, in f64.

use graftwork_plan::{Graph, Op, Plan};
use graftwork_sdk::Model;

/// A tensor.
#[derive(Clone, Debug, PartialEq)]
pub struct Value {
    /// Sizes of its axes.
    pub shape: Vec<usize>,
    /// Elements, row by row.
    pub data: Vec<f64>,
}

impl Value {
    /// The tensor whose element at an index is what the function gives for it.
    pub fn build(shape: &[usize], mut element: impl FnMut(&[usize]) -> f64) -> Self {
        let mut index = vec![0; shape.len()];
        let mut data = Vec::with_capacity(shape.iter().product());
        for _ in 0..shape.iter().product() {
            data.push(element(&index));
            for (place, &size) in index.iter_mut().zip(shape).rev() {
                *place += 1;
                if *place < size {
                    break;
                }
                *place = 0;
            }
        }
        Self { shape: shape.to_vec(), data }
    }

    /// Numbers between -1 and 1, other ones for another seed.
    pub fn drawn(shape: &[usize], seed: usize) -> Self {
        let mut count = 0;
        Self::build(shape, |_| {
            count += 1;
            ((count * 7919 + seed * 104_729) as f64).sin()
        })
    }

    /// The element at an index; an axis of size 1 is repeated, and so are leading axes that are not there.
    pub fn at(&self, index: &[usize]) -> f64 {
        let index = &index[index.len() - self.shape.len()..];
        let place =
            self.shape.iter().zip(index).fold(0, |place, (&size, &i)| place * size + if size == 1 { 0 } else { i });
        self.data[place]
    }

    /// Matrix product.
    pub fn matmul(&self, right: &Self) -> Self {
        let (rank, inner) = (self.shape.len(), self.shape[self.shape.len() - 1]);
        let shape = [&self.shape[..rank - 1], &right.shape[rank - 1..]].concat();
        Self::build(&shape, |i| {
            let (front, row, column) = (&i[..rank - 2], i[rank - 2], i[rank - 1]);
            (0..inner).map(|k| self.at(&[front, &[row, k]].concat()) * right.at(&[front, &[k, column]].concat())).sum()
        })
    }

    /// Transpose of each matrix.
    pub fn transpose(&self) -> Self {
        let swapped = |i: &[usize]| [&i[..i.len() - 2], &[i[i.len() - 1], i[i.len() - 2]]].concat();
        Self::build(&swapped(&self.shape), |i| self.at(&swapped(i)))
    }

    /// Whether all elements are as near as rounding lets them be.
    pub fn is_near(&self, other: &Self) -> bool {
        self.shape == other.shape && self.data.iter().zip(&other.data).all(|(a, b)| (a - b).abs() < 1e-9)
    }

    /// Inverse of each matrix, by elimination; the matrices of these tests need no pivots.
    fn inverse(&self) -> Self {
        let n = self.shape[self.shape.len() - 1];
        let mut result = self.clone();
        for (from, to) in self.data.chunks(n * n).zip(result.data.chunks_mut(n * n)) {
            let mut left = from.to_vec();
            to.iter_mut().enumerate().for_each(|(i, x)| *x = f64::from(u8::from(i % (n + 1) == 0)));
            for pivot in 0..n {
                let scale = left[pivot * n + pivot];
                (0..n).for_each(|k| left[pivot * n + k] /= scale);
                (0..n).for_each(|k| to[pivot * n + k] /= scale);
                for row in (0..n).filter(|&row| row != pivot) {
                    let factor = left[row * n + pivot];
                    (0..n).for_each(|k| left[row * n + k] -= factor * left[pivot * n + k]);
                    (0..n).for_each(|k| to[row * n + k] -= factor * to[pivot * n + k]);
                }
            }
        }
        result
    }
}

/// The values that an expression refers to.
struct Scope<'a> {
    base: &'a Value,
    tensors: &'a [Value],
    shared: &'a [(String, Value)],
}

fn evaluate(graph: &Graph, scope: &Scope<'_>) -> Value {
    let mut values: Vec<Value> = Vec::new();
    for (seed, node) in graph.nodes().iter().enumerate() {
        let shape: Vec<usize> = node.shape.dims().iter().map(|&d| d as usize).collect();
        let inputs: Vec<&Value> = node.inputs.iter().map(|&i| &values[i]).collect();
        values.push(apply(&node.op, &inputs, &shape, seed, scope));
    }
    values.swap_remove(graph.root())
}

fn apply(op: &Op, inputs: &[&Value], shape: &[usize], seed: usize, scope: &Scope<'_>) -> Value {
    let by_elements = |f: &dyn Fn(f64, f64) -> f64| Value::build(shape, |i| f(inputs[0].at(i), inputs[1].at(i)));
    match op {
        Op::Base => scope.base.clone(),
        Op::Tensor { index } => scope.tensors[*index as usize].clone(),
        Op::Shared { name } => scope.shared.iter().find(|(n, _)| n == name).expect("a shared tensor").1.clone(),
        Op::Constant { value, .. } => Value::build(shape, |_| *value),
        Op::Identity { .. } => Value::build(shape, |i| f64::from(u8::from(i[0] == i[1]))),
        Op::Normal { .. } | Op::Uniform { .. } => Value::drawn(shape, seed),
        Op::Add => by_elements(&|a, b| a + b),
        Op::Sub => by_elements(&|a, b| a - b),
        Op::Mul => by_elements(&|a, b| a * b),
        Op::Div => by_elements(&|a, b| a / b),
        Op::Scale { factor } => Value::build(shape, |i| factor * inputs[0].at(i)),
        Op::Matmul => inputs[0].matmul(inputs[1]),
        Op::Transpose => inputs[0].transpose(),
        Op::Reshape { .. } => Value { shape: shape.to_vec(), data: inputs[0].data.clone() },
        Op::Inverse => inputs[0].inverse(),
        Op::Dropout { .. } | Op::Detach => inputs[0].clone(),
        Op::Kron => {
            let [m, n] = [inputs[1].shape[0], inputs[1].shape[1]];
            Value::build(shape, |i| inputs[0].at(&[i[0] / m, i[1] / n]) * inputs[1].at(&[i[0] % m, i[1] % n]))
        }
        Op::Slice { axis, start, .. } => Value::build(shape, |i| {
            let mut index = i.to_vec();
            index[*axis as usize] += *start as usize;
            inputs[0].at(&index)
        }),
        Op::Concat { axis } => Value::build(shape, |i| {
            let (mut index, axis) = (i.to_vec(), *axis as usize);
            let part = inputs.iter().find(|part| {
                let inside = index[axis] < part.shape[axis];
                index[axis] -= if inside { 0 } else { part.shape[axis] };
                inside
            });
            part.expect("a part").at(&index)
        }),
        Op::BlockDiagonal => {
            let [m, n] = [inputs[0].shape[1], inputs[0].shape[2]];
            let inside = |i: &[usize]| i[0] / m == i[1] / n;
            Value::build(shape, |i| if inside(i) { inputs[0].at(&[i[0] / m, i[0] % m, i[1] % n]) } else { 0.0 })
        }
        Op::UpperTriangle { .. } => Value::build(shape, |i| {
            let (front, row, column, n) = (&i[..i.len() - 2], i[i.len() - 2], i[i.len() - 1], shape[shape.len() - 1]);
            let before = row * n - row * (row + 1) / 2;
            if row < column { inputs[0].at(&[front, &[before + column - row - 1]].concat()) } else { 0.0 }
        }),
        Op::Norm { axis } => Value::build(shape, |i| {
            let mut index = i.to_vec();
            let squares = (0..inputs[0].shape[*axis as usize]).map(|k| {
                index[*axis as usize] = k;
                inputs[0].at(&index).powi(2)
            });
            squares.sum::<f64>().sqrt()
        }),
        other => panic!("`{}` is used by none of the plugins tested so far", other.name()),
    }
}

fn dims(shape: &graftwork_plan::Shape) -> Vec<usize> {
    shape.dims().iter().map(|&d| d as usize).collect()
}

fn weight(plan: &Plan, model: &Model, place: usize, tensors: Option<&[Value]>) -> (Value, Value) {
    let adapter = &plan.adapters()[place];
    let shape = &model.params()[adapter.target.index()].shape;
    let base = Value::drawn(&shape.iter().map(|&d| d as usize).collect::<Vec<_>>(), adapter.target.index());
    let start = Scope { base: &base, tensors: &[], shared: &[] };
    let shared: Vec<_> = plan.shared().iter().map(|t| (t.name.clone(), evaluate(&t.init, &start))).collect();
    let initial: Vec<Value> = adapter.tensors.iter().map(|t| evaluate(&t.init, &start)).collect();
    let tensors = tensors.unwrap_or(&initial);
    assert!(adapter.tensors.iter().zip(tensors).all(|(t, v)| dims(&t.shape) == v.shape), "tensors of other shapes");
    let effective = evaluate(&adapter.effective, &Scope { base: &base, tensors, shared: &shared });
    (base, effective)
}

/// A made-up weight for the adapter of that place, and the weight that its layer behaves as at step 0.
pub fn at_step_0(plan: &Plan, model: &Model, place: usize) -> (Value, Value) {
    weight(plan, model, place, None)
}

/// The same with other values of the adapter's tensors than those of step 0.
pub fn after_step_0(plan: &Plan, model: &Model, place: usize, tensors: &[Value]) -> (Value, Value) {
    weight(plan, model, place, Some(tensors))
}
