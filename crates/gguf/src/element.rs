//! Element types of a GGUF tensor, and how f32 values are stored in each.

use std::fmt;

use half::{bf16, f16};

/// Values that share a scale in `Q8_0`.
pub(crate) const BLOCK: usize = 32;
/// Bytes of such a block: the scale as f16, then the values.
const BLOCK_BYTES: usize = 2 + BLOCK;

/// How the elements of a tensor are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ElementType {
    /// 32-bit floats.
    F32,
    /// 16-bit floats (IEEE 754).
    F16,
    /// Blocks of 32 bytes with one scale, f16.
    Q8_0,
    /// The upper halves of 32-bit floats.
    Bf16,
}

impl fmt::Display for ElementType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::F32 => "f32",
            Self::F16 => "f16",
            Self::Q8_0 => "q8_0",
            Self::Bf16 => "bf16",
        })
    }
}

impl ElementType {
    /// The number by which ggml knows it (`ggml_type` in `ggml.h`).
    pub(crate) fn code(self) -> u32 {
        match self {
            Self::F32 => 0,
            Self::F16 => 1,
            Self::Q8_0 => 8,
            Self::Bf16 => 30,
        }
    }

    pub(crate) fn from_code(code: u32) -> Option<Self> {
        [Self::F32, Self::F16, Self::Q8_0, Self::Bf16].into_iter().find(|kind| kind.code() == code)
    }

    /// Elements that are stored together: the length of a row is a multiple of it.
    pub(crate) fn group(self) -> usize {
        if self == Self::Q8_0 { BLOCK } else { 1 }
    }

    /// Bytes of `elements`, of which there are whole groups.
    pub(crate) fn byte_len(self, elements: u64) -> u64 {
        match self {
            Self::F32 => elements * 4,
            Self::F16 | Self::Bf16 => elements * 2,
            Self::Q8_0 => elements / BLOCK as u64 * BLOCK_BYTES as u64,
        }
    }

    /// Stores `values`, of which there are whole groups.
    ///
    /// Floats are rounded to nearest, ties to even. `Q8_0` is as in `quantize_row_q8_0_ref` of `ggml-quants.c`: the
    /// scale is the block's largest magnitude over 127, and values round half away from zero.
    ///
    /// # Errors
    /// The first value that the type cannot hold: a finite one that is too large, or for `Q8_0` one that is not finite.
    pub fn encode(self, values: &[f32]) -> Result<Vec<u8>, f32> {
        let mut out = Vec::with_capacity(self.byte_len(values.len() as u64) as usize);
        match self {
            Self::F32 => values.iter().for_each(|value| out.extend(value.to_le_bytes())),
            Self::F16 => {
                for &value in values {
                    out.extend(finite(value, f16::from_f32(value), f16::is_finite)?.to_le_bytes());
                }
            }
            Self::Bf16 => {
                for &value in values {
                    out.extend(finite(value, bf16::from_f32(value), bf16::is_finite)?.to_le_bytes());
                }
            }
            Self::Q8_0 => {
                for block in values.as_chunks::<BLOCK>().0 {
                    quantise(block, &mut out)?;
                }
            }
        }
        Ok(out)
    }

    /// The values that `bytes` store.
    #[must_use]
    pub fn decode(self, bytes: &[u8]) -> Vec<f32> {
        match self {
            Self::F32 => bytes.as_chunks().0.iter().map(|b| f32::from_le_bytes(*b)).collect(),
            Self::F16 => bytes.as_chunks().0.iter().map(|b| f16::from_le_bytes(*b).to_f32()).collect(),
            Self::Bf16 => bytes.as_chunks().0.iter().map(|b| bf16::from_le_bytes(*b).to_f32()).collect(),
            Self::Q8_0 => bytes
                .as_chunks::<BLOCK_BYTES>()
                .0
                .iter()
                .flat_map(|&[low, high, ref values @ ..]| {
                    let scale = f16::from_le_bytes([low, high]).to_f32();
                    values.iter().map(move |&value| f32::from(value.cast_signed()) * scale)
                })
                .collect(),
        }
    }
}

fn finite<T: Copy>(value: f32, stored: T, is_finite: impl Fn(T) -> bool) -> Result<T, f32> {
    if is_finite(stored) || !value.is_finite() { Ok(stored) } else { Err(value) }
}

fn quantise(block: &[f32; BLOCK], out: &mut Vec<u8>) -> Result<(), f32> {
    if let Some(value) = block.iter().find(|value| !value.is_finite()) {
        return Err(*value);
    }
    let largest = block.iter().fold(0.0, |largest: f32, value| largest.max(value.abs()));
    let scale = largest / 127.0;
    let stored = f16::from_f32(scale);
    if !stored.is_finite() {
        return Err(largest);
    }
    let inverse = if scale == 0.0 { 0.0 } else { 1.0 / scale };
    out.extend(stored.to_le_bytes());
    out.extend(block.iter().map(|value| ((value * inverse).round() as i8).cast_unsigned()));
    Ok(())
}
