//! Tokens with a part to play, which of them go around a text, and chat templates.

use std::fs;
use std::io;
use std::path::Path;

use serde_json::Value as Json;

use crate::{GgufError, Value};

use super::table::Table;
use super::tokenizer::Tokenizer;
use super::{Vocab, read_json};

/// Parts, and llama.cpp's names for them.
const PARTS: [(&str, &str); 6] = [
    ("bos", "bos"),
    ("eos", "eos"),
    ("unk", "unknown"),
    // Spelt so there.
    ("sep", "seperator"),
    ("pad", "padding"),
    ("mask", "mask"),
];

/// Special tokens of a model.
#[derive(Debug)]
pub(super) struct Specials {
    /// Ids in the order of `PARTS`.
    ids: [Option<u32>; PARTS.len()],
    add_bos: bool,
    add_eos: bool,
    warnings: Vec<String>,
}

impl Specials {
    /// By `tokenizer_config.json`, then `config.json`, then `generation_config.json`; what goes around a text by the
    /// template of the tokenizer itself.
    pub(super) fn read(model: &Path, tokenizer: &Tokenizer, table: &Table) -> Result<Self, GgufError> {
        let (ids, size) = (table.ids(), table.tokens.len() as u32);
        let files = ["tokenizer_config.json", "config.json", "generation_config.json"];
        let [settings, config, generation] = files.map(|name| read_json::<Json>(&model.join(name)));
        let (settings, config, generation) =
            (settings?.unwrap_or_default(), config?.unwrap_or_default(), generation?.unwrap_or_default());
        let id_of = |token: &str| ids.get(token).copied();
        let find = |part: &str| {
            let token = &settings[format!("{part}_token")];
            let named = token.as_str().or_else(|| token["content"].as_str()).and_then(id_of);
            let numbered = |file: &Json| first_number(&file[format!("{part}_token_id")]).filter(|id| *id < size);
            named.or_else(|| numbered(&config)).or_else(|| numbered(&generation))
        };
        let mut found = PARTS.map(|(part, _)| find(part));
        let mut warnings = Vec::new();
        let [bos, eos, _, sep, ..] = &mut found;
        // BERT's names for the two.
        *bos = bos.or_else(|| find("cls"));
        *eos = eos.or(*sep);

        let around = around(tokenizer);
        let flag = |name: &str| settings[name] == true;
        let add_bos = match (&around, &around.before[..]) {
            (around, []) => !around.known && flag("add_bos_token") && bos.is_some(),
            (_, [token]) => {
                *bos = id_of(token).or(*bos);
                bos.is_some()
            }
            (_, [..]) => false,
        };
        let add_eos = match &around.after[..] {
            [] => !around.known && flag("add_eos_token") && eos.is_some(),
            [token] => id_of(token).is_some_and(|id| Some(id) == *eos || Some(id) == *sep),
            _ => false,
        };
        if around.before.len() > usize::from(add_bos) || around.after.len() > usize::from(add_eos) {
            let Around { before, after, .. } = &around;
            warnings.push(format!(
                "the tokenizer puts {before:?} before a text and {after:?} after it, of which llama.cpp adds not all; write them in the text"
            ));
        }
        if tokenizer.added_tokens.iter().any(|token| token.lstrip || token.rstrip) {
            warnings.push(
                "some added tokens take spaces beside them along; llama.cpp does that only in models that it knows by name".to_owned(),
            );
        }
        Ok(Self { ids: found, add_bos, add_eos, warnings })
    }

    pub(super) fn write(self, vocab: &mut Vocab) {
        for ((_, name), id) in PARTS.iter().zip(self.ids) {
            if let Some(id) = id {
                vocab.put(&format!("ggml.{name}_token_id"), Value::U32(id));
            }
        }
        vocab.put("ggml.add_bos_token", Value::Bool(self.add_bos));
        vocab.put("ggml.add_eos_token", Value::Bool(self.add_eos));
        vocab.warnings.extend(self.warnings);
    }
}

/// An id; the first where there are several.
fn first_number(value: &Json) -> Option<u32> {
    let value = value.as_array().and_then(|values| values.first()).unwrap_or(value);
    value.as_u64().and_then(|id| u32::try_from(id).ok())
}

/// What a tokenizer puts around a text.
#[derive(Debug, Default)]
struct Around {
    /// Whether the tokenizer says so at all.
    known: bool,
    before: Vec<String>,
    after: Vec<String>,
}

fn around(tokenizer: &Tokenizer) -> Around {
    let mut around = Around::default();
    for step in tokenizer.post_processors() {
        around.known = true;
        match step["type"].as_str() {
            Some("TemplateProcessing") => {
                let pieces = step["single"].as_array().map(Vec::as_slice).unwrap_or_default();
                let text = pieces.iter().position(|piece| piece.get("Sequence").is_some()).unwrap_or(pieces.len());
                let special = |piece: &Json| piece["SpecialToken"]["id"].as_str().map(str::to_owned);
                around.before = pieces[..text].iter().filter_map(special).collect();
                around.after = pieces[text..].iter().filter_map(special).collect();
            }
            Some("BertProcessing" | "RobertaProcessing") => {
                around.before = step["cls"][0].as_str().map(str::to_owned).into_iter().collect();
                around.after = step["sep"][0].as_str().map(str::to_owned).into_iter().collect();
            }
            _ => {}
        }
    }
    around
}

/// The template by which chats become texts, and the further ones that a folder has.
pub(super) fn write_chat_template(model: &Path, vocab: &mut Vocab) -> Result<(), GgufError> {
    let path = model.join("chat_template.jinja");
    let template = match fs::read_to_string(&path) {
        Ok(text) => Some(Json::String(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let settings: Option<Json> = read_json(&model.join("tokenizer_config.json"))?;
            settings.and_then(|mut settings| settings.get_mut("chat_template").map(Json::take))
        }
        Err(reason) => return Err(GgufError::Io { path, reason }),
    };
    let named = |entry: &Json| Some((entry["name"].as_str()?.to_owned(), entry["template"].as_str()?.to_owned()));
    let templates = match template {
        Some(Json::String(text)) => vec![("default".to_owned(), text)],
        Some(Json::Array(entries)) => entries.iter().filter_map(named).collect(),
        _ => Vec::new(),
    };
    let (default, others): (Vec<_>, Vec<_>) = templates.into_iter().partition(|(name, _)| name == "default");
    for (_, text) in default {
        vocab.put("chat_template", Value::String(text));
    }
    if !others.is_empty() {
        vocab.put("chat_templates", Value::Strings(others.iter().map(|(name, _)| name.clone()).collect()));
    }
    for (name, text) in others {
        vocab.put(&format!("chat_template.{name}"), Value::String(text));
    }
    Ok(())
}
