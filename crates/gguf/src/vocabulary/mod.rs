//! The tokenizer of a model folder as llama.cpp reads it (`llama_vocab::impl::load` in its `src/llama-vocab.cpp`).

mod bpe;
mod sentencepiece;
mod special;
mod split;
mod table;
mod tokenizer;
mod wordpiece;

use std::fs;
use std::io;
use std::path::Path;

use serde::de::DeserializeOwned;
use serde_json::Value as Json;

use crate::{GgufError, Value, Vocabulary};

use special::Specials;
use table::Table;
use tokenizer::Tokenizer;

/// Metadata of a vocabulary.
#[derive(Debug, Default)]
pub(crate) struct Vocab {
    pub(crate) entries: Vec<(String, Value)>,
    pub(crate) warnings: Vec<String>,
}

impl Vocab {
    fn put(&mut self, key: &str, value: Value) {
        self.entries.push((format!("tokenizer.{key}"), value));
    }
}

/// Reads the tokenizer of the model folder `model`, which has `size` ids.
pub(crate) fn read(model: &Path, size: u32, wanted: &Vocabulary) -> Result<Vocab, GgufError> {
    let mut vocab = Vocab::default();
    let split = match wanted {
        Vocabulary::Omitted => {
            vocab.put("ggml.model", "none".into());
            return Ok(vocab);
        }
        Vocabulary::SplitAs(name) => Some(name.as_str()),
        Vocabulary::Written => None,
    };
    let path = model.join("tokenizer.json");
    let tokenizer: Tokenizer = read_json(&path)?.ok_or_else(|| GgufError::NoTokenizer { path: model.to_owned() })?;
    let refuse = |reason| GgufError::Vocabulary { path: path.clone(), reason };
    let table = Table::read(&tokenizer, size as usize).map_err(refuse)?;
    let specials = Specials::read(model, &tokenizer, &table)?;
    match tokenizer.model.kind() {
        "BPE" if tokenizer.is_byte_level() => bpe::write(&tokenizer, table, split, &mut vocab).map_err(refuse)?,
        "BPE" => sentencepiece::write(&tokenizer, table, &mut vocab).map_err(refuse)?,
        "WordPiece" => wordpiece::write(&tokenizer, table, &mut vocab).map_err(refuse)?,
        other => {
            let known = "llama.cpp is told of BPE and WordPiece; export without a vocabulary";
            return Err(refuse(format!("a tokenizer of type {other} is not exported: {known}")));
        }
    }
    specials.write(&mut vocab);
    special::write_chat_template(model, &mut vocab)?;
    Ok(vocab)
}

/// How the hidden states of a model of embeddings become one, as sentence-transformers' `modules.json` says.
pub(crate) fn pooling(model: &Path, architecture: &str) -> Result<Option<(String, Value)>, GgufError> {
    let modules: Json = read_json(&model.join("modules.json"))?.unwrap_or_default();
    let modules = modules.as_array().into_iter().flatten();
    let is_pooling = |module: &&Json| module["type"].as_str().is_some_and(|kind| kind.ends_with("Pooling"));
    let Some(folder) = modules.clone().find(is_pooling).and_then(|module| module["path"].as_str()) else {
        return Ok(None);
    };
    if !folder.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
        let (path, reason) = (model.join("modules.json"), format!("{folder:?} is no folder beside it"));
        return Err(GgufError::Vocabulary { path, reason });
    }
    let path = model.join(folder).join("config.json");
    let config: Json = read_json(&path)?.unwrap_or_default();
    // `llama_pooling_type` in `llama.h`.
    let kinds = [("pooling_mode_mean_tokens", 1), ("pooling_mode_cls_token", 2), ("pooling_mode_lasttoken", 3)];
    let kind = kinds.iter().find(|(key, _)| config[*key] == Json::Bool(true)).ok_or_else(|| {
        let reason = "llama.cpp pools by mean, first or last token; this model does otherwise".to_owned();
        GgufError::Vocabulary { path, reason }
    })?;
    Ok(Some((format!("{architecture}.pooling_type"), Value::U32(kind.1))))
}

/// A file of JSON, where there is one.
fn read_json<T: DeserializeOwned>(path: &Path) -> Result<Option<T>, GgufError> {
    match fs::read(path) {
        Ok(text) => {
            serde_json::from_slice(&text).map(Some).map_err(|reason| GgufError::Json { path: path.to_owned(), reason })
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(reason) => Err(GgufError::Io { path: path.to_owned(), reason }),
    }
}
