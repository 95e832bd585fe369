//! Laying samples into rows.

use std::collections::BTreeSet;

use crate::{Sample, Source};

/// What one row of a batch holds: samples one after another, which do not see each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    segments: Vec<Sample>,
}

impl Row {
    /// A row of these samples, in this order.
    pub fn new(segments: Vec<Sample>) -> Self {
        Self { segments }
    }

    /// The samples.
    pub fn segments(&self) -> &[Sample] {
        &self.segments
    }

    /// Tokens in the row.
    pub fn tokens(&self) -> usize {
        self.segments.iter().map(Sample::len).sum()
    }

    /// Tokens in the row that count as targets.
    pub fn target_tokens(&self) -> usize {
        self.segments.iter().map(Sample::target_tokens).sum()
    }

    /// Where each sample came from.
    pub fn sources(&self) -> impl Iterator<Item = &Source> {
        self.segments.iter().map(Sample::source)
    }
}

/// Packs samples of these lengths into rows of at most `max_length` tokens by best fit decreasing: from the longest
/// sample to the shortest, each into the fullest row that has room for it (Ding et al., "Fewer Truncations Improve
/// Language Modeling", 2024). Gives the samples of each row by their numbers. No sample is split; of equals the earlier
/// goes first. A sample above `max_length` gets a row of its own.
pub fn pack(lengths: &[usize], max_length: usize) -> Vec<Vec<u32>> {
    let mut longest_first: Vec<u32> = (0..u32::try_from(lengths.len()).unwrap_or(u32::MAX)).collect();
    // Stable, so that equal lengths keep their order.
    longest_first.sort_by_key(|&sample| std::cmp::Reverse(lengths[sample as usize]));
    let mut rows: Vec<Vec<u32>> = Vec::new();
    // Rows by the room they have left.
    let mut open: BTreeSet<(usize, usize)> = BTreeSet::new();
    for sample in longest_first {
        let length = lengths[sample as usize];
        let best = open.range((length, 0)..).next().copied();
        let (room, row) = match best {
            Some(fit) => {
                open.remove(&fit);
                rows[fit.1].push(sample);
                fit
            }
            None => {
                rows.push(vec![sample]);
                (max_length.max(length), rows.len() - 1)
            }
        };
        open.insert((room - length, row));
    }
    rows
}
