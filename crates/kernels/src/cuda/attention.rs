//! Attention without a matrix of scores.

use burn::backend::ops::FloatTensorOps;
use burn::backend::{Cube, DType, TensorMetadata};
use burn_cubecl::kernel::into_contiguous;
use burn_cubecl::tensor::CubeTensor;

use super::launch::{Call, Kernel, define};
use super::tensors::{room, with_whole_rows};

const TEXT: &str = include_str!("attention.cu");

/// What a query sees, besides that it sees nothing that comes after it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Seen {
    /// How far back, itself counted.
    pub(crate) window: Option<usize>,
    /// Whether rows hold several sequences.
    pub(crate) packed: bool,
    /// Factor on the scores.
    pub(crate) scale: f32,
}

/// Queries, keys and values, each `[rows, heads, length, width]`, and `[rows, length]` numbers of sequences.
#[derive(Clone, Debug)]
pub(super) struct Inputs {
    pub(super) q: CubeTensor,
    pub(super) k: CubeTensor,
    pub(super) v: CubeTensor,
    pub(super) segments: CubeTensor,
}

struct Sizes {
    rows: usize,
    heads: usize,
    kv_heads: usize,
    length: usize,
    width: usize,
}

impl Inputs {
    /// With heads whose values lie side by side.
    fn whole(self) -> Self {
        Self {
            q: with_whole_rows(self.q),
            k: with_whole_rows(self.k),
            v: with_whole_rows(self.v),
            segments: into_contiguous(self.segments),
        }
    }

    fn sizes(&self) -> Sizes {
        let (q, k) = (self.q.shape(), self.k.shape());
        Sizes { rows: q[0], heads: q[1], kv_heads: k[1], length: q[2], width: q[3] }
    }
}

/// Whether the kernels take heads of that width.
pub(crate) fn fits(width: usize) -> bool {
    width.is_multiple_of(16) && (16..=128).contains(&width)
}

fn room_for(like: &CubeTensor, s: &Sizes, heads: usize) -> CubeTensor {
    heads_side_by_side(like, [s.rows, heads, s.length, s.width])
}

/// Room for `[rows, heads, length, width]`, with the heads of a token side by side in memory: a token's values are a row of
/// the matrix that comes next.
pub(super) fn heads_side_by_side(like: &CubeTensor, [rows, heads, length, width]: [usize; 4]) -> CubeTensor {
    let shape = [rows, length, heads, width];
    let memory = room(like, &shape, DType::BF16);
    Cube::float_swap_dims(memory, 1, 2)
}

fn numbers(like: &CubeTensor, s: &Sizes) -> CubeTensor {
    let shape = [s.rows, s.heads, s.length];
    room(like, &shape, DType::F32)
}

pub(super) fn layout(tensor: &CubeTensor) -> [u64; 3] {
    let strides = tensor.meta.strides();
    [strides[0] as u64, strides[1] as u64, strides[2] as u64]
}

fn info(layouts: [&CubeTensor; 8], s: &Sizes, seen: Seen) -> Vec<u64> {
    let mut info: Vec<u64> = layouts.into_iter().flat_map(layout).collect();
    let window = seen.window.unwrap_or(0);
    info.extend([s.heads, s.kv_heads, s.length, window].map(|v| v as u64));
    info.extend([u64::from(seen.packed), u64::from(seen.scale.to_bits())]);
    info.push((s.rows * s.heads * s.length) as u64);
    info
}

/// Which of the kernels in the text.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Part {
    Forward,
    Delta,
    BackwardKeys,
    BackwardQueries,
}

fn kernel(part: Part, width: usize, tile_rows: usize) -> Kernel {
    Kernel {
        name: format!("graftwork_attention_{part:?}_{width}").to_lowercase(),
        threads: 128,
        shared_memory: tile_rows * (width + 8) * 2,
    }
}

fn text(part: Part, width: usize) -> String {
    let is = |other| u8::from(part == other);
    let defines = define(&[
        ("D", &width),
        ("GROUPS", &1),
        ("PART", &16),
        ("BLOCKS", &if width <= 64 { 4 } else { 2 }),
        ("FORWARD", &is(Part::Forward)),
        ("DELTA", &is(Part::Delta)),
        ("BACKWARD_KEYS", &is(Part::BackwardKeys)),
    ]);
    format!("{defines}{TEXT}")
}

/// Queries of a block, or keys where it sums over queries, for each of four warps 16. Keys of a tile.
///
/// Twice as many were slower on an H100: what counts is how many blocks a processor holds.
const TILE: usize = 64;

/// The output, and the logarithm of each query's sum of exponentials, to base 2.
pub(super) fn forward(inputs: Inputs, seen: Seen) -> (CubeTensor, CubeTensor) {
    let i = inputs.whole();
    let s = i.sizes();
    let (output, lse) = (room_for(&i.q, &s, s.heads), numbers(&i.q, &s));
    let call = Call::new().reads(&i.q).reads(&i.k).reads(&i.v).reads(&i.segments).writes(&output).writes(&lse);
    let blocks = [s.length.div_ceil(TILE), s.heads, s.rows].map(|n| n as u32);
    let none = &output;
    let info = info([&i.q, &i.k, &i.v, &output, none, none, none, none], &s, seen);
    let part = Part::Forward;
    call.launch(&i.q, kernel(part, s.width, 5 * TILE), || text(part, s.width), blocks, info);
    (output, lse)
}

/// Gradients of queries, keys and values from that of the output.
pub(super) fn backward(
    inputs: Inputs,
    output: CubeTensor,
    lse: CubeTensor,
    gradient: CubeTensor,
    seen: Seen,
) -> [CubeTensor; 3] {
    let (i, gradient, output) = (inputs.whole(), with_whole_rows(gradient), with_whole_rows(output));
    let s = i.sizes();
    let delta = numbers(&i.q, &s);
    let [dq, dk, dv] = [s.heads, s.kv_heads, s.kv_heads].map(|heads| room_for(&i.q, &s, heads));
    let info = info([&i.q, &i.k, &i.v, &output, &gradient, &dq, &dk, &dv], &s, seen);

    let part = Part::Delta;
    let call = Call::new().reads(&output).reads(&gradient).writes(&delta);
    let blocks = [(s.rows * s.heads * s.length).div_ceil(4) as u32, 1, 1];
    call.launch(&i.q, kernel(part, s.width, 0), || text(part, s.width), blocks, info.clone());

    let inputs = || {
        Call::new().reads(&i.q).reads(&i.k).reads(&i.v).reads(&gradient).reads(&i.segments).reads(&lse).reads(&delta)
    };
    let part = Part::BackwardKeys;
    let blocks = [s.length.div_ceil(TILE), s.kv_heads, s.rows].map(|n| n as u32);
    let kernel_of_keys = kernel(part, s.width, 6 * TILE);
    inputs().writes(&dk).writes(&dv).launch(&i.q, kernel_of_keys, || text(part, s.width), blocks, info.clone());

    let part = Part::BackwardQueries;
    let blocks = [s.length.div_ceil(TILE), s.heads, s.rows].map(|n| n as u32);
    let kernel_of_queries = kernel(part, s.width, 6 * TILE);
    inputs().writes(&dq).launch(&i.q, kernel_of_queries, || text(part, s.width), blocks, info);
    [dq, dk, dv]
}
