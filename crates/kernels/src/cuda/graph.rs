//! Operations in burn's graph of gradients.

use burn::backend::tensor::FloatTensor;
use burn::backend::{Autodiff, Cube};
use burn_autodiff::checkpoint::strategy::CheckpointStrategy;
use burn_autodiff::ops::{Backward, NodeGuard, OpsKind};
use burn_cubecl::tensor::CubeTensor;

/// The result of an operation on the tensors of `nodes`. Where one of them is tracked, so is the result: `backward` is its step
/// back, and keeps `state`.
pub(super) fn result<C: CheckpointStrategy, B: Backward<Cube, N>, const N: usize>(
    backward: B,
    nodes: [NodeGuard; N],
    state: B::State,
    result: CubeTensor,
) -> FloatTensor<Autodiff<Cube, C>> {
    match backward.prepare::<C>(nodes).compute_bound().stateful() {
        OpsKind::Tracked(prep) => prep.finish(state, result),
        OpsKind::UnTracked(prep) => prep.finish(result),
    }
}
