//! How many values putting a plan to work makes, in elements, counted before any is made.
//!
//! Views count nothing, and neither do the weight and the tensors that an expression is over: they are there already.

use crate::cost::{Reading, Readings};
use crate::graph::{Graph, Node};
use crate::op::Op;
use crate::plan::{Adapter, Plan};

fn made(node: &Node) -> u64 {
    match node.op {
        Op::Base
        | Op::Tensor { .. }
        | Op::Shared { .. }
        | Op::Gradient { .. }
        | Op::Delta { .. }
        | Op::Reshape { .. }
        | Op::Transpose
        | Op::Slice { .. }
        | Op::Dropout { .. }
        | Op::Detach => 0,
        _ => node.shape.elements(),
    }
}

impl Graph {
    /// The most elements there are at once while the value is built bottom-up and each intermediate one is dropped after
    /// its last use.
    #[must_use]
    pub fn peak_elements(&self) -> u64 {
        let mut uses = self.uses(self.root());
        let (mut live, mut peak) = (0u64, 0u64);
        for index in 0..=self.root() {
            if uses[index] == 0 {
                continue;
            }
            let node = self.node(index);
            live += made(node);
            peak = peak.max(live);
            for &input in &node.inputs {
                uses[input] -= 1;
                if uses[input] == 0 {
                    live -= made(self.node(input));
                }
            }
        }
        peak
    }
}

impl Readings {
    /// Elements of everything that applying the expression builds on the way, and keeps where there is a backward pass.
    #[must_use]
    pub fn built_elements(&self, graph: &Graph) -> u64 {
        let mut visited = vec![false; graph.nodes().len()];
        let mut built = visited.clone();
        let mut pending = vec![graph.root()];
        while let Some(index) = pending.pop() {
            if std::mem::replace(&mut visited[index], true) {
                continue;
            }
            match self.of(index) {
                Reading::Dense => built[index] = true,
                Reading::Identity => {}
                Reading::Blocks(blocks) => built[blocks] = true,
                Reading::Add(a, b)
                | Reading::Sub(a, b)
                | Reading::Compose { outer: a, inner: b }
                | Reading::Kron { left: a, right: b } => {
                    pending.extend([a, b]);
                }
                Reading::Scale(_, map) | Reading::Dropout(_, map) => pending.push(map),
                Reading::Rows { map, vector } | Reading::Columns { map, vector } => {
                    pending.push(map);
                    built[vector] = true;
                }
            }
        }
        let mut total = 0;
        for index in (0..built.len()).rev() {
            if built[index] {
                total += made(graph.node(index));
                graph.node(index).inputs.iter().for_each(|&input| built[input] = true);
            }
        }
        total
    }
}

impl Plan {
    /// The most elements that any one of its expressions needs at once: at step 0, or in a merge.
    #[must_use]
    pub fn peak_elements(&self) -> u64 {
        let expressions = |a: &Adapter| {
            let initial = a.tensors.iter().map(|t| t.init.peak_elements()).max();
            initial.max(a.base.as_ref().map(Graph::peak_elements)).max(Some(a.effective.peak_elements()))
        };
        self.adapters().iter().filter_map(expressions).max().unwrap_or(0)
    }

    /// Elements of everything that the adapters build in a pass over so many rows of activations.
    #[must_use]
    pub fn built_elements(&self, tokens: u64) -> u64 {
        let built = |a: &Adapter| self.readings(a, tokens).built_elements(&a.effective);
        self.adapters().iter().map(built).fold(0, u64::saturating_add)
    }
}
