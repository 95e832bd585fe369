//! The formats of records: telling one from another, and reading a JSON object as one.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::conversation::{conversation, conversational_pair};
use crate::fields::{Fields, distance, quoted_keys};
use crate::{Conversation, DataError, Source};

/// What the records of a file look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Format {
    /// Plain text; the whole file is one stream.
    Text,
    /// `{"text"}`.
    JsonlText,
    /// `{"prompt", "completion"}`, or `response` for `completion`: both strings, or both lists of messages.
    PromptCompletion,
    /// `{"instruction", "input"?, "output"}`.
    Alpaca,
    /// `{"text", "label"}`, with `sentence`, `sentence1` and `sentence2`, `premise` and `hypothesis`, `question1` and
    /// `question2`, or `question` and `sentence` for `text`.
    Labelled,
    /// `{"messages": [{"role", "content"}]}`, or ShareGPT's `{"conversations": [{"from", "value"}]}`.
    Chat,
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Text => "text",
            Self::JsonlText => "jsonl-text",
            Self::PromptCompletion => "prompt-completion",
            Self::Alpaca => "alpaca",
            Self::Labelled => "labelled",
            Self::Chat => "chat",
        })
    }
}

/// The keys of texts that have a label, as the GLUE and SNLI data sets spell them: one, or the two of a pair.
const LABELLED_TEXTS: [(&str, Option<&str>); 6] = [
    ("text", None),
    ("sentence1", Some("sentence2")),
    ("premise", Some("hypothesis")),
    ("question1", Some("question2")),
    ("question", Some("sentence")),
    ("sentence", None),
];

/// The keys that show a format.
const TELLING_KEYS: [&str; 16] = [
    "messages",
    "conversations",
    "prompt",
    "completion",
    "response",
    "instruction",
    "output",
    "text",
    "label",
    "sentence",
    "sentence1",
    "sentence2",
    "premise",
    "hypothesis",
    "question1",
    "question2",
];

impl Format {
    /// The format that a record's keys show, if they show one.
    pub fn detect(record: &Map<String, Value>) -> Option<Self> {
        let has = |key: &str| record.contains_key(key);
        if has("messages") || has("conversations") {
            Some(Self::Chat)
        } else if has("prompt") && (has("completion") || has("response")) {
            Some(Self::PromptCompletion)
        } else if has("instruction") && has("output") {
            Some(Self::Alpaca)
        } else if has("label") && labelled_texts(record).is_some() {
            Some(Self::Labelled)
        } else if has("text") {
            Some(Self::JsonlText)
        } else {
            None
        }
    }

    /// That a record's keys show none.
    pub(crate) fn unknown(record: &Map<String, Value>, at: Source) -> DataError {
        let missing = TELLING_KEYS.into_iter().filter(|key| !record.contains_key(*key));
        let other = || record.keys().filter(|key| !TELLING_KEYS.contains(&key.as_str()));
        let pairs = missing.flat_map(|meant| other().filter_map(move |key| Some((distance(key, meant)?, key, meant))));
        let nearest = pairs.min_by_key(|(distance, ..)| *distance);
        let hint = nearest.map(|(_, key, meant)| (key.clone(), meant));
        DataError::UnknownFormat { at, found: quoted_keys(record), hint }
    }
}

fn labelled_texts(record: &Map<String, Value>) -> Option<(&'static str, Option<&'static str>)> {
    let there = |key: &str| record.contains_key(key);
    LABELLED_TEXTS.into_iter().find(|(first, pair)| there(first) && pair.is_none_or(there))
}

/// One record of a data file.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    /// The record's first line.
    pub source: Source,
    /// What it looked like.
    pub format: Format,
    /// What it says.
    pub body: Body,
}

/// What a record says.
#[derive(Debug, Clone, PartialEq)]
pub enum Body {
    /// A text that stands alone.
    Text(String),
    /// A prompt, and what the model is to answer.
    Pair {
        /// What the model is given.
        prompt: String,
        /// What it is to say.
        completion: String,
    },
    /// A text, or two, and the class it belongs to.
    Labelled {
        /// The text.
        text: String,
        /// What it is paired with.
        pair: Option<String>,
        /// The name of the class, or its index; an integer in JSON is here as its digits.
        label: String,
    },
    /// A conversation, to be rendered by the chat template.
    Chat(Conversation),
}

impl Body {
    /// Reads a record as `format`.
    ///
    /// # Errors
    /// A missing key, a value of the wrong type, or a record that is of another format.
    pub(crate) fn parse(record: Map<String, Value>, format: Format, at: &Source) -> Result<Self, DataError> {
        let fields = Fields { map: record, path: String::new(), at };
        let parsed = match format {
            Format::Text | Format::JsonlText => fields.text("text").map(Self::Text),
            Format::PromptCompletion => prompt_completion(&fields),
            Format::Alpaca => alpaca(&fields),
            Format::Labelled => labelled(&fields),
            Format::Chat => conversation(&fields).map(Self::Chat),
        };
        // A key that is missing because the record is of another kind deserves to be told so.
        match (parsed, Format::detect(&fields.map)) {
            (Err(DataError::MissingKey { .. }), Some(found)) if found != format => {
                Err(DataError::MixedFormats { at: at.clone(), expected: format, found })
            }
            (parsed, _) => parsed,
        }
    }
}

fn prompt_completion(fields: &Fields<'_>) -> Result<Body, DataError> {
    let answer = if fields.map.contains_key("response") { "response" } else { "completion" };
    if fields.value("prompt")?.is_array() {
        return conversational_pair(fields, answer).map(Body::Chat);
    }
    Ok(Body::Pair { prompt: fields.text("prompt")?, completion: fields.text(answer)? })
}

/// Stanford Alpaca's prompts, word for word (`train.py` of tatsu-lab/stanford_alpaca).
fn alpaca(fields: &Fields<'_>) -> Result<Body, DataError> {
    let instruction = fields.text("instruction")?;
    let completion = fields.text("output")?;
    let input = match fields.map.get("input") {
        None | Some(Value::Null) => String::new(),
        Some(_) => fields.text("input")?,
    };
    let prompt = if input.is_empty() {
        format!(
            "Below is an instruction that describes a task. Write a response that appropriately completes the \
             request.\n\n\
             ### Instruction:\n{instruction}\n\n### Response:"
        )
    } else {
        format!(
            "Below is an instruction that describes a task, paired with an input that provides further context. \
             Write a response that appropriately completes the request.\n\n\
             ### Instruction:\n{instruction}\n\n### Input:\n{input}\n\n### Response:"
        )
    };
    Ok(Body::Pair { prompt, completion })
}

fn labelled(fields: &Fields<'_>) -> Result<Body, DataError> {
    let (first, second) = labelled_texts(&fields.map).unwrap_or(LABELLED_TEXTS[0]);
    let label = match fields.value("label")? {
        Value::String(name) if !name.trim().is_empty() => name.clone(),
        Value::Number(number) if !number.is_f64() => number.to_string(),
        Value::String(_) => return Err(fields.wrong("label", "a string or an integer", "an empty string")),
        _ => return Err(fields.wrong_type("label", "a string or an integer")),
    };
    Ok(Body::Labelled { text: fields.text(first)?, pair: second.map(|second| fields.text(second)).transpose()?, label })
}
