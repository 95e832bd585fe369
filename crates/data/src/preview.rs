//! Showing a person what the loss counts.

use serde::Serialize;

use crate::{DataError, Sample, Tokenizer};

/// A sample as text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Preview {
    /// `file:line`.
    pub source: String,
    /// The text, cut where counting begins or ends.
    pub pieces: Vec<Piece>,
    /// The class to predict, where one is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
}

/// A run of tokens that are all counted, or all not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Piece {
    /// The text, special tokens included.
    pub text: String,
    /// Whether the loss counts it.
    pub trained: bool,
}

impl Preview {
    /// Of a sample, of whose tokens the loss counts these.
    pub(crate) fn of(
        sample: &Sample,
        counts: &[bool],
        label: Option<String>,
        tokenizer: &Tokenizer,
    ) -> Result<Self, DataError> {
        let mut pieces = Vec::new();
        let (mut end, mut before) = (0, String::new());
        for run in counts.chunk_by(|a, b| a == b) {
            let start = end;
            end += run.len();
            // Some decoders treat the first token apart, so a piece is what it adds to the text before it.
            let text = tokenizer.decode(&sample.ids()[..end], false)?;
            let piece = match text.strip_prefix(before.as_str()) {
                Some(added) => added.to_owned(),
                None => tokenizer.decode(&sample.ids()[start..end], false)?,
            };
            pieces.push(Piece { text: piece, trained: run.first() == Some(&true) });
            before = text;
        }
        Ok(Self { source: sample.source().to_string(), pieces, label })
    }
}
