//! How a run ends: which weights are its result, where they go, and what it came to.

use std::path::PathBuf;
use std::time::Instant;

use graftwork_store::{CheckpointDir, Overwrite, RunDir, WriteOptions};
use graftwork_train::{Outcome, Trainer};

use super::{FirstLast, RunReport};
use crate::adapter::{self, to_slots};
use crate::form::Form;
use crate::host::Prepared;
use crate::recorder::{Recorder, Sampler};
use crate::save::{self, Provenance};
use crate::{Error, Event, memory, resume};

/// Saves the result of a run that went to its end. Where that fails, the last weights stay in a checkpoint.
pub(super) fn conclude(
    sampler: &Sampler<'_>,
    trainer: &mut Trainer<'_>,
    outcome: &Outcome,
    recorder: &mut Recorder<'_, '_>,
) -> Result<PathBuf, Error> {
    let last = trainer.snapshot();
    let saved = choose(sampler, trainer, outcome, recorder).and_then(|()| {
        recorder.sample(sampler, trainer)?;
        save_result(recorder.prepared, recorder.run, trainer, recorder.from, recorder.on_event)
    });
    if saved.is_err() {
        // What went wrong first is what a person has to know.
        let _ = recorder.save(last);
    }
    saved
}

/// Puts the best weights in place of the last, where they are to be the result.
fn choose(
    sampler: &Sampler<'_>,
    trainer: &mut Trainer<'_>,
    outcome: &Outcome,
    recorder: &Recorder<'_, '_>,
) -> Result<(), Error> {
    let best = outcome.progress.best_eval.map(|best| best.step).filter(|&step| step != outcome.steps);
    let Some(step) = best.filter(|_| recorder.prepared.config.train.wants_the_best()) else { return Ok(()) };
    let checkpoint = CheckpointDir::read(&CheckpointDir::path_of(recorder.run.path(), step))?;
    // Those of the run stay as they are at its end.
    let mut controllers = recorder.prepared.controllers();
    Ok(trainer.restore(resume::snapshot(&checkpoint, &mut controllers, sampler.device)?)?)
}

fn save_result(
    prepared: &Prepared,
    run: &RunDir,
    trainer: &Trainer<'_>,
    from: &Provenance,
    on_event: &mut dyn FnMut(Event),
) -> Result<PathBuf, Error> {
    let Prepared { base, plan, .. } = prepared;
    on_event(Event::Working { what: "saving" });
    // Where adapters were folded into the base, what is left of them fits no other.
    // A method that PEFT keeps as an adapter, such as norms alone, is one here too.
    let whole = plan.is_full() && Form::of(plan, &base.manifest).is_none();
    let (what, path) = if whole || trainer.model().restarts() > 0 {
        let path = run.path().join("model");
        let options = WriteOptions { overwrite: Overwrite::Replace, ..WriteOptions::default() };
        save::model(&path, base, None, options, save::merged(trainer.model()), on_event)?;
        ("model", path)
    } else {
        let path = run.path().join("adapter");
        let parts = trainer.snapshot().tensors.into_iter().zip(trainer.model().slots()).filter(|(_, slot)| slot.part);
        let slots = to_slots(parts.map(|(tensor, _)| tensor).collect())?;
        adapter::write(&path, Overwrite::Replace, base, plan, &slots, &from.card(plan))?;
        ("adapter", path)
    };
    on_event(Event::Saved { what, path: path.clone() });
    Ok(path)
}

/// What the run came to; `result` is where the result lies, and the step that it is of.
pub(super) fn report(
    Sampler { prepared, device }: &Sampler<'_>,
    outcome: &Outcome,
    started: Instant,
    run: &RunDir,
    result: Option<(PathBuf, u64)>,
    recompute: bool,
) -> RunReport {
    let summary = prepared.plan.summary(&prepared.base.manifest);
    let progress = &outcome.progress;
    let last_eval = progress.last_eval.map_or(progress.first_eval, |last| last.loss);
    RunReport {
        strategy: prepared.chain.name(),
        trainable_parameters: summary.trainable_parameters,
        total_parameters: summary.total_parameters,
        steps: outcome.steps,
        finished: outcome.finished,
        stopped_early: outcome.stopped_early,
        train_loss: FirstLast { first: progress.first_loss, last: progress.last_loss() },
        eval_loss: FirstLast { first: progress.first_eval, last: last_eval },
        best_eval: progress.best_eval,
        tokens_per_second: if progress.train_seconds > 0.0 {
            progress.tokens as f64 / progress.train_seconds
        } else {
            0.0
        },
        seconds: started.elapsed().as_secs_f64(),
        recompute,
        peak_memory_bytes: memory::peak_bytes(),
        peak_device_memory_bytes: device.memory_pool_usage().map(|used| used.bytes_reserved),
        out: run.path().to_owned(),
        result_step: result.as_ref().map(|(_, step)| *step),
        result: result.map(|(path, _)| path),
    }
}
