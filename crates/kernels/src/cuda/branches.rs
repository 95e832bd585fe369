//! Linear layers that share an input, with low-rank paths beside their weights.
//!
//! What they have in common is computed once: the input goes through all of the paths' first factors together, and its
//! gradient is one product over all layers. A *stem* stands for the input, and each layer is a *branch* that reads it. Going
//! back, a branch leaves its part with the stem, whose turn comes when all branches have had theirs.

use std::sync::{Arc, Mutex, PoisonError};

use burn::backend::ops::FloatTensorOps;
use burn::backend::tensor::FloatTensor;
use burn::backend::{Autodiff, Backend, Cube, TensorMetadata, backend_extension};
use burn::tensor::FloatDType;
use burn_autodiff::checkpoint::base::Checkpointer;
use burn_autodiff::checkpoint::strategy::CheckpointStrategy;
use burn_autodiff::grads::Gradients;
use burn_autodiff::ops::{Backward, Ops};
use burn_cubecl::tensor::CubeTensor;

use super::gemm::{self, Form};
use super::graph;
use super::tensors::columns_of;

/// The input of several layers in one pass, forward and back.
#[derive(Clone, Debug)]
pub(super) struct Shared(Arc<Mutex<State>>);

#[derive(Debug)]
struct State {
    /// Factor on the paths.
    scale: f64,
    x: Option<CubeTensor>,
    /// What comes out of the paths' first factors, scaled, side by side.
    narrow: Option<CubeTensor>,
    /// Its gradient, zero where no branch has written.
    of_narrow: Option<CubeTensor>,
    /// Of each branch that has had its turn the gradient and the weight.
    parts: Vec<[CubeTensor; 2]>,
}

impl Shared {
    pub(super) fn new(scale: f64) -> Self {
        let state = State { scale, x: None, narrow: None, of_narrow: None, parts: Vec::new() };
        Self(Arc::new(Mutex::new(state)))
    }

