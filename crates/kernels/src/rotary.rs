//! Rotary position embeddings, in the half-rotated layout of Hugging Face checkpoints.

use std::sync::{Mutex, PoisonError};

use burn::tensor::{DType, Device, Tensor, TensorData};

/// Cosines and sines for every token of a batch.
#[derive(Clone, Debug)]
pub struct Rotary {
    /// `[rows or 1, 1, length, head_dim / 2]`.
    cos: Tensor<4>,
    /// The same shape.
    sin: Tensor<4>,
}

/// The tables of the last batch: most have the same positions, and the angles of long rows take a while.
#[derive(Debug, Default)]
pub struct LastRotary(Mutex<Option<(Key, Rotary)>>);

/// What tables depend on besides the model.
#[derive(Debug, PartialEq)]
struct Key {
    positions: Vec<u32>,
    rows: usize,
    dtype: DType,
    device: Device,
}

impl LastRotary {
    /// [`Rotary::new`], for one set of frequencies and one amplitude.
    #[must_use]
    pub fn tables(
        &self,
        positions: &[u32],
        rows: usize,
        frequencies: &[f64],
        amplitude: f64,
        dtype: DType,
        device: &Device,
    ) -> Rotary {
        let key = Key { positions: positions.to_vec(), rows, dtype, device: device.clone() };
        // Nothing panics while the tables are half changed.
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match &*last {
            Some((known, rotary)) if *known == key => rotary.clone(),
            _ => {
                let rotary = Rotary::new(positions, rows, frequencies, amplitude, dtype, device);
                *last = Some((key, rotary.clone()));
                rotary
            }
        }
    }
}

impl Rotary {
    /// Tables for tokens at these positions, `rows · length` of them, row by row.
    ///
    /// `frequencies` has `head_dim / 2` angles per position step; `amplitude` multiplies cosines and sines (1 but for YaRN).
    #[must_use]
    pub fn new(
        positions: &[u32],
        rows: usize,
        frequencies: &[f64],
        amplitude: f64,
        dtype: DType,
        device: &Device,
    ) -> Self {
        let length = positions.len() / rows.max(1);
        // Rows that count alike, which is all of them unless sequences are packed, share one table.
        let alike = positions.chunks(length.max(1)).all(|row| row == &positions[..length]);
        let rows = if alike { 1 } else { rows };
        let count = rows * length * frequencies.len();
        let (mut cos, mut sin) = (Vec::with_capacity(count), Vec::with_capacity(count));
        for &position in &positions[..rows * length] {
            for &frequency in frequencies {
                // Angles in f32, as Transformers has them: at large positions the rounding is part of the model.
                let angle = position as f32 * frequency as f32;
                cos.push((f64::from(angle).cos() * amplitude) as f32);
                sin.push((f64::from(angle).sin() * amplitude) as f32);
            }
        }
        let table = |data: Vec<f32>| {
            Tensor::<4>::from_data(TensorData::new(data, [rows, 1, length, frequencies.len()]), (device, DType::F32))
                .cast(dtype)
        };
        Self { cos: table(cos), sin: table(sin) }
    }

    /// Rotates queries or keys, `[rows, heads, length, head_dim]`. J. Su et al., arXiv 2104.09864.
    ///
    /// Where there are fewer than `head_dim / 2` angles, they turn the first entries of a head, and the others stay.
    #[must_use]
    pub fn apply(&self, x: Tensor<4>) -> Tensor<4> {
        let (width, turned) = (x.dims()[3], 2 * self.cos.dims()[3]);
        if turned < width {
            let rest = x.clone().narrow(3, turned, width - turned);
            return Tensor::cat(vec![self.apply(x.narrow(3, 0, turned)), rest], 3);
        }
        #[cfg(feature = "cuda")]
        if let Some(y) = crate::cuda::rotate(&x, &self.cos, &self.sin) {
            return y;
        }
        let half = x.dims()[3] / 2;
        let (first, second) = (x.clone().narrow(3, 0, half), x.narrow(3, half, half));
        let rotated = first.clone() * self.cos.clone() - second.clone() * self.sin.clone();
        Tensor::cat(vec![rotated, second * self.cos.clone() + first * self.sin.clone()], 3)
    }
}
