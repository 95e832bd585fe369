//! Tokenising a text that comes in parts, of whatever length.
//!
//! The tokenizer keeps about a hundred bytes per byte of text while it works. So a text is cut into overlapping chunks,
//! and two neighbours are joined in the middle of a run of tokens that both have in the same place: after such a run,
//! what stands before it no longer matters. Two chunks that never agree are tokenised as one.

use std::ops::Range;

use crate::{DataError, Encoded, Tokenizer};

/// Bytes of a chunk, and of what two neighbours share.
#[derive(Clone, Copy)]
struct Cut {
    chunk: usize,
    overlap: usize,
}

const CUT: Cut = Cut { chunk: 8 << 10, overlap: 512 };
/// Chunks tokenised together: they run in parallel, and their memory is the peak.
const GROUP: usize = 32;
/// Tokens that two chunks must agree on to be joined.
const AGREEMENT: usize = 16;

/// A token of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) id: u32,
    /// The 1-based line that it begins on.
    pub(crate) line: usize,
}

/// A text on its way from parts to tokens, without special tokens.
pub(crate) struct Stream<'a> {
    tokenizer: &'a Tokenizer,
    cut: Cut,
    /// What is still needed of the text, and where that begins in the whole.
    text: String,
    base: usize,
    /// Where the next chunk begins.
    next: usize,
    /// The last chunk, which waits for its neighbour.
    last: Option<Chunk>,
    /// Up to where lines have been counted, and how many there are.
    counted: usize,
    line: usize,
}

/// Tokens of a chunk, and its bytes in the whole text.
struct Chunk {
    range: Range<usize>,
    tokens: Vec<Place>,
}

/// An id and its bytes in the whole text.
type Place = (u32, Range<usize>);

impl<'a> Stream<'a> {
    /// A text whose first line has this number.
    pub(crate) fn new(tokenizer: &'a Tokenizer, line: usize) -> Self {
        Self::with_cut(tokenizer, line, CUT)
    }

    fn with_cut(tokenizer: &'a Tokenizer, line: usize, cut: Cut) -> Self {
        Self { tokenizer, cut, text: String::new(), base: 0, next: 0, last: None, counted: 0, line }
    }

    /// Takes the next part of the text; gives the tokens that are certain by now.
    pub(crate) fn push(&mut self, part: &str) -> Result<Vec<Token>, DataError> {
        self.text.push_str(part);
        let mut tokens = Vec::new();
        // A chunk is whole when the text is known to go on behind it.
        while let Some(group) = self.whole_chunks() {
            self.encode(&group, &mut tokens)?;
        }
        Ok(tokens)
    }

    /// The tokens that are left at the end of the text, and the line that it ends on.
    pub(crate) fn finish(mut self) -> Result<(Vec<Token>, usize), DataError> {
        let mut tokens = Vec::new();
        let mut group = Vec::new();
        while group.last().is_none_or(|chunk: &Range<usize>| chunk.end < self.end()) {
            group.push(self.next_chunk());
        }
        self.encode(&group, &mut tokens)?;
        if let Some(last) = self.last.take() {
            self.pass_on(last.tokens, &mut tokens);
        }
        self.count_lines(self.end());
        Ok((tokens, self.line))
    }

    fn end(&self) -> usize {
        self.base + self.text.len()
    }

    fn text(&self, range: Range<usize>) -> &str {
        self.text.get(range.start - self.base..range.end - self.base).unwrap_or_default()
    }

    /// The chunk that begins where the one before it ends, less what they share; it ends early where the text does.
    fn chunk_at(&self, start: usize) -> (Range<usize>, usize) {
        let next = self.text.floor_char_boundary(start - self.base + self.cut.chunk);
        let end = self.text.floor_char_boundary(next + self.cut.overlap);
        (start..end + self.base, next + self.base)
    }

    fn next_chunk(&mut self) -> Range<usize> {
        let (chunk, next) = self.chunk_at(self.next);
        self.next = next;
        chunk
    }

    /// A group of chunks behind all of which the text goes on.
    fn whole_chunks(&mut self) -> Option<Vec<Range<usize>>> {
        let mut starts = self.next;
        for _ in 0..GROUP {
            let (chunk, next) = self.chunk_at(starts);
            if chunk.end >= self.end() {
                return None;
            }
            starts = next;
        }
        Some((0..GROUP).map(|_| self.next_chunk()).collect())
    }

    fn encode(&mut self, group: &[Range<usize>], out: &mut Vec<Token>) -> Result<(), DataError> {
        let encoded = self.tokenizer.encode_all(group.iter().map(|range| self.text(range.clone())).collect())?;
        for (range, encoded) in group.iter().zip(encoded) {
            let tokens = places(encoded, range.start);
            self.join(Chunk { range: range.clone(), tokens }, out)?;
        }
        // The last chunk may have to be tokenised again.
        let needed = self.last.as_ref().map_or(self.next, |last| last.range.start);
        self.text.drain(..needed - self.base);
        self.base = needed;
        Ok(())
    }

