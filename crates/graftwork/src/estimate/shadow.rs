//! Shadows of tensors: they have a size and no values, and live and die as the tensors of a pass do.
//!
//! The rules are those of burn's automatic differentiation: what an operation keeps for its gradient, and what its gradient makes on the way.

use std::rc::Rc;

use super::tape::{Gradients, Node, Tape, id, register};
use super::value::Value;

/// What a function's gradient computes of the input that it keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Function {
    /// Something of its size: exponentials, sigmoids, roots, …
    Plain,
    /// Its square: the error function, reciprocals.
    Squared,
    /// Something of its size and the square of that: tanh.
    SquaredAfter,
}

/// A tensor of a pass. What is cloned is the handle, as with burn's.
#[derive(Clone)]
pub(super) struct Tensor {
    pub(super) tape: Rc<Tape>,
    pub(super) value: Value,
    pub(super) node: Option<Node>,
}

impl Tensor {
    pub(super) fn elements(&self) -> u64 {
        self.value.elements
    }

    /// Bytes of an element.
    pub(super) fn width(&self) -> u64 {
        self.value.width
    }

    pub(super) fn value(&self) -> &Value {
        &self.value
    }

    pub(super) fn tape(&self) -> &Rc<Tape> {
        &self.tape
    }

    pub(super) fn is_tracked(&self) -> bool {
        self.node.is_some()
    }

    /// A leaf, of which the gradient is asked.
    pub(super) fn leaf(self) -> Self {
        let node = Some(self.tape.node(Vec::new(), None));
        Self { node, ..self }
    }

    pub(super) fn detached(self) -> Self {
        Self { node: None, ..self }
    }

    /// What has its gradient, and nothing else of it.
    pub(super) fn without_value(self) -> Self {
        let value = self.value.like(0);
        Self { value, ..self }
    }

    /// Its gradient, where it is a leaf.
    pub(super) fn gradient(&self, gradients: &mut Gradients) -> Option<Value> {
        gradients.remove(&self.node.as_ref()?.id())
    }

    /// Of one operand; `back` makes its gradient.
    fn of_one(node: Option<Node>, tape: &Rc<Tape>, value: Value, back: impl FnOnce(Value) -> Value + 'static) -> Self {
        let id = id(&node);
        tape.record([node], value, move |gradient, gradients| {
            if let Some(id) = id {
                let gradient = back(gradient);
                register(gradients, id, gradient);
            }
        })
    }

    /// Of two operands; each `back` makes the gradient of one. That of the result is held for the second as long as the first is made.
    fn of_two(
        nodes: [Option<Node>; 2],
        tape: &Rc<Tape>,
        value: Value,
        first: impl FnOnce(Value) -> Value + 'static,
        second: impl FnOnce(Value) -> Value + 'static,
    ) -> Self {
        let ids = nodes.each_ref().map(id);
        tape.record(nodes, value, move |gradient, gradients| match ids {
            [Some(a), Some(b)] => {
                let made = first(gradient.clone());
                register(gradients, a, made);
                let made = second(gradient);
                register(gradients, b, made);
            }
            [Some(a), None] => register(gradients, a, first(gradient)),
            [None, Some(b)] => register(gradients, b, second(gradient)),
            [None, None] => {}
        })
    }

    fn saved(&self, needed: bool) -> Option<Value> {
        needed.then(|| self.value.clone())
    }

    pub(super) fn plus(self, other: Self) -> Self {
        let (a, b) = (self.elements(), other.elements());
        let value = self.value.binary(other.value);
        Self::of_two([self.node, other.node], &self.tape, value, move |g| g.summed_to(a), move |g| g.summed_to(b))
    }

    pub(super) fn minus(self, other: Self) -> Self {
        let (a, b) = (self.elements(), other.elements());
        let value = self.value.binary(other.value);
        let negated = move |g: Value| g.unary().summed_to(b);
        Self::of_two([self.node, other.node], &self.tape, value, move |g| g.summed_to(a), negated)
    }

    /// Element by element.
    pub(super) fn times(self, other: Self) -> Self {
        let (a, b) = (self.elements(), other.elements());
        let (left, right) = (self.saved(other.is_tracked()), other.saved(self.is_tracked()));
        let value = self.value.binary(other.value);
        let by = |kept: Option<Value>, size| move |g: Value| kept.into_iter().fold(g, Value::binary).summed_to(size);
        Self::of_two([self.node, other.node], &self.tape, value, by(right, a), by(left, b))
    }

    /// Element by element.
    pub(super) fn over(self, other: Self) -> Self {
        let (a, b) = (self.elements(), other.elements());
        let left = self.saved(other.is_tracked());
        let right = other.saved(self.is_tracked() || other.is_tracked());
        let value = self.value.binary(other.value);
        let divisor = right.clone();
        let first = move |g: Value| divisor.map(Value::unary).into_iter().fold(g, Value::binary).summed_to(a);
        let second = move |g: Value| {
            let squared = right.map(|r| r.clone().binary(r));
            let slope = left.map(Value::unary).into_iter().chain(squared).reduce(Value::binary);
            slope.into_iter().fold(g, Value::binary).summed_to(b)
        };
        Self::of_two([self.node, other.node], &self.tape, value, first, second)
    }

