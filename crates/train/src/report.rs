//! What a run tells while it goes, and who listens.

use graftwork_adapt::Adapted;
use graftwork_plan::{Action, Report};
use serde::{Deserialize, Serialize};

use crate::{Evaluation, Progress, Snapshot, SpikeReport};

/// One update.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StepReport {
    /// Updates done, this one included.
    pub step: u64,
    /// Updates of the whole run.
    pub total_steps: u64,
    /// Passes over the data, with the fraction of the current one.
    pub epoch: f64,
    /// Mean loss over the update's target tokens, in nats.
    pub loss: f64,
    /// Global norm of the gradient, before it was cut.
    pub grad_norm: f64,
    /// Learning rate of the default group in this update.
    pub learning_rate: f64,
    /// Tokens of the update, padding not counted.
    pub tokens: u64,
    /// Tokens that the loss counts.
    pub target_tokens: u64,
    /// Seconds that the update took.
    pub seconds: f64,
    /// Tokens per second, over this update.
    pub tokens_per_second: f64,
}

/// One evaluation.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct EvalReport {
    /// Updates done before it.
    pub step: u64,
    /// What was measured.
    #[serde(flatten)]
    pub evaluation: Evaluation,
}

/// How a run ended.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// Updates done.
    pub steps: u64,
    /// Whether that is the run's end, which all updates, a controller and early stopping make, or the observer stopped it.
    pub finished: bool,
    /// Whether the evaluation loss had stopped falling.
    pub stopped_early: bool,
    /// How it went, also in processes before this one.
    pub progress: Progress,
}

/// Listens to a run and decides when it ends.
pub trait Observer {
    /// An update is done.
    fn step(&mut self, report: &StepReport) -> Result<(), Box<dyn std::error::Error + Send + Sync>>;

    /// The loss or the gradient norm of the update that was told last stands out.
    fn spike(&mut self, report: &SpikeReport) -> Result<(), Box<dyn std::error::Error + Send + Sync>>;

    /// An evaluation is about to start, over so many batches.
    fn evaluating(&mut self, batches: usize);

    /// A batch of an evaluation is done.
    fn evaluated_batch(&mut self);

    /// An evaluation is done.
    fn evaluation(&mut self, report: &EvalReport) -> Result<(), Box<dyn std::error::Error + Send + Sync>>;

    /// What the controllers want done before the first update of a new run.
    fn begin(
        &mut self,
        model: &Adapted,
        total_steps: u64,
    ) -> Result<Vec<Action>, Box<dyn std::error::Error + Send + Sync>>;

    /// What they want done after an update. Every action fits the model's plan.
    fn decide(
        &mut self,
        model: &Adapted,
        report: &Report,
    ) -> Result<Vec<Action>, Box<dyn std::error::Error + Send + Sync>>;

    /// Save this.
    fn checkpoint(&mut self, snapshot: Snapshot) -> Result<(), Box<dyn std::error::Error + Send + Sync>>;

    /// Whether to end after the current update; asked after each one and between evaluation batches.
    fn should_stop(&self) -> bool;
}
