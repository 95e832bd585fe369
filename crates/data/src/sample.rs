//! Records to samples: ids, and which of them the loss counts.

use serde::{Deserialize, Serialize};

use crate::framed::{check_labelled, check_texts};
use crate::mask::{assistant_spans, covers};
use crate::stats::Tally;
use crate::{Body, Conversation, DataError, Encoded, Format, LossOn, Objective, Record, Source, Tokenizer};

/// A tokenised record, or a window of a text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sample {
    ids: Vec<u32>,
    train_on: Vec<bool>,
    /// Empty if all are 0.
    types: Vec<u32>,
    label: Option<u32>,
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
        Self { ids, train_on, types: Vec::new(), label: None, source }
    }

    /// A sample of ids, each with whether it may be masked.
    pub(crate) fn masked(ids: Vec<u32>, maskable: Vec<bool>, source: Source) -> Self {
        Self { ids, train_on: maskable, types: Vec::new(), label: None, source }
    }

    /// The same with a type for each token: 1 in the second text of a pair, in families that tell them apart.
    #[must_use]
    pub(crate) fn with_types(self, types: Vec<u32>) -> Self {
        let types = if types.iter().all(|&kind| kind == 0) { Vec::new() } else { types };
        Self { types, ..self }
    }

    /// The same with a class to predict.
    #[must_use]
    pub fn with_label(self, label: u32) -> Self {
        Self { label: Some(label), ..self }
    }

    /// The token ids.
    pub fn ids(&self) -> &[u32] {
        &self.ids
    }

    /// Whether each token counts as a target, or with masked tokens may become one; as long as [`ids`](Self::ids).
    pub fn train_on(&self) -> &[bool] {
        &self.train_on
    }

    /// The type of each token; none if all are 0.
    pub fn types(&self) -> &[u32] {
        &self.types
    }

    /// The class to predict.
    pub fn label(&self) -> Option<u32> {
        self.label
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

    /// The number of targets: of tokens that count, and one for a label.
    pub fn target_tokens(&self) -> usize {
        usize::from(self.label.is_some()) + self.train_on.iter().filter(|&&counts| counts).count()
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
/// - For masked tokens and labels, a text or a pair of them is what the tokenizer makes of it with its special tokens,
///   which stay when it is cut (`framed.rs`).
///
/// A sample longer than `max_length` is cut there; one that has no counted token left is dropped.
pub(crate) struct Sampler<'a> {
    pub(crate) tokenizer: &'a Tokenizer,
    pub(crate) max_length: usize,
    pub(crate) loss_on: LossOn,
    pub(crate) objective: &'a Objective,
}

impl Sampler<'_> {
    /// Fails if the objective, or the loss, is to be on something that records of this format do not have.
    pub(crate) fn check(&self, format: Format) -> Result<(), DataError> {
        match self.objective {
            Objective::NextToken => {}
            Objective::Masked { .. } => return check_texts(format),
            Objective::Label { .. } => return check_labelled(format),
        }
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
        match self.objective {
            Objective::NextToken => self.next_token(record, tally),
            Objective::Masked { .. } => self.masked(record, tally),
            Objective::Label { labels } => self.labelled(record, labels, tally),
        }
    }

    fn next_token(&self, record: &Record, tally: &mut Tally) -> Result<Vec<Sample>, DataError> {
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
