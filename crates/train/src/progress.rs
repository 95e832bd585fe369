//! How a run has gone so far: what its report says, and what early stopping goes by.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use crate::StepReport;

/// How many updates the reported last loss is a mean over.
const LAST_LOSSES: usize = 10;

/// How a run has gone so far. It goes into every checkpoint, so that a resumed run reports on all of it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Progress {
    /// Loss of the first update.
    pub first_loss: Option<f64>,
    /// Losses of the last updates, at most ten.
    last_losses: VecDeque<f64>,
    /// Loss of the evaluation before the first update, where there is data for it.
    pub first_eval: Option<f64>,
    /// The latest evaluation after an update.
    pub last_eval: Option<Evaluated>,
    /// The one with the lowest loss, the earliest where there are several.
    pub best_eval: Option<Evaluated>,
    /// Evaluations since the best.
    pub evals_since_best: u64,
    /// The last update, where what comes after it was cut short by a stop: its evaluation and what controllers decide on it.
    pub(crate) pending: Option<StepReport>,
    /// Whether a controller has ended the run and a stop cut short the evaluation that this calls for.
    pub(crate) owed: bool,
    /// Tokens seen by updates, padding not counted.
    pub tokens: u64,
    /// Seconds spent in updates.
    pub train_seconds: f64,
}

/// An evaluation's loss.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Evaluated {
    /// Updates done before it.
    pub step: u64,
    /// Mean loss over the predictions that count, in nats; none where it is not finite.
    pub loss: Option<f64>,
}

impl Progress {
    /// Mean loss of the last updates, at most ten: one batch says little.
    #[must_use]
    pub fn last_loss(&self) -> Option<f64> {
        let count = self.last_losses.len() as f64;
        (!self.last_losses.is_empty()).then(|| self.last_losses.iter().sum::<f64>() / count)
    }

    pub(crate) fn updated(&mut self, report: &StepReport) {
        self.first_loss.get_or_insert(report.loss);
        if self.last_losses.len() == LAST_LOSSES {
            self.last_losses.pop_front();
        }
        self.last_losses.push_back(report.loss);
        self.tokens += report.tokens;
        self.train_seconds += report.seconds;
    }

    /// Notes an evaluation after so many updates. What the model was like before the first is no candidate for the best.
    pub(crate) fn evaluated(&mut self, step: u64, loss: f64) {
        let loss = Some(loss).filter(|loss| loss.is_finite());
        if step == 0 {
            self.first_eval = loss;
            return;
        }
        let evaluated = Evaluated { step, loss };
        self.last_eval = Some(evaluated);
        let best = self.best_eval.and_then(|best| best.loss).unwrap_or(f64::INFINITY);
        if loss.is_some_and(|loss| loss < best) {
            self.best_eval = Some(evaluated);
            self.evals_since_best = 0;
        } else {
            self.evals_since_best += 1;
        }
    }

    /// Whether the evaluation after so many updates is the best so far.
    #[must_use]
    pub fn is_best(&self, step: u64) -> bool {
        self.best_eval.is_some_and(|best| best.step == step)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_is_the_lowest_and_the_earliest_and_is_no_number_only_where_none_is() {
        let mut progress = Progress::default();
        progress.evaluated(0, 0.1);
        assert_eq!((progress.first_eval, progress.best_eval), (Some(0.1), None), "before the first update");
        let losses = [f64::NAN, 3.0, 2.0, 2.0, f64::INFINITY, 2.5];
        let best = [None, Some(2), Some(3), Some(3), Some(3), Some(3)];
        let since = [1, 0, 0, 1, 2, 3];
        for (at, loss) in losses.into_iter().enumerate() {
            progress.evaluated(at as u64 + 1, loss);
            assert_eq!(progress.best_eval.map(|best| best.step), best[at], "after {loss}");
            assert_eq!(progress.evals_since_best, since[at], "after {loss}");
        }
        let text = serde_json::to_string(&progress).unwrap_or_default();
        assert_eq!(serde_json::from_str::<Progress>(&text).ok(), Some(progress), "as it is in a checkpoint");
    }
}
