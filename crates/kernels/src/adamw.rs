//! AdamW and the global norm of gradients.

use burn::tensor::Tensor;

/// Settings of AdamW (I. Loshchilov, F. Hutter, arXiv 1711.05101), with PyTorch's defaults.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AdamW {
    /// Decay of the first moment.
    pub beta1: f64,
    /// Decay of the second moment.
    pub beta2: f64,
    /// Added to the root of the second moment.
    pub eps: f64,
}

impl Default for AdamW {
    fn default() -> Self {
        Self { beta1: 0.9, beta2: 0.999, eps: 1e-8 }
    }
}

/// First and second moment of one tensor's gradient.
#[derive(Clone, Debug)]
pub struct Moments {
    /// Running mean of the gradient.
    pub first: Tensor<2>,
    /// Running mean of its square.
    pub second: Tensor<2>,
}

impl Moments {
    /// Moments before the first step.
    #[must_use]
    pub fn zeros(like: &Tensor<2>) -> Self {
        Self { first: like.zeros_like(), second: like.zeros_like() }
    }
}

impl AdamW {
    /// One update; `step` counts from 1. The moments and the parameter share their type, f32.
    ///
    /// As `torch.optim.AdamW`: the decay `1 - lr · weight_decay` comes first, then
    /// `p - lr · m̂ / (√v̂ + eps)` with bias-corrected moments.
    #[must_use]
    pub fn update(
        &self,
        parameter: Tensor<2>,
        gradient: Tensor<2>,
        moments: Moments,
        step: u64,
        lr: f64,
        weight_decay: f64,
    ) -> (Tensor<2>, Moments) {
        let first = moments.first.mul_scalar(self.beta1) + gradient.clone().mul_scalar(1.0 - self.beta1);
        let second = moments.second.mul_scalar(self.beta2) + gradient.square().mul_scalar(1.0 - self.beta2);
        // The exponent fits an i32: beyond 2³¹ steps both corrections have long been exactly 1.
        let exponent = i32::try_from(step).unwrap_or(i32::MAX);
        let correction1 = 1.0 - self.beta1.powi(exponent);
        let correction2 = 1.0 - self.beta2.powi(exponent);
        let denominator = second.clone().sqrt().div_scalar(correction2.sqrt()).add_scalar(self.eps);
        let decayed = if weight_decay == 0.0 { parameter } else { parameter.mul_scalar(1.0 - lr * weight_decay) };
        let updated = decayed - (first.clone() / denominator).mul_scalar(lr / correction1);
        (updated, Moments { first, second })
    }
}

/// Euclidean norm over all gradients together, one element.
#[must_use]
pub fn global_norm(gradients: &[Tensor<2>]) -> Option<Tensor<1>> {
    gradients.iter().map(|g| g.clone().square().sum()).reduce(|a, b| a + b).map(Tensor::sqrt)
}
