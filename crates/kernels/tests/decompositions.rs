//! Decompositions of small matrices by what defines them, and the spectra of large ones against them.
#![allow(clippy::expect_used, clippy::panic, clippy::print_stdout, missing_docs, reason = "tests")]

mod common;

use burn::tensor::DType;
use common::{close, diagonal, matrix, product, tensor, transposed};
use graftwork_kernels::linalg::{Matrix, inverse, qr, svd};
use graftwork_kernels::spectrum::{norm, singular_values};

const SHAPES: [[usize; 2]; 8] = [[1, 1], [1, 5], [5, 1], [2, 2], [3, 3], [7, 4], [4, 7], [30, 30]];

fn identity(n: usize) -> Matrix {
    diagonal(&vec![1.0; n])
}

fn agrees(what: &str, found: &Matrix, expected: &Matrix, bound: f64) {
    assert_eq!([found.rows, found.cols], [expected.rows, expected.cols], "{what}");
    close(what, &found.data, &expected.data, bound);
}

#[test]
fn singular_vectors_are_orthonormal_and_give_the_matrix_back() {
    for [m, n] in SHAPES {
        let a = matrix("a", m, n);
        let found = svd(&a, m.min(n));
        let back = product(&product(&found.u, &diagonal(&found.s)), &found.vt);
        agrees(&format!("svd {m}×{n}"), &back, &a, 1e-13);
        agrees("u", &product(&transposed(&found.u), &found.u), &identity(m.min(n)), 1e-13);
        agrees("vt", &product(&found.vt, &transposed(&found.vt)), &identity(m.min(n)), 1e-13);
        assert!(found.s.is_sorted_by(|a, b| a >= b) && found.s.iter().all(|&s| s >= 0.0), "{:?}", found.s);
        for column in transposed(&found.u).data.chunks(m) {
            let largest = column.iter().copied().max_by(|a, b| a.abs().total_cmp(&b.abs())).expect("an entry");
            assert!(largest > 0.0, "the sign is fixed");
        }
    }
}

#[test]
fn a_truncated_decomposition_is_the_nearest_of_its_rank() {
    let a = matrix("a", 12, 9);
    let full = svd(&a, 9);
    for rank in [0, 1, 4, 9, 100] {
        let found = svd(&a, rank);
        let kept = rank.min(9);
        assert_eq!(found.s, full.s[..kept]);
        assert_eq!([found.u.rows, found.u.cols, found.vt.rows, found.vt.cols], [12, kept, kept, 9]);
        let back = product(&product(&found.u, &diagonal(&found.s)), &found.vt);
        let error = a.data.iter().zip(&back.data).map(|(a, b)| (a - b).powi(2)).sum::<f64>();
        let rest = full.s[kept..].iter().map(|s| s * s).sum::<f64>();
        assert!((error - rest).abs() < 1e-12 * (1.0 + rest), "rank {rank}: {error} {rest}");
    }
}

#[test]
fn decompositions_of_degenerate_matrices_are_finite() {
    let zero = Matrix { rows: 4, cols: 3, data: vec![0.0; 12] };
    assert_eq!(svd(&zero, 3).s, [0.0; 3]);
    let ones = Matrix { rows: 3, cols: 4, data: vec![1.0; 12] };
    let found = svd(&ones, 3);
    close("ones", &found.s, &[12f64.sqrt(), 0.0, 0.0], 1e-14);
    let (q, r) = qr(&zero);
    assert!(q.data.iter().chain(&r.data).all(|v| v.is_finite()));
}

#[test]
fn what_is_no_number_comes_out_as_none_and_comes_out() {
    for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        let mut a = matrix("a", 5, 4);
        a.data[7] = bad;
        let found = svd(&a, 2);
        assert_eq!([found.u.rows, found.u.cols, found.s.len(), found.vt.rows, found.vt.cols], [5, 2, 2, 2, 4]);
        assert!(found.s.iter().all(|s| s.is_nan()), "{:?}", found.s);
        let square = Matrix { rows: 2, cols: 2, data: vec![1.0, bad, 2.0, 3.0] };
        assert_eq!(inverse(&square), None);
        let _ = qr(&a);
    }
}

#[test]
fn qr_gives_the_matrix_back() {
    for [m, n] in SHAPES {
        let a = matrix("a", m, n);
        let (q, r) = qr(&a);
        agrees(&format!("qr {m}×{n}"), &product(&q, &r), &a, 1e-13);
        agrees("q", &product(&transposed(&q), &q), &identity(m.min(n)), 1e-13);
        for i in 0..r.rows {
            assert!(r.data[i * n + i] >= 0.0, "the sign is fixed");
            assert!(r.data[i * n..i * n + i].iter().all(|&v| v == 0.0), "upper triangular");
        }
    }
}

