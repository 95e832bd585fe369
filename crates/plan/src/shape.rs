//! Tensor shapes and what each operation does to them.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::Op;

/// The most axes that an expression may use.
pub const MAX_RANK: usize = 4;

/// The most elements that one tensor of an expression may have. Far above any layer, far below overflow.
pub const MAX_ELEMENTS: u64 = 1 << 36;

/// Sizes of a tensor's axes, outermost first. At least one axis, at most [`MAX_RANK`], none of size 0, and no more
/// than [`MAX_ELEMENTS`] elements, so that arithmetic on a shape never overflows.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "Vec<u64>", into = "Vec<u64>")]
pub struct Shape(Vec<u64>);

/// Why shapes do not fit, as a sentence.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ShapeError(pub(crate) String);

fn fail<T>(message: String) -> Result<T, ShapeError> {
    Err(ShapeError(message))
}

fn cannot<T>(what: String) -> Result<T, ShapeError> {
    fail(format!("cannot {what}"))
}

impl Shape {
    /// A shape from the sizes of its axes.
    ///
    /// # Errors
    /// No axis, more than [`MAX_RANK`], an axis of size 0, or too many elements.
    pub fn new(dims: impl Into<Vec<u64>>) -> Result<Self, ShapeError> {
        let dims = dims.into();
        if dims.is_empty() || dims.len() > MAX_RANK {
            return fail(format!("a tensor has 1 to {MAX_RANK} axes, not {}", dims.len()));
        }
        if let Some(axis) = dims.iter().position(|&d| d == 0) {
            return fail(format!("axis {axis} of {} has size 0", Self(dims)));
        }
        let elements = dims.iter().try_fold(1u64, |n, &d| n.checked_mul(d));
        match elements {
            Some(n) if n <= MAX_ELEMENTS => Ok(Self(dims)),
            _ => fail(format!("{} has more than {MAX_ELEMENTS} elements", Self(dims))),
        }
    }

    /// Sizes of the axes, outermost first.
    #[must_use]
    pub fn dims(&self) -> &[u64] {
        &self.0
    }

    /// Number of axes.
    #[must_use]
    pub fn rank(&self) -> usize {
        self.0.len()
    }

    /// Number of elements.
    #[must_use]
    pub fn elements(&self) -> u64 {
        self.0.iter().product()
    }

    /// `[rows, columns]` when there are just two axes.
    #[must_use]
    pub fn matrix(&self) -> Option<[u64; 2]> {
        self.0.as_slice().try_into().ok()
    }

    /// The sizes padded with leading ones to [`MAX_RANK`] axes, as broadcasting aligns them.
    #[must_use]
    pub fn padded(&self) -> [usize; MAX_RANK] {
        let mut padded = [1; MAX_RANK];
        for (to, &from) in padded.iter_mut().rev().zip(self.0.iter().rev()) {
            *to = from as usize;
        }
        padded
    }

    fn broadcast(&self, other: &Self) -> Result<Self, ShapeError> {
        let rank = self.rank().max(other.rank());
        let (a, b) = (self.padded(), other.padded());
        let mut dims = Vec::with_capacity(rank);
        for (&a, &b) in a.iter().zip(&b).skip(MAX_RANK - rank) {
            match (a, b) {
                _ if a == b => dims.push(a as u64),
                (1, n) | (n, 1) => dims.push(n as u64),
                _ => return cannot(format!("broadcast {self} with {other}: sizes must be equal or 1")),
            }
        }
        Self::new(dims)
    }

    fn as_matrix(&self, what: &str) -> Result<[u64; 2], ShapeError> {
        self.matrix().ok_or_else(|| ShapeError(format!("cannot {what} {self}: it takes a matrix, two axes")))
    }

    fn axis(&self, axis: u64) -> Result<usize, ShapeError> {
        let index = usize::try_from(axis).unwrap_or(usize::MAX);
        if index < self.rank() { Ok(index) } else { cannot(format!("take axis {axis} of {self}: axes count from 0")) }
    }
}

impl TryFrom<Vec<u64>> for Shape {
    type Error = ShapeError;
    fn try_from(dims: Vec<u64>) -> Result<Self, ShapeError> {
        Self::new(dims)
    }
}

