//! The log, as much of it as fits.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::{Color, Style};
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use super::draw::Theme;
use super::keys::View;
use super::log::{Entry, Kind};
use super::numbers::clock;
use super::state::State;

/// The log up to where the view says, lines that are too long on several rows.
pub(super) fn log(frame: &mut Frame<'_>, area: Rect, state: &State, view: View, theme: Theme) {
    let end = view.until.unwrap_or(state.log.end());
    let newer = state.log.end().saturating_sub(end);
    let title = if newer > 0 { format!(" log, {newer} newer below ") } else { " log ".to_owned() };
    let block = theme.block(Line::raw(title));
    let inside = block.inner(area);
    let (width, height) = (usize::from(inside.width), usize::from(inside.height));
    let mut rows: Vec<Line<'_>> = Vec::new();
    for entry in state.log.before(end) {
        if rows.len() >= height {
            break;
        }
        rows.extend(wrapped(entry, width, theme).into_iter().rev());
    }
    rows.truncate(height);
    rows.reverse();
    frame.render_widget(Paragraph::new(rows).block(block), area);
}

fn wrapped(entry: &Entry, width: usize, theme: Theme) -> Vec<Line<'static>> {
    let step = entry.step.map_or_else(String::new, |step| step.to_string());
    let head = format!("{:>7} {step:>6} {:<10} ", clock(entry.at), entry.kind.name());
    let indent = Span::raw(&head).width();
    let mut pieces = pieces(&entry.text, width.saturating_sub(indent)).into_iter();
    let first = pieces.next().unwrap_or_default();
    let body = if entry.kind == Kind::Note { Style::new() } else { style(entry.kind, theme) };
    let mut rows = vec![Line::from(vec![Span::styled(head, theme.faint()), Span::styled(first, body)])];
    rows.extend(pieces.map(|piece| Line::from(vec![Span::raw(" ".repeat(indent)), Span::styled(piece, body)])));
    rows
}

fn style(kind: Kind, theme: Theme) -> Style {
    match kind {
        Kind::Note => Style::new(),
        Kind::Warning => theme.colour(Color::Yellow),
        Kind::Evaluation => theme.colour(Color::Green),
        Kind::Spike => theme.colour(Color::Red),
        Kind::Sample => theme.colour(Color::Cyan),
        Kind::Steered => theme.colour(Color::Magenta),
        Kind::Checkpoint => theme.colour(Color::Blue),
    }
}

/// The text in pieces no wider than that, cut between words where that is possible.
fn pieces(text: &str, width: usize) -> Vec<String> {
    let mut pieces = vec![String::new()];
    for word in text.split_inclusive(' ') {
        let fits = |piece: &str, more: &str| Span::raw(piece).width() + Span::raw(more.trim_end()).width() <= width;
        if pieces.last().is_some_and(|last| !last.is_empty() && !fits(last, word)) {
            pieces.push(String::new());
        }
        for c in word.chars() {
            let mut buffer = [0; 4];
            if pieces.last().is_some_and(|last| !last.is_empty() && !fits(last, c.encode_utf8(&mut buffer))) {
                pieces.push(String::new());
            }
            if let Some(last) = pieces.last_mut() {
                last.push(c);
            }
        }
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_text_is_cut_between_words_and_loses_nothing() {
        assert_eq!(pieces("the cat sat", 7), ["the cat ", "sat"]);
        assert_eq!(pieces("abcdefgh ij", 3), ["abc", "def", "gh ", "ij"]);
        assert_eq!(pieces("猫猫猫", 4), ["猫猫", "猫"]);
        assert_eq!(pieces("", 4), [""]);
        // Where there is no room at all, each has a piece of its own.
        assert_eq!(pieces("ab", 0).concat(), "ab");
        let text = "one two  three four ".repeat(5);
        assert_eq!(pieces(&text, 9).concat(), text);
    }
}
