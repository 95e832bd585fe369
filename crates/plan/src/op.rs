//! The operations of the expression language.
//!
//! On the wire an op is a name with attributes, an open vocabulary. Here it is typed: [`Op::parse`] turns a
//! [`RawNode`] into an [`Op`] or says what is wrong with it, [`Op::to_raw`] goes back.

use crate::problem::shown;
use crate::raw::{Attribute, RawNode};
use crate::shape::Shape;

/// One operation with its attributes.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs, reason = "the fields are the attributes, described once on each variant")]
pub enum Op {
    /// The frozen weight that is adapted.
    Base,
    /// Tensor `index` of the adapter.
    Tensor { index: u64 },
    /// The tensor of that name that the whole model has.
    Shared { name: String },
    /// Gradient of tensor `index` of the adapter, as the optimizer took it (updates only).
    Gradient { index: u64 },
    /// What source `index` changes in the weight (composition only).
    Delta { index: u64 },
    /// A tensor filled with one value.
    Constant { value: f64, shape: Shape },
    /// The identity matrix of that size.
    Identity { size: u64 },
    /// `a + b`, broadcasting.
    Add,
    /// `a - b`, broadcasting.
    Sub,
    /// `a ⊙ b`, broadcasting.
    Mul,
    /// `a / b` by elements, broadcasting.
    Div,
    /// `-a`.
    Neg,
    /// `factor · a`.
    Scale { factor: f64 },
    /// Matrix product; leading axes must be equal.
    Matmul,
    /// Transpose of a matrix (of each, over leading axes).
    Transpose,
    /// Kronecker product of two matrices.
    Kron,
    /// The same elements, row-major, in another shape.
    Reshape { shape: Shape },
    /// Inputs one after the other along an axis.
    Concat { axis: u64 },
    /// `length` entries from `start` along an axis.
    Slice { axis: u64, start: u64, length: u64 },
    /// Diagonal matrix of a vector.
    Diagonal,
    /// The matrices of `[k, m, n]` along the diagonal of one, `[k·m, k·n]`.
    BlockDiagonal,
    /// The last axis, `n(n - 1)/2` entries, row by row in the strict upper triangle of an `n × n` matrix.
    UpperTriangle { size: u64 },
    /// Inverse of a square matrix (of each, over leading axes).
    Inverse,
    /// `|a|` by elements.
    Abs,
    /// -1, 0 or 1 by elements.
    Sign,
    /// Square root by elements.
    Sqrt,
    /// Exponential by elements.
    Exp,
    /// Hyperbolic tangent by elements.
    Tanh,
    /// Sine by elements.
    Sin,
    /// Cosine by elements.
    Cos,
    /// Arc cosine by elements; of what is over 1 in magnitude, that of 1 or -1.
    Acos,
    /// Logistic function by elements.
    Sigmoid,
    /// The larger of two by elements, broadcasting.
    Maximum,
    /// The smaller of two by elements, broadcasting.
    Minimum,
    /// Euclidean norm along an axis, which is kept with size 1.
    Norm { axis: u64 },
    /// Sum along an axis, which is kept with size 1.
    Sum { axis: u64 },
    /// Mean along an axis, which is kept with size 1.
    Mean { axis: u64 },
    /// Drops entries of the operand's input with probability `p` while training; the identity elsewhere.
    Dropout { p: f64 },
    /// The same value, as a constant for the gradient.
    Detach,
    /// Independent normal draws with mean 0.
    Normal { std: f64, shape: Shape },
    /// Independent uniform draws from `[-bound, bound)`.
    Uniform { bound: f64, shape: Shape },
    /// Independent draws, 1 with probability `p` and else 0.
    Bernoulli { p: f64, shape: Shape },
    /// The first `rank` left singular vectors, `[m, rank]`.
    SvdU { rank: u64 },
    /// The `rank` largest singular values, `[rank]`.
    SvdS { rank: u64 },
    /// The first `rank` right singular vectors, transposed: `[rank, n]`.
    SvdVt { rank: u64 },
    /// Orthogonal factor of the reduced QR decomposition.
    QrQ,
    /// Upper triangular factor of the reduced QR decomposition.
    QrR,
    /// Keeps the `density` fraction of entries that are largest in magnitude and zeroes the rest.
    TopKMagnitude { density: f64 },
}

