//! Messages of a conversation, as chat templates see them.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// One message.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Message {
    /// Who speaks: `system`, `user`, `assistant`, `tool`, or whatever the template knows.
    pub role: String,
    /// What is said; `None` only beside other fields, such as `tool_calls`.
    pub content: Option<String>,
    /// All other fields of the message, in their order (`tool_calls`, `name`, `reasoning_content`, …).
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

impl Message {
    /// A message of text.
    pub fn new(role: impl Into<String>, content: impl Into<String>) -> Self {
        Self { role: role.into(), content: Some(content.into()), extra: Map::new() }
    }

    /// Whether the model is the speaker.
    pub fn is_assistant(&self) -> bool {
        self.role == "assistant"
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
