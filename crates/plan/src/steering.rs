//! What a controller is told and what it decides, and what a composer is told: plain data.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};

use crate::manifest::{Manifest, ParamId};
use crate::plan::Plan;
use crate::problem::shown;
use crate::shape::Shape;

/// A trained adapter or model in a composition.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Source {
    /// Name that a person gave it.
    pub name: String,
    /// Name of the method, e.g. `lora`.
    pub kind: String,
    /// Its weight in the composition.
    pub weight: f64,
}

/// An update that is done.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// Updates done, this one included.
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

/// What a controller wants done before the next update.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Sets the factor on the learning rate of a group, or of all.
    ScaleLearningRate {
        /// The group; none is every group.
        group: Option<String>,
        /// The factor, in place of the one before.
        factor: f64,
    },
    /// What trains of the parameter stops, and its moments are dropped.
    Freeze(ParamId),
    /// It trains again.
    Unfreeze(ParamId),
    /// Some rows of an adapter's tensor stay as they are; all others become zero.
    Keep {
        /// The parameter whose adapter has the tensor.
        param: ParamId,
        /// The tensor.
        tensor: String,
        /// The rows, each once: of a vector its entries, of more than two axes those of its matrices, one after the other.
        rows: Vec<u32>,
    },
    /// Folds the adapters into the base, draws their tensors anew and drops their moments.
    MergeAndRestart,
    /// Writes a checkpoint.
    Checkpoint,
    /// Ends the run as if this had been its last update.
    Stop(String),
}

/// What a controller answers.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Decision {
    /// Its state from here on.
    pub state: Vec<u8>,
    /// What it wants done, in this order.
    pub actions: Vec<Action>,
}

impl Action {
    /// Whether it can be carried out in a run of that plan; why not, as a sentence.
    ///
    /// # Errors
    /// It names a parameter, a group, a tensor or a row that there is none of, a row twice, or a factor that is no rate.
    pub fn check(&self, plan: &Plan, manifest: &Manifest) -> Result<(), String> {
        match self {
            Self::ScaleLearningRate { group, factor } => {
                if !(factor.is_finite() && *factor >= 0.0) {
                    return Err(format!("a learning rate times {factor}; a factor is finite and not negative"));
                }
                match group {
                    Some(group) if !plan.groups().iter().any(|g| g.name == *group) => {
                        Err(format!("there is no optimizer group `{}`", shown(group)))
                    }
                    _ => Ok(()),
                }
            }
            Self::Freeze(param) | Self::Unfreeze(param) => trained(*param, plan, manifest),
            Self::Keep { param, tensor, rows } => keep(*param, tensor, rows, plan, manifest),
            Self::MergeAndRestart if plan.adapters().is_empty() => {
                Err("there is no adapter to fold into the base".to_owned())
            }
            Self::MergeAndRestart | Self::Checkpoint | Self::Stop(_) => Ok(()),
        }
    }
}

fn named(param: ParamId, manifest: &Manifest) -> Result<&str, String> {
    let known = manifest.get(param).map(|p| p.name.as_str());
    known.ok_or_else(|| format!("there is no parameter {}; the model has {}", param.0, manifest.params.len()))
}

fn trained(param: ParamId, plan: &Plan, manifest: &Manifest) -> Result<(), String> {
    let name = named(param, manifest)?;
    let adapter = plan.adapter(param).is_some_and(|a| a.tensors.iter().any(|t| t.trainable));
    match adapter || plan.trainable().iter().any(|t| t.param == param) {
        true => Ok(()),
        false => Err(format!("`{name}` does not train in this plan, so it can neither be frozen nor unfrozen")),
    }
}

fn keep(param: ParamId, tensor: &str, rows: &[u32], plan: &Plan, manifest: &Manifest) -> Result<(), String> {
    let name = named(param, manifest)?;
    let adapter = plan.adapter(param).ok_or_else(|| format!("`{name}` has no adapter whose rows could be kept"))?;
    let found = adapter.tensors.iter().find(|t| t.name == tensor);
    let shape = &found.ok_or_else(|| format!("the adapter of `{name}` has no tensor `{}`", shown(tensor)))?.shape;
    let count = rows_of(shape);
    let mut kept = HashSet::with_capacity(rows.len());
    match rows.iter().find(|&&row| u64::from(row) >= count || !kept.insert(row)) {
        Some(row) if u64::from(*row) < count => {
            Err(format!("row {row} of `{tensor}` of `{name}` is to be kept twice; name it once"))
        }
        Some(row) => Err(format!("row {row} of `{tensor}` of `{name}` is not there; it has {count}")),
        None => Ok(()),
    }
}

/// Rows of a tensor as it is held: leading axes are folded, and a vector has as many as entries.
fn rows_of(shape: &Shape) -> u64 {
    match shape.dims() {
        [.., last] if shape.rank() > 1 => shape.elements() / last,
        _ => shape.elements(),
    }
}
