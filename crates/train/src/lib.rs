//! The training loop: what a step computes, how the optimizer moves, when evaluation and checkpoints happen.
//!
//! Nothing here knows plugins, files or a terminal. A [`Trainer`] is given an adapted model and data, and tells an
//! [`Observer`] what happens; whoever implements that saves, prints and decides when to stop.

mod diagnosis;
mod error;
mod loss;
mod metrics;
mod optimizer;
mod options;
mod pass;
mod progress;
mod report;
mod schedule;
mod snapshot;
mod spikes;
mod steer;
mod trainer;

pub use diagnosis::{Cause, Culprit, Quantity, Samples};
pub use error::TrainError;
pub use loss::{evaluate, logits};
pub use metrics::{Evaluation, F1};
pub use optimizer::Optimizer;
pub use options::{Duration, TrainOptions, Warmup};
pub use progress::{Evaluated, Progress};
pub use report::{EvalReport, Observer, Outcome, StepReport};
pub use schedule::Schedule;
pub use snapshot::{NamedTensor, Snapshot, Steering};
pub use spikes::{SpikeReport, Spikes, Watched};
pub use trainer::Trainer;
