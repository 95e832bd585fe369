//! The leading singular values and vectors of a large matrix, on its device.
//!
//! Randomised subspace iteration: N. Halko, P.-G. Martinsson, J. A. Tropp, "Finding structure with randomness",
//! SIAM Review 53 (2011), algorithm 4.4. Products with the matrix run on the device; the orthonormal bases are a few
//! dozen columns wide and are made on the host.

use burn::tensor::{Tensor, TensorData};

use crate::linalg::{Matrix, Svd, qr, svd};
use crate::precision::{full_precision, total};
use crate::random::Key;

/// Columns beyond those asked for, which make the last ones accurate.
const OVERSAMPLING: usize = 16;
/// Passes over the matrix after the first; each sharpens the spectrum by another square.
const ITERATIONS: usize = 4;

/// Frobenius norm of a matrix.
#[must_use]
pub fn norm(weight: Tensor<2>) -> f64 {
    total(full_precision(weight).square()).into_scalar::<f64>().sqrt()
}

/// The `count` largest singular values of `weight`, largest first; fewer where it has fewer.
#[must_use]
pub fn singular_values(weight: Tensor<2>, count: usize) -> Vec<f64> {
    let weight = full_precision(weight);
    let basis = leading(&weight, count);
    // weight · basis has the singular values of the weight's leading part.
    svd(&download(weight.clone().matmul(upload(&basis, &weight))), count).s
}

/// The leading part of the singular value decomposition of `weight`, with `rank` singular values or as many as it has.
///
/// Exact to rounding where the weight has no higher rank, and close to the best approximation where it has.
#[must_use]
pub fn truncated_svd(weight: Tensor<2>, rank: usize) -> Svd {
    let weight = full_precision(weight);
    let basis = leading(&weight, rank);
    let Svd { u, s, vt } = svd(&download(weight.clone().matmul(upload(&basis, &weight))), rank);
    // weight ≈ (u · s · vt) · basisᵀ.
    let vt = download(upload(&vt, &weight).matmul(upload(&basis, &weight).transpose()));
    Svd { u, s, vt }
}

/// An orthonormal basis, `[n, count and some more]`, of about the space of the leading right singular vectors.
fn leading(weight: &Tensor<2>, count: usize) -> Matrix {
    let [m, n] = weight.dims();
    let width = (count.min(m).min(n) + OVERSAMPLING).min(m).min(n);
    let start = Key::new(0).child("singular values").normal(n * width, 1.0);
    let mut basis = Matrix { rows: n, cols: width, data: start.into_iter().map(f64::from).collect() };
    for _ in 0..ITERATIONS {
        let left = download(weight.clone().matmul(upload(&basis, weight)));
        basis = qr(&download(weight.clone().transpose().matmul(upload(&qr(&left).0, weight)))).0;
    }
    basis
}

fn upload(matrix: &Matrix, like: &Tensor<2>) -> Tensor<2> {
    let data: Vec<f32> = matrix.data.iter().map(|&v| v as f32).collect();
    Tensor::<2>::from_data(TensorData::new(data, [matrix.rows, matrix.cols]), &like.device()).cast(like.dtype())
}

fn download(tensor: Tensor<2>) -> Matrix {
    let [rows, cols] = tensor.dims();
    // Reading back as another float type has no way to fail but a lost device, which the next operation reports.
    let data = tensor.into_data_as::<f64>().try_to_vec::<f64>().unwrap_or_else(|_| vec![f64::NAN; rows * cols]);
    Matrix { rows, cols, data }
}
