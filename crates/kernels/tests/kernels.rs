//! Each operation against its definition, in f64, and its gradient against differences.
#![allow(clippy::expect_used, clippy::panic, missing_docs, reason = "tests")]

use burn::tensor::{DType, Device, Tensor, TensorData};
use graftwork_kernels::adamw::{AdamW, Moments};
use graftwork_kernels::attention::{Mask, attention};
use graftwork_kernels::linalg::{Matrix, inverse, qr, svd};
use graftwork_kernels::loss::linear_cross_entropy;
use graftwork_kernels::norm::rms_norm;
use graftwork_kernels::random::Key;
use graftwork_kernels::spectrum;

fn numbers(seed: u64, count: usize) -> Vec<f64> {
    Key::new(seed).uniform(count, 1.0).into_iter().map(f64::from).collect()
}

fn tensor<const D: usize>(values: &[f64], dims: [usize; D]) -> Tensor<D> {
    Tensor::from_data(TensorData::new(values.to_vec(), dims), (&Device::flex(), DType::F64))
}

fn values<const D: usize>(tensor: Tensor<D>) -> Vec<f64> {
    tensor.inner().into_data().try_to_vec().expect("f64")
}

fn close(found: &[f64], expected: &[f64], tolerance: f64) {
    assert_eq!(found.len(), expected.len());
    for (i, (a, b)) in found.iter().zip(expected).enumerate() {
        assert!((a - b).abs() <= tolerance * b.abs().max(1.0), "entry {i}: {a}, not {b}");
    }
}

/// Central differences of a function of a list of numbers.
fn differences(at: &[f64], f: impl Fn(&[f64]) -> f64) -> Vec<f64> {
    let moved = |i: usize, by: f64| {
        let mut values = at.to_vec();
        values[i] += by;
        f(&values)
    };
    (0..at.len()).map(|i| (moved(i, 1e-5) - moved(i, -1e-5)) / 2e-5).collect()
}

#[test]
fn attention_is_its_definition_over_groups_segments_and_windows() {
    let (rows, heads, kv, length, dim) = (2, 4, 2, 5, 3);
    let (q, k, v) = (
        numbers(1, rows * heads * length * dim),
        numbers(2, rows * kv * length * dim),
        numbers(3, rows * kv * length * dim),
    );
    let segments = [1, 1, 2, 2, 2, 1, 1, 1, 2, 0];
    for window in [None, Some(2)] {
        let mask = Mask::causal(&segments, rows, 0, window, &Device::flex());
        let shape = |heads| [rows, heads, length, dim];
        let run =
            |q: &[f64]| attention(tensor(q, shape(heads)), tensor(&k, shape(kv)), tensor(&v, shape(kv)), &mask, 0.7);
        let mut expected = Vec::new();
        for row in 0..rows {
            for head in 0..heads {
                let at = |x: &[f64], heads: usize, head: usize, i: usize, d: usize| {
                    x[((row * heads + head) * length + i) * dim + d]
                };
                for i in 0..length {
                    let sees = |j: usize| {
                        j <= i
                            && segments[row * length + j] == segments[row * length + i]
                            && window.is_none_or(|w| i - j < w)
                    };
                    let score = |j: usize| {
                        (0..dim).map(|d| at(&q, heads, head, i, d) * at(&k, kv, head / 2, j, d)).sum::<f64>() * 0.7
                    };
                    let weights: Vec<f64> = (0..length).map(|j| if sees(j) { score(j).exp() } else { 0.0 }).collect();
                    let total: f64 = weights.iter().sum();
                    expected
                        .extend((0..dim).map(|d| {
                            (0..length).map(|j| weights[j] / total * at(&v, kv, head / 2, j, d)).sum::<f64>()
                        }));
                }
            }
        }
        close(&values(run(&q)), &expected, 1e-12);
        let tracked = tensor(&q, shape(heads)).autodiff().require_grad();
        let out = attention(tracked.clone(), tensor(&k, shape(kv)), tensor(&v, shape(kv)), &mask, 0.7);
        let gradient = values(tracked.grad(&out.square().sum().backward()).expect("a gradient"));
        close(&gradient, &differences(&q, |q| run(q).square().sum().into_scalar::<f64>()), 1e-7);
    }
}

#[test]
fn cross_entropy_is_its_definition_in_any_number_of_chunks() {
    // The second vocabulary is so large that a chunk holds four of the ten tokens.
    for (vocabulary, checked) in [(7usize, true), (1_000_000, false)] {
        let (tokens, hidden) = (10, 3);
        let (h, w) = (numbers(1, tokens * hidden), numbers(2, vocabulary * hidden));
        let targets: Vec<u32> = (0..tokens as u32).map(|t| t * 3 % vocabulary as u32).collect();
        let logit = |h: &[f64], w: &[f64], t: usize, c: usize| {
            (0..hidden).map(|i| h[t * hidden + i] * w[c * hidden + i]).sum::<f64>()
        };
        let loss = |h: &[f64], w: &[f64]| -> f64 {
            let one = |t: usize| {
                (0..vocabulary).map(|c| logit(h, w, t, c).exp()).sum::<f64>().ln() - logit(h, w, t, targets[t] as usize)
            };
            (0..tokens).map(one).sum()
        };
        let (th, tw) = (
            tensor(&h, [tokens, hidden]).autodiff().require_grad(),
            tensor(&w, [vocabulary, hidden]).autodiff().require_grad(),
        );
        let entropy = linear_cross_entropy(th.clone(), tw.clone(), None, &targets);
        close(&values(entropy.sum), &[loss(&h, &w)], 1e-10);
        if checked {
            let gradients = entropy.surrogate.expect("something is tracked").backward();
            close(&values(th.grad(&gradients).expect("a gradient")), &differences(&h, |h| loss(h, &w)), 1e-8);
            close(&values(tw.grad(&gradients).expect("a gradient")), &differences(&w, |w| loss(&h, w)), 1e-8);
        }
    }
}

