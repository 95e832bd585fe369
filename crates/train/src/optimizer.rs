//! The optimizer over all trained tensors of a run.

use std::collections::BTreeMap;

use burn::tensor::Tensor;
use graftwork_adapt::Adapted;
use graftwork_kernels::adamw::{AdamW, Clip, Moments, Update, global_norm};
use graftwork_plan::Group;

use crate::snapshot::{NamedTensor, Snapshot};
use crate::{TrainError, TrainOptions};

/// AdamW over the slots that train, each with its learning rate and weight decay.
pub struct Optimizer {
    adamw: AdamW,
    groups: Vec<Group>,
    weight_decay: f64,
    max_norm: Option<f64>,
    /// What trains now, ascending.
    slots: Vec<usize>,
    /// By place in `slots`.
    settings: Vec<Settings>,
    /// Factors on the learning rates that the plan gives: by group, and on all of them.
    rates: BTreeMap<String, f64>,
    rate: f64,
}

struct Settings {
    name: String,
    shape: Vec<usize>,
    group: usize,
    moments: Moments,
    /// Updates of the run before the first of this tensor.
    began: u64,
    weight_decay: f64,
}

impl Optimizer {
    /// An optimizer for what trains of a model, before its first update.
    #[must_use]
    pub fn new(model: &Adapted, groups: &[Group], options: &TrainOptions) -> Self {
        let (adamw, weight_decay, max_norm) = (options.adamw, options.weight_decay, options.max_grad_norm);
        let (groups, rates, rate) = (groups.to_vec(), BTreeMap::new(), 1.0);
        let (slots, settings) = (Vec::new(), Vec::new());
        let mut optimizer = Self { adamw, groups, weight_decay, max_norm, slots, settings, rates, rate };
        optimizer.follow(model, 0);
        optimizer
    }

    /// The slots that train; gradients come in this order.
    #[must_use]
    pub fn slots(&self) -> &[usize] {
        &self.slots
    }

    /// Follows what trains of the model now: drops the moments of what does not any more, and begins those of what is new
    /// after so many updates of the run.
    pub(crate) fn follow(&mut self, model: &Adapted, step: u64) {
        let trains: Vec<usize> = (0..model.slots().len()).filter(|&slot| model.trains(slot)).collect();
        if trains == self.slots {
            return;
        }
        let mut known: BTreeMap<_, _> = self.slots.drain(..).zip(self.settings.drain(..)).collect();
        let settings = |&slot: &usize| known.remove(&slot).unwrap_or_else(|| self.begin(model, slot, step));
        self.settings = trains.iter().map(settings).collect();
        self.slots = trains;
    }

    /// Begins anew with these slots, where they train.
    pub(crate) fn restart(&mut self, model: &Adapted, slots: impl Fn(usize) -> bool, step: u64) {
        for place in (0..self.slots.len()).filter(|&place| slots(self.slots[place])) {
            self.settings[place] = self.begin(model, self.slots[place], step);
        }
    }

    fn begin(&self, model: &Adapted, index: usize, step: u64) -> Settings {
        let slot = &model.slots()[index];
        // Vectors are norms and biases: decay would pull them to 0, which means nothing for them.
        let inherited = if slot.shape.rank() > 1 { self.weight_decay } else { 0.0 };
        Settings {
            name: slot.name.clone(),
            shape: slot.shape.dims().iter().map(|&d| d as usize).collect(),
            group: slot.group,
            moments: Moments::zeros(&model.tensor(index)),
            began: step,
            weight_decay: self.groups[slot.group].weight_decay.unwrap_or(inherited),
        }
    }

    /// Sets the factor on the learning rate of a group, or of all.
    pub(crate) fn scale_rate(&mut self, group: Option<&str>, factor: f64) {
        match group {
            Some(group) => drop(self.rates.insert(group.to_owned(), factor)),
            None => self.rate = factor,
        }
    }

    /// Global norm of the gradients, one element; none where there are none.
    #[must_use]
    pub fn norm(gradients: &[Tensor<2>]) -> Option<Tensor<1>> {
        global_norm(gradients)
    }

