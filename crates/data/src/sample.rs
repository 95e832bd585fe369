//! Records to samples: ids, and which of them the loss counts.

use serde::{Deserialize, Serialize};

use crate::mask::{assistant_spans, covers};
use crate::stats::Tally;
use crate::{Body, Conversation, DataError, Encoded, Format, LossOn, Record, Source, Tokenizer};

/// A tokenised record, or a window of a text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sample {
    ids: Vec<u32>,
    train_on: Vec<bool>,
    source: Source,
}

impl Sample {
    /// A sample of `ids`, each with whether it counts as a target. The first never does: nothing predicts it.
    ///
    /// The shorter of the two lengths holds.
    pub fn new(mut ids: Vec<u32>, mut train_on: Vec<bool>, source: Source) -> Self {
        let length = ids.len().min(train_on.len());
        ids.truncate(length);
        train_on.truncate(length);
        if let Some(first) = train_on.first_mut() {
            *first = false;
        }
        Self { ids, train_on, source }
    }

    /// The token ids.
    pub fn ids(&self) -> &[u32] {
        &self.ids
    }

    /// Whether each token counts as a target; as long as [`ids`](Self::ids).
    pub fn train_on(&self) -> &[bool] {
        &self.train_on
    }

    /// The record's, or the window's, first line.
    pub fn source(&self) -> &Source {
        &self.source
    }

    /// The number of tokens.
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// Whether there is no token.
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// The number of tokens that count as targets.
    pub fn target_tokens(&self) -> usize {
        self.train_on.iter().filter(|&&counts| counts).count()
    }
}

/// Tokenises records.
///
/// - A text is its ids, with bos if the tokenizer adds it, and eos at the end; all count.
/// - A plain text file is that, cut into windows of `max_length`; a last one of a single token is left out.
/// - A prompt and its completion are tokenised as one text, as they will be read, and end in eos. Counted is every
///   token that holds a byte of the completion, and eos. Where the prompt's own ids begin the whole's, this is what TRL
///   counts; where a token straddles the boundary, TRL goes by the number of the prompt's ids, and this by the bytes.
/// - Without an eos in the tokenizer or the model's configuration, nothing is put at the end.
/// - A conversation is what the chat template renders, with nothing added; counted are the assistant's turns.
///
/// A sample longer than `max_length` is cut there; one that has no counted token left is dropped.
pub(crate) struct Sampler<'a> {
    pub(crate) tokenizer: &'a Tokenizer,
    pub(crate) max_length: usize,
    pub(crate) loss_on: LossOn,
}

impl Sampler<'_> {
    /// Fails if the loss is to be on something that records of this format do not have.
    pub(crate) fn check(&self, format: Format) -> Result<(), DataError> {
        let fits = match self.loss_on {
            LossOn::Auto | LossOn::All => true,
            LossOn::Completion => matches!(format, Format::PromptCompletion | Format::Alpaca),
            LossOn::Assistant => format == Format::Chat,
        };
        if fits {
            return Ok(());
        }
        let problem = format!("{format} records have no such part; use \"auto\" or \"all\"");
        Err(DataError::Option { key: "loss_on", problem })
    }

    /// The samples of one record, counted in `tally`.
    pub(crate) fn samples(&self, record: &Record, tally: &mut Tally) -> Result<Vec<Sample>, DataError> {
        tally.records += 1;
        let source = &record.source;
        let sample = match &record.body {
            Body::Text(text) | Body::Labelled { text, pair: None, .. } => self.pair("", text, source),
            Body::Labelled { pair: Some(_), .. } => return Err(DataError::PairWithoutLabel { at: source.clone() }),
            Body::Pair { prompt, completion } => self.pair(prompt, completion, source),
            Body::Chat(conversation) => self.chat(conversation, source),
        };
        let sample = sample.map_err(|error| error.in_record(source))?;
        tally.truncated += usize::from(sample.len() > self.max_length);
        let sample = self.cut(sample);
        if sample.target_tokens() == 0 {
            tally.dropped += 1;
            return Ok(Vec::new());
        }
        Ok(vec![sample])
    }

    fn cut(&self, mut sample: Sample) -> Sample {
        sample.ids.truncate(self.max_length);
        sample.train_on.truncate(self.max_length);
        sample
    }

    /// A prompt, which may be empty, and what follows it.
    fn pair(&self, prompt: &str, completion: &str, source: &Source) -> Result<Sample, DataError> {
        let encoded = self.tokenizer.encode_with_offsets(&format!("{prompt}{completion}"), false)?;
        let all = self.loss_on == LossOn::All;
        let target = prompt.len()..prompt.len() + completion.len();
        let (prefix, ending) = (self.tokenizer.prefix(), self.tokenizer.ending());
        let mut train_on = vec![all; prefix.len()];
        train_on.extend(encoded.offsets.iter().map(|token| all || covers(std::slice::from_ref(&target), token)));
        train_on.resize(train_on.len() + ending.len(), true);
        Ok(Sample::new([prefix, &encoded.ids, &ending].concat(), train_on, source.clone()))
    }

    fn chat(&self, conversation: &Conversation, source: &Source) -> Result<Sample, DataError> {
        let rendered = self.tokenizer.template()?.render_conversation(conversation)?;
        let Encoded { ids, offsets } = self.tokenizer.encode_with_offsets(&rendered.text, false)?;
        let train_on = if self.loss_on == LossOn::All {
            vec![true; ids.len()]
        } else {
            let spans = assistant_spans(self.tokenizer, conversation, &rendered)?;
            offsets.iter().map(|token| covers(&spans, token)).collect()
        };
        Ok(Sample::new(ids, train_on, source.clone()))
    }
}
