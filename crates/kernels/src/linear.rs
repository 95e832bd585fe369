//! Products of activations and weights.

use burn::tensor::Tensor;

/// `x · weightᵀ` for `x` of shape `[tokens, in]` and `weight` of shape `[out, in]`.
#[must_use]
pub fn linear(x: Tensor<2>, weight: Tensor<2>) -> Tensor<2> {
    #[cfg(feature = "cuda")]
    if let Some(y) = crate::cuda::linear(&[[x.clone(), weight.clone()]]) {
        return y;
    }
    x.matmul(weight.transpose())
}

/// `x · weightᵀ + y · otherᵀ`: a weight and what is added to it, applied side by side. On a GPU it takes one pass over the
/// result.
#[must_use]
pub fn linear_pair([x, weight]: [Tensor<2>; 2], [y, other]: [Tensor<2>; 2]) -> Tensor<2> {
    #[cfg(feature = "cuda")]
    if let Some(sum) = crate::cuda::linear(&[[x.clone(), weight.clone()], [y.clone(), other.clone()]]) {
        return sum;
    }
    linear(x, weight) + linear(y, other)
}

/// `x · (weight + scale · up · down)ᵀ`, by way of the thin factors: `down` is `[rank, in]`, `up` `[out, rank]`.
///
/// On a GPU the side path costs a step more of the large product, there and back, and no pass over its result.
#[must_use]
pub fn linear_low_rank(x: Tensor<2>, weight: Tensor<2>, [down, up]: [Tensor<2>; 2], scale: f64) -> Tensor<2> {
    #[cfg(feature = "cuda")]
    if let Some(y) = crate::cuda::low_rank(&x, &weight, [&down, &up], scale) {
        return y;
    }
    let narrow = linear(x.clone(), down);
    let narrow = if scale == 1.0 { narrow } else { narrow.mul_scalar(scale) };
    linear(x, weight) + linear(narrow, up)
}

/// `a · b`. Not for what has a gradient: on a GPU it has none.
pub(crate) fn times(a: Tensor<2>, b: Tensor<2>) -> Tensor<2> {
    #[cfg(feature = "cuda")]
    if let Some(y) = crate::cuda::product(&a, &b, crate::cuda::Form::Plain) {
        return y;
    }
    a.matmul(b)
}

/// `aᵀ · b`. Not for what has a gradient: on a GPU it has none.
pub(crate) fn transposed_times(a: Tensor<2>, b: Tensor<2>) -> Tensor<2> {
    #[cfg(feature = "cuda")]
    if let Some(y) = crate::cuda::product(&a, &b, crate::cuda::Form::Transposed) {
        return y;
    }
    a.transpose().matmul(b)
}