    /// A number times it, a number more, the negative: nothing is kept.
    pub(super) fn scaled(self) -> Self {
        Self::of_one(self.node, &self.tape, self.value.unary(), Value::unary)
    }

    pub(super) fn function(self, function: Function) -> Self {
        let kept = self.saved(self.is_tracked());
        let value = self.value.unary();
        Self::of_one(self.node, &self.tape, value, move |g| {
            let slope = kept.map(|x| match function {
                Function::Plain => x.unary(),
                Function::Squared => x.clone().binary(x),
                Function::SquaredAfter => {
                    let y = x.unary();
                    y.clone().binary(y)
                }
            });
            slope.into_iter().fold(g, Value::binary)
        })
    }

    /// In another type.
    pub(super) fn cast(self, width: u64) -> Self {
        let before = self.value.width;
        if before == width {
            return self;
        }
        let value = Value::new(self.tape.meter(), self.elements(), width);
        // A GPU's kernels give the gradient of a weight in full precision.
        Self::of_one(self.node, &self.tape, value, move |g| g.cast(before))
    }

    pub(super) fn squared(self) -> Self {
        self.clone().times(self)
    }

    /// A sum or a mean over an axis. The gradient is spread over ones.
    pub(super) fn reduced(self, elements: u64) -> Self {
        let all = self.elements();
        let value = self.value.like(elements);
        Self::of_one(self.node, &self.tape, value, move |g| g.like(all).binary(g))
    }

    /// A product of matrices.
    pub(super) fn product(self, other: Self, elements: u64) -> Self {
        let (a, b) = (self.elements(), other.elements());
        let (left, right) = (self.saved(other.is_tracked()), other.saved(self.is_tracked()));
        let value = self.value.product(elements);
        let by = |kept: Option<Value>, size| {
            move |g: Value| {
                let gradient = g.product(size);
                drop(kept);
                gradient
            }
        };
        Self::of_two([self.node, other.node], &self.tape, value, by(right, a), by(left, b))
    }

    /// The same elements in another shape.
    pub(super) fn reshaped(self) -> Self {
        Self::of_one(self.node, &self.tape, self.value.dense(), Value::dense)
    }

    /// With two axes swapped: a view.
    pub(super) fn turned(self) -> Self {
        Self::of_one(self.node, &self.tape, self.value.turned(), Value::turned)
    }

    /// A piece: a view of the whole, whose gradient is written into zeros.
    pub(super) fn part(self, elements: u64) -> Self {
        let all = self.elements();
        Self::of_one(self.node, &self.tape, self.value.part(elements), move |g| {
            let gradient = g.like(all);
            drop(g.dense());
            gradient
        })
    }

    /// Rows looked up by number. The gradient is added into zeros of the table's size.
    pub(super) fn rows(self, elements: u64) -> Self {
        let all = self.elements();
        Self::of_one(self.node, &self.tape, self.value.like(elements), move |g| g.like(all))
    }

    /// With some of its rows added to, in place where nobody else holds it; the gradient is looked up.
    pub(super) fn with_rows(self, rows: Self) -> Self {
        let count = rows.elements();
        let value = self.value.unary();
        Self::of_two([self.node, rows.node], &self.tape, value, |g| g, move |g| g.like(count))
    }

    /// One behind the other; the gradients are pieces.
    pub(super) fn joined_with(self, other: Self) -> Self {
        let (a, b) = (self.elements(), other.elements());
        let value = self.value.like(a + b);
        // Views are copied first.
        drop([self.value.dense(), other.value.dense()]);
        Self::of_two([self.node, other.node], &self.tape, value, move |g| g.part(a), move |g| g.part(b))
    }

    /// Two that are both repeated, multiplied element by element.
    pub(super) fn spread_times(self, other: Self, elements: u64) -> Self {
        let (a, b) = (self.elements(), other.elements());
        let (left, right) = (self.saved(other.is_tracked()), other.saved(self.is_tracked()));
        let value =
            if self.value.elements == elements { self.value.binary(other.value) } else { self.value.like(elements) };
        let by = |kept: Option<Value>, size| move |g: Value| kept.into_iter().fold(g, Value::binary).summed_to(size);
        Self::of_two([self.node, other.node], &self.tape, value, by(right, a), by(left, b))
    }

    /// Of an operation of our own kernels, which keeps these values for its gradient. Going back it makes a gradient of each input that has
    /// one, with so many bytes an element.
    pub(super) fn kernel<const N: usize>(inputs: [(Self, u64); N], value: Value, kept: Vec<Value>) -> Self {
        let nodes = inputs.each_ref().map(|(input, _)| input.node.clone());
        let made = inputs.each_ref().map(|(input, width)| {
            let (id, count, width, layout) = (id(&input.node), input.elements(), *width, input.value.layout);
            let meter = Rc::clone(input.tape.meter());
            move || Some((id?, Value::new(&meter, count, width).laid_as(layout)))
        });
        let tape = inputs.first().map(|(input, _)| Rc::clone(&input.tape)).unwrap_or_default();
        drop(inputs);
        let kept = if nodes.iter().all(Option::is_none) { Vec::new() } else { kept };
        tape.record(nodes, value, move |gradient, gradients| {
            let made: Vec<_> = made.into_iter().filter_map(|make| make()).collect();
            drop((kept, gradient));
            for (id, gradient) in made {
                register(gradients, id, gradient);
            }
        })
    }
}