    /// Puts a chunk behind the last one, most of which is then certain.
    fn join(&mut self, mut chunk: Chunk, out: &mut Vec<Token>) -> Result<(), DataError> {
        if let Some(mut last) = self.last.take() {
            if let Some((end, start)) = joint(&last.tokens, &chunk.tokens) {
                last.tokens.truncate(end);
                self.pass_on(last.tokens, out);
                chunk.tokens.drain(..start);
            } else {
                let range = last.range.start..chunk.range.end;
                let encoded = self.tokenizer.encode_with_offsets(self.text(range.clone()), false)?;
                let mut tokens = places(encoded, range.start);
                // What stands before was passed on already.
                let first = last.tokens.first().map_or(0, |(_, place)| place.start);
                tokens.drain(..tokens.partition_point(|(_, place)| place.start < first));
                chunk = Chunk { range, tokens };
            }
        }
        self.last = Some(chunk);
        Ok(())
    }

    fn pass_on(&mut self, tokens: Vec<Place>, out: &mut Vec<Token>) {
        for (id, place) in tokens {
            self.count_lines(place.start);
            out.push(Token { id, line: self.line });
        }
    }

    fn count_lines(&mut self, until: usize) {
        if until > self.counted {
            self.line += self.text(self.counted..until).bytes().filter(|&byte| byte == b'\n').count();
            self.counted = until;
        }
    }
}

fn places(encoded: Encoded, base: usize) -> Vec<Place> {
    let ranges = encoded.offsets.into_iter().map(|range| range.start + base..range.end + base);
    encoded.ids.into_iter().zip(ranges).collect()
}

/// How many tokens of `last` to keep, and how many of `next` to drop, so that one goes on where the other ends.
fn joint(last: &[Place], next: &[Place]) -> Option<(usize, usize)> {
    let agree = |at: usize| {
        let run = next.get(at..at + AGREEMENT)?;
        let here = last.partition_point(|(_, place)| place.start < run[0].1.start);
        (last.get(here..here + AGREEMENT)? == run).then_some(here)
    };
    (0..next.len()).find_map(|at| Some((agree(at)? + AGREEMENT / 2, at + AGREEMENT / 2)))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

    use std::path::Path;

    use super::*;

    fn tokenizer() -> Tokenizer {
        Tokenizer::from_dir(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/default/model"))).unwrap()
    }

    /// The tokens of a text that comes in parts of so many bytes.
    fn streamed(tokenizer: &Tokenizer, text: &str, cut: Cut, part: usize) -> Vec<Token> {
        let mut stream = Stream::with_cut(tokenizer, 1, cut);
        let mut tokens = Vec::new();
        let mut rest = text;
        while !rest.is_empty() {
            let (part, after) = rest.split_at(rest.floor_char_boundary(part.max(4)));
            tokens.extend(stream.push(part).unwrap());
            rest = after;
        }
        let (left, line) = stream.finish().unwrap();
        assert_eq!(line, 1 + text.matches('\n').count());
        tokens.extend(left);
        tokens
    }

    fn whole(tokenizer: &Tokenizer, text: &str) -> Vec<Token> {
        let encoded = tokenizer.encode_with_offsets(text, false).unwrap();
        let line = |range: &Range<usize>| 1 + text[..range.start].matches('\n').count();
        encoded.ids.iter().zip(&encoded.offsets).map(|(&id, range)| Token { id, line: line(range) }).collect()
    }

    #[test]
    fn chunks_join_to_what_the_whole_text_gives_however_it_comes() {
        let tokenizer = tokenizer();
        let novel =
            std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/default/austen.txt")).unwrap();
        let text = format!("{}日本語のテキスト naïve café 🙂🙃\n\n\n  x{}", &novel[..20_000], &novel[20_000..40_000]);
        let whole = whole(&tokenizer, &text);
        for chunk in [700, 1_000, 4_099] {
            for part in [97, 5_000, usize::MAX] {
                let joined = streamed(&tokenizer, &text, Cut { chunk, overlap: 200 }, part);
                assert!(joined == whole, "chunks of {chunk} bytes from parts of {part}");
            }
        }
    }

    #[test]
    fn chunks_that_never_agree_are_tokenised_as_one() {
        let (tokenizer, text) = (tokenizer(), format!("An{} end.\n", "=-".repeat(700)));
        let cut = Cut { chunk: 100, overlap: 10 };
        assert!(streamed(&tokenizer, &text, cut, 64) == whole(&tokenizer, &text));
    }
}
