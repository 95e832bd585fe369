//! Samples of texts that a model reads as a whole: framed by the tokenizer's special tokens, with masked tokens or a
//! label to predict.

use crate::labels::class_of;
use crate::sample::Sampler;
use crate::stats::Tally;
use crate::{Body, DataError, Format, Record, Sample, Source, Tokenizer};

impl Sampler<'_> {
    /// A text, or two, any of whose tokens but the special ones may be masked.
    pub(crate) fn masked(&self, record: &Record, tally: &mut Tally) -> Result<Vec<Sample>, DataError> {
        let (text, pair) = match &record.body {
            Body::Text(text) => (text, None),
            Body::Labelled { text, pair, .. } => (text, pair.as_deref()),
            Body::Pair { .. } | Body::Chat(_) => return Ok(Vec::new()),
        };
        let framed = self.frame(text, pair, &record.source, tally)?;
        let sample = maskable(self.tokenizer, framed.ids, record.source.clone()).with_types(framed.types);
        if sample.target_tokens() == 0 {
            tally.dropped += 1;
            return Ok(Vec::new());
        }
        Ok(vec![sample])
    }

    /// A text, or two, and its class among `labels`.
    pub(crate) fn labelled(
        &self,
        record: &Record,
        labels: &[String],
        tally: &mut Tally,
    ) -> Result<Vec<Sample>, DataError> {
        let Body::Labelled { text, pair, label } = &record.body else { return Ok(Vec::new()) };
        let at = &record.source;
        let class = class_of(label, labels).ok_or_else(|| DataError::UnknownLabel {
            at: at.clone(),
            label: label.clone(),
            known: labels.to_vec(),
        })?;
        let framed = self.frame(text, pair.as_deref(), at, tally)?;
        let counts = vec![false; framed.ids.len()];
        Ok(vec![Sample::new(framed.ids, counts, at.clone()).with_types(framed.types).with_label(class)])
    }

    fn frame(&self, text: &str, pair: Option<&str>, at: &Source, tally: &mut Tally) -> Result<Framed, DataError> {
        let framed = self.tokenizer.frame(text, pair, self.max_length).map_err(|error| error.in_record(at))?;
        tally.truncated += usize::from(framed.truncated);
        Ok(framed)
    }
}

/// A window of a longer text, in a frame of its own.
pub(crate) fn framed_window(tokenizer: &Tokenizer, ids: &[u32], source: Source) -> Sample {
    maskable(tokenizer, [tokenizer.prefix(), ids, tokenizer.suffix()].concat(), source)
}

/// Fails if records of this format are no texts.
pub(crate) fn check_texts(format: Format) -> Result<(), DataError> {
    match format {
        Format::Text | Format::JsonlText | Format::Labelled => Ok(()),
        _ => Err(wrong_format(format, "`masked` needs texts")),
    }
}

/// Fails if records of this format have no label.
pub(crate) fn check_labelled(format: Format) -> Result<(), DataError> {
    match format {
        Format::Labelled => Ok(()),
        _ => Err(wrong_format(format, "`label` needs records with a `label` beside their text or pair of texts")),
    }
}

fn wrong_format(format: Format, need: &str) -> DataError {
    DataError::Option { key: "objective", problem: format!("{need}; these are {format} records") }
}

fn maskable(tokenizer: &Tokenizer, ids: Vec<u32>, source: Source) -> Sample {
    let maskable = ids.iter().map(|&id| !tokenizer.is_special(id)).collect();
    Sample::masked(ids, maskable, source)
}

/// A text, or two, with what the tokenizer's post-processor puts around and between.
#[derive(Debug, Default)]
pub(crate) struct Framed {
    pub(crate) ids: Vec<u32>,
    /// As many as ids.
    pub(crate) types: Vec<u32>,
    pub(crate) truncated: bool,
}

/// What `added` special tokens leave of `max_length`, which must be something.
pub(crate) fn room(max_length: usize, added: usize) -> Result<usize, DataError> {
    max_length.checked_sub(added).filter(|&room| room > 0).ok_or_else(|| DataError::Option {
        key: "max_length",
        problem: format!("{added} special tokens leave no room for a text in {max_length}; make it longer"),
    })
}
