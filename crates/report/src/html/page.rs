//! What the page's template is given.

use std::collections::{BTreeMap, HashSet};

use minijinja::value::Value;
use serde::Serialize;

use super::chart::{Numbers, key};
use super::curves::{Figure, figures};
use crate::about::Plugin;
use crate::history::{Spike, Steered};
use crate::number::{bytes, count, duration, loss, significant};
use crate::table::{Row, Section, table};
use crate::verdict::{Sweep, Trial, Verdict};
use crate::visible::visible;
use crate::{Report, Run, plan_diff};

/// Of a long list so many of the first and of the last are shown.
const SHOWN: usize = 30;
/// Rows of the table of evaluations.
const EVALUATIONS: usize = 60;

/// Everything in the page that depends on the report.
#[derive(Serialize)]
pub(super) struct Page<'a> {
    title: &'a str,
    version: Option<String>,
    headline: String,
    verdict: Option<&'a Verdict>,
    recommended: Option<usize>,
    runs: Vec<Legend<'a>>,
    facts: Vec<(&'static str, String)>,
    table: Vec<SectionView>,
    figures: Vec<FigureView>,
    numbers: Readout,
    evaluations: Vec<(String, Vec<Option<String>>)>,
    sweeps: Vec<SweepView>,
    samples: Vec<Prompt<'a>>,
    plan: PlanView,
    events: Vec<Events<'a>>,
    configurations: Vec<Configuration<'a>>,
    measured: Vec<(&'static str, Vec<String>)>,
}

impl<'a> Page<'a> {
    pub(super) fn new(report: &'a Report) -> Self {
        let runs = &report.runs;
        let figures = figures(runs);
        let verdict = report.comparison.as_ref().map(|comparison| &comparison.verdict);
        let legend = |(index, run): (usize, &'a Run)| Legend { index, name: &run.name, key: safe(key(index)) };
        let names = runs.iter().map(|run| visible(&run.name)).collect();
        let (figures, numbers): (Vec<_>, Vec<_>) = figures.into_iter().map(FigureView::new).unzip();
        Self {
            title: &report.title,
            version: shared(runs, |run| run.about.version.clone()),
            headline: verdict.map_or_else(|| summary(runs), |verdict| verdict.headline.clone()),
            verdict,
            recommended: verdict.and_then(|verdict| verdict.recommended),
            runs: runs.iter().enumerate().map(legend).collect(),
            facts: facts(runs),
            table: sections(report),
            figures,
            numbers: Readout { runs: names, charts: numbers.into_iter().flatten().collect() },
            evaluations: evaluations(runs),
            sweeps: sweeps(report),
            samples: samples(runs),
            plan: PlanView::new(runs),
            events: runs.iter().filter_map(events).collect(),
            configurations: runs.iter().map(Configuration::new).collect(),
            measured: measured(runs),
        }
    }
}

/// What the script reads out.
#[derive(Serialize)]
struct Readout {
    runs: Vec<String>,
    charts: Vec<Numbers>,
}

fn safe(html: String) -> Value {
    Value::from_safe_string(html)
}

#[derive(Serialize)]
struct Legend<'a> {
    index: usize,
    name: &'a str,
    key: Value,
}

/// A figure, its drawings as markup.
#[derive(Serialize)]
struct FigureView {
    title: &'static str,
    unit: &'static str,
    note: &'static str,
    svgs: Vec<Value>,
}

impl FigureView {
    fn new(figure: Figure) -> (Self, Vec<Numbers>) {
        let svgs = figure.svgs.into_iter().map(safe).collect();
        (Self { title: figure.title, unit: figure.unit, note: figure.note, svgs }, figure.numbers)
    }
}

/// What all runs have in common; none where they differ.
fn shared(runs: &[Run], of: impl Fn(&Run) -> String) -> Option<String> {
    let first = of(runs.first()?);
    (!first.is_empty() && runs.iter().all(|run| of(run) == first)).then_some(first)
}

/// What a run came to, where there is nothing to compare it with.
fn summary(runs: &[Run]) -> String {
    let one = |run: &Run| {
        let steps = count(run.history.steps.last().map_or(0, |step| step.step));
        let took = duration(run.training_seconds());
        let outcome = match (&run.measured.failure, run.measured.finished) {
            (Some(failure), _) => format!(" It failed: {failure}"),
            (None, false) => " It did not go to its end.".to_owned(),
            (None, true) => String::new(),
        };
        let best = run.best_evaluation();
        match (run.evaluation_before(), run.last_evaluation(), best) {
            (Some(before), Some(last), Some(best)) => {
                let low = if best.step == last.step {
                    String::new()
                } else {
                    format!(", lowest {} after {}", loss(best.loss), count(best.step))
                };
                format!(
                    "`{}`: evaluation loss {} → {}{low}, in {steps} updates and {took} of training.{outcome}",
                    run.name,
                    loss(before.loss),
                    loss(last.loss)
                )
            }
            _ => format!("`{}`: {steps} updates in {took} of training, and no evaluation.{outcome}", run.name),
        }
    };
    runs.iter().map(one).collect::<Vec<_>>().join(" ")
}

/// What the runs have in common.
fn facts(runs: &[Run]) -> Vec<(&'static str, String)> {
    let last = |path: &str| path.trim_end_matches('/').rsplit('/').next().unwrap_or(path).to_owned();
    let facts = [
        (
            "Model",
            shared(runs, |r| {
                let model = &r.about.model;
                format!("{} ({}, {} weights)", last(&model.path), model.architecture, count(model.parameters))
            }),
        ),
        (
            "Data",
            shared(runs, |r| {
                let data = &r.about.data;
                let files: Vec<_> = data.files.iter().map(|file| last(file)).collect();
                format!(
                    "{} ({} rows, {} tokens)",
                    files.join(", "),
                    count(data.training.rows),
                    count(data.training.tokens)
                )
            }),
        ),
        (
            "Evaluation",
            shared(runs, |r| {
                let evaluation = r.about.data.evaluation;
                format!("{} rows, {} predictions", count(evaluation.rows), count(evaluation.target_tokens))
            }),
        ),
        (
            "Budget",
            shared(runs, |r| {
                let training = r.about.training;
                let rows = training.batch_size * training.gradient_accumulation;
                format!("{} updates of {} rows, seed {}", count(training.updates), count(rows), training.seed)
            }),
        ),
        ("Device", shared(runs, |r| machine(r))),
    ];
    facts.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
}

fn machine(run: &Run) -> String {
    let about = &run.about;
    let threads = if about.threads > 0 { format!(", {} threads", about.threads) } else { String::new() };
    let memory = about.device_memory.map_or_else(String::new, |memory| format!(", {}", bytes(memory)));
    let machine = about.machine.as_ref().map_or_else(String::new, |machine| format!(" ({machine})"));
    format!("{}{machine}{threads}{memory}", about.device)
}

#[derive(Serialize)]
struct SectionView {
    title: &'static str,
    rows: Vec<RowView>,
}

#[derive(Serialize)]
struct RowView {
    label: String,
    meaning: &'static str,
    cells: Vec<(Option<String>, bool)>,
}

fn sections(report: &Report) -> Vec<SectionView> {
    let row = |row: Row| RowView {
        label: row.label,
        meaning: row.meaning,
        cells: row.cells.into_iter().zip(row.best).collect(),
    };
    let view = |s: Section| SectionView { title: s.title, rows: s.rows.into_iter().map(row).collect() };
    table(report).into_iter().map(view).collect()
}

/// The evaluation losses by update; of many some, evenly.
fn evaluations(runs: &[Run]) -> Vec<(String, Vec<Option<String>>)> {
    let mut rows: BTreeMap<u64, Vec<Option<String>>> = BTreeMap::new();
    for (index, run) in runs.iter().enumerate() {
        for point in run.curve() {
            rows.entry(point.step).or_insert_with(|| vec![None; runs.len()])[index] = Some(loss(point.loss));
        }
    }
    let every = rows.len().div_ceil(EVALUATIONS).max(1);
    rows.into_iter().step_by(every).map(|(step, cells)| (count(step), cells)).collect()
}

#[derive(Serialize)]
struct SweepView {
    run: String,
    updates: String,
    trials: Vec<(String, Option<String>, bool)>,
}

fn sweeps(report: &Report) -> Vec<SweepView> {
    let view = |sweep: &Sweep| {
        let best = sweep.best();
        let trial = |(index, trial): (usize, Trial)| {
            (significant(trial.learning_rate, 3), trial.loss.filter(|l| l.is_finite()).map(loss), Some(index) == best)
        };
        let trials = sweep.sorted().into_iter().enumerate().map(trial).collect();
        SweepView { run: sweep.run.clone(), updates: count(sweep.updates), trials }
    };
    let candidates = report.comparison.iter().flat_map(|comparison| &comparison.candidates);
    candidates.filter_map(|candidate| candidate.sweep.as_ref()).map(view).collect()
}

/// What was written after one prompt.
#[derive(Serialize)]
struct Prompt<'a> {
    prompt: &'a str,
    texts: Vec<Written<'a>>,
}

