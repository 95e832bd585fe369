//! Normalisation layers.

use burn::tensor::Tensor;

use crate::precision::full_precision;

/// Root-mean-square norm, `x / √(mean(x²) + eps) · scale`, computed in f32 and given back in the type of `x`.
///
/// `x` is `[tokens, hidden]`, `scale` `[1, hidden]`. B. Zhang, R. Sennrich, arXiv 1910.07467; rounds like Transformers'
/// `LlamaRMSNorm`, which casts before it multiplies by the scale.
#[must_use]
pub fn rms_norm(x: Tensor<2>, scale: Tensor<2>, eps: f64) -> Tensor<2> {
    #[cfg(feature = "cuda")]
    if let Some(y) = crate::cuda::norm(&x, &scale, eps) {
        return y;
    }
    let dtype = x.dtype();
    let x = full_precision(x);
    let inverse = x.clone().square().mean_dim(1).add_scalar(eps).sqrt().recip();
    (x * inverse).cast(dtype) * scale
}

/// [`rms_norm`] by `1 + scale`, computed in f32 to its end and given back in the type of `x`: Gemma's, as in Transformers'
/// `Gemma2RMSNorm`.
#[must_use]
pub fn rms_norm_from_one(x: Tensor<2>, scale: Tensor<2>, eps: f64) -> Tensor<2> {
    let dtype = x.dtype();
    rms_norm(full_precision(x), full_precision(scale).add_scalar(1.0), eps).cast(dtype)
}

/// Layer norm, `(x - mean(x)) / √(variance(x) + eps) · scale + bias`, computed in f32 and given back in the type of `x`.
///
/// `x` is `[tokens, hidden]`, `scale` and `bias` `[1, hidden]`; the variance is the mean square around the mean. J. L. Ba et al.,
/// arXiv 1607.06450; rounds once, like `torch.nn.functional.layer_norm`.
#[must_use]
pub fn layer_norm(x: Tensor<2>, scale: Tensor<2>, bias: Option<Tensor<2>>, eps: f64) -> Tensor<2> {
    #[cfg(feature = "cuda")]
    if let Some(y) = crate::cuda::layer_norm(&x, &scale, bias.as_ref(), eps) {
        return y;
    }
    let dtype = x.dtype();
    let x = full_precision(x);
    let centred = x.clone() - x.mean_dim(1);
    let inverse = centred.clone().square().mean_dim(1).add_scalar(eps).sqrt().recip();
    let scaled = centred * inverse * full_precision(scale);
    let y = match bias {
        Some(bias) => scaled + full_precision(bias),
        None => scaled,
    };
    y.cast(dtype)
}
