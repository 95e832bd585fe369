//! Products of bf16 matrices on Hopper's warpgroup units.

use burn::backend::ops::FloatTensorOps;
use burn::backend::{Cube, DType};
use burn_cubecl::tensor::CubeTensor;

use super::launch::{Call, Kernel, define};
use super::rows;
use super::tensors::{WHOLE, processors, room, sizes, with_whole_rows};
use super::wgmma::{self, Left};

const TEXT: &str = include_str!("gemm.cu");

/// Rows of a tile of the result.
const ROWS: usize = 128;
/// How much of the inner dimension a step takes.
const STEP: usize = 64;
const THREADS: u32 = 384;

/// How the matrices of a product lie in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// `a · bᵀ` for `a [m, k]` and `b [n, k]`: a linear layer.
    Linear,
    /// `a · b` for `a [m, k]` and `b [k, n]`: the gradient of a linear layer's input.
    Plain,
    /// `aᵀ · b` for `a [k, m]` and `b [k, n]`: the gradient of a linear layer's weight.
    Transposed,
}

impl Form {
    /// Whether the inner dimension of `a` and of `b` is the slow one.
    fn transposed(self) -> [bool; 2] {
        match self {
            Self::Linear => [false, false],
            Self::Plain => [false, true],
            Self::Transposed => [true, true],
        }
    }

    /// `[m, n, k]` of matrices of these sizes.
    pub(crate) fn sizes(self, a: [usize; 2], b: [usize; 2]) -> [usize; 3] {
        match self {
            Self::Linear => [a[0], b[0], a[1]],
            Self::Plain => [a[0], b[1], a[1]],
            Self::Transposed => [a[1], b[1], a[0]],
        }
    }

    /// Whether the kernel takes matrices of these sizes.
    pub(crate) fn fits(self, a: [usize; 2], b: [usize; 2]) -> bool {
        // The fast dimension of each operand and of the result; 32-bit coordinates.
        let fast = [a[1], b[1], self.sizes(a, b)[1]];
        fast.iter().all(|size| size.is_multiple_of(WHOLE)) && a.iter().chain(&b).all(|&size| size < 1 << 31)
    }
}

/// What becomes of a product.
#[derive(Debug)]
enum Output {
    /// Written in bf16.
    Whole,
    /// Written there, in bf16.
    Into(Box<CubeTensor>),
    /// Summed in so many parts of the inner dimension, each written in f32, transposed or as it is.
    Parts { count: usize, transposed: bool },
}

/// Products that one launch adds up.
pub(super) const TOGETHER: usize = 4;

/// `scale` times the sum of products of bf16 matrices that give the same shape, up to [`TOGETHER`], in bf16.
pub(super) fn product(pairs: Vec<[CubeTensor; 2]>, form: Form, scale: f64) -> CubeTensor {
    launch(pairs, form, scale, Output::Whole)
}

/// The same of one product, into a matrix whose rows begin at multiples of 16 bytes.
pub(super) fn product_into(c: CubeTensor, pair: [CubeTensor; 2], form: Form, scale: f64) {
    launch(vec![pair], form, scale, Output::Into(Box::new(c)));
}

/// `aᵀ · b` in f32: the gradient of a weight that trains, whose masters are in f32.
pub(super) fn of_weight(a: CubeTensor, b: CubeTensor) -> CubeTensor {
    in_f32(a, b, 1, false)
}

/// `aᵀ · b` in f32 for `a [k, m]` and a narrow `b [k, n]`, as `[m, n]` or transposed: the gradient of a thin factor.
///
/// The inner dimension is long and the result small, so that it is summed in parts side by side.
pub(super) fn thin(a: CubeTensor, b: CubeTensor, transposed: bool) -> CubeTensor {
    let ([k, m], [_, n]) = (sizes(&a), sizes(&b));
    let tiles = m.div_ceil(ROWS) * n.div_ceil(columns(m, n, usize::MAX));
    // A part should have some steps to do, and there is no use in more parts than the chip has room for.
    let count = (2 * processors(&a) / tiles).clamp(1, (k / (4 * STEP)).max(1));
    in_f32(a, b, count, transposed)
}

