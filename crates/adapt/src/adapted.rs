//! A model's parameters under a plan.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use burn::tensor::{DType, Tensor};
use graftwork_kernels::memory::kept;
use graftwork_kernels::random::Key;
use graftwork_plan::{Adapter, AdapterTensor, Manifest, Param, ParamId, Plan, Readings, Shape, Trainable};

use crate::AdaptError;
use crate::initial::{finite, initialise, initialise_shared};
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
    /// Whether a weight depends on it. What none does is state of the run, and no part of its result.
    pub part: bool,
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
    /// Slots of the shared tensors, by name.
    shared: BTreeMap<String, usize>,
    /// By slot: what trains by the plan, and is not to for now.
    pub(crate) frozen: Vec<bool>,
    /// The generator of what is drawn at step 0.
    pub(crate) key: Key,
    /// How often the adapters were folded into the base.
    pub(crate) restarts: u64,
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

impl Weight {
    /// The tensor that it holds itself.
    fn own(&self) -> Option<&Tensor<2>> {
        match self {
            Self::Frozen(base) | Self::Adapted { base, .. } => Some(base),
            Self::Trained { .. } | Self::Tied(_) => None,
        }
    }
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
        let weight = |(param, base): (&Param, _)| param.tied_to.map_or(Weight::Frozen(base), Weight::Tied);
        let weights = manifest.params.iter().zip(base).map(weight).collect();
        let key = Key::new(seed).child("initial values");
        let (slots, tensors, shared, frozen, readings) = Default::default();
        let mut model = Self { manifest, plan, weights, slots, tensors, shared, frozen, key, restarts: 0, readings };
        model.begin()?;
        Ok(model)
    }

    /// Makes a slot of each tensor of the plan: shared ones first, then those of the adapters, then what trains in place.
    fn begin(&mut self) -> Result<(), AdaptError> {
        let (plan, manifest, key) = (Arc::clone(&self.plan), Arc::clone(&self.manifest), self.key);
        let slot = |name: String, tensor: &AdapterTensor, part| {
            let (shape, trainable, group) = (tensor.shape.clone(), tensor.trainable, tensor.group);
            Slot { name, shape, trainable, group, part }
        };
        if let Some(device) = self.weights.iter().find_map(Weight::own).map(Tensor::device) {
            for tensor in plan.shared() {
                self.shared.insert(tensor.name.clone(), self.slots.len());
                self.push(slot(tensor.name.clone(), tensor, true), initialise_shared(tensor, &device, &key)?);
            }
        }
        // A plan claims no parameter twice and none that is tied, so each that it names is still frozen when its turn comes.
        for (index, adapter) in plan.adapters().iter().enumerate() {
            let target = &manifest.params[adapter.target.index()];
            let Weight::Frozen(base) = &self.weights[adapter.target.index()] else { continue };
            let shared = self.shared_of(adapter, |slot| self.tensor(slot));
            let (base, values) = initialise(adapter, &target.name, base, &shared, &key.child(&target.name))?;
            self.weights[adapter.target.index()] = Weight::Adapted { base, adapter: index, first: self.slots.len() };
            for (at, (tensor, value)) in adapter.tensors.iter().zip(values).enumerate() {
                let name = format!("{}.{}", target.module(), tensor.name);
                self.push(slot(name, tensor, adapter.is_part_of_the_weight(at)), value);
            }
        }
        for Trainable { param, group } in plan.trainable() {
            let (weight, param) = (&mut self.weights[param.index()], &manifest.params[param.index()]);
            let Weight::Frozen(base) = weight else { continue };
            let value = kept(&base.device(), base.clone(), full_precision);
            *weight = Weight::Trained { slot: self.slots.len(), dtype: base.dtype() };
            let (name, shape) = (param.name.clone(), param.shape.clone());
            self.push(Slot { name, shape, trainable: true, group: *group, part: true }, value);
        }
        Ok(())
    }

    fn push(&mut self, slot: Slot, value: Tensor<2>) {
        self.slots.push(slot);
        self.tensors.push(value);
        self.frozen.push(false);
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
                let shared = self.shared_of(adapter, |slot| self.tensor(slot));
                let scope = Scope { shared: &shared, ..Scope::new(&base, tensors) };
                let merged = materialize(&adapter.effective, adapter.effective.root(), &scope);
                finite(&merged, || "the merged weight".to_owned(), self.name(param))?;
                Ok(merged)
            }
        }
    }

    /// The tensors that a parameter's value comes from, by the names that they are saved under: the weight, then what its adapter has.
    #[must_use]
    pub fn parts(&self, param: ParamId) -> Vec<(&str, Tensor<2>)> {
        let slot = |slot: usize| (self.slots[slot].name.as_str(), self.tensor(slot));
        match self.weight(param) {
            Weight::Frozen(weight) => vec![(self.name(param), weight.clone())],
            Weight::Trained { slot: of, .. } => vec![slot(*of)],
            Weight::Tied(source) => self.parts(*source),
            Weight::Adapted { base, adapter, first } => {
                let adapter = &self.plan.adapters()[*adapter];
                let own = *first..first + adapter.tensors.len();
                let shared = adapter.shared().into_iter().filter_map(|name| self.shared.get(name).copied());
                let slots = own.chain(shared.collect::<Vec<_>>()).map(slot);
                std::iter::once((self.name(param), base.clone())).chain(slots).collect()
            }
        }
    }

    /// The shared tensors that an adapter uses, by name.
    pub(crate) fn shared_of(
        &self,
        adapter: &Adapter,
        value: impl Fn(usize) -> Tensor<2>,
    ) -> BTreeMap<String, Tensor<2>> {
        let named = |name: &str| Some((name.to_owned(), value(*self.shared.get(name)?)));
        adapter.shared().into_iter().filter_map(named).collect()
    }

    pub(crate) fn shared_plan(&self) -> Arc<Plan> {
        Arc::clone(&self.plan)
    }

    /// Changes the frozen weight under an adapter.
    pub(crate) fn set_base(&mut self, param: ParamId, value: Tensor<2>) {
        if let Weight::Adapted { base, .. } = &mut self.weights[param.index()] {
            *base = value;
        }
    }

    pub(crate) fn weight(&self, param: ParamId) -> &Weight {
        &self.weights[param.index()]
    }

    /// A parameter of the model.
    #[must_use]
    pub fn param(&self, id: ParamId) -> &Param {
        &self.manifest.params[id.index()]
    }

    pub(crate) fn name(&self, param: ParamId) -> &str {
        &self.param(param).name
    }

    /// How to read an adapter's expression for about so many rows of activations.
    pub(crate) fn readings(&self, adapter: usize, rows: u64) -> Arc<Readings> {
        // The choice changes little with the number of rows, so each power of two is judged once.
        let bucket = rows.next_power_of_two();
        // What a panic elsewhere left in the map is whole.
        let mut known = self.readings.lock().unwrap_or_else(PoisonError::into_inner);
        let judge = || Arc::new(self.plan.readings(&self.plan.adapters()[adapter], bucket));
        Arc::clone(known.entry((adapter, bucket)).or_insert_with(judge))
    }
}
