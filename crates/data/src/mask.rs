//! Which bytes of a rendered conversation the assistant says, and which tokens hold them.

use std::ops::Range;

use crate::template::Rendered;
use crate::turns::Turns;
use crate::{Conversation, DataError, Tokenizer};

/// The assistant's byte ranges in `rendered`, end-of-turn tokens included, in order: those that the template marks with
/// `{% generation %}`, or else its turns.
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

/// Whether a token counts for one of `spans`: it does if it stands for any byte of it.
///
/// A token's end decides, since some tokenizers trim the space that a token begins with from its range.
pub(crate) fn covers(spans: &[Range<usize>], token: &Range<usize>) -> bool {
    let touches = |span: &Range<usize>| span.start < token.end && (token.start < span.end || token.end <= span.end);
    spans.iter().any(|span| !span.is_empty() && touches(span))
}
