//! What has happened, as lines; the oldest are let go of.

use std::collections::VecDeque;
use std::time::Duration;

/// Lines that are kept.
const MOST: usize = 1000;

/// What a line is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Note,
    Warning,
    Evaluation,
    Spike,
    Sample,
    Steered,
    Checkpoint,
}

impl Kind {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Note => "",
            Self::Warning => "warning",
            Self::Evaluation => "eval",
            Self::Spike => "spike",
            Self::Sample => "sample",
            Self::Steered => "control",
            Self::Checkpoint => "saved",
        }
    }
}

/// A line.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    /// Since the start.
    pub(super) at: Duration,
    /// Updates done.
    pub(super) step: Option<u64>,
    pub(super) kind: Kind,
    pub(super) text: String,
}

/// The newest lines, each with a number that it keeps.
#[derive(Clone, Debug, Default)]
pub(super) struct Log {
    entries: VecDeque<Entry>,
    /// Lines that were let go of.
    gone: usize,
}

impl Log {
    /// Adds a line. What would move the cursor becomes a space: a model's or a plugin's text is not to draw on the screen.
    pub(super) fn push(&mut self, entry: Entry) {
        let printable = |c: char| if c.is_control() { ' ' } else { c };
        let text = entry.text.trim().chars().map(printable).collect();
        self.entries.push_back(Entry { text, ..entry });
        if self.entries.len() > MOST {
            self.entries.pop_front();
            self.gone += 1;
        }
    }

    /// Number of the first line that is there.
    pub(super) fn first(&self) -> usize {
        self.gone
    }

    /// Number that the next line will have.
    pub(super) fn end(&self) -> usize {
        self.gone + self.entries.len()
    }

    /// The lines before a number, newest first.
    pub(super) fn before(&self, end: usize) -> impl Iterator<Item = &Entry> {
        self.entries.iter().take(end.saturating_sub(self.gone)).rev()
    }

    /// The lines of a kind, in order.
    pub(super) fn of(&self, kind: Kind) -> impl Iterator<Item = &str> {
        self.entries.iter().filter(move |entry| entry.kind == kind).map(|entry| entry.text.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(text: &str) -> Entry {
        Entry { at: Duration::ZERO, step: None, kind: Kind::Sample, text: text.to_owned() }
    }

    #[test]
    fn the_newest_lines_stay_and_keep_their_numbers() {
        let mut log = Log::default();
        (0..MOST + 5).for_each(|i| log.push(entry(&i.to_string())));
        assert_eq!((log.first(), log.end()), (5, MOST + 5));
        assert_eq!(log.before(log.end()).next().map(|e| e.text.as_str()), Some("1004"));
        assert_eq!(log.before(8).map(|e| e.text.as_str()).collect::<Vec<_>>(), ["7", "6", "5"]);
        assert_eq!(log.before(3).count(), 0);
    }

    #[test]
    fn text_that_would_draw_on_the_screen_cannot() {
        let mut log = Log::default();
        log.push(entry("a\x1b[2Jb\r\nc\u{9b}d\n"));
        assert_eq!(log.of(Kind::Sample).collect::<Vec<_>>(), ["a [2Jb  c d"]);
    }
}
