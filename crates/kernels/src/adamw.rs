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
        let [correction1, correction2] = self.corrections(step);
        let first = moments.first.mul_scalar(self.beta1) + gradient.clone().mul_scalar(1.0 - self.beta1);
        let second = moments.second.mul_scalar(self.beta2) + gradient.square().mul_scalar(1.0 - self.beta2);
        let denominator = second.clone().sqrt().div_scalar(correction2.sqrt()).add_scalar(self.eps);
        let decayed = if weight_decay == 0.0 { parameter } else { parameter.mul_scalar(1.0 - lr * weight_decay) };
        let updated = decayed - (first.clone() / denominator).mul_scalar(lr / correction1);
        (updated, Moments { first, second })
    }
}

/// One parameter's part in a step.
#[derive(Clone, Debug)]
pub struct Update {
    /// The parameter.
    pub parameter: Tensor<2>,
    /// Its gradient.
    pub gradient: Tensor<2>,
    /// Its moments.
    pub moments: Moments,
    /// Its learning rate.
    pub lr: f64,
    /// Its weight decay.
    pub weight_decay: f64,
}

impl AdamW {
    /// A step of many parameters, whose gradients are all multiplied by `factor` first. A GPU takes them a group at a time,
    /// and changes in place what nobody else holds.
    #[must_use]
    pub fn update_all(&self, updates: Vec<Update>, step: u64, factor: f64) -> Vec<(Tensor<2>, Moments)> {
        #[cfg(feature = "cuda")]
        if crate::cuda::updates(updates.iter().flat_map(|u| [&u.parameter, &u.moments.first, &u.gradient])) {
            return self.on_gpu(updates, step, factor);
        }
        let one = |u: Update| {
            let gradient = if factor == 1.0 { u.gradient } else { u.gradient.mul_scalar(factor) };
            self.update(u.parameter, gradient, u.moments, step, u.lr, u.weight_decay)
        };
        updates.into_iter().map(one).collect()
    }

    #[cfg(feature = "cuda")]
    fn on_gpu(&self, updates: Vec<Update>, step: u64, factor: f64) -> Vec<(Tensor<2>, Moments)> {
        let each: Vec<_> = updates.iter().map(|u| [u.lr, u.weight_decay]).collect();
        let own = |u: Update| [u.parameter, u.moments.first, u.moments.second, u.gradient];
        let [correction1, correction2] = self.corrections(step);
        let all = [self.beta1, self.beta2, self.eps, correction1, correction2, factor];
        // The caller has asked whether they are taken.
        let updated = crate::cuda::update(updates.into_iter().map(own).collect(), &each, all).unwrap_or_default();
        updated.into_iter().map(|[parameter, first, second]| (parameter, Moments { first, second })).collect()
    }

    /// What the moments are divided by, since they began at 0.
    fn corrections(&self, step: u64) -> [f64; 2] {
        // The exponent fits an i32: beyond 2³¹ steps both corrections have long been exactly 1.
        let exponent = i32::try_from(step).unwrap_or(i32::MAX);
        [self.beta1, self.beta2].map(|beta| 1.0 - beta.powi(exponent))
    }
}

/// Euclidean norm over all gradients together, one element.
#[must_use]
pub fn global_norm(gradients: &[Tensor<2>]) -> Option<Tensor<1>> {
    #[cfg(feature = "cuda")]
    if let Some(sum) = crate::cuda::squares(gradients) {
        return Some(sum.sqrt());
    }
    gradients.iter().map(|g| g.clone().square().sum()).reduce(|a, b| a + b).map(Tensor::sqrt)
}
