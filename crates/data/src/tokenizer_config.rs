//! What lies beside a `tokenizer.json`: special tokens, the ids that end a generation, the chat template.

use std::fs;
use std::io::{self, ErrorKind, Read as _};
use std::path::Path;

use graftwork_store::{json_object, quoted_line};
use serde_json::{Map, Value};

use crate::DataError;

/// Several times the largest vocabulary there is.
const MAX_BYTES: u64 = 1 << 27;
/// As much of a file's own words as a message repeats, in characters.
const MOST_QUOTED: usize = 500;

/// The ids that have a meaning of their own.
pub(crate) struct SpecialIds {
    pub(crate) bos: Option<u32>,
    pub(crate) eos: Option<u32>,
    pub(crate) pad: Option<u32>,
    pub(crate) mask: Option<u32>,
    pub(crate) stop: Vec<u32>,
}

/// The JSON files beside `tokenizer.json`; empty where they are missing.
pub(crate) struct Config {
    tokenizer: Map<String, Value>,
    /// `generation_config.json` before `config.json`: the former is what the model is meant to stop at.
    models: [Map<String, Value>; 2],
}

impl Config {
    pub(crate) fn read(dir: &Path) -> Result<Self, DataError> {
        let read = |name| read_json(&dir.join(name));
        Ok(Self {
            tokenizer: read("tokenizer_config.json")?,
            models: [read("generation_config.json")?, read("config.json")?],
        })
    }

    pub(crate) fn special_ids(&self, tokenizer: &tokenizers::Tokenizer, dir: &Path) -> Result<SpecialIds, DataError> {
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
    pub(crate) fn special_tokens(&self, tokenizer: &tokenizers::Tokenizer, ids: &SpecialIds) -> Vec<(String, String)> {
        let named = self.tokenizer.iter().filter(|(name, _)| name.ends_with("_token"));
        let named = named.filter_map(|(name, value)| Some((name.clone(), token_text(Some(value))?.to_owned())));
        let by_id = [("bos_token", ids.bos), ("eos_token", ids.eos)].into_iter();
        let by_id = by_id.filter(|(name, _)| !self.tokenizer.contains_key(*name));
        named.chain(by_id.filter_map(|(name, id)| Some((name.to_owned(), tokenizer.id_to_token(id?)?)))).collect()
    }

    pub(crate) fn chat_template(&self, dir: &Path) -> Result<Option<String>, DataError> {
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

pub(crate) fn read_optional(path: &Path) -> Result<Option<Vec<u8>>, DataError> {
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
    json_object(&bytes).map_err(|error| tokenizer_error(path, &format!("invalid JSON: {error}")))
}

pub(crate) fn tokenizer_error(path: &Path, problem: &str) -> DataError {
    DataError::Tokenizer { path: path.to_owned(), problem: quoted_line(problem, MOST_QUOTED) }
}
