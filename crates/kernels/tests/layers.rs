//! Norms, activations and rotary positions against loops on the host, forward and backward.
#![allow(clippy::expect_used, clippy::panic, clippy::print_stdout, missing_docs, reason = "tests")]

mod common;

use burn::tensor::{DType, Device};
use common::{close, dot, draws, finite_differences, tensor, values};
use graftwork_kernels::gate::{Gelu, gelu};
use graftwork_kernels::norm::{layer_norm, rms_norm};
use graftwork_kernels::rotary::Rotary;

const TOKENS: usize = 3;
const HIDDEN: usize = 8;
const EPS: f64 = 0.01;

fn norm_reference(inputs: &[Vec<f64>]) -> Vec<f64> {
    let (x, scale) = (&inputs[0], &inputs[1]);
    let mut out = Vec::new();
    for token in x.chunks(HIDDEN) {
        let mean = token.iter().map(|v| v * v).sum::<f64>() / HIDDEN as f64;
        out.extend(token.iter().zip(scale).map(|(v, s)| v / (mean + EPS).sqrt() * s));
    }
    out
}

#[test]
fn norm_and_its_gradients_are_the_definitions() {
    let inputs = vec![draws("x", TOKENS * HIDDEN), draws("scale", HIDDEN)];
    let expected = norm_reference(&inputs);
    for (dtype, bound) in [(DType::F64, 1e-14), (DType::F32, 1e-6), (DType::BF16, 2e-2), (DType::F16, 2e-3)] {
        let x = tensor(&inputs[0], [TOKENS, HIDDEN], dtype);
        let out = rms_norm(x, tensor(&inputs[1], [1, HIDDEN], dtype), EPS);
        assert_eq!(out.dtype(), dtype);
        close(&format!("norm, {dtype:?}"), &values(out), &expected, bound);
    }
    let x = tensor(&inputs[0], [TOKENS, HIDDEN], DType::F64).autodiff().require_grad();
    let scale = tensor(&inputs[1], [1, HIDDEN], DType::F64).autodiff().require_grad();
    let weights = draws("weights", TOKENS * HIDDEN);
    let weighted = rms_norm(x.clone(), scale.clone(), EPS) * tensor(&weights, [TOKENS, HIDDEN], DType::F64).autodiff();
    let gradients = weighted.sum().backward();
    let slopes = finite_differences(|at| dot(&norm_reference(at), &weights), &inputs);
    close("norm, slope of x", &values(x.grad(&gradients).expect("a gradient")), &slopes[0], 1e-9);
    close("norm, slope of scale", &values(scale.grad(&gradients).expect("a gradient")), &slopes[1], 1e-9);
}

#[test]
fn a_norm_of_zeros_is_zero() {
    let zeros = tensor(&[0.0; HIDDEN], [1, HIDDEN], DType::F32);
    let out = rms_norm(zeros, tensor(&[1.0; HIDDEN], [1, HIDDEN], DType::F32), 1e-6);
    assert_eq!(values(out), [0.0; HIDDEN]);
}

#[test]
fn half_precision_does_not_overflow_in_the_square() {
    // 300² is past the largest f16.
    let x = tensor(&[300.0; HIDDEN], [1, HIDDEN], DType::F16);
    let out = rms_norm(x, tensor(&[1.0; HIDDEN], [1, HIDDEN], DType::F16), 0.0);
    assert_eq!(values(out), [1.0; HIDDEN]);
}

fn layer_norm_reference(inputs: &[Vec<f64>]) -> Vec<f64> {
    let mut out = Vec::new();
    for token in inputs[0].chunks(HIDDEN) {
        let mean = token.iter().sum::<f64>() / HIDDEN as f64;
        let variance = token.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / HIDDEN as f64;
        let vectors = inputs[1].iter().zip(&inputs[2]);
        out.extend(token.iter().zip(vectors).map(|(v, (s, b))| (v - mean) / (variance + EPS).sqrt() * s + b));
    }
    out
}

