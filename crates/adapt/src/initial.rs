//! What an adapter is at step 0: its tensors, and the weight that it changes.

use burn::tensor::Tensor;
use graftwork_kernels::memory::kept;
use graftwork_kernels::random::Key;
use graftwork_model::matrix_shape;
use graftwork_plan::Adapter;

use crate::AdaptError;
use crate::materialize::materialize;
use crate::scope::{Scope, full_precision};

/// The weight of `target` at step 0, changed where the adapter says so, and the adapter's tensors, each drawn from the
/// stream of its name below `key`, in full precision.
pub(crate) fn initialise(
    adapter: &Adapter,
    target: &str,
    weight: &Tensor<2>,
    key: &Key,
) -> Result<(Tensor<2>, Vec<Tensor<2>>), AdaptError> {
    let base = full_precision(weight.clone());
    let mut tensors = Vec::with_capacity(adapter.tensors.len());
    for tensor in &adapter.tensors {
        let scope = Scope { base: &base, tensors: &[], deltas: &[], key: key.child(&tensor.name), dropout: None };
        // A leaf gives the base itself, in its own folding of axes.
        let value = kept(&base.device(), &scope, |scope| materialize(&tensor.init, tensor.init.root(), scope));
        let value = value.reshape(matrix_shape(&tensor.shape));
        finite(&value, || format!("the initial value of `{}`", tensor.name), target)?;
        tensors.push(value);
    }
    let Some(graph) = &adapter.base else { return Ok((weight.clone(), tensors)) };
    let scope = Scope { base: &base, tensors: &tensors, deltas: &[], key: *key, dropout: None };
    let changed = materialize(graph, graph.root(), &scope).cast(weight.dtype());
    finite(&changed, || "the changed base".to_owned(), target)?;
    Ok((changed, tensors))
}

/// An error that says `what` of which target, unless every element is a finite number.
pub(crate) fn finite(value: &Tensor<2>, what: impl Fn() -> String, target: &str) -> Result<(), AdaptError> {
    if value.clone().is_finite().all().into_scalar::<bool>() {
        return Ok(());
    }
    Err(AdaptError::NotFinite { what: what(), target: target.to_owned() })
}
