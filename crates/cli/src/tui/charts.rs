//! Curves.

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::{Color, Style};
use ratatui::symbols::Marker;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Axis, Chart, Dataset, GraphType, Paragraph};

use super::draw::Theme;
use super::series::Series;
use super::state::State;
use crate::text::{count, rate};

/// Of single updates so many at either end may lie outside: one that stands far off would flatten all others.
const OUTSIDE: f64 = 0.02;

/// Training loss, as it is and smoothed, and evaluation loss.
pub(super) fn loss(frame: &mut Frame<'_>, area: Rect, state: &State, theme: Theme) {
    let (raw, smooth, eval) = (state.loss.points(), state.smooth.points(), state.eval.points());
    let (train, held_out) = (theme.colour(Color::Cyan), theme.colour(Color::Yellow));
    let title = Line::from(vec![
        Span::raw(" loss "),
        Span::styled("· ", theme.faint()),
        Span::raw("train "),
        Span::styled("━ ", train),
        Span::raw("smoothed "),
        Span::styled("• ", held_out),
        Span::raw("eval "),
    ]);
    let inside: Vec<_> = within(&raw).into_iter().chain(smooth.iter().chain(&eval).map(|point| point.1)).collect();
    let curves = [
        Curve { points: &raw, marker: Marker::Braille, graph: GraphType::Scatter, style: theme.faint() },
        Curve { points: &smooth, marker: Marker::Braille, graph: GraphType::Line, style: train },
        Curve { points: &eval, marker: Marker::Dot, graph: GraphType::Scatter, style: held_out },
    ];
    chart(frame, area, title, &curves, &inside, |value| format!("{value:.3}"), theme);
}

/// Learning rate and gradient norm.
pub(super) fn rates(frame: &mut Frame<'_>, area: Rect, state: &State, theme: Theme) {
    let [above, below] = Layout::vertical([Constraint::Fill(1); 2]).areas(area);
    let one = |frame: &mut Frame<'_>, area, title, series: &Series, colour, label: fn(f64) -> String| {
        let points = series.points();
        let style = theme.colour(colour);
        let curve = Curve { points: &points, marker: Marker::Braille, graph: GraphType::Line, style };
        chart(frame, area, Line::raw(title), &[curve], &within(&points), label, theme);
    };
    one(frame, above, " learning rate ", &state.rate, Color::Green, rate);
    one(frame, below, " gradient norm ", &state.norm, Color::Magenta, |value| format!("{value:.3}"));
}

struct Curve<'a> {
    points: &'a [(f64, f64)],
    marker: Marker,
    graph: GraphType,
    style: Style,
}

fn chart(
    frame: &mut Frame<'_>,
    area: Rect,
    title: Line<'_>,
    curves: &[Curve<'_>],
    inside: &[f64],
    label: impl Fn(f64) -> String,
    theme: Theme,
) {
    let steps = || curves.iter().flat_map(|curve| curve.points).map(|point| point.0);
    let Some((first, last)) = ends(steps()) else {
        let text = Line::styled(" no update yet", theme.faint());
        return frame.render_widget(Paragraph::new(text).block(theme.block(title)), area);
    };
    let (low, high) = ends(inside.iter().copied()).unwrap_or_default();
    // A curve that does not move lies in the middle.
    let room = if high > low { (high - low) * 0.05 } else { high.abs().max(1e-9) * 0.1 };
    // None of these is ever below 0.
    let (bottom, top) = ((low - room).max(low.min(0.0)), high + room);
    let x = Axis::default().bounds([first, last.max(first + 1.0)]).style(theme.faint());
    let x = x.labels([format!("step {}", count(first as u64)), count(last as u64)]);
    let y = Axis::default().bounds([bottom, top]).style(theme.faint());
    let y = y.labels([label(bottom), label(f64::midpoint(bottom, top)), label(top)]);
    let datasets = curves.iter().map(|Curve { points, marker, graph, style }| {
        Dataset::default().data(points).marker(*marker).graph_type(*graph).style(*style)
    });
    let chart = Chart::new(datasets.collect()).x_axis(x).y_axis(y).legend_position(None);
    frame.render_widget(chart.block(theme.block(title)), area);
}

/// The least and the greatest.
fn ends(values: impl Iterator<Item = f64>) -> Option<(f64, f64)> {
    values.fold(None, |ends, value| {
        Some(ends.map_or((value, value), |(low, high): (f64, f64)| (low.min(value), high.max(value))))
    })
}

/// The values without the few that stand far off.
fn within(points: &[(f64, f64)]) -> Vec<f64> {
    let mut values: Vec<f64> = points.iter().map(|point| point.1).collect();
    values.sort_by(f64::total_cmp);
    let cut = (values.len() as f64 * OUTSIDE) as usize;
    values[cut..values.len() - cut].to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_value_far_off_does_not_flatten_the_others() {
        let mut points: Vec<_> = (0..100).map(|i| (f64::from(i), 2.0 + f64::from(i) / 1000.0)).collect();
        points[50].1 = 1e9;
        assert_eq!(ends(within(&points).into_iter()).map(|(_, high)| high < 3.0), Some(true));
        assert_eq!(within(&[(0.0, 7.0)]), [7.0]);
        assert!(within(&[]).is_empty());
    }
}
