//! Decompositions of small matrices, on the host in f64.

use nalgebra::DMatrix;

/// A dense matrix, row-major.
#[derive(Clone, Debug, PartialEq)]
pub struct Matrix {
    /// Number of rows.
    pub rows: usize,
    /// Number of columns.
    pub cols: usize,
    /// `rows · cols` values, row by row.
    pub data: Vec<f64>,
}

impl Matrix {
    fn to_nalgebra(&self) -> DMatrix<f64> {
        DMatrix::from_row_slice(self.rows, self.cols, &self.data)
    }

    fn from_nalgebra(m: &DMatrix<f64>) -> Self {
        Self { rows: m.nrows(), cols: m.ncols(), data: m.transpose().as_slice().to_vec() }
    }
}

/// The leading part of a singular value decomposition: `u · diag(s) · vt`.
#[derive(Clone, Debug, PartialEq)]
pub struct Svd {
    /// `[m, rank]`.
    pub u: Matrix,
    /// `[rank]`, largest first.
    pub s: Vec<f64>,
    /// `[rank, n]`.
    pub vt: Matrix,
}

impl Svd {
    /// What a matrix without a decomposition has.
    fn undefined(m: &Matrix, rank: usize) -> Self {
        let rank = rank.min(m.rows).min(m.cols);
        let nan = |rows: usize, cols: usize| Matrix { rows, cols, data: vec![f64::NAN; rows * cols] };
        Self { u: nan(m.rows, rank), s: vec![f64::NAN; rank], vt: nan(rank, m.cols) }
    }
}

/// The `rank` largest singular values of `m` with their vectors, fewer where it has fewer. Signs are fixed so that the
/// largest entry of every left vector is positive, so that the same matrix always gives the same factors.
///
/// A matrix that is not finite has factors of NaN.
#[must_use]
pub fn svd(m: &Matrix, rank: usize) -> Svd {
    // Two or three iterations a singular value are usual; without a limit, a matrix that is not finite has no end.
    let most = 100 * (m.rows.min(m.cols) + 10);
    let finite = m.data.iter().all(|v| v.is_finite());
    let full = finite.then(|| m.to_nalgebra().try_svd(true, true, 5.0 * f64::EPSILON, most)).flatten();
    let Some(full) = full else { return Svd::undefined(m, rank) };
    let (u, vt) = (full.u.unwrap_or_default(), full.v_t.unwrap_or_default());
    let mut order: Vec<usize> = (0..full.singular_values.len()).collect();
    order.sort_by(|&a, &b| full.singular_values[b].total_cmp(&full.singular_values[a]).then(a.cmp(&b)));
    order.truncate(rank);
    let mut left = u.select_columns(&order);
    let mut right = vt.select_rows(&order);
    for (mut column, mut row) in left.column_iter_mut().zip(right.row_iter_mut()) {
        let largest = column.iter().copied().max_by(|a, b| a.abs().total_cmp(&b.abs())).unwrap_or(1.0);
        if largest < 0.0 {
            column.neg_mut();
            row.neg_mut();
        }
    }
    let s = order.iter().map(|&i| full.singular_values[i]).collect();
    Svd { u: Matrix::from_nalgebra(&left), s, vt: Matrix::from_nalgebra(&right) }
}

/// Reduced QR decomposition `q · r`, with the diagonal of `r` not negative.
#[must_use]
pub fn qr(m: &Matrix) -> (Matrix, Matrix) {
    let (mut q, mut r) = m.to_nalgebra().qr().unpack();
    for i in 0..r.nrows() {
        if r[(i, i)] < 0.0 {
            q.column_mut(i).neg_mut();
            r.row_mut(i).neg_mut();
        }
    }
    (Matrix::from_nalgebra(&q), Matrix::from_nalgebra(&r))
}

/// Inverse of a square matrix; none where it is singular.
#[must_use]
pub fn inverse(m: &Matrix) -> Option<Matrix> {
    let inverse = m.to_nalgebra().try_inverse()?;
    inverse.iter().all(|v| v.is_finite()).then(|| Matrix::from_nalgebra(&inverse))
}