/// How many inputs an op takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arity {
    /// Just so many.
    Exactly(usize),
    /// One or more.
    AtLeastOne,
}

impl Arity {
    /// Whether so many inputs will do.
    #[must_use]
    pub fn admits(self, count: usize) -> bool {
        match self {
            Self::Exactly(n) => n == count,
            Self::AtLeastOne => count >= 1,
        }
    }
}

/// Every op name that [`Op::parse`] knows.
const NAMES: [&str; 48] = [
    "base",
    "tensor",
    "shared",
    "gradient",
    "delta",
    "constant",
    "identity",
    "add",
    "sub",
    "mul",
    "div",
    "neg",
    "scale",
    "matmul",
    "transpose",
    "kron",
    "reshape",
    "concat",
    "slice",
    "diagonal",
    "block_diagonal",
    "upper_triangle",
    "inverse",
    "abs",
    "sign",
    "sqrt",
    "exp",
    "tanh",
    "sin",
    "cos",
    "acos",
    "sigmoid",
    "maximum",
    "minimum",
    "norm",
    "sum",
    "mean",
    "dropout",
    "detach",
    "normal",
    "uniform",
    "bernoulli",
    "svd_u",
    "svd_s",
    "svd_vt",
    "qr_q",
    "qr_r",
    "top_k_magnitude",
];

/// The names of all ops, as a message lists them.
#[must_use]
pub fn vocabulary() -> &'static [&'static str] {
    &NAMES
}

/// Attributes of one node while it is parsed; what is left over at the end is an error.
struct Attributes<'a> {
    op: &'a str,
    rest: Vec<(&'a str, &'a Attribute)>,
}

impl<'a> Attributes<'a> {
    fn take(&mut self, name: &str) -> Result<&'a Attribute, String> {
        let at = self.rest.iter().position(|(n, _)| *n == name);
        at.map(|i| self.rest.swap_remove(i).1).ok_or_else(|| format!("`{}` needs the attribute `{name}`", self.op))
    }

    fn float(&mut self, name: &str) -> Result<f64, String> {
        match self.take(name)? {
            Attribute::Float(value) if value.is_finite() => Ok(*value),
            Attribute::Float(value) => Err(format!("`{name}` of `{}` is {value}; it must be finite", self.op)),
            Attribute::Integer(value) => Ok(*value as f64),
            other => Err(format!("`{name}` of `{}` must be a number, not {}", self.op, other.kind())),
        }
    }

    fn probability(&mut self, name: &str) -> Result<f64, String> {
        let p = self.float(name)?;
        if (0.0..=1.0).contains(&p) {
            Ok(p)
        } else {
            Err(format!("`{name}` of `{}` is {p}; it must lie between 0 and 1", self.op))
        }
    }

    fn count(&mut self, name: &str) -> Result<u64, String> {
        match self.take(name)? {
            Attribute::Integer(value) => u64::try_from(*value)
                .map_err(|_| format!("`{name}` of `{}` is {value}; it must not be negative", self.op)),
            other => Err(format!("`{name}` of `{}` must be an integer, not {}", self.op, other.kind())),
        }
    }

    fn text(&mut self, name: &str) -> Result<String, String> {
        match self.take(name)? {
            Attribute::Text(text) => Ok(text.clone()),
            other => Err(format!("`{name}` of `{}` must be text, not {}", self.op, other.kind())),
        }
    }

    fn shape(&mut self) -> Result<Shape, String> {
        let Attribute::Integers(dims) = self.take("shape")? else {
            return Err(format!("`shape` of `{}` must be a list of integers", self.op));
        };
        let dims: Result<Vec<u64>, _> = dims.iter().map(|&d| u64::try_from(d)).collect();
        let dims = dims.map_err(|_| format!("`shape` of `{}` has a negative size", self.op))?;
        Shape::new(dims).map_err(|e| format!("`shape` of `{}`: {e}", self.op))
    }
}

