//! A model folder's tokenizer: text to ids and back, the ids that mean begin, end and padding, and the chat template.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, ErrorKind, Read as _};
use std::ops::Range;
use std::panic::{self, AssertUnwindSafe};
use std::path::Path;

use serde_json::{Map, Value};
use tokenizers::{Encoding, PostProcessor, TruncationParams, truncate_encodings};

use crate::framed::{Framed, room};
use crate::template::ChatTemplate;
use crate::{DataError, Message};

/// Several times the largest vocabulary there is.
const MAX_BYTES: u64 = 1 << 27;
/// As much of a file's own words as a message repeats, in characters.
const MOST_QUOTED: usize = 500;

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

struct SpecialIds {
    bos: Option<u32>,
    eos: Option<u32>,
    pad: Option<u32>,
    mask: Option<u32>,
    stop: Vec<u32>,
}

/// The JSON files beside `tokenizer.json`; empty where they are missing.
struct Config {
    tokenizer: Map<String, Value>,
    /// `generation_config.json` before `config.json`: the former is what the model is meant to stop at.
    models: [Map<String, Value>; 2],
}

impl Config {
    fn read(dir: &Path) -> Result<Self, DataError> {
        let read = |name| read_json(&dir.join(name));
        Ok(Self {
            tokenizer: read("tokenizer_config.json")?,
            models: [read("generation_config.json")?, read("config.json")?],
        })
    }

    fn special_ids(&self, tokenizer: &tokenizers::Tokenizer, dir: &Path) -> Result<SpecialIds, DataError> {
        let named = |name: &str| match token_text(self.tokenizer.get(name)) {
            None => Ok(None),
            Some(text) => tokenizer.token_to_id(text).map(Some).ok_or_else(|| {
                let problem = format!("{name} is {text:?}, which the vocabulary of tokenizer.json lacks");
                tokenizer_error(&dir.join("tokenizer_config.json"), &problem)
            }),
        };
        let configured = |key: &str| -> Vec<u32> { self.models.iter().flat_map(|model| ids(model.get(key))).collect() };
        let first = |key| configured(key).first().copied();
        let eos = named("eos_token")?.or_else(|| first("eos_token_id"));
        let mut stop: Vec<u32> = Vec::new();
        for id in eos.into_iter().chain(configured("eos_token_id")) {
            if !stop.contains(&id) {
                stop.push(id);
            }
        }
        Ok(SpecialIds {
            bos: named("bos_token")?.or_else(|| first("bos_token_id")),
            eos,
            pad: named("pad_token")?.or_else(|| first("pad_token_id")),
            mask: named("mask_token")?.or_else(|| usual_mask(tokenizer)),
            stop,
        })
    }

    /// The names that templates see: every `…_token` of the configuration; bos and eos by their ids if it is silent.
    fn special_tokens(&self, tokenizer: &tokenizers::Tokenizer, ids: &SpecialIds) -> Vec<(String, String)> {
        let named = self.tokenizer.iter().filter(|(name, _)| name.ends_with("_token"));
        let named = named.filter_map(|(name, value)| Some((name.clone(), token_text(Some(value))?.to_owned())));
        let by_id = [("bos_token", ids.bos), ("eos_token", ids.eos)].into_iter();
        let by_id = by_id.filter(|(name, _)| !self.tokenizer.contains_key(*name));
        named.chain(by_id.filter_map(|(name, id)| Some((name.to_owned(), tokenizer.id_to_token(id?)?)))).collect()
    }

    fn chat_template(&self, dir: &Path) -> Result<Option<String>, DataError> {
        let path = dir.join("chat_template.jinja");
        if let Some(bytes) = read_optional(&path)? {
            return String::from_utf8(bytes).map(Some).map_err(|_| tokenizer_error(&path, "not UTF-8"));
        }
        let path = dir.join("tokenizer_config.json");
        match self.tokenizer.get("chat_template") {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(template)) => Ok(Some(template.clone())),
            Some(Value::Array(templates)) => templates
                .iter()
                .find(|entry| entry["name"] == "default")
                .and_then(|entry| entry["template"].as_str())
                .map(|template| Some(template.to_owned()))
                .ok_or_else(|| tokenizer_error(&path, "`chat_template` lists no template named \"default\"")),
            Some(_) => Err(tokenizer_error(&path, "`chat_template` must be a string or a list of named templates")),
        }
    }
}

/// The mask token of a folder whose configuration leaves it to the tokenizer's class: BERT's, or RoBERTa's.
fn usual_mask(tokenizer: &tokenizers::Tokenizer) -> Option<u32> {
    let added = tokenizer.get_added_tokens_decoder();
    let mask = added.iter().find(|(_, token)| token.special && matches!(token.content.as_str(), "[MASK]" | "<mask>"));
    mask.map(|(&id, _)| id)
}

/// A token is written as a string, or as an object with `content`.
fn token_text(value: Option<&Value>) -> Option<&str> {
    let value = value?;
    value.as_str().or_else(|| value.get("content")?.as_str())
}

/// One id, a list of them, or none.
fn ids(value: Option<&Value>) -> Vec<u32> {
    let id = |value: &Value| value.as_u64().and_then(|id| u32::try_from(id).ok());
    match value {
        Some(Value::Array(list)) => list.iter().filter_map(id).collect(),
        Some(value) => id(value).into_iter().collect(),
        None => Vec::new(),
    }
}

fn read_optional(path: &Path) -> Result<Option<Vec<u8>>, DataError> {
    match read_bounded(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(source) => Err(DataError::Io { path: path.to_owned(), source }),
    }
}

/// A file of a size that its kind can have; a pipe would be waited for, and a device may never end.
fn read_bounded(path: &Path) -> io::Result<Vec<u8>> {
    let found = fs::metadata(path)?;
    if !found.is_file() {
        return Err(io::Error::other("it is no file; put the file itself there"));
    }
    let mut bytes = Vec::new();
    fs::File::open(path)?.take(MAX_BYTES + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(io::Error::other(format!("it has more than {MAX_BYTES} bytes, which no such file needs")));
    }
    Ok(bytes)
}

fn read_json(path: &Path) -> Result<Map<String, Value>, DataError> {
    let Some(bytes) = read_optional(path)? else {
        return Ok(Map::new());
    };
    serde_json::from_slice(&bytes).map_err(|error| tokenizer_error(path, &format!("invalid JSON: {error}")))
}

fn tokenizer_error(path: &Path, problem: &str) -> DataError {
    // A file's own words may hold what a terminal obeys, and be long without end.
    let escape = |c: char| if c.is_control() { c.escape_default().collect() } else { vec![c] };
    let more = if problem.chars().nth(MOST_QUOTED).is_some() { "..." } else { "" };
    let problem = problem.chars().take(MOST_QUOTED).flat_map(escape).chain(more.chars()).collect();
    DataError::Tokenizer { path: path.to_owned(), problem }
}

fn tokenize_error(error: tokenizers::Error) -> DataError {
    DataError::Tokenize(error.to_string())
}
