//! The parameters of one forward pass.

use burn::tensor::{DType, Int, Tensor};
use graftwork_kernels::embedding::embedding;
use graftwork_kernels::linear::{Layer, linear, linears};
use graftwork_kernels::random::Key;
use graftwork_model::Parameters;
use graftwork_plan::{Graph, ParamId};

use crate::adapted::{Adapted, Slot, Weight};
use crate::apply::{apply, layer};
use crate::materialize::materialize;
use crate::rows::rows;
use crate::scope::{Dropout, Scope, as_weight, full_precision};

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
    /// By slot, in full precision: the gradient is asked of these.
    leaves: Vec<Tensor<2>>,
    dropout: Dropout,
}

impl<'a> Session<'a> {
    pub(crate) fn new(model: &'a Adapted, mode: &Mode) -> Self {
        let (tracked, dropout) = match mode {
            Mode::Training { key } => (true, Some(*key)),
            Mode::Evaluation => (false, None),
        };
        let leaf = |(index, slot): (usize, &Slot)| {
            let tensor = model.tensor(index);
            if tracked && slot.trainable && !model.frozen[index] { tensor.autodiff().require_grad() } else { tensor }
        };
        Self { model, leaves: model.slots().iter().enumerate().map(leaf).collect(), dropout }
    }

    /// The same pass with nothing tracked: what was dropped out is again.
    #[must_use]
    pub fn detached(&self) -> Self {
        let leaves = self.leaves.iter().map(|leaf| leaf.clone().inner()).collect();
        Self { model: self.model, leaves, dropout: self.dropout }
    }

    /// The tensor of a slot in this pass, to ask the gradients for.
    #[must_use]
    pub fn leaf(&self, slot: usize) -> &Tensor<2> {
        &self.leaves[slot]
    }

    /// The leaf in the type that the weights compute in; the gradient passes through the cast.
    fn computing(&self, slot: usize, dtype: DType) -> Tensor<2> {
        let leaf = self.leaves[slot].clone();
        if leaf.dtype() == dtype { leaf } else { leaf.cast(dtype) }
    }

    /// Calls `plain` with the weight of a parameter that has no adapter, or `adapted` with its adapter and scope.
    fn with<T>(
        &self,
        param: ParamId,
        plain: impl FnOnce(Tensor<2>) -> T,
        adapted: impl FnOnce(usize, &Scope<'_>) -> T,
    ) -> T {
        match self.model.weight(param) {
            Weight::Frozen(weight) => plain(weight.clone()),
            Weight::Trained { slot, dtype } => plain(self.computing(*slot, *dtype)),
            Weight::Tied(source) => self.with(*source, plain, adapted),
            Weight::Adapted { base, adapter, first } => {
                let expressions = &self.model.plan().adapters()[*adapter];
                let computing = |slot| self.computing(slot, base.dtype());
                let tensors: Vec<_> = (*first..first + expressions.tensors.len()).map(computing).collect();
                let shared = self.model.shared_of(expressions, computing);
                let dropout = self.dropout.map(|key| key.child(self.model.name(param)));
                let scope = Scope { shared: &shared, dropout, ..Scope::new(base, &tensors) };
                adapted(*adapter, &scope)
            }
        }
    }

    /// What the adapters add to the loss, one element in full precision; none where no adapter adds anything.
    #[must_use]
    pub fn penalty(&self) -> Option<Tensor<1>> {
        let penalties = self.model.plan().adapters().iter().filter_map(|adapter| {
            let penalty = adapter.penalty.as_ref()?;
            let number = |_: usize, scope: &Scope<'_>| full_precision(materialize(penalty, penalty.root(), scope));
            Some(self.with(adapter.target, |weight| weight, number).reshape([1]))
        });
        penalties.reduce(|a, b| a + b)
    }

    fn biased(&self, y: Tensor<2>, bias: Option<ParamId>) -> Tensor<2> {
        match bias {
            Some(bias) => y + self.value(bias),
            None => y,
        }
    }

    fn effective(&self, adapter: usize) -> &Graph {
        &self.model.plan().adapters()[adapter].effective
    }
}

impl Parameters for Session<'_> {
    fn linear(&self, weight: ParamId, bias: Option<ParamId>, x: Tensor<2>) -> Tensor<2> {
        let tokens = x.dims()[0] as u64;
        let y = self.with(
            weight,
            |w| linear(x.clone(), w),
            |adapter, scope| apply(self.effective(adapter), &self.model.readings(adapter, tokens), scope, x.clone()),
        );
        self.biased(y, bias)
    }

    fn linears(&self, weights: &[(ParamId, Option<ParamId>)], x: Tensor<2>) -> Vec<Tensor<2>> {
        let tokens = x.dims()[0] as u64;
        let layer = |weight| {
            self.with(
                weight,
                |weight| Some(Layer { weight, path: None }),
                |adapter, scope| layer(self.effective(adapter), &self.model.readings(adapter, tokens), scope),
            )
        };
        let Some(layers) = weights.iter().map(|(weight, _)| layer(*weight)).collect() else {
            return weights.iter().map(|(weight, bias)| self.linear(*weight, *bias, x.clone())).collect();
        };
        linears(x, layers).into_iter().zip(weights).map(|(y, (_, bias))| self.biased(y, *bias)).collect()
    }

    fn embedding(&self, weight: ParamId, ids: Tensor<1, Int>) -> Tensor<2> {
        self.with(
            weight,
            |w| embedding(w, ids.clone()),
            |adapter, scope| rows(self.effective(adapter), &self.model.readings(adapter, 1), scope, &ids),
        )
    }

    fn value(&self, param: ParamId) -> Tensor<2> {
        self.with(
            param,
            |weight| weight,
            |adapter, scope| as_weight(materialize(self.effective(adapter), self.effective(adapter).root(), scope)),
        )
    }

    fn plain(&self, param: ParamId) -> Option<Tensor<2>> {
        self.with(param, Some, |_, _| None)
    }
}
