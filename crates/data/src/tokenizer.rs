//! A model folder's tokenizer: text to ids and back, the ids that mean begin, end and padding, and the chat template.

use std::collections::BTreeSet;
use std::ops::Range;
use std::panic::{self, AssertUnwindSafe};
use std::path::Path;

use tokenizers::{Encoding, PostProcessor, TruncationParams, truncate_encodings};

use crate::framed::{Framed, room};
use crate::template::ChatTemplate;
use crate::tokenizer_config::{Config, read_optional, tokenizer_error};
use crate::{DataError, Message};

/// A tokenizer with its special tokens and chat template.
#[derive(Debug)]
pub struct Tokenizer {
    inner: tokenizers::Tokenizer,
    bos: Option<u32>,
    eos: Option<u32>,
    pad: Option<u32>,
    mask: Option<u32>,
    stop_ids: Vec<u32>,
    /// What the post-processor puts around every text.
    prefix: Vec<u32>,
    suffix: Vec<u32>,
    /// The special tokens as they are spelt, longest first.
    specials: Vec<String>,
    special_ids: BTreeSet<u32>,
    template: Option<ChatTemplate>,
    fingerprint: String,
}

/// Ids, and the bytes of the text that each stands for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Encoded {
    /// Token ids.
    pub ids: Vec<u32>,
    /// Byte ranges in the text, one per id; empty (`0..0`) for ids that stand for none of it, such as bos.
    pub offsets: Vec<Range<usize>>,
}

impl Tokenizer {
    /// Reads a Hugging Face model folder: `tokenizer.json`, and where they are there `tokenizer_config.json`,
    /// `chat_template.jinja` (before the configuration's `chat_template`), `generation_config.json` and `config.json`.
    ///
    /// Padding and truncation that `tokenizer.json` may ask for are turned off.
    ///
    /// # Errors
    /// A file that is missing or malformed, a special token that the vocabulary lacks, a template that does not
    /// compile.
    pub fn from_dir(dir: &Path) -> Result<Self, DataError> {
        let path = dir.join("tokenizer.json");
        let bytes = read_optional(&path)?.ok_or_else(|| DataError::Tokenizer {
            path: dir.to_owned(),
            problem: "no tokenizer.json in this folder; save the model's fast tokenizer there".to_owned(),
        })?;
        let mut inner =
            guarded(|| tokenizers::Tokenizer::from_bytes(&bytes)).map_err(|e| tokenizer_error(&path, &e))?;
        inner.with_truncation(None).map_err(|error| tokenizer_error(&path, &error.to_string()))?;
        inner.with_padding(None);

        let config = Config::read(dir)?;
        let special = config.special_ids(&inner, dir)?;
        let (prefix, suffix) = surroundings(&inner).map_err(|problem| tokenizer_error(&path, &problem))?;
        let added = inner.get_added_tokens_decoder().into_iter().filter(|(_, token)| token.special);
        let (special_ids, mut specials): (BTreeSet<_>, Vec<_>) = added.map(|(id, token)| (id, token.content)).unzip();
        specials.sort_by_key(|token| std::cmp::Reverse(token.len()));
        let template_source = config.chat_template(dir)?;
        let mut hasher = blake3::Hasher::new();
        hasher.update(&bytes).update(template_source.as_deref().unwrap_or_default().as_bytes());
        let template = template_source
            .map(|source| ChatTemplate::compile(&source, config.special_tokens(&inner, &special)))
            .transpose()?;
        Ok(Self {
            inner,
            bos: special.bos,
            eos: special.eos,
            pad: special.pad,
            mask: special.mask,
            stop_ids: special.stop,
            prefix,
            suffix,
            specials,
            special_ids,
            template,
            fingerprint: hasher.finalize().to_hex().to_string(),
        })
    }

