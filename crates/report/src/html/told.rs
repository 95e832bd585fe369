//! What runs told: evaluations, texts, spikes and decisions.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::Run;
use crate::history::{Spike, Steered};
use crate::number::{count, loss, significant};

/// Of a long list so many of the first and of the last are shown.
const SHOWN: usize = 30;
/// Rows of the table of evaluations.
const EVALUATIONS: usize = 60;

/// The evaluation losses by update; of many some, evenly.
pub(super) fn evaluations(runs: &[Run]) -> Vec<(String, Vec<Option<String>>)> {
    let mut rows: BTreeMap<u64, Vec<Option<String>>> = BTreeMap::new();
    for (index, run) in runs.iter().enumerate() {
        for point in run.curve() {
            rows.entry(point.step).or_insert_with(|| vec![None; runs.len()])[index] = Some(loss(point.loss));
        }
    }
    let every = rows.len().div_ceil(EVALUATIONS).max(1);
    rows.into_iter().step_by(every).map(|(step, cells)| (count(step), cells)).collect()
}

/// What was written after one prompt.
#[derive(Serialize)]
pub(super) struct Prompt<'a> {
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
pub(super) fn samples(runs: &[Run]) -> Vec<Prompt<'_>> {
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

/// Spikes and decisions of a run.
#[derive(Serialize)]
pub(super) struct Events<'a> {
    name: &'a str,
    counts: String,
    rows: Vec<(String, &'static str, String)>,
    /// After how many rows how many are left out.
    left_out: Option<(usize, String)>,
}

pub(super) fn events(run: &Run) -> Option<Events<'_>> {
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
        format!("spikes: {}, decisions: {}", count(history.spikes.len() as u64), count(history.steered.len() as u64));
    let all: Vec<_> = all.into_iter().map(|(step, kind, text)| (count(step), kind, text)).collect();
    let left_out = (left_out > 0).then(|| (SHOWN, count(left_out as u64)));
    (!all.is_empty()).then_some(Events { name: &run.name, counts, rows: all, left_out })
}
