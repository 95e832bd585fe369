//! The text of the warpgroup's product, whose list of registers depends on the columns.

use std::fmt::Write;

/// `wgmma(d, a, b)`: `d += a · b` for 64 rows and `columns` columns. `transposed` says of `a` and `b` whether the inner
/// dimension is the slow one in shared memory.
pub(super) fn text(columns: usize, transposed: [bool; 2]) -> String {
    let count = columns / 2;
    let list = |item: &dyn Fn(usize) -> String| (0..count).map(item).collect::<Vec<_>>().join(", ");
    let (places, registers) = (list(&|i| format!("%{i}")), list(&|i| format!("\"+f\"(d[{i}])")));
    let [a, b] = transposed.map(u8::from);
    let mut text = String::new();
    // Writing to a string has no way to fail.
    let _ = write!(
        text,
        "__device__ __forceinline__ void wgmma(float (&d)[{count}], u64 a, u64 b) {{\n    \
         asm volatile(\"wgmma.mma_async.sync.aligned.m64n{columns}k16.f32.bf16.bf16 {{{places}}}, %{count}, %{}, 1, 1, 1, {a}, {b};\"\n        \
         : {registers} : \"l\"(a), \"l\"(b));\n}}\n",
        count + 1
    );
    text
}
