//! The numbers of a report as rows, one column a run: what the page's table and the terminal's have in common.

use crate::number::{bytes, count, duration, loss, percent, significant};
use crate::{Report, Run};

/// A part of the table.
pub(crate) struct Section {
    pub(crate) title: &'static str,
    pub(crate) rows: Vec<Row>,
}

/// A row.
pub(crate) struct Row {
    pub(crate) label: String,
    /// What the number is, in a few words.
    pub(crate) meaning: &'static str,
    /// One for each run; none where it is not known.
    pub(crate) cells: Vec<Option<String>>,
    /// Which cells have the best value, where one is better than another.
    pub(crate) best: Vec<bool>,
}

/// Which values are better.
#[derive(Clone, Copy)]
enum Better {
    Lower,
    Higher,
    Neither,
}

impl Row {
    fn new(
        runs: &[Run],
        label: &str,
        meaning: &'static str,
        better: Better,
        value: impl Fn(&Run) -> Option<f64>,
        show: impl Fn(&Run, f64) -> String,
    ) -> Self {
        let values: Vec<_> = runs.iter().map(|run| value(run).filter(|v| v.is_finite())).collect();
        let cells: Vec<_> = runs.iter().zip(&values).map(|(run, value)| Some(show(run, (*value)?))).collect();
        let known = || values.iter().copied().flatten();
        let best = match better {
            Better::Lower => known().reduce(f64::min),
            Better::Higher => known().reduce(f64::max),
            Better::Neither => None,
        };
        // Where all are alike, or look alike, none is best.
        let differ = cells.iter().flatten().any(|cell| Some(cell) != cells.iter().flatten().next());
        let best = values.iter().map(|value| differ && value.is_some() && *value == best).collect();
        Self { label: label.to_owned(), meaning, cells, best }
    }
}

/// The table of a report; rows of which nothing is known are left out.
pub(crate) fn table(report: &Report) -> Vec<Section> {
    let sections = [
        Section { title: "Quality", rows: quality(&report.runs) },
        Section { title: "Cost", rows: cost(report) },
        Section { title: "Training", rows: training(&report.runs) },
    ];
    let known = |mut section: Section| {
        section.rows.retain(|row| row.cells.iter().any(Option::is_some));
        section
    };
    sections.into_iter().map(known).filter(|section| !section.rows.is_empty()).collect()
}

fn quality(runs: &[Run]) -> Vec<Row> {
    use Better::{Higher, Lower, Neither};
    let shown = |_: &Run, value: f64| loss(value);
    let signed = |_: &Run, value: f64| format!("{value:+.4}");
    let share = |_: &Run, value: f64| percent(value);
    let step = |run: &Run, value: f64| {
        let step = run.best_evaluation().map_or(0, |best| best.step);
        format!("{} @ {}", loss(value), count(step))
    };
    vec![
        Row::new(
            runs,
            "Best evaluation loss",
            "nats, @ the update after which it was lowest",
            Lower,
            |r| Some(r.best_evaluation()?.loss),
            step,
        ),
        Row::new(
            runs,
            "Perplexity there",
            "exp(loss)",
            Lower,
            |r| r.best_evaluation()?.perplexity,
            |_, v| significant(v, 4),
        ),
        Row::new(
            runs,
            "Accuracy there",
            "share of right predictions",
            Higher,
            |r| Some(r.best_evaluation()?.accuracy),
            share,
        ),
        Row::new(
            runs,
            "F1 there",
            "mean over the classes",
            Higher,
            |r| Some(r.best_evaluation()?.f1.as_ref()?.macro_mean),
            |_, v| significant(v, 4),
        ),
        Row::new(
            runs,
            "Evaluation loss before",
            "nats, before the first update",
            Neither,
            |r| Some(r.evaluation_before()?.loss),
            shown,
        ),
        Row::new(runs, "Evaluation loss at the end", "nats", Lower, |r| Some(r.last_evaluation()?.loss), shown),
        Row::new(runs, "Rise since the best", "nats", Lower, Run::rise_since_best, signed),
        Row::new(
            runs,
            "Training loss at the end",
            "nats, mean of the last ten updates",
            Neither,
            Run::last_training_loss,
            shown,
        ),
        Row::new(
            runs,
            "Generalisation gap",
            "nats, evaluation − training loss at the end",
            Neither,
            Run::generalisation_gap,
            signed,
        ),
    ]
}

