//! Everything that a run needs to go on: the trained tensors, the optimizer's moments, the place in the data.

use burn::tensor::Tensor;

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
