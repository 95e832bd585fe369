//! `tokenizer.json`, as the `tokenizers` library writes it; what matters here of it.

use std::collections::HashMap;

use serde::Deserialize;
use serde_json::Value as Json;

#[derive(Debug, Deserialize)]
pub(super) struct Tokenizer {
    #[serde(default)]
    pub(super) added_tokens: Vec<AddedToken>,
    #[serde(default)]
    normalizer: Json,
    #[serde(default)]
    pre_tokenizer: Json,
    #[serde(default)]
    post_processor: Json,
    pub(super) model: Model,
}

#[derive(Debug, Deserialize)]
pub(super) struct AddedToken {
    pub(super) id: u32,
    pub(super) content: String,
    #[serde(default)]
    pub(super) special: bool,
    #[serde(default)]
    pub(super) lstrip: bool,
    #[serde(default)]
    pub(super) rstrip: bool,
}

#[derive(Debug, Deserialize)]
pub(super) struct Model {
    #[serde(rename = "type")]
    kind: Option<String>,
    /// Ids by token; of another form in models that are not exported.
    #[serde(default)]
    vocab: Json,
    #[serde(default)]
    pub(super) merges: Vec<Merge>,
    pub(super) unk_token: Option<String>,
    #[serde(default)]
    pub(super) byte_fallback: bool,
    #[serde(default)]
    pub(super) ignore_merges: bool,
    pub(super) continuing_subword_prefix: Option<String>,
}

/// Two tokens that become one; `tokenizers` before 0.20 put a space between them.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Merge {
    Pair(String, String),
    Text(String),
}

impl Merge {
    pub(super) fn parts(&self) -> Option<(&str, &str)> {
        match self {
            Self::Pair(left, right) => Some((left, right)),
            Self::Text(text) => text.split_once(' '),
        }
    }
}

impl Model {
    /// `BPE`, `WordPiece`, ...; the first releases did not say.
    pub(super) fn kind(&self) -> &str {
        self.kind.as_deref().unwrap_or("BPE")
    }

    pub(super) fn ids(&self) -> Result<HashMap<&str, u32>, String> {
        let object = self.vocab.as_object().ok_or_else(|| {
            format!("a tokenizer of type {} is not exported: its vocabulary is not a table of ids; export without a vocabulary", self.kind())
        })?;
        object
            .iter()
            .map(|(token, id)| {
                let id = id.as_u64().and_then(|id| u32::try_from(id).ok());
                id.map(|id| (token.as_str(), id)).ok_or_else(|| format!("token {token:?} has an id that is no number"))
            })
            .collect()
    }
}

impl Tokenizer {
    pub(super) fn normalizers(&self) -> Vec<&Json> {
        steps(&self.normalizer, "normalizers")
    }

    pub(super) fn pre_tokenizers(&self) -> Vec<&Json> {
        steps(&self.pre_tokenizer, "pretokenizers")
    }

    pub(super) fn post_processors(&self) -> Vec<&Json> {
        steps(&self.post_processor, "processors")
    }

    /// Whether texts become bytes, each written as a character, before they are merged.
    pub(super) fn is_byte_level(&self) -> bool {
        self.pre_tokenizers().iter().any(|step| is(step, "ByteLevel"))
    }
}

/// Whether a step is of this type.
pub(super) fn is(step: &Json, kind: &str) -> bool {
    step["type"] == kind
}

/// The steps that a `Sequence` under `key` consists of; a step alone is a sequence of one.
fn steps<'a>(step: &'a Json, key: &str) -> Vec<&'a Json> {
    match step {
        Json::Null => Vec::new(),
        step if is(step, "Sequence") => {
            step[key].as_array().into_iter().flatten().flat_map(|inner| steps(inner, key)).collect()
        }
        step => vec![step],
    }
}