    /// Fixes the time that templates see through `strftime_now` (seconds since 1970, UTC). Without it they see the time
    /// at which the tokenizer was loaded; a run that is to be resumed on another day fixes the one at which it began.
    #[must_use]
    pub fn with_now(mut self, unix_seconds: i64) -> Self {
        if let Some(template) = self.template.as_mut().filter(|template| template.now.is_some()) {
            template.set_now(unix_seconds);
        }
        self
    }

    /// The time that the chat template shows (seconds since 1970, UTC); none where it shows none.
    #[must_use]
    pub fn now(&self) -> Option<i64> {
        self.template.as_ref()?.now
    }

    /// The ids of `text`; with what the post-processor adds (bos, for most models that have one) if asked for.
    ///
    /// # Errors
    /// [`DataError::Tokenize`] if the tokenizer's model refuses the text.
    pub fn encode(&self, text: &str, add_special_tokens: bool) -> Result<Vec<u32>, DataError> {
        let encoding = guarded(|| self.inner.encode_fast(text, add_special_tokens)).map_err(DataError::Tokenize)?;
        Ok(encoding.get_ids().to_vec())
    }

    /// As [`encode`](Self::encode), with the bytes of each token.
    ///
    /// # Errors
    /// As [`encode`](Self::encode).
    pub fn encode_with_offsets(&self, text: &str, add_special_tokens: bool) -> Result<Encoded, DataError> {
        let encoding = guarded(|| self.inner.encode(text, add_special_tokens)).map_err(DataError::Tokenize)?;
        Ok(encoded(&encoding))
    }

    /// Several texts at once, in parallel, without special tokens.
    pub(crate) fn encode_all(&self, texts: Vec<&str>) -> Result<Vec<Encoded>, DataError> {
        let encodings = guarded(|| self.inner.encode_batch(texts, false)).map_err(DataError::Tokenize)?;
        Ok(encodings.iter().map(encoded).collect())
    }

    /// A text, or two, with special tokens, cut to `max_length` ids of which these are the last to go: of a pair, from
    /// the longer text, as Transformers' `truncation=True` does.
    ///
    /// # Errors
    /// As [`encode`](Self::encode); no room for a token; a post-processor that knows no pairs.
    pub(crate) fn frame(&self, text: &str, pair: Option<&str>, max_length: usize) -> Result<Framed, DataError> {
        let plain = |text| guarded(|| self.inner.encode_fast(text, false)).map_err(DataError::Tokenize);
        let mut texts = (plain(text)?, pair.map(plain).transpose()?);
        if let Some(second) = &mut texts.1 {
            second.set_type_ids(vec![1; second.len()]);
        }
        let added = self.inner.get_post_processor().map_or(0, |processor| processor.added_tokens(pair.is_some()));
        let max_length = room(max_length, added)?;
        let length = |texts: &(Encoding, Option<Encoding>)| texts.0.len() + texts.1.as_ref().map_or(0, Encoding::len);
        let whole = length(&texts);
        let params = TruncationParams { max_length, ..TruncationParams::default() };
        let (first, second) = truncate_encodings(texts.0, texts.1, &params).map_err(tokenize_error)?;
        let framed = self.inner.post_process(first, second, true).map_err(tokenize_error)?;
        if framed.len() < whole.min(max_length) {
            return Err(DataError::Tokenize("the tokenizer's post-processor knows no pairs of texts".to_owned()));
        }
        Ok(Framed {
            ids: framed.get_ids().to_vec(),
            types: framed.get_type_ids().to_vec(),
            truncated: whole > max_length,
        })
    }

    /// The text of `ids`; special tokens are left out if asked for. Ids outside the vocabulary give nothing.
    ///
    /// # Errors
    /// [`DataError::Tokenize`] if the decoder fails.
    pub fn decode(&self, ids: &[u32], skip_special_tokens: bool) -> Result<String, DataError> {
        self.inner.decode(ids, skip_special_tokens).map_err(tokenize_error)
    }

    /// The id that begins a text.
    pub fn bos(&self) -> Option<u32> {
        self.bos
    }

