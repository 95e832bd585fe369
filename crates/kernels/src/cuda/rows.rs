//! Rotary positions, gated units and activations, losses, tables and updates: kernels that pass over rows.

use std::fmt::Display;

use burn::backend::ops::FloatTensorOps;
use burn::backend::{Cube, DType, TensorMetadata};
use burn::tensor::FloatDType;
use burn_cubecl::kernel::into_contiguous;
use burn_cubecl::tensor::CubeTensor;

use super::launch::{Call, Kernel, define};
use super::tensors::{WHOLE, packed, room, sizes, with_whole_rows};

/// What comes before the text of a kernel that passes over rows.
const PASS: &str = include_str!("pass.cu");
const TEXT: &str = include_str!("rows.cu");
pub(super) const THREADS: usize = 256;
/// The widest row that a block has in registers.
pub(super) const WIDEST: usize = 4 * THREADS * WHOLE;

/// A kernel without shared memory of its own.
fn kernel(name: String) -> Kernel {
    Kernel { name, threads: THREADS as u32, shared_memory: 0 }
}

/// Launches a part of a text in one of its variants, which the values of some names choose.
pub(super) fn launch_variant(
    call: Call,
    on: &CubeTensor,
    (text, part): (&str, &str),
    variant: &[(&str, usize)],
    blocks: usize,
    info: Vec<u64>,
) {
    let values: String = variant.iter().map(|(_, value)| format!("_{value}")).collect();
    let name = format!("graftwork_{}{values}", part.to_lowercase());
    let text = || {
        let chosen = variant.iter().map(|(name, value)| (*name, value as &dyn Display));
        let defines: Vec<_> = [(part, &1 as &dyn Display)].into_iter().chain(chosen).collect();
        format!("{}{PASS}{text}", define(&defines))
    };
    call.launch(on, kernel(name), text, [blocks as u32, 1, 1], info);
}

fn launch(call: Call, on: &CubeTensor, part: &str, blocks: usize, info: Vec<u64>) {
    launch_variant(call, on, (TEXT, part), &[], blocks, info);
}

pub(super) fn like(tensor: &CubeTensor) -> CubeTensor {
    room(tensor, tensor.shape().as_slice(), tensor.dtype)
}

pub(super) fn bits(value: f64) -> u64 {
    u64::from((value as f32).to_bits())
}

/// `x [rows, heads, length, width]` rotated by tables `[rows or 1, 1, length, width / 2]`, backwards for the gradient.
pub(super) fn rotate(x: CubeTensor, cosines: CubeTensor, sines: CubeTensor, backwards: bool) -> CubeTensor {
    let x = with_whole_rows(x);
    let (cosines, sines) = (packed(cosines), packed(sines));
    let (shape, table) = (x.shape(), cosines.shape());
    let [rows, heads, length, width] = [shape[0], shape[1], shape[2], shape[3]];
    let y = super::attention::heads_side_by_side(&x, [rows, heads, length, width]);
    let total = rows * heads * length * width / 2 / WHOLE;
    let table_row = if table[0] > 1 { length * width / 2 } else { 0 };
    let mut info: Vec<u64> = [&x, &y].into_iter().flat_map(super::attention::layout).collect();
    info.extend([heads, length, width / 2, table_row, usize::from(backwards), total].map(|v| v as u64));
    let call = Call::new().reads(&x).reads(&cosines).reads(&sines).writes(&y);
    launch(call, &x, "ROTATE", total.div_ceil(THREADS), info);
    y
}

/// `silu(gate) ⊙ up`.
pub(super) fn gate(gate: CubeTensor, up: CubeTensor) -> CubeTensor {
    let (gate, up) = (packed(gate), packed(up));
    let (y, total) = (like(&gate), gate.shape().num_elements() / WHOLE);
    let call = Call::new().reads(&gate).reads(&up).writes(&y);
    launch(call, &gate, "GATE_FORWARD", total.div_ceil(THREADS), vec![total as u64]);
    y
}

/// Gradients of the two inputs of [`gate`].
pub(super) fn gate_backward(gate: CubeTensor, up: CubeTensor, gradient: CubeTensor) -> [CubeTensor; 2] {
    let (gate, up, gradient) = (packed(gate), packed(up), packed(gradient));
    let (of_gate, of_up, total) = (like(&gate), like(&up), gate.shape().num_elements() / WHOLE);
    let call = Call::new().reads(&gate).reads(&up).reads(&gradient).writes(&of_gate).writes(&of_up);
    launch(call, &gate, "GATE_BACKWARD", total.div_ceil(THREADS), vec![total as u64]);
    [of_gate, of_up]
}

