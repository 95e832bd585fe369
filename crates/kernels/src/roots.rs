//! A backward pass that starts at several tensors, whose gradients are known.

use burn::tensor::{Gradients, Tensor};

/// A tracked tensor, and the gradient of a loss with respect to it.
pub struct Root {
    /// The tensor.
    pub tensor: Tensor<2>,
    /// The gradient, of the tensor's shape and type, not tracked.
    pub gradient: Tensor<2>,
}

/// Gradients of whatever is behind the roots; none where there is no root.
#[must_use]
pub fn backward(roots: Vec<Root>) -> Option<Gradients> {
    Some(roots.into_iter().map(scalar).reduce(|a, b| a + b)?.backward())
}

/// A scalar whose gradient is the root's, whatever its value.
fn scalar(Root { tensor, gradient }: Root) -> Tensor<1> {
    #[cfg(feature = "cuda")]
    if let Some(scalar) = crate::cuda::root(&tensor, &gradient) {
        return scalar;
    }
    (tensor * gradient).sum()
}
