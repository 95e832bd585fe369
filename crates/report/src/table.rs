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
        // What did not come to its end is not measured with the rest.
        let ended: Vec<_> = runs.iter().map(|r| r.measured.finished && r.measured.failure.is_none()).collect();
        let known = || values.iter().zip(&ended).filter(|(_, ended)| **ended).filter_map(|(value, _)| *value);
        let best = match better {
            Better::Lower => known().reduce(f64::min),
            Better::Higher => known().reduce(f64::max),
            Better::Neither => None,
        };
        // Where there is but one, or all are alike, or look alike, none is best.
        let differ =
            known().count() > 1 && cells.iter().flatten().any(|cell| Some(cell) != cells.iter().flatten().next());
        let is_best = |(value, ended): (&Option<f64>, &bool)| differ && *ended && value.is_some() && *value == best;
        let best = values.iter().zip(&ended).map(is_best).collect();
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
    let best = |r: &Run| Some(r.best_evaluation()?.loss);
    let perplexity = |r: &Run| r.best_evaluation()?.perplexity;
    let accuracy = |r: &Run| Some(r.best_evaluation()?.accuracy);
    let f1 = |r: &Run| Some(r.best_evaluation()?.f1.as_ref()?.macro_mean);
    let before = |r: &Run| Some(r.evaluation_before()?.loss);
    let end = |r: &Run| Some(r.last_evaluation()?.loss);
    let plain = |_: &Run, value: f64| loss(value);
    let signed = |_: &Run, value: f64| format!("{value:+.4}");
    let share = |_: &Run, value: f64| percent(value);
    let four = |_: &Run, value: f64| significant(value, 4);
    let step = |run: &Run, value: f64| {
        let step = run.best_evaluation().map_or(0, |best| best.step);
        format!("{} @ {}", loss(value), count(step))
    };
    let (rise, training, gap) = (Run::rise_since_best, Run::last_training_loss, Run::generalisation_gap);
    vec![
        Row::new(runs, "Best evaluation loss", "nats, @ the update after which it was lowest", Lower, best, step),
        Row::new(runs, "Perplexity there", "exp(loss)", Lower, perplexity, four),
        Row::new(runs, "Accuracy there", "share of right predictions", Higher, accuracy, share),
        Row::new(runs, "F1 there", "mean over the classes", Higher, f1, four),
        Row::new(runs, "Evaluation loss before", "nats, before the first update", Neither, before, plain),
        Row::new(runs, "Evaluation loss at the end", "nats", Lower, end, plain),
        Row::new(runs, "Rise since the best", "nats", Neither, rise, signed),
        Row::new(runs, "Training loss at the end", "nats, mean of the last ten updates", Neither, training, plain),
        Row::new(runs, "Generalisation gap", "nats, evaluation − training loss at the end", Neither, gap, signed),
    ]
}

fn cost(report: &Report) -> Vec<Row> {
    use Better::{Higher, Lower, Neither};
    let runs = &report.runs;
    let float = |value: Option<u64>| value.map(|v| v as f64).filter(|&v| v > 0.0);
    let positive = |value: f64| Some(value).filter(|&v| v > 0.0);
    let process = |r: &Run| float(r.measured.peak_memory_bytes);
    let device = |r: &Run| float(r.measured.peak_device_memory_bytes);
    let estimated = |r: &Run| float(Some(r.about.estimated_memory));
    let result = |r: &Run| float(r.measured.artefact_bytes);
    let (update, throughput) = (Run::seconds_per_update, Run::tokens_per_second);
    let (training, whole) = (|r: &Run| positive(r.training_seconds()), |r: &Run| positive(r.measured.seconds));
    let memory = |_: &Run, value: f64| bytes(value as u64);
    let time = |_: &Run, value: f64| duration(value);
    let rate = |_: &Run, value: f64| count(value.round() as u64);
    let size = |run: &Run, value: f64| {
        format!("{} {}", bytes(value as u64), if run.is_adapter() { "adapter" } else { "model" })
    };
    let mut rows = vec![
        Row::new(runs, "Time per update", "median", Lower, update, time),
        Row::new(runs, "Throughput", "tokens of training per second", Higher, throughput, rate),
        Row::new(runs, "Time of training", "all updates, no evaluation", Lower, training, time),
        Row::new(runs, "Time of the run", "loading, evaluating and saving too", Lower, whole, time),
        Row::new(runs, "Peak memory", "of the process", Lower, process, memory),
        Row::new(runs, "Peak memory of the device", "its own", Lower, device, memory),
        Row::new(runs, "Estimated memory", "before the run", Neither, estimated, memory),
        Row::new(runs, "Result", "what is kept", Lower, result, size),
    ];
    if let Some(price) = report.comparison.as_ref().and_then(|comparison| comparison.conditions.price.as_ref()) {
        let label = format!("Cost of 10⁶ tokens at {} {} an hour", significant(price.per_hour, 4), price.currency);
        let cost = |run: &Run| run.cost_per_million_tokens(price.per_hour);
        let show = |_: &Run, value: f64| format!("{} {}", significant(value, 3), price.currency);
        rows.push(Row::new(runs, &label, "of training", Lower, cost, show));
    }
    rows
}

fn training(runs: &[Run]) -> Vec<Row> {
    use Better::Neither;
    let weights = |r: &Run| Some(r.about.plan.trainable_parameters as f64);
    let part = |r: &Run| Some(r.about.plan.trainable_percent / 100.0);
    let peak = |r: &Run| Some(r.about.training.learning_rate);
    let done = |r: &Run| Some(r.history.steps.last().map_or(0, |step| step.step) as f64);
    let seen = |r: &Run| Some(r.tokens_seen() as f64).filter(|&tokens| tokens > 0.0);
    let passes = |r: &Run| r.history.steps.last().map(|step| step.epoch);
    let spikes = |r: &Run| Some(r.history.spikes.len() as f64);
    let whole = |_: &Run, value: f64| count(value as u64);
    let three = |_: &Run, value: f64| significant(value, 3);
    let share = |_: &Run, value: f64| percent(value);
    let updates = |run: &Run, value: f64| match (run.about.training.updates, run.measured.stopped_early) {
        (planned, _) if value as u64 == planned => count(planned),
        (planned, true) => format!("{} of {}, stopped early", count(value as u64), count(planned)),
        (planned, false) => format!("{} of {}", count(value as u64), count(planned)),
    };
    vec![
        Row::new(runs, "Weights that train", "", Neither, weights, whole),
        Row::new(runs, "Share of all weights", "", Neither, part, share),
        Row::new(runs, "Learning rate", "peak", Neither, peak, three),
        Row::new(runs, "Updates", "", Neither, done, updates),
        Row::new(runs, "Tokens seen", "padding not counted", Neither, seen, whole),
        Row::new(runs, "Passes over the data", "", Neither, passes, three),
        Row::new(runs, "Spikes", "of loss and gradient norm", Neither, spikes, whole),
    ]
}
