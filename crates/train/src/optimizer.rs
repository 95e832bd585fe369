//! The optimizer over all trained tensors of a run.

use burn::tensor::Tensor;
use graftwork_adapt::Adapted;
use graftwork_kernels::adamw::{AdamW, Clip, Moments, Update, global_norm};
use graftwork_plan::Group;

use crate::snapshot::{NamedTensor, Snapshot};
use crate::{TrainError, TrainOptions};

/// AdamW over the slots that train, each with its learning rate and weight decay.
pub struct Optimizer {
    adamw: AdamW,
    slots: Vec<usize>,
    settings: Vec<Settings>,
    max_norm: Option<f64>,
}

struct Settings {
    name: String,
    shape: Vec<usize>,
    moments: Moments,
    learning_rate_scale: f64,
    weight_decay: f64,
}

impl Optimizer {
    /// An optimizer for what trains of a model, before its first update.
    #[must_use]
    pub fn new(model: &Adapted, groups: &[Group], options: &TrainOptions) -> Self {
        let slots: Vec<usize> = (0..model.slots().len()).filter(|&i| model.slots()[i].trainable).collect();
        let settings = |&index: &usize| {
            let slot = &model.slots()[index];
            let group = &groups[slot.group];
            // Vectors are norms and biases: decay would pull them to 0, which means nothing for them.
            let inherited = if slot.shape.rank() > 1 { options.weight_decay } else { 0.0 };
            Settings {
                name: slot.name.clone(),
                shape: slot.shape.dims().iter().map(|&d| d as usize).collect(),
                moments: Moments::zeros(&model.tensor(index)),
                learning_rate_scale: group.learning_rate_scale,
                weight_decay: group.weight_decay.unwrap_or(inherited),
            }
        };
        let settings = slots.iter().map(settings).collect();
        Self { adamw: options.adamw, slots, settings, max_norm: options.max_grad_norm }
    }

    /// The slots that train; gradients come in this order.
    #[must_use]
    pub fn slots(&self) -> &[usize] {
        &self.slots
    }

    /// Global norm of the gradients, one element; none where there are none.
    #[must_use]
    pub fn norm(gradients: &[Tensor<2>]) -> Option<Tensor<1>> {
        global_norm(gradients)
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
        let update = |((&index, settings), gradient): ((&usize, &mut Settings), Tensor<2>)| Update {
            parameter: model.set_tensor(index, nothing.clone()),
            gradient,
            moments: std::mem::replace(
                &mut settings.moments,
                Moments { first: nothing.clone(), second: nothing.clone() },
            ),
            lr: learning_rate * settings.learning_rate_scale,
            weight_decay: settings.weight_decay,
        };
        let updates = self.slots.iter().zip(&mut self.settings).zip(gradients).map(update).collect();
        let updated = self.adamw.update_all(updates, step, Clip { norm, most: self.max_norm });
        for ((&index, settings), (parameter, moments)) in self.slots.iter().zip(&mut self.settings).zip(updated) {
            model.set_tensor(index, parameter);
            settings.moments = moments;
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

    pub(crate) fn load(&mut self, mut saved: Vec<NamedTensor>) -> Result<(), TrainError> {
        for settings in &mut self.settings {
            let mut take = |which: &str| Snapshot::take(&mut saved, &format!("{}.{which}", settings.name));
            let moments = Moments { first: take("first")?, second: take("second")? };
            let dims = settings.moments.first.dims();
            if moments.first.dims() != dims || moments.second.dims() != dims {
                return Err(TrainError::Snapshot(format!("the moments of `{}` have another shape", settings.name)));
            }
            settings.moments = moments;
        }
        Ok(())
    }
}
