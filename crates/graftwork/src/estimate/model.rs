//! The weights of a model under a plan, and how layers apply them: what `graftwork_adapt`'s `Session` does, in shadows.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use graftwork_model::Linear;
use graftwork_plan::{AdapterTensor, Dtype, Manifest, Param, ParamId, Plan};

use super::expression::{Expression, Scope};
use super::shadow::Tensor;
use super::tape::Tape;
use super::value::Value;
use super::{BF16, F32};

/// What computes: the processor, or kernels of ours that keep less.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Computes {
    /// burn's operations, in f32.
    Operations,
    /// `kernels/src/cuda`, in bf16.
    Kernels,
}

/// A parameter's value.
#[derive(Clone)]
enum Weight {
    /// As it is, or as it trains.
    Own(Tensor),
    /// Another parameter's.
    Tied(ParamId),
    /// An adapter of the plan over it, with the adapter's tensors.
    Adapted(Tensor, usize, Vec<Tensor>),
}

/// The weights, on a tape.
#[derive(Clone)]
pub(super) struct Model<'a> {
    pub(super) computes: Computes,
    pub(super) tape: Rc<Tape>,
    plan: &'a Plan,
    manifest: &'a Manifest,
    weights: Vec<Weight>,
    shared: BTreeMap<String, Tensor>,
}

impl<'a> Model<'a> {
    /// Takes the memory of all weights, and of all tensors of the plan.
    pub(super) fn new(computes: Computes, on_gpu: bool, plan: &'a Plan, manifest: &'a Manifest) -> Self {
        let tape = Rc::new(Tape::new(on_gpu));
        let in_place: BTreeSet<_> = plan.trainable().iter().map(|trained| trained.param).collect();
        let own = |id, param: &Param| match computes {
            // The base of what trains is not kept beside it.
            _ if in_place.contains(&id) => tape.constant(param.shape.elements(), F32).leaf(),
            Computes::Kernels if param.dtype == Dtype::Bf16 => tape.constant(param.shape.elements(), BF16),
            _ => tape.constant(param.shape.elements(), F32),
        };
        let weight = |(id, param): (_, &Param)| param.tied_to.map_or_else(|| Weight::Own(own(id, param)), Weight::Tied);
        let mut weights: Vec<_> = manifest.iter().map(weight).collect();
        let tensor = |tensor: &AdapterTensor| {
            let value = tape.constant(tensor.shape.elements(), F32);
            if tensor.trainable { value.leaf() } else { value }
        };
        for (index, adapter) in plan.adapters().iter().enumerate() {
            let place = &mut weights[adapter.target.index()];
            if let Weight::Own(base) = place {
                *place = Weight::Adapted(base.clone(), index, adapter.tensors.iter().map(tensor).collect());
            }
        }
        let shared = plan.shared().iter().map(|t| (t.name.clone(), tensor(t))).collect();
        Self { computes, tape, plan, manifest, weights, shared }
    }

    /// What trains.
    pub(super) fn leaves(&self) -> Vec<Tensor> {
        let tensors = self.weights.iter().flat_map(|weight| match weight {
            Weight::Own(tensor) => std::slice::from_ref(tensor),
            Weight::Adapted(_, _, tensors) => tensors,
            Weight::Tied(_) => &[],
        });
        tensors.chain(self.shared.values()).filter(|tensor| tensor.is_tracked()).cloned().collect()
    }

    /// The same without anything that has a gradient.
    pub(super) fn detached(&self) -> Self {
        let own = |tensor: &Tensor| tensor.clone().detached();
        let weights = self.weights.iter().map(|weight| match weight {
            Weight::Own(tensor) => Weight::Own(own(tensor)),
            Weight::Tied(source) => Weight::Tied(*source),
            Weight::Adapted(base, index, tensors) => {
                Weight::Adapted(base.clone(), *index, tensors.iter().map(own).collect())
            }
        });
        let shared = self.shared.iter().map(|(name, tensor)| (name.clone(), own(tensor))).collect();
        Self { weights: weights.collect(), shared, tape: Rc::clone(&self.tape), ..*self }
    }

    /// Rows and columns of a parameter as a matrix.
    pub(super) fn dims(&self, param: ParamId) -> [u64; 2] {
        let elements = self.manifest.params[param.index()].shape.elements();
        let columns = self.manifest.params[param.index()].shape.dims().last().copied().unwrap_or(1).max(1);
        [elements / columns, columns]
    }

    /// Its tensor, where no adapter is on it.
    pub(super) fn plain(&self, param: ParamId) -> Option<Tensor> {
        match &self.weights[param.index()] {
            Weight::Own(tensor) => Some(self.computing(tensor)),
            Weight::Tied(source) => self.plain(*source),
            Weight::Adapted(..) => None,
        }
    }

