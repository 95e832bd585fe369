//! Which files of a repository are wanted. Works on names alone.

use std::collections::BTreeMap;
use std::path::Path;

use glob::{MatchOptions, Pattern};

use crate::error::listing;
use crate::{DataId, HubError, RepoId};

pub(crate) const SINGLE: &str = "model.safetensors";
pub(crate) const INDEX: &str = "model.safetensors.index.json";

/// Without these a model cannot be trained.
const REQUIRED: [&str; 2] = ["config.json", "tokenizer.json"];

/// What else describes a model and its text, where it is there.
const DESCRIPTIONS: [&str; 10] = [
    "generation_config.json",
    "tokenizer_config.json",
    "tokenizer.model",
    "special_tokens_map.json",
    "added_tokens.json",
    "vocab.json",
    "vocab.txt",
    "merges.txt",
    "chat_template.jinja",
    "chat_template.json",
];

/// How a repository holds its weights.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Weights {
    Single,
    /// In the files that the index names.
    Sharded,
}

/// The files of a model but for its shards. A single file wins over an index, as it does in Transformers.
pub(crate) fn model<'a>(names: &[&'a str], id: &RepoId) -> Result<(Vec<&'a str>, Weights), HubError> {
    let missing =
        |file, hint: String| HubError::NotAModel { id: id.clone(), file, found: listing(names.iter().copied()), hint };
    if let Some(file) = REQUIRED.into_iter().find(|file| !names.contains(file)) {
        return Err(missing(file, description_hint(names, file, id)));
    }
    let weights = match (names.contains(&SINGLE), names.contains(&INDEX)) {
        (true, _) => Weights::Single,
        (false, true) => Weights::Sharded,
        (false, false) => return Err(missing(SINGLE, weights_hint(names, id))),
    };
    let kept = match weights {
        Weights::Single => SINGLE,
        Weights::Sharded => INDEX,
    };
    let wanted = |name: &&str| REQUIRED.contains(name) || DESCRIPTIONS.contains(name) || *name == kept;
    Ok((names.iter().copied().filter(wanted).collect(), weights))
}

fn description_hint(names: &[&str], file: &str, id: &RepoId) -> String {
    if names.contains(&"adapter_config.json") {
        ". This is an adapter; give its base model as the model".to_owned()
    } else if file == "tokenizer.json" {
        format!(
            ". Make one in Python: AutoTokenizer.from_pretrained(\"{}\").save_pretrained(\"DIR\"), and use DIR with the \
             other files of the model",
            id.repo()
        )
    } else {
        String::new()
    }
}

fn weights_hint(names: &[&str], id: &RepoId) -> String {
    let ends = |ending: &str| names.iter().any(|name| name.ends_with(ending));
    let python = |argument: &str| {
        format!(
            "AutoModelForCausalLM.from_pretrained(\"{}\"{argument}).save_pretrained(\"DIR\"), and the same with AutoTokenizer; \
             then use DIR as the model",
            id.repo()
        )
    };
    match names.iter().find(|name| name.ends_with(".gguf")) {
        _ if ends(".bin") || ends(".pt") || ends(".pth") => format!(
            ". Pickled weights can run code and are not read. Look for a revision with safetensors (often `refs/pr/N`, see its \
             pull requests), or convert once in Python: {}",
            python("")
        ),
        Some(file) => format!(
            ". GGUF files of a repository are not read; use the model's safetensors release, or convert once in Python: {}",
            python(&format!(", gguf_file=\"{file}\""))
        ),
        None => String::new(),
    }
}

/// The files that the index of a sharded model names.
pub(crate) fn shards(index: &[u8], names: &[&str], id: &RepoId) -> Result<Vec<String>, HubError> {
    #[derive(serde::Deserialize)]
    struct Index {
        weight_map: BTreeMap<String, String>,
    }
    let bad = |problem| HubError::BadIndex { id: id.clone(), file: INDEX.to_owned(), problem };
    let index: Index = serde_json::from_slice(index).map_err(|error| bad(format!("cannot be read: {error}")))?;
    let mut shards: Vec<String> = index.weight_map.into_values().collect();
    shards.sort();
    shards.dedup();
    match shards.iter().find(|shard| !names.contains(&shard.as_str())) {
        Some(shard) => Err(bad(format!("names {shard:?}, which is not in the repository"))),
        None => Ok(shards),
    }
}

/// The files of a data set: those that the pattern matches, or else those of the training split.
pub(crate) fn data<'a>(names: &[&'a str], id: &DataId, endings: &[&str]) -> Result<Vec<&'a str>, HubError> {
    let readable: Vec<&str> = names.iter().copied().filter(|name| has_ending(name, endings)).collect();
    match &id.files {
        Some(pattern) => matching(pattern, names),
        None => training(&readable, endings),
    }
    .map_err(|problem| {
        // What can be read is of more help than what cannot.
        let shown = if readable.is_empty() { names } else { &readable };
        let example = readable.first().copied().unwrap_or("FILE");
        HubError::NoData {
            id: id.repo.clone(),
            problem,
            found: listing(shown.iter().copied()),
            example: format!("hf:{}:{example}", id.repo),
        }
    })
}

fn matching<'a>(pattern: &Pattern, names: &[&'a str]) -> Result<Vec<&'a str>, String> {
    let options = MatchOptions { require_literal_separator: true, ..MatchOptions::new() };
    let chosen: Vec<&str> = names
        .iter()
        .copied()
        // A file may be named as a pattern would be.
        .filter(|name| *name == pattern.as_str() || pattern.matches_with(name, options))
        .collect();
    if chosen.is_empty() { Err(format!("has no file that matches `{pattern}`")) } else { Ok(chosen) }
}

/// The one file there is, or those with `train` as a word of their path, as the `datasets` library tells splits
/// (<https://huggingface.co/docs/hub/datasets-file-names-and-splits>). Of several folders none is chosen: they are
/// variants of the data, not parts.
fn training<'a>(readable: &[&'a str], endings: &[&str]) -> Result<Vec<&'a str>, String> {
    let is_train = |name: &&str| name.split(|c: char| !c.is_ascii_alphanumeric()).any(|word| word == "train");
    let chosen: Vec<&str> = match readable {
        [] => return Err(format!("has no file of a kind that can be read ({})", endings.join(", "))),
        [one] => return Ok(vec![one]),
        several => several.iter().copied().filter(is_train).collect(),
    };
    let folder = |name: &&str| Path::new(name).parent().map(Path::to_owned);
    let mut folders: Vec<_> = chosen.iter().map(folder).collect();
    folders.sort();
    folders.dedup();
    match folders.len() {
        0 => Err("has several files, and none is named as the training split".to_owned()),
        1 => Ok(chosen),
        _ => Err("has training data in several folders".to_owned()),
    }
}

fn has_ending(name: &str, endings: &[&str]) -> bool {
    Path::new(name).extension().and_then(|ending| ending.to_str()).is_some_and(|ending| endings.contains(&ending))
}