    /// The id that ends a text: the tokenizer's, or the first of the model's.
    pub fn eos(&self) -> Option<u32> {
        self.eos
    }

    /// The id that fills rows.
    pub fn pad(&self) -> Option<u32> {
        self.pad
    }

    /// The id that stands for a masked token.
    pub fn mask(&self) -> Option<u32> {
        self.mask
    }

    /// The ids that end a generation: eos and all others that the model's configuration names.
    pub fn stop_ids(&self) -> &[u32] {
        &self.stop_ids
    }

    /// The highest id that a text can have.
    pub fn highest_id(&self) -> u32 {
        self.inner.get_vocab(true).into_values().max().unwrap_or(0)
    }

    /// The number of ids, added tokens included.
    pub fn vocab_size(&self) -> usize {
        self.inner.get_vocab_size(true)
    }

    /// What the post-processor puts before every text, such as bos.
    pub(crate) fn prefix(&self) -> &[u32] {
        &self.prefix
    }

    /// What the post-processor puts behind every text, such as `[SEP]`.
    pub(crate) fn suffix(&self) -> &[u32] {
        &self.suffix
    }

    /// Whether an id is a special token's.
    pub(crate) fn is_special(&self, id: u32) -> bool {
        self.special_ids.contains(&id)
    }

    /// What ends a document: the post-processor's suffix, and eos unless that is its end already.
    pub(crate) fn ending(&self) -> Vec<u32> {
        let eos = self.eos.filter(|&eos| self.suffix.last() != Some(&eos));
        self.suffix.iter().copied().chain(eos).collect()
    }

    /// The special tokens as they are spelt, the longest first.
    pub(crate) fn specials(&self) -> &[String] {
        &self.specials
    }

    /// Whether conversations can be rendered.
    pub fn has_chat_template(&self) -> bool {
        self.template.is_some()
    }

    pub(crate) fn template(&self) -> Result<&ChatTemplate, DataError> {
        self.template.as_ref().ok_or(DataError::NoChatTemplate)
    }

    /// A conversation as the model was trained to read it, ready to be encoded without special tokens.
    ///
    /// # Errors
    /// [`DataError::NoChatTemplate`], or [`DataError::Template`] with what the template raised.
    pub fn render_chat(&self, messages: &[Message], add_generation_prompt: bool) -> Result<String, DataError> {
        Ok(self.template()?.render(messages, None, add_generation_prompt)?.text)
    }

    /// BLAKE3, in hex, of `tokenizer.json` and the chat template.
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }
}

/// Calls the library, which panics over some tables of a `tokenizer.json` that are not whole: a bad file must not end a process.
fn guarded<T>(call: impl FnOnce() -> tokenizers::Result<T>) -> Result<T, String> {
    match panic::catch_unwind(AssertUnwindSafe(call)) {
        Ok(result) => result.map_err(|error| error.to_string()),
        Err(_) => Err("a table in tokenizer.json is broken; save or download the tokenizer again".to_owned()),
    }
}

fn encoded(encoding: &tokenizers::Encoding) -> Encoded {
    Encoded {
        ids: encoding.get_ids().to_vec(),
        offsets: encoding.get_offsets().iter().map(|&(start, end)| start..end).collect(),
    }
}

/// Finds what the post-processor puts around a text by encoding one with and without.
fn surroundings(tokenizer: &tokenizers::Tokenizer) -> Result<(Vec<u32>, Vec<u32>), String> {
    let encode = |special| guarded(|| tokenizer.encode_fast("a", special));
    let (with, plain) = (encode(true)?, encode(false)?);
    let (with, plain) = (with.get_ids(), plain.get_ids());
    let start = (0..=with.len().saturating_sub(plain.len())).find(|&i| with[i..].starts_with(plain)).unwrap_or(0);
    Ok((with[..start].to_vec(), with.get(start + plain.len()..).unwrap_or_default().to_vec()))
}

fn tokenize_error(error: tokenizers::Error) -> DataError {
    DataError::Tokenize(error.to_string())
}
