//! The kernels as operations of burn: routed to the CUDA runtime, with gradients.

use std::sync::{PoisonError, RwLock};

use burn::backend::ops::FloatTensorOps;
use burn::backend::tensor::{FloatTensor, IntTensor};
use burn::backend::{
    Backend, BackendTensor, Cube, DType, Dispatch, DispatchAutodiffContext, DispatchTensor, DispatchTensorKind,
    backend_extension,
};
use burn::tensor::{Device, FloatDType, Int, Tensor};
use burn_cubecl::tensor::CubeTensor;

use super::attention::{self, Inputs, Seen};
use super::branches::{Branches, Columns, Shared};
use super::gemm::{self, Form};
use super::{norms, rows};
use crate::linear::{Layer, Path};

/// Operations on tensors of any device that the runtime has.
#[backend_extension(Autodiff, Cube)]
pub(super) trait Gpu: Backend {
    /// `x · weightᵀ`.
    fn gpu_linear(x: FloatTensor<Self>, weight: FloatTensor<Self>) -> FloatTensor<Self>;
    /// `x · weightᵀ + y · otherᵀ`.
    fn gpu_linear_pair(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        y: FloatTensor<Self>,
        other: FloatTensor<Self>,
    ) -> FloatTensor<Self>;
    /// Causal attention.
    fn gpu_attention(
        q: FloatTensor<Self>,
        k: FloatTensor<Self>,
        v: FloatTensor<Self>,
        segments: IntTensor<Self>,
        seen: Seen,
    ) -> FloatTensor<Self>;
    /// Root-mean-square norm of rows.
    fn gpu_norm(x: FloatTensor<Self>, scale: FloatTensor<Self>, eps: f64) -> FloatTensor<Self>;
    /// Layer norm of rows.
    fn gpu_layer_norm(
        x: FloatTensor<Self>,
        scale: FloatTensor<Self>,
        bias: FloatTensor<Self>,
        eps: f64,
    ) -> FloatTensor<Self>;
    /// A gaussian error linear unit.
    fn gpu_gelu(x: FloatTensor<Self>, tanh: bool) -> FloatTensor<Self>;
    /// Rotary positions; the tables have no gradient.
    fn gpu_rotate(x: FloatTensor<Self>, cosines: FloatTensor<Self>, sines: FloatTensor<Self>) -> FloatTensor<Self>;
    /// `silu(gate) ⊙ up`.
    fn gpu_gate(gate: FloatTensor<Self>, up: FloatTensor<Self>) -> FloatTensor<Self>;
    /// Rows of a table.
    fn gpu_embedding(weight: FloatTensor<Self>, ids: IntTensor<Self>) -> FloatTensor<Self>;
    /// A zero with which a backward pass starts that gives `x` this gradient.
    fn gpu_root(x: FloatTensor<Self>, gradient: FloatTensor<Self>) -> FloatTensor<Self>;
}

impl Gpu for Cube {
    fn gpu_linear(x: FloatTensor<Self>, weight: FloatTensor<Self>) -> FloatTensor<Self> {
        gemm::product(vec![[x, weight]], Form::Linear, 1.0)
    }

    fn gpu_linear_pair(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        y: FloatTensor<Self>,
        other: FloatTensor<Self>,
    ) -> FloatTensor<Self> {
        gemm::product(vec![[x, weight], [y, other]], Form::Linear, 1.0)
    }

    fn gpu_attention(
        q: FloatTensor<Self>,
        k: FloatTensor<Self>,
        v: FloatTensor<Self>,
        segments: IntTensor<Self>,
        seen: Seen,
    ) -> FloatTensor<Self> {
        attention::forward(Inputs { q, k, v, segments }, seen).0
    }

    fn gpu_norm(x: FloatTensor<Self>, scale: FloatTensor<Self>, eps: f64) -> FloatTensor<Self> {
        norms::rms(x, scale, eps)
    }

    fn gpu_layer_norm(
        x: FloatTensor<Self>,
        scale: FloatTensor<Self>,
        bias: FloatTensor<Self>,
        eps: f64,
    ) -> FloatTensor<Self> {
        norms::layer(x, scale, bias, eps)
    }

    fn gpu_gelu(x: FloatTensor<Self>, tanh: bool) -> FloatTensor<Self> {
        rows::gelu(x, tanh)
    }

