//! What an adapter is at step 0: its tensors, and the weight that it changes.

use std::collections::BTreeMap;

use burn::tensor::{DType, Device, Tensor};
use graftwork_kernels::memory::kept;
use graftwork_kernels::random::Key;
use graftwork_model::matrix_shape;
use graftwork_plan::{Adapter, AdapterTensor};

use crate::AdaptError;
use crate::materialize::materialize;
use crate::scope::{Scope, full_precision};

/// The weight of `target` at step 0, changed where the adapter says so, and the adapter's tensors, each drawn from the
/// stream of its name below `key`, in full precision.
pub(crate) fn initialise(
    adapter: &Adapter,
    target: &str,
    weight: &Tensor<2>,
    shared: &BTreeMap<String, Tensor<2>>,
    key: &Key,
) -> Result<(Tensor<2>, Vec<Tensor<2>>), AdaptError> {
    let base = full_precision(weight.clone());
    let mut tensors = Vec::with_capacity(adapter.tensors.len());
    for tensor in &adapter.tensors {
        let scope = Scope { shared, key: key.child(&tensor.name), ..Scope::new(&base, &[]) };
        tensors.push(drawn(tensor, target, &scope)?);
    }
    let Some(graph) = &adapter.base else { return Ok((weight.clone(), tensors)) };
    let scope = Scope { shared, key: *key, ..Scope::new(&base, &tensors) };
    let changed = materialize(graph, graph.root(), &scope).cast(weight.dtype());
    finite(&changed, || "the changed base".to_owned(), target)?;
    Ok((changed, tensors))
}

/// The tensor that every adapter may use at step 0, from the stream of its name below `key`.
pub(crate) fn initialise_shared(tensor: &AdapterTensor, device: &Device, key: &Key) -> Result<Tensor<2>, AdaptError> {
    let nothing = Tensor::zeros([1, 1], (device, DType::F32));
    drawn(tensor, "the model", &Scope { key: key.child(&tensor.name), ..Scope::new(&nothing, &[]) })
}

fn drawn(tensor: &AdapterTensor, target: &str, scope: &Scope<'_>) -> Result<Tensor<2>, AdaptError> {
    // A leaf gives the base itself, in its own folding of axes.
    let value = kept(&scope.device(), scope, |scope| materialize(&tensor.init, tensor.init.root(), scope));
    let value = value.reshape(matrix_shape(&tensor.shape));
    finite(&value, || format!("the initial value of `{}`", tensor.name), target)?;
    Ok(value)
}

/// An error that says `what` of which target, unless every element is a finite number.
pub(crate) fn finite(value: &Tensor<2>, what: impl Fn() -> String, target: &str) -> Result<(), AdaptError> {
    if value.clone().is_finite().all().into_scalar::<bool>() {
        return Ok(());
    }
    Err(AdaptError::NotFinite { what: what(), target: target.to_owned() })
}