/// `aᵀ · b` in f32, as it is or transposed, in so many parts of the inner dimension.
fn in_f32(a: CubeTensor, b: CubeTensor, count: usize, transposed: bool) -> CubeTensor {
    let ([_, m], [_, n]) = (sizes(&a), sizes(&b));
    let shape = if transposed { [n, m] } else { [m, n] };
    let parts = launch(vec![[a, b]], Form::Transposed, 1.0, Output::Parts { count, transposed });
    // The sizes of both are multiples of eight.
    if count == 1 { Cube::float_reshape(parts, shape.into()) } else { rows::sum_of_parts(parts) }
}

fn launch(pairs: Vec<[CubeTensor; 2]>, form: Form, scale: f64, result: Output) -> CubeTensor {
    let pairs: Vec<[CubeTensor; 2]> = pairs.into_iter().map(|pair| pair.map(with_whole_rows)).collect();
    let [m, n, _] = form.sizes(sizes(&pairs[0][0]), sizes(&pairs[0][1]));
    let on = &pairs[0][0];
    let (splits, strides, c) = match result {
        Output::Whole => (1, [n, 1], room(on, &[m, n], DType::BF16)),
        Output::Into(c) => (1, [c.meta.strides()[0], 1], *c),
        Output::Parts { count, transposed: false } => (count, [n, 1], room(on, &[count, m, n], DType::F32)),
        Output::Parts { count, transposed: true } => (count, [1, m], room(on, &[count, n, m], DType::F32)),
    };
    let dtype = c.dtype;
    let processors = processors(on);
    let columns = columns(m, n, processors);
    let ([ta, tb], segments) = (form.transposed(), pairs.len());
    let call = pairs.iter().fold(Call::new(), |call, [a, b]| {
        let call = call.tiles(a, if ta { [STEP, 64] } else { [ROWS, STEP] });
        call.tiles(b, if tb { [STEP, 64] } else { [columns, STEP] })
    });
    let stages = if columns == 256 { 4 } else { 6 };
    let width_of_b = if tb { columns.next_multiple_of(64) } else { columns };
    let kernel = Kernel {
        name: format!("graftwork_product_{form:?}_{columns}_{segments}_{dtype:?}").to_lowercase(),
        threads: THREADS,
        shared_memory: stages * 2 * STEP * (ROWS + width_of_b) + 1024,
    };
    let text = || {
        let defines = define(&[
            ("TA", &u8::from(ta)),
            ("TB", &u8::from(tb)),
            ("BN", &columns),
            ("STAGES", &stages),
            ("OUT", &if dtype == DType::BF16 { "bf16" } else { "float" }),
            ("SEGMENTS", &segments),
            ("WIDE_STORES", &u8::from(columns >= 64 && dtype == DType::BF16)),
        ]);
        format!("{defines}{}{TEXT}", wgmma::text("wgmma", columns, Left::Shared { slow: ta }, tb))
    };
    let inner = |pair: Option<&[CubeTensor; 2]>| pair.map_or(0, |[a, b]| form.sizes(sizes(a), sizes(b))[2]);
    let works = m.div_ceil(ROWS) * n.div_ceil(columns) * splits;
    let mut info = vec![m, n];
    info.extend((0..TOGETHER).map(|i| inner(pairs.get(i))));
    info.extend([strides[0], strides[1], splits, m * n]);
    let info = info.into_iter().map(|value| value as u64).chain([u64::from((scale as f32).to_bits())]).collect();
    call.changes(&c).launch(on, kernel, text, [works.min(processors) as u32, 1, 1], info);
    c
}

/// Columns of a tile.
fn columns(m: usize, n: usize, processors: usize) -> usize {
    match n {
        ..=16 => 16,
        17..=64 => 64,
        65..=128 => 128,
        // Narrower tiles where wide ones would leave most of the chip idle.
        _ if m.div_ceil(ROWS) * n.div_ceil(256) * 2 <= processors => 128,
        _ => 256,
    }
}
