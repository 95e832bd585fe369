//! Everything that a run needs to go on: the trained tensors, the optimizer's moments, the place in the data.

use std::collections::BTreeMap;

use burn::tensor::Tensor;
use serde::{Deserialize, Serialize};

use crate::{Progress, Spikes};

/// A tensor with the name that it is saved under.
#[derive(Clone, Debug)]
pub struct NamedTensor {
    /// Name in saved files.
    pub name: String,
    /// Sizes of its axes; the matrix holds the same elements row-major.
    pub shape: Vec<usize>,
    /// Its values.
    pub tensor: Tensor<2>,
}

/// A run between two updates. Randomness and data order are functions of seed and step, so the step stands for both.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// Updates done.
    pub step: u64,
    /// Every trained tensor, and those of the adapters that do not train.
    pub tensors: Vec<NamedTensor>,
    /// Moments of every trained tensor, `NAME.first` and `NAME.second`.
    pub moments: Vec<NamedTensor>,
    /// The weights under the adapters, by the names of their parameters, where adapters were folded into them.
    pub bases: Vec<NamedTensor>,
    /// What controllers have changed.
    pub steering: Steering,
    /// How the run has gone.
    pub progress: Progress,
    /// What was seen of losses and gradient norms.
    pub spikes: Spikes,
}

/// What controllers have changed in a run so far.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Steering {
    /// Trained tensors that are not to train for now.
    pub frozen: Vec<String>,
    /// Updates of the run before the first of each tensor that began late.
    pub began: BTreeMap<String, u64>,
    /// Factors on the learning rates of groups.
    pub rates: BTreeMap<String, f64>,
    /// Factor on all learning rates.
    pub rate: f64,
    /// How often the adapters were folded into the base.
    pub restarts: u64,
    /// Whether they were asked before the first update.
    #[serde(default)]
    pub begun: bool,
    /// Whether one has ended the run, or early stopping has.
    #[serde(default)]
    pub stopped: bool,
}

impl Default for Steering {
    /// Nothing.
    fn default() -> Self {
        Self {
            frozen: Vec::new(),
            began: BTreeMap::new(),
            rates: BTreeMap::new(),
            rate: 1.0,
            restarts: 0,
            begun: false,
            stopped: false,
        }
    }
}

impl Snapshot {
    /// Takes out the tensor of that name, for its slot.
    pub(crate) fn take(list: &mut Vec<NamedTensor>, name: &str) -> Result<Tensor<2>, crate::TrainError> {
        match list.iter().position(|t| t.name == name) {
            Some(i) => Ok(list.swap_remove(i).tensor),
            None => Err(crate::TrainError::Snapshot(format!("it has no tensor `{name}`"))),
        }
    }
}
