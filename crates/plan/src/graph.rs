//! A checked expression: every op known, every operand before its user, every shape inferred.

use std::collections::HashMap;

use crate::op::Op;
use crate::problem::shown;
use crate::raw::RawGraph;
use crate::shape::{Shape, infer};
use crate::validate::{MAX_GRAPH_INPUTS, MAX_GRAPH_NODES};

/// What an expression is for, which decides the ops that it may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Context {
    /// Value at step 0 of a tensor that the whole model has, over nothing.
    Shared,
    /// A tensor's value at step 0, over `base`.
    Init,
    /// What the frozen weight becomes before step 0, over `base` and the tensors' initial values.
    Base,
    /// The weight that the layer behaves as, over `base` and the tensors.
    Effective,
    /// A number that is added to the loss, over `base` and the tensors.
    Penalty,
    /// A tensor's value after an update of the run, over `base`, the tensors and their gradients.
    Update,
    /// How trained adapters combine, over `base` and each source's `delta`.
    Compose,
}

impl Context {
    /// Whether the op has a meaning here; the reason, if not.
    fn admits(self, op: &Op) -> Result<(), &'static str> {
        match op {
            Op::Base | Op::Tensor { .. } | Op::Shared { .. } if matches!(self, Self::Shared) => {
                Err("the initial value of a shared tensor is over nothing")
            }
            Op::Gradient { .. } if !matches!(self, Self::Update) => Err("`gradient` belongs to updates"),
            Op::Shared { .. } if matches!(self, Self::Compose) => Err("a composition is over `base` and `delta`"),
            Op::Tensor { .. } if matches!(self, Self::Init) => Err("an initial value is over `base` alone"),
            Op::Tensor { .. } if matches!(self, Self::Compose) => Err("a composition is over `base` and `delta`"),
            Op::Delta { .. } if !matches!(self, Self::Compose) => Err("`delta` belongs to compositions"),
            Op::Dropout { .. } if !matches!(self, Self::Effective) => {
                Err("it belongs to `effective`, through which activations go")
            }
            Op::Detach if !matches!(self, Self::Effective | Self::Penalty) => {
                Err("it belongs to `effective` and `penalty`, which have a gradient")
            }
            Op::Normal { .. } | Op::Uniform { .. } | Op::Bernoulli { .. } if self.is_of_every_update() => {
                Err("random draws belong to initial values and compositions")
            }
            Op::SvdU { .. } | Op::SvdS { .. } | Op::SvdVt { .. } | Op::QrQ | Op::QrR | Op::TopKMagnitude { .. }
                if self.is_of_every_update() =>
            {
                Err("decompositions belong to initial values and compositions")
            }
            _ => Ok(()),
        }
    }

    /// Whether the value is computed over and over, in a run.
    fn is_of_every_update(self) -> bool {
        matches!(self, Self::Effective | Self::Penalty | Self::Update)
    }
}

/// The tensors that an expression may refer to.
#[derive(Clone, Debug)]
pub(crate) struct Scope<'a> {
    pub(crate) context: Context,
    pub(crate) base: &'a Shape,
    pub(crate) tensors: &'a [Option<Shape>],
    pub(crate) shared: &'a HashMap<String, Option<Shape>>,
    pub(crate) deltas: usize,
}

/// One checked node.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// The operation.
    pub op: Op,
    /// Indices of earlier nodes.
    pub inputs: Vec<usize>,
    /// Shape of the node's value.
    pub shape: Shape,
}

/// A checked expression. Operands come before their users, and shapes are known.
#[derive(Clone, Debug, PartialEq)]
pub struct Graph {
    nodes: Vec<Node>,
    root: usize,
}

impl Graph {
    /// All nodes, operands before their users.
    #[must_use]
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// The node at that index.
    #[must_use]
    pub fn node(&self, index: usize) -> &Node {
        &self.nodes[index]
    }

    /// Index of the node that is the expression's value.
    #[must_use]
    pub fn root(&self) -> usize {
        self.root
    }

    /// Shape of the expression's value.
    #[must_use]
    pub fn shape(&self) -> &Shape {
        &self.nodes[self.root].shape
    }

    /// Whether the gradient of node `root` reaches each node up to it.
    #[must_use]
    pub fn differentiable(&self, root: usize) -> Vec<bool> {
        let mut reached = vec![false; root + 1];
        reached[root] = true;
        for index in (0..=root).rev().filter(|&index| self.node(index).op != Op::Detach) {
            if reached[index] {
                self.node(index).inputs.iter().for_each(|&input| reached[input] = true);
            }
        }
        reached
    }

    /// How often each node up to `node` is used to compute that: 0 where it is not needed, and 1 for `node` itself.
    #[must_use]
    pub fn uses(&self, node: usize) -> Vec<usize> {
        let mut uses = vec![0; node + 1];
        uses[node] = 1;
        for index in (0..=node).rev() {
            if uses[index] > 0 {
                self.nodes[index].inputs.iter().for_each(|&input| uses[input] += 1);
            }
        }
        uses
    }

    /// Whether every op has a meaning in another use too, `delta` aside.
    #[must_use]
    pub fn fits(&self, context: Context) -> bool {
        self.nodes.iter().all(|node| matches!(node.op, Op::Delta { .. }) || context.admits(&node.op).is_ok())
    }

