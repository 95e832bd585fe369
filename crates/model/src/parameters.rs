//! How a forward pass reaches parameters.

use burn::tensor::{Int, Tensor};
use graftwork_kernels::embedding::embedding;
use graftwork_kernels::linear::linear;
use graftwork_plan::{ParamId, Shape};

/// Gives a forward pass what each parameter behaves as, adapters included.
///
/// Every parameter is held as a matrix, see [`matrix_shape`].
pub trait Parameters {
    /// `x · Wᵀ + b` for `x` of shape `[tokens, in]`; gives `[tokens, out]`.
    fn linear(&self, weight: ParamId, bias: Option<ParamId>, x: Tensor<2>) -> Tensor<2>;

    /// [`Parameters::linear`] of some weights and biases with one input, in their order: what they have in common is done once.
    fn linears(&self, weights: &[(ParamId, Option<ParamId>)], x: Tensor<2>) -> Vec<Tensor<2>> {
        weights.iter().map(|(weight, bias)| self.linear(*weight, *bias, x.clone())).collect()
    }

    /// Rows of an embedding: `[tokens]` to `[tokens, hidden]`.
    fn embedding(&self, weight: ParamId, ids: Tensor<1, Int>) -> Tensor<2>;

    /// The parameter's value as a matrix; a vector of `n` comes as `[1, n]`.
    fn value(&self, param: ParamId) -> Tensor<2>;

    /// The value, where [`Parameters::linear`] multiplies with just that; none where an adapter does more to activations, or
    /// does it without ever building the value.
    fn plain(&self, param: ParamId) -> Option<Tensor<2>>;
}

/// The matrix that holds a tensor of that shape: all axes but the last are folded, and a vector is one row.
#[must_use]
pub fn matrix_shape(shape: &Shape) -> [usize; 2] {
    let last = shape.dims().last().copied().unwrap_or(1);
    [(shape.elements() / last) as usize, last as usize]
}

/// Plain weights without adapters, by [`ParamId`]. A tied parameter holds the tensor that it is tied to.
pub struct Weights(pub Vec<Tensor<2>>);

impl Parameters for Weights {
    fn linear(&self, weight: ParamId, bias: Option<ParamId>, x: Tensor<2>) -> Tensor<2> {
        let y = linear(x, self.value(weight));
        match bias {
            Some(bias) => y + self.value(bias),
            None => y,
        }
    }

    fn embedding(&self, weight: ParamId, ids: Tensor<1, Int>) -> Tensor<2> {
        embedding(self.value(weight), ids)
    }

    fn value(&self, param: ParamId) -> Tensor<2> {
        self.0[param.index()].clone()
    }

    fn plain(&self, param: ParamId) -> Option<Tensor<2>> {
        Some(self.value(param))
    }
}
