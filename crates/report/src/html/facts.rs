//! What is true of a run or of all: the page's first lines and its last table.

use crate::Run;
use crate::number::{bytes, count, duration, loss};

/// What a fact is called, and what it is of a run.
type Fact = (&'static str, fn(&Run) -> String);

/// What a run came to, where there is nothing to compare it with.
pub(super) fn summary(runs: &[Run]) -> String {
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

/// What all runs have in common; none where they differ.
pub(super) fn shared(runs: &[Run], of: impl Fn(&Run) -> String) -> Option<String> {
    let first = of(runs.first()?);
    (!first.is_empty() && runs.iter().all(|run| of(run) == first)).then_some(first)
}

/// What the runs have in common.
pub(super) fn facts(runs: &[Run]) -> Vec<(&'static str, String)> {
    let facts: [Fact; 5] =
        [("Model", model), ("Data", data), ("Evaluation", evaluation), ("Budget", budget), ("Device", machine)];
    facts.into_iter().filter_map(|(name, fact)| Some((name, shared(runs, fact)?))).collect()
}

/// The last part of a path.
fn last(path: &str) -> &str {
    path.trim_end_matches('/').rsplit('/').next().unwrap_or(path)
}

fn model(run: &Run) -> String {
    let model = &run.about.model;
    format!("{} ({}, {} weights)", last(&model.path), model.architecture, count(model.parameters))
}

fn data(run: &Run) -> String {
    let (data, training) = (&run.about.data, run.about.data.training);
    let files: Vec<_> = data.files.iter().map(|file| last(file)).collect();
    format!("{} ({} rows, {} tokens)", files.join(", "), count(training.rows), count(training.tokens))
}

fn evaluation(run: &Run) -> String {
    let evaluation = run.about.data.evaluation;
    format!("{} rows, {} predictions", count(evaluation.rows), count(evaluation.target_tokens))
}

fn budget(run: &Run) -> String {
    let training = run.about.training;
    let rows = training.batch_size * training.gradient_accumulation;
    format!("{} updates of {} rows, seed {}", count(training.updates), count(rows), training.seed)
}

fn machine(run: &Run) -> String {
    let about = &run.about;
    let threads = if about.threads > 0 { format!(", {} threads", about.threads) } else { String::new() };
    let memory = about.device_memory.map_or_else(String::new, |memory| format!(", {}", bytes(memory)));
    let machine = about.machine.as_ref().map_or_else(String::new, |machine| format!(" ({machine})"));
    format!("{}{machine}{threads}{memory}", about.device)
}

/// How it was measured: a value for each run, or one where all are the same.
pub(super) fn measured(runs: &[Run]) -> Vec<(&'static str, Vec<String>)> {
    let facts: [Fact; 9] = [
        ("Graftwork", |r| r.about.version.clone()),
        ("Device", machine),
        ("Folder", |r| r.folder.display().to_string()),
        ("Model", |r| r.about.model.path.clone()),
        ("BLAKE3 of the model", |r| r.about.model.blake3.clone()),
        ("BLAKE3 of the plan", |r| r.about.plan.hash.clone()),
        ("Data", |r| r.about.data.files.join(", ")),
        ("Hash of the rows", |r| r.about.data.fingerprint.clone()),
        ("Activations", |r| {
            if r.measured.recompute { "computed again in the backward pass".to_owned() } else { "kept".to_owned() }
        }),
    ];
    let row = |(name, fact): Fact| {
        let values: Vec<_> = runs.iter().map(fact).collect();
        let alike = values.windows(2).all(|pair| pair[0] == pair[1]);
        (name, if alike { values.into_iter().take(1).collect() } else { values })
    };
    facts.into_iter().map(row).filter(|(_, values)| values.iter().any(|value| !value.is_empty())).collect()
}
