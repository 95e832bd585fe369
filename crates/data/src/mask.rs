//! Which bytes of a rendered conversation the assistant says.
//!
//! A template that marks them with `{% generation %}` is believed. For any other, an assistant turn is what rendering
//! up to and with it adds to rendering up to it with the generation prompt. That holds only if both renderings are
//! beginnings of the whole one, which is checked; some templates show a turn otherwise once others follow (Qwen3 drops
//! the thinking, Mistral moves the system prompt), or nothing before the user has spoken. Such a turn is looked for by
//! the generation prompt before it and the special token that ends it, or else by its text.

use std::ops::Range;

use crate::template::{ChatTemplate, Rendered};
use crate::{Conversation, DataError, Message, Tokenizer};

/// The assistant's byte ranges in `rendered`, end-of-turn tokens included, in order.
pub(crate) fn assistant_spans(
    tokenizer: &Tokenizer,
    conversation: &Conversation,
    rendered: &Rendered,
) -> Result<Vec<Range<usize>>, DataError> {
    let template = tokenizer.template()?;
    if template.marks_generation() {
        return Ok(rendered.generated.clone());
    }
    let turns = Turns { template, specials: tokenizer.specials(), conversation, whole: &rendered.text };
    let messages = conversation.messages.iter().enumerate();
    messages.filter(|(_, message)| message.is_assistant()).map(|(index, _)| turns.span(index)).collect()
}

struct Turns<'a> {
    template: &'a ChatTemplate,
    specials: &'a [String],
    conversation: &'a Conversation,
    whole: &'a str,
}

impl Turns<'_> {
    fn span(&self, index: usize) -> Result<Range<usize>, DataError> {
        let span = self.by_prefix(index).or_else(|| self.by_prompt(index)).or_else(|| self.by_text(index));
        span.ok_or(DataError::UnstableTemplate { message: index + 1 })
    }

    /// The first messages alone; `None` if the template refuses them, as some do before the user has spoken.
    fn first(&self, count: usize, add_generation_prompt: bool) -> Option<String> {
        let (messages, tools) = (&self.conversation.messages, self.conversation.tools.as_ref());
        Some(self.template.render(&messages[..count], tools, add_generation_prompt).ok()?.text)
    }

    /// The special token that a text ends with, but for white space: templates put a line break after the token that
    /// ends a turn, and the model has stopped by then.
    fn ending(&self, text: &str) -> Option<&str> {
        let trimmed = text.trim_end();
        self.specials.iter().map(String::as_str).find(|special| trimmed.ends_with(special))
    }

    /// The bytes that message `index` adds to the conversation before it.
    fn by_prefix(&self, index: usize) -> Option<Range<usize>> {
        let before = self.first(index, true)?;
        let with = self.first(index + 1, false)?;
        if !with.starts_with(&before) || !self.whole.starts_with(&with) {
            return None;
        }
        let turn = &self.whole[before.len()..with.len()];
        let length = self.ending(turn).map_or(turn.len(), |_| turn.trim_end().len());
        Some(before.len()..before.len() + length)
    }

    /// From the generation prompt to the token that ends the turn, if the prompt stands in the whole as often as the
    /// assistant speaks.
    fn by_prompt(&self, index: usize) -> Option<Range<usize>> {
        let messages = &self.conversation.messages;
        let prompt = [index, messages.len()].into_iter().find_map(|count| {
            let (without, with) = (self.first(count, false)?, self.first(count, true)?);
            with.strip_prefix(&without).filter(|prompt| !prompt.is_empty()).map(str::to_owned)
        })?;
        let starts: Vec<usize> = self.whole.match_indices(&prompt).map(|(at, _)| at + prompt.len()).collect();
        let speaks = |messages: &[Message]| messages.iter().filter(|message| message.is_assistant()).count();
        if starts.len() != speaks(messages) {
            return None;
        }
        let turn = speaks(&messages[..index]);
        let (start, next) = (*starts.get(turn)?, starts.get(turn + 1).copied().unwrap_or(self.whole.len()));
        let with = self.first(index + 1, false)?;
        let ending = self.ending(&with)?;
        let turn = &self.whole[start..next];
        // The text may hold such a token too.
        let text = messages[index].text().map_or("", str::trim);
        let spoken = turn.find(text).map_or(0, |at| at + text.len());
        let end = spoken + turn[spoken..].find(ending)? + ending.len();
        Some(start..start + end)
    }

    /// The text of message `index` where it stands in the whole, and the special token right behind it.
    fn by_text(&self, index: usize) -> Option<Range<usize>> {
        let message = &self.conversation.messages[index];
        // A call of a tool is said too, but how it is written is the template's secret.
        if message.extra.get("tool_calls").is_some_and(|calls| !calls.is_null()) {
            return None;
        }
        let located = self.template.locate(self.conversation, index)?;
        let [span] = located.generated.as_slice() else { return None };
        if located.text != self.whole {
            return None;
        }
        let content = message.text()?;
        let space = &content[content.trim_end().len()..];
        let rest = &self.whole[span.end..];
        let rest = rest.strip_prefix(space).unwrap_or(rest);
        let end = self.specials.iter().find_map(|special| rest.strip_prefix(special.as_str()));
        Some(span.start..end.map_or(span.end, |after| self.whole.len() - after.len()))
    }
}

/// Whether a token counts for one of `spans`: it does if it stands for any byte of it.
///
/// A token's end decides, since some tokenizers trim the space that a token begins with from its range.
pub(crate) fn covers(spans: &[Range<usize>], token: &Range<usize>) -> bool {
    let touches = |span: &Range<usize>| span.start < token.end && (token.start < span.end || token.end <= span.end);
    spans.iter().any(|span| !span.is_empty() && touches(span))
}