#[test]
fn layer_norm_and_its_gradients_are_the_definitions() {
    let inputs = vec![draws("x", TOKENS * HIDDEN), draws("scale", HIDDEN), draws("bias", HIDDEN)];
    let expected = layer_norm_reference(&inputs);
    let tensors = |dtype| {
        [[TOKENS, HIDDEN], [1, HIDDEN], [1, HIDDEN]]
            .into_iter()
            .zip(&inputs)
            .map(move |(dims, v)| tensor(v, dims, dtype))
    };
    for (dtype, bound) in [(DType::F64, 1e-14), (DType::F32, 1e-6), (DType::BF16, 2e-2), (DType::F16, 2e-3)] {
        let t: Vec<_> = tensors(dtype).collect();
        let out = layer_norm(t[0].clone(), t[1].clone(), Some(t[2].clone()), EPS);
        assert_eq!(out.dtype(), dtype);
        close(&format!("layer norm, {dtype:?}"), &values(out), &expected, bound);
    }
    let t: Vec<_> = tensors(DType::F64).map(|t| t.autodiff().require_grad()).collect();
    let weights = draws("weights", TOKENS * HIDDEN);
    let out = layer_norm(t[0].clone(), t[1].clone(), Some(t[2].clone()), EPS);
    let gradients = (out * tensor(&weights, [TOKENS, HIDDEN], DType::F64).autodiff()).sum().backward();
    let slopes = finite_differences(|at| dot(&layer_norm_reference(at), &weights), &inputs);
    for (t, slope) in t.iter().zip(&slopes) {
        close("layer norm, slope", &values(t.grad(&gradients).expect("a gradient")), slope, 1e-9);
    }
    let t: Vec<_> = tensors(DType::F64).collect();
    let zeros = tensor(&[0.0; HIDDEN], [1, HIDDEN], DType::F64);
    let without = values(layer_norm(t[0].clone(), t[1].clone(), None, EPS));
    assert_eq!(without, values(layer_norm(t[0].clone(), t[1].clone(), Some(zeros), EPS)));
}

#[test]
fn gelu_and_its_gradient_are_the_definitions() {
    // Φ to 16 digits, and the approximation.
    let exact =
        [(0.0, 0.5), (1.0, 0.841_344_746_068_542_9), (-1.0, 0.158_655_253_931_457_05), (2.5, 0.993_790_334_674_223_8)];
    let x: Vec<f64> = exact.iter().map(|(x, _)| *x).collect();
    let tanh = |x: f64| 0.5 * x * (1.0 + ((2.0 / std::f64::consts::PI).sqrt() * (x + 0.044715 * x.powi(3))).tanh());
    let expected = [
        (Gelu::Exact, exact.iter().map(|(x, share)| x * share).collect::<Vec<f64>>()),
        (Gelu::Tanh, x.iter().map(|&x| tanh(x)).collect()),
    ];
    for (kind, expected) in expected {
        for (dtype, bound) in [(DType::F64, 1e-7), (DType::F32, 1e-6), (DType::BF16, 1e-2)] {
            let out = gelu(tensor(&x, [1, x.len()], dtype), kind);
            assert_eq!(out.dtype(), dtype);
            close(&format!("{kind:?}, {dtype:?}"), &values(out), &expected, bound);
        }
        let leaf = tensor(&x, [1, x.len()], DType::F64).autodiff().require_grad();
        let gradients = gelu(leaf.clone(), kind).sum().backward();
        let at = |v: &[f64]| values(gelu(tensor(v, [1, v.len()], DType::F64), kind)).iter().sum::<f64>();
        let slope = finite_differences(|v| at(&v[0]), std::slice::from_ref(&x));
        close("gelu, slope", &values(leaf.grad(&gradients).expect("a gradient")), &slope[0], 1e-6);
    }
}

