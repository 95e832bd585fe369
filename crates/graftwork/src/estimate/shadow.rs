//! Shadows of tensors: they have a size and no values, live and die as the tensors of a pass do, and a meter counts what lives.
//!
//! The rules are those of burn's processor backend and of its automatic differentiation: which operations write into an operand that
//! nobody else holds, what a view keeps alive, what an operation keeps for its gradient, and what its gradient makes on the way.

use std::cell::Cell;
use std::collections::HashMap;
use std::collections::btree_map::{BTreeMap, Entry};
use std::rc::Rc;

use super::meter::{Buffer, Meter};

/// How a value lies in its buffer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Layout {
    /// Row by row, from the beginning.
    Dense,
    /// With its axes turned.
    Turned,
    /// A piece of something larger.
    Part,
}

impl Layout {
    /// Of what a kernel makes: all of it, in the same order.
    fn whole(self) -> Self {
        if self == Self::Turned { self } else { Self::Dense }
    }
}

/// Elements in a buffer, which other values may share.
#[derive(Clone, Debug)]
pub(super) struct Value {
    buffer: Rc<Buffer>,
    elements: u64,
    /// Bytes of an element.
    width: u64,
    layout: Layout,
}

impl Value {
    pub(super) fn new(meter: &Rc<Meter>, elements: u64, width: u64) -> Self {
        let buffer = Rc::new(meter.buffer(elements.saturating_mul(width)));
        Self { buffer, elements, width, layout: Layout::Dense }
    }

    /// A new one of the same type.
    pub(super) fn like(&self, elements: u64) -> Self {
        Self::new(self.buffer.meter(), elements, self.width)
    }

    /// A new one, that is the result of a product of matrices: on the processor zeros of its size are made first, and copied.
    pub(super) fn product(&self, elements: u64) -> Self {
        let zeros = self.buffer.meter().zeros(elements.saturating_mul(self.width));
        let result = self.like(elements);
        drop(zeros);
        result
    }

    fn may_be_overwritten(&self) -> bool {
        Rc::strong_count(&self.buffer) == 1 && self.layout == Layout::Dense
    }

    /// Something computed for each element.
    pub(super) fn unary(self) -> Self {
        if self.may_be_overwritten() { self } else { self.like(self.elements) }
    }

    /// Something computed of two, the smaller of which may be repeated.
    pub(super) fn binary(self, other: Self) -> Self {
        let elements = self.elements.max(other.elements);
        if self.may_be_overwritten() && self.elements == elements {
            self
        } else if other.may_be_overwritten() && other.elements == elements {
            other
        } else {
            self.like(elements)
        }
    }

    /// The sum that a repeated operand's gradient is.
    fn summed_to(self, elements: u64) -> Self {
        if self.elements > elements { self.like(elements) } else { self }
    }

    /// In rows that follow one another, copied where they do not.
    fn dense(self) -> Self {
        if self.layout == Layout::Dense { self } else { self.like(self.elements) }
    }

    fn cast(self, width: u64) -> Self {
        if self.width == width { self } else { Self::new(self.buffer.meter(), self.elements, width) }
    }

    fn turned(self) -> Self {
        let layout = match self.layout {
            Layout::Dense => Layout::Turned,
            Layout::Turned => Layout::Dense,
            Layout::Part => Layout::Part,
        };
        Self { layout, ..self }
    }

    /// With its axes as those of another: heads that lie side by side go on to do so.
    pub(super) fn laid_as(self, other: &Self) -> Self {
        Self { layout: other.layout.whole(), ..self }
    }

    fn part(self, elements: u64) -> Self {
        Self { elements, layout: Layout::Part, ..self }
    }
}

/// Gradients by node.
pub(super) type Gradients = HashMap<usize, Value>;

/// What its gradient is known by.
fn id(node: &Option<Node>) -> Option<usize> {
    node.as_ref().map(|node| node.0.id)
}

fn register(gradients: &mut Gradients, node: usize, gradient: Value) {
    let sum = match gradients.remove(&node) {
        Some(old) => gradient.binary(old),
        None => gradient,
    };
    gradients.insert(node, sum);
}

type Back = Box<dyn FnOnce(Value, &mut Gradients)>;

/// Something that has a gradient, and the way back from it. It lives as long as a tensor does that has it behind itself.
#[derive(Clone)]
struct Node(Rc<Recorded>);

