//! What the leaves of an expression stand for, and the types that they are computed in.

use std::collections::BTreeMap;

use burn::tensor::{DType, Device, Tensor};
use graftwork_kernels::random::Key;

/// Random streams of the dropout masks of one forward pass; none outside training.
pub type Dropout = Option<Key>;

/// The tensors that an expression is computed over, all of one type. Every one is held as a matrix, see
/// [`graftwork_model::matrix_shape`].
#[derive(Clone)]
pub struct Scope<'a> {
    /// The weight that is adapted.
    pub base: &'a Tensor<2>,
    /// The adapter's tensors.
    pub tensors: &'a [Tensor<2>],
    /// The tensors of the whole model, by name.
    pub shared: &'a BTreeMap<String, Tensor<2>>,
    /// The gradients of the adapter's tensors, where an update is computed.
    pub gradients: &'a [Tensor<2>],
    /// What each source of a composition changes in the weight.
    pub deltas: &'a [Tensor<2>],
    /// Stream of the random ops: node `n` draws from its `n`-th number.
    pub key: Key,
    /// Stream of the dropout masks.
    pub dropout: Dropout,
}

/// No shared tensors.
pub(crate) static NOTHING_SHARED: BTreeMap<String, Tensor<2>> = BTreeMap::new();

impl<'a> Scope<'a> {
    /// A weight and an adapter's tensors, and nothing else.
    #[must_use]
    pub fn new(base: &'a Tensor<2>, tensors: &'a [Tensor<2>]) -> Self {
        let key = Key::new(0);
        Self { base, tensors, shared: &NOTHING_SHARED, gradients: &[], deltas: &[], key, dropout: None }
    }
}

impl Scope<'_> {
    pub(crate) fn device(&self) -> Device {
        self.base.device()
    }

    pub(crate) fn dtype(&self) -> DType {
        self.base.dtype()
    }
}

/// The value of a node as a weight to multiply with. A GPU's kernels give a weight's gradient in full precision, as a leaf wants it; what
/// was computed in half precision goes on with it in its own type.
pub(crate) fn as_weight(computed: Tensor<2>) -> Tensor<2> {
    let dtype = computed.dtype();
    match dtype {
        DType::F16 | DType::BF16 if computed.is_tracked() => computed.cast(DType::F32).cast(dtype),
        _ => computed,
    }
}

/// The tensor in f32 where it is in half precision, in which small updates would be lost.
pub(crate) fn full_precision<const D: usize>(tensor: Tensor<D>) -> Tensor<D> {
    match tensor.dtype() {
        DType::F16 | DType::BF16 => tensor.cast(DType::F32),
        _ => tensor,
    }
}
