//! What a plugin sees while it is called.

use std::sync::Arc;

use graftwork_plan::{Choice, Manifest, ParamId};

/// Numbers about the frozen weights. An error is a sentence that the plugin receives.
pub trait Stats: Send + Sync {
    /// Frobenius norm.
    ///
    /// # Errors
    /// There is no such parameter, or it cannot be read.
    fn norm(&self, param: ParamId) -> Result<f64, String>;

    /// The `count` largest singular values, largest first; fewer where the matrix has fewer.
    ///
    /// # Errors
    /// There is no such parameter, it is no matrix, or it cannot be read.
    fn singular_values(&self, param: ParamId, count: u32) -> Result<Vec<f64>, String>;

    /// Mean squared gradient of the loss over the calibration batches.
    ///
    /// # Errors
    /// The run has none.
    fn gradient_norm(&self, param: ParamId) -> Result<f64, String>;
}

/// No weights: every question is answered with an error.
pub struct NoStats;

impl Stats for NoStats {
    fn norm(&self, _: ParamId) -> Result<f64, String> {
        Err("there are no weights here".to_owned())
    }

    fn singular_values(&self, _: ParamId, _: u32) -> Result<Vec<f64>, String> {
        Err("there are no weights here".to_owned())
    }

    fn gradient_norm(&self, _: ParamId) -> Result<f64, String> {
        Err("there are no weights here".to_owned())
    }
}

/// The run that a controller steers.
pub trait Training: Send + Sync {
    /// Parameters that the plan trains, themselves or through an adapter.
    fn trained(&self) -> Vec<ParamId>;

    /// Values of a tensor that an adapter keeps by an `update` and that its weight does not depend on.
    ///
    /// # Errors
    /// There is no such tensor.
    fn scores(&self, param: ParamId, tensor: &str) -> Result<Vec<f64>, String>;

    /// How many values that would give, where it can be told without reading them.
    fn score_count(&self, _: ParamId, _: &str) -> Option<u64> {
        None
    }
}

/// No run: nothing trains.
pub struct NoTraining;

impl Training for NoTraining {
    fn trained(&self) -> Vec<ParamId> {
        Vec::new()
    }

    fn scores(&self, _: ParamId, _: &str) -> Result<Vec<f64>, String> {
        Err("there is no run that would keep scores".to_owned())
    }
}

/// The model, its statistics, what selectors before chose, and the run's seed.
#[derive(Clone)]
pub struct Surroundings {
    /// The model's parameters.
    pub manifest: Arc<Manifest>,
    /// Numbers about its weights.
    pub stats: Arc<dyn Stats>,
    /// What selectors earlier in the chain chose; none where there was none.
    pub choices: Option<Vec<Choice>>,
    /// The run that a controller steers.
    pub training: Arc<dyn Training>,
    /// Seed of the plugin's random numbers.
    pub seed: u64,
}

impl Surroundings {
    /// A model alone: no weights, no choices, no run, seed 0.
    #[must_use]
    pub fn of(manifest: Arc<Manifest>) -> Self {
        Self { manifest, stats: Arc::new(NoStats), choices: None, training: Arc::new(NoTraining), seed: 0 }
    }
}
