//! What a model is opened for: its task, and for a classifier the names of its classes.

use std::path::Path;

use graftwork_data::{Objective, labels_of};
use graftwork_model::{Task, TaskKind, labels_in};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::{Error, RunConfig, adapter};

/// Share of the tokens that masked language modelling hides. J. Devlin et al., arXiv 1810.04805.
const MASKED: f32 = 0.15;

/// A task, as artefacts record it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct TaskRecord {
    /// Its kind.
    pub(crate) kind: TaskKind,
    /// Names of the classes, by class; none where the task has none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) labels: Vec<String>,
}

impl TaskRecord {
    /// Of a model: what it was saved for, or what its family takes a bare model for.
    pub(crate) fn of_model(config: &Value, path: &Path) -> Result<Self, Error> {
        let fail = |source| Error::Model { path: path.to_owned(), source };
        let kind = graftwork_model::family(config).map_err(fail)?.task_of(config);
        let labels = match kind {
            TaskKind::SequenceClassification => labels_in(config).map_err(fail)?,
            TaskKind::CausalLm | TaskKind::MaskedLm => Vec::new(),
        };
        Ok(Self { kind, labels })
    }

    /// Classification into so many classes without names.
    pub(crate) fn nameless(classes: usize) -> Self {
        let labels = (0..classes).map(|class| format!("LABEL_{class}")).collect();
        Self { kind: TaskKind::SequenceClassification, labels }
    }

    /// Whether another task is the same, with names for its classes where this one has none.
    pub(crate) fn has_classes_of(&self, other: &Self) -> bool {
        let nameless = self.kind == other.kind && *self == Self::nameless(other.labels.len());
        self == other || nameless
    }

    /// As an adapter for the model says, where it does; the model may know the names of the classes.
    pub(crate) fn of_adapter(adapter: &Path, model: &Self) -> Option<Self> {
        let recorded = adapter::recorded_task(adapter)?;
        let named_by_model = recorded == Self::nameless(model.labels.len()) && recorded.kind == model.kind;
        Some(if named_by_model { model.clone() } else { recorded })
    }

    /// Of a run on a model with that configuration: as asked, as its adapter says, or as its data and model are. The classes are
    /// those that are asked for, those of the adapter or the model, or those that the data names.
    pub(crate) fn of_run(run: &RunConfig, config: &Value, path: &Path) -> Result<Self, Error> {
        let of_model = Self::of_model(config, path)?;
        let recorded = run.adapter.as_deref().and_then(|adapter| Self::of_adapter(adapter, &of_model));
        let in_data = || labels_of(&run.data.files, run.data.format);
        let (kind, found) = match (run.task, &recorded) {
            (Some(kind), _) => (kind, None),
            (None, Some(recorded)) => (recorded.kind, None),
            (None, None) => match in_data()? {
                Some(labels) => (TaskKind::SequenceClassification, Some(labels)),
                None => (of_model.kind, None),
            },
        };
        if kind != TaskKind::SequenceClassification {
            if run.data.labels.is_some() {
                return Err(Error::setting(
                    "labels",
                    format!("{kind} has no classes; they are for sequence-classification"),
                ));
            }
            return Ok(Self { kind, labels: Vec::new() });
        }
        let recorded = recorded.filter(|task| task.kind == kind);
        if let (Some(asked), Some(recorded)) = (&run.data.labels, &recorded) {
            let asked = Self { kind, labels: asked.clone() };
            if !recorded.has_classes_of(&asked) {
                let message = format!(
                    "the adapter was trained for {}, in this order; give the same, or start without --adapter",
                    recorded.labels.join(", ")
                );
                return Err(Error::setting("labels", message));
            }
        }
        let known = recorded.or(Some(of_model).filter(|task| task.kind == kind));
        let labels = match (&run.data.labels, known, found) {
            (Some(labels), ..) => labels.clone(),
            (None, Some(known), _) => known.labels,
            (None, None, Some(found)) => found,
            (None, None, None) => in_data()?.ok_or_else(|| {
                Error::setting("task", format!("{kind} needs records with a `label`, and the data has none"))
            })?,
        };
        let distinct: std::collections::BTreeSet<_> = labels.iter().collect();
        if labels.len() < 2 || distinct.len() < labels.len() || labels.iter().any(String::is_empty) {
            let message = format!(
                "there must be two classes or more, each with a name of its own; these are: {}",
                labels.join(", ")
            );
            return Err(Error::setting("labels", message));
        }
        Ok(Self { kind, labels })
    }

    /// Gives names to classes that have none.
    pub(crate) fn name_classes(&mut self, labels: &[String]) -> Result<(), Error> {
        let named = Self { kind: TaskKind::SequenceClassification, labels: labels.to_vec() };
        if !self.has_classes_of(&named) {
            let message = format!("the model's classes are {}; these are others", self.labels.join(", "));
            return Err(Error::setting("labels", message));
        }
        *self = named;
        Ok(())
    }

    /// Without the names.
    pub(crate) fn task(&self) -> Task {
        match self.kind {
            TaskKind::CausalLm => Task::CausalLm,
            TaskKind::MaskedLm => Task::MaskedLm,
            TaskKind::SequenceClassification => Task::SequenceClassification { labels: self.labels.len() as u64 },
        }
    }

    /// What samples are made for.
    pub(crate) fn objective(&self, masked: Option<f32>) -> Result<Objective, Error> {
        if masked.is_some() && self.kind != TaskKind::MaskedLm {
            return Err(Error::setting("masked", format!("{} masks nothing; it is for masked-lm", self.kind)));
        }
        Ok(match self.kind {
            TaskKind::CausalLm => Objective::NextToken,
            TaskKind::MaskedLm => Objective::Masked { probability: masked.unwrap_or(MASKED) },
            TaskKind::SequenceClassification => Objective::Label { labels: self.labels.clone() },
        })
    }

    /// Fails where the model predicts no next token.
    pub(crate) fn continues_texts(&self, what: &str) -> Result<(), Error> {
        match self.kind {
            TaskKind::CausalLm => Ok(()),
            kind => Err(Error::setting(what, format!("a model for {kind} continues no texts; use one for causal-lm"))),
        }
    }

    /// PEFT's name; it has none for masked language modelling.
    pub(crate) fn peft_name(&self) -> Option<&'static str> {
        match self.kind {
            TaskKind::CausalLm => Some("CAUSAL_LM"),
            TaskKind::SequenceClassification => Some("SEQ_CLS"),
            TaskKind::MaskedLm => None,
        }
    }

    /// Writes the task into a `config.json`, as Transformers reads it.
    pub(crate) fn write_into(&self, config: &mut Map<String, Value>, class: &str) {
        config.insert("architectures".to_owned(), json!([class]));
        if self.kind != TaskKind::SequenceClassification {
            return;
        }
        let ids = self.labels.iter().enumerate();
        let id2label: Map<String, Value> = ids.clone().map(|(id, name)| (id.to_string(), json!(name))).collect();
        let label2id: Map<String, Value> = ids.map(|(id, name)| (name.clone(), json!(id))).collect();
        config.remove("num_labels");
        config.insert("id2label".to_owned(), Value::Object(id2label));
        config.insert("label2id".to_owned(), Value::Object(label2id));
        config.insert("problem_type".to_owned(), json!("single_label_classification"));
    }
}