    /// The gradients as an update takes them, cut to the largest allowed norm.
    pub(crate) fn clipped(&self, gradients: &[Tensor<2>], norm: &Tensor<1>) -> Vec<Tensor<2>> {
        let Some(most) = self.max_norm else { return gradients.to_vec() };
        let factor = norm.clone().add_scalar(1e-6).recip().mul_scalar(most).clamp_max(1.0).reshape([1, 1]);
        gradients.iter().map(|gradient| gradient.clone() * factor.clone().cast(gradient.dtype())).collect()
    }

    /// Cuts the gradients to the largest allowed norm and moves every slot. `step` counts from 1; `norm` is that of the
    /// gradients. Where it is not finite, nothing moves.
    pub fn update(
        &mut self,
        model: &mut Adapted,
        gradients: Vec<Tensor<2>>,
        norm: Tensor<1>,
        step: u64,
        learning_rate: f64,
    ) {
        // Parameters and moments are given away, so that they can be changed in place.
        let Some(nothing) = gradients.first().map(|g| Tensor::<2>::empty([1, 1], &g.device())) else { return };
        // Those that began together are moved together.
        let mut ages: BTreeMap<u64, (Vec<usize>, Vec<Update>)> = BTreeMap::new();
        for (place, gradient) in gradients.into_iter().enumerate() {
            let settings = &mut self.settings[place];
            let group = &self.groups[settings.group];
            let factor = self.rate * self.rates.get(&group.name).copied().unwrap_or(1.0);
            let update = Update {
                parameter: model.set_tensor(self.slots[place], nothing.clone()),
                gradient,
                moments: std::mem::replace(
                    &mut settings.moments,
                    Moments { first: nothing.clone(), second: nothing.clone() },
                ),
                lr: learning_rate * group.learning_rate_scale * factor,
                weight_decay: settings.weight_decay,
            };
            let (places, updates) = ages.entry(step - settings.began).or_default();
            places.push(place);
            updates.push(update);
        }
        for (age, (places, updates)) in ages {
            let updated = self.adamw.update_all(updates, age, Clip { norm: norm.clone(), most: self.max_norm });
            for (place, (parameter, moments)) in places.into_iter().zip(updated) {
                model.set_tensor(self.slots[place], parameter);
                self.settings[place].moments = moments;
            }
        }
    }

    /// Moments by name, `NAME.first` and `NAME.second`.
    pub(crate) fn save(&self) -> Vec<NamedTensor> {
        let both = |s: &Settings| {
            [("first", &s.moments.first), ("second", &s.moments.second)].map(|(which, tensor)| NamedTensor {
                name: format!("{}.{which}", s.name),
                shape: s.shape.clone(),
                tensor: tensor.clone(),
            })
        };
        self.settings.iter().flat_map(both).collect()
    }

    /// Updates of the run before the first of each tensor that began late.
    pub(crate) fn began(&self) -> BTreeMap<String, u64> {
        self.settings.iter().filter(|s| s.began > 0).map(|s| (s.name.clone(), s.began)).collect()
    }

    /// Factors on learning rates: by group, and on all.
    pub(crate) fn rates(&self) -> (BTreeMap<String, f64>, f64) {
        (self.rates.clone(), self.rate)
    }

    pub(crate) fn load(
        &mut self,
        mut saved: Vec<NamedTensor>,
        began: &BTreeMap<String, u64>,
        (rates, rate): (BTreeMap<String, f64>, f64),
    ) -> Result<(), TrainError> {
        (self.rates, self.rate) = (rates, rate);
        for settings in &mut self.settings {
            let mut take = |which: &str| Snapshot::take(&mut saved, &format!("{}.{which}", settings.name));
            let moments = Moments { first: take("first")?, second: take("second")? };
            let dims = settings.moments.first.dims();
            if moments.first.dims() != dims || moments.second.dims() != dims {
                return Err(TrainError::Snapshot(format!("the moments of `{}` have another shape", settings.name)));
            }
            settings.moments = moments;
            settings.began = began.get(&settings.name).copied().unwrap_or(0);
        }
        Ok(())
    }
}