/// A gaussian error linear unit, exactly or by its approximation with a hyperbolic tangent.
pub(super) fn gelu(x: CubeTensor, tanh: bool) -> CubeTensor {
    let x = packed(x);
    let y = like(&x);
    launch_gelu(Call::new().reads(&x).writes(&y), &x, tanh, false);
    y
}

/// Gradient of the input of [`gelu`].
pub(super) fn gelu_backward(x: CubeTensor, gradient: CubeTensor, tanh: bool) -> CubeTensor {
    let (x, gradient) = (packed(x), packed(gradient));
    let dx = like(&x);
    launch_gelu(Call::new().reads(&x).reads(&gradient).writes(&dx), &x, tanh, true);
    dx
}

fn launch_gelu(call: Call, x: &CubeTensor, tanh: bool, backward: bool) {
    let total = x.shape().num_elements() / WHOLE;
    let variant = [("TANH", usize::from(tanh)), ("BACKWARD", usize::from(backward))];
    launch_variant(call, x, (TEXT, "GELU"), &variant, total.div_ceil(THREADS), vec![total as u64]);
}

/// Of logits `[tokens, vocabulary]` each token's loss, and `scale` times the gradient of their sum with respect to the logits.
pub(super) fn entropy(logits: CubeTensor, targets: CubeTensor, scale: f64) -> (CubeTensor, CubeTensor) {
    let (logits, targets) = (packed(logits), into_contiguous(targets));
    let [tokens, width] = sizes(&logits);
    // The gradient takes the place of logits that nobody else holds.
    let gradient = if logits.handle.can_mut() { logits.clone() } else { like(&logits) };
    let loss = room(&logits, &[tokens], DType::F32);
    let call = Call::new().reads(&logits).reads(&targets).writes(&loss).writes(&gradient);
    launch(call, &logits, "ENTROPY", tokens, vec![width as u64, bits(scale)]);
    (loss, gradient)
}

/// The gradient of a table of so many rows, in f32, from that of its rows `ids`.
pub(super) fn embedding_backward(ids: CubeTensor, gradient: CubeTensor, rows: usize) -> CubeTensor {
    let (ids, gradient) = (into_contiguous(ids), packed(gradient));
    let [tokens, width] = sizes(&gradient);
    let table = Cube::float_zeros([rows, width].into(), &gradient.device, FloatDType::F32);
    let call = Call::new().reads(&ids).reads(&gradient).changes(&table);
    launch(call, &gradient, "EMBEDDING_BACKWARD", tokens, vec![tokens as u64, width as u64]);
    table
}

/// The sum of f32 values, always in one order.
pub(super) fn sum(values: CubeTensor) -> CubeTensor {
    let values = packed(values);
    let sum = room(&values, &[1], DType::F32);
    launch(Call::new().reads(&values).writes(&sum), &values, "SUM", 1, vec![count(&values)]);
    sum
}

/// `[rows, columns]` of f32 from `[parts, rows, columns]`, their sum. A part has a multiple of four values.
pub(super) fn sum_of_parts(parts: CubeTensor) -> CubeTensor {
    let shape = parts.shape();
    let sum = room(&parts, &shape[1..], DType::F32);
    let quarters = count(&sum) / 4;
    let info = vec![quarters, shape[0] as u64];
    launch(Call::new().reads(&parts).writes(&sum), &parts, "SUM_OF_PARTS", (quarters as usize).div_ceil(THREADS), info);
    sum
}

/// Tensors that one launch takes: each is a parameter or several of the kernel.
const TOGETHER: usize = 16;
/// Blocks that share a tensor.
const BLOCKS: usize = 256;

/// Type and name of a kernel's pointer.
type Pointer = (&'static str, &'static str);

