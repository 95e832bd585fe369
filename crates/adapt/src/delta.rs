//! What an adapter changes in its weight, and what several of these come to together.

use std::collections::BTreeMap;

use burn::tensor::Tensor;
use graftwork_kernels::random::Key;
use graftwork_plan::{Adapter, Graph, Op};

use crate::AdaptError;
use crate::initial::{finite, initialise};
use crate::materialize::materialize;
use crate::scope::{Scope, full_precision};

/// An adapter with its values, apart from any model.
pub struct Values<'a> {
    /// What is attached to the weight.
    pub adapter: &'a Adapter,
    /// Its tensors, as matrices in full precision.
    pub tensors: Vec<Tensor<2>>,
    /// The shared tensors that it uses, by name.
    pub shared: BTreeMap<String, Tensor<2>>,
    /// The weight that it lies on, where that is not the model's own: what earlier adapters of its run were folded into.
    pub base: Option<Tensor<2>>,
}

/// The part of an adapter's expression that is added to the weight, where it is of that form: the delta itself, which then need not be
/// found as a difference.
#[must_use]
pub fn added(adapter: &Adapter) -> Option<usize> {
    let graph = &adapter.effective;
    let root = graph.node(graph.root());
    let is_base = |node: usize| graph.node(node).op == Op::Base;
    match (&root.op, root.inputs.as_slice()) {
        (Op::Add, &[base, delta]) | (Op::Add, &[delta, base])
            if adapter.base.is_none() && is_base(base) && graph.node(delta).shape == root.shape =>
        {
            Some(delta)
        }
        _ => None,
    }
}

/// What the adapter makes of `weight`, the model's own parameter `name`, less that weight.
///
/// # Errors
/// It is not finite.
pub fn delta(values: &Values<'_>, name: &str, weight: &Tensor<2>) -> Result<Tensor<2>, AdaptError> {
    let Values { adapter, tensors, shared, base } = values;
    let weight = full_precision(weight.clone());
    let changed;
    let base = match (base, &adapter.base) {
        (Some(base), _) => base,
        (None, None) => &weight,
        // What the weight becomes follows from it and the initial values, none of which an honest adapter draws.
        (None, Some(_)) => {
            let key = Key::new(0).child("initial values").child(name);
            changed = initialise(adapter, name, &weight, shared, &key)?.0;
            &changed
        }
    };
    let scope = Scope { shared, ..Scope::new(base, tensors) };
    let value = match added(adapter).filter(|_| values.base.is_none()) {
        Some(delta) => materialize(&adapter.effective, delta, &scope),
        None => materialize(&adapter.effective, adapter.effective.root(), &scope) - weight.clone(),
    };
    finite(&value, || "what the adapter changes".to_owned(), name)?;
    Ok(value)
}

/// The weight that a composition gives, from the model's own and what each source changes in it. Random draws come from the stream of the
/// parameter's name below `key`.
///
/// # Errors
/// It is not finite.
pub fn compose(
    graph: &Graph,
    name: &str,
    weight: &Tensor<2>,
    deltas: &[Tensor<2>],
    key: &Key,
) -> Result<Tensor<2>, AdaptError> {
    let weight = full_precision(weight.clone());
    let value = materialize(graph, graph.root(), &Scope { deltas, key: key.child(name), ..Scope::new(&weight, &[]) });
    finite(&value, || "the composed weight".to_owned(), name)?;
    Ok(value)
}
