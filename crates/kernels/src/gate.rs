//! Gated units.

use burn::tensor::{Tensor, activation};

/// `silu(gate) ⊙ up`, both `[tokens, width]`. N. Shazeer, arXiv 2002.05202.
#[must_use]
pub fn swiglu(gate: Tensor<2>, up: Tensor<2>) -> Tensor<2> {
    #[cfg(feature = "cuda")]
    if let Some(y) = crate::cuda::gate(&gate, &up) {
        return y;
    }
    activation::silu(gate) * up
}
