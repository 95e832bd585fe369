//! The text of the warpgroup's product, whose list of registers depends on the columns.

/// Where the left operand of a product is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Left {
    /// In registers, a row of the result in each thread.
    Registers,
    /// In shared memory; `slow` says whether the inner dimension is the slow one there.
    Shared { slow: bool },
}

/// `NAME(d, a, b, keep)`: `d = a · b`, or `d += a · b` to keep what is there, for 64 rows and `columns` columns. `slow` says of `b` whether the
/// inner dimension is the slow one in shared memory.
pub(super) fn text(name: &str, columns: usize, left: Left, slow: bool) -> String {
    let count = columns / 2;
    let list =
        |range: std::ops::Range<usize>, item: &dyn Fn(usize) -> String| range.map(item).collect::<Vec<_>>().join(", ");
    let place = |i: usize| format!("%{i}");
    let sums = list(0..count, &place);
    let (kind, values, a, operand, swaps) = match left {
        Left::Registers => {
            let values = list(0..4, &|i| format!("\"r\"(a[{i}])"));
            ("const u32 (&a)[4]", values, format!("{{{}}}", list(count..count + 4, &place)), 4, String::new())
        }
        Left::Shared { slow } => ("u64 a", "\"l\"(a)".to_owned(), place(count), 1, format!("{}, ", u8::from(slow))),
    };
    let (b, keep) = (place(count + operand), place(count + operand + 1));
    let outputs = list(0..count, &|i| format!("\"+f\"(d[{i}])"));
    format!(
        "__device__ __forceinline__ void {name}(float (&d)[{count}], {kind}, u64 b, u32 keep) {{\n    \
         asm volatile(\"{{\\n.reg .pred keep;\\nsetp.ne.b32 keep, {keep}, 0;\\n\"\n        \
         \"wgmma.mma_async.sync.aligned.m64n{columns}k16.f32.bf16.bf16 {{{sums}}}, {a}, {b}, keep, 1, 1, {swaps}{};\\n}}\"\n        \
         : {outputs} : {values}, \"l\"(b), \"r\"(keep));\n}}\n",
        u8::from(slow)
    )
}
