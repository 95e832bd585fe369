//! A plan that has been checked against a model.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::cost::Readings;
use crate::graph::Graph;
use crate::manifest::{Manifest, ParamId};
use crate::op::Op;
use crate::raw::{RawAdapter, RawGroup, RawPlan, RawTensor, RawTrainable};
use crate::shape::Shape;

/// Index into [`Plan::groups`] and its settings.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    /// Name that tensors refer to; `default` for those that name none.
    pub name: String,
    /// Factor on the run's learning rate.
    pub learning_rate_scale: f64,
    /// Weight decay in place of the run's.
    pub weight_decay: Option<f64>,
}

/// A parameter of the model that trains in place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trainable {
    /// The parameter.
    pub param: ParamId,
    /// Index into [`Plan::groups`].
    pub group: usize,
}

/// A tensor that an adapter adds.
#[derive(Clone, Debug, PartialEq)]
pub struct AdapterTensor {
    /// Name within the adapter, e.g. `lora_A`.
    pub name: String,
    /// Sizes of its axes.
    pub shape: Shape,
    /// Whether it trains.
    pub trainable: bool,
    /// Index into [`Plan::groups`].
    pub group: usize,
    /// Its value at step 0.
    pub init: Graph,
    /// Its value after each update, where it does not train but is kept.
    pub update: Option<Graph>,
}

/// What is attached to one parameter.
#[derive(Clone, Debug, PartialEq)]
pub struct Adapter {
    /// The parameter.
    pub target: ParamId,
    /// Name of the method, e.g. `lora`.
    pub kind: String,
    /// The tensors that it adds.
    pub tensors: Vec<AdapterTensor>,
    /// What the frozen weight becomes before step 0.
    pub base: Option<Graph>,
    /// The weight that the layer behaves as: forward pass, gradient and merge all come from it.
    pub effective: Graph,
    /// A number that is added to the loss of every update.
    pub penalty: Option<Graph>,
}

impl Adapter {
    /// Whether the weight depends on that tensor. One that it does not depend on is state of the run: it is kept in checkpoints, and no part
    /// of the result.
    #[must_use]
    pub fn is_part_of_the_weight(&self, tensor: usize) -> bool {
        self.effective.reaches(|op| *op == Op::Tensor { index: tensor as u64 })
    }

    /// Names of the shared tensors that any of its expressions uses.
    #[must_use]
    pub fn shared(&self) -> BTreeSet<&str> {
        let of_tensors = self.tensors.iter().flat_map(|t| std::iter::once(&t.init).chain(&t.update));
        let own = std::iter::once(&self.effective).chain(&self.base).chain(&self.penalty);
        own.chain(of_tensors).flat_map(Graph::shared).collect()
    }

    /// The tensors that the weight depends on.
    pub fn parts(&self) -> impl Iterator<Item = &AdapterTensor> {
        self.tensors
            .iter()
            .enumerate()
            .filter(|(index, _)| self.is_part_of_the_weight(*index))
            .map(|(_, tensor)| tensor)
    }
}

/// What a run trains. Made only by [`Plan::validate`], so that whoever holds one need not check it.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    pub(crate) trainable: Vec<Trainable>,
    pub(crate) shared: Vec<AdapterTensor>,
    pub(crate) adapters: Vec<Adapter>,
    pub(crate) groups: Vec<Group>,
    pub(crate) metadata: Vec<(String, String)>,
}

/// Counts that follow from a plan.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Summary {
    /// Weights in the model.
    pub total_parameters: u64,
    /// Weights that train, the model's own and the adapters'.
    pub trainable_parameters: u64,
    /// Weights in the adapters, trained or not.
    pub adapter_parameters: u64,
    /// `trainable_parameters` over all weights there are, in percent.
    pub trainable_percent: f64,
    /// Number of adapters of each kind.
    pub adapters: BTreeMap<String, usize>,
    /// Number of the model's parameters that train in place.
    pub trained_in_place: usize,
}

impl Plan {
    /// A plan that changes nothing: the model as it is. No strategy may plan it, since there would be nothing to train.
    #[must_use]
    pub fn nothing() -> Self {
        let default = Group { name: "default".to_owned(), learning_rate_scale: 1.0, weight_decay: None };
        Self {
            trainable: Vec::new(),
            shared: Vec::new(),
            adapters: Vec::new(),
            groups: vec![default],
            metadata: Vec::new(),
        }
    }