impl Op {
    /// The op of that name with those attributes.
    ///
    /// # Errors
    /// What is wrong, as a sentence: an unknown name (with the known ones), a missing, mistyped, non-finite or
    /// left-over attribute.
    pub fn parse(node: &RawNode) -> Result<Self, String> {
        let mut a = Attributes { op: &node.op, rest: node.attributes.iter().map(|(n, v)| (n.as_str(), v)).collect() };
        let op = Self::parse_with(&node.op, &mut a)?;
        match a.rest.first() {
            None => Ok(op),
            Some((name, _)) => Err(format!("`{}` has no attribute `{}`", node.op, shown(name))),
        }
    }

    fn parse_with(name: &str, a: &mut Attributes<'_>) -> Result<Self, String> {
        Ok(match name {
            "base" => Self::Base,
            "tensor" => Self::Tensor { index: a.count("index")? },
            "shared" => Self::Shared { name: a.text("name")? },
            "gradient" => Self::Gradient { index: a.count("index")? },
            "delta" => Self::Delta { index: a.count("index")? },
            "constant" => Self::Constant { value: a.float("value")?, shape: a.shape()? },
            "identity" => Self::Identity { size: a.count("size")? },
            "add" => Self::Add,
            "sub" => Self::Sub,
            "mul" => Self::Mul,
            "div" => Self::Div,
            "neg" => Self::Neg,
            "scale" => Self::Scale { factor: a.float("factor")? },
            "matmul" => Self::Matmul,
            "transpose" => Self::Transpose,
            "kron" => Self::Kron,
            "reshape" => Self::Reshape { shape: a.shape()? },
            "concat" => Self::Concat { axis: a.count("axis")? },
            "slice" => Self::Slice { axis: a.count("axis")?, start: a.count("start")?, length: a.count("length")? },
            "diagonal" => Self::Diagonal,
            "block_diagonal" => Self::BlockDiagonal,
            "upper_triangle" => Self::UpperTriangle { size: a.count("size")? },
            "inverse" => Self::Inverse,
            "abs" => Self::Abs,
            "sign" => Self::Sign,
            "sqrt" => Self::Sqrt,
            "exp" => Self::Exp,
            "tanh" => Self::Tanh,
            "sin" => Self::Sin,
            "cos" => Self::Cos,
            "acos" => Self::Acos,
            "sigmoid" => Self::Sigmoid,
            "maximum" => Self::Maximum,
            "minimum" => Self::Minimum,
            "norm" => Self::Norm { axis: a.count("axis")? },
            "sum" => Self::Sum { axis: a.count("axis")? },
            "mean" => Self::Mean { axis: a.count("axis")? },
            "dropout" => match a.probability("p")? {
                p if p < 1.0 => Self::Dropout { p },
                _ => return Err("`p` of `dropout` must be less than 1".to_owned()),
            },
            "detach" => Self::Detach,
            "normal" => Self::Normal { std: a.float("std")?, shape: a.shape()? },
            "uniform" => Self::Uniform { bound: a.float("bound")?, shape: a.shape()? },
            "bernoulli" => Self::Bernoulli { p: a.probability("p")?, shape: a.shape()? },
            "svd_u" => Self::SvdU { rank: a.count("rank")? },
            "svd_s" => Self::SvdS { rank: a.count("rank")? },
            "svd_vt" => Self::SvdVt { rank: a.count("rank")? },
            "qr_q" => Self::QrQ,
            "qr_r" => Self::QrR,
            "top_k_magnitude" => Self::TopKMagnitude { density: a.probability("density")? },
            unknown => {
                return Err(format!("no op is called `{}`; there are: {}", shown(unknown), vocabulary().join(", ")));
            }
        })
    }

