//! Carries out what controllers want done between two updates.

use graftwork_adapt::Adapted;
use graftwork_plan::Action;

use crate::snapshot::{NamedTensor, Steering};
use crate::{Optimizer, TrainError};

/// What is left for the loop to do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Wanted {
    pub(crate) checkpoint: bool,
    pub(crate) stop: bool,
}

/// Carries out actions after so many updates.
pub(crate) fn carry_out(
    model: &mut Adapted,
    optimizer: &mut Optimizer,
    step: u64,
    actions: Vec<Action>,
) -> Result<Wanted, TrainError> {
    let mut wanted = Wanted::default();
    for action in actions {
        match action {
            Action::ScaleLearningRate { group, factor } => optimizer.scale_rate(group.as_deref(), factor),
            Action::Freeze(param) => model.set_frozen(param, true),
            Action::Unfreeze(param) => model.set_frozen(param, false),
            Action::Keep { param, tensor, rows } => {
                if let Some(slot) = model.slot_of(param, &tensor) {
                    model.keep_rows(slot, &rows);
                }
            }
            Action::MergeAndRestart => {
                model.merge_and_restart()?;
                let in_place = model.plan().trainable().len();
                let adapters = model.slots().len() - in_place;
                optimizer.restart(model, |slot| slot < adapters, step);
            }
            Action::Checkpoint => wanted.checkpoint = true,
            Action::Stop(_) => wanted.stop = true,
        }
    }
    optimizer.follow(model, step);
    Ok(wanted)
}

/// What has been changed so far.
pub(crate) fn changed(model: &Adapted, optimizer: &Optimizer, begun: bool, stopped: bool) -> Steering {
    let frozen = model.slots().iter().enumerate().filter(|(slot, s)| s.trainable && !model.trains(*slot));
    let (rates, rate) = optimizer.rates();
    let frozen = frozen.map(|(_, slot)| slot.name.clone()).collect();
    Steering { frozen, began: optimizer.began(), rates, rate, restarts: model.restarts(), begun, stopped }
}

/// The weights under the adapters, where they are no longer the model's own.
pub(crate) fn bases(model: &Adapted) -> Vec<NamedTensor> {
    if model.restarts() == 0 {
        return Vec::new();
    }
    let named = |(param, tensor)| {
        let param = model.param(param);
        let shape = param.shape.dims().iter().map(|&d| d as usize).collect();
        NamedTensor { name: param.name.clone(), shape, tensor }
    };
    model.bases().map(named).collect()
}
