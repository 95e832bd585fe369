//! What can go wrong while training.

use burn::tensor::{Int, Tensor};

use crate::diagnosis::{Cause, Quantity};

/// Why a run stopped.
#[derive(Debug, thiserror::Error)]
pub enum TrainError {
    /// An option has a value that makes no sense.
    #[error("`{key}` is {value}: {message}")]
    Option {
        /// The option.
        key: &'static str,
        /// Its value.
        value: String,
        /// What it must be.
        message: &'static str,
    },
    /// There is nothing to train on.
    #[error("the training data gives no batch: it has no rows")]
    NoData,
    /// Evaluations are asked for that there is no data for.
    #[error(
        "there are no rows to evaluate on, which `keep_best` and `early_stopping` go by: give `eval` a part of the data or a file"
    )]
    NoEvaluation,
    /// Loss or gradient is infinite or not a number; the weights are those before the step.
    #[error("step {step}: the {what} is {value}, before any weight was changed: {cause}")]
    NotFinite {
        /// Step, counted from 1.
        step: u64,
        /// Which of the two.
        what: Quantity,
        /// The value.
        value: f64,
        /// The samples and the tensor that it comes from.
        cause: Box<Cause>,
    },
    /// The device has no more memory.
    #[error("the device ran out of memory: lower the batch size or the longest length")]
    OutOfMemory,
    /// The device failed.
    #[error("the device failed: {0}")]
    Device(String),
    /// The data could not be read back.
    #[error(transparent)]
    Data(#[from] graftwork_data::DataError),
    /// The adapters could not be evaluated.
    #[error(transparent)]
    Adapt(#[from] graftwork_adapt::AdaptError),
    /// A snapshot does not fit the plan.
    #[error("the checkpoint does not fit this run: {0}")]
    Snapshot(String),
    /// The observer could not save what it was given.
    #[error(transparent)]
    Observer(Box<dyn std::error::Error + Send + Sync>),
}

/// The number in a tensor of one element. What failed on the device since the last one was read comes to light here.
pub(crate) fn read(number: Tensor<1>) -> Result<f64, TrainError> {
    number.try_into_scalar::<f64>().map_err(|error| failed(&error))
}

/// The numbers in a tensor, with the same said of them.
pub(crate) fn integers(numbers: Tensor<1, Int>) -> Result<Vec<u32>, TrainError> {
    let numbers = numbers.try_into_data().map_err(|error| failed(&error))?.convert::<i64>();
    Ok(numbers.iter::<i64>().map(|number| number as u32).collect())
}

fn failed(error: &dyn std::fmt::Display) -> TrainError {
    // The runtime has no type for it; its message is the driver's with much around it.
    let message = error.to_string();
    if message.contains("out of device memory") { TrainError::OutOfMemory } else { TrainError::Device(message) }
}
