//! The runtime's tensors as the kernels want them.

use burn::backend::{DType, TensorMetadata};
use burn_cubecl::kernel::into_contiguous;
use burn_cubecl::ops::numeric::empty_device_contiguous_dtype;
use burn_cubecl::tensor::CubeTensor;

/// Rows of bf16 that are read 16 bytes at a time begin at multiples of this many values.
pub(super) const WHOLE: usize = 8;

/// A new tensor on the device of another, whose values are not set.
pub(super) fn room(like: &CubeTensor, shape: &[usize], dtype: DType) -> CubeTensor {
    empty_device_contiguous_dtype(like.client.clone(), like.device.clone(), shape.into(), dtype)
}

/// `[rows, columns]`.
pub(super) fn sizes(matrix: &CubeTensor) -> [usize; 2] {
    let shape = matrix.shape();
    [shape[0], shape[1]]
}

/// How many blocks of a kernel run side by side at least.
pub(super) fn processors(on: &CubeTensor) -> usize {
    on.client.properties().hardware.num_streaming_multiprocessors.unwrap_or(132) as usize
}

/// Whether it begins at a multiple of 16 bytes.
fn is_aligned(tensor: &CubeTensor) -> bool {
    tensor.handle.offset_start.unwrap_or(0).is_multiple_of(16)
}

/// The tensor as it is where its rows are whole and each begins at a multiple of 16 bytes, or a copy.
pub(super) fn with_whole_rows(tensor: CubeTensor) -> CubeTensor {
    let whole = match tensor.meta.strides().split_last() {
        Some((last, outer)) => *last == 1 && outer.iter().all(|stride| stride.is_multiple_of(WHOLE)),
        None => false,
    };
    if whole && is_aligned(&tensor) { tensor } else { packed(tensor) }
}

/// With all values following one another from a multiple of 16 bytes on.
pub(super) fn packed(tensor: CubeTensor) -> CubeTensor {
    if is_aligned(&tensor) || !tensor.is_contiguous() { into_contiguous(tensor) } else { tensor.copy() }
}

/// Some columns of a matrix, in its memory.
pub(super) fn columns_of(matrix: &CubeTensor, first: usize, count: usize) -> CubeTensor {
    let mut columns = matrix.clone();
    let stride = matrix.meta.strides()[1];
    columns.handle = columns.handle.offset_start((first * stride * matrix.dtype.size()) as u64);
    columns.meta.shape_mut()[1] = count;
    columns
}
