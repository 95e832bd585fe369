//! Tensors from and to the host in f64, and gradients by finite differences.
#![allow(dead_code, unreachable_pub, reason = "each test file uses a part")]

use burn::tensor::{DType, Device, Tensor, TensorData};
use graftwork_kernels::linalg::Matrix;
use graftwork_kernels::random::Key;

/// Normal draws of that name.
pub fn draws(name: &str, count: usize) -> Vec<f64> {
    Key::new(1).child(name).normal(count, 1.0).into_iter().map(f64::from).collect()
}

pub fn tensor<const D: usize>(data: &[f64], dims: [usize; D], dtype: DType) -> Tensor<D> {
    let device = Device::flex();
    Tensor::<D>::from_data(TensorData::new(data.to_vec(), dims), (&device, DType::F64)).cast(dtype)
}

pub fn values<const D: usize>(tensor: Tensor<D>) -> Vec<f64> {
    tensor.into_data_as::<f64>().try_to_vec().expect("f64")
}

/// Largest difference over the largest value that is expected.
pub fn difference(found: &[f64], expected: &[f64]) -> f64 {
    assert_eq!(found.len(), expected.len());
    let worst = found.iter().zip(expected).fold(0.0, |m: f64, (a, b)| m.max((a - b).abs()));
    assert!(found.iter().all(|v| v.is_finite()), "not finite");
    worst / expected.iter().fold(1e-30, |m: f64, v| m.max(v.abs()))
}

pub fn close(what: &str, found: &[f64], expected: &[f64], bound: f64) {
    let worst = difference(found, expected);
    println!("{what}: {worst:.1e}");
    assert!(worst <= bound, "{what}: {worst:e} is over {bound:e}");
}

/// Gradient of `f` with respect to each of its inputs, by central differences.
pub fn finite_differences(f: impl Fn(&[Vec<f64>]) -> f64, at: &[Vec<f64>]) -> Vec<Vec<f64>> {
    const STEP: f64 = 1e-5;
    let mut at = at.to_vec();
    let mut gradients = Vec::new();
    for input in 0..at.len() {
        let mut slopes = Vec::new();
        for entry in 0..at[input].len() {
            let kept = at[input][entry];
            at[input][entry] = kept + STEP;
            let above = f(&at);
            at[input][entry] = kept - STEP;
            let below = f(&at);
            at[input][entry] = kept;
            slopes.push((above - below) / (2.0 * STEP));
        }
        gradients.push(slopes);
    }
    gradients
}

/// `Σ aᵢ bᵢ`: a scalar that every entry of `a` has another part in.
pub fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

pub fn matrix(name: &str, rows: usize, cols: usize) -> Matrix {
    Matrix { rows, cols, data: draws(name, rows * cols) }
}

pub fn product(a: &Matrix, b: &Matrix) -> Matrix {
    assert_eq!(a.cols, b.rows);
    let mut data = vec![0.0; a.rows * b.cols];
    for i in 0..a.rows {
        for k in 0..a.cols {
            for j in 0..b.cols {
                data[i * b.cols + j] += a.data[i * a.cols + k] * b.data[k * b.cols + j];
            }
        }
    }
    Matrix { rows: a.rows, cols: b.cols, data }
}

pub fn transposed(m: &Matrix) -> Matrix {
    let entry = |i: usize| m.data[i % m.rows * m.cols + i / m.rows];
    Matrix { rows: m.cols, cols: m.rows, data: (0..m.data.len()).map(entry).collect() }
}

pub fn diagonal(entries: &[f64]) -> Matrix {
    let n = entries.len();
    let data = (0..n * n).map(|i| if i / n == i % n { entries[i / n] } else { 0.0 }).collect();
    Matrix { rows: n, cols: n, data }
}
