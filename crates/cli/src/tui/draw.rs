//! Draws the dashboard: where each part lies, and what a small terminal gets.

use std::time::Duration;

use graftwork::ProcessMemory;
use ratatui::Frame;
use ratatui::layout::{Alignment, Constraint, Layout, Margin, Rect};
use ratatui::style::{Color, Modifier, Style};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, BorderType, Clear, LineGauge, Paragraph};

use super::keys::{Pane, View};
use super::numbers::clock;
use super::state::State;
use super::{charts, lines, numbers};
use crate::text::count;

/// The smallest terminal that has room for all parts.
const WHOLE: (u16, u16) = (60, 16);
/// Lines of the log below another pane.
const TAIL: u16 = 6;
/// Columns of the numbers beside it.
const NUMBERS: u16 = 31;

/// What is drawn beside the run's events.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Moment {
    /// Since the start.
    pub(super) elapsed: Duration,
    pub(super) memory: ProcessMemory,
    /// Whether the run was asked to stop.
    pub(super) stopping: bool,
}

/// Colours, or weights of type where there are to be none.
#[derive(Clone, Copy, Debug)]
pub(super) struct Theme {
    pub(super) colours: bool,
}

impl Theme {
    pub(super) fn colour(self, colour: Color) -> Style {
        if self.colours { Style::new().fg(colour) } else { Style::new() }
    }

    pub(super) fn strong(self) -> Style {
        Style::new().add_modifier(Modifier::BOLD)
    }

    pub(super) fn faint(self) -> Style {
        if self.colours { Style::new().fg(Color::DarkGray) } else { Style::new().add_modifier(Modifier::DIM) }
    }

    pub(super) fn block(self, title: Line<'_>) -> Block<'_> {
        Block::bordered().border_type(BorderType::Rounded).border_style(self.faint()).title(title)
    }
}

pub(super) fn draw(frame: &mut Frame<'_>, state: &State, view: View, moment: Moment, theme: Theme) {
    let area = frame.area();
    if area.width < WHOLE.0 || area.height < WHOLE.1 {
        compact(frame, area, state, moment, theme);
    } else {
        whole(frame, area, state, view, moment, theme);
    }
    if view.help {
        help(frame, area, theme);
    }
}

fn whole(frame: &mut Frame<'_>, area: Rect, state: &State, view: View, moment: Moment, theme: Theme) {
    // The log as a pane has all the room; below another it is longer where there is more.
    let (tail, side) = if view.pane == Pane::Log { (0, 0) } else { (TAIL.max(area.height / 4), NUMBERS) };
    let rows = [1, 1].map(Constraint::Length);
    let rows = rows.into_iter().chain([Constraint::Min(0), Constraint::Length(tail)]);
    let [head, tabs, main, log, progress, keys] =
        Layout::vertical(rows.chain([1, 1].map(Constraint::Length))).areas(area);
    header(frame, head, state, moment, theme);
    frame.render_widget(panes(view.pane, theme), tabs);
    let [pane, side] = Layout::horizontal([Constraint::Min(0), Constraint::Length(side)]).areas(main);
    match view.pane {
        Pane::Loss => charts::loss(frame, pane, state, theme),
        Pane::Rates => charts::rates(frame, pane, state, theme),
        Pane::Plan => numbers::plan(frame, pane, state, theme),
        Pane::Log => lines::log(frame, pane, state, view, theme),
    }
    if view.pane != Pane::Log {
        numbers::side(frame, side, state, moment, theme);
        lines::log(frame, log, state, view, theme);
    }
    bar(frame, progress, state, moment, theme);
    let keys_line = " q stop with a checkpoint   Tab next pane   ↑↓ PgUp PgDn log   ? help";
    frame.render_widget(Line::styled(keys_line, theme.faint()), keys);
}

/// What runs, and what it does right now.
fn header(frame: &mut Frame<'_>, area: Rect, state: &State, moment: Moment, theme: Theme) {
    let now = doing(state, moment);
    let style = if moment.stopping { theme.colour(Color::Yellow) } else { theme.colour(Color::Green) };
    let now = Line::styled(format!("{now} "), style.add_modifier(Modifier::BOLD)).alignment(Alignment::Right);
    let [left, right] = Layout::horizontal([Constraint::Min(0), Constraint::Length(now.width() as u16)]).areas(area);
    let mut spans = vec![Span::styled(" Graftwork", theme.strong())];
    let mut more = |text: String| spans.extend([Span::styled(" · ", theme.faint()), Span::raw(text)]);
    if let Some(run) = &state.run {
        more(run.strategy.clone());
    }
    if let Some(model) = &state.model {
        more(format!("{} {}", model.architecture, numbers::short(model.parameters)));
    }
    if let Some(run) = &state.run {
        more(run.out.display().to_string());
    }
    frame.render_widget(Line::from(spans), left);
    frame.render_widget(now, right);
}

fn doing(state: &State, moment: Moment) -> String {
    match (&state.doing, moment.stopping) {
        (_, true) => "stopping after this update; again: at once".to_owned(),
        (Some(doing), false) => doing.clone(),
        (None, false) if state.run.is_none() => "starting".to_owned(),
        (None, false) => "training".to_owned(),
    }
}

fn panes(chosen: Pane, theme: Theme) -> Line<'static> {
    let name = |pane: Pane| {
        let style =
            if pane == chosen { theme.colour(Color::Cyan).add_modifier(Modifier::REVERSED) } else { theme.faint() };
        [Span::raw(" "), Span::styled(format!(" {} ", pane.name()), style)]
    };
    Line::from_iter(Pane::ALL.into_iter().flat_map(name))
}

