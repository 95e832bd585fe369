//! Which checkpoints a run keeps.

use std::num::NonZeroUsize;

use graftwork_store::{CheckpointDir, RunDir, StoreError};
use graftwork_train::Progress;

use crate::{ResultChoice, TrainSection, adapter};

/// How many checkpoints a run keeps: the newest, and those with the lowest evaluation loss. Where neither is limited, all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Retention {
    last: Option<NonZeroUsize>,
    best: Option<NonZeroUsize>,
}

impl Retention {
    pub(crate) fn of(train: &TrainSection) -> Self {
        let one = Some(NonZeroUsize::MIN);
        // The newest is what a resumed run goes on from.
        let last = train.keep_last.or(train.keep_best.and(one));
        Self { last, best: train.keep_best.or(one.filter(|_| train.wants_the_best())) }
    }

    /// Removes what the run need not keep, where the checkpoint of `newest` is known to be whole. Those above it were passed over
    /// when the run went on, so they neither count nor go; nor does one whose state cannot be read now: it may be the best.
    ///
    /// # Errors
    /// The first thing that went wrong. Whatever else can go is gone.
    pub(crate) fn prune(self, run: &RunDir, newest: u64) -> Result<(), StoreError> {
        if self.last.is_none() {
            return Ok(());
        }
        let all = CheckpointDir::list(run.path())?.into_iter().filter(|(step, _)| *step <= newest);
        let (mut readable, mut problem) = (Vec::new(), None);
        for (step, path) in all {
            let state = self.best.map(|_| adapter::state(&path)).transpose();
            match state {
                Ok(state) => readable.push((step, state.and_then(|state| loss(&state, step)))),
                Err(error) => problem = problem.or(Some(error)),
            }
        }
        for step in self.spare(readable) {
            let removed = CheckpointDir::remove(&CheckpointDir::path_of(run.path(), step));
            problem = problem.or(removed.err());
        }
        problem.map_or(Ok(()), Err)
    }

    /// Of checkpoints by step, ascending, with the loss of the evaluation at that step: those that are not kept.
    fn spare(self, all: Vec<(u64, Option<f64>)>) -> Vec<u64> {
        let newest = self.last.map_or(all.len(), NonZeroUsize::get).min(all.len());
        let (older, _) = all.split_at(all.len() - newest);
        let mut measured: Vec<_> = all.iter().filter_map(|(step, loss)| Some((*step, (*loss)?))).collect();
        // Of equal losses the earlier is better: it took less training.
        measured.sort_by(|a, b| a.1.total_cmp(&b.1).then(a.0.cmp(&b.0)));
        measured.truncate(self.best.map_or(0, NonZeroUsize::get));
        let is_best = |step: u64| measured.iter().any(|(best, _)| *best == step);
        older.iter().map(|(step, _)| *step).filter(|step| !is_best(*step)).collect()
    }
}

/// The loss of the evaluation at the step of a checkpoint, where there was one.
fn loss(state: &serde_json::Value, step: u64) -> Option<f64> {
    let progress: Progress = serde_json::from_value(state.get("progress")?.clone()).ok()?;
    progress.last_eval.filter(|evaluated| evaluated.step == step)?.loss
}

impl TrainSection {
    /// Whether the best checkpoint has to be there at the end.
    pub(crate) fn wants_the_best(&self) -> bool {
        self.result == ResultChoice::Best
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_and_the_best_stay() {
        let all = vec![(1, Some(3.0)), (2, Some(2.0)), (3, None), (4, Some(2.0)), (5, Some(2.5)), (6, None)];
        let spare =
            |last, best| Retention { last: NonZeroUsize::new(last), best: NonZeroUsize::new(best) }.spare(all.clone());
        assert_eq!(spare(0, 0), [0u64; 0], "no limit");
        assert_eq!(spare(2, 0), [1, 2, 3, 4]);
        assert_eq!(spare(1, 1), [1, 3, 4, 5], "the earlier of two that are as good");
        assert_eq!(spare(1, 2), [1, 3, 5]);
        assert_eq!(spare(9, 1), [0u64; 0]);
    }
}
