//! The parameters of one forward pass.

use burn::tensor::{Int, Tensor};
use graftwork_kernels::random::Key;
use graftwork_model::Parameters;
use graftwork_plan::ParamId;

use crate::adapted::{Adapted, Place};
use crate::apply::apply;
use crate::materialize::materialize;
use crate::rows::rows;
use crate::scope::{Dropout, Scope};

/// What a forward pass is for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Mode {
    /// What trains is tracked, and dropout draws from this key, which is another in every pass.
    Training {
        /// The pass's own stream.
        key: Key,
    },
    /// Nothing is tracked or dropped.
    Evaluation,
}

/// A view of the model's parameters whose trainable tensors are leaves of the gradient.
pub struct Session<'a> {
    model: &'a Adapted,
    /// By slot, as they are stored: the gradient is asked of these.
    leaves: Vec<Tensor<2>>,
    dropout: Dropout,
}

impl<'a> Session<'a> {
    pub(crate) fn new(model: &'a Adapted, tensors: &[Tensor<2>], mode: &Mode) -> Self {
        let (tracked, dropout) = match mode {
            Mode::Training { key } => (true, Some(*key)),
            Mode::Evaluation => (false, None),
        };
        let leaf = |(slot, tensor): (usize, &Tensor<2>)| {
            let tensor = tensor.clone();
            if tracked && model.slots()[slot].trainable { tensor.autodiff().require_grad() } else { tensor }
        };
        Self { model, leaves: tensors.iter().enumerate().map(leaf).collect(), dropout }
    }

    /// The tensor of a slot in this pass, to ask the gradients for.
    #[must_use]
    pub fn leaf(&self, slot: usize) -> &Tensor<2> {
        &self.leaves[slot]
    }

    /// The leaf in the type that the weights compute in.
    fn computing(&self, slot: usize, like: &Tensor<2>) -> Tensor<2> {
        let leaf = self.leaves[slot].clone();
        if leaf.dtype() == like.dtype() { leaf } else { leaf.cast(like.dtype()) }
    }

    /// Calls `plain` with the weight of a parameter that has no adapter, or `adapted` with its adapter and scope.
    fn with<T>(
        &self,
        param: ParamId,
        plain: impl FnOnce(Tensor<2>) -> T,
        adapted: impl FnOnce(ParamId, usize, &Scope<'_>) -> T,
    ) -> T {
        let source = self.model.source(param);
        let base = self.model.base(source);
        match self.model.places.get(&source) {
            None => plain(base.clone()),
            Some(Place::Slot(slot)) => plain(self.computing(*slot, base)),
            Some(Place::Adapter { adapter, first }) => {
                let count = self.model.plan().adapters()[*adapter].tensors.len();
                let tensors: Vec<_> = (*first..first + count).map(|slot| self.computing(slot, base)).collect();
                let dropout = self.dropout.map(|key| key.child(self.model.name(source)));
                // No op of an effective weight draws from the key.
                let scope = Scope { base, tensors: &tensors, deltas: &[], key: Key::new(0), dropout };
                adapted(source, *adapter, &scope)
            }
        }
    }

    pub(crate) fn weight(&self, param: ParamId) -> Tensor<2> {
        self.with(
            param,
            |weight| weight,
            |_, adapter, scope| {
                let graph = &self.model.plan().adapters()[adapter].effective;
                materialize(graph, graph.root(), scope)
            },
        )
    }
}

impl Parameters for Session<'_> {
    fn linear(&self, weight: ParamId, bias: Option<ParamId>, x: Tensor<2>) -> Tensor<2> {
        let tokens = x.dims()[0] as u64;
        let input = x.clone();
        let y = self.with(
            weight,
            |w| input.matmul(w.transpose()),
            |target, adapter, scope| {
                let readings = self.model.readings(target, adapter, tokens);
                apply(&self.model.plan().adapters()[adapter].effective, &readings, scope, x)
            },
        );
        match bias {
            Some(bias) => y + self.weight(bias),
            None => y,
        }
    }

    fn embedding(&self, weight: ParamId, ids: Tensor<1, Int>) -> Tensor<2> {
        self.with(
            weight,
            |w| w.select(0, ids.clone()),
            |target, adapter, scope| {
                let readings = self.model.readings(target, adapter, 1);
                rows(&self.model.plan().adapters()[adapter].effective, &readings, scope, &ids)
            },
        )
    }

    fn value(&self, param: ParamId) -> Tensor<2> {
        self.weight(param)
    }
}
