//! Operations whose value comes from the host: inverses, decompositions, selection by magnitude.

use burn::tensor::{DType, Tensor, TensorData};
use graftwork_kernels::linalg::{self, Matrix};
use graftwork_plan::{Op, Shape};

/// Inverse of each matrix over the last two axes.
///
/// The host's inverse `Y₀` is a constant to the gradient. One Newton step on it, `Y = 2·Y₀ - Y₀·A·Y₀`, has the same
/// value and, since `dY = -Y₀·dA·Y₀`, just the inverse's derivative.
pub(crate) fn inverse(a: Tensor<4>) -> Tensor<4> {
    let [outer, inner, n, _] = a.dims();
    let flat = download(a.clone().detach());
    let mut values = Vec::with_capacity(flat.len());
    for matrix in flat.chunks(n * n) {
        let inverse = linalg::inverse(&Matrix { rows: n, cols: n, data: matrix.to_vec() });
        values.extend(inverse.map_or_else(|| vec![f64::NAN; n * n], |i| i.data));
    }
    let constant = upload(values, [outer, inner, n, n], &a);
    constant.clone().mul_scalar(2.0) - constant.clone().matmul(a).matmul(constant)
}

/// A decomposition or selection of a tensor of shape `shape`, without a gradient; the value has the elements of `result`.
///
/// Of a tensor that is not finite it is NaN.
pub(crate) fn decompose(op: &Op, a: Tensor<4>, shape: &Shape, result: &Shape) -> Tensor<4> {
    let values = download(a.clone().detach());
    if !values.iter().all(|v| v.is_finite()) {
        return upload(vec![f64::NAN; result.elements() as usize], result.padded(), &a);
    }
    if let Op::TopKMagnitude { density } = op {
        return upload(largest(values, *density), a.dims(), &a);
    }
    let [rows, cols] = shape.matrix().map_or([1, values.len()], |[m, n]| [m as usize, n as usize]);
    let matrix = Matrix { rows, cols, data: values };
    let wanted = match *op {
        Op::SvdU { rank } => linalg::svd(&matrix, rank as usize).u,
        Op::SvdS { rank } => {
            let s = linalg::svd(&matrix, rank as usize).s;
            Matrix { rows: 1, cols: s.len(), data: s }
        }
        Op::SvdVt { rank } => linalg::svd(&matrix, rank as usize).vt,
        Op::QrQ => linalg::qr(&matrix).0,
        _ => linalg::qr(&matrix).1,
    };
    upload(wanted.data, result.padded(), &a)
}

/// Zeroes all but the fraction of entries that are largest in magnitude; of equals the first stay.
fn largest(mut values: Vec<f64>, density: f64) -> Vec<f64> {
    let kept = (values.len() as f64 * density) as usize;
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&i, &j| values[j].abs().total_cmp(&values[i].abs()).then(i.cmp(&j)));
    for &index in order.iter().skip(kept) {
        values[index] = 0.0;
    }
    values
}

fn download(tensor: Tensor<4>) -> Vec<f64> {
    let count = tensor.dims().iter().product();
    // A value that cannot be read back is none; NaN says so to whoever uses it.
    tensor.inner().cast(DType::F64).into_data().try_to_vec().unwrap_or_else(|_| vec![f64::NAN; count])
}

fn upload(values: Vec<f64>, dims: [usize; 4], like: &Tensor<4>) -> Tensor<4> {
    let device = like.device().without_autodiff();
    Tensor::<4>::from_data(TensorData::new(values, dims), (&device, DType::F64)).cast(like.dtype())
}
