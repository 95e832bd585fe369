//! How sums are computed: in which type, and in which order.

use burn::tensor::{DType, Tensor};

/// The tensor in f32 at least: sums do not survive in half precision. f64 stays what it is, for tests against finite differences.
pub(crate) fn full_precision<const D: usize>(tensor: Tensor<D>) -> Tensor<D> {
    if tensor.dtype() == DType::F64 { tensor } else { tensor.cast(DType::F32) }
}

/// The sum of all elements, in an order that is always the same. That of [`Tensor::sum`] is not: on a GPU blocks add to one place as
/// they come, and on a processor threads do where there are more than four million.
pub(crate) fn total(tensor: Tensor<2>) -> Tensor<1> {
    tensor.sum_dim(1).sum_dim(0).reshape([1])
}