struct Recorded {
    /// What is deeper goes back first.
    depth: usize,
    id: usize,
    inputs: Vec<Node>,
    /// None of a leaf.
    back: Cell<Option<Back>>,
}

impl Drop for Recorded {
    /// One after the other: a model's graph is deeper than a stack.
    fn drop(&mut self) {
        let mut rest = std::mem::take(&mut self.inputs);
        while let Some(node) = rest.pop() {
            if let Some(mut recorded) = Rc::into_inner(node.0) {
                rest.append(&mut recorded.inputs);
            }
        }
    }
}

/// Where tensors are recorded and their memory is counted.
#[derive(Default)]
pub(super) struct Tape {
    meter: Rc<Meter>,
    nodes: Cell<usize>,
}

impl Tape {
    pub(super) fn new(on_gpu: bool) -> Self {
        Self { meter: Rc::new(Meter::new(on_gpu)), nodes: Cell::new(0) }
    }

    pub(super) fn meter(&self) -> &Rc<Meter> {
        &self.meter
    }

    /// Without a gradient.
    pub(super) fn constant(self: &Rc<Self>, elements: u64, width: u64) -> Tensor {
        self.of(Value::new(&self.meter, elements, width))
    }

    /// The same of another tensor's type.
    pub(super) fn of_type(self: &Rc<Self>, like: &Tensor, elements: u64) -> Tensor {
        self.of(like.value.like(elements))
    }

    fn of(self: &Rc<Self>, value: Value) -> Tensor {
        Tensor { tape: Rc::clone(self), value, node: None }
    }

    fn node(&self, inputs: Vec<Node>, back: Option<Back>) -> Node {
        let id = self.nodes.get();
        self.nodes.set(id + 1);
        let depth = inputs.iter().map(|node| node.0.depth + 1).max().unwrap_or(0);
        Node(Rc::new(Recorded { depth, id, inputs, back: Cell::new(back) }))
    }

    fn record<const N: usize>(
        self: &Rc<Self>,
        inputs: [Option<Node>; N],
        value: Value,
        back: impl FnOnce(Value, &mut Gradients) + 'static,
    ) -> Tensor {
        let inputs: Vec<_> = inputs.into_iter().flatten().collect();
        if inputs.is_empty() {
            return self.of(value);
        }
        let node = Some(self.node(inputs, Some(Box::new(back))));
        Tensor { tape: Rc::clone(self), value, node }
    }

    /// Goes back from tensors whose gradients are known; gives those of leaves.
    pub(super) fn backward(roots: Vec<(Tensor, Value)>) -> Gradients {
        let mut gradients = Gradients::new();
        let mut found = Vec::new();
        for (tensor, gradient) in roots {
            if let Some(node) = tensor.node {
                register(&mut gradients, node.0.id, gradient);
                found.push(node);
            }
        }
        let mut behind = BTreeMap::new();
        while let Some(node) = found.pop() {
            if let Entry::Vacant(place) = behind.entry((node.0.depth, node.0.id)) {
                found.extend(node.0.inputs.iter().cloned());
                place.insert(node);
            }
        }
        while let Some((_, node)) = behind.pop_last() {
            if let Some(back) = node.0.back.take()
                && let Some(gradient) = gradients.remove(&node.0.id)
            {
                back(gradient, &mut gradients);
            }
        }
        gradients
    }

    /// The same by way of a number, `(tensor ⊙ gradient).sum()` of each root, as `kernels::roots` has it: the way back begins with ones.
    pub(super) fn backward_from_number(self: &Rc<Self>, roots: Vec<(Tensor, Value)>) -> Gradients {
        let number = |(tensor, gradient): (Tensor, Value)| tensor.times(self.of(gradient)).reduced(1);
        let Some(root) = roots.into_iter().map(number).reduce(Tensor::plus) else { return Gradients::new() };
        let one = root.value.like(1);
        Self::backward(vec![(root, one)])
    }
}

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
    tape: Rc<Tape>,
    value: Value,
    node: Option<Node>,
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

    /// Its gradient, where it is a leaf.
    pub(super) fn gradient(&self, gradients: &mut Gradients) -> Option<Value> {
        gradients.remove(&self.node.as_ref()?.0.id)
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
            move || Some((id?, Value { layout: layout.whole(), ..Value::new(&meter, count, width) }))
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
