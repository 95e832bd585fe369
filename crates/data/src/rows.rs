//! Rows that lie on the disk: which samples each has, and how to read one.

use std::num::NonZeroUsize;
use std::ops::Range;

use crate::masking::{Draws, Masking};
use crate::spool::Spool;
use crate::{Batch, DataError, Row, pack};

/// Which samples each row has: 8 bytes of memory for a row, and 4 for a sample.
#[derive(Debug, Default)]
pub(crate) struct Layout {
    samples: Vec<u32>,
    /// Where each row ends in `samples`.
    ends: Vec<u64>,
}

impl Layout {
    /// Lays samples into rows behind those that there are, packed into `max_length` tokens or one each; gives the rows.
    pub(crate) fn lay(&mut self, samples: &[u32], spool: &Spool, packed: Option<usize>) -> Range<usize> {
        let first = self.ends.len();
        match packed {
            Some(max_length) => {
                let lengths: Vec<usize> = samples.iter().map(|&sample| spool.length(sample as usize)).collect();
                for row in pack(&lengths, max_length) {
                    self.samples.extend(row.into_iter().map(|number| samples[number as usize]));
                    self.ends.push(self.samples.len() as u64);
                }
            }
            None => {
                let before = self.samples.len() as u64;
                self.samples.extend_from_slice(samples);
                self.ends.extend((1..=samples.len() as u64).map(|count| before + count));
            }
        }
        first..self.ends.len()
    }

    fn row(&self, index: usize) -> Option<&[u32]> {
        let end = *self.ends.get(index)? as usize;
        let start = index.checked_sub(1).map_or(0, |before| self.ends[before] as usize);
        self.samples.get(start..end)
    }
}

/// Rows of a data set, which are read from the disk when they are asked for.
#[derive(Debug, Clone, Copy)]
pub struct Rows<'a> {
    pub(crate) layout: &'a Layout,
    pub(crate) spool: &'a Spool,
    pub(crate) pad_id: u32,
    pub(crate) masking: Option<&'a Masking>,
}

impl<'a> Rows<'a> {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.layout.ends.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Row `index`, from 0; one past the end has no sample.
    ///
    /// # Errors
    /// [`DataError::Spool`] if it cannot be read.
    pub fn get(&self, index: usize) -> Result<Row, DataError> {
        let samples = self.layout.row(index).unwrap_or_default();
        samples.iter().map(|&sample| self.spool.read(sample as usize)).collect::<Result<_, _>>().map(Row::new)
    }

    /// All rows in their order.
    pub fn iter(self) -> impl ExactSizeIterator<Item = Result<Row, DataError>> + use<'a> {
        (0..self.len()).map(move |index| self.get(index))
    }

    /// These rows as a batch.
    pub(crate) fn batch(&self, indices: impl Iterator<Item = usize>, draws: Draws) -> Result<Batch, DataError> {
        let indexed = indices.map(|index| Ok((index, self.get(index)?))).collect::<Result<Vec<_>, DataError>>()?;
        let rows: Vec<&Row> = indexed.iter().map(|(_, row)| row).collect();
        let mut batch = Batch::from_rows(&rows, self.pad_id);
        if let Some(masking) = self.masking {
            for (at, (index, row)) in indexed.iter().enumerate() {
                masking.apply(&mut batch, at, row, *index, draws);
            }
        }
        Ok(batch)
    }

    /// All rows as batches of `micro_batch`, in their order, with what is masked in evaluations; the last may have fewer.
    pub fn batches(
        self,
        micro_batch: NonZeroUsize,
    ) -> impl ExactSizeIterator<Item = Result<Batch, DataError>> + use<'a> {
        let batch = move |first| self.batch(first..self.len().min(first + micro_batch.get()), Draws::Evaluation);
        (0..self.len()).step_by(micro_batch.get()).map(batch)
    }
}