/// A kernel over up to [`TOGETHER`] groups of tensors: the `i`-th row of blocks calls `one` of `part` with `i`, the pointers of
/// the `i`-th group, and those that all groups share.
fn many(part: &str, own: &[Pointer], shared: &[Pointer], groups: usize) -> (Kernel, impl FnOnce() -> String) {
    let kernel = kernel(format!("graftwork_{}_{groups}", part.to_lowercase()));
    let names = |i: usize| own.iter().map(move |(_, name)| format!("{name}{i}"));
    let of_group =
        |i: usize| own.iter().zip(names(i)).map(|((kind, _), name)| format!("{kind} {name}")).collect::<Vec<_>>();
    let of_all = shared.iter().map(|(kind, name)| format!("{kind} {name}"));
    let parameters = (0..groups).flat_map(of_group).chain(of_all).collect::<Vec<_>>().join(", ");
    let declared = own.iter().map(|(kind, name)| format!("{kind} {name};")).collect::<Vec<_>>().join(" ");
    let case = |i: usize| {
        let chosen = own.iter().zip(names(i)).map(|((_, name), of_group)| format!("{name} = {of_group};"));
        format!("case {i}: {} break;", chosen.collect::<Vec<_>>().join(" "))
    };
    let cases = (0..groups).map(case).collect::<Vec<_>>().join("\n        ");
    let given = own.iter().chain(shared).map(|(_, name)| *name).collect::<Vec<_>>().join(", ");
    let part = part.to_owned();
    // Chosen first, so that what is done with them is compiled once.
    let text = move || {
        format!(
            "#define {part} 1\n#define TOGETHER {TOGETHER}\n{PASS}{TEXT}\nextern \"C\" __global__ void __launch_bounds__(THREADS) \
             KERNEL({parameters}, const __grid_constant__ Info info) {{\n    {declared}\n    switch (blockIdx.y) {{\n        \
             {cases}\n        default: return;\n    }}\n    one(info, blockIdx.y, {given});\n}}\n"
        )
    };
    (kernel, text)
}

/// The numbers of up to [`TOGETHER`] tensors, filled up.
fn filled(values: impl Iterator<Item = u64>) -> impl Iterator<Item = u64> {
    values.chain(std::iter::repeat(0)).take(TOGETHER)
}

fn count(tensor: &CubeTensor) -> u64 {
    tensor.shape().num_elements() as u64
}

/// The sum of squares of all values of f32 tensors.
pub(super) fn squares(tensors: &[CubeTensor]) -> CubeTensor {
    let tensors: Vec<CubeTensor> = tensors.iter().cloned().map(into_contiguous).collect();
    let sums = room(&tensors[0], &[tensors.len() * BLOCKS], DType::F32);
    for (index, group) in tensors.chunks(TOGETHER).enumerate() {
        let call = group.iter().fold(Call::new(), Call::reads).changes(&sums);
        let (kernel, text) = many("SQUARES", &[("const float*", "x")], &[("float*", "sums")], group.len());
        let info = filled(group.iter().map(count)).chain([(index * TOGETHER * BLOCKS) as u64]).collect();
        call.launch(&group[0], kernel, text, [BLOCKS as u32, group.len() as u32, 1], info);
    }
    sum(sums)
}

/// Parameters and moments after a step of AdamW.
///
/// `tensors` are each a parameter, its moments and its gradient, all f32 of one shape; `each` has the learning rate and the
/// weight decay of each, `all` the decays of the moments, epsilon, the two corrections, and the norm that the gradients are cut to;
/// `norm` is theirs.
pub(super) fn update(
    tensors: Vec<[CubeTensor; 4]>,
    each: &[[f64; 2]],
    norm: CubeTensor,
    all: [f64; 6],
) -> Vec<[CubeTensor; 3]> {
    let pointers = [
        ("const float*", "value"),
        ("const float*", "first"),
        ("const float*", "second"),
        ("const float*", "gradient"),
        ("float*", "new_value"),
        ("float*", "new_first"),
        ("float*", "new_second"),
    ];
    let mut updated = Vec::with_capacity(tensors.len());
    let mut tensors = tensors.into_iter().map(|group| group.map(into_contiguous));
    // What nobody else holds is changed where it is.
    let place = |old: &CubeTensor| if old.handle.can_mut() { old.clone() } else { like(old) };
    for numbers in each.chunks(TOGETHER) {
        let group: Vec<[CubeTensor; 4]> = tensors.by_ref().take(numbers.len()).collect();
        let new = |[value, first, second, _]: &[CubeTensor; 4]| [place(value), place(first), place(second)];
        let new: Vec<[CubeTensor; 3]> = group.iter().map(new).collect();
        let call = group
            .iter()
            .zip(&new)
            .fold(Call::new(), |call, (old, new)| new.iter().fold(old.iter().fold(call, Call::reads), Call::changes))
            .reads(&norm);
        let (kernel, text) = many("UPDATE", &pointers, &[("const float*", "norm")], group.len());
        let counts = filled(group.iter().map(|[value, ..]| count(value)));
        let column = |i: usize| filled(numbers.iter().map(move |n| bits(n[i])));
        let info = counts.chain(column(0)).chain(column(1)).chain(all.map(bits)).collect();
        call.launch(&group[0][0], kernel, text, [BLOCKS as u32, group.len() as u32, 1], info);
        updated.extend(new);
    }
    updated
}
