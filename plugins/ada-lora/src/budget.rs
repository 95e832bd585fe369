//! How many triplets are left after each update, and which.

use graftwork_sdk::{Error, Run};
use serde::{Deserialize, Serialize};

use crate::importance::SCORE;
use crate::settings::Config;

/// The budget's way down, from all triplets at `begin` to the target at `end`.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Schedule {
    begin: u64,
    /// The update after which the choice is final.
    pub(crate) end: u64,
    interval: u64,
    all: u64,
    /// Triplets that are left in the end.
    pub(crate) target: u64,
}

impl Schedule {
    pub(crate) fn new(config: &Config, all: u64, adapters: u64, total_steps: u64) -> Result<Self, Error> {
        let target = u64::from(config.target_r) * adapters;
        if target > all {
            let message = format!("is {}, and the {adapters} adapters begin with {all} triplets", config.target_r);
            return Err(Error::config("target_r", message));
        }
        let Config { tinit: begin, tfinal, delta_t: interval, .. } = *config;
        let end = total_steps.saturating_sub(tfinal);
        // Importances are known from the first update on, and the choice takes those of the update before.
        if end <= begin.max(1) {
            let message =
                format!("with `tinit` {begin}, leaves no update for the budget to fall in a run of {total_steps}");
            return Err(Error::config("tfinal", message));
        }
        Ok(Self { begin, end, interval, all, target })
    }

    /// The budget after an update before the end, where triplets are chosen then.
    pub(crate) fn budget(&self, step: u64) -> Option<u64> {
        if step <= self.begin || !step.is_multiple_of(self.interval) {
            return None;
        }
        let left = 1.0 - (step - self.begin) as f64 / (self.end - self.begin) as f64;
        Some(((self.all - self.target) as f64 * left.powf(3.0) + self.target as f64) as u64)
    }
}

/// Of each adapter, the triplets among the `budget` that matter most in the whole model. All that are equal to the first
/// one under the budget fall with it.
pub(crate) fn largest(adapted: &[u32], budget: u64, run: &Run) -> Result<Vec<Vec<u32>>, Error> {
    let scores = adapted.iter().map(|&param| run.scores(param, SCORE)).collect::<Result<Vec<_>, _>>()?;
    let mut sorted = scores.concat();
    sorted.sort_by(f64::total_cmp);
    let below = sorted.len().saturating_sub(budget as usize);
    let threshold = below.checked_sub(1).map_or(f64::NEG_INFINITY, |last| sorted[last]);
    let rows = |scores: &Vec<f64>| (0..).zip(scores).filter(|(_, s)| **s > threshold).map(|(row, _)| row).collect();
    Ok(scores.iter().map(rows).collect())
}
