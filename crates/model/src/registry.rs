//! Families find their way into a program by being linked into it.

use std::sync::Arc;

use serde_json::Value;

use crate::config::on_one_line;
use crate::{Architecture, ConfigReader, ModelError, Task, TaskKind};

/// How a family makes a model.
pub type Open = fn(&Value, Task) -> Result<Arc<dyn Architecture>, ModelError>;

/// A model family, registered by its crate.
pub struct Family {
    /// Name, e.g. `llama`.
    pub name: &'static str,
    /// Values of `model_type` in `config.json` that belong to it.
    pub model_types: &'static [&'static str],
    /// What its models can be opened for. The first is what a bare model is taken for.
    pub tasks: &'static [TaskKind],
    /// Makes a model of the family from its `config.json`, for one of these tasks.
    pub open: Open,
}

/// The tasks of a family of decoders.
pub const DECODER_TASKS: &[TaskKind] = &[TaskKind::CausalLm, TaskKind::SequenceClassification];

inventory::collect!(Family);

/// Every family that is linked in, by name.
#[must_use]
pub fn families() -> Vec<&'static Family> {
    let mut families: Vec<_> = inventory::iter::<Family>.into_iter().collect();
    families.sort_by_key(|f| f.name);
    families
}

/// The family of the model that a `config.json` describes.
///
/// # Errors
/// The configuration has no `model_type`, or names one that no family knows.
pub fn family(config: &Value) -> Result<&'static Family, ModelError> {
    let found: String = ConfigReader(config).required("model_type")?;
    let families = families();
    families.iter().copied().find(|f| f.model_types.contains(&found.as_str())).ok_or_else(|| {
        let known: Vec<_> = families.iter().flat_map(|f| f.model_types).copied().collect();
        ModelError::UnknownFamily { found: on_one_line(&found), known: known.join(", ") }
    })
}

/// The model that a `config.json` describes, for a task, or where there is none given for the one that it was saved for.
///
/// # Errors
/// As [`family`], or the family does not do the task or refuses the configuration.
pub fn open(config: &Value, task: Option<Task>) -> Result<(&'static Family, Arc<dyn Architecture>), ModelError> {
    let family = family(config)?;
    let task = match task {
        Some(task) => task,
        None => Task::of_kind(family.task_of(config), config)?,
    };
    if !family.tasks.contains(&task.kind()) {
        let known: Vec<_> = family.tasks.iter().map(|kind| kind.name()).collect();
        return Err(ModelError::Task { family: family.name, task: task.kind(), known: known.join(", ") });
    }
    Ok((family, (family.open)(config, task)?))
}

impl Family {
    /// What a checkpoint was saved for, or a bare model is taken for.
    #[must_use]
    pub fn task_of(&self, config: &Value) -> TaskKind {
        TaskKind::of_config(config).unwrap_or(self.tasks[0])
    }
}
