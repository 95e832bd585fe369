//! Attention without a matrix of scores.

use burn::backend::ops::FloatTensorOps;
use burn::backend::{Cube, DType, TensorMetadata};
use burn_cubecl::kernel::into_contiguous;
use burn_cubecl::tensor::CubeTensor;

use super::launch::{Call, Kernel, define};
use super::tensors::{room, with_whole_rows};
use super::wgmma::{self, Left};

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

/// Whether the kernels take heads of that width, on Hopper.
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
    info
}

/// Rows that a block has, and rows of the other side that it takes at once.
const TILE: usize = 64;
const THREADS: u32 = 128;

/// Which of the kernels in the text.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Part {
    Forward,
    BackwardQueries,
    BackwardKeys,
}

impl Part {
    /// Blocks that a processor is to hold, which bounds their registers: what was fastest on an H100, where larger blocks were
    /// slower.
    fn blocks(self, width: usize) -> usize {
        match self {
            Self::Forward if width <= 64 => 3,
            Self::BackwardQueries if width <= 64 => 4,
            _ => 2,
        }
    }

    fn kernel(self, width: usize) -> Kernel {
        // Its own queries, keys or values; two tiles of each of the others.
        let tiles = if self == Self::Forward { 1 + 4 } else { 2 + 4 };
        Kernel {
            name: format!("graftwork_attention_{self:?}_{width}").to_lowercase(),
            threads: THREADS,
            shared_memory: tiles * TILE * width.next_multiple_of(64) * 2 + 1024,
        }
    }

    fn text(self, width: usize) -> String {
        let is = |other| u8::from(self == other);
        let defines = define(&[
            ("D", &width),
            ("TILE", &TILE),
            ("BLOCKS", &self.blocks(width)),
            ("FORWARD", &is(Self::Forward)),
            ("BACKWARD_KEYS", &is(Self::BackwardKeys)),
        ]);
        let scores = wgmma::text("wgmma_scores", TILE, Left::Shared { slow: false }, false);
        let weigh = wgmma::text("wgmma_weigh", width, Left::Registers, true);
        format!("{defines}{scores}{weigh}{TEXT}")
    }

    /// Runs it with a block for each tile of rows of each head.
    fn launch(self, call: Call, on: &CubeTensor, s: &Sizes, heads: usize, info: Vec<u64>) {
        let blocks = [heads, s.rows, s.length.div_ceil(TILE)].map(|n| n as u32);
        call.launch(on, self.kernel(s.width), || self.text(s.width), blocks, info);
    }
}

/// The output, and the logarithm of each query's sum of exponentials, to base 2.
pub(super) fn forward(inputs: Inputs, seen: Seen) -> (CubeTensor, CubeTensor) {
    let i = inputs.whole();
    let s = i.sizes();
    let (output, lse) = (room_for(&i.q, &s, s.heads), numbers(&i.q, &s));
    let call = Call::new().reads(&i.q).reads(&i.k).reads(&i.v).reads(&i.segments).writes(&output).writes(&lse);
    let none = &output;
    let info = info([&i.q, &i.k, &i.v, &output, none, none, none, none], &s, seen);
    Part::Forward.launch(call, &i.q, &s, s.heads, info);
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

    let inputs = || Call::new().reads(&i.q).reads(&i.k).reads(&i.v).reads(&gradient).reads(&i.segments).reads(&lse);
    let call = inputs().reads(&output).writes(&delta).writes(&dq);
    Part::BackwardQueries.launch(call, &i.q, &s, s.heads, info.clone());
    let call = inputs().reads(&delta).writes(&dk).writes(&dv);
    Part::BackwardKeys.launch(call, &i.q, &s, s.kv_heads, info);
    [dq, dk, dv]
}
