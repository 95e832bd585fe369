//! Which charts a report has.

use super::chart::{Chart, Look, Numbers, Series};
use super::reduce::{Point, smooth};
use super::scale::{Domain, drawable};
use crate::Run;
use crate::history::Step;
use crate::visible::visible;

/// A chart or two, with what they show.
pub(super) struct Figure {
    pub(super) title: &'static str,
    pub(super) unit: &'static str,
    pub(super) note: &'static str,
    pub(super) svgs: Vec<String>,
    pub(super) numbers: Vec<Numbers>,
}

const UPDATES: &str = "updates";
const SECONDS: &str = "seconds of training";

/// The charts of which there are values.
pub(super) fn figures(runs: &[Run]) -> Vec<Figure> {
    let figures = [
        evaluation(runs),
        training_loss(runs),
        steps(runs, ["Gradient norm", "before clipping", "grad-norm"], |s| s.grad_norm),
        steps(runs, ["Learning rate", "", "learning-rate"], |s| s.learning_rate),
        steps(runs, ["Throughput", "tokens/s", "throughput"], |s| s.tokens_per_second),
    ];
    figures.into_iter().flatten().collect()
}

fn figure(title: &'static str, unit: &'static str, note: &'static str, charts: Vec<Chart>) -> Option<Figure> {
    let empty = |chart: &Chart| chart.series.iter().all(|s| s.points.iter().all(|p| !drawable(p.1)));
    if charts.iter().all(empty) {
        return None;
    }
    let (svgs, numbers) = charts.into_iter().map(Chart::draw).unzip();
    Some(Figure { title, unit, note, svgs, numbers })
}

fn series(runs: &[Run], look: Look, points: impl Fn(&Run) -> Vec<Point>) -> Vec<Series> {
    let all = runs.iter().enumerate();
    all.map(|(run, r)| Series { run, name: visible(&r.name), points: points(r), look }).collect()
}

/// Against updates and against seconds, on one axis of losses.
fn evaluation(runs: &[Run]) -> Option<Figure> {
    let points = |x: fn(&crate::CurvePoint) -> f64| {
        move |run: &Run| run.curve().iter().map(|point| (x(point), point.loss)).collect::<Vec<Point>>()
    };
    let y = Domain::of_most(runs.iter().flat_map(Run::curve).map(|point| point.loss));
    let chart = |id: &str, x_label, series| Chart {
        id: id.to_owned(),
        title: format!("Evaluation loss against {x_label}"),
        x_label,
        series,
        y: Some(y),
    };
    let charts = vec![
        chart("evaluation-updates", UPDATES, series(runs, Look::Marked, points(|p| p.step as f64))),
        chart("evaluation-seconds", SECONDS, series(runs, Look::Marked, points(|p| p.seconds))),
    ];
    figure(
        "Evaluation loss",
        "nats",
        "After the same updates, and after the same time of training. Rings: the lowest.",
        charts,
    )
}

fn training_loss(runs: &[Run]) -> Option<Figure> {
    let raw = |run: &Run| run.history.steps.iter().map(|s| (s.step as f64, s.loss)).collect::<Vec<Point>>();
    let mut all = series(runs, Look::Faint, raw);
    all.extend(series(runs, Look::Line, |run| smooth(&raw(run))));
    let title = "Training loss against updates".to_owned();
    let chart = Chart { id: "training-loss".to_owned(), title, x_label: UPDATES, series: all, y: None };
    figure("Training loss", "nats", "Each update, faint, and the moving mean.", vec![chart])
}

fn steps(runs: &[Run], [title, unit, id]: [&'static str; 3], value: fn(&Step) -> f64) -> Option<Figure> {
    let points = |run: &Run| run.history.steps.iter().map(|s| (s.step as f64, value(s))).collect();
    let chart = Chart {
        id: id.to_owned(),
        title: format!("{title} against updates"),
        x_label: UPDATES,
        series: series(runs, Look::Line, points),
        y: None,
    };
    figure(title, unit, "", vec![chart])
}
