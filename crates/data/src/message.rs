//! Messages of a conversation, as chat templates see them.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// One message.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Message {
    /// Who speaks: `system`, `user`, `assistant`, `tool`, or whatever the template knows.
    pub role: String,
    /// What is said; `None` only beside other fields, such as `tool_calls`.
    pub content: Option<Content>,
    /// All other fields of the message, in their order (`tool_calls`, `name`, `reasoning_content`, …).
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// What a message says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Content {
    /// A text.
    Text(String),
    /// Parts (`[{"type": "text", "text": …}, …]`), or the object that a tool gave back; few templates know them.
    Json(Value),
}

impl Message {
    /// A message of text.
    pub fn new(role: impl Into<String>, content: impl Into<String>) -> Self {
        Self { role: role.into(), content: Some(Content::Text(content.into())), extra: Map::new() }
    }

    /// Whether the model is the speaker.
    pub fn is_assistant(&self) -> bool {
        self.role == "assistant"
    }

    /// The content, if it is a text.
    pub fn text(&self) -> Option<&str> {
        match &self.content {
            Some(Content::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// The message as Transformers shows it to a template (`utils/chat_template_utils.py`): without fields that are
    /// null, and with the thoughts by each of the names that templates read them by.
    pub(crate) fn as_seen(&self) -> Value {
        const THOUGHTS: [&str; 3] = ["reasoning_content", "thinking", "reasoning"];
        let content = self.content.as_ref().map(|content| match content {
            Content::Text(text) => Value::from(text.as_str()),
            Content::Json(value) => value.clone(),
        });
        let said = [("role", Some(Value::from(self.role.as_str()))), ("content", content)];
        let said = said.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?)));
        let more = self.extra.iter().filter(|(_, value)| !value.is_null());
        let mut seen: Map<String, Value> = said.chain(more.map(|(key, value)| (key.clone(), value.clone()))).collect();
        if let Some(thoughts) = THOUGHTS.iter().find_map(|&name| seen.get(name)).cloned() {
            seen.insert("reasoning_content".to_owned(), thoughts.clone());
            seen.entry("thinking").or_insert(thoughts);
        }
        Value::Object(seen)
    }
}

/// A conversation: its messages, and the tools that the model is offered in it.
#[derive(Debug, Clone, PartialEq)]
pub struct Conversation {
    /// The messages, at least one.
    pub messages: Vec<Message>,
    /// How many of them are a prompt, of which nothing is to be learned.
    pub prompt: usize,
    /// Tool definitions as JSON, passed to the template as they are.
    pub tools: Option<Value>,
}
