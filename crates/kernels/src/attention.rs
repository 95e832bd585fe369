//! Grouped-query attention for training and generation.

use std::sync::OnceLock;

use burn::tensor::{DType, Device, Tensor, TensorData};

use crate::gate::soft_cap;
use crate::precision::full_precision;

/// Added to the score of a key that a query does not see. Finite, so that a row with nothing to see stays finite.
const HIDDEN: f32 = -1e30;

/// Which keys a query sees.
#[derive(Clone, Debug)]
pub struct Mask {
    /// Number of the sequence of each token, row by row.
    segments: Vec<u32>,
    rows: usize,
    /// Keys that come from a cache.
    past: usize,
    window: Option<usize>,
    /// Whether a query sees nothing that comes after it.
    causal: bool,
    /// Whether rows hold several sequences, or padding that would be seen.
    packed: bool,
    device: Device,
    /// A term added to the scores; none where every key is seen.
    added: OnceLock<Option<Tensor<4>>>,
    /// Whether a packed row's segment comes back after another: a GPU's kernels pass over whole tiles and would miss it.
    #[cfg(feature = "cuda")]
    scattered: bool,
    /// The numbers for a GPU's kernels, which work out the rest.
    #[cfg(feature = "cuda")]
    numbers: OnceLock<Tensor<2, burn::tensor::Int>>,
}

impl Mask {
    /// Queries see the keys of their own segment at their own place or before, at most `window` places back.
    ///
    /// `segments` has `rows · length` entries, row by row; the last `length - past` of a row are the queries, where
    /// `past` keys come from a cache and belong to the same sequence.
    #[must_use]
    pub fn causal(segments: &[u32], rows: usize, past: usize, window: Option<usize>, device: &Device) -> Self {
        // Padding stands on the right, where causality hides it; only packed rows differ from one another.
        let packed = segments.iter().any(|&s| s > 1);
        Self::new(segments, rows, past, window, packed, true, device)
    }

    /// Queries see every key of their own segment, `rows · length` of which are given row by row.
    #[must_use]
    pub fn bidirectional(segments: &[u32], rows: usize, device: &Device) -> Self {
        let packed = segments.iter().any(|&s| s != 1);
        Self::new(segments, rows, 0, None, packed, false, device)
    }

    fn new(
        segments: &[u32],
        rows: usize,
        past: usize,
        window: Option<usize>,
        packed: bool,
        causal: bool,
        device: &Device,
    ) -> Self {
        Self {
            segments: segments.to_vec(),
            rows,
            past,
            window,
            causal,
            packed,
            device: device.clone(),
            added: OnceLock::new(),
            #[cfg(feature = "cuda")]
            scattered: packed && segments.chunks((segments.len() / rows.max(1)).max(1)).any(is_scattered),
            #[cfg(feature = "cuda")]
            numbers: OnceLock::new(),
        }
    }

    /// The term for every query and key, `[rows or 1, 1, length, keys]`, where there is one.
    fn added(&self) -> Option<&Tensor<4>> {
        self.added.get_or_init(|| self.term()).as_ref()
    }

    fn term(&self) -> Option<Tensor<4>> {
        let Self { past, window, packed, causal, .. } = *self;
        let length = self.segments.len() / self.rows.max(1);
        if (length == 1 && window.is_none_or(|w| past < w)) || !(causal || packed) {
            return None;
        }
        let rows = if packed { self.rows } else { 1 };
        let mut mask = Vec::with_capacity(rows * length * (past + length));
        for row in self.segments.chunks(length).take(rows) {
            for query in 0..length {
                mask.extend((0..past + length).map(|key| {
                    let seen = (!causal || key <= past + query)
                        && window.is_none_or(|w| past + query < w + key)
                        && (!packed || key < past || row[key - past] == row[query]);
                    if seen { 0.0 } else { HIDDEN }
                }));
            }
        }
        let data = TensorData::new(mask, [rows, 1, length, past + length]);
        Some(Tensor::from_data(data, (&self.device, DType::F32)))
    }

    /// Attention by a kernel that keeps no scores, where it takes these tensors.
    #[cfg(feature = "cuda")]
    fn on_gpu(&self, q: &Tensor<4>, k: &Tensor<4>, v: &Tensor<4>, scale: f64) -> Option<Tensor<4>> {
        if self.past > 0 || self.scattered || !self.causal {
            return None;
        }
        let numbers = self.numbers.get_or_init(|| {
            let numbers: Vec<i32> = self.segments.iter().map(|&s| s as i32).collect();
            let data = TensorData::new(numbers, [self.rows, self.segments.len() / self.rows.max(1)]);
            Tensor::from_data(data, (&self.device, DType::I32))
        });
        let seen = crate::cuda::Seen { window: self.window, packed: self.packed, scale: scale as f32 };
        crate::cuda::attention(q, k, v, numbers, seen)
    }
}

/// Whether a number comes again after another one.
#[cfg(feature = "cuda")]
fn is_scattered(row: &[u32]) -> bool {
    let firsts: Vec<u32> = row.chunk_by(|a, b| a == b).map(|run| run[0]).collect();
    let distinct: std::collections::HashSet<u32> = firsts.iter().copied().collect();
    distinct.len() < firsts.len()
}

/// What is done to the products of queries and keys.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scores {
    /// A factor.
    pub scale: f64,
    /// [`soft_cap`] after it, where there is one.
    pub cap: Option<f64>,
}

impl From<f64> for Scores {
    fn from(scale: f64) -> Self {
        Self { scale, cap: None }
    }
}

/// `softmax(cap(scale · q · kᵀ) + mask) · v`, with the softmax in f32 at least.
///
/// `q` is `[rows, heads, length, head_dim]`; `k` and `v` are `[rows, kv_heads, keys, head_dim]`, and each of them serves
/// `heads / kv_heads` consecutive query heads. Gives the shape of `q`.
#[must_use]
pub fn attention(q: Tensor<4>, k: Tensor<4>, v: Tensor<4>, mask: &Mask, scores: impl Into<Scores>) -> Tensor<4> {
    let Scores { scale, cap } = scores.into();
    #[cfg(feature = "cuda")]
    if cap.is_none()
        && let Some(attended) = mask.on_gpu(&q, &k, &v, scale)
    {
        return attended;
    }
    let [rows, heads, length, dim] = q.dims();
    let [_, kv_heads, keys, _] = k.dims();
    let dtype = q.dtype();
    // The queries that share a key head stand below one another: one product serves them, and no key is repeated.
    let grouped = q.mul_scalar(scale).reshape([rows, kv_heads, heads / kv_heads * length, dim]);
    let scores = grouped.matmul(k.transpose()).reshape([rows, heads, length, keys]);
    let scores = full_precision(match cap {
        Some(cap) => soft_cap(scores, cap),
        None => scores,
    });
    let scores = match mask.added() {
        Some(mask) => {
            let mask = mask.clone().cast(scores.dtype());
            scores + mask
        }
        None => scores,
    };
    let shifted = scores.clone() - scores.detach().max_dim(3);
    let weights = shifted.exp();
    let weights = (weights.clone() / weights.sum_dim(3)).cast(dtype);
    weights.reshape([rows, kv_heads, heads / kv_heads * length, keys]).matmul(v).reshape([rows, heads, length, dim])
}