    fn gpu_rotate(x: FloatTensor<Self>, cosines: FloatTensor<Self>, sines: FloatTensor<Self>) -> FloatTensor<Self> {
        rows::rotate(x, cosines, sines, false)
    }

    fn gpu_gate(gate: FloatTensor<Self>, up: FloatTensor<Self>) -> FloatTensor<Self> {
        rows::gate(gate, up)
    }

    fn gpu_embedding(weight: FloatTensor<Self>, ids: IntTensor<Self>) -> FloatTensor<Self> {
        Cube::float_select(weight, 0, ids)
    }

    fn gpu_root(x: FloatTensor<Self>, _: FloatTensor<Self>) -> FloatTensor<Self> {
        Cube::float_zeros([1].into(), &x.device, FloatDType::F32)
    }
}

/// Whether a device is one that has these kernels; the only other is the processor.
pub(crate) fn is_gpu(device: &Device) -> bool {
    device.clone().without_autodiff() != Device::flex()
}

/// Whether the device has the warpgroup products that matrix products are written with: compute capability 9.0, which later
/// ones do not include.
pub(crate) fn is_hopper(device: &Device) -> bool {
    static KNOWN: RwLock<Vec<(Device, bool)>> = RwLock::new(Vec::new());
    let device = device.clone().without_autodiff();
    // Nothing panics while the list is half changed.
    let known =
        KNOWN.read().unwrap_or_else(PoisonError::into_inner).iter().find(|(d, _)| *d == device).map(|(_, is)| *is);
    known.unwrap_or_else(|| {
        let is = device.identity().is_some_and(|identity| identity.fingerprint == "ptx_sm90");
        KNOWN.write().unwrap_or_else(PoisonError::into_inner).push((device, is));
        is
    })
}

fn all_are<const D: usize>(tensors: &[&Tensor<D>], dtype: DType) -> bool {
    tensors.iter().all(|t| t.dtype() == dtype && is_gpu(&t.device()))
}

/// The sum of products `x · weightᵀ`, one or two, where the kernel takes them.
pub(crate) fn linear(pairs: &[[Tensor<2>; 2]]) -> Option<Tensor<2>> {
    let fits =
        |[x, weight]: &[Tensor<2>; 2]| all_are(&[x, weight], DType::BF16) && Form::Linear.fits(x.dims(), weight.dims());
    if !pairs.iter().all(fits) || !is_hopper(&pairs[0][0].device()) {
        return None;
    }
    let own = |t: &Tensor<2>| t.clone().into_dispatch();
    Some(Tensor::from_dispatch(match pairs {
        [[x, weight]] => Dispatch::gpu_linear(own(x), own(weight)),
        [[x, weight], [y, other]] => Dispatch::gpu_linear_pair(own(x), own(weight), own(y), own(other)),
        _ => return None,
    }))
}

/// Layers that share an input, where the kernels take all of them. Their paths have one scale.
pub(crate) fn linears(x: &Tensor<2>, layers: &[Layer]) -> Option<Vec<Tensor<2>>> {
    let linear = |a: &Tensor<2>, b: &Tensor<2>| Form::Linear.fits(a.dims(), b.dims());
    let fits = |layer: &Layer| {
        let path = layer
            .path
            .as_ref()
            .is_none_or(|p| all_are(&[&p.down, &p.up], DType::BF16) && linear(x, &p.down) && linear(&p.down, &p.up));
        path && all_are(&[x, &layer.weight], DType::BF16) && linear(x, &layer.weight)
    };
    let paths: Vec<&Path> = layers.iter().filter_map(|layer| layer.path.as_ref()).collect();
    let alike = paths.iter().all(|path| path.scale == paths[0].scale);
    if !layers.iter().all(fits) || !alike || !is_hopper(&x.device()) {
        return None;
    }
    let own = |t: &Tensor<2>| t.clone().into_dispatch();
    let shared = Shared::new(paths.first().map_or(1.0, |path| path.scale));
    let downs: Vec<Tensor<2>> = paths.iter().map(|path| path.down.clone()).collect();
    let stem = match downs.len() {
        0 => Dispatch::gpu_stem(own(x), shared.clone()),
        1 => Dispatch::gpu_stem_low_rank(own(x), own(&downs[0]), shared.clone()),
        _ => Dispatch::gpu_stem_low_rank(own(x), Tensor::cat(downs, 0).into_dispatch(), shared.clone()),
    };
    let mut first = 0;
    let branch = |layer: &Layer| {
        Tensor::from_dispatch(match &layer.path {
            None => Dispatch::gpu_branch(stem.clone(), own(&layer.weight), shared.clone()),
            Some(path) => {
                let columns = Columns { first, count: path.down.dims()[0] };
                first += columns.count;
                let (weight, up) = (own(&layer.weight), own(&path.up));
                Dispatch::gpu_branch_low_rank(stem.clone(), weight, up, columns, shared.clone())
            }
        })
    };
    Some(layers.iter().map(branch).collect())
}

