//! Tokenising a text that is too long to be tokenised at once.
//!
//! The tokenizer keeps about a hundred bytes per byte of text while it works. So a long text is cut into overlapping
//! chunks, and two neighbours are joined in the middle of a run of tokens that both have in the same place: after such
//! a run, what stands before it no longer matters. Where two chunks never agree, the text is tokenised whole.

use std::ops::Range;

use crate::{DataError, Encoded, Tokenizer};

/// Bytes of a chunk, and of what two neighbours share.
#[derive(Clone, Copy)]
struct Cut {
    chunk: usize,
    overlap: usize,
}

const CUT: Cut = Cut { chunk: 64 << 10, overlap: 2 << 10 };
/// Chunks tokenised together: they run in parallel, and their memory is the peak.
const GROUP: usize = 4;
/// Tokens that two chunks must agree on to be joined.
const AGREEMENT: usize = 16;

/// The ids of a text and the byte at which each begins.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Stream {
    pub(crate) ids: Vec<u32>,
    pub(crate) starts: Vec<usize>,
}

/// Tokenises `text` without special tokens.
pub(crate) fn encode(tokenizer: &Tokenizer, text: &str) -> Result<Stream, DataError> {
    match encode_chunks(tokenizer, text, CUT)? {
        Some(stream) => Ok(stream),
        None => Ok(Tokens::new(tokenizer.encode_with_offsets(text, false)?, 0).into_stream()),
    }
}

fn encode_chunks(tokenizer: &Tokenizer, text: &str, cut: Cut) -> Result<Option<Stream>, DataError> {
    let mut whole = Stream::default();
    let mut last: Option<Tokens> = None;
    for group in chunks(text, cut).chunks(GROUP) {
        let encoded = tokenizer.encode_all(group.iter().map(|range| &text[range.clone()]).collect())?;
        for (range, encoded) in group.iter().zip(encoded) {
            let mut next = Tokens::new(encoded, range.start);
            if let Some(mut before) = last.take() {
                let Some((end, start)) = before.joint(&next) else {
                    return Ok(None);
                };
                before.0.truncate(end);
                next.0.drain(..start);
                whole.extend(before);
            }
            last = Some(next);
        }
    }
    whole.extend(last.unwrap_or_default());
    Ok(Some(whole))
}

/// The chunks of a text; each but the last runs `overlap` bytes into the next.
fn chunks(text: &str, cut: Cut) -> Vec<Range<usize>> {
    let mut chunks = Vec::new();
    let mut start = 0;
    loop {
        let next = text.floor_char_boundary(start + cut.chunk);
        let end = text.floor_char_boundary(next + cut.overlap);
        chunks.push(start..end);
        if end == text.len() {
            return chunks;
        }
        start = next;
    }
}

/// Tokens of a chunk with their places in the whole text.
#[derive(Default)]
struct Tokens(Vec<(u32, Range<usize>)>);

impl Tokens {
    fn new(encoded: Encoded, base: usize) -> Self {
        let places = encoded.offsets.into_iter().map(|range| range.start + base..range.end + base);
        Self(encoded.ids.into_iter().zip(places).collect())
    }

    /// How many tokens of `self` to keep, and how many of `next` to drop, so that one goes on where the other ends.
    fn joint(&self, next: &Self) -> Option<(usize, usize)> {
        let agree = |at: usize| {
            let run = next.0.get(at..at + AGREEMENT)?;
            let here = self.0.partition_point(|(_, place)| place.start < run[0].1.start);
            (self.0.get(here..here + AGREEMENT)? == run).then_some(here)
        };
        (0..next.0.len()).find_map(|at| Some((agree(at)? + AGREEMENT / 2, at + AGREEMENT / 2)))
    }

    fn into_stream(self) -> Stream {
        let mut stream = Stream::default();
        stream.extend(self);
        stream
    }
}

impl Stream {
    fn extend(&mut self, tokens: Tokens) {
        for (id, place) in tokens.0 {
            self.ids.push(id);
            self.starts.push(place.start);
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

    use std::path::Path;

    use super::*;

    fn tokenizer() -> Tokenizer {
        Tokenizer::from_dir(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/default/model"))).unwrap()
    }

    #[test]
    fn chunks_join_to_what_the_whole_text_gives() {
        let tokenizer = tokenizer();
        let novel =
            std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/default/austen.txt")).unwrap();
        let text = format!("{}日本語のテキスト naïve café 🙂🙃\n\n\n  x{}", &novel[..20_000], &novel[20_000..40_000]);
        let whole = Tokens::new(tokenizer.encode_with_offsets(&text, false).unwrap(), 0).into_stream();
        for chunk in [700, 1_000, 4_099] {
            let joined = encode_chunks(&tokenizer, &text, Cut { chunk, overlap: 200 }).unwrap();
            assert_eq!(joined.as_ref(), Some(&whole), "chunks of {chunk} bytes");
        }
    }

    #[test]
    fn chunks_that_never_agree_are_left_to_the_whole_text() {
        let cut = Cut { chunk: 100, overlap: 10 };
        assert_eq!(encode_chunks(&tokenizer(), &"word ".repeat(100), cut).unwrap(), None);
    }
}
