//! Where the assistant speaks in a conversation that was rendered by a template without `{% generation %}`.
//!
//! A turn is what rendering up to and with it adds to rendering up to it with the generation prompt. That holds only if
//! both renderings are beginnings of the whole one, which is checked; some templates show a turn otherwise once others
//! follow (Qwen3 drops the thinking, Phi-3 ends with eos, Mistral moves the system prompt), or nothing before the user
//! has spoken. Such a turn is looked for by the generation prompt before it and the special token that ends it, or else
//! by its text.

use std::ops::Range;

use crate::template::ChatTemplate;
use crate::{Conversation, DataError, Message};

pub(crate) struct Turns<'a> {
    pub(crate) template: &'a ChatTemplate,
    /// The special tokens as they are spelt, the longest first.
    pub(crate) specials: &'a [String],
    pub(crate) conversation: &'a Conversation,
    /// The conversation as it was rendered.
    pub(crate) whole: &'a str,
}

impl Turns<'_> {
    /// The bytes of message `index`, an assistant's, with the token that ends the turn.
    ///
    /// # Errors
    /// [`DataError::UnstableTemplate`] if they cannot be told from the rest.
    pub(crate) fn span(&self, index: usize) -> Result<Range<usize>, DataError> {
        let span = self.by_prefix(index).or_else(|| self.by_prompt(index)).or_else(|| self.by_text(index));
        span.ok_or(DataError::UnstableTemplate { message: index + 1 })
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

    /// From the generation prompt to the token that ends the turn, if the prompt, or the beginning of it, stands in the
    /// whole as often as the assistant speaks.
    fn by_prompt(&self, index: usize) -> Option<Range<usize>> {
        let messages = &self.conversation.messages;
        let speaks = |messages: &[Message]| messages.iter().filter(|message| message.is_assistant()).count();
        let prompt = [index, messages.len()].into_iter().find_map(|count| self.prompt(count))?;
        let starts = self.cuts(&prompt).into_iter().rev().find_map(|cut| {
            let starts: Vec<usize> = self.whole.match_indices(&prompt[..cut]).map(|(at, _)| at + cut).collect();
            (starts.len() == speaks(messages)).then_some(starts)
        })?;
        let turn = speaks(&messages[..index]);
        let (start, next) = (*starts.get(turn)?, starts.get(turn + 1).copied().unwrap_or(self.whole.len()));
        let turn = &self.whole[start..next];
        // The text may hold such a token too.
        let text = messages[index].text().map_or("", str::trim);
        let spoken = turn.find(text).map_or(0, |at| at + text.len());
        let alone = self.first(index + 1, false);
        let endings = [alone.as_deref().and_then(|alone| self.ending(alone)), self.usual_ending()];
        let ends = endings.into_iter().flatten().filter_map(|end| Some(turn[spoken..].find(end)? + end.len()));
        let end = start + spoken + ends.min()?;
        // What a tool gives back may stand within the turn that asked for it.
        (!self.holds(index + 1, start..end)).then_some(start..end)
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

    /// Whether the text of message `index` stands in these bytes of the whole.
    fn holds(&self, index: usize, span: Range<usize>) -> bool {
        let located = self.template.locate(self.conversation, index).filter(|located| located.text == self.whole);
        located
            .is_some_and(|located| located.generated.iter().any(|text| text.start < span.end && span.start < text.end))
    }

    /// The first messages alone; `None` if the template refuses them, as some do before the user has spoken.
    fn first(&self, count: usize, add_generation_prompt: bool) -> Option<String> {
        let (messages, tools) = (&self.conversation.messages, self.conversation.tools.as_ref());
        Some(self.template.render(&messages[..count], tools, add_generation_prompt).ok()?.text)
    }

    /// What stands behind the first messages only if the assistant is to speak next.
    fn prompt(&self, count: usize) -> Option<String> {
        let (without, with) = (self.first(count, false)?, self.first(count, true)?);
        let common = with.bytes().zip(without.bytes()).take_while(|(a, b)| a == b).count();
        // Where something else stands there otherwise, both may begin with the same letters.
        let start = match common == without.len() {
            true => common,
            false => self.cuts(&with).into_iter().rev().find(|&cut| cut <= common)?,
        };
        Some(with[start..].to_owned()).filter(|prompt| !prompt.is_empty())
    }

    /// Where a text can be cut between one thing and the next: after lines and special tokens; its end is the last.
    fn cuts(&self, text: &str) -> Vec<usize> {
        let marks = self.specials.iter().map(String::as_str).chain(["\n"]);
        let mut cuts: Vec<usize> =
            marks.flat_map(|mark| text.match_indices(mark).map(|(at, mark)| at + mark.len())).collect();
        cuts.push(text.len());
        cuts.sort_unstable();
        cuts
    }

    /// The special token that a text ends with, but for white space: templates put a line break after the token that
    /// ends a turn, and the model has stopped by then.
    fn ending(&self, text: &str) -> Option<&str> {
        let trimmed = text.trim_end();
        self.specials.iter().map(String::as_str).find(|special| trimmed.ends_with(special))
    }

    /// The special token behind what the assistant says in the plainest of conversations.
    fn usual_ending(&self) -> Option<&str> {
        let messages = vec![Message::new("user", "?"), Message::new("assistant", "!")];
        let located = self.template.locate(&Conversation { messages, prompt: 0, tools: None }, 1)?;
        let rest = &located.text[located.generated.first()?.end..];
        let found = self.specials.iter().filter_map(|special| Some((rest.find(special.as_str())?, special.as_str())));
        found.min().map(|(_, special)| special)
    }
}
