//! Numbers of golden files, and when two lists of them agree.

use burn::tensor::Tensor;
use graftwork_store::SafetensorsFile;

use crate::ROUNDING;

pub(crate) fn floats(file: &SafetensorsFile, name: &str) -> Vec<f32> {
    file.tensor(name).expect("the tensor").to_f32().expect("floats")
}

/// Numbers of 64 bits; -100, which counts nothing, comes as the largest.
pub(crate) fn integers(file: &SafetensorsFile, name: &str) -> Vec<u32> {
    let tensor = file.tensor(name).expect("the tensor");
    let number = |b: &[u8]| u32::try_from(i64::from_le_bytes(b.try_into().expect("eight"))).unwrap_or(u32::MAX);
    tensor.bytes().chunks_exact(8).map(number).collect()
}

pub(crate) fn values(x: Tensor<2>) -> Vec<f32> {
    x.into_data().try_to_vec().expect("f32")
}

/// Positions of rows that begin with their first token.
pub(crate) fn places(tokens: &[u32], rows: usize) -> Vec<u32> {
    let length = tokens.len() / rows;
    (0..tokens.len()).map(|i| (i % length) as u32).collect()
}

pub(crate) fn largest(values: &[f32]) -> f32 {
    values.iter().fold(0.0, |m, v| m.max(v.abs()))
}

/// Fails unless the largest difference is [`ROUNDING`], relative to the largest number.
pub(crate) fn close(model: &str, what: &str, found: &[f32], expected: &[f32]) {
    close_to_scale(model, what, found, expected, largest(expected));
}

/// The same, relative to a number.
pub(crate) fn close_to_scale(model: &str, what: &str, found: &[f32], expected: &[f32], scale: f32) {
    assert_eq!(found.len(), expected.len(), "{model}, {what}");
    assert!(found.iter().all(|v| v.is_finite()), "{model}, {what}: not finite");
    let worst = found.iter().zip(expected).fold(0.0f32, |m, (a, b)| m.max((a - b).abs())) / scale;
    println!("{model}, {what}: {worst:.1e}");
    assert!(worst < ROUNDING, "{model}, {what}: {worst:e}");
}