/// A product without a gradient, where the kernel takes it.
pub(crate) fn product(a: &Tensor<2>, b: &Tensor<2>, form: Form) -> Option<Tensor<2>> {
    if !all_are(&[a, b], DType::BF16) || !form.fits(a.dims(), b.dims()) || !is_hopper(&a.device()) {
        return None;
    }
    let (a, b) = (inner(a.clone())?, inner(b.clone())?);
    Some(outer(gemm::product(vec![[a, b]], form, 1.0)))
}

/// Attention, where the kernels take it.
pub(crate) fn attention(
    q: &Tensor<4>,
    k: &Tensor<4>,
    v: &Tensor<4>,
    segments: &Tensor<2, Int>,
    seen: Seen,
) -> Option<Tensor<4>> {
    let fits = attention::fits(q.dims()[3]) && q.dims()[2] == k.dims()[2];
    if !all_are(&[q, k, v], DType::BF16) || !fits || !is_hopper(&q.device()) {
        return None;
    }
    let [q, k, v] = [q, k, v].map(|t| t.clone().into_dispatch());
    Some(Tensor::from_dispatch(Dispatch::gpu_attention(q, k, v, segments.clone().into_dispatch(), seen)))
}

/// Whether the kernels take these rows and vectors as wide as they are.
fn fit_norm(x: &Tensor<2>, vectors: &[&Tensor<2>]) -> bool {
    let width = x.dims()[1];
    all_are(&[x], DType::BF16) && all_are(vectors, DType::BF16) && width.is_multiple_of(8) && width <= rows::WIDEST
}

/// The root-mean-square norm, where the kernel takes it.
pub(crate) fn norm(x: &Tensor<2>, scale: &Tensor<2>, eps: f64) -> Option<Tensor<2>> {
    let own = |t: &Tensor<2>| t.clone().into_dispatch();
    fit_norm(x, &[scale]).then(|| Tensor::from_dispatch(Dispatch::gpu_norm(own(x), own(scale), eps)))
}

/// The layer norm, where the kernel takes it.
pub(crate) fn layer_norm(x: &Tensor<2>, scale: &Tensor<2>, bias: Option<&Tensor<2>>, eps: f64) -> Option<Tensor<2>> {
    let own = |t: &Tensor<2>| t.clone().into_dispatch();
    let bias = bias.cloned().unwrap_or_else(|| scale.clone().inner().zeros_like());
    let fits = fit_norm(x, &[scale, &bias]);
    fits.then(|| Tensor::from_dispatch(Dispatch::gpu_layer_norm(own(x), own(scale), own(&bias), eps)))
}

/// The gaussian error linear unit, where the kernel takes it.
pub(crate) fn gelu(x: &Tensor<2>, tanh: bool) -> Option<Tensor<2>> {
    let fits = all_are(&[x], DType::BF16) && x.dims()[1].is_multiple_of(8);
    fits.then(|| Tensor::from_dispatch(Dispatch::gpu_gelu(x.clone().into_dispatch(), tanh)))
}

/// Rotary positions, where the kernel takes them.
pub(crate) fn rotate(x: &Tensor<4>, cosines: &Tensor<4>, sines: &Tensor<4>) -> Option<Tensor<4>> {
    if !all_are(&[x, cosines, sines], DType::BF16) || !x.dims()[3].is_multiple_of(16) {
        return None;
    }
    let [x, cosines, sines] = [x, cosines, sines].map(|t| t.clone().into_dispatch());
    Some(Tensor::from_dispatch(Dispatch::gpu_rotate(x, cosines, sines)))
}

/// The gated unit, where the kernel takes it.
pub(crate) fn gate(gate: &Tensor<2>, up: &Tensor<2>) -> Option<Tensor<2>> {
    if !all_are(&[gate, up], DType::BF16) || !gate.dims()[1].is_multiple_of(8) {
        return None;
    }
    Some(Tensor::from_dispatch(Dispatch::gpu_gate(gate.clone().into_dispatch(), up.clone().into_dispatch())))
}

