//! A plain text as samples: windows of its tokens.

use crate::framed::{framed_window, room};
use crate::sample::Sampler;
use crate::stream::{Stream, Token};
use crate::{DataError, Objective, Sample, Source, Tokenizer};

/// A text that is being cut into windows of at most `max_length` tokens.
///
/// To learn the next token, bos is at the beginning of the text and eos at its end, and all tokens count; a last window
/// of a single token is left out. To learn masked ones, each window has the tokenizer's special tokens around it.
pub(crate) struct Windows<'a> {
    stream: Stream<'a>,
    ending: Vec<u32>,
    /// Tokens of the text in a window.
    length: usize,
    /// What puts special tokens around each.
    framed_by: Option<&'a Tokenizer>,
    at: Source,
    /// Of the window that is not full yet.
    tokens: Vec<Token>,
}

impl Sampler<'_> {
    /// The windows of the text that begins here.
    ///
    /// # Errors
    /// Special tokens leave no room in a window.
    pub(crate) fn windows(&self, at: Source) -> Result<Windows<'_>, DataError> {
        let (tokenizer, stream) = (self.tokenizer, Stream::new(self.tokenizer, at.line));
        if matches!(self.objective, Objective::Masked { .. }) {
            let length = room(self.max_length, tokenizer.prefix().len() + tokenizer.suffix().len())?;
            let (ending, tokens) = (Vec::new(), Vec::new());
            return Ok(Windows { stream, ending, length, framed_by: Some(tokenizer), at, tokens });
        }
        let tokens = tokenizer.prefix().iter().map(|&id| Token { id, line: at.line }).collect();
        Ok(Windows { stream, ending: tokenizer.ending(), length: self.max_length, framed_by: None, at, tokens })
    }
}

impl Windows<'_> {
    /// Takes the next part of the text; gives the windows that are full by now.
    pub(crate) fn push(&mut self, part: &str) -> Result<Vec<Sample>, DataError> {
        let tokens = self.stream.push(part)?;
        self.tokens.extend(tokens);
        Ok(self.take_full())
    }

    /// The windows that are left at the end of the text.
    pub(crate) fn finish(self) -> Result<Vec<Sample>, DataError> {
        let Self { stream, ending, length, framed_by, at, mut tokens } = self;
        let (left, line) = stream.finish()?;
        tokens.extend(left);
        tokens.extend(ending.into_iter().map(|id| Token { id, line }));
        Ok(tokens.chunks(length).filter_map(|window| sample(window, &at, framed_by)).collect())
    }

    fn take_full(&mut self) -> Vec<Sample> {
        let full = self.tokens.len() - self.tokens.len() % self.length;
        let full_windows = self.tokens[..full].chunks(self.length);
        let windows = full_windows.filter_map(|window| sample(window, &self.at, self.framed_by)).collect();
        self.tokens.drain(..full);
        windows
    }
}

/// A window, if there is something to learn from it.
fn sample(window: &[Token], start: &Source, framed_by: Option<&Tokenizer>) -> Option<Sample> {
    let at = start.at_line(window.first().map_or(start.line, |token| token.line));
    let ids: Vec<u32> = window.iter().map(|token| token.id).collect();
    let sample = match framed_by {
        Some(tokenizer) => framed_window(tokenizer, &ids, at),
        None => Sample::new(ids, vec![true; window.len()], at),
    };
    (sample.target_tokens() > 0).then_some(sample)
}
