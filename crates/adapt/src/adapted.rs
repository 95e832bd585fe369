//! A model's parameters under a plan.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use burn::tensor::{DType, Tensor};
use graftwork_kernels::memory::kept;
use graftwork_kernels::random::Key;
use graftwork_plan::{Manifest, Param, ParamId, Plan, Readings, Shape, Trainable};

use crate::AdaptError;
use crate::initial::{finite, initialise};
use crate::materialize::materialize;
use crate::scope::{Scope, full_precision};
use crate::session::{Mode, Session};

/// A tensor that is saved with a run: one of an adapter's, or a parameter of the model that trains in place.
#[derive(Clone, Debug, PartialEq)]
pub struct Slot {
    /// Name in saved files: `MODULE.TENSOR`, or the parameter's own.
    pub name: String,
    /// Sizes of its axes.
    pub shape: Shape,
    /// Whether it trains; a parameter of the model always does.
    pub trainable: bool,
    /// Index into the plan's groups.
    pub group: usize,
}

/// Weights, adapters and what trains, on one device.
pub struct Adapted {
    manifest: Arc<Manifest>,
    plan: Arc<Plan>,
    /// By parameter.
    weights: Vec<Weight>,
    slots: Vec<Slot>,
    /// By slot, in full precision.
    tensors: Vec<Tensor<2>>,
    /// By adapter of the plan and rows of activations.
    readings: Mutex<HashMap<(usize, u64), Arc<Readings>>>,
}

/// Where a parameter's value comes from. The base of one that trains is not kept: its value is in the slot alone.
pub(crate) enum Weight {
    /// The checkpoint, unchanged.
    Frozen(Tensor<2>),
    /// A slot, computed with in the checkpoint's type.
    Trained { slot: usize, dtype: DType },
    /// This adapter of the plan, whose tensors start at that slot, on top of a frozen weight.
    Adapted { base: Tensor<2>, adapter: usize, first: usize },
    /// Another parameter.
    Tied(ParamId),
}

impl Adapted {
    /// Puts a plan to work on weights: draws the adapters' initial values from `seed`, and changes the base where an
    /// adapter says so.
    ///
    /// `base` has one matrix for each parameter of the manifest, on the device to compute on, without autodiff. What
    /// trains is kept in f32 even where the base is in half precision.
    ///
    /// # Errors
    /// An initial value is not finite.
    pub fn new(manifest: Arc<Manifest>, plan: Arc<Plan>, base: Vec<Tensor<2>>, seed: u64) -> Result<Self, AdaptError> {
        let key = Key::new(seed).child("initial values");
        let weight = |(param, base): (&Param, _)| param.tied_to.map_or(Weight::Frozen(base), Weight::Tied);
        let mut weights: Vec<_> = manifest.params.iter().zip(base).map(weight).collect();
        let (mut slots, mut tensors) = (Vec::new(), Vec::new());
        // A plan claims no parameter twice and none that is tied, so each that it names is still frozen when its turn comes.
        for (index, adapter) in plan.adapters().iter().enumerate() {
            let (weight, target) = (&mut weights[adapter.target.index()], &manifest.params[adapter.target.index()]);
            let Weight::Frozen(base) = weight else { continue };
            let (base, values) = initialise(adapter, &target.name, base, &key.child(&target.name))?;
            *weight = Weight::Adapted { base, adapter: index, first: slots.len() };
            tensors.extend(values);
            slots.extend(adapter.tensors.iter().map(|tensor| Slot {
                name: format!("{}.{}", target.module(), tensor.name),
                shape: tensor.shape.clone(),
                trainable: tensor.trainable,
                group: tensor.group,
            }));
        }
        for Trainable { param, group } in plan.trainable() {
            let (weight, param) = (&mut weights[param.index()], &manifest.params[param.index()]);
            let Weight::Frozen(base) = weight else { continue };
            tensors.push(kept(&base.device(), base.clone(), full_precision));
            *weight = Weight::Trained { slot: slots.len(), dtype: base.dtype() };
            let (name, shape) = (param.name.clone(), param.shape.clone());
            slots.push(Slot { name, shape, trainable: true, group: *group });
        }
        Ok(Self { manifest, plan, weights, slots, tensors, readings: Mutex::default() })
    }

    /// The plan.
    #[must_use]
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// Every tensor that is saved with a run.
    #[must_use]
    pub fn slots(&self) -> &[Slot] {
        &self.slots
    }

    /// Value of a slot, as a matrix.
    #[must_use]
    pub fn tensor(&self, slot: usize) -> Tensor<2> {
        self.tensors[slot].clone()
    }

    /// Changes the value of a slot and gives the one before. The matrix has the slot's shape and type, on the device of the weights, without
    /// autodiff.
    pub fn set_tensor(&mut self, slot: usize, value: Tensor<2>) -> Tensor<2> {
        std::mem::replace(&mut self.tensors[slot], value)
    }

    /// The parameters for one forward pass.
    #[must_use]
    pub fn session(&self, mode: &Mode) -> Session<'_> {
        Session::new(self, mode)
    }

    /// The weight that a parameter behaves as, with its adapter folded in. What was changed is in full precision.
    ///
    /// # Errors
    /// It is not finite.
    pub fn merged(&self, param: ParamId) -> Result<Tensor<2>, AdaptError> {
        match self.weight(param) {
            Weight::Frozen(weight) => Ok(weight.clone()),
            Weight::Trained { slot, .. } => Ok(self.tensor(*slot)),
            Weight::Tied(source) => self.merged(*source),
            Weight::Adapted { base, adapter, first } => {
                let adapter = &self.plan.adapters()[*adapter];
                let tensors = &self.tensors[*first..first + adapter.tensors.len()];
                let base = full_precision(base.clone());
                let scope = Scope { base: &base, tensors, deltas: &[], key: Key::new(0), dropout: None };
                let merged = materialize(&adapter.effective, adapter.effective.root(), &scope);
                finite(&merged, || "the merged weight".to_owned(), self.name(param))?;
                Ok(merged)
            }
        }
    }

    pub(crate) fn weight(&self, param: ParamId) -> &Weight {
        &self.weights[param.index()]
    }

    pub(crate) fn name(&self, param: ParamId) -> &str {
        &self.manifest.params[param.index()].name
    }

    /// How to read an adapter's expression for about so many rows of activations.
    pub(crate) fn readings(&self, adapter: usize, rows: u64) -> Arc<Readings> {
        // The choice changes little with the number of rows, so each power of two is judged once.
        let bucket = rows.next_power_of_two();
        // What a panic elsewhere left in the map is whole.
        let mut known = self.readings.lock().unwrap_or_else(PoisonError::into_inner);
        let judge = || Arc::new(Readings::new(&self.plan.adapters()[adapter].effective, bucket));
        Arc::clone(known.entry((adapter, bucket)).or_insert_with(judge))
    }
}
