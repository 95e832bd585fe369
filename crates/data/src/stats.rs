//! What a data set holds, in numbers.

use serde::Serialize;

use crate::{Format, Row};

/// Numbers about a data set.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DataStats {
    /// What the training records look like.
    pub format: Format,
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
    pub(crate) fn of(rows: &[Row]) -> Self {
        let tokens = rows.iter().map(Row::tokens).sum();
        let longest = rows.iter().map(Row::tokens).max().unwrap_or(0);
        let positions = rows.len() * longest;
        Self {
            samples: rows.iter().map(|row| row.segments().len()).sum(),
            rows: rows.len(),
            tokens,
            target_tokens: rows.iter().map(Row::target_tokens).sum(),
            longest,
            padding_fraction: if positions == 0 { 0.0 } else { 1.0 - tokens as f64 / positions as f64 },
        }
    }
}

/// What is counted while records are tokenised.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub(crate) records: usize,
    pub(crate) truncated: usize,
    pub(crate) dropped: usize,
}
