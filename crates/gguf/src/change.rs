//! What becomes of a weight's values between a Hugging Face folder and a GGUF file.

use graftwork_store::{TensorError, TensorRef};

/// The order in which rows are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RowOrder {
    AsIs,
    /// Rotary halves to pairs: Transformers turns entry `i` of a head with entry `i + width / 2`, llama.cpp's Llama
    /// turns neighbours.
    Pairs {
        heads: usize,
    },
    /// GPT-NeoX: from q, k, v of one head after another to q of all heads, then k, then v.
    Grouped {
        heads: usize,
    },
}

impl RowOrder {
    /// Which of `rows` rows comes at place `row`; `rows` is a multiple of [`unit`](Self::unit).
    fn source(self, rows: usize, row: usize) -> usize {
        match self {
            Self::AsIs => row,
            Self::Pairs { heads } => {
                let width = rows / heads;
                let (head, entry) = (row / width, row % width);
                head * width + entry % 2 * (width / 2) + entry / 2
            }
            Self::Grouped { heads } => {
                let width = rows / (3 * heads);
                let (part, head, entry) = (row / (heads * width), row / width % heads, row % width);
                (head * 3 + part) * width + entry
            }
        }
    }

    /// What the number of rows must be a multiple of.
    pub(crate) fn unit(self) -> usize {
        match self {
            Self::AsIs => 1,
            Self::Pairs { heads } => 2 * heads,
            Self::Grouped { heads } => 3 * heads,
        }
    }
}

/// All that is done to a weight: rows in another order, then `(value + add) * scale`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Change {
    pub(crate) order: RowOrder,
    /// The weight is stored `[in, out]`, as GPT-2's are.
    pub(crate) transposed: bool,
    pub(crate) add: f32,
    pub(crate) scale: f32,
}

impl Change {
    /// Nothing is done.
    pub(crate) const AS_IS: Self = Self { order: RowOrder::AsIs, transposed: false, add: 0.0, scale: 1.0 };

    /// The shape that a weight of `shape` gets.
    pub(crate) fn shape(&self, shape: &[usize]) -> Vec<usize> {
        let mut shape = shape.to_vec();
        if self.transposed && shape.len() == 2 {
            shape.reverse();
        }
        shape
    }

    /// `count` rows of the changed weight, from row `first`, as f32. A vector counts as a column, a row for each entry.
    pub(crate) fn rows(&self, weight: TensorRef<'_>, first: usize, count: usize) -> Result<Vec<f32>, TensorError> {
        let mut values = if self.transposed && weight.shape().len() == 2 {
            columns(weight, first, count)?
        } else {
            self.gather(weight, first, count)?
        };
        if self.add != 0.0 || self.scale != 1.0 {
            values.iter_mut().for_each(|value| *value = (*value + self.add) * self.scale);
        }
        Ok(values)
    }

    fn gather(&self, weight: TensorRef<'_>, first: usize, count: usize) -> Result<Vec<f32>, TensorError> {
        let (rows, width) = as_matrix(weight.shape());
        let row_bytes = weight.bytes().len() / rows.max(1);
        let row = |row: usize| &weight.bytes()[row * row_bytes..][..row_bytes];
        let bytes = match self.order {
            RowOrder::AsIs => weight.bytes()[first * row_bytes..][..count * row_bytes].to_vec(),
            order => (first..first + count).flat_map(|place| row(order.source(rows, place))).copied().collect(),
        };
        TensorRef::new(weight.dtype(), &[count, width], &bytes)?.to_f32()
    }
}

/// `count` columns of a matrix from column `first`, as rows.
fn columns(weight: TensorRef<'_>, first: usize, count: usize) -> Result<Vec<f32>, TensorError> {
    let (rows, width) = as_matrix(weight.shape());
    let size = weight.bytes().len() / (rows * width).max(1);
    let mut out = vec![0.0; rows * count];
    for row in 0..rows {
        let bytes = &weight.bytes()[(row * width + first) * size..][..count * size];
        let values = TensorRef::new(weight.dtype(), &[count], bytes)?.to_f32()?;
        for (column, value) in values.into_iter().enumerate() {
            out[column * rows + row] = value;
        }
    }
    Ok(out)
}

/// Rows, and the entries of each: a vector has a row for each entry.
pub(crate) fn as_matrix(shape: &[usize]) -> (usize, usize) {
    match shape {
        [] => (1, 1),
        [length] => (*length, 1),
        [leading @ .., width] => (leading.iter().product(), *width),
    }
}
