//! The formats of records: telling one from another, and reading a JSON object as one.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{Content, Conversation, DataError, Message, Source};

/// What the records of a file look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Format {
    /// Plain text; the whole file is one stream.
    Text,
    /// `{"text"}`.
    JsonlText,
    /// `{"prompt", "completion"}`, or `response` for `completion`.
    PromptCompletion,
    /// `{"instruction", "input"?, "output"}`.
    Alpaca,
    /// `{"text", "label"}`, with `sentence`, `sentence1` and `sentence2`, or `premise` and `hypothesis` for `text`.
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

impl Format {
    /// The format that a JSON record's keys show, if they show one.
    pub fn detect(record: &Map<String, Value>) -> Option<Self> {
        let has = |key: &str| record.contains_key(key);
        if has("messages") || has("conversations") {
            Some(Self::Chat)
        } else if has("prompt") && (has("completion") || has("response")) {
            Some(Self::PromptCompletion)
        } else if has("instruction") && has("output") {
            Some(Self::Alpaca)
        } else if has("label") && LABELLED_TEXTS.iter().any(|(first, pair)| has(first) && pair.is_none_or(has)) {
            Some(Self::Labelled)
        } else if has("text") {
            Some(Self::JsonlText)
        } else {
            None
        }
    }
}

/// The keys of texts that have a label, as the GLUE and SNLI data sets spell them: one, or the two of a pair.
const LABELLED_TEXTS: [(&str, Option<&str>); 4] =
    [("text", None), ("sentence", None), ("sentence1", Some("sentence2")), ("premise", Some("hypothesis"))];

/// One record of a data file.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    /// The record's first line.
    pub source: Source,
    /// What it says.
    pub body: Body,
}

/// What a record says.
#[derive(Debug, Clone, PartialEq)]
pub enum Body {
    /// A text without end marks, to be cut into windows.
    Stream(String),
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
    /// Reads a JSON record as `format`.
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
    let given = LABELLED_TEXTS.into_iter().find(|(first, _)| fields.map.contains_key(*first));
    let (first, second) = given.unwrap_or(LABELLED_TEXTS[0]);
    let label = match fields.value("label")? {
        Value::String(name) => name.clone(),
        Value::Number(number) if !number.is_f64() => number.to_string(),
        _ => return Err(fields.wrong_type("label", "a string or an integer")),
    };
    Ok(Body::Labelled { text: fields.text(first)?, pair: second.map(|second| fields.text(second)).transpose()?, label })
}

fn conversation(fields: &Fields<'_>) -> Result<Conversation, DataError> {
    let key = if fields.map.contains_key("conversations") { "conversations" } else { "messages" };
    let Value::Array(items) = fields.value(key)? else {
        return Err(fields.wrong_type(key, "an array of messages"));
    };
    if items.is_empty() {
        return Err(DataError::NoMessages { at: fields.at.clone(), key });
    }
    let message = |(index, item): (usize, &Value)| {
        let path = format!("{key}[{index}]");
        match item {
            Value::Object(map) => message(Fields { map: map.clone(), path: path + ".", at: fields.at }),
            other => Err(DataError::WrongType {
                at: fields.at.clone(),
                key: path,
                expected: "an object",
                found: type_name(other),
            }),
        }
    };
    let messages = items.iter().enumerate().map(message).collect::<Result<_, _>>()?;
    let tools = fields.map.get("tools").filter(|tools| !tools.is_null()).cloned();
    Ok(Conversation { messages, tools })
}

/// A message in OpenAI's spelling (`role`, `content`) or ShareGPT's (`from`, `value`).
fn message(mut fields: Fields<'_>) -> Result<Message, DataError> {
    if fields.map.contains_key("from") {
        let role = share_gpt_role(&fields.text("from")?, fields.at)?;
        let content = Some(Content::Text(fields.text("value")?));
        fields.map.retain(|key, _| key != "from" && key != "value");
        return Ok(Message { role: role.to_owned(), content, extra: fields.map });
    }
    let role = fields.text("role")?;
    let content = match fields.map.get("content") {
        None | Some(Value::Null) if fields.map.contains_key("tool_calls") => None,
        Some(parts @ Value::Array(_)) => Some(Content::Json(parts.clone())),
        Some(result @ Value::Object(_)) if role == "tool" => Some(Content::Json(result.clone())),
        _ => Some(Content::Text(fields.text("content")?)),
    };
    fields.map.retain(|key, _| key != "role" && key != "content");
    Ok(Message { role, content, extra: fields.map })
}

fn share_gpt_role(from: &str, at: &Source) -> Result<&'static str, DataError> {
    match from {
        "human" | "user" => Ok("user"),
        "gpt" | "assistant" | "function_call" => Ok("assistant"),
        "system" => Ok("system"),
        "tool" | "observation" => Ok("tool"),
        _ => Err(DataError::UnknownSpeaker { at: at.clone(), role: from.to_owned() }),
    }
}

/// A JSON object with its place, for errors that name the key.
struct Fields<'a> {
    map: Map<String, Value>,
    /// What stands before a key in messages: empty, or `messages[2].`.
    path: String,
    at: &'a Source,
}

impl Fields<'_> {
    fn value(&self, key: &str) -> Result<&Value, DataError> {
        self.map.get(key).ok_or_else(|| DataError::MissingKey {
            at: self.at.clone(),
            key: format!("{}{key}", self.path),
            found: quoted_keys(&self.map),
            hint: self.map.keys().find(|found| strsim::damerau_levenshtein(found, key) <= 2).cloned(),
        })
    }

    fn text(&self, key: &str) -> Result<String, DataError> {
        match self.value(key)? {
            Value::String(text) => Ok(text.clone()),
            _ => Err(self.wrong_type(key, "a string")),
        }
    }

    fn wrong_type(&self, key: &str, expected: &'static str) -> DataError {
        DataError::WrongType {
            at: self.at.clone(),
            key: format!("{}{key}", self.path),
            expected,
            found: self.map.get(key).map_or("nothing", type_name),
        }
    }
}

/// The keys of a record as a person reads them: `` `a`, `b` ``.
pub(crate) fn quoted_keys(map: &Map<String, Value>) -> String {
    if map.is_empty() {
        return "no keys".to_owned();
    }
    let quoted: Vec<_> = map.keys().map(|key| format!("`{key}`")).collect();
    quoted.join(", ")
}

/// A JSON type with its article.
pub(crate) fn type_name(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}
