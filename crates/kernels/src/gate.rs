//! Gated units and activations.

use burn::tensor::{Tensor, activation};

use crate::precision::full_precision;

/// `silu(gate) ⊙ up`, both `[tokens, width]`. N. Shazeer, arXiv 2002.05202.
#[must_use]
pub fn swiglu(gate: Tensor<2>, up: Tensor<2>) -> Tensor<2> {
    #[cfg(feature = "cuda")]
    if let Some(y) = crate::cuda::gate(&gate, &up) {
        return y;
    }
    activation::silu(gate) * up
}

/// `cap · tanh(x / cap)`: nearly `x` where that is small, and never beyond `cap`. Gemma 2, arXiv 2408.00118, section 2.
#[must_use]
pub fn soft_cap<const D: usize>(x: Tensor<D>, cap: f64) -> Tensor<D> {
    x.div_scalar(cap).tanh().mul_scalar(cap)
}

/// How a gaussian error linear unit is computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gelu {
    /// `x · Φ(x)`, with the error function.
    Exact,
    /// `x/2 · (1 + tanh(√(2/π) · (x + 0.044715 x³)))`, as GPT-2 has it.
    Tanh,
}

/// The gaussian error linear unit of every value, computed in f32 and given back in the type of `x`. D. Hendrycks, K. Gimpel,
/// arXiv 1606.08415.
#[must_use]
pub fn gelu(x: Tensor<2>, kind: Gelu) -> Tensor<2> {
    #[cfg(feature = "cuda")]
    if let Some(y) = crate::cuda::gelu(&x, kind == Gelu::Tanh) {
        return y;
    }
    let dtype = x.dtype();
    let x = full_precision(x);
    let bend = match kind {
        Gelu::Exact => x.clone().mul_scalar(std::f64::consts::FRAC_1_SQRT_2).erf(),
        Gelu::Tanh => {
            let cubed = x.clone() * x.clone().square();
            (x.clone() + cubed.mul_scalar(0.044715)).mul_scalar((2.0 / std::f64::consts::PI).sqrt()).tanh()
        }
    };
    (x.mul_scalar(0.5) * bend.add_scalar(1.0)).cast(dtype)
}
