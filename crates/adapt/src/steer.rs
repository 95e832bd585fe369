//! What changes in a model between two updates: tensors that are kept, and what a controller decides.

use burn::tensor::{DType, Tensor, TensorData};
use graftwork_plan::{Adapter, ParamId, Plan};

use crate::AdaptError;
use crate::adapted::{Adapted, Weight};
use crate::initial::{finite, initialise, initialise_shared};
use crate::materialize::materialize;
use crate::scope::{Scope, full_precision};

impl Adapted {
    /// Whether the tensor trains now.
    #[must_use]
    pub fn trains(&self, slot: usize) -> bool {
        self.slots()[slot].trainable && !self.frozen[slot]
    }

    /// The slots of what the plan trains of a parameter: itself, or its adapter's tensors.
    #[must_use]
    pub fn trained_of(&self, param: ParamId) -> Vec<usize> {
        let slots = match self.weight(param) {
            Weight::Frozen(_) | Weight::Tied(_) => 0..0,
            Weight::Trained { slot, .. } => *slot..slot + 1,
            Weight::Adapted { adapter, first, .. } => *first..first + self.plan().adapters()[*adapter].tensors.len(),
        };
        slots.filter(|&slot| self.slots()[slot].trainable).collect()
    }

    /// Lets what trains of a parameter rest, or train again.
    pub fn set_frozen(&mut self, param: ParamId, frozen: bool) {
        for slot in self.trained_of(param) {
            self.frozen[slot] = frozen;
        }
    }

    /// The slot of a tensor of a parameter's adapter.
    #[must_use]
    pub fn slot_of(&self, param: ParamId, tensor: &str) -> Option<usize> {
        let Weight::Adapted { adapter, first, .. } = self.weight(param) else { return None };
        let at = self.plan().adapters()[*adapter].tensors.iter().position(|t| t.name == tensor)?;
        Some(first + at)
    }

    /// Keeps some rows of a tensor as they are and zeroes the rest.
    pub fn keep_rows(&mut self, slot: usize, rows: &[u32]) {
        let value = self.tensor(slot);
        // A vector is one row of its matrix, and has as many rows as entries.
        let vector = self.slots()[slot].shape.rank() == 1;
        let count = value.dims()[usize::from(vector)];
        let mut mask = vec![0.0f32; count];
        for &row in rows {
            if let Some(kept) = mask.get_mut(row as usize) {
                *kept = 1.0;
            }
        }
        let dims = if vector { [1, count] } else { [count, 1] };
        let mask = Tensor::<2>::from_data(TensorData::new(mask, dims), (&value.device(), DType::F32));
        self.set_tensor(slot, value.clone() * mask.cast(value.dtype()));
    }

    /// Whether an adapter keeps tensors by updates.
    #[must_use]
    pub fn keeps_tensors(plan: &Plan) -> bool {
        plan.adapters().iter().flat_map(|a| &a.tensors).any(|t| t.update.is_some())
    }

    /// Computes the tensors that are kept anew, from the gradients of the update that was. `gradient` is that of a slot; none for
    /// what did not train, whose gradient counts as 0.
    pub fn update_kept(&mut self, gradient: impl Fn(usize) -> Option<Tensor<2>>) {
        let plan = self.shared_plan();
        for adapter in plan.adapters().iter().filter(|a| a.tensors.iter().any(|t| t.update.is_some())) {
            let Weight::Adapted { base, first, .. } = self.weight(adapter.target) else { continue };
            let (base, first) = (full_precision(base.clone()), *first);
            let slots = first..first + adapter.tensors.len();
            let gradients: Vec<_> =
                slots.clone().map(|slot| gradient(slot).unwrap_or_else(|| self.tensor(slot).zeros_like())).collect();
            let shared = self.shared_of(adapter, |slot| self.tensor(slot));
            for (slot, update) in slots.clone().zip(&adapter.tensors).filter_map(|(s, t)| Some((s, t.update.as_ref()?)))
            {
                let tensors: Vec<_> = slots.clone().map(|slot| self.tensor(slot)).collect();
                let scope = Scope { shared: &shared, gradients: &gradients, ..Scope::new(&base, &tensors) };
                let value = materialize(update, update.root(), &scope).reshape(tensors[slot - first].dims());
                self.set_tensor(slot, value);
            }
        }
    }

    /// How often the adapters were folded into the base.
    #[must_use]
    pub fn restarts(&self) -> u64 {
        self.restarts
    }

    /// Folds the adapters into the base and draws their tensors anew, as if the run began there. What trains in place goes on.
    ///
    /// # Errors
    /// A merged weight or an initial value is not finite.
    pub fn merge_and_restart(&mut self) -> Result<(), AdaptError> {
        let plan = self.shared_plan();
        let merged = plan.adapters().iter().map(|a| self.merged(a.target)).collect::<Result<Vec<_>, _>>()?;
        self.restarts += 1;
        let key = self.key.child("restart").number(self.restarts);
        for (slot, tensor) in plan.shared().iter().enumerate().filter(|(_, t)| t.trainable) {
            let value = initialise_shared(tensor, &self.tensor(slot).device(), &key)?;
            self.set_tensor(slot, value);
        }
        for (adapter, merged) in plan.adapters().iter().zip(merged) {
            let name = self.name(adapter.target).to_owned();
            let Weight::Adapted { base, first, .. } = self.weight(adapter.target) else { continue };
            let (merged, first) = (merged.cast(base.dtype()), *first);
            finite(&merged, || "the merged weight".to_owned(), &name)?;
            let shared = self.shared_of(adapter, |slot| self.tensor(slot));
            let (base, values) = initialise(adapter, &name, &merged, &shared, &key.child(&name))?;
            for (slot, value) in (first..).zip(values) {
                self.set_tensor(slot, value);
            }
            self.set_base(adapter.target, base);
        }
        Ok(())
    }

    /// The frozen weights that lie under the adapters, which differ from the model's own after a restart.
    pub fn bases(&self) -> impl Iterator<Item = (ParamId, Tensor<2>)> {
        self.plan().adapters().iter().filter_map(|adapter| match self.weight(adapter.target) {
            Weight::Adapted { base, .. } => Some((adapter.target, base.clone())),
            _ => None,
        })
    }

    /// Puts back what an earlier run has folded so often into the base: `bases` by the names of parameters. Gives back the first name that
    /// no adapter's parameter has.
    pub fn restore_bases(&mut self, restarts: u64, bases: Vec<(String, Tensor<2>)>) -> Option<String> {
        self.restarts = restarts;
        for (name, value) in bases {
            let adapted = |a: &&Adapter| self.name(a.target) == name;
            let Some(target) = self.plan().adapters().iter().find(adapted).map(|a| a.target) else { return Some(name) };
            let Weight::Adapted { base, .. } = self.weight(target) else { return Some(name) };
            if base.dims() != value.dims() {
                return Some(name);
            }
            let value = value.cast(base.dtype());
            self.set_base(target, value);
        }
        None
    }

    /// Lets the tensors of these names rest, and all others train.
    pub fn restore_frozen(&mut self, names: &[String]) {
        let slots = self.slots().iter().map(|slot| names.contains(&slot.name)).collect();
        self.frozen = slots;
    }
}