    /// The op's name on the wire.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Base => "base",
            Self::Tensor { .. } => "tensor",
            Self::Shared { .. } => "shared",
            Self::Gradient { .. } => "gradient",
            Self::Delta { .. } => "delta",
            Self::Constant { .. } => "constant",
            Self::Identity { .. } => "identity",
            Self::Add => "add",
            Self::Sub => "sub",
            Self::Mul => "mul",
            Self::Div => "div",
            Self::Neg => "neg",
            Self::Scale { .. } => "scale",
            Self::Matmul => "matmul",
            Self::Transpose => "transpose",
            Self::Kron => "kron",
            Self::Reshape { .. } => "reshape",
            Self::Concat { .. } => "concat",
            Self::Slice { .. } => "slice",
            Self::Diagonal => "diagonal",
            Self::BlockDiagonal => "block_diagonal",
            Self::UpperTriangle { .. } => "upper_triangle",
            Self::Inverse => "inverse",
            Self::Abs => "abs",
            Self::Sign => "sign",
            Self::Sqrt => "sqrt",
            Self::Exp => "exp",
            Self::Tanh => "tanh",
            Self::Sin => "sin",
            Self::Cos => "cos",
            Self::Acos => "acos",
            Self::Sigmoid => "sigmoid",
            Self::Maximum => "maximum",
            Self::Minimum => "minimum",
            Self::Norm { .. } => "norm",
            Self::Sum { .. } => "sum",
            Self::Mean { .. } => "mean",
            Self::Dropout { .. } => "dropout",
            Self::Detach => "detach",
            Self::Normal { .. } => "normal",
            Self::Uniform { .. } => "uniform",
            Self::Bernoulli { .. } => "bernoulli",
            Self::SvdU { .. } => "svd_u",
            Self::SvdS { .. } => "svd_s",
            Self::SvdVt { .. } => "svd_vt",
            Self::QrQ => "qr_q",
            Self::QrR => "qr_r",
            Self::TopKMagnitude { .. } => "top_k_magnitude",
        }
    }

    /// How many inputs it takes.
    #[must_use]
    pub fn arity(&self) -> Arity {
        match self {
            Self::Base | Self::Tensor { .. } | Self::Shared { .. } | Self::Gradient { .. } | Self::Delta { .. } => {
                Arity::Exactly(0)
            }
            Self::Constant { .. } | Self::Identity { .. } => Arity::Exactly(0),
            Self::Normal { .. } | Self::Uniform { .. } | Self::Bernoulli { .. } => Arity::Exactly(0),
            Self::Add
            | Self::Sub
            | Self::Mul
            | Self::Div
            | Self::Matmul
            | Self::Kron
            | Self::Maximum
            | Self::Minimum => Arity::Exactly(2),
            Self::Concat { .. } => Arity::AtLeastOne,
            _ => Arity::Exactly(1),
        }
    }

    /// The op as a node of the wire form, with these inputs.
    #[must_use]
    pub fn to_raw(&self, inputs: Vec<u32>) -> RawNode {
        let float = |name: &str, v: f64| (name.to_owned(), Attribute::Float(v));
        let count = |name: &str, v: u64| (name.to_owned(), Attribute::Integer(v.try_into().unwrap_or(i64::MAX)));
        let dims = |s: &Shape| ("shape".to_owned(), Attribute::Integers(s.dims().iter().map(|&d| d as i64).collect()));
        let attributes = match self {
            Self::Tensor { index } | Self::Gradient { index } | Self::Delta { index } => vec![count("index", *index)],
            Self::Shared { name } => vec![("name".to_owned(), Attribute::Text(name.clone()))],
            Self::Constant { value, shape } => vec![float("value", *value), dims(shape)],
            Self::Identity { size } | Self::UpperTriangle { size } => vec![count("size", *size)],
            Self::Scale { factor } => vec![float("factor", *factor)],
            Self::Reshape { shape } => vec![dims(shape)],
            Self::Concat { axis } | Self::Norm { axis } | Self::Sum { axis } | Self::Mean { axis } => {
                vec![count("axis", *axis)]
            }
            Self::Slice { axis, start, length } => {
                vec![count("axis", *axis), count("start", *start), count("length", *length)]
            }
            Self::Dropout { p } => vec![float("p", *p)],
            Self::Normal { std, shape } => vec![float("std", *std), dims(shape)],
            Self::Uniform { bound, shape } => vec![float("bound", *bound), dims(shape)],
            Self::Bernoulli { p, shape } => vec![float("p", *p), dims(shape)],
            Self::SvdU { rank } | Self::SvdS { rank } | Self::SvdVt { rank } => vec![count("rank", *rank)],
            Self::TopKMagnitude { density } => vec![float("density", *density)],
            _ => Vec::new(),
        };
        RawNode { op: self.name().to_owned(), inputs, attributes }
    }
}
