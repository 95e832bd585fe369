//! What goes into a forward pass: token ids with their places, and the keys and values of what came before.

use burn::tensor::{Device, Int, Tensor, TensorData};

use crate::Task;

/// The token of a row that stands for all of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// The first: `[CLS]`.
    First,
    /// The last that is no padding: it has seen all others.
    Last,
}

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
    types: Vec<u32>,
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
        let types = vec![0; ids.len()];
        Self { rows, length: ids.len() / rows.max(1), ids, positions, segments, types, device: device.clone() }
    }

    /// The same with a type for every token, row by row: 1 for the second of two texts, in families that tell them apart.
    #[must_use]
    pub fn with_types(self, types: Vec<u32>) -> Self {
        debug_assert!(types.len() == self.ids.len());
        Self { types, ..self }
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
        self.integers(&self.ids)
    }

    /// Positions as they are looked up in a table, `[rows · length]`.
    #[must_use]
    pub fn position_ids(&self) -> Tensor<1, Int> {
        self.integers(&self.positions)
    }

    /// Types of the tokens, `[rows · length]`.
    #[must_use]
    pub fn type_ids(&self) -> Tensor<1, Int> {
        self.integers(&self.types)
    }

    /// Numbers on the device of the pass.
    pub(crate) fn integers(&self, numbers: &[u32]) -> Tensor<1, Int> {
        let numbers: Vec<i32> = numbers.iter().map(|&n| n as i32).collect();
        let count = numbers.len();
        Tensor::from_data(TensorData::new(numbers, [count]), &self.device)
    }

    /// What a decoder leaves for its head: every hidden state, or for classification that of each row's last token.
    #[must_use]
    pub fn for_head(&self, task: Task, hidden: Tensor<2>) -> Tensor<2> {
        match task {
            Task::SequenceClassification { .. } => self.pool(hidden, Place::Last),
            Task::CausalLm | Task::MaskedLm => hidden,
        }
    }

    /// The hidden state of one token of each row: the first, or the last that is no padding. `[rows · length, hidden]` to
    /// `[rows, hidden]`; each row is one sequence.
    #[must_use]
    pub fn pool(&self, hidden: Tensor<2>, place: Place) -> Tensor<2> {
        let at = |(row, segments): (usize, &[u32])| {
            let within = match place {
                Place::First => 0,
                Place::Last => segments.iter().rposition(|&segment| segment != 0).unwrap_or(0),
            };
            (row * self.length + within) as u32
        };
        let places: Vec<u32> = self.segments.chunks(self.length.max(1)).enumerate().map(at).collect();
        hidden.select(0, self.integers(&places))
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

    /// Keeps the first `length` tokens.
    pub fn truncate(&mut self, length: usize) {
        if length == 0 {
            self.layers.clear();
        } else if length < self.length() {
            for (keys, values) in &mut self.layers {
                *keys = keys.clone().narrow(2, 0, length);
                *values = values.clone().narrow(2, 0, length);
            }
        }
    }

    /// Tokens that it holds.
    #[must_use]
    pub fn length(&self) -> usize {
        self.layers.first().map_or(0, |(k, _)| k.dims()[2])
    }
}