/// Updates done, and the time that has passed and that is left.
fn bar(frame: &mut Frame<'_>, area: Rect, state: &State, moment: Moment, theme: Theme) {
    let left = state.update.as_ref().and_then(|update| state.pace.left(update));
    let left = left.map_or_else(String::new, |left| format!("  {} left", clock(left)));
    let time = Line::raw(format!("  {} elapsed{left} ", clock(moment.elapsed)));
    let [gauge, right] = Layout::horizontal([Constraint::Min(0), Constraint::Length(time.width() as u16)]).areas(area);
    let (done, all) = state.update.as_ref().map_or((0, 0), |update| (update.step, update.total_steps));
    let ratio = if all > 0 { (done as f64 / all as f64).clamp(0.0, 1.0) } else { 0.0 };
    let label =
        if all > 0 { format!(" {}/{}  {:.0} %", count(done), count(all), ratio * 100.0) } else { " –".to_owned() };
    let widget = LineGauge::default().ratio(ratio).label(label).filled_symbol("━").unfilled_symbol("╌");
    frame.render_widget(widget.filled_style(theme.colour(Color::Cyan)).unfilled_style(theme.faint()), gauge);
    frame.render_widget(time, right);
}

/// As much as there is room for, the most important first.
fn compact(frame: &mut Frame<'_>, area: Rect, state: &State, moment: Moment, theme: Theme) {
    let mut lines = vec![Line::styled(doing(state, moment), theme.strong())];
    if let Some(update) = &state.update {
        let left = state.pace.left(update).map_or_else(String::new, |left| format!(", {} left", clock(left)));
        lines.push(Line::raw(format!("{}/{}{left}", update.step, update.total_steps)));
        lines.push(Line::raw(format!("loss {:.4}", state.smoothed.unwrap_or(update.loss))));
        if let Some(eval) = &state.evaluation {
            lines.push(Line::raw(format!("eval {:.4}", eval.evaluation.loss)));
        }
        lines.push(Line::raw(format!("{:.0} tokens/s", update.tokens_per_second)));
    }
    if let Some(entry) = state.log.before(state.log.end()).next() {
        lines
            .push(Line::styled(format!("{} {}", entry.kind.name(), entry.text).trim_start().to_owned(), theme.faint()));
    }
    frame.render_widget(Paragraph::new(lines), area);
}

fn help(frame: &mut Frame<'_>, area: Rect, theme: Theme) {
    const KEYS: [(&str, &str); 8] = [
        ("q, Ctrl+C", "stop after this update, with a checkpoint"),
        ("again", "end at once"),
        ("Tab, p", "next pane"),
        ("↑ ↓, k j", "scroll the log"),
        ("PgUp, PgDn", "by ten lines"),
        ("Home, End", "to its beginning; follow it again"),
        ("?, h", "this help"),
        ("", "`host resume DIR` goes on with a stopped run"),
    ];
    let line = |(key, does)| Line::from(vec![Span::styled(format!("{key:<12}"), theme.strong()), Span::raw(does)]);
    let (width, height) = (area.width.min(60), area.height.min(KEYS.len() as u16 + 2));
    let place = area.inner(Margin::new((area.width - width) / 2, (area.height - height) / 2));
    let place = Rect { width, height, ..place }.intersection(area);
    frame.render_widget(Clear, place);
    let block = theme.block(Line::from(" Keys ")).border_style(theme.colour(Color::Cyan));
    frame.render_widget(Paragraph::new(KEYS.map(line).to_vec()).block(block), place);
}