impl From<Shape> for Vec<u64> {
    fn from(shape: Shape) -> Self {
        shape.0
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[")?;
        for (i, d) in self.0.iter().enumerate() {
            if i > 0 {
                f.write_str(", ")?;
            }
            write!(f, "{d}")?;
        }
        f.write_str("]")
    }
}

impl fmt::Debug for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Shape of `op` over inputs of these shapes. Leaves that stand for a tensor of the surroundings (`base`, `tensor`,
/// `delta`) are resolved by the caller and never come here.
///
/// `inputs` has as many entries as the op's arity allows; the caller has checked that.
pub(crate) fn infer(op: &Op, inputs: &[&Shape]) -> Result<Shape, ShapeError> {
    match (op, inputs) {
        (
            Op::Constant { shape, .. }
            | Op::Normal { shape, .. }
            | Op::Uniform { shape, .. }
            | Op::Bernoulli { shape, .. },
            _,
        ) => Ok(shape.clone()),
        (Op::Identity { size }, _) => Shape::new([*size, *size]),
        (Op::Add | Op::Sub | Op::Mul | Op::Div | Op::Maximum | Op::Minimum, [a, b]) => a.broadcast(b),
        (Op::Matmul, [a, b]) => matmul(a, b),
        (Op::Transpose, [a]) => transpose(a),
        (Op::Kron, [a, b]) => kron(a, b),
        (Op::Reshape { shape }, [a]) if a.elements() == shape.elements() => Ok(shape.clone()),
        (Op::Reshape { shape }, [a]) => {
            cannot(format!("reshape {a} to {shape}: {} elements are not {}", a.elements(), shape.elements()))
        }
        (Op::Concat { axis }, inputs) => concat(inputs, *axis),
        (Op::Slice { axis, start, length }, [a]) => slice(a, *axis, *start, *length),
        (Op::Diagonal, [a]) => match a.dims() {
            [n] => Shape::new([*n, *n]),
            _ => cannot(format!("make a diagonal matrix of {a}: it takes a vector, one axis")),
        },
        (Op::BlockDiagonal, [a]) => match *a.dims() {
            [k, m, n] => kron(&Shape::new([k, k])?, &Shape::new([m, n])?),
            _ => cannot(format!("put the matrices of {a} along a diagonal: it takes three axes")),
        },
        (Op::UpperTriangle { size }, [a]) => upper_triangle(a, *size),
        (Op::Inverse, [a]) => match a.dims() {
            [.., m, n] if m == n => Ok((*a).clone()),
            _ => cannot(format!("invert {a}: the last two axes must be equal")),
        },
        (Op::Norm { axis } | Op::Sum { axis } | Op::Mean { axis }, [a]) => {
            let axis = a.axis(*axis)?;
            let mut dims = a.0.clone();
            dims[axis] = 1;
            Shape::new(dims)
        }
        (Op::SvdU { rank } | Op::SvdS { rank } | Op::SvdVt { rank }, [a]) => svd(op, a, *rank),
        (Op::QrQ, [a]) => a.as_matrix("decompose").and_then(|[m, n]| Shape::new([m, m.min(n)])),
        (Op::QrR, [a]) => a.as_matrix("decompose").and_then(|[m, n]| Shape::new([m.min(n), n])),
        // What is left is elementwise and keeps the shape of its one input.
        (_, [a, ..]) => Ok((*a).clone()),
        (_, []) => cannot(format!("infer the shape of `{}` without inputs", op.name())),
    }
}

fn matmul(a: &Shape, b: &Shape) -> Result<Shape, ShapeError> {
    let ([.., m, k], [.., l, n]) = (a.dims(), b.dims()) else {
        return cannot(format!("multiply {a} by {b}: both need at least two axes"));
    };
    if k != l {
        return cannot(format!("multiply {a} by {b}: inner sizes {k} and {l} differ"));
    }
    if a.dims()[..a.rank() - 2] != b.dims()[..b.rank() - 2] {
        return cannot(format!("multiply {a} by {b}: leading axes differ"));
    }
    let mut dims = a.dims()[..a.rank() - 2].to_vec();
    dims.extend([*m, *n]);
    Shape::new(dims)
}

fn transpose(a: &Shape) -> Result<Shape, ShapeError> {
    let mut dims = a.0.clone();
    match dims.as_mut_slice() {
        [.., m, n] => std::mem::swap(m, n),
        _ => return cannot(format!("transpose {a}: it takes at least two axes")),
    }
    Shape::new(dims)
}

fn upper_triangle(a: &Shape, size: u64) -> Result<Shape, ShapeError> {
    let (leading, entries) = (&a.0[..a.rank() - 1], a.0[a.rank() - 1]);
    let wanted = size.checked_mul(size.saturating_sub(1)).map(|n| n / 2);
    if wanted != Some(entries) {
        return cannot(format!(
            "fill the upper triangle of a {size} × {size} matrix with the {entries} entries of {a}"
        ));
    }
    Shape::new([leading, &[size, size]].concat())
}

fn kron(a: &Shape, b: &Shape) -> Result<Shape, ShapeError> {
    let ([am, an], [bm, bn]) =
        (a.as_matrix("take the Kronecker product of")?, b.as_matrix("take the Kronecker product of")?);
    // Sizes stay under MAX_ELEMENTS = 2^36 each, so a product may overflow u64 only on absurd input.
    match (am.checked_mul(bm), an.checked_mul(bn)) {
        (Some(m), Some(n)) => Shape::new([m, n]),
        _ => cannot(format!("take the Kronecker product of {a} and {b}: it is too large")),
    }
}

fn concat(inputs: &[&Shape], axis: u64) -> Result<Shape, ShapeError> {
    let [first, rest @ ..] = inputs else {
        return cannot("concatenate nothing".to_owned());
    };
    let index = first.axis(axis)?;
    let mut dims = first.0.clone();
    for shape in rest {
        let fits = shape.rank() == first.rank()
            && shape.0.iter().zip(&first.0).enumerate().all(|(i, (a, b))| i == index || a == b);
        if !fits {
            return cannot(format!("concatenate {first} and {shape} along axis {axis}: the other axes must be equal"));
        }
        dims[index] = dims[index].saturating_add(shape.0[index]);
    }
    Shape::new(dims)
}

fn slice(a: &Shape, axis: u64, start: u64, length: u64) -> Result<Shape, ShapeError> {
    let index = a.axis(axis)?;
    let mut dims = a.0.clone();
    if start.checked_add(length).is_none_or(|end| end > dims[index]) {
        return cannot(format!("take {length} from {start} along axis {axis} of {a}: it ends at {}", dims[index]));
    }
    dims[index] = length;
    Shape::new(dims)
}

fn svd(op: &Op, a: &Shape, rank: u64) -> Result<Shape, ShapeError> {
    let [m, n] = a.as_matrix("take singular values of")?;
    if rank == 0 || rank > m.min(n) {
        return cannot(format!("take {rank} singular values of {a}: it has {}", m.min(n)));
    }
    match op {
        Op::SvdU { .. } => Shape::new([m, rank]),
        Op::SvdS { .. } => Shape::new([rank]),
        _ => Shape::new([rank, n]),
    }
}
