//! What the page's template is given.

use std::collections::{BTreeMap, HashSet};

use minijinja::value::Value;
use serde::Serialize;

use super::chart::{Numbers, key};
use super::curves::{Figure, figures};
use super::facts::{facts, measured, shared, summary};
use super::told::{Events, Prompt, evaluations, events, samples};
use crate::about::Plugin;
use crate::number::{count, loss, significant};
use crate::table::{Row, Section, table};
use crate::verdict::{Sweep, Trial, Verdict};
use crate::visible::visible;
use crate::{Report, Run, plan_diff};

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
