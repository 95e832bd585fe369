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

/// A linear layer, with a low-rank path beside its weight or without.
#[derive(Clone, Debug)]
pub struct Layer {
    /// `[out, in]`.
    pub weight: Tensor<2>,
    /// What is added to the weight.
    pub path: Option<Path>,
}

/// `scale · up · down`, by way of the thin factors.
#[derive(Clone, Debug)]
pub struct Path {
    /// `[rank, in]`.
    pub down: Tensor<2>,
    /// `[out, rank]`.
    pub up: Tensor<2>,
    /// A factor.
    pub scale: f64,
}

/// `x · (weight + scale · up · down)ᵀ` for each of some layers that share their input, in their order.
///
/// On a GPU a path costs a step more of the large product, there and back, and no pass over its result; the first factors of all
/// paths are taken together, and so is the gradient of `x`.
#[must_use]
pub fn linears(x: Tensor<2>, layers: Vec<Layer>) -> Vec<Tensor<2>> {
    #[cfg(feature = "cuda")]
    if let Some(results) = crate::cuda::linears(&x, &layers) {
        return results;
    }
    layers.into_iter().map(|layer| layer.apply(x.clone())).collect()
}

impl Layer {
    /// What [`linears`] gives for this layer alone.
    #[must_use]
    pub fn apply(self, x: Tensor<2>) -> Tensor<2> {
        #[cfg(feature = "cuda")]
        if let Some(y) = crate::cuda::linears(&x, std::slice::from_ref(&self)).and_then(|mut results| results.pop()) {
            return y;
        }
        self.plainly(x)
    }

    fn plainly(self, x: Tensor<2>) -> Tensor<2> {
        let Some(Path { down, up, scale }) = self.path else { return linear(x, self.weight) };
        let narrow = linear(x.clone(), down);
        let narrow = if scale == 1.0 { narrow } else { narrow.mul_scalar(scale) };
        linear(x, self.weight) + linear(narrow, up)
    }
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