    /// Parameters that train in place.
    #[must_use]
    pub fn trainable(&self) -> &[Trainable] {
        &self.trainable
    }

    /// Tensors that every adapter may use, by name.
    #[must_use]
    pub fn shared(&self) -> &[AdapterTensor] {
        &self.shared
    }

    /// The adapters, at most one for each parameter.
    #[must_use]
    pub fn adapters(&self) -> &[Adapter] {
        &self.adapters
    }

    /// Whether the model itself trains, with nothing attached to it: the result is a model, not an adapter.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.adapters.is_empty() && !self.trainable.is_empty()
    }

    /// How to read an adapter's expression for so many rows of activations.
    #[must_use]
    pub fn readings(&self, adapter: &Adapter, rows: u64) -> Readings {
        Readings::with(&adapter.effective, rows, |op| match op {
            Op::Tensor { index } => adapter.tensors[*index as usize].trainable,
            Op::Shared { name } => self.shared.iter().any(|t| t.name == *name && t.trainable),
            _ => false,
        })
    }

    /// The adapter of that parameter.
    #[must_use]
    pub fn adapter(&self, target: ParamId) -> Option<&Adapter> {
        self.adapters.iter().find(|a| a.target == target)
    }

    /// Optimizer groups; the first is the default group.
    #[must_use]
    pub fn groups(&self) -> &[Group] {
        &self.groups
    }

    /// Free text from the strategy.
    #[must_use]
    pub fn metadata(&self) -> &[(String, String)] {
        &self.metadata
    }

    /// Counts for a person, over that model.
    #[must_use]
    pub fn summary(&self, manifest: &Manifest) -> Summary {
        let total = manifest.total_parameters();
        let in_place: u64 =
            self.trainable.iter().filter_map(|t| manifest.get(t.param)).map(|p| p.shape.elements()).sum();
        let tensors = || self.adapters.iter().flat_map(Adapter::parts).chain(&self.shared);
        let adapter_parameters: u64 = tensors().map(|t| t.shape.elements()).sum();
        let trained: u64 = tensors().filter(|t| t.trainable).map(|t| t.shape.elements()).sum();
        let mut adapters = BTreeMap::new();
        for adapter in &self.adapters {
            *adapters.entry(adapter.kind.clone()).or_insert(0) += 1;
        }
        Summary {
            total_parameters: total,
            trainable_parameters: in_place + trained,
            adapter_parameters,
            trainable_percent: 100.0 * (in_place + trained) as f64 / (total + adapter_parameters).max(1) as f64,
            adapters,
            trained_in_place: self.trainable.len(),
        }
    }

    /// The plan as plain data; validating it again gives the same plan.
    #[must_use]
    pub fn to_raw(&self) -> RawPlan {
        let group = |index: usize| (index > 0).then(|| self.groups[index].name.clone());
        let tensor = |t: &AdapterTensor| RawTensor {
            name: t.name.clone(),
            shape: t.shape.dims().iter().map(|&d| d as u32).collect(),
            trainable: t.trainable,
            group: group(t.group),
            init: t.init.to_raw(),
            update: t.update.as_ref().map(Graph::to_raw),
        };
        let adapter = |a: &Adapter| RawAdapter {
            target: a.target.0,
            kind: a.kind.clone(),
            tensors: a.tensors.iter().map(tensor).collect(),
            base: a.base.as_ref().map(Graph::to_raw),
            effective: a.effective.to_raw(),
            penalty: a.penalty.as_ref().map(Graph::to_raw),
        };
        let settings = |g: &Group| RawGroup {
            name: g.name.clone(),
            learning_rate_scale: g.learning_rate_scale,
            weight_decay: g.weight_decay,
        };
        RawPlan {
            trainable: self
                .trainable
                .iter()
                .map(|t| RawTrainable { param: t.param.0, group: group(t.group) })
                .collect(),
            shared: self.shared.iter().map(tensor).collect(),
            adapters: self.adapters.iter().map(adapter).collect(),
            groups: self.groups.iter().skip(1).map(settings).collect(),
            metadata: self.metadata.clone(),
        }
    }

    /// BLAKE3 of the plan in hexadecimal: equal plans have equal hashes, on every machine.
    #[must_use]
    pub fn hash(&self) -> String {
        // Serialising plain data into memory has no way to fail; an empty hash would be caught by any comparison.
        serde_json::to_vec(&self.to_raw()).map(|bytes| blake3::hash(&bytes).to_hex().to_string()).unwrap_or_default()
    }
}
