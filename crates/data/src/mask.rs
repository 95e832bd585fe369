//! Which bytes of a rendered conversation the assistant says.
//!
//! A template that marks them with `{% generation %}` is believed. For any other, an assistant turn is what rendering
//! up to and with it adds to rendering up to it with the generation prompt. That holds only if both renderings are
//! beginnings of the whole one, which is checked; some templates show a turn otherwise once others follow (Qwen3 drops
//! the thinking, Mistral moves the system prompt). Of such a turn, its text is looked for, and the token that ends it.

use std::ops::Range;

use crate::template::{ChatTemplate, Rendered};
use crate::{Conversation, DataError, Tokenizer};

/// The assistant's byte ranges in `rendered`, end-of-turn tokens included, in order.
pub(crate) fn assistant_spans(
    tokenizer: &Tokenizer,
    conversation: &Conversation,
    rendered: &Rendered,
) -> Result<Vec<Range<usize>>, DataError> {
    let template = tokenizer.template()?;
    if template.marks_generation() {
        let (prompt, _) = conversation.messages.split_at(conversation.prompt.min(conversation.messages.len()));
        let given = match prompt {
            [] => 0,
            prompt => template.render(prompt, conversation.tools.as_ref(), false)?.generated.len(),
        };
        return Ok(rendered.generated.iter().skip(given).cloned().collect());
    }
    let turns = Turns { template, specials: tokenizer.specials(), conversation, whole: &rendered.text };
    let messages = conversation.messages.iter().enumerate().skip(conversation.prompt);
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
        if let Some(span) = self.by_prefix(index)? {
            return Ok(span);
        }
        self.by_text(index)?.ok_or(DataError::UnstableTemplate { message: index + 1 })
    }

    /// The bytes that message `index` adds to the conversation before it.
    fn by_prefix(&self, index: usize) -> Result<Option<Range<usize>>, DataError> {
        let (messages, tools) = (&self.conversation.messages, self.conversation.tools.as_ref());
        let before = self.template.render(&messages[..index], tools, true)?.text;
        let with = self.template.render(&messages[..=index], tools, false)?.text;
        if !with.starts_with(&before) || !self.whole.starts_with(&with) {
            return Ok(None);
        }
        // Templates put a line break after the token that ends a turn; the model has stopped by then.
        let turn = &self.whole[before.len()..with.len()];
        let trimmed = turn.trim_end();
        let ends_in_special = self.specials.iter().any(|special| trimmed.ends_with(special));
        let length = if ends_in_special { trimmed.len() } else { turn.len() };
        Ok(Some(before.len()..before.len() + length))
    }

    /// The text of message `index` where it stands in the whole, and the special token right behind it.
    fn by_text(&self, index: usize) -> Result<Option<Range<usize>>, DataError> {
        let message = &self.conversation.messages[index];
        // A call of a tool is said too, but how it is written is the template's secret.
        if message.extra.contains_key("tool_calls") {
            return Ok(None);
        }
        let Some(located) = self.template.locate(self.conversation, index)? else { return Ok(None) };
        let [span] = located.generated.as_slice() else { return Ok(None) };
        if located.text != self.whole {
            return Ok(None);
        }
        let content = message.content.as_deref().unwrap_or_default();
        let space = &content[content.trim_end().len()..];
        let rest = &self.whole[span.end..];
        let rest = rest.strip_prefix(space).unwrap_or(rest);
        let end = self.specials.iter().find_map(|special| rest.strip_prefix(special.as_str()));
        Ok(Some(span.start..end.map_or(span.end, |after| self.whole.len() - after.len())))
    }
}

/// Whether a token counts for one of `spans`: it does if it stands for any byte of it.
///
/// A token's end decides, since some tokenizers trim the space that a token begins with from its range.
pub(crate) fn covers(spans: &[Range<usize>], token: &Range<usize>) -> bool {
    let touches = |span: &Range<usize>| span.start < token.end && (token.start < span.end || token.end <= span.end);
    spans.iter().any(|span| !span.is_empty() && touches(span))
}
