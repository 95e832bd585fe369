//! Numbers and the plan.

use std::time::Duration;

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Paragraph, Wrap};

use super::draw::{Moment, Theme};
use super::state::State;
use crate::text::{self, bytes, count, loss, rate};

/// Columns of a name.
const NAME: usize = 10;

/// The newest of every number.
pub(super) fn side(frame: &mut Frame<'_>, area: Rect, state: &State, moment: Moment, theme: Theme) {
    let block = theme.block(Line::raw(" now "));
    let inside = block.inner(area);
    let room = usize::from(inside.width).saturating_sub(NAME);
    let mut rows = Vec::new();
    let mut row = |name: &str, text: String| {
        rows.push(Line::from(vec![Span::styled(format!("{name:<NAME$}"), theme.faint()), Span::raw(text)]));
    };
    let eval = |report: &Option<graftwork::EvalReport>| loss(report.as_ref().map(|report| report.evaluation.loss));
    row("loss", loss(state.smoothed));
    row("eval", eval(&state.evaluation));
    if let Some(best) = &state.best {
        row("best", format!("{} at {}", eval(&state.best), count(best.step)));
    }
    if let Some(update) = &state.update {
        let with_course = |text: String, series: &super::series::Series| {
            let text = format!("{text:<9}");
            let course = series.sparkline(room.saturating_sub(text.chars().count() + 1));
            format!("{text} {course}")
        };
        row("rate", with_course(rate(update.learning_rate), &state.rate));
        row("norm", with_course(format!("{:.3}", update.grad_norm), &state.norm));
        row("tokens/s", with_course(format!("{:.0}", update.tokens_per_second), &state.speed));
        row("mean", state.pace.mean().map_or_else(|| "–".to_owned(), |mean| format!("{mean:.0} tokens/s")));
        row("tokens", format!("{}, epoch {:.2}", short(state.pace.tokens), update.epoch));
    }
    let or_dash = |value: Option<u64>| value.map_or_else(|| "–".to_owned(), bytes);
    row("memory", or_dash(moment.memory.now));
    row("peak", or_dash(moment.memory.peak));
    if let Some(run) = &state.run {
        row("estimate", bytes(run.estimated_memory));
        row(if run.device == "cpu" { "machine" } else { &run.device }, or_dash(run.device_memory));
    }
    frame.render_widget(Paragraph::new(rows).block(block), area);
}

/// What trains, of what model, on what data.
pub(super) fn plan(frame: &mut Frame<'_>, area: Rect, state: &State, theme: Theme) {
    let mut rows = Vec::new();
    let mut row = |name: &str, text: String| {
        rows.push(Line::from(vec![Span::styled(format!("{name:<NAME$}"), theme.faint()), Span::raw(text)]));
    };
    if let Some(model) = &state.model {
        row("model", format!("{}, {} weights", model.architecture, count(model.parameters)));
        row("", model.path.display().to_string());
    }
    if let Some(plan) = &state.plan {
        row("trains", format!("{} weights, {:.2} %", count(plan.trainable_parameters), plan.trainable_percent));
        for (kind, number) in &plan.adapters {
            row("", format!("{number} {kind} adapters"));
        }
        if plan.trained_in_place > 0 {
            row("", format!("{} parameters of the model", plan.trained_in_place));
        }
    }
    if let Some(data) = &state.data {
        let (train, eval) = (&data.train, &data.eval);
        row("data", format!("{} rows, {} tokens", count(train.rows as u64), count(train.tokens as u64)));
        row("", format!("{} tokens counted", count(train.target_tokens as u64)));
        row("eval", format!("{} rows, {} tokens", count(eval.rows as u64), count(eval.tokens as u64)));
        for source in &data.sources {
            row("source", format!("{} samples of", count(source.samples as u64)));
            row("", source.path.clone());
        }
    }
    if let Some(run) = &state.run {
        row("run", run.out.display().to_string());
    }
    let block = theme.block(Line::raw(" plan "));
    frame.render_widget(Paragraph::new(rows).wrap(Wrap { trim: false }).block(block), area);
}

/// `5475584` as `5.5 M`.
pub(super) fn short(n: u64) -> String {
    let units = [(1e12, "T"), (1e9, "B"), (1e6, "M"), (1e3, "K")];
    match units.into_iter().find(|(size, _)| n as f64 >= *size) {
        Some((size, unit)) => format!("{:.1} {unit}", n as f64 / size),
        None => n.to_string(),
    }
}

/// Whole seconds that have passed, as a clock shows them.
pub(super) fn clock(time: Duration) -> String {
    text::clock(time.as_secs() as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short() {
        assert_eq!(short(999), "999");
        assert_eq!(short(5_475_584), "5.5 M");
        assert_eq!(short(8_030_261_248), "8.0 B");
        assert_eq!(clock(Duration::from_millis(62_900)), "1:02");
        assert_eq!(clock(Duration::from_secs(90_061)), "25:01:01");
    }
}