    /// In the type that is computed in: what trains has f32 beside it.
    pub(super) fn computing(&self, tensor: &Tensor) -> Tensor {
        match self.computes {
            Computes::Operations => tensor.clone(),
            Computes::Kernels => tensor.clone().cast(BF16),
        }
    }

    fn adapted<T>(&self, param: ParamId, rows: u64, then: impl FnOnce(Expression<'_>) -> T) -> Option<T> {
        match &self.weights[param.index()] {
            Weight::Own(_) => None,
            Weight::Tied(source) => self.adapted(*source, rows, then),
            Weight::Adapted(base, index, tensors) => {
                let adapter = &self.plan.adapters()[*index];
                let tensors: Vec<_> = tensors.iter().map(|tensor| self.computing(tensor)).collect();
                let used = adapter.shared();
                let shared = self.shared.iter().filter(|(name, _)| used.contains(name.as_str()));
                let shared = shared.map(|(name, tensor)| (name.clone(), self.computing(tensor))).collect();
                let scope = Scope { base: base.clone(), tensors, shared, computes: self.computes };
                // As a session asks for them: once for each power of two.
                let readings = self.plan.readings(adapter, rows.next_power_of_two());
                Some(then(Expression { graph: &adapter.effective, readings: &readings, scope: &scope }))
            }
        }
    }

    /// `[tokens, in]` to `[tokens, out]`.
    pub(super) fn linear(&self, layer: Linear, x: Tensor, tokens: u64) -> Tensor {
        let [out, _] = self.dims(layer.weight);
        let y = match self.plain(layer.weight) {
            Some(weight) => self.computes.linear(x, weight, tokens * out),
            None => {
                let input = x.clone();
                self.adapted(layer.weight, tokens, |expression| expression.apply(input, tokens)).unwrap_or(x)
            }
        };
        match layer.bias {
            Some(bias) => y.plus(self.value(bias)),
            None => y,
        }
    }

    /// Rows of a table.
    pub(super) fn embedding(&self, table: ParamId, tokens: u64) -> Tensor {
        let [_, columns] = self.dims(table);
        match self.plain(table) {
            Some(weight) => self.computes.rows(weight, tokens * columns),
            None => self
                .adapted(table, 1, |expression| expression.rows(tokens))
                .unwrap_or_else(|| self.tape.constant(tokens * columns, F32)),
        }
    }

    /// A parameter as a whole.
    #[expect(
        clippy::redundant_closure_for_method_calls,
        reason = "the method itself is of one lifetime, and any is asked for"
    )]
    pub(super) fn value(&self, param: ParamId) -> Tensor {
        let [rows, columns] = self.dims(param);
        self.plain(param)
            .or_else(|| self.adapted(param, 1, |expression| expression.value()))
            .unwrap_or_else(|| self.tape.constant(rows * columns, F32))
    }
}

impl Computes {
    /// Rows of a table.
    fn rows(self, table: Tensor, elements: u64) -> Tensor {
        match self {
            Self::Operations => table.rows(elements),
            Self::Kernels => {
                let value = table.value().like(elements);
                Tensor::kernel([(table, F32)], value, Vec::new())
            }
        }
    }

    /// `x · weightᵀ`.
    pub(super) fn linear(self, x: Tensor, weight: Tensor, elements: u64) -> Tensor {
        match self {
            Self::Operations => x.product(weight.turned(), elements),
            Self::Kernels => {
                let value = x.value().like(elements);
                let kept = kept_of_products([(&x, &weight)]);
                Tensor::kernel([(x, BF16), (weight, F32)], value, kept)
            }
        }
    }

    /// `x · weightᵀ + y · otherᵀ`, in kernels in one pass over the result.
    pub(super) fn pair(self, [x, weight]: [Tensor; 2], [y, other]: [Tensor; 2], elements: u64) -> Tensor {
        match self {
            Self::Operations => self.linear(x, weight, elements).plus(self.linear(y, other, elements)),
            Self::Kernels => {
                let value = x.value().like(elements);
                let kept = kept_of_products([(&x, &weight), (&y, &other)]);
                Tensor::kernel([(x, BF16), (weight, F32), (y, BF16), (other, F32)], value, kept)
            }
        }
    }
}

/// Of a product's two operands each is kept where the other one has a gradient.
fn kept_of_products<const N: usize>(products: [(&Tensor, &Tensor); N]) -> Vec<Value> {
    let both = products.into_iter().flat_map(|(x, weight)| [(x, weight), (weight, x)]);
    both.filter(|(_, other)| other.is_tracked()).map(|(kept, _)| kept.value().clone()).collect()
}
