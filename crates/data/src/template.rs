//! Chat templates, rendered as Transformers renders them (`utils/chat_template_utils.py`), with `{% generation %}` around
//! what the model says.

use std::ops::Range;
use std::time::{SystemTime, UNIX_EPOCH};

use minijinja::value::Serde;
use minijinja::{Environment, Error, ErrorKind, Value, context};

use crate::jinja::{environment, strftime};
use crate::{Content, Conversation, DataError, Message};

/// The function by which templates ask for the time.
const NOW: &str = "strftime_now";
const TEMPLATE: &str = "chat_template";
/// The filter that stands in for `{% generation %}`: a filter block trims whitespace just as that tag does.
const GENERATION: &str = "generation_marks";
/// Unicode noncharacters: never part of a text that is interchanged.
const OPEN: char = '\u{fdd0}';
const CLOSE: char = '\u{fdd1}';

/// A compiled template.
#[derive(Debug)]
pub(crate) struct ChatTemplate {
    env: Environment<'static>,
    marks_generation: bool,
    /// `bos_token`, `eos_token` and the like, by name.
    special_tokens: Vec<(String, String)>,
    /// What it shows as the time, in seconds since 1970, UTC; none where it shows none.
    pub(crate) now: Option<i64>,
}

/// A conversation as text.
#[derive(Debug, PartialEq)]
pub(crate) struct Rendered {
    pub(crate) text: String,
    /// The byte ranges that `{% generation %}` marks.
    pub(crate) generated: Vec<Range<usize>>,
}

impl ChatTemplate {
    pub(crate) fn compile(source: &str, special_tokens: Vec<(String, String)>) -> Result<Self, DataError> {
        let (source, marks_generation) = with_generation_marks(source);
        let shows_time = source.contains(NOW);
        let mut env = environment().map_err(|error| template_error(&error))?;
        env.add_filter(GENERATION, |body: &str| format!("{OPEN}{body}{CLOSE}"));
        env.add_template_owned(TEMPLATE, source).map_err(|error| template_error(&error))?;
        let mut template = Self { env, marks_generation, special_tokens, now: None };
        #[expect(clippy::disallowed_methods, reason = "a conversation may say what day it is")]
        let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| d.as_secs().cast_signed());
        if shows_time {
            template.set_now(now);
        }
        Ok(template)
    }

    /// Sets what `strftime_now` gives, in seconds since 1970, UTC.
    pub(crate) fn set_now(&mut self, unix_seconds: i64) {
        self.now = Some(unix_seconds);
        self.env.add_function(NOW, move |format: &str| strftime(unix_seconds, format));
    }

    /// Whether the template marks what the model says with `{% generation %}`.
    pub(crate) fn marks_generation(&self) -> bool {
        self.marks_generation
    }

    pub(crate) fn render(
        &self,
        messages: &[Message],
        tools: Option<&serde_json::Value>,
        add_generation_prompt: bool,
    ) -> Result<Rendered, DataError> {
        if self.marks_generation && messages.iter().any(holds_marks) {
            return Err(DataError::Template("a message holds U+FDD0 or U+FDD1, which are no characters".to_owned()));
        }
        let text = self.render_raw(messages, tools, add_generation_prompt)?;
        Ok(if self.marks_generation { split_marks(&text) } else { Rendered { text, generated: Vec::new() } })
    }

    /// A whole conversation, as it is trained on.
    pub(crate) fn render_conversation(&self, conversation: &Conversation) -> Result<Rendered, DataError> {
        self.render(&conversation.messages, conversation.tools.as_ref(), false)
    }

    /// The same, with the place where the text of message `index` ended up, less the space around it; `None` if that
    /// cannot be told. Only for templates that do not mark generation themselves.
    pub(crate) fn locate(&self, conversation: &Conversation, index: usize) -> Option<Rendered> {
        let mut messages = conversation.messages.clone();
        if messages.iter().any(holds_marks) {
            return None;
        }
        let message = messages.get_mut(index)?;
        let content = message.text()?;
        let body = Some(content.trim()).filter(|body| !body.is_empty())?;
        let marked = content.replacen(body, &format!("{OPEN}{body}{CLOSE}"), 1);
        message.content = Some(Content::Text(marked));
        let text = self.render_raw(&messages, conversation.tools.as_ref(), false).ok()?;
        Some(split_marks(&text))
    }

    fn render_raw(
        &self,
        messages: &[Message],
        tools: Option<&serde_json::Value>,
        add_generation_prompt: bool,
    ) -> Result<String, DataError> {
        let special_tokens = self.special_tokens.iter();
        let special_tokens = Value::from_pairs(special_tokens.map(|(k, v)| (k.as_str(), v.as_str())));
        let context = context! {
            messages => Value::from(Serde(messages.iter().map(Message::as_seen).collect::<Vec<_>>())),
            tools => tools.map(|tools| Value::from(Serde(tools))),
            documents => (),
            add_generation_prompt,
            ..special_tokens
        };
        let text = self.env.get_template(TEMPLATE).and_then(|template| template.render(context));
        text.map_err(|error| template_error(&error))
    }
}

fn holds_marks(message: &Message) -> bool {
    message.text().is_some_and(|text| text.contains([OPEN, CLOSE]))
}

/// Replaces `{% generation %}` and `{% endgeneration %}` by a filter block with a scope of its own; says whether there
/// was one. Comments and expressions stay as they are.
fn with_generation_marks(source: &str) -> (String, bool) {
    let mut out = String::with_capacity(source.len());
    let mut rest = source;
    let mut found = false;
    while let Some((start, close)) = next_tag(rest) {
        let end = rest[start + 2..].find(close).map_or(rest.len(), |length| start + 2 + length);
        let (before, inner) = (&rest[..start + 2], &rest[start + 2..end]);
        out.push_str(before);
        let name = inner.trim_matches(|c: char| c.is_whitespace() || c == '-' || c == '+');
        match name {
            "generation" if close == "%}" => {
                found = true;
                out.push_str(&inner.replace(name, &format!("filter {GENERATION} %}}{{% with")));
            }
            "endgeneration" if close == "%}" => out.push_str(&inner.replace(name, "endwith %}{% endfilter")),
            _ => out.push_str(inner),
        }
        rest = &rest[end..];
    }
    out.push_str(rest);
    (out, found)
}

/// Where the next tag, comment or expression begins, and what ends it.
fn next_tag(source: &str) -> Option<(usize, &'static str)> {
    source.match_indices('{').find_map(|(start, _)| match source.as_bytes().get(start + 1)? {
        b'%' => Some((start, "%}")),
        b'#' => Some((start, "#}")),
        b'{' => Some((start, "}}")),
        _ => None,
    })
}

/// Takes the marks out of a rendering and notes where they stood; one without its other half marks nothing.
fn split_marks(marked: &str) -> Rendered {
    let mut text = String::with_capacity(marked.len());
    let mut generated = Vec::new();
    let mut open = None;
    for piece in marked.split_inclusive([OPEN, CLOSE]) {
        if let Some(before) = piece.strip_suffix(OPEN) {
            text.push_str(before);
            open = Some(text.len());
        } else if let Some(body) = piece.strip_suffix(CLOSE) {
            text.push_str(body);
            generated.extend(open.take().map(|start| start..text.len()));
        } else {
            text.push_str(piece);
        }
    }
    Rendered { text, generated }
}

fn template_error(error: &Error) -> DataError {
    match error.kind() {
        ErrorKind::OutOfFuel => DataError::Template(
            "it takes more steps than a conversation needs; mend the template, or shorten the conversation".to_owned(),
        ),
        _ => DataError::Template(error.to_string()),
    }
}
