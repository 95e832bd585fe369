//! Numbers that follow from what a run told. Values that are no numbers count as not told.

use serde::{Deserialize, Serialize};

use crate::Run;
use crate::history::Evaluation;

/// So many updates make up the training loss at the end of a run.
const LAST_UPDATES: usize = 10;

/// An evaluation, with what it took to get there.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct CurvePoint {
    /// Updates done.
    pub step: u64,
    /// Seconds of training before it: the sum over the updates, without evaluations.
    pub seconds: f64,
    /// Evaluation loss in nats.
    pub loss: f64,
}

impl Run {
    /// Median of the seconds that an update took. The median, since the first updates warm caches up and a busy machine delays a few.
    #[must_use]
    pub fn seconds_per_update(&self) -> Option<f64> {
        let mut seconds: Vec<f64> = self.history.steps.iter().map(|s| s.seconds).filter(|s| s.is_finite()).collect();
        seconds.sort_by(f64::total_cmp);
        let (upper, lower) = (*seconds.get(seconds.len() / 2)?, *seconds.get((seconds.len() - 1) / 2)?);
        Some(f64::midpoint(lower, upper))
    }

    /// Seconds of training: the sum over the updates, without loading, evaluations and saving.
    #[must_use]
    pub fn training_seconds(&self) -> f64 {
        self.history.steps.iter().map(|s| s.seconds).filter(|s| s.is_finite()).sum()
    }

    /// Tokens that were trained on, padding not counted.
    #[must_use]
    pub fn tokens_seen(&self) -> u64 {
        self.history.steps.iter().map(|s| s.tokens).sum()
    }

    /// Tokens over seconds of training, both summed over all updates.
    #[must_use]
    pub fn tokens_per_second(&self) -> Option<f64> {
        let seconds = self.training_seconds();
        (seconds > 0.0).then(|| self.tokens_seen() as f64 / seconds)
    }

    /// What a million tokens of training cost at a price per hour: price / 3600 · 10⁶ / tokens per second.
    #[must_use]
    pub fn cost_per_million_tokens(&self, price_per_hour: f64) -> Option<f64> {
        Some(price_per_hour / 3600.0 * 1e6 / self.tokens_per_second()?)
    }

    /// The evaluation before the first update.
    #[must_use]
    pub fn evaluation_before(&self) -> Option<&Evaluation> {
        self.history.evaluations.iter().find(|e| e.step == 0 && e.loss.is_finite())
    }

    /// The evaluation with the lowest loss after an update; of equal ones the first.
    #[must_use]
    pub fn best_evaluation(&self) -> Option<&Evaluation> {
        self.evaluations_after().min_by(|a, b| a.loss.total_cmp(&b.loss))
    }

    /// The last evaluation after an update.
    #[must_use]
    pub fn last_evaluation(&self) -> Option<&Evaluation> {
        self.evaluations_after().last()
    }

    fn evaluations_after(&self) -> impl Iterator<Item = &Evaluation> {
        self.history.evaluations.iter().filter(|e| e.step > 0 && e.loss.is_finite())
    }

    /// Mean training loss of the last ten updates, in nats.
    #[must_use]
    pub fn last_training_loss(&self) -> Option<f64> {
        let losses: Vec<f64> =
            self.history.steps.iter().rev().map(|s| s.loss).filter(|l| l.is_finite()).take(LAST_UPDATES).collect();
        (!losses.is_empty()).then(|| losses.iter().sum::<f64>() / losses.len() as f64)
    }

    /// How much worse the model is on what it has not seen: last evaluation loss − mean training loss of the last ten updates, in
    /// nats. The rows differ, so it is no zero before training either; what counts is how runs on the same data differ.
    #[must_use]
    pub fn generalisation_gap(&self) -> Option<f64> {
        Some(self.last_evaluation()?.loss - self.last_training_loss()?)
    }

    /// What was lost since the best: last evaluation loss − lowest, in nats, never negative.
    #[must_use]
    pub fn rise_since_best(&self) -> Option<f64> {
        Some(self.last_evaluation()?.loss - self.best_evaluation()?.loss)
    }

    /// The evaluations against updates and seconds.
    #[must_use]
    pub fn curve(&self) -> Vec<CurvePoint> {
        let (mut seconds, mut steps) = (0.0, self.history.steps.iter().peekable());
        let point = |evaluation: &Evaluation| {
            while let Some(step) = steps.next_if(|s| s.step <= evaluation.step) {
                seconds += if step.seconds.is_finite() { step.seconds } else { 0.0 };
            }
            CurvePoint { step: evaluation.step, seconds, loss: evaluation.loss }
        };
        self.history.evaluations.iter().filter(|e| e.loss.is_finite()).map(point).collect()
    }

    /// The evaluation loss after so many seconds of training, on the line between the evaluations before and after: for comparing
    /// runs at equal training time. None before the first and after the last.
    #[must_use]
    pub fn loss_at_seconds(&self, seconds: f64) -> Option<f64> {
        loss_at(&self.curve(), seconds)
    }
}

/// The loss at some seconds, on the line between the points before and after.
pub(crate) fn loss_at(curve: &[CurvePoint], seconds: f64) -> Option<f64> {
    if let Some(last) = curve.last().filter(|last| last.seconds == seconds) {
        return Some(last.loss);
    }
    let pair = curve.windows(2).find(|pair| pair[0].seconds <= seconds && seconds < pair[1].seconds)?;
    let part = (seconds - pair[0].seconds) / (pair[1].seconds - pair[0].seconds);
    Some(pair[0].loss + part * (pair[1].loss - pair[0].loss))
}
