//! What a pass records for the way back, as burn's automatic differentiation does: each result knows what it came from and how its
//! gradient goes on to that, and lives as long as anything behind which it stands.

use std::cell::Cell;
use std::collections::HashMap;
use std::collections::btree_map::{BTreeMap, Entry};
use std::rc::Rc;

use super::meter::Meter;
use super::shadow::Tensor;
use super::value::Value;

/// Gradients by node.
pub(super) type Gradients = HashMap<usize, Value>;

/// What its gradient is known by.
pub(super) fn id(node: &Option<Node>) -> Option<usize> {
    node.as_ref().map(Node::id)
}

pub(super) fn register(gradients: &mut Gradients, node: usize, gradient: Value) {
    let sum = match gradients.remove(&node) {
        Some(old) => gradient.binary(old),
        None => gradient,
    };
    gradients.insert(node, sum);
}

type Back = Box<dyn FnOnce(Value, &mut Gradients)>;

/// Something that has a gradient, and the way back from it. It lives as long as a tensor does that has it behind itself.
#[derive(Clone)]
pub(super) struct Node(Rc<Recorded>);

struct Recorded {
    /// What is deeper goes back first.
    depth: usize,
    id: usize,
    inputs: Vec<Node>,
    /// None of a leaf.
    back: Cell<Option<Back>>,
}

impl Node {
    /// What its gradient is known by.
    pub(super) fn id(&self) -> usize {
        self.0.id
    }
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

    pub(super) fn of(self: &Rc<Self>, value: Value) -> Tensor {
        Tensor { tape: Rc::clone(self), value, node: None }
    }

    pub(super) fn node(&self, inputs: Vec<Node>, back: Option<Back>) -> Node {
        let id = self.nodes.get();
        self.nodes.set(id + 1);
        let depth = inputs.iter().map(|node| node.0.depth + 1).max().unwrap_or(0);
        Node(Rc::new(Recorded { depth, id, inputs, back: Cell::new(back) }))
    }

    pub(super) fn record<const N: usize>(
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
