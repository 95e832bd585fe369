//! What goes into a forward pass: token ids with their places, and the keys and values of what came before.

use burn::tensor::{Device, Int, Tensor, TensorData};

/// A batch of equally long rows of tokens, padded on the right.
///
/// Several sequences may share a row (packing); `segments` tells them apart, and they do not see each other.
#[derive(Clone, Debug)]
pub struct Input {
    rows: usize,
    length: usize,
    ids: Vec<u32>,
    positions: Vec<u32>,
    segments: Vec<u32>,
    device: Device,
}

impl Input {
    /// A batch of `rows · length` tokens, row by row. `positions` count from 0 in each segment; `segments` are 1, 2, …
    /// within a row and 0 for padding. All three have `rows · length` entries.
    #[must_use]
    pub fn new(rows: usize, ids: Vec<u32>, positions: Vec<u32>, segments: Vec<u32>, device: &Device) -> Self {
        debug_assert!(
            ids.len() == positions.len() && ids.len() == segments.len() && rows > 0 && ids.len().is_multiple_of(rows)
        );
        Self { rows, length: ids.len() / rows.max(1), ids, positions, segments, device: device.clone() }
    }

    /// One sequence whose first token has the position `start`.
    #[must_use]
    pub fn sequence(ids: &[u32], start: u32, device: &Device) -> Self {
        let positions = (start..).take(ids.len()).collect();
        Self::new(1, ids.to_vec(), positions, vec![1; ids.len()], device)
    }

    /// Number of rows.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Tokens in a row, padding included.
    #[must_use]
    pub fn length(&self) -> usize {
        self.length
    }

    /// Position of every token, row by row.
    #[must_use]
    pub fn positions(&self) -> &[u32] {
        &self.positions
    }

    /// Segment of every token, row by row; 0 is padding.
    #[must_use]
    pub fn segments(&self) -> &[u32] {
        &self.segments
    }

    /// The device that the forward pass runs on.
    #[must_use]
    pub fn device(&self) -> &Device {
        &self.device
    }

    /// Token ids, `[rows · length]`.
    #[must_use]
    pub fn ids(&self) -> Tensor<1, Int> {
        let ids: Vec<i32> = self.ids.iter().map(|&id| id as i32).collect();
        let count = ids.len();
        Tensor::from_data(TensorData::new(ids, [count]), &self.device)
    }
}

/// Keys and values of the tokens that a model has seen, layer by layer, for generation.
#[derive(Clone, Debug, Default)]
pub struct Cache {
    layers: Vec<(Tensor<4>, Tensor<4>)>,
}

impl Cache {
    /// Appends keys and values of new tokens, both `[rows, kv_heads, length, head_dim]`, to a layer; gives all of the
    /// layer's. Layers are first met in order.
    pub fn extend(&mut self, layer: usize, keys: Tensor<4>, values: Tensor<4>) -> (Tensor<4>, Tensor<4>) {
        let both = match self.layers.get(layer) {
            Some((k, v)) => (Tensor::cat(vec![k.clone(), keys], 2), Tensor::cat(vec![v.clone(), values], 2)),
            None => (keys, values),
        };
        match self.layers.get_mut(layer) {
            Some(slot) => *slot = both.clone(),
            None => self.layers.push(both.clone()),
        }
        both
    }

    /// Tokens that it holds.
    #[must_use]
    pub fn length(&self) -> usize {
        self.layers.first().map_or(0, |(k, _)| k.dims()[2])
    }
}