/// A text.
#[derive(Serialize)]
struct Written<'a> {
    /// Who wrote it; none where it is the base.
    run: Option<usize>,
    name: &'a str,
    updates: String,
    text: &'a str,
}

/// Before and after, for each prompt. Before their first update all runs are the same model, and it is shown once if they say so.
fn samples(runs: &[Run]) -> Vec<Prompt<'_>> {
    let mut prompts: Vec<&str> = Vec::new();
    for sample in runs.iter().flat_map(|run| &run.history.samples) {
        if !prompts.contains(&sample.prompt.as_str()) {
            prompts.push(&sample.prompt);
        }
    }
    let texts = |prompt: &str| {
        let mut texts: Vec<Written<'_>> = Vec::new();
        for run in runs {
            let before = run.history.samples.iter().find(|s| s.prompt == prompt && s.step == 0);
            if let Some(before) = before.filter(|before| texts.iter().all(|text| text.text != before.text)) {
                texts.push(Written { run: None, name: "", updates: "0".to_owned(), text: &before.text });
            }
        }
        for (index, run) in runs.iter().enumerate() {
            let after = run.history.samples.iter().rev().find(|s| s.prompt == prompt && s.step > 0);
            texts.extend(after.map(|after| Written {
                run: Some(index),
                name: &run.name,
                updates: count(after.step),
                text: &after.text,
            }));
        }
        texts
    };
    prompts.into_iter().map(|prompt| Prompt { prompt, texts: texts(prompt) }).collect()
}

