//! The optimizer over all trained tensors of a run.

use burn::tensor::Tensor;
use graftwork_adapt::{Adapted, Slot};
use graftwork_kernels::adamw::{AdamW, Moments, global_norm};
use graftwork_plan::Group;

use crate::snapshot::{NamedTensor, Snapshot};
use crate::{TrainError, TrainOptions};

/// AdamW with each slot's learning rate and weight decay.
pub struct Optimizer {
    adamw: AdamW,
    slots: Vec<Settings>,
    max_norm: Option<f64>,
}

struct Settings {
    moments: Moments,
    learning_rate_scale: f64,
    weight_decay: f64,
}

impl Optimizer {
    /// An optimizer for the slots of a model, before its first update.
    #[must_use]
    pub fn new(model: &Adapted, groups: &[Group], options: &TrainOptions) -> Self {
        let settings = |(index, slot): (usize, &Slot)| {
            let group = &groups[slot.group];
            // Vectors are norms and biases: decay would pull them to 0, which means nothing for them.
            let inherited = if slot.shape.rank() > 1 { options.weight_decay } else { 0.0 };
            Settings {
                moments: Moments::zeros(&model.tensor(index)),
                learning_rate_scale: group.learning_rate_scale,
                weight_decay: group.weight_decay.unwrap_or(inherited),
            }
        };
        let slots = model.slots().iter().enumerate().map(settings).collect();
        Self { adamw: options.adamw, slots, max_norm: options.max_grad_norm }
    }

    /// Global norm of the gradients, read back to the host.
    #[must_use]
    pub fn norm(gradients: &[Tensor<2>]) -> f64 {
        global_norm(gradients).map_or(0.0, |norm| norm.into_scalar::<f64>())
    }

    /// Cuts the gradients to the largest allowed norm and moves every slot. `step` counts from 1; `norm` is that of the
    /// gradients.
    pub fn update(&mut self, model: &mut Adapted, gradients: Vec<Tensor<2>>, norm: f64, step: u64, learning_rate: f64) {
        // As torch.nn.utils.clip_grad_norm_, with its 1e-6.
        let cut = self.max_norm.map_or(1.0, |max| (max / (norm + 1e-6)).min(1.0));
        for (index, (slot, gradient)) in self.slots.iter_mut().zip(gradients).enumerate() {
            let gradient = if cut < 1.0 { gradient.mul_scalar(cut) } else { gradient };
            let lr = learning_rate * slot.learning_rate_scale;
            let parameter = model.tensor(index);
            let moments = slot.moments.clone();
            let (updated, moments) = self.adamw.update(parameter, gradient, moments, step, lr, slot.weight_decay);
            model.set_tensor(index, updated);
            slot.moments = moments;
        }
    }

    pub(crate) fn save(&self, slots: &[Slot]) -> Vec<NamedTensor> {
        let both = |(settings, slot): (&Settings, &Slot)| {
            let shape: Vec<usize> = slot.shape.dims().iter().map(|&d| d as usize).collect();
            [("first", &settings.moments.first), ("second", &settings.moments.second)].map(|(which, tensor)| {
                NamedTensor { name: format!("{}.{which}", slot.name), shape: shape.clone(), tensor: tensor.clone() }
            })
        };
        self.slots.iter().zip(slots).flat_map(both).collect()
    }

    pub(crate) fn load(&mut self, slots: &[Slot], mut saved: Vec<NamedTensor>) -> Result<(), TrainError> {
        for (settings, slot) in self.slots.iter_mut().zip(slots) {
            let mut take = |which: &str| Snapshot::take(&mut saved, &format!("{}.{which}", slot.name));
            let moments = Moments { first: take("first")?, second: take("second")? };
            if moments.first.dims() != settings.moments.first.dims() || moments.second.dims() != moments.first.dims() {
                return Err(TrainError::Snapshot(format!("the moments of `{}` have another shape", slot.name)));
            }
            settings.moments = moments;
        }
        Ok(())
    }
}