/// Rows of a table, where the kernel of the gradient takes them.
pub(crate) fn embedding(weight: &Tensor<2>, ids: &Tensor<1, Int>) -> Option<Tensor<2>> {
    let width = weight.dims()[1];
    if !all_are(&[weight], DType::BF16) || !width.is_multiple_of(8) || width > rows::WIDEST {
        return None;
    }
    Some(Tensor::from_dispatch(Dispatch::gpu_embedding(weight.clone().into_dispatch(), ids.clone().into_dispatch())))
}

/// Where a backward pass starts that gives a tensor of a GPU a gradient: the root of the pass, or summed with others to it.
pub(crate) fn root(x: &Tensor<2>, gradient: &Tensor<2>) -> Option<Tensor<1>> {
    let on_gpu = is_gpu(&x.device());
    on_gpu
        .then(|| Tensor::from_dispatch(Dispatch::gpu_root(x.clone().into_dispatch(), gradient.clone().into_dispatch())))
}

/// The summed loss of tokens and `scale` times its gradient with respect to the logits, neither tracked, where the kernel takes them; the logits where not.
pub(crate) fn entropy(
    logits: Tensor<2>,
    targets: &Tensor<1, Int>,
    scale: f64,
) -> Result<(Tensor<1>, Tensor<2>), Box<Tensor<2>>> {
    let fits = all_are(&[&logits], DType::BF16) && logits.dims()[1].is_multiple_of(8);
    let targets = targets.clone().into_dispatch().kind;
    match (inner(logits.clone()), targets) {
        (Some(own), DispatchTensorKind::Cube(BackendTensor::Int(targets))) if fits => {
            // The gradient takes the place of logits that nobody else holds.
            drop(logits);
            let (losses, gradient) = rows::entropy(own, targets, scale);
            Ok((outer(rows::sum(losses)), outer(gradient)))
        }
        _ => Err(Box::new(logits)),
    }
}

/// The sum of squares of f32 tensors, where the kernel takes them.
pub(crate) fn squares(tensors: &[Tensor<2>]) -> Option<Tensor<1>> {
    let tensors = tensors.iter().map(f32_inner).collect::<Option<Vec<_>>>()?;
    (!tensors.is_empty()).then(|| outer(rows::squares(&tensors)))
}

/// Whether [`update`] takes these.
pub(crate) fn updates<'a>(tensors: impl IntoIterator<Item = &'a Tensor<2>>) -> bool {
    tensors.into_iter().all(|tensor| all_are(&[tensor], DType::F32))
}

/// A step of AdamW over `[parameter, first moment, second moment, gradient]` of each of many: parameters and moments. See
/// [`rows::update`] for the rest. None where [`updates`] is false of one.
pub(crate) fn update(
    tensors: Vec<[Tensor<2>; 4]>,
    each: &[[f64; 2]],
    norm: Tensor<1>,
    all: [f64; 6],
) -> Option<Vec<[Tensor<2>; 3]>> {
    let own = |tensors: [Tensor<2>; 4]| {
        let [value, first, second, gradient] = tensors.map(inner);
        Some([value?, first?, second?, gradient?])
    };
    let tensors = tensors.into_iter().map(own).collect::<Option<Vec<_>>>()?;
    Some(rows::update(tensors, each, inner(norm)?, all).into_iter().map(|updated| updated.map(outer)).collect())
}

fn f32_inner(tensor: &Tensor<2>) -> Option<CubeTensor> {
    if all_are(&[tensor], DType::F32) { inner(tensor.clone()) } else { None }
}

/// The runtime's tensor, of one that nothing tracks.
fn inner<const D: usize>(tensor: Tensor<D>) -> Option<CubeTensor> {
    match tensor.into_dispatch().kind {
        DispatchTensorKind::Cube(BackendTensor::Float(tensor)) => Some(tensor),
        _ => None,
    }
}

fn outer<const D: usize>(tensor: CubeTensor) -> Tensor<D> {
    let kind = DispatchTensorKind::Cube(BackendTensor::Float(tensor));
    Tensor::from_dispatch(DispatchTensor { kind, autodiff: DispatchAutodiffContext::Disabled })
}