fn cost(report: &Report) -> Vec<Row> {
    use Better::{Higher, Lower, Neither};
    let runs = &report.runs;
    let memory = |_: &Run, value: f64| bytes(value as u64);
    let time = |_: &Run, value: f64| duration(value);
    let float = |value: Option<u64>| value.map(|v| v as f64);
    let size = |run: &Run, value: f64| {
        format!("{} ({})", bytes(value as u64), if run.is_adapter() { "adapter" } else { "model" })
    };
    let mut rows = vec![
        Row::new(runs, "Time per update", "median", Lower, Run::seconds_per_update, time),
        Row::new(runs, "Throughput", "tokens of training per second", Higher, Run::tokens_per_second, |_, v| {
            count(v.round() as u64)
        }),
        Row::new(
            runs,
            "Time of training",
            "all updates, no evaluation",
            Lower,
            |r| Some(r.training_seconds()).filter(|&s| s > 0.0),
            time,
        ),
        Row::new(
            runs,
            "Time of the run",
            "loading, evaluating and saving too",
            Lower,
            |r| Some(r.measured.seconds).filter(|&s| s > 0.0),
            time,
        ),
        Row::new(runs, "Peak memory", "of the process", Lower, |r| float(r.measured.peak_memory_bytes), memory),
        Row::new(
            runs,
            "Peak memory of the device",
            "its own",
            Lower,
            |r| float(r.measured.peak_device_memory_bytes),
            memory,
        ),
        Row::new(
            runs,
            "Estimated memory",
            "before the run",
            Neither,
            |r| float(Some(r.about.estimated_memory).filter(|&b| b > 0)),
            memory,
        ),
        Row::new(runs, "Result", "what is kept", Lower, |r| float(r.measured.artefact_bytes), size),
    ];
    if let Some(price) = report.comparison.as_ref().and_then(|comparison| comparison.conditions.price.as_ref()) {
        let show = |_: &Run, value: f64| format!("{} {}", significant(value, 3), price.currency);
        let value = |run: &Run| run.cost_per_million_tokens(price.per_hour);
        let mut row = Row::new(runs, "Cost of 10⁶ tokens", "of training", Lower, value, show);
        row.label = format!("{} at {} {} an hour", row.label, significant(price.per_hour, 4), price.currency);
        rows.push(row);
    }
    rows
}

fn training(runs: &[Run]) -> Vec<Row> {
    use Better::Neither;
    let weights = |run: &Run, value: f64| {
        format!("{} ({})", count(value as u64), percent(run.about.plan.trainable_percent / 100.0))
    };
    let updates = |run: &Run, value: f64| {
        let planned = run.about.training.updates;
        let short = if run.measured.stopped_early { ", stopped early" } else { "" };
        if value as u64 == planned {
            count(planned)
        } else {
            format!("{} of {}{short}", count(value as u64), count(planned))
        }
    };
    let done = |run: &Run| Some(run.history.steps.last().map_or(0, |step| step.step) as f64);
    let seen = |run: &Run| Some(run.tokens_seen() as f64).filter(|&tokens| tokens > 0.0);
    let epochs = |run: &Run, value: f64| {
        let epochs = run.history.steps.last().map_or(0.0, |step| step.epoch);
        format!("{} ({} epochs)", count(value as u64), significant(epochs, 2))
    };
    vec![
        Row::new(
            runs,
            "Weights that train",
            "and their share of all",
            Neither,
            |r| Some(r.about.plan.trainable_parameters as f64),
            weights,
        ),
        Row::new(
            runs,
            "Learning rate",
            "peak",
            Neither,
            |r| Some(r.about.training.learning_rate),
            |_, v| significant(v, 3),
        ),
        Row::new(runs, "Updates", "done", Neither, done, updates),
        Row::new(runs, "Tokens seen", "padding not counted", Neither, seen, epochs),
        Row::new(
            runs,
            "Spikes",
            "of loss and gradient norm",
            Neither,
            |r| Some(r.history.spikes.len() as f64),
            |_, v| count(v as u64),
        ),
    ]
}
