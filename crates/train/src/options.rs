//! What a run can choose about its training, with the field's defaults.

use std::num::NonZeroUsize;

use graftwork_kernels::adamw::AdamW;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Schedule, TrainError};

/// How long a run goes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Duration {
    /// So many updates.
    Steps(u64),
    /// So many passes over the data; a fraction stops within one.
    Epochs(f64),
}

/// How long the learning rate rises.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Warmup {
    /// So many updates.
    Steps(u64),
    /// This part of the run, rounded up.
    Ratio(#[schemars(extend("minimum" = 0, "exclusiveMaximum" = 1))] f64),
}

/// Settings of the training loop.
#[derive(Clone, Debug, PartialEq)]
pub struct TrainOptions {
    /// How long the run goes.
    pub duration: Duration,
    /// Rows in one forward pass.
    pub batch_size: NonZeroUsize,
    /// Forward passes in one update. The gradient is the mean over all target tokens of the update, however they fall
    /// into passes.
    pub gradient_accumulation: NonZeroUsize,
    /// Peak learning rate of the default group.
    pub learning_rate: f64,
    /// The learning rate's course.
    pub schedule: Schedule,
    /// Its rise.
    pub warmup: Warmup,
    /// Decoupled weight decay, on matrices only, as everyone leaves it off norms and biases.
    pub weight_decay: f64,
    /// Decay of the moments and the term in the denominator.
    pub adamw: AdamW,
    /// The gradient's global norm is cut to this; none leaves it.
    pub max_grad_norm: Option<f64>,
    /// Evaluate every so many updates, and at the start and the end; none does only those.
    pub eval_every: Option<u64>,
    /// Ask the observer for a checkpoint every so many updates.
    pub checkpoint_every: Option<u64>,
    /// Ask for one where the evaluation loss is the lowest so far.
    pub checkpoint_best: bool,
    /// End the run when so many evaluations in a row were no better than the best before them.
    pub early_stopping: Option<u64>,
    /// Keep only the input of each block for the backward pass, and compute the rest again: less memory, a forward pass more,
    /// the same result.
    pub recompute: bool,
    /// Seed of the dropout masks.
    pub seed: u64,
}

impl TrainOptions {
    /// Checks every value.
    ///
    /// # Errors
    /// The first option that makes no sense.
    pub fn validate(&self) -> Result<(), TrainError> {
        let positive = |key, value: f64| match value.is_finite() && value > 0.0 {
            true => Ok(()),
            false => Err(TrainError::Option { key, value: value.to_string(), message: "it must be positive" }),
        };
        let fraction = |key, value: f64| match (0.0..1.0).contains(&value) {
            true => Ok(()),
            false => Err(TrainError::Option { key, value: value.to_string(), message: "it must lie in [0, 1)" }),
        };
        positive("learning_rate", self.learning_rate)?;
        positive("eps", self.adamw.eps)?;
        fraction("beta1", self.adamw.beta1)?;
        fraction("beta2", self.adamw.beta2)?;
        self.max_grad_norm.map_or(Ok(()), |norm| positive("max_grad_norm", norm))?;
        match self.duration {
            Duration::Epochs(epochs) => positive("epochs", epochs)?,
            Duration::Steps(steps) => positive("steps", steps as f64)?,
        }
        if let Warmup::Ratio(ratio) = self.warmup {
            fraction("warmup_ratio", ratio)?;
        }
        for (key, every) in [("eval_every", self.eval_every), ("checkpoint_every", self.checkpoint_every)] {
            every.map_or(Ok(()), |n| positive(key, n as f64))?;
        }
        let needs = [("keep_best", self.checkpoint_best), ("early_stopping", self.early_stopping.is_some())];
        if let Some((key, _)) = needs.into_iter().find(|(_, asked)| *asked && self.eval_every.is_none()) {
            let message = "it goes by evaluations during the run: give `eval_every` too";
            return Err(TrainError::Option { key, value: "set".to_owned(), message });
        }
        self.early_stopping.map_or(Ok(()), |n| positive("early_stopping", n as f64))?;
        if !(self.weight_decay.is_finite() && self.weight_decay >= 0.0) {
            let value = self.weight_decay.to_string();
            return Err(TrainError::Option { key: "weight_decay", value, message: "it must not be negative" });
        }
        Ok(())
    }

    /// Updates in the run and in its warm-up, when an epoch has so many updates.
    #[must_use]
    pub fn lengths(&self, steps_per_epoch: u64) -> (u64, u64) {
        let total = match self.duration {
            Duration::Steps(steps) => steps,
            Duration::Epochs(epochs) => ((epochs * steps_per_epoch as f64).ceil() as u64).max(1),
        };
        let warmup = match self.warmup {
            Warmup::Steps(steps) => steps,
            Warmup::Ratio(ratio) => (ratio * total as f64).ceil() as u64,
        };
        (total, warmup)
    }
}
