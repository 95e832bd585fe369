//! The type that sums are computed in.

use burn::tensor::{DType, Tensor};

/// The tensor in f32 at least: sums do not survive in half precision. f64 stays what it is, for tests against finite differences.
pub(crate) fn full_precision<const D: usize>(tensor: Tensor<D>) -> Tensor<D> {
    if tensor.dtype() == DType::F64 { tensor } else { tensor.cast(DType::F32) }
}