#[derive(Serialize)]
struct PlanView {
    totals: Vec<String>,
    /// Rows in which runs differ.
    differing: usize,
    rows: Vec<plan_diff::Row>,
}

impl PlanView {
    fn new(runs: &[Run]) -> Self {
        let mut rows = plan_diff::rows(runs);
        let differing = rows.iter().filter(|row| row.differs).count();
        // A formula is told where it first comes, and holds for what is called the same below.
        let mut told = HashSet::new();
        for row in &mut rows {
            for (run, treatment) in
                row.treatments.iter_mut().enumerate().filter_map(|(run, t)| Some((run, t.as_mut()?)))
            {
                if !told.insert((run, treatment.kind.clone(), treatment.formula.clone())) {
                    treatment.formula.clear();
                }
            }
        }
        Self { totals: runs.iter().map(total).collect(), differing, rows }
    }
}

/// What a plan trains, in a line.
fn total(run: &Run) -> String {
    let plan = &run.about.plan;
    let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
    for adapter in &plan.adapters {
        *kinds.entry(&adapter.kind).or_default() += 1;
    }
    let in_place =
        (!plan.trained.is_empty()).then(|| format!("{} parameters in place", count(plan.trained.len() as u64)));
    let adapters = kinds.iter().map(|(kind, n)| format!("{} {kind} adapters", count(*n as u64)));
    let parts: Vec<_> = in_place.into_iter().chain(adapters).collect();
    format!("{} weights: {}", count(plan.trainable_parameters), parts.join(", "))
}

