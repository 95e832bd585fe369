//! Tensor expressions, written with operators.

use std::collections::BTreeMap;
use std::ops::{Add, Div, Mul, Neg, Sub};
use std::rc::Rc;

use crate::bindings::strategy::graftwork::strategy::expression::{Attribute, Graph, Node};

/// An expression over the frozen weight (`base`) and an adapter's tensors.
///
/// Cloning shares: an expression that is used twice is computed once. Shapes are checked by the host, which names the
/// node that does not fit.
///
/// # Examples
/// ```
/// use graftwork_sdk::Expr;
///
/// # fn main() -> Result<(), graftwork_sdk::Error> {
/// // LoRA: base + 2 · (B @ A), where A is the adapter's first tensor and B its second.
/// let product = Expr::tensor(1).matmul(&Expr::tensor(0));
/// let effective = Expr::base() + 2.0 * product.clone();
/// // DoRA's direction: each row of that, by its norm. `product` is computed once.
/// let direction = effective.clone() / effective.norm(1).detach();
/// let ops: Vec<_> = direction.graph().nodes.into_iter().map(|node| node.op).collect();
/// assert_eq!(ops, ["base", "tensor", "tensor", "matmul", "scale", "add", "norm", "detach", "div"]);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Expr(Rc<Op>);

#[derive(Debug)]
struct Op {
    name: &'static str,
    inputs: Vec<Expr>,
    attributes: Vec<(&'static str, Attribute)>,
}

fn size(value: u32) -> Attribute {
    Attribute::Integer(i64::from(value))
}

fn shape(dims: &[u32]) -> (&'static str, Attribute) {
    ("shape", Attribute::Integers(dims.iter().map(|&d| i64::from(d)).collect()))
}

impl Expr {
    fn new(name: &'static str, inputs: &[&Self], attributes: Vec<(&'static str, Attribute)>) -> Self {
        Self(Rc::new(Op { name, inputs: inputs.iter().map(|&e| e.clone()).collect(), attributes }))
    }

    fn unary(&self, name: &'static str) -> Self {
        Self::new(name, &[self], Vec::new())
    }

    fn binary(&self, name: &'static str, other: &Self) -> Self {
        Self::new(name, &[self, other], Vec::new())
    }

    /// The frozen weight.
    pub fn base() -> Self {
        Self::new("base", &[], Vec::new())
    }

    /// Tensor `index` of the adapter.
    pub fn tensor(index: u32) -> Self {
        Self::new("tensor", &[], vec![("index", size(index))])
    }

    /// The shared tensor of that name.
    pub fn shared(name: &str) -> Self {
        Self::new("shared", &[], vec![("name", Attribute::Text(name.to_owned()))])
    }

    /// Gradient of tensor `index` of the adapter, as the optimizer took it; for updates of kept tensors.
    pub fn gradient(index: u32) -> Self {
        Self::new("gradient", &[], vec![("index", size(index))])
    }

    /// What source `index` changes in the weight; for compositions.
    pub fn delta(index: u32) -> Self {
        Self::new("delta", &[], vec![("index", size(index))])
    }

    /// A tensor filled with one value.
    pub fn constant(value: f64, dims: &[u32]) -> Self {
        Self::new("constant", &[], vec![("value", Attribute::Float(value)), shape(dims)])
    }

    /// A tensor of zeros.
    pub fn zeros(dims: &[u32]) -> Self {
        Self::constant(0.0, dims)
    }

    /// The identity matrix.
    pub fn identity(n: u32) -> Self {
        Self::new("identity", &[], vec![("size", size(n))])
    }

    /// Normal draws with mean 0; for initial values.
    pub fn normal(std: f64, dims: &[u32]) -> Self {
        Self::new("normal", &[], vec![("std", Attribute::Float(std)), shape(dims)])
    }

    /// Uniform draws from `[-bound, bound)`; for initial values.
    pub fn uniform(bound: f64, dims: &[u32]) -> Self {
        Self::new("uniform", &[], vec![("bound", Attribute::Float(bound)), shape(dims)])
    }

    /// Draws that are 1 with probability `p`, else 0; for initial values.
    pub fn bernoulli(p: f64, dims: &[u32]) -> Self {
        Self::new("bernoulli", &[], vec![("p", Attribute::Float(p)), shape(dims)])
    }

    /// Matrix product.
    pub fn matmul(&self, right: &Self) -> Self {
        self.binary("matmul", right)
    }

    /// Kronecker product of two matrices.
    pub fn kron(&self, right: &Self) -> Self {
        self.binary("kron", right)
    }

    /// The larger by elements.
    pub fn maximum(&self, other: &Self) -> Self {
        self.binary("maximum", other)
    }

    /// The smaller by elements.
    pub fn minimum(&self, other: &Self) -> Self {
        self.binary("minimum", other)
    }

    /// Transpose of a matrix; of each, over leading axes.
    pub fn transpose(&self) -> Self {
        self.unary("transpose")
    }

    /// A number times the tensor.
    pub fn scale(&self, factor: f64) -> Self {
        Self::new("scale", &[self], vec![("factor", Attribute::Float(factor))])
    }

    /// The same elements in another shape.
    pub fn reshape(&self, dims: &[u32]) -> Self {
        Self::new("reshape", &[self], vec![shape(dims)])
    }

    /// Tensors one after the other along an axis.
    pub fn concat(parts: &[Self], axis: u32) -> Self {
        let parts: Vec<&Self> = parts.iter().collect();
        Self::new("concat", &parts, vec![("axis", size(axis))])
    }

