//! A plain text as samples: windows of its tokens.

use crate::sample::Sampler;
use crate::stream::{Stream, Token};
use crate::{DataError, Sample, Source};

/// A text that is being cut into windows of `max_length` tokens, with bos at its beginning and eos at its end; a last
/// window of a single token is left out. All tokens count.
pub(crate) struct Windows<'a> {
    stream: Stream<'a>,
    ending: Vec<u32>,
    length: usize,
    at: Source,
    /// Of the window that is not full yet.
    tokens: Vec<Token>,
}

impl Sampler<'_> {
    /// The windows of the text that begins here.
    pub(crate) fn windows(&self, at: Source) -> Windows<'_> {
        Windows {
            stream: Stream::new(self.tokenizer, at.line),
            ending: self.tokenizer.ending(),
            length: self.max_length,
            tokens: self.tokenizer.prefix().iter().map(|&id| Token { id, line: at.line }).collect(),
            at,
        }
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
        let Self { stream, ending, length, at, mut tokens } = self;
        let (left, line) = stream.finish()?;
        tokens.extend(left);
        tokens.extend(ending.into_iter().map(|id| Token { id, line }));
        Ok(tokens.chunks(length).filter(|window| window.len() >= 2).map(|window| sample(window, &at)).collect())
    }

    fn take_full(&mut self) -> Vec<Sample> {
        let full = self.tokens.len() - self.tokens.len() % self.length;
        let windows = self.tokens[..full].chunks(self.length).map(|window| sample(window, &self.at)).collect();
        self.tokens.drain(..full);
        windows
    }
}

fn sample(window: &[Token], start: &Source) -> Sample {
    let at = start.at_line(window.first().map_or(start.line, |token| token.line));
    Sample::new(window.iter().map(|token| token.id).collect(), vec![true; window.len()], at)
}
