//! Attention against loops on the host, forward and backward.
#![allow(clippy::expect_used, clippy::panic, clippy::print_stdout, missing_docs, reason = "tests")]

mod common;

use burn::tensor::{DType, Device, Tensor};
use common::{close, dot, draws, finite_differences, tensor, values};
use graftwork_kernels::attention::{Mask, Scores, attention};

/// One attention: sizes, and what hides keys from queries.
struct Case {
    name: &'static str,
    heads: usize,
    kv_heads: usize,
    length: usize,
    past: usize,
    window: Option<usize>,
    /// Whether what comes later is hidden.
    causal: bool,
    /// Bound on the scores.
    cap: Option<f64>,
    /// By row and place; the number of rows follows from it.
    segments: Vec<u32>,
}

const DIM: usize = 3;
const SCALE: f64 = 0.7;

impl Case {
    fn rows(&self) -> usize {
        self.segments.len() / self.length
    }

    fn keys(&self) -> usize {
        self.past + self.length
    }

    /// Whether the query at `query` sees the key at `key`, both places in a row with what is past.
    fn sees(&self, row: usize, query: usize, key: usize) -> bool {
        let segment = |place: usize| self.segments[row * self.length + place - self.past];
        let packed = self.segments.iter().any(|&s| if self.causal { s > 1 } else { s != 1 });
        (!self.causal || key <= query)
            && self.window.is_none_or(|w| query < key + w)
            && (!packed || key < self.past || segment(key) == segment(query))
    }

    /// By the definition, entry by entry. Inputs are q, k and v, `[rows, heads, places, DIM]`.
    fn reference(&self, inputs: &[Vec<f64>]) -> Vec<f64> {
        let (q, k, v) = (&inputs[0], &inputs[1], &inputs[2]);
        let mut out = Vec::new();
        for row in 0..self.rows() {
            for head in 0..self.heads {
                let kv = head / (self.heads / self.kv_heads);
                let q_at = |i: usize| ((row * self.heads + head) * self.length + i) * DIM;
                let kv_at = |j: usize| ((row * self.kv_heads + kv) * self.keys() + j) * DIM;
                for i in 0..self.length {
                    let seen: Vec<usize> = (0..self.keys()).filter(|&j| self.sees(row, self.past + i, j)).collect();
                    let score = |j: usize| {
                        let score = SCALE * dot(&q[q_at(i)..q_at(i) + DIM], &k[kv_at(j)..kv_at(j) + DIM]);
                        self.cap.map_or(score, |cap| cap * (score / cap).tanh())
                    };
                    let weights: Vec<f64> = seen.iter().map(|&j| score(j).exp()).collect();
                    let total: f64 = weights.iter().sum();
                    for d in 0..DIM {
                        out.push(seen.iter().zip(&weights).map(|(&j, w)| w / total * v[kv_at(j) + d]).sum());
                    }
                }
            }
        }
        out
    }

    fn inputs(&self) -> Vec<Vec<f64>> {
        let (q, kv) = (self.rows() * self.heads * self.length, self.rows() * self.kv_heads * self.keys());
        vec![draws("q", q * DIM), draws("k", kv * DIM), draws("v", kv * DIM)]
    }

    fn tensors(&self, inputs: &[Vec<f64>], dtype: DType) -> [Tensor<4>; 3] {
        let kv = [self.rows(), self.kv_heads, self.keys(), DIM];
        let q = tensor(&inputs[0], [self.rows(), self.heads, self.length, DIM], dtype);
        [q, tensor(&inputs[1], kv, dtype), tensor(&inputs[2], kv, dtype)]
    }

    fn run(&self, [q, k, v]: [Tensor<4>; 3]) -> Tensor<4> {
        let mask = match self.causal {
            true => Mask::causal(&self.segments, self.rows(), self.past, self.window, &Device::flex()),
            false => Mask::bidirectional(&self.segments, self.rows(), &Device::flex()),
        };
        attention(q, k, v, &mask, Scores { scale: SCALE, cap: self.cap })
    }
}