const ROWS: usize = 2;
const HEADS: usize = 2;
const LENGTH: usize = 3;
const DIM: usize = 6;

/// Entry `i` and entry `i + DIM / 2` of a head are the two coordinates that one angle turns.
fn rotary_reference(x: &[f64], positions: &[u32], frequencies: &[f64], amplitude: f64) -> Vec<f64> {
    let mut out = vec![0.0; x.len()];
    for (index, to) in out.iter_mut().enumerate() {
        let (row, place, entry) = (index / (HEADS * LENGTH * DIM), index / DIM % LENGTH, index % DIM);
        let half = DIM / 2;
        let angle = f64::from(positions[row * LENGTH + place] as f32 * frequencies[entry % half] as f32);
        let (sin, cos) = angle.sin_cos();
        let partner = if entry < half { -x[index + half] } else { x[index - half] };
        *to = amplitude * (x[index] * cos + partner * sin);
    }
    out
}

#[test]
fn rotation_and_its_gradient_are_the_definitions() {
    let x = draws("x", ROWS * HEADS * LENGTH * DIM);
    let weights = draws("weights", x.len());
    let frequencies = [1.0, 0.1, 0.01];
    let alike = [5, 6, 7, 5, 6, 7];
    let packed = [0, 1, 2, 0, 0, 1];
    for (positions, amplitude) in [(alike, 1.0), (packed, 1.0), (packed, 1.25)] {
        let dims = [ROWS, HEADS, LENGTH, DIM];
        let rotary = |dtype| Rotary::new(&positions, ROWS, &frequencies, amplitude, dtype, &Device::flex());
        let expected = rotary_reference(&x, &positions, &frequencies, amplitude);
        // Cosines and sines are kept in f32.
        for (dtype, bound) in [(DType::F64, 1e-7), (DType::F32, 5e-7), (DType::BF16, 2e-2)] {
            let out = rotary(dtype).apply(tensor(&x, dims, dtype));
            close(&format!("rotation, {dtype:?}"), &values(out), &expected, bound);
        }
        let leaf = tensor(&x, dims, DType::F64).autodiff().require_grad();
        let out = rotary(DType::F64).apply(leaf.clone()) * tensor(&weights, dims, DType::F64).autodiff();
        let gradients = out.sum().backward();
        let slope = finite_differences(
            |at| dot(&rotary_reference(&at[0], &positions, &frequencies, amplitude), &weights),
            std::slice::from_ref(&x),
        );
        close("rotation, slope", &values(leaf.grad(&gradients).expect("a gradient")), &slope[0], 1e-7);
    }
}

#[test]
fn products_of_rotated_vectors_depend_on_their_distance_alone() {
    let (q, k) = (draws("q", DIM), draws("k", DIM));
    let rotated = |x: &[f64], position: u32| {
        let rotary = Rotary::new(&[position], 1, &[1.0, 0.1, 0.01], 1.0, DType::F64, &Device::flex());
        values(rotary.apply(tensor(x, [1, 1, 1, DIM], DType::F64)))
    };
    let near = dot(&rotated(&q, 9), &rotated(&k, 4));
    let far = dot(&rotated(&q, 1009), &rotated(&k, 1004));
    assert!((near - far).abs() < 1e-3 && (near - dot(&q, &k)).abs() > 1e-2, "{near} {far}");
    assert_eq!(rotated(&q, 0), q, "the first place turns nothing");
}

#[test]
fn angles_are_rounded_to_f32_as_the_models_were_trained() {
    // 16,777,217 is no f32; Transformers rounds the product, so that this position is its neighbour's.
    let at = |position: u32| {
        let rotary = Rotary::new(&[position], 1, &[1.0], 1.0, DType::F64, &Device::flex());
        values(rotary.apply(tensor(&[1.0, 0.0], [1, 1, 1, 2], DType::F64)))
    };
    assert_eq!(at(16_777_217), at(16_777_216));
    assert_ne!(at(16_777_218), at(16_777_216));
}
