//! What a verdict is made from: the numbers of one run.

use serde::{Deserialize, Serialize};

use crate::{CurvePoint, Run};

/// The numbers of a run that is compared.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Candidate {
    /// What it is called; no two have one name.
    pub name: String,
    /// Whether it went to its end.
    pub finished: bool,
    /// Why it failed, where it did.
    pub failure: Option<String>,
    /// Whether the result is an adapter, which needs its base.
    pub adapter: bool,
    /// Hash of the base model.
    pub model: String,
    /// Where it ran, with the threads.
    pub device: String,
    /// Updates that it was to do.
    pub updates: u64,
    /// Rows of an update.
    pub rows_per_update: u64,
    /// Longest row, in tokens.
    pub max_length: u64,
    /// Peak learning rate.
    pub learning_rate: f64,
    /// Seed of everything random.
    pub seed: u64,
    /// Hash of the data.
    pub fingerprint: String,
    /// Tokens of an epoch that the loss counts.
    pub training_tokens: u64,
    /// Passes over them that it made.
    pub passes: f64,
    /// Predictions that an evaluation counts.
    pub evaluation_tokens: u64,
    /// Weights in the model.
    pub total_parameters: u64,
    /// Weights that train.
    pub trainable_parameters: u64,
    /// The evaluations.
    pub curve: Vec<CurvePoint>,
    /// Accuracy at the lowest evaluation loss, 0 to 1.
    pub accuracy: Option<f64>,
    /// Mean training loss of the last ten updates, in nats.
    pub training_loss: Option<f64>,
    /// The most memory that it held, in bytes.
    pub memory: Option<u64>,
    /// The memory that it was expected to take, in bytes.
    pub estimated_memory: u64,
    /// Median of the seconds of an update.
    pub seconds_per_update: Option<f64>,
    /// Tokens per second of training.
    pub tokens_per_second: Option<f64>,
    /// Seconds of training.
    pub training_seconds: f64,
    /// Size of the result, in bytes.
    pub artefact_bytes: Option<u64>,
    /// The learning rates that were tried before.
    pub sweep: Option<Sweep>,
}

/// Runs that differ in the learning rate alone.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Sweep {
    /// Name of the run that took the best of them.
    pub run: String,
    /// Updates of each trial.
    pub updates: u64,
    /// The trials, in any order.
    pub trials: Vec<Trial>,
}

/// One of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Trial {
    /// Peak learning rate.
    pub learning_rate: f64,
    /// Its lowest evaluation loss in nats; none where it failed.
    pub loss: Option<f64>,
}

impl Candidate {
    /// The numbers of a run, and the learning rates that were tried for it.
    #[must_use]
    pub fn new(run: &Run, sweep: Option<Sweep>) -> Self {
        let (about, measured) = (&run.about, &run.measured);
        Self {
            name: run.name.clone(),
            finished: measured.finished,
            failure: measured.failure.clone(),
            adapter: run.is_adapter(),
            model: about.model.blake3.clone(),
            device: format!("{} with {} threads", about.device, about.threads),
            updates: about.training.updates,
            rows_per_update: about.training.batch_size * about.training.gradient_accumulation,
            max_length: about.training.max_length,
            learning_rate: about.training.learning_rate,
            seed: about.training.seed,
            fingerprint: about.data.fingerprint.clone(),
            training_tokens: about.data.training.target_tokens,
            passes: run.history.steps.last().map(|step| step.epoch).filter(|epoch| epoch.is_finite()).unwrap_or(0.0),
            evaluation_tokens: about.data.evaluation.target_tokens,
            total_parameters: about.plan.total_parameters,
            trainable_parameters: about.plan.trainable_parameters,
            curve: run.curve(),
            accuracy: run.best_evaluation().map(|e| e.accuracy),
            training_loss: run.last_training_loss(),
            memory: measured.peak_bytes(),
            estimated_memory: about.estimated_memory,
            seconds_per_update: run.seconds_per_update(),
            tokens_per_second: run.tokens_per_second(),
            training_seconds: run.training_seconds(),
            artefact_bytes: measured.artefact_bytes,
            sweep,
        }
    }

    /// The evaluation before the first update.
    pub(crate) fn before(&self) -> Option<&CurvePoint> {
        self.curve.iter().find(|point| point.step == 0)
    }

    /// The lowest evaluation after an update; of equal ones the first.
    pub(crate) fn best(&self) -> Option<&CurvePoint> {
        self.curve.iter().filter(|point| point.step > 0).min_by(|a, b| a.loss.total_cmp(&b.loss))
    }

    /// The last evaluation.
    pub(crate) fn last(&self) -> Option<&CurvePoint> {
        self.curve.last().filter(|point| point.step > 0)
    }

    /// Last evaluation loss over the last training loss.
    pub(crate) fn gap(&self) -> Option<f64> {
        Some(self.last()?.loss - self.training_loss?)
    }

    /// Memory that an update needs: what was measured, or else what was expected.
    pub(crate) fn needs(&self) -> u64 {
        self.memory.unwrap_or(self.estimated_memory)
    }
}

impl Sweep {
    /// The trials by learning rate.
    #[must_use]
    pub fn sorted(&self) -> Vec<Trial> {
        let mut trials = self.trials.clone();
        trials.sort_by(|a, b| a.learning_rate.total_cmp(&b.learning_rate));
        trials
    }

    /// Place in [`sorted`](Self::sorted) of the trial with the lowest loss.
    #[must_use]
    pub fn best(&self) -> Option<usize> {
        let losses = self.sorted().into_iter().map(|trial| trial.loss.filter(|loss| loss.is_finite())).enumerate();
        losses
            .filter_map(|(index, loss)| Some((index, loss?)))
            .min_by(|a, b| a.1.total_cmp(&b.1))
            .map(|(index, _)| index)
    }
}
