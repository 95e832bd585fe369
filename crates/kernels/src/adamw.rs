//! AdamW and the global norm of gradients.

use burn::tensor::Tensor;

use crate::memory::kept;
use crate::precision::total;

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
        let zeros = || kept(&like.device(), like, Tensor::zeros_like);
        Self { first: zeros(), second: zeros() }
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

/// How far gradients may go.
#[derive(Clone, Debug)]
pub struct Clip {
    /// Their global norm, one element in f32. Where it is not finite, nothing is updated.
    pub norm: Tensor<1>,
    /// They are cut to this.
    pub most: Option<f64>,
}

impl AdamW {
    /// A step of many parameters. A GPU takes them a group at a time, changes in place what nobody else holds, and reads the norm
    /// itself: nobody waits for it.
    #[must_use]
    pub fn update_all(&self, updates: Vec<Update>, step: u64, clip: Clip) -> Vec<(Tensor<2>, Moments)> {
        #[cfg(feature = "cuda")]
        if crate::cuda::updates(updates.iter().flat_map(|u| [&u.parameter, &u.moments.first, &u.gradient])) {
            return self.on_gpu(updates, step, clip);
        }
        let norm = clip.norm.into_scalar::<f64>();
        // As torch.nn.utils.clip_grad_norm_, with its 1e-6.
        let factor = clip.most.map_or(1.0, |most| (most / (norm + 1e-6)).min(1.0));
        let one = |u: Update| {
            if !norm.is_finite() {
                return (u.parameter, u.moments);
            }
            let gradient = if factor == 1.0 { u.gradient } else { u.gradient.mul_scalar(factor) };
            self.update(u.parameter, gradient, u.moments, step, u.lr, u.weight_decay)
        };
        updates.into_iter().map(one).collect()
    }

    #[cfg(feature = "cuda")]
    fn on_gpu(&self, updates: Vec<Update>, step: u64, clip: Clip) -> Vec<(Tensor<2>, Moments)> {
        let each: Vec<_> = updates.iter().map(|u| [u.lr, u.weight_decay]).collect();
        let own = |u: Update| [u.parameter, u.moments.first, u.moments.second, u.gradient];
        let [correction1, correction2] = self.corrections(step);
        let most = clip.most.unwrap_or(f64::INFINITY);
        let all = [self.beta1, self.beta2, self.eps, correction1, correction2, most];
        let tensors = updates.into_iter().map(own).collect();
        // The caller has asked whether they are taken.
        let updated = crate::cuda::update(tensors, &each, clip.norm, all).unwrap_or_default();
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
    gradients.iter().map(|g| total(g.clone().square())).reduce(|a, b| a + b).map(Tensor::sqrt)
}