/// Spikes and decisions of a run.
#[derive(Serialize)]
struct Events<'a> {
    name: &'a str,
    counts: String,
    rows: Vec<(String, &'static str, String)>,
    /// After how many rows how many are left out.
    left_out: Option<(usize, String)>,
}

fn events(run: &Run) -> Option<Events<'_>> {
    let history = &run.history;
    let spike = |spike: &Spike| {
        let what = if spike.what == "grad_norm" { "gradient norm" } else { &spike.what };
        let (value, expected, deviation) =
            (significant(spike.value, 4), significant(spike.expected, 4), significant(spike.deviation, 2));
        let samples =
            if spike.samples.is_empty() { String::new() } else { format!("; rows {}", spike.samples.join(", ")) };
        (spike.step, "spike", format!("{what} {value}, where {expected} ± {deviation} was usual{samples}"))
    };
    let decision = |steered: &Steered| (steered.step, "decision", format!("{}: {}", steered.plugin, steered.actions));
    let mut all: Vec<_> = history.spikes.iter().map(spike).chain(history.steered.iter().map(decision)).collect();
    all.sort_by_key(|event| event.0);
    let left_out = all.len().saturating_sub(2 * SHOWN);
    if left_out > 0 {
        all.drain(SHOWN..SHOWN + left_out);
    }
    let counts =
        format!("{} spikes, {} decisions", count(history.spikes.len() as u64), count(history.steered.len() as u64));
    let all: Vec<_> = all.into_iter().map(|(step, kind, text)| (count(step), kind, text)).collect();
    let left_out = (left_out > 0).then(|| (SHOWN, count(left_out as u64)));
    (!all.is_empty()).then_some(Events { name: &run.name, counts, rows: all, left_out })
}

#[derive(Serialize)]
struct Configuration<'a> {
    name: &'a str,
    text: Option<&'a str>,
    /// Name and version of each plugin, with its settings.
    plugins: Vec<(String, String)>,
}

impl<'a> Configuration<'a> {
    fn new(run: &'a Run) -> Self {
        let plugin = |plugin: &Plugin| {
            let settings = serde_json::to_string_pretty(&plugin.settings).unwrap_or_default();
            (format!("{} {}", plugin.name, plugin.version), settings)
        };
        let plugins = run.about.strategy.plugins.iter().map(plugin).collect();
        Self { name: &run.name, text: run.configuration.as_deref(), plugins }
    }
}

/// How it was measured: a value for each run, or one where all are the same.
fn measured(runs: &[Run]) -> Vec<(&'static str, Vec<String>)> {
    let told: [(&str, &dyn Fn(&Run) -> String); 10] = [
        ("Graftwork", &|r| r.about.version.clone()),
        ("Device", &machine),
        ("Command", &|r| r.about.command.clone().unwrap_or_default()),
        ("Folder", &|r| r.folder.display().to_string()),
        ("Model", &|r| r.about.model.path.clone()),
        ("BLAKE3 of the model", &|r| r.about.model.blake3.clone()),
        ("BLAKE3 of the plan", &|r| r.about.plan.hash.clone()),
        ("Data", &|r| r.about.data.files.join(", ")),
        ("Hash of the rows", &|r| r.about.data.fingerprint.clone()),
        ("Activations", &|r| {
            if r.measured.recompute { "computed again in the backward pass".to_owned() } else { "kept".to_owned() }
        }),
    ];
    let row = |(name, value): (&'static str, &dyn Fn(&Run) -> String)| {
        let values: Vec<_> = runs.iter().map(value).collect();
        let alike = values.windows(2).all(|pair| pair[0] == pair[1]);
        (name, if alike { values.into_iter().take(1).collect() } else { values })
    };
    told.into_iter().map(row).filter(|(_, values)| values.iter().any(|value| !value.is_empty())).collect()
}
