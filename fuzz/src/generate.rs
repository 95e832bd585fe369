//! Plans and expressions out of bytes: mostly ones that make sense, since what makes none is refused at its first field.

use arbitrary::{Result, Unstructured};
use graftwork_plan::{
    Arity, Attribute, Op, RawAdapter, RawGraph, RawGroup, RawNode, RawPlan, RawTensor, RawTrainable, vocabulary,
};

/// Sizes of axes: those of the small models that plans are checked against, and those at the edges.
const SIZES: [i64; 12] = [1, 2, 4, 8, 3, 6, 16, 0, 1 << 18, 1 << 36, i64::MAX, -1];
const NUMBERS: [f64; 8] = [1.0, 0.5, 0.0, -2.0, 1e-300, f64::MAX, f64::NAN, f64::INFINITY];
/// Names of tensors, of shared ones and of groups.
const NAMES: [&str; 6] = ["a", "b", "c", "default", "", "no\nname"];

/// What is left of the input, which ends as zeros do.
pub(crate) struct Bytes<'a, 'b>(pub(crate) &'b mut Unstructured<'a>);

impl Bytes<'_, '_> {
    fn below(&mut self, most: usize) -> Result<usize> {
        self.0.choose_index(most.max(1))
    }

    fn rarely(&mut self) -> Result<bool> {
        self.0.ratio(1, 16)
    }

    fn list<T>(&mut self, most: usize, mut item: impl FnMut(&mut Self) -> Result<T>) -> Result<Vec<T>> {
        let count = self.below(most + 1)?;
        (0..count).map(|_| item(self)).collect()
    }

    fn maybe<T>(&mut self, item: impl FnOnce(&mut Self) -> Result<T>) -> Result<Option<T>> {
        Ok(if self.0.ratio(1, 4)? { Some(item(self)?) } else { None })
    }

    fn size(&mut self) -> Result<i64> {
        if self.rarely()? { self.0.arbitrary() } else { Ok(*self.0.choose(&SIZES)?) }
    }

    fn number(&mut self) -> Result<f64> {
        if self.rarely()? { self.0.arbitrary() } else { Ok(*self.0.choose(&NUMBERS)?) }
    }

    fn name(&mut self) -> Result<String> {
        if self.rarely()? { self.0.arbitrary() } else { Ok((*self.0.choose(&NAMES)?).to_owned()) }
    }

    fn dims(&mut self) -> Result<Vec<i64>> {
        self.list(4, Self::size)
    }

    fn attribute(&mut self, name: &str) -> Result<(String, Attribute)> {
        let value = match name {
            "shape" => Attribute::Integers(self.dims()?),
            "name" => Attribute::Text(self.name()?),
            "index" | "axis" => Attribute::Integer(self.below(4)? as i64),
            "size" | "start" | "length" | "rank" => Attribute::Integer(self.size()?),
            _ => Attribute::Float(self.number()?),
        };
        Ok((name.to_owned(), value))
    }

    /// A node that stands at that place: known, with its attributes and operands from before it, or rarely anything.
    fn node(&mut self, at: usize) -> Result<RawNode> {
        if self.rarely()? {
            let inputs = self.list(3, |bytes| bytes.0.arbitrary())?;
            let attributes = self.list(2, |bytes| bytes.attribute("index"))?;
            return Ok(RawNode { op: self.name()?, inputs, attributes });
        }
        let op = *self.0.choose(vocabulary())?;
        let attributes = attributes_of(op).iter().map(|name| self.attribute(name)).collect::<Result<_>>()?;
        let mut node = RawNode { op: op.to_owned(), inputs: Vec::new(), attributes };
        let wanted = match Op::parse(&node).map(|op| op.arity()) {
            Ok(Arity::Exactly(count)) => count,
            Ok(Arity::AtLeastOne) => 1 + self.below(3)?,
            Err(_) => 0,
        };
        // Counted backwards, so that what came last is used.
        node.inputs =
            (0..wanted).map(|_| Ok((at as u32).wrapping_sub(1 + self.below(at)? as u32))).collect::<Result<_>>()?;
        Ok(node)
    }

    pub(crate) fn graph(&mut self) -> Result<RawGraph> {
        let count = 1 + self.below(12)?;
        let nodes = (0..count).map(|at| self.node(at)).collect::<Result<_>>()?;
        let root = if self.rarely()? { self.0.arbitrary()? } else { count as u32 - 1 };
        Ok(RawGraph { nodes, root })
    }

    fn tensor(&mut self) -> Result<RawTensor> {
        Ok(RawTensor {
            name: self.name()?,
            shape: self.dims()?.into_iter().map(|size| size as u32).collect(),
            trainable: self.0.arbitrary()?,
            group: self.maybe(Self::name)?,
            init: self.graph()?,
            update: self.maybe(Self::graph)?,
        })
    }

    fn adapter(&mut self) -> Result<RawAdapter> {
        Ok(RawAdapter {
            target: self.below(6)? as u32,
            kind: self.name()?,
            tensors: self.list(3, Self::tensor)?,
            base: self.maybe(Self::graph)?,
            effective: self.graph()?,
            penalty: self.maybe(Self::graph)?,
        })
    }

    fn group(&mut self) -> Result<RawGroup> {
        let weight_decay = self.maybe(Self::number)?;
        Ok(RawGroup { name: self.name()?, learning_rate_scale: self.number()?, weight_decay })
    }

    fn trainable(&mut self) -> Result<RawTrainable> {
        Ok(RawTrainable { param: self.below(6)? as u32, group: self.maybe(Self::name)? })
    }

    pub(crate) fn plan(&mut self) -> Result<RawPlan> {
        Ok(RawPlan {
            trainable: self.list(3, Self::trainable)?,
            adapters: self.list(2, Self::adapter)?,
            shared: self.list(2, Self::tensor)?,
            groups: self.list(2, Self::group)?,
            metadata: self.list(1, |bytes| Ok((bytes.name()?, bytes.name()?)))?,
        })
    }
}

/// The attributes that an op takes.
fn attributes_of(op: &str) -> &'static [&'static str] {
    match op {
        "tensor" | "gradient" | "delta" => &["index"],
        "shared" => &["name"],
        "constant" => &["value", "shape"],
        "identity" | "upper_triangle" => &["size"],
        "scale" => &["factor"],
        "reshape" => &["shape"],
        "concat" | "norm" | "sum" | "mean" => &["axis"],
        "slice" => &["axis", "start", "length"],
        "dropout" => &["p"],
        "normal" => &["std", "shape"],
        "uniform" => &["bound", "shape"],
        "bernoulli" => &["p", "shape"],
        "svd_u" | "svd_s" | "svd_vt" => &["rank"],
        "top_k_magnitude" => &["density"],
        _ => &[],
    }
}