fn cases() -> Vec<Case> {
    let case = |name, heads, kv_heads, length, past, window, segments: &[u32]| Case {
        name,
        heads,
        kv_heads,
        length,
        past,
        window,
        causal: true,
        cap: None,
        segments: segments.to_vec(),
    };
    vec![
        case("one head", 1, 1, 4, 0, None, &[1; 4]),
        case("as many key heads", 3, 3, 4, 0, None, &[1; 4]),
        case("grouped queries, two rows", 4, 2, 5, 0, None, &[1; 10]),
        case("one key head", 4, 1, 3, 0, None, &[1; 6]),
        case("padded", 2, 1, 4, 0, None, &[1, 1, 1, 1, 1, 1, 0, 0]),
        case("window", 2, 2, 6, 0, Some(2), &[1; 6]),
        case("window of one", 2, 1, 4, 0, Some(1), &[1; 4]),
        case("packed", 4, 2, 5, 0, None, &[1, 1, 2, 2, 3, 1, 2, 2, 0, 0]),
        case("packed window", 2, 1, 6, 0, Some(2), &[1, 1, 1, 2, 2, 2]),
        case("cache", 4, 2, 2, 3, None, &[1; 2]),
        case("cache, one token", 4, 2, 1, 3, None, &[1]),
        case("cache, two rows of one token", 4, 2, 1, 3, None, &[1; 2]),
        case("cache and window", 2, 1, 3, 4, Some(3), &[1; 3]),
        case("cache and window, one token", 2, 1, 1, 4, Some(3), &[1]),
        case("a window that all fit in", 2, 1, 1, 2, Some(3), &[1]),
        Case { causal: false, ..case("both ways", 2, 1, 4, 0, None, &[1; 8]) },
        Case { causal: false, ..case("both ways, padded", 2, 2, 4, 0, None, &[1, 1, 1, 1, 1, 1, 0, 0]) },
        Case { causal: false, ..case("both ways, packed", 4, 2, 5, 0, None, &[1, 1, 2, 2, 2]) },
        Case { cap: Some(0.4), ..case("capped", 4, 2, 5, 0, Some(3), &[1; 10]) },
    ]
}

#[test]
fn every_case_is_its_definition() {
    for case in cases() {
        let inputs = case.inputs();
        let expected = case.reference(&inputs);
        let found = |dtype| values(case.run(case.tensors(&inputs, dtype)));
        close(case.name, &found(DType::F64), &expected, 1e-14);
        close(&format!("{}, f32", case.name), &found(DType::F32), &expected, 1e-6);
        close(&format!("{}, bf16", case.name), &found(DType::BF16), &expected, 2e-2);
        close(&format!("{}, f16", case.name), &found(DType::F16), &expected, 2e-3);
    }
}

#[test]
fn gradients_are_the_slopes() {
    for case in cases() {
        let inputs = case.inputs();
        let weights = draws("weights", inputs[0].len());
        let tracked = case.tensors(&inputs, DType::F64).map(|t| t.autodiff().require_grad());
        let out = case.run(tracked.clone());
        let dims = out.dims();
        let gradients = (out * tensor(&weights, dims, DType::F64).autodiff()).sum().backward();
        let slopes = finite_differences(|at| dot(&case.reference(at), &weights), &inputs);
        // A query that sees one key has no gradient through the scores, and rounding is all that is left of it.
        for ((name, input), slope) in ["q", "k", "v"].iter().zip(&tracked).zip(&slopes) {
            let found = values(input.grad(&gradients).expect("a gradient"));
            let worst = found.iter().zip(slope).fold(0.0, |m: f64, (a, b)| m.max((a - b).abs()));
            assert!(worst < 1e-9, "{}, {name}: {worst:e}", case.name);
        }
    }
}

#[test]
fn large_scores_do_not_overflow() {
    let case = Case {
        name: "large",
        heads: 1,
        kv_heads: 1,
        length: 4,
        past: 0,
        window: None,
        causal: true,
        cap: None,
        segments: vec![1; 4],
    };
    let inputs: Vec<Vec<f64>> = case.inputs().into_iter().map(|i| i.iter().map(|v| v * 100.0).collect()).collect();
    let found = values(case.run(case.tensors(&inputs, DType::F32)));
    assert!(found.iter().all(|v| v.is_finite()), "{found:?}");
}
