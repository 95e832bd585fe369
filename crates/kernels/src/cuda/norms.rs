//! Norms of rows.

use burn::backend::ops::FloatTensorOps;
use burn::backend::{Cube, DType};
use burn::tensor::FloatDType;
use burn_cubecl::tensor::CubeTensor;

use super::launch::Call;
use super::rows::{THREADS, bits, launch_variant, like};
use super::tensors::{WHOLE, packed, processors, room, sizes};

const TEXT: &str = include_str!("norms.cu");

fn launch(call: Call, on: &CubeTensor, part: &str, per_thread: usize, blocks: usize, info: Vec<u64>) {
    launch_variant(call, on, (TEXT, part), &[("PARTS", per_thread)], blocks, info);
}

/// The root-mean-square norm of each row, times `scale`.
pub(super) fn rms(x: CubeTensor, scale: CubeTensor, eps: f64) -> CubeTensor {
    let (x, scale) = (packed(x), packed(scale));
    let ([rows, width], y) = (sizes(&x), like(&x));
    let call = Call::new().reads(&x).reads(&scale).writes(&y);
    launch(call, &x, "RMS_NORM_FORWARD", 1, rows, vec![width as u64, bits(eps)]);
    y
}

/// The rows less their mean, over their deviation, times `scale` plus `bias`.
pub(super) fn layer(x: CubeTensor, scale: CubeTensor, bias: CubeTensor, eps: f64) -> CubeTensor {
    let (x, scale, bias) = (packed(x), packed(scale), packed(bias));
    let ([rows, width], y) = (sizes(&x), like(&x));
    let call = Call::new().reads(&x).reads(&scale).reads(&bias).writes(&y);
    launch(call, &x, "LAYER_NORM_FORWARD", 1, rows, vec![width as u64, bits(eps)]);
    y
}

/// Which norm a gradient is of.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Norm {
    Rms,
    Layer,
}

/// Gradient of a norm's input, and where wanted those of its vectors: the scale and, of a layer norm, the bias.
pub(super) fn backward(
    norm: Norm,
    x: CubeTensor,
    scale: CubeTensor,
    gradient: CubeTensor,
    eps: f64,
    with_vectors: bool,
) -> (CubeTensor, Option<Vec<CubeTensor>>) {
    let (x, scale, gradient) = (packed(x), packed(scale), packed(gradient));
    let ([rows, width], dx) = (sizes(&x), like(&x));
    let (part, vectors) = match norm {
        Norm::Rms => ("RMS_NORM_BACKWARD", 1),
        Norm::Layer => ("LAYER_NORM_BACKWARD", 2),
    };
    let per_thread = width.div_ceil(THREADS * WHOLE).next_power_of_two();
    // A narrow row takes few registers, and more blocks run side by side; but each has its part of the vectors' gradients.
    let per_processor = if with_vectors { 2 } else { 8 / per_thread };
    let blocks = rows.min(per_processor * processors(&x));
    let shape = if with_vectors { [vectors, blocks, width] } else { [1, 1, 1] };
    let parts = room(&x, &shape, DType::F32);
    let call = Call::new().reads(&x).reads(&scale).reads(&gradient).writes(&dx).writes(&parts);
    let info = vec![rows as u64, width as u64, bits(eps), u64::from(with_vectors)];
    launch(call, &x, part, per_thread, blocks, info);
    let sums = with_vectors.then(|| {
        let sums = Cube::float_cast(Cube::float_sum_dim(parts, 1), FloatDType::BF16);
        let one = |i: usize| {
            let vector = Cube::float_slice(sums.clone(), &[(i..i + 1).into(), (0..1).into(), (0..width).into()]);
            Cube::float_reshape(vector, [1, width].into())
        };
        (0..vectors).map(one).collect()
    });
    (dx, sums)
}