    fn with<T>(&self, act: impl FnOnce(&mut State) -> T) -> T {
        // Nothing panics while the state is half changed.
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Columns of the narrow matrix that belong to a branch.
#[derive(Clone, Copy, Debug)]
pub(super) struct Columns {
    pub(super) first: usize,
    pub(super) count: usize,
}

#[backend_extension(Autodiff, Cube)]
pub(super) trait Branches: Backend {
    /// The input itself.
    fn gpu_stem(x: FloatTensor<Self>, shared: Shared) -> FloatTensor<Self>;
    /// The input by way of the paths' first factors, which stand below one another in `down`.
    fn gpu_stem_low_rank(x: FloatTensor<Self>, down: FloatTensor<Self>, shared: Shared) -> FloatTensor<Self>;
    /// `x · weightᵀ`.
    fn gpu_branch(stem: FloatTensor<Self>, weight: FloatTensor<Self>, shared: Shared) -> FloatTensor<Self>;
    /// `x · weightᵀ` and the path with the second factor `up`.
    fn gpu_branch_low_rank(
        stem: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        up: FloatTensor<Self>,
        columns: Columns,
        shared: Shared,
    ) -> FloatTensor<Self>;
}

impl Branches for Cube {
    fn gpu_stem(x: FloatTensor<Self>, shared: Shared) -> FloatTensor<Self> {
        shared.with(|state| state.x = Some(x.clone()));
        x
    }

    fn gpu_stem_low_rank(x: FloatTensor<Self>, down: FloatTensor<Self>, shared: Shared) -> FloatTensor<Self> {
        shared.with(|state| {
            let narrow = gemm::product(vec![[x.clone(), down]], Form::Linear, state.scale);
            (state.x, state.narrow) = (Some(x), Some(narrow.clone()));
            narrow
        })
    }

    fn gpu_branch(stem: FloatTensor<Self>, weight: FloatTensor<Self>, shared: Shared) -> FloatTensor<Self> {
        let x = shared.with(|state| state.x.clone()).unwrap_or(stem);
        gemm::product(vec![[x, weight]], Form::Linear, 1.0)
    }

    fn gpu_branch_low_rank(
        stem: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        up: FloatTensor<Self>,
        columns: Columns,
        shared: Shared,
    ) -> FloatTensor<Self> {
        let path = [columns_of(&stem, columns.first, columns.count), up];
        let pairs = shared.with(|state| state.x.clone()).map(|x| [x, weight]).into_iter().chain([path]).collect();
        gemm::product(pairs, Form::Linear, 1.0)
    }
}

#[derive(Debug)]
struct Stem;

impl Backward<Cube, 1> for Stem {
    type State = Shared;

    fn backward(self, ops: Ops<Self::State, 1>, grads: &mut Gradients, _: &mut Checkpointer) {
        let parts = ops.state.with(|state| std::mem::take(&mut state.parts));
        if let ([Some(node)], Some(gradient)) = (ops.parents, joint(parts, None)) {
            grads.register::<Cube>(node.id, gradient);
        }
    }
}

#[derive(Debug)]
struct StemLowRank;

impl Backward<Cube, 2> for StemLowRank {
    /// With the paths' first factors.
    type State = (Shared, CubeTensor);

    fn backward(self, ops: Ops<Self::State, 2>, grads: &mut Gradients, _: &mut Checkpointer) {
        let ((shared, down), [of_x, of_down]) = (ops.state, ops.parents);
        let state =
            shared.with(|state| Some((state.x.take()?, state.of_narrow.take(), std::mem::take(&mut state.parts))));
        let Some((x, of_narrow, parts)) = state else { return };
        if let Some((node, of_narrow)) = of_down.zip(of_narrow.clone()) {
            grads.register::<Cube>(node.id, gemm::thin(x, of_narrow, true));
        }
        let path = of_narrow.map(|of_narrow| [of_narrow, down]);
        if let Some((node, gradient)) = of_x.zip(joint(parts, path)) {
            grads.register::<Cube>(node.id, gradient);
        }
    }
}

/// The sum of products of gradients and weights.
fn joint(parts: Vec<[CubeTensor; 2]>, path: Option<[CubeTensor; 2]>) -> Option<CubeTensor> {
    let pairs: Vec<_> = parts.into_iter().chain(path).collect();
    let products = pairs.chunks(gemm::TOGETHER).map(|pairs| gemm::product(pairs.to_vec(), Form::Plain, 1.0));
    products.reduce(Cube::float_add)
}

#[derive(Debug)]
struct Branch;

impl Backward<Cube, 2> for Branch {
    /// With the weight.
    type State = (Shared, CubeTensor);

    fn backward(self, ops: Ops<Self::State, 2>, grads: &mut Gradients, _: &mut Checkpointer) {
        let gradient = grads.consume::<Cube>(&ops.node);
        let ((shared, weight), [stem, of_weight]) = (ops.state, ops.parents);
        let x = shared.with(|state| state.x.clone());
        if let Some((node, x)) = of_weight.zip(x) {
            let of_weight = gemm::of_weight(gradient.clone(), x);
            grads.register::<Cube>(node.id, of_weight);
        }
        if stem.is_some() {
            shared.with(|state| state.parts.push([gradient, weight]));
        }
    }
}

#[derive(Debug)]
struct BranchLowRank;

#[derive(Clone, Debug)]
struct KeptOfBranch {
    shared: Shared,
    weight: CubeTensor,
    up: CubeTensor,
    columns: Columns,
}

impl Backward<Cube, 3> for BranchLowRank {
    type State = KeptOfBranch;

    fn backward(self, ops: Ops<Self::State, 3>, grads: &mut Gradients, _: &mut Checkpointer) {
        let gradient = grads.consume::<Cube>(&ops.node);
        let (KeptOfBranch { shared, weight, up, columns }, [stem, of_weight, of_up]) = (ops.state, ops.parents);
        let (x, narrow, scale) = shared.with(|state| (state.x.clone(), state.narrow.clone(), state.scale));
        let Some((x, narrow)) = x.zip(narrow) else { return };
        if let Some(node) = of_weight {
            let of_weight = gemm::of_weight(gradient.clone(), x);
            grads.register::<Cube>(node.id, of_weight);
        }
        if let Some(node) = of_up {
            let own = columns_of(&narrow, columns.first, columns.count);
            grads.register::<Cube>(node.id, gemm::thin(gradient.clone(), own, false));
        }
        if stem.is_none() {
            return;
        }
        shared.with(|state| {
            let all = state
                .of_narrow
                .get_or_insert_with(|| Cube::float_zeros(narrow.shape(), &narrow.device, FloatDType::BF16));
            let own = columns_of(all, columns.first, columns.count);
            gemm::product_into(own, [gradient.clone(), up], Form::Plain, scale);
            state.parts.push([gradient, weight]);
        });
    }
}

impl<C: CheckpointStrategy> Branches for Autodiff<Cube, C> {
    fn gpu_stem(x: FloatTensor<Self>, shared: Shared) -> FloatTensor<Self> {
        let (x, node) = x.into_parts();
        let stem = Cube::gpu_stem(x, shared.clone());
        graph::result::<C, _, _>(Stem, [node], shared, stem)
    }

    fn gpu_stem_low_rank(x: FloatTensor<Self>, down: FloatTensor<Self>, shared: Shared) -> FloatTensor<Self> {
        let ((x, x_node), (down, down_node)) = (x.into_parts(), down.into_parts());
        let stem = Cube::gpu_stem_low_rank(x, down.clone(), shared.clone());
        graph::result::<C, _, _>(StemLowRank, [x_node, down_node], (shared, down), stem)
    }

    fn gpu_branch(stem: FloatTensor<Self>, weight: FloatTensor<Self>, shared: Shared) -> FloatTensor<Self> {
        let ((stem, stem_node), (weight, weight_node)) = (stem.into_parts(), weight.into_parts());
        let y = Cube::gpu_branch(stem, weight.clone(), shared.clone());
        graph::result::<C, _, _>(Branch, [stem_node, weight_node], (shared, weight), y)
    }

    fn gpu_branch_low_rank(
        stem: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        up: FloatTensor<Self>,
        columns: Columns,
        shared: Shared,
    ) -> FloatTensor<Self> {
        let (stem, stem_node) = stem.into_parts();
        let ((weight, weight_node), (up, up_node)) = (weight.into_parts(), up.into_parts());
        let y = Cube::gpu_branch_low_rank(stem, weight.clone(), up.clone(), columns, shared.clone());
        graph::result::<C, _, _>(
            BranchLowRank,
            [stem_node, weight_node, up_node],
            KeptOfBranch { shared, weight, up, columns },
            y,
        )
    }
}
