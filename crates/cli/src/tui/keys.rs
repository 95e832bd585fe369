//! What keys do.

use ratatui::termion::event::{Event, Key, parse_event};

use super::log::Log;

/// Lines that PageUp and PageDown go.
const PAGE: usize = 10;

/// What the large pane shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Pane {
    #[default]
    Loss,
    Rates,
    Plan,
    Log,
}

impl Pane {
    pub(super) const ALL: [Self; 4] = [Self::Loss, Self::Rates, Self::Plan, Self::Log];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Loss => "Loss",
            Self::Rates => "Rate and norm",
            Self::Plan => "Plan",
            Self::Log => "Log",
        }
    }

    fn next(self) -> Self {
        match self {
            Self::Loss => Self::Rates,
            Self::Rates => Self::Plan,
            Self::Plan => Self::Log,
            Self::Log => Self::Loss,
        }
    }
}

/// What a person looks at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct View {
    pub(super) pane: Pane,
    pub(super) help: bool,
    /// Number of the line that the log is shown up to; none where it follows the newest.
    pub(super) until: Option<usize>,
}

/// What a key asks of the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wish {
    /// Nothing; at most another view.
    Nothing,
    /// What Ctrl+C asks of every program.
    Interrupt,
}

impl View {
    /// Does what a key says.
    pub(super) fn press(&mut self, key: Key, log: &Log) -> Wish {
        match key {
            Key::Char('q') | Key::Ctrl('c') => return Wish::Interrupt,
            Key::Char('?' | 'h') => self.help = !self.help,
            Key::Esc => self.help = false,
            Key::Char('p' | '\t') => self.pane = self.pane.next(),
            Key::Up | Key::Char('k') => self.scroll(log, |until| until.saturating_sub(1)),
            Key::Down | Key::Char('j') => self.scroll(log, |until| until + 1),
            Key::PageUp => self.scroll(log, |until| until.saturating_sub(PAGE)),
            Key::PageDown => self.scroll(log, |until| until + PAGE),
            Key::Home => self.scroll(log, |_| 0),
            Key::End => self.until = None,
            _ => {}
        }
        Wish::Nothing
    }

    fn scroll(&mut self, log: &Log, to: impl Fn(usize) -> usize) {
        // One line at least stays in view.
        let until = to(self.until.unwrap_or(log.end())).max(log.first() + 1);
        self.until = (until < log.end()).then_some(until);
    }
}

/// The keys in what a terminal sent at once.
pub(super) fn keys(sent: &[u8]) -> Vec<Key> {
    let (mut bytes, mut keys) = (sent.iter().copied(), Vec::new());
    while let Some(first) = bytes.next() {
        // Escape begins other keys, but these come in one piece.
        if first == b'\x1b' && bytes.len() == 0 {
            keys.push(Key::Esc);
        } else if let Ok(Event::Key(key)) = parse_event(first, &mut bytes.by_ref().map(Ok)) {
            keys.push(key);
        }
    }
    keys
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::log::{Entry, Kind};
    use super::*;

    fn log(lines: usize) -> Log {
        let mut log = Log::default();
        for line in 0..lines {
            log.push(Entry { at: Duration::ZERO, step: None, kind: Kind::Note, text: line.to_string() });
        }
        log
    }

    #[test]
    fn bytes_of_a_terminal_are_keys() {
        assert_eq!(keys(b"q"), [Key::Char('q')]);
        assert_eq!(keys(b"\x03"), [Key::Ctrl('c')]);
        assert_eq!(keys(b"\x1b"), [Key::Esc]);
        assert_eq!(keys(b"\x1b[A\x1b[B\x1b[5~\x1b[6~"), [Key::Up, Key::Down, Key::PageUp, Key::PageDown]);
        assert_eq!(keys(b"\tp?"), [Key::Char('\t'), Key::Char('p'), Key::Char('?')]);
        assert_eq!(keys(b""), []);
        assert!(!keys(&[0xff, b'\x1b', b'[', b'9']).contains(&Key::Char('q')), "nonsense stops no run");
    }

    #[test]
    fn interrupts_are_asked_for_and_nothing_else_is() {
        let (mut view, log) = (View::default(), log(3));
        assert_eq!(view.press(Key::Char('q'), &log), Wish::Interrupt);
        assert_eq!(view.press(Key::Ctrl('c'), &log), Wish::Interrupt);
        for key in [Key::Char('x'), Key::Ctrl('z'), Key::Esc, Key::F(1), Key::Char('Q')] {
            assert_eq!(view.press(key, &log), Wish::Nothing);
        }
        assert_eq!(view, View::default());
    }

    #[test]
    fn panes_come_in_turn() {
        let (mut view, log) = (View::default(), log(0));
        let seen = Pane::ALL.map(|_| {
            view.press(Key::Char('\t'), &log);
            view.pane
        });
        assert_eq!(seen, [Pane::Rates, Pane::Plan, Pane::Log, Pane::Loss]);
        view.press(Key::Char('?'), &log);
        assert!(view.help);
        view.press(Key::Esc, &log);
        assert!(!view.help);
    }

    #[test]
    fn the_log_stays_where_it_was_scrolled_to_until_its_end_is_reached() {
        let (mut view, log) = (View::default(), log(30));
        view.press(Key::Up, &log);
        assert_eq!(view.until, Some(29));
        view.press(Key::PageUp, &log);
        assert_eq!(view.until, Some(19));
        view.press(Key::Home, &log);
        view.press(Key::Up, &log);
        assert_eq!(view.until, Some(1));
        for _ in 0..3 {
            view.press(Key::PageDown, &log);
        }
        assert_eq!(view.until, None);
        view.press(Key::Down, &log);
        assert_eq!(view.until, None);
    }

    #[test]
    fn a_log_without_lines_can_be_scrolled() {
        let mut view = View::default();
        for key in [Key::Up, Key::Down, Key::PageUp, Key::Home] {
            view.press(key, &log(0));
        }
        assert_eq!(view.until, None);
    }
}