    /// Names of the shared tensors that the value depends on.
    pub fn shared(&self) -> impl Iterator<Item = &str> {
        let needed = self.uses(self.root).into_iter().zip(&self.nodes).filter(|(uses, _)| *uses > 0);
        needed.filter_map(|(_, node)| match &node.op {
            Op::Shared { name } => Some(name.as_str()),
            _ => None,
        })
    }

    /// Whether the value depends on a node that `wanted` picks.
    #[must_use]
    pub fn reaches(&self, wanted: impl Fn(&Op) -> bool) -> bool {
        self.uses(self.root).iter().zip(&self.nodes).any(|(&uses, node)| uses > 0 && wanted(&node.op))
    }

    /// The expression on its own: over a base of that shape and tensors of those, for that use.
    ///
    /// # Errors
    /// Every problem, as `(node, message)`; the node is `None` where the whole expression is meant.
    pub fn check(
        raw: &RawGraph,
        context: Context,
        base: &Shape,
        tensors: &[Shape],
        deltas: usize,
    ) -> Result<Self, Vec<(Option<usize>, String)>> {
        let tensors: Vec<_> = tensors.iter().cloned().map(Some).collect();
        Self::check_in(raw, &Scope { context, base, tensors: &tensors, shared: &HashMap::new(), deltas })
    }

    pub(crate) fn check_in(raw: &RawGraph, scope: &Scope<'_>) -> Result<Self, Vec<(Option<usize>, String)>> {
        let inputs: usize = raw.nodes.iter().map(|node| node.inputs.len()).sum();
        for (what, count, most) in [("nodes", raw.nodes.len(), MAX_GRAPH_NODES), ("operands", inputs, MAX_GRAPH_INPUTS)]
        {
            if count > most {
                return Err(vec![(None, format!("has {count} {what}; at most {most} are allowed"))]);
            }
        }
        let mut problems = Vec::new();
        // `None` stands for a node that has failed: what depends on it is not judged again.
        let mut nodes: Vec<Option<Node>> = Vec::with_capacity(raw.nodes.len());
        for index in 0..raw.nodes.len() {
            let node = match check_node(raw, index, &nodes, scope) {
                Ok(node) => node,
                Err(message) => {
                    problems.push((Some(index), message));
                    None
                }
            };
            nodes.push(node);
        }
        let root = raw.root as usize;
        if root >= nodes.len() {
            problems.push((None, format!("root is node {root}, but there are {} nodes", nodes.len())));
        }
        match nodes.into_iter().collect::<Option<Vec<_>>>() {
            Some(nodes) if problems.is_empty() => Ok(Self { nodes, root }),
            _ => Err(problems),
        }
    }

    /// The expression as plain data; checking it again gives the same expression.
    #[must_use]
    pub fn to_raw(&self) -> RawGraph {
        let nodes = self.nodes.iter().map(|n| n.op.to_raw(n.inputs.iter().map(|&i| i as u32).collect()));
        RawGraph { nodes: nodes.collect(), root: self.root as u32 }
    }
}

/// The node, nothing where an operand has failed before, or what is wrong.
fn check_node(
    raw: &RawGraph,
    index: usize,
    earlier: &[Option<Node>],
    scope: &Scope<'_>,
) -> Result<Option<Node>, String> {
    let node = &raw.nodes[index];
    let op = Op::parse(node)?;
    scope.context.admits(&op).map_err(|why| format!("`{}` cannot stand here: {why}", op.name()))?;
    if !op.arity().admits(node.inputs.len()) {
        let wants = match op.arity() {
            crate::Arity::Exactly(n) => n.to_string(),
            crate::Arity::AtLeastOne => "one or more".to_owned(),
        };
        return Err(format!("`{}` takes {wants} inputs, not {}", op.name(), node.inputs.len()));
    }
    let mut inputs = Vec::with_capacity(node.inputs.len());
    let mut shapes = Vec::with_capacity(node.inputs.len());
    for &input in &node.inputs {
        let input = input as usize;
        match earlier.get(input) {
            None => {
                return Err(format!(
                    "`{}` takes node {input}, which does not come before it; operands come first",
                    op.name()
                ));
            }
            Some(None) => return Ok(None),
            Some(Some(operand)) => {
                inputs.push(input);
                shapes.push(&operand.shape);
            }
        }
    }
    let shape = match &op {
        Op::Base => scope.base.clone(),
        Op::Delta { index } if *index < scope.deltas as u64 => scope.base.clone(),
        Op::Delta { index } => return Err(format!("there is no source {index}; there are {}", scope.deltas)),
        Op::Shared { name } => match scope.shared.get(name) {
            Some(Some(shape)) => shape.clone(),
            Some(None) => return Ok(None),
            None => return Err(format!("there is no shared tensor `{}`", shown(name))),
        },
        Op::Tensor { index } | Op::Gradient { index } => {
            match usize::try_from(*index).ok().and_then(|i| scope.tensors.get(i)) {
                Some(Some(shape)) => shape.clone(),
                Some(None) => return Ok(None),
                None => return Err(format!("there is no tensor {index}; the adapter has {}", scope.tensors.len())),
            }
        }
        _ => infer(&op, &shapes).map_err(|e| e.to_string())?,
    };
    Ok(Some(Node { op, inputs, shape }))
}
