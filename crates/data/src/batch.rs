//! Rows as rectangular arrays, ready to become tensors.

use std::ops::Range;

use crate::{Row, Sample, Source};

/// A batch of `rows` × `length` positions, row after row; rows are filled up on the right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// Rows.
    pub rows: usize,
    /// Positions in a row: as many as the longest row has tokens.
    pub length: usize,
    /// Token ids; the padding id where there is no token.
    pub ids: Vec<u32>,
    /// What is to be predicted at this position: the id that follows in the same segment, the padding id where none
    /// does; with masked tokens, the id that stood here.
    pub targets: Vec<u32>,
    /// Whether the loss counts the prediction made at this position.
    pub counts: Vec<bool>,
    /// The position in the segment, from 0; 0 in padding.
    pub positions: Vec<u32>,
    /// The segment in the row, from 1; 0 is padding. Positions of different segments must not attend to each other.
    pub segments: Vec<u32>,
    /// The type of each token, 1 for the second text of a pair; empty if all are 0.
    pub types: Vec<u32>,
    /// The class of each row; empty unless samples have labels.
    pub labels: Vec<u32>,
    /// Where the samples came from, row after row, segment after segment.
    pub sources: Vec<Source>,
}

impl Batch {
    /// The batch of these rows, filled up with `pad_id`.
    pub fn from_rows(rows: &[&Row], pad_id: u32) -> Self {
        let length = rows.iter().map(|row| row.tokens()).max().unwrap_or(0);
        let size = rows.len() * length;
        let samples = || rows.iter().flat_map(|row| row.segments());
        let typed = samples().any(|sample| !sample.types().is_empty());
        let mut batch = Self {
            rows: rows.len(),
            length,
            ids: vec![pad_id; size],
            targets: vec![pad_id; size],
            counts: vec![false; size],
            positions: vec![0; size],
            segments: vec![0; size],
            types: vec![0; if typed { size } else { 0 }],
            labels: samples().filter_map(Sample::label).collect(),
            sources: rows.iter().flat_map(|row| row.sources().cloned()).collect(),
        };
        for (index, row) in rows.iter().enumerate() {
            batch.fill_row(index * length, row);
        }
        batch
    }

    fn fill_row(&mut self, start: usize, row: &Row) {
        let mut at = start;
        for (segment, sample) in (1..).zip(row.segments()) {
            let here = at..at + sample.len();
            self.ids[here.clone()].copy_from_slice(sample.ids());
            self.segments[here.clone()].fill(segment);
            if !sample.types().is_empty() {
                self.types[here.clone()].copy_from_slice(sample.types());
            }
            for (position, slot) in (0..).zip(&mut self.positions[here.clone()]) {
                *slot = position;
            }
            // The last position of a segment predicts nothing.
            if let (Some(next), Some(counts)) = (sample.ids().get(1..), sample.train_on().get(1..)) {
                self.targets[at..at + next.len()].copy_from_slice(next);
                self.counts[at..at + counts.len()].copy_from_slice(counts);
            }
            at = here.end;
        }
    }

    /// Predictions that the loss counts: of tokens, or of the classes of rows.
    pub fn target_tokens(&self) -> usize {
        self.labels.len() + self.counts.iter().filter(|&&counts| counts).count()
    }

    /// Positions that hold a token.
    pub fn tokens(&self) -> usize {
        self.segments.iter().filter(|&&segment| segment != 0).count()
    }

    /// Each sample as a batch of its own, in the order of `sources`.
    pub fn samples(&self) -> impl Iterator<Item = Self> {
        let of = move |(index, at): (usize, Range<usize>)| Self {
            rows: 1,
            length: at.len(),
            ids: self.ids[at.clone()].to_vec(),
            targets: self.targets[at.clone()].to_vec(),
            counts: self.counts[at.clone()].to_vec(),
            positions: self.positions[at.clone()].to_vec(),
            segments: vec![1; at.len()],
            types: self.types.get(at).unwrap_or_default().to_vec(),
            // Where samples have labels, each has one.
            labels: self.labels.get(index).copied().into_iter().collect(),
            sources: self.sources.get(index).cloned().into_iter().collect(),
        };
        (0..self.rows).flat_map(move |row| self.spans(row)).enumerate().map(of)
    }

    /// The positions of each sample in a row.
    fn spans(&self, row: usize) -> impl Iterator<Item = Range<usize>> {
        let first = row * self.length;
        let runs = self.segments[first..first + self.length].chunk_by(|a, b| a == b);
        let ends = runs.scan(first, |end, run| {
            let start = std::mem::replace(end, *end + run.len());
            Some((run, start..*end))
        });
        ends.filter(|(run, _)| run.first() != Some(&0)).map(|(_, at)| at)
    }
}
