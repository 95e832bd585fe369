//! A tensor as it lies in a file: element type, shape, little-endian bytes in row-major order.

use half::{bf16, f16};
use safetensors::Dtype;

/// Why bytes, a shape and an element type do not make the tensor asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TensorError {
    /// The bytes do not fill the shape.
    #[error("shape {shape:?} of {dtype} takes {expected} bytes, not {actual}")]
    Length {
        /// The element type.
        dtype: Dtype,
        /// The shape.
        shape: Vec<usize>,
        /// Bytes that the shape takes.
        expected: usize,
        /// Bytes given.
        actual: usize,
    },
    /// The shape is too large to address, or ends within a byte.
    #[error("shape {shape:?} of {dtype} is not a whole number of bytes that this machine can address")]
    Unaddressable {
        /// The element type.
        dtype: Dtype,
        /// The shape.
        shape: Vec<usize>,
    },
    /// The element type has no conversion from and to `f32`.
    #[error("{0} elements do not convert to or from f32; use F32, F16, BF16 or F64")]
    NotFloat(Dtype),
}

/// A tensor that borrows its bytes, mostly from a memory-mapped file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TensorRef<'a> {
    dtype: Dtype,
    shape: &'a [usize],
    bytes: &'a [u8],
}

impl<'a> TensorRef<'a> {
    /// A tensor over little-endian, row-major `bytes`.
    ///
    /// # Errors
    /// If `bytes` are not exactly as many as `shape` takes.
    pub fn new(dtype: Dtype, shape: &'a [usize], bytes: &'a [u8]) -> Result<Self, TensorError> {
        let expected = byte_len(dtype, shape)?;
        if bytes.len() != expected {
            return Err(TensorError::Length { dtype, shape: shape.to_vec(), expected, actual: bytes.len() });
        }
        Ok(Self { dtype, shape, bytes })
    }

    /// The element type.
    #[must_use]
    pub fn dtype(&self) -> Dtype {
        self.dtype
    }

    /// The shape; empty for a scalar.
    #[must_use]
    pub fn shape(&self) -> &'a [usize] {
        self.shape
    }

    /// The elements: little-endian, row-major.
    #[must_use]
    pub fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// The elements as `f32`: exact from F32, F16 and BF16; F64 is rounded to nearest, ties to even.
    ///
    /// # Errors
    /// If the elements are of any other type.
    pub fn to_f32(&self) -> Result<Vec<f32>, TensorError> {
        Ok(match self.dtype {
            Dtype::F32 => decode(self.bytes, f32::from_le_bytes),
            Dtype::F16 => decode(self.bytes, |b| f16::from_le_bytes(b).to_f32()),
            Dtype::BF16 => decode(self.bytes, |b| bf16::from_le_bytes(b).to_f32()),
            Dtype::F64 => decode(self.bytes, |b| f64::from_le_bytes(b) as f32),
            other => return Err(TensorError::NotFloat(other)),
        })
    }

    /// A matrix with its rows as columns; anything else as it is.
    #[must_use]
    pub fn transposed(&self) -> TensorData {
        let &[rows, columns] = self.shape else { return self.to_data() };
        // Of no elements there may be any number of rows.
        if self.bytes.is_empty() {
            return TensorData { dtype: self.dtype, shape: vec![columns, rows], bytes: Vec::new() };
        }
        let width = self.bytes.len() / (rows * columns);
        let mut bytes = Vec::with_capacity(self.bytes.len());
        for column in 0..columns {
            for row in 0..rows {
                let at = (row * columns + column) * width;
                bytes.extend_from_slice(&self.bytes[at..at + width]);
            }
        }
        TensorData { dtype: self.dtype, shape: vec![columns, rows], bytes }
    }

    /// A copy that owns its bytes.
    #[must_use]
    pub fn to_data(&self) -> TensorData {
        TensorData { dtype: self.dtype, shape: self.shape.to_vec(), bytes: self.bytes.to_vec() }
    }
}

/// A tensor that owns its bytes. The bytes always fill the shape exactly.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TensorData {
    dtype: Dtype,
    shape: Vec<usize>,
    bytes: Vec<u8>,
}

impl TensorData {
    /// A tensor of little-endian, row-major `bytes`.
    ///
    /// # Errors
    /// If `bytes` are not exactly as many as `shape` takes.
    pub fn new(dtype: Dtype, shape: Vec<usize>, bytes: Vec<u8>) -> Result<Self, TensorError> {
        TensorRef::new(dtype, &shape, &bytes)?;
        Ok(Self { dtype, shape, bytes })
    }

    /// An F32 tensor of `values` in row-major order.
    ///
    /// # Errors
    /// If `values` are not exactly as many as `shape` takes.
    pub fn from_f32(values: &[f32], shape: &[usize]) -> Result<Self, TensorError> {
        Self::from_f32_as(values, shape, Dtype::F32)
    }

    /// A tensor of `values` in row-major order, rounded to `dtype` (to nearest, ties to even).
    ///
    /// # Errors
    /// If `values` are not exactly as many as `shape` takes, or `dtype` is none of F32, F16, BF16, F64.
    pub fn from_f32_as(values: &[f32], shape: &[usize], dtype: Dtype) -> Result<Self, TensorError> {
        let bytes = match dtype {
            Dtype::F32 => encode(values, f32::to_le_bytes),
            Dtype::F16 => encode(values, |v| f16::from_f32(v).to_le_bytes()),
            Dtype::BF16 => encode(values, |v| bf16::from_f32(v).to_le_bytes()),
            Dtype::F64 => encode(values, |v| f64::from(v).to_le_bytes()),
            other => return Err(TensorError::NotFloat(other)),
        };
        Self::new(dtype, shape.to_vec(), bytes)
    }

    /// The element type.
    #[must_use]
    pub fn dtype(&self) -> Dtype {
        self.dtype
    }

    /// The shape; empty for a scalar.
    #[must_use]
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// The elements: little-endian, row-major.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Gives the bytes away.
    #[must_use]
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    /// The tensor, borrowed.
    #[must_use]
    pub fn view(&self) -> TensorRef<'_> {
        TensorRef { dtype: self.dtype, shape: &self.shape, bytes: &self.bytes }
    }

    /// The elements as `f32`; see [`TensorRef::to_f32`].
    ///
    /// # Errors
    /// If the elements are not floats of 16, 32 or 64 bits.
    pub fn to_f32(&self) -> Result<Vec<f32>, TensorError> {
        self.view().to_f32()
    }
}

/// Bytes that a tensor takes.
pub(crate) fn byte_len(dtype: Dtype, shape: &[usize]) -> Result<usize, TensorError> {
    shape
        .iter()
        .try_fold(dtype.bitsize(), |bits, &dim| bits.checked_mul(dim))
        .filter(|bits| bits % 8 == 0)
        .map(|bits| bits / 8)
        .ok_or_else(|| TensorError::Unaddressable { dtype, shape: shape.to_vec() })
}

fn decode<const N: usize>(bytes: &[u8], read: impl Fn([u8; N]) -> f32) -> Vec<f32> {
    bytes.as_chunks().0.iter().map(|chunk| read(*chunk)).collect()
}

fn encode<const N: usize>(values: &[f32], write: impl Fn(f32) -> [u8; N]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(values.len() * N);
    for &value in values {
        bytes.extend_from_slice(&write(value));
    }
    bytes
}
