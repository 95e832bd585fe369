//! Conversations in the spellings that data sets have.

use serde_json::Value;

use crate::fields::{Fields, type_name};
use crate::{Content, Conversation, DataError, Message, Source};

/// `messages` in OpenAI's spelling or `conversations` in ShareGPT's, with `tools`.
pub(crate) fn conversation(fields: &Fields<'_>) -> Result<Conversation, DataError> {
    let key = if fields.map.contains_key("conversations") { "conversations" } else { "messages" };
    Ok(Conversation { messages: messages(fields, key)?, prompt: 0, tools: tools(fields)? })
}

/// `prompt` and an answer, both lists of messages, with `tools` (TRL's conversational prompt-completion format).
pub(crate) fn conversational_pair(fields: &Fields<'_>, answer: &'static str) -> Result<Conversation, DataError> {
    let mut all = messages(fields, "prompt")?;
    let prompt = all.len();
    all.extend(messages(fields, answer)?);
    Ok(Conversation { messages: all, prompt, tools: tools(fields)? })
}

/// What the template gets as tools.
fn tools(fields: &Fields<'_>) -> Result<Option<Value>, DataError> {
    match fields.map.get("tools") {
        None | Some(Value::Null) => Ok(None),
        Some(tools) => Ok(json_in_text(fields, "tools", tools)?.or_else(|| Some(tools.clone()))),
    }
}

fn messages(fields: &Fields<'_>, key: &'static str) -> Result<Vec<Message>, DataError> {
    let value = fields.value(key)?;
    let inner = json_in_text(fields, key, value)?;
    let Value::Array(items) = inner.as_ref().unwrap_or(value) else {
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
    items.iter().enumerate().map(message).collect()
}

/// The list in a text that holds one as JSON: a cell of a table can hold nothing else.
fn json_in_text(fields: &Fields<'_>, key: &str, value: &Value) -> Result<Option<Value>, DataError> {
    let Some(text) = value.as_str().filter(|text| text.trim_start().starts_with('[')) else { return Ok(None) };
    serde_json::from_str(text).map(Some).map_err(|error| DataError::JsonInText {
        at: fields.at.clone(),
        key: key.to_owned(),
        problem: error.to_string(),
    })
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
        Some(Value::Array(parts)) => {
            check_parts(&fields, parts)?;
            Some(Content::Json(Value::from(parts.as_slice())))
        }
        Some(result @ Value::Object(_)) if role == "tool" => Some(Content::Json(result.clone())),
        _ => Some(Content::Text(fields.text("content")?)),
    };
    fields.map.retain(|key, _| key != "role" && key != "content");
    Ok(Message { role, content, extra: fields.map })
}

/// Fails unless content that is given as parts is text: `[{"type": "text", "text": …}]`.
fn check_parts(message: &Fields<'_>, parts: &[Value]) -> Result<(), DataError> {
    let part = |(index, part): (usize, &Value)| {
        let fields = Fields {
            map: part.as_object().cloned().unwrap_or_default(),
            path: format!("{}content[{index}].", message.path),
            at: message.at,
        };
        match fields.text("type")?.as_str() {
            "text" => fields.text("text").map(drop),
            kind => {
                Err(DataError::NotText { at: message.at.clone(), key: fields.path + "type", kind: kind.to_owned() })
            }
        }
    };
    parts.iter().enumerate().try_for_each(part)
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