    /// `length` entries from `start` along an axis.
    pub fn slice(&self, axis: u32, start: u32, length: u32) -> Self {
        Self::new("slice", &[self], vec![("axis", size(axis)), ("start", size(start)), ("length", size(length))])
    }

    /// Diagonal matrix of a vector.
    pub fn diagonal(&self) -> Self {
        self.unary("diagonal")
    }

    /// The matrices of `[k, m, n]` along the diagonal of one, `[k·m, k·n]`.
    pub fn block_diagonal(&self) -> Self {
        self.unary("block_diagonal")
    }

    /// The last axis, `n(n - 1)/2` entries, row by row in the strict upper triangle of an `n × n` matrix.
    pub fn upper_triangle(&self, n: u32) -> Self {
        Self::new("upper_triangle", &[self], vec![("size", size(n))])
    }

    /// Inverse of a square matrix.
    pub fn inverse(&self) -> Self {
        self.unary("inverse")
    }

    /// Absolute value by elements.
    pub fn abs(&self) -> Self {
        self.unary("abs")
    }

    /// Sign by elements.
    pub fn sign(&self) -> Self {
        self.unary("sign")
    }

    /// Square root by elements.
    pub fn sqrt(&self) -> Self {
        self.unary("sqrt")
    }

    /// Exponential by elements.
    pub fn exp(&self) -> Self {
        self.unary("exp")
    }

    /// Hyperbolic tangent by elements.
    pub fn tanh(&self) -> Self {
        self.unary("tanh")
    }

    /// Sine by elements.
    pub fn sin(&self) -> Self {
        self.unary("sin")
    }

    /// Cosine by elements.
    pub fn cos(&self) -> Self {
        self.unary("cos")
    }

    /// Arc cosine by elements; of what is over 1 in magnitude, that of 1 or -1.
    pub fn acos(&self) -> Self {
        self.unary("acos")
    }

    /// Logistic function by elements.
    pub fn sigmoid(&self) -> Self {
        self.unary("sigmoid")
    }

    /// Euclidean norm along an axis, which stays with size 1.
    pub fn norm(&self, axis: u32) -> Self {
        Self::new("norm", &[self], vec![("axis", size(axis))])
    }

    /// Sum along an axis, which stays with size 1.
    pub fn sum(&self, axis: u32) -> Self {
        Self::new("sum", &[self], vec![("axis", size(axis))])
    }

    /// Mean along an axis, which stays with size 1.
    pub fn mean(&self, axis: u32) -> Self {
        Self::new("mean", &[self], vec![("axis", size(axis))])
    }

    /// Drops entries of what goes into this map, while training.
    pub fn dropout(&self, p: f64) -> Self {
        Self::new("dropout", &[self], vec![("p", Attribute::Float(p))])
    }

    /// The same value, as a constant for the gradient.
    pub fn detach(&self) -> Self {
        self.unary("detach")
    }

    /// The first `rank` left singular vectors; for initial values.
    pub fn svd_u(&self, rank: u32) -> Self {
        Self::new("svd_u", &[self], vec![("rank", size(rank))])
    }

    /// The `rank` largest singular values; for initial values.
    pub fn svd_s(&self, rank: u32) -> Self {
        Self::new("svd_s", &[self], vec![("rank", size(rank))])
    }

    /// The first `rank` right singular vectors, transposed; for initial values.
    pub fn svd_vt(&self, rank: u32) -> Self {
        Self::new("svd_vt", &[self], vec![("rank", size(rank))])
    }

    /// Orthogonal factor of the QR decomposition; for initial values.
    pub fn qr_q(&self) -> Self {
        self.unary("qr_q")
    }

    /// Triangular factor of the QR decomposition; for initial values.
    pub fn qr_r(&self) -> Self {
        self.unary("qr_r")
    }

    /// Keeps the fraction of entries that are largest in magnitude; for initial values.
    pub fn top_k_magnitude(&self, density: f64) -> Self {
        Self::new("top_k_magnitude", &[self], vec![("density", Attribute::Float(density))])
    }

    /// The expression as the flat list that crosses to the host, operands first, each shared part once.
    pub fn graph(&self) -> Graph {
        let (mut nodes, mut known) = (Vec::new(), BTreeMap::new());
        let root = self.emit(&mut nodes, &mut known);
        Graph { nodes, root }
    }

    fn emit(&self, nodes: &mut Vec<Node>, known: &mut BTreeMap<*const Op, u32>) -> u32 {
        let address = Rc::as_ptr(&self.0);
        if let Some(index) = known.get(&address) {
            return *index;
        }
        let inputs = self.0.inputs.iter().map(|input| input.emit(nodes, known)).collect();
        let attributes = self.0.attributes.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        nodes.push(Node { op: self.0.name.to_owned(), inputs, attributes });
        let index = nodes.len() as u32 - 1;
        known.insert(address, index);
        index
    }
}

impl Add for Expr {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        self.binary("add", &other)
    }
}

impl Sub for Expr {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        self.binary("sub", &other)
    }
}

/// By elements, broadcasting.
impl Mul for Expr {
    type Output = Self;
    fn mul(self, other: Self) -> Self {
        self.binary("mul", &other)
    }
}

/// By elements, broadcasting.
impl Div for Expr {
    type Output = Self;
    fn div(self, other: Self) -> Self {
        self.binary("div", &other)
    }
}

impl Mul<Expr> for f64 {
    type Output = Expr;
    fn mul(self, tensor: Expr) -> Expr {
        tensor.scale(self)
    }
}

impl Neg for Expr {
    type Output = Self;
    fn neg(self) -> Self {
        self.unary("neg")
    }
}
