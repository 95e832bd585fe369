//! What a controller is told, and what it decides.

use std::cell::Cell;
use std::collections::HashMap;

use crate::bindings::strategy::graftwork::strategy::{random, training};
use crate::{Error, Mock, Model};

/// An update that is done.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Report {
    /// Counted from 1.
    pub step: u64,
    /// Updates of the whole run.
    pub total_steps: u64,
    /// Passes over the data, with the fraction of the current one.
    pub epoch: f64,
    /// Mean loss of the update.
    pub loss: f64,
    /// Evaluation loss, where an evaluation followed the update.
    pub eval_loss: Option<f64>,
    /// Global norm of the gradient, before it was cut.
    pub grad_norm: f64,
}

/// What a controller wants done before the next update. Actions are carried out in their order.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// Sets the factor on the learning rate of a group, or of all, in place of the one before.
    ScaleLearningRate {
        /// The group; none is every group.
        group: Option<String>,
        /// The factor.
        factor: f64,
    },
    /// What trains of the parameter, itself or its adapter's tensors, stops, and its moments are dropped.
    Freeze(u32),
    /// It trains again.
    Unfreeze(u32),
    /// Some rows of an adapter's tensor stay as they are; all others become zero.
    Keep {
        /// The parameter whose adapter has the tensor.
        param: u32,
        /// The tensor.
        tensor: String,
        /// The rows.
        rows: Vec<u32>,
    },
    /// Folds the adapters into the base, draws their tensors anew and drops their moments.
    MergeAndRestart,
    /// Writes a checkpoint.
    Checkpoint,
    /// Ends the run as if this had been its last update; the text says why.
    Stop(String),
}

/// The run that is steered.
#[derive(Clone, Debug)]
pub struct Run {
    model: Model,
    total_steps: u64,
    source: Source,
}

#[derive(Clone, Debug)]
enum Source {
    Host,
    Mock { trained: Vec<u32>, scores: HashMap<(u32, String), Vec<f64>>, state: Cell<u64> },
}

/// A run for tests of a controller outside of a host: `Run::from(MockRun { .. })`.
///
/// # Examples
/// ```
/// use graftwork_sdk::{Error, MockRun, Run};
///
/// let scores = [((0, "importance".to_owned()), vec![0.5, 2.0])].into();
/// let run = Run::from(MockRun { total_steps: 100, trained: vec![0], scores, ..MockRun::default() });
/// assert_eq!(run.scores(0, "importance")?, [0.5, 2.0]);
/// assert!(run.below(10) < 10);
/// # Ok::<(), Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct MockRun {
    /// The model.
    pub model: Model,
    /// Updates of the whole run.
    pub total_steps: u64,
    /// Parameters that the plan trains.
    pub trained: Vec<u32>,
    /// Scores by parameter and tensor.
    pub scores: HashMap<(u32, String), Vec<f64>>,
    /// Of [`Run::random`].
    pub seed: u64,
}

impl Default for MockRun {
    /// A run of one update of a model without parameters.
    fn default() -> Self {
        let (trained, scores) = Default::default();
        Self { model: Mock::default().into(), total_steps: 1, trained, scores, seed: 0 }
    }
}

impl From<MockRun> for Run {
    fn from(mock: MockRun) -> Self {
        let MockRun { model, total_steps, trained, scores, seed } = mock;
        Self { model, total_steps, source: Source::Mock { trained, scores, state: Cell::new(seed) } }
    }
}

impl Run {
    /// The run that the host does.
    pub(crate) fn of_host(total_steps: u64) -> Self {
        Self { model: Model::of_host(), total_steps, source: Source::Host }
    }

    /// The model.
    pub fn model(&self) -> &Model {
        &self.model
    }

    /// Updates of the whole run.
    pub fn total_steps(&self) -> u64 {
        self.total_steps
    }

    /// Parameters that the plan trains, themselves or through an adapter, frozen for now or not.
    pub fn trained(&self) -> Vec<u32> {
        match &self.source {
            Source::Host => training::trained(),
            Source::Mock { trained, .. } => trained.clone(),
        }
    }

    /// Values of a tensor that the parameter's adapter keeps by an `update` and that its weight does not depend on.
    ///
    /// # Errors
    /// There is no such tensor.
    pub fn scores(&self, param: u32, tensor: &str) -> Result<Vec<f64>, Error> {
        match &self.source {
            Source::Host => training::scores(param, tensor).map_err(Error::Internal),
            Source::Mock { scores, .. } => scores
                .get(&(param, tensor.to_owned()))
                .cloned()
                .ok_or_else(|| Error::Internal(format!("the mock has no scores `{tensor}` of parameter {param}"))),
        }
    }

    /// A random number. The same run gives the same numbers at the same step.
    pub fn random(&self) -> u64 {
        match &self.source {
            Source::Host => random::next(),
            Source::Mock { state, .. } => {
                // SplitMix64, G. Steele et al., OOPSLA 2014.
                let next = state.get().wrapping_add(0x9e37_79b9_7f4a_7c15);
                state.set(next);
                let mixed = (next ^ (next >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
                let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
                mixed ^ (mixed >> 31)
            }
        }
    }

    /// A random number below `n`, each as likely as any other; 0 where `n` is.
    pub fn below(&self, n: u64) -> u64 {
        if n == 0 {
            return 0;
        }
        // Numbers of the last, incomplete round would favour the low ones.
        let rounds = u64::MAX - u64::MAX % n;
        loop {
            let drawn = self.random();
            if drawn < rounds {
                return drawn % n;
            }
        }
    }
}

/// Every world that has a controller has types of its own for it.
macro_rules! of_world {
    ($world:ident) => {
        const _: () = {
            use crate::bindings::$world::exports::graftwork::strategy::controller as exported;

            impl From<exported::Report> for Report {
                fn from(report: exported::Report) -> Self {
                    let exported::Report { step, total_steps, epoch, loss, eval_loss, grad_norm } = report;
                    Self { step, total_steps, epoch, loss, eval_loss, grad_norm }
                }
            }

            impl From<Action> for exported::Action {
                fn from(action: Action) -> Self {
                    match action {
                        Action::ScaleLearningRate { group, factor } => {
                            Self::ScaleLearningRate(exported::Rate { group, factor })
                        }
                        Action::Freeze(param) => Self::Freeze(param),
                        Action::Unfreeze(param) => Self::Unfreeze(param),
                        Action::Keep { param, tensor, rows } => {
                            Self::Keep(exported::Rows { param, tensor, kept: rows })
                        }
                        Action::MergeAndRestart => Self::MergeAndRestart,
                        Action::Checkpoint => Self::Checkpoint,
                        Action::Stop(why) => Self::Stop(why),
                    }
                }
            }
        };
    };
}

of_world!(controller);
of_world!(steered_strategy);
