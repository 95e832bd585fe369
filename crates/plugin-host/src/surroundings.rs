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

/// The model, its statistics, what selectors before chose, and the run's seed.
#[derive(Clone)]
pub struct Surroundings {
    /// The model's parameters.
    pub manifest: Arc<Manifest>,
    /// Numbers about its weights.
    pub stats: Arc<dyn Stats>,
    /// What selectors earlier in the chain chose; none where there was none.
    pub choices: Option<Vec<Choice>>,
    /// Seed of the plugin's random numbers.
    pub seed: u64,
}