#[test]
fn rms_norm_is_its_definition() {
    let (x, scale) = (numbers(1, 8), numbers(2, 4));
    let run = |x: &[f64]| rms_norm(tensor(x, [2, 4]), tensor(&scale, [1, 4]), 1e-3);
    let expected: Vec<f64> = x
        .chunks(4)
        .flat_map(|row| {
            let root = (row.iter().map(|v| v * v).sum::<f64>() / 4.0 + 1e-3).sqrt();
            row.iter().zip(&scale).map(move |(v, s)| v / root * s).collect::<Vec<_>>()
        })
        .collect();
    close(&values(run(&x)), &expected, 1e-12);
    let tracked = tensor(&x, [2, 4]).autodiff().require_grad();
    let gradients = rms_norm(tracked.clone(), tensor(&scale, [1, 4]), 1e-3).square().sum().backward();
    let expected = differences(&x, |x| run(x).square().sum().into_scalar::<f64>());
    close(&values(tracked.grad(&gradients).expect("a gradient")), &expected, 1e-8);
}

#[test]
fn adamw_is_torchs() {
    let adamw = AdamW::default();
    let (mut p, mut m, mut v) = (0.5f64, 0.0f64, 0.0f64);
    let mut parameter = tensor(&[p], [1, 1]);
    let mut moments = Moments::zeros(&parameter);
    for step in 1..=20u64 {
        let g = (step as f64 * 0.7).sin();
        (parameter, moments) = adamw.update(parameter, tensor(&[g], [1, 1]), moments, step, 1e-2, 0.1);
        p *= 1.0 - 1e-2 * 0.1;
        m = 0.9 * m + 0.1 * g;
        v = 0.999 * v + 0.001 * g * g;
        let (mh, vh) = (m / (1.0 - 0.9f64.powi(step as i32)), v / (1.0 - 0.999f64.powi(step as i32)));
        p -= 1e-2 * mh / (vh.sqrt() + 1e-8);
        close(&values(parameter.clone()), &[p], 1e-12);
    }
}

#[test]
fn draws_are_the_same_forever_and_have_their_moments() {
    let key = Key::new(7).child("a").number(3);
    assert_eq!(key, Key::new(7).child("a").number(3));
    assert_ne!(key.draw(), Key::new(7).child("b").number(3).draw());
    let n = 100_000;
    let mean = |x: &[f32]| x.iter().map(|&v| f64::from(v)).sum::<f64>() / n as f64;
    let normal = key.normal(n, 2.0);
    let variance = normal.iter().map(|&v| f64::from(v).powi(2)).sum::<f64>() / n as f64;
    assert!(mean(&normal).abs() < 0.03 && (variance - 4.0).abs() < 0.08, "{variance}");
    let uniform = key.uniform(n, 3.0);
    assert!(mean(&uniform).abs() < 0.03 && uniform.iter().all(|v| (-3.0..3.0).contains(v)));
    assert!((mean(&key.bernoulli(n, 0.3)) - 0.3).abs() < 0.01);
    assert_eq!((mean(&key.bernoulli(n, 0.0)), mean(&key.bernoulli(n, 1.0))), (0.0, 1.0));
}

#[test]
fn decompositions_put_the_matrix_together_again() {
    let matrix = Matrix { rows: 5, cols: 3, data: numbers(1, 15) };
    let product = |a: &Matrix, scale: &[f64], b: &Matrix| -> Vec<f64> {
        let entry =
            |i: usize, j: usize| (0..a.cols).map(|k| a.data[i * a.cols + k] * scale[k] * b.data[k * b.cols + j]).sum();
        (0..a.rows).flat_map(|i| (0..b.cols).map(move |j| (i, j))).map(|(i, j)| entry(i, j)).collect()
    };
    let parts = svd(&matrix, 3);
    assert!(parts.s.windows(2).all(|w| w[0] >= w[1]));
    close(&product(&parts.u, &parts.s, &parts.vt), &matrix.data, 1e-12);
    let (q, r) = qr(&matrix);
    close(&product(&q, &[1.0; 3], &r), &matrix.data, 1e-12);
    let square = Matrix { rows: 3, cols: 3, data: numbers(2, 9) };
    let inverted = inverse(&square).expect("it has one");
    close(&product(&square, &[1.0; 3], &inverted), &[1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0], 1e-10);
    assert_eq!(inverse(&Matrix { rows: 2, cols: 2, data: vec![1.0, 2.0, 2.0, 4.0] }), None);
}

#[test]
fn leading_singular_values_of_a_large_matrix() {
    for (rows, cols) in [(90, 40), (40, 90)] {
        let data = Key::new(3).normal(rows * cols, 1.0).into_iter().map(f64::from).collect::<Vec<_>>();
        // Columns that fall in size, as weights have them.
        let data: Vec<f64> = data.iter().enumerate().map(|(i, v)| v * (-((i % cols) as f64) * 0.1).exp()).collect();
        let expected = svd(&Matrix { rows, cols, data: data.clone() }, 8).s;
        let weight = tensor(&data, [rows, cols]);
        close(&spectrum::singular_values(weight.clone(), 8), &expected, 1e-3);
        let norm = data.iter().map(|v| v * v).sum::<f64>().sqrt();
        assert!((spectrum::norm(weight.clone()) - norm).abs() < 1e-9 * norm);
        assert_eq!(spectrum::singular_values(weight, 500).len(), 40);
    }
}