#[test]
fn an_inverse_gives_the_identity() {
    for n in [1, 2, 3, 4, 5, 30] {
        let a = matrix("a", n, n);
        let found = inverse(&a).expect("it has one");
        agrees(&format!("inverse of {n}×{n}"), &product(&a, &found), &identity(n), 1e-11);
    }
    let swap = Matrix { rows: 2, cols: 2, data: vec![0.0, 1.0, 1.0, 0.0] };
    assert_eq!(inverse(&swap).as_ref(), Some(&swap));
}

#[test]
fn a_singular_matrix_has_no_inverse() {
    for n in [1, 2, 3, 6] {
        let zero = Matrix { rows: n, cols: n, data: vec![0.0; n * n] };
        assert_eq!(inverse(&zero), None, "{n}×{n} zeros");
    }
    for n in [2, 3, 4, 6] {
        let ones = Matrix { rows: n, cols: n, data: vec![1.0; n * n] };
        assert_eq!(inverse(&ones), None, "{n}×{n} ones");
    }
}

/// A matrix with these singular values and random singular vectors.
fn planted(m: usize, n: usize, values: &[f64]) -> Matrix {
    let left = qr(&matrix("left", m, values.len())).0;
    let right = qr(&matrix("right", n, values.len())).0;
    product(&product(&left, &diagonal(values)), &transposed(&right))
}

fn spectrum(a: &Matrix, count: usize, dtype: DType) -> Vec<f64> {
    singular_values(tensor(&a.data, [a.rows, a.cols], dtype), count)
}

#[test]
fn spectra_are_those_of_the_full_decomposition() {
    let power = |n: usize, exponent: f64| (1..=n).map(|i| (i as f64).powf(-exponent)).collect::<Vec<_>>();
    let geometric = |n: i32| (0..n).map(|i| 0.9f64.powi(i)).collect::<Vec<_>>();
    let cases = [
        ("square, 1/i", planted(120, 120, &power(120, 1.0))),
        ("tall, 1/√i", planted(200, 80, &power(80, 0.5))),
        ("wide, geometric", planted(60, 150, &geometric(60))),
        ("random", matrix("random", 100, 140)),
        ("small", matrix("small", 6, 9)),
    ];
    for (name, a) in cases {
        let count = 10.min(a.rows);
        let exact = svd(&a, count).s;
        close(name, &spectrum(&a, count, DType::F64), &exact, 5e-3);
        close(&format!("{name}, f32"), &spectrum(&a, count, DType::F32), &exact, 5e-3);
    }
    // Where the spectrum falls off behind the values that are asked for, they are exact.
    let a = planted(90, 70, &geometric(20));
    close("rank 20 of 70", &spectrum(&a, 20, DType::F64), &geometric(20), 1e-6);
}

#[test]
fn half_precision_weights_have_their_own_spectrum() {
    let mut a = planted(80, 100, &(0..80).map(|i| 0.8f64.powi(i)).collect::<Vec<_>>());
    // Rounded to bf16 before, so that both see one matrix.
    a.data = common::values(tensor(&a.data, [80, 100], DType::BF16));
    let exact = svd(&a, 8).s;
    close("bf16", &spectrum(&a, 8, DType::BF16), &exact, 1e-5);
    let root: f64 = a.data.iter().map(|v| v * v).sum::<f64>().sqrt();
    close("norm, bf16", &[norm(tensor(&a.data, [80, 100], DType::BF16))], &[root], 1e-6);
}

#[test]
fn rank_and_count_have_their_limits() {
    let a = planted(40, 30, &[3.0, 2.0, 1.0]);
    let found = spectrum(&a, 8, DType::F64);
    close("rank 3", &found, &[3.0, 2.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0], 1e-6);
    assert_eq!(spectrum(&a, 1000, DType::F32).len(), 30, "fewer where it has fewer");
    assert_eq!(spectrum(&a, 0, DType::F32), [0.0; 0]);
    let zeros = Matrix { rows: 20, cols: 5, data: vec![0.0; 100] };
    assert!(spectrum(&zeros, 5, DType::F32).iter().all(|&s| s.abs() < 1e-12));
    let row = matrix("row", 1, 7);
    let length = row.data.iter().map(|v| v * v).sum::<f64>().sqrt();
    close("one row", &spectrum(&row, 3, DType::F64), &[length], 1e-6);
    let mut broken = matrix("broken", 20, 20);
    broken.data[3] = f64::NAN;
    assert!(spectrum(&broken, 3, DType::F32).iter().all(|s| s.is_nan()));
}

#[test]
fn the_norm_is_precise_for_large_weights() {
    let a = matrix("large", 2000, 1000);
    let exact = a.data.iter().map(|v| v * v).sum::<f64>().sqrt();
    close("norm of two million", &[norm(tensor(&a.data, [2000, 1000], DType::F32))], &[exact], 1e-6);
}
