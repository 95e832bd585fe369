//! A model's parameters under a plan.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use burn::tensor::Tensor;
use graftwork_kernels::random::Key;
use graftwork_model::matrix_shape;
use graftwork_plan::{Adapter, Manifest, ParamId, Plan, Readings, Shape};

use crate::AdaptError;
use crate::materialize::materialize;
use crate::scope::Scope;
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
    /// By parameter; where one trains in place, its value is in `tensors` and this one is not used.
    base: Vec<Tensor<2>>,
    slots: Vec<Slot>,
    /// By slot.
    tensors: Vec<Tensor<2>>,
    pub(crate) places: HashMap<ParamId, Place>,
    readings: Mutex<HashMap<(ParamId, u64), Arc<Readings>>>,
}

/// How a parameter differs from the base's.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Place {
    /// It trains in place, in this slot.
    Slot(usize),
    /// It has this adapter of the plan, whose tensors start at this slot.
    Adapter { adapter: usize, first: usize },
}

impl Adapted {
    /// Puts a plan to work on weights: draws the adapters' initial values from `seed`, and changes the base where an
    /// adapter says so.
    ///
    /// `base` has one matrix for each parameter of the manifest, on the device to compute on, without autodiff.
    ///
    /// # Errors
    /// An initial value is not finite.
    pub fn new(manifest: Arc<Manifest>, plan: Arc<Plan>, base: Vec<Tensor<2>>, seed: u64) -> Result<Self, AdaptError> {
        let readings = Mutex::default();
        let (slots, tensors, places) = (Vec::new(), Vec::new(), HashMap::new());
        let mut adapted = Self { manifest, plan: Arc::clone(&plan), base, slots, tensors, places, readings };
        let key = Key::new(seed).child("initial values");
        for (index, adapter) in plan.adapters().iter().enumerate() {
            adapted.attach(index, adapter, &key)?;
        }
        for trainable in plan.trainable() {
            let param = &adapted.manifest.params[trainable.param.index()];
            adapted.places.insert(trainable.param, Place::Slot(adapted.slots.len()));
            let (name, shape) = (param.name.clone(), param.shape.clone());
            adapted.slots.push(Slot { name, shape, trainable: true, group: trainable.group });
            adapted.tensors.push(adapted.base[trainable.param.index()].clone());
        }
        Ok(adapted)
    }

    fn attach(&mut self, index: usize, adapter: &Adapter, key: &Key) -> Result<(), AdaptError> {
        let target = &self.manifest.params[adapter.target.index()];
        let base = self.base[adapter.target.index()].clone();
        let first = self.slots.len();
        for tensor in &adapter.tensors {
            let key = key.child(&target.name).child(&tensor.name);
            let scope = Scope { base: &base, tensors: &[], deltas: &[], key, dropout: None };
            // A leaf gives the base itself, in its own folding of axes.
            let value = materialize(&tensor.init, tensor.init.root(), &scope).reshape(matrix_shape(&tensor.shape));
            finite(&value, || format!("the initial value of `{}`", tensor.name), &target.name)?;
            self.tensors.push(value);
            self.slots.push(Slot {
                name: format!("{}.{}", target.module(), tensor.name),
                shape: tensor.shape.clone(),
                trainable: tensor.trainable,
                group: tensor.group,
            });
        }
        if let Some(graph) = &adapter.base {
            let key = key.child(&target.name);
            let scope = Scope { base: &base, tensors: &self.tensors[first..], deltas: &[], key, dropout: None };
            let changed = materialize(graph, graph.root(), &scope);
            finite(&changed, || "the changed base".to_owned(), &target.name)?;
            self.base[adapter.target.index()] = changed;
        }
        self.places.insert(adapter.target, Place::Adapter { adapter: index, first });
        Ok(())
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

    /// Changes the value of a slot. The matrix has the slot's shape, on the device of the weights, without autodiff.
    pub fn set_tensor(&mut self, slot: usize, value: Tensor<2>) {
        self.tensors[slot] = value;
    }

    /// The parameters for one forward pass.
    #[must_use]
    pub fn session(&self, mode: &Mode) -> Session<'_> {
        Session::new(self, &self.tensors, mode)
    }

    /// The weight that a parameter behaves as, with its adapter folded in.
    ///
    /// # Errors
    /// It is not finite.
    pub fn merged(&self, param: ParamId) -> Result<Tensor<2>, AdaptError> {
        let value = self.session(&Mode::Evaluation).weight(param);
        let name = &self.manifest.params[self.source(param).index()].name;
        if matches!(self.places.get(&self.source(param)), Some(Place::Adapter { .. })) {
            finite(&value, || "the merged weight".to_owned(), name)?;
        }
        Ok(value)
    }

    /// The parameter that holds the value of this one: itself, or the one that it is tied to.
    pub(crate) fn source(&self, param: ParamId) -> ParamId {
        self.manifest.params[param.index()].tied_to.unwrap_or(param)
    }

    pub(crate) fn base(&self, param: ParamId) -> &Tensor<2> {
        &self.base[param.index()]
    }

    pub(crate) fn name(&self, param: ParamId) -> &str {
        &self.manifest.params[param.index()].name
    }

    /// How to read an adapter's expression for about so many rows of activations.
    pub(crate) fn readings(&self, target: ParamId, adapter: usize, rows: u64) -> Arc<Readings> {
        // The choice changes little with the number of rows, so each power of two is judged once.
        let bucket = rows.next_power_of_two();
        // What a panic elsewhere left in the map is whole.
        let mut known = self.readings.lock().unwrap_or_else(PoisonError::into_inner);
        let judge = || Arc::new(Readings::new(&self.plan.adapters()[adapter].effective, bucket));
        Arc::clone(known.entry((target, bucket)).or_insert_with(judge))
    }
}

fn finite(value: &Tensor<2>, what: impl Fn() -> String, target: &str) -> Result<(), AdaptError> {
    // A sum of magnitudes is finite only if every term is; an overflow of the sum itself is past any real weight.
    if value.clone().abs().sum().into_scalar::<f64>().is_finite() {
        return Ok(());
    }
    Err(AdaptError::NotFinite { what: what(), target: target.to_owned() })
}
