//! What a model is trained and asked for.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{ConfigReader, ModelError};

/// A kind of task, as it is named on a command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum TaskKind {
    /// Predict the next token.
    CausalLm,
    /// Predict tokens that were hidden.
    MaskedLm,
    /// Put a text into one of some classes.
    SequenceClassification,
}

impl TaskKind {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::CausalLm, Self::MaskedLm, Self::SequenceClassification];

    /// Its name, e.g. `causal-lm`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::CausalLm => "causal-lm",
            Self::MaskedLm => "masked-lm",
            Self::SequenceClassification => "sequence-classification",
        }
    }

    /// What a checkpoint was made for, by the first class of `architectures` in its `config.json`; none where that names a
    /// bare model, or nothing.
    #[must_use]
    pub fn of_config(config: &Value) -> Option<Self> {
        let class = config.get("architectures")?.get(0)?.as_str()?;
        let ends = [
            ("ForCausalLM", Self::CausalLm),
            ("LMHeadModel", Self::CausalLm),
            ("ForMaskedLM", Self::MaskedLm),
            ("ForPreTraining", Self::MaskedLm),
            ("ForSequenceClassification", Self::SequenceClassification),
        ];
        ends.into_iter().find(|(end, _)| class.ends_with(end)).map(|(_, kind)| kind)
    }
}

impl fmt::Display for TaskKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl std::str::FromStr for TaskKind {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        Self::ALL.into_iter().find(|kind| kind.name() == name).ok_or_else(|| {
            let names = Self::ALL.map(Self::name).join(", ");
            format!("no task is called `{name}`; there are: {names}")
        })
    }
}

/// A task with what a model has to know of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Task {
    /// Predict the next token.
    CausalLm,
    /// Predict tokens that were hidden.
    MaskedLm,
    /// Put a text into one of so many classes, at least one.
    SequenceClassification {
        /// Number of classes.
        labels: u64,
    },
}

impl Task {
    /// Its kind.
    #[must_use]
    pub fn kind(self) -> TaskKind {
        match self {
            Self::CausalLm => TaskKind::CausalLm,
            Self::MaskedLm => TaskKind::MaskedLm,
            Self::SequenceClassification { .. } => TaskKind::SequenceClassification,
        }
    }

    /// Name of Transformers' class for it in a family, `Llama` for example.
    #[must_use]
    pub fn class_of(self, family: &str) -> String {
        let task = match self {
            Self::CausalLm => "ForCausalLM",
            Self::MaskedLm => "ForMaskedLM",
            Self::SequenceClassification { .. } => "ForSequenceClassification",
        };
        format!("{family}{task}")
    }

    /// The task of that kind for a checkpoint, whose configuration says the number of classes.
    ///
    /// # Errors
    /// `id2label` or `num_labels` make no sense.
    pub fn of_kind(kind: TaskKind, config: &Value) -> Result<Self, ModelError> {
        Ok(match kind {
            TaskKind::CausalLm => Self::CausalLm,
            TaskKind::MaskedLm => Self::MaskedLm,
            TaskKind::SequenceClassification => {
                Self::SequenceClassification { labels: labels_in(config)?.len() as u64 }
            }
        })
    }
}

/// Names of a classifier's classes, by class: `id2label` of the configuration, or `LABEL_0`, … for `num_labels` of them, two
/// where it does not say, as Transformers has it.
///
/// # Errors
/// The numbers in `id2label` are not 0, 1, …
pub fn labels_in(config: &Value) -> Result<Vec<String>, ModelError> {
    let c = ConfigReader(config);
    let Some(map) = c.optional::<serde_json::Map<String, Value>>("id2label")? else {
        let count = c.optional::<u64>("num_labels")?.unwrap_or(2);
        if !(1..=1 << 20).contains(&count) {
            return Err(c.invalid("num_labels", "it must lie between 1 and 2^20".to_owned()));
        }
        return Ok((0..count).map(|i| format!("LABEL_{i}")).collect());
    };
    let label = |i: usize| map.get(&i.to_string()).and_then(Value::as_str).map(str::to_owned);
    let labels: Option<Vec<String>> = (0..map.len()).map(label).collect();
    labels
        .filter(|labels| !labels.is_empty())
        .ok_or_else(|| c.invalid("id2label", "it must name the classes 0, 1, … in order".to_owned()))
}
