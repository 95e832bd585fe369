//! What a data set holds, in numbers.

use std::ops::AddAssign;

use serde::Serialize;

use crate::{Format, Row, Weight};

/// Numbers about a data set.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DataStats {
    /// What each training source gave, in their order.
    pub sources: Vec<SourceStats>,
    /// Rows of an epoch: all that there are to train on, unless sources are mixed by weight.
    pub rows_per_epoch: usize,
    /// Records read, from all files.
    pub records: usize,
    /// Samples that were cut to the longest length.
    pub truncated: usize,
    /// Samples left out since no token of theirs counts.
    pub dropped: usize,
    /// What is trained on.
    pub train: PartStats,
    /// What is evaluated on.
    pub eval: PartStats,
}

/// Numbers about one source.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SourceStats {
    /// Its path, as it was given.
    pub path: String,
    /// Its files.
    pub files: usize,
    /// What its records look like.
    pub format: Format,
    /// Its share of an epoch's rows, if it was given one.
    pub weight: Option<Weight>,
    /// Records read; a text counts as one.
    pub records: usize,
    /// Samples that they gave.
    pub samples: usize,
}

/// Numbers about one part of it.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
pub struct PartStats {
    /// Tokenised records or windows.
    pub samples: usize,
    /// Rows that they are laid into.
    pub rows: usize,
    /// Tokens, without padding.
    pub tokens: usize,
    /// Tokens that the loss counts.
    pub target_tokens: usize,
    /// Tokens of the longest row.
    pub longest: usize,
    /// The part that is padding if every row is filled up to the longest.
    pub padding_fraction: f64,
}

impl PartStats {
    /// Counts a row. [`padding_fraction`](Self::padding_fraction) is that of the rows so far.
    pub(crate) fn count(&mut self, row: &Row) {
        self.samples += row.segments().len();
        self.rows += 1;
        self.tokens += row.tokens();
        self.target_tokens += row.target_tokens();
        self.longest = self.longest.max(row.tokens());
        let positions = self.rows * self.longest;
        self.padding_fraction = if positions == 0 { 0.0 } else { 1.0 - self.tokens as f64 / positions as f64 };
    }
}

/// What is counted while records are tokenised.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub(crate) records: usize,
    pub(crate) truncated: usize,
    pub(crate) dropped: usize,
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.records += other.records;
        self.truncated += other.truncated;
        self.dropped += other.dropped;
    }
}
