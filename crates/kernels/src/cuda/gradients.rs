//! Gradients of the kernels' operations.

use burn::backend::ops::FloatTensorOps;
use burn::backend::tensor::{FloatTensor, IntTensor};
use burn::backend::{Autodiff, Backend};
use burn_autodiff::checkpoint::base::Checkpointer;
use burn_autodiff::checkpoint::strategy::CheckpointStrategy;
use burn_autodiff::grads::Gradients;
use burn_autodiff::ops::{Backward, Ops, OpsKind};

use super::attention::Seen;
use super::gemm::Form;
use super::ops::{Gpu, Raw, Triple};

#[derive(Debug)]
struct Linear;

/// Of each product the input where the weight has a gradient, and the weight where the input has one.
type KeptOfLinear<B> = Vec<[Option<FloatTensor<B>>; 2]>;

impl<B: Raw, const N: usize> Backward<B, N> for Linear {
    type State = KeptOfLinear<B>;

    fn backward(self, ops: Ops<Self::State, N>, grads: &mut Gradients, _: &mut Checkpointer) {
        let gradient = grads.consume::<B>(&ops.node);
        let mut nodes = ops.parents.into_iter();
        for [x, weight] in ops.state {
            let (of_x, of_weight) = (nodes.next().flatten(), nodes.next().flatten());
            if let Some((node, weight)) = of_x.zip(weight) {
                grads.register::<B>(node.id, B::product(vec![[gradient.clone(), weight]], Form::Plain, 1.0));
            }
            if let Some((node, x)) = of_weight.zip(x) {
                grads.register::<B>(node.id, B::product(vec![[gradient.clone(), x]], Form::Transposed, 1.0));
            }
        }
    }
}

/// The node of a sum of products, whose inputs are those of all of them in turn.
fn linear<B: Raw, C: CheckpointStrategy, const N: usize>(
    inputs: [FloatTensor<Autodiff<B, C>>; N],
) -> FloatTensor<Autodiff<B, C>> {
    let tracked = inputs.each_ref().map(<FloatTensor<Autodiff<B, C>>>::is_tracked);
    let nodes = inputs.each_ref().map(<FloatTensor<Autodiff<B, C>>>::node);
    let tensors: Vec<FloatTensor<B>> = inputs.into_iter().map(<FloatTensor<Autodiff<B, C>>>::into_primitive).collect();
    let pairs: Vec<[FloatTensor<B>; 2]> = tensors.chunks_exact(2).map(|p| [p[0].clone(), p[1].clone()]).collect();
    match Backward::<B, N>::prepare::<C>(Linear, nodes).compute_bound().stateful() {
        OpsKind::Tracked(prep) => {
            let keep = |(tracked, [x, weight]): (&[bool], &[FloatTensor<B>; 2])| {
                [tracked[1].then(|| x.clone()), tracked[0].then(|| weight.clone())]
            };
            let kept = tracked.chunks_exact(2).zip(&pairs).map(keep).collect();
            prep.finish(kept, B::product(pairs, Form::Linear, 1.0))
        }
        OpsKind::UnTracked(prep) => prep.finish(B::product(pairs, Form::Linear, 1.0)),
    }
}

#[derive(Debug)]
struct LowRank;

/// What a weight with a side path keeps; `narrow` is what comes out of `down`, scaled.
#[derive(Clone, Debug)]
struct KeptOfLowRank<B: Backend> {
    x: FloatTensor<B>,
    weight: FloatTensor<B>,
    down: FloatTensor<B>,
    up: FloatTensor<B>,
    narrow: FloatTensor<B>,
    scale: f64,
}

impl<B: Raw> Backward<B, 4> for LowRank {
    type State = KeptOfLowRank<B>;

    fn backward(self, ops: Ops<Self::State, 4>, grads: &mut Gradients, _: &mut Checkpointer) {
        let gradient = grads.consume::<B>(&ops.node);
        let KeptOfLowRank { x, weight, down, up, narrow, scale } = ops.state;
        let [of_x, _, of_down, of_up] = ops.parents;
        let of_narrow = B::product(vec![[gradient.clone(), up]], Form::Plain, scale);
        if let Some(node) = of_up {
            grads.register::<B>(node.id, B::thin(gradient.clone(), narrow, false));
        }
        if let Some(node) = of_down {
            grads.register::<B>(node.id, B::thin(x, of_narrow.clone(), true));
        }
        if let Some(node) = of_x {
            let pairs = vec![[gradient, weight], [of_narrow, down]];
            grads.register::<B>(node.id, B::product(pairs, Form::Plain, 1.0));
        }
    }
}

#[derive(Debug)]
struct Attention;

#[derive(Clone, Debug)]
struct KeptOfAttention<B: Backend> {
    qkv: Triple<B>,
    segments: IntTensor<B>,
    output: FloatTensor<B>,
    lse: FloatTensor<B>,
    seen: Seen,
}

impl<B: Raw> Backward<B, 3> for Attention {
    type State = KeptOfAttention<B>;

    fn backward(self, ops: Ops<Self::State, 3>, grads: &mut Gradients, _: &mut Checkpointer) {
        let gradient = grads.consume::<B>(&ops.node);
        let KeptOfAttention { qkv, segments, output, lse, seen } = ops.state;
        let gradients = B::causal_attention_backward(qkv, segments, [output, lse, gradient], seen);
        for (node, gradient) in ops.parents.into_iter().zip(gradients) {
            if let Some(node) = node {
                grads.register::<B>(node.id, gradient);
            }
        }
    }
}

#[derive(Debug)]
struct Norm;

impl<B: Raw> Backward<B, 2> for Norm {
    type State = (FloatTensor<B>, FloatTensor<B>, f64);

    fn backward(self, ops: Ops<Self::State, 2>, grads: &mut Gradients, _: &mut Checkpointer) {
        let gradient = grads.consume::<B>(&ops.node);
        let (x, scale, eps) = ops.state;
        let [of_x, of_scale] = ops.parents;
        let (dx, dscale) = B::norm_backward([x, scale, gradient], eps, of_scale.is_some());
        if let Some(node) = of_x {
            grads.register::<B>(node.id, dx);
        }
        if let Some((node, dscale)) = of_scale.zip(dscale) {
            grads.register::<B>(node.id, dscale);
        }
    }
}

#[derive(Debug)]
struct Rotate;

impl<B: Raw> Backward<B, 1> for Rotate {
    type State = [FloatTensor<B>; 2];

    fn backward(self, ops: Ops<Self::State, 1>, grads: &mut Gradients, _: &mut Checkpointer) {
        let gradient = grads.consume::<B>(&ops.node);
        let ([cosines, sines], [of_x]) = (ops.state, ops.parents);
        if let Some(node) = of_x {
            grads.register::<B>(node.id, B::rotate([gradient, cosines, sines], true));
        }
    }
}

#[derive(Debug)]
struct Gate;

impl<B: Raw> Backward<B, 2> for Gate {
    type State = [FloatTensor<B>; 2];

    fn backward(self, ops: Ops<Self::State, 2>, grads: &mut Gradients, _: &mut Checkpointer) {
        let gradient = grads.consume::<B>(&ops.node);
        let [gate, up] = ops.state;
        for (node, gradient) in ops.parents.into_iter().zip(B::gate_backward([gate, up, gradient])) {
            if let Some(node) = node {
                grads.register::<B>(node.id, gradient);
            }
        }
    }
}

impl<B: Raw + Gpu, C: CheckpointStrategy> Gpu for Autodiff<B, C> {
    fn gpu_linear(x: FloatTensor<Self>, weight: FloatTensor<Self>) -> FloatTensor<Self> {
        linear::<B, C, 2>([x, weight])
    }

    fn gpu_linear_pair(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        y: FloatTensor<Self>,
        other: FloatTensor<Self>,
    ) -> FloatTensor<Self> {
        linear::<B, C, 4>([x, weight, y, other])
    }

    fn gpu_low_rank(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        down: FloatTensor<Self>,
        up: FloatTensor<Self>,
        scale: f64,
    ) -> FloatTensor<Self> {
        let (weight_trains, inputs) = (weight.is_tracked(), [x, weight, down, up]);
        if weight_trains {
            // Rare: everything has a gradient of its own, and the parts have theirs.
            let [x, weight, down, up] = inputs;
            let narrow = Self::float_mul_scalar(linear::<B, C, 2>([x.clone(), down]), scale.into());
            return linear::<B, C, 4>([x, weight, narrow, up]);
        }
        let nodes = inputs.each_ref().map(<FloatTensor<Autodiff<B, C>>>::node);
        let [x, weight, down, up] = inputs.map(<FloatTensor<Autodiff<B, C>>>::into_primitive);
        let narrow = B::product(vec![[x.clone(), down.clone()]], Form::Linear, scale);
        let y = B::product(vec![[x.clone(), weight.clone()], [narrow.clone(), up.clone()]], Form::Linear, 1.0);
        match LowRank.prepare::<C>(nodes).compute_bound().stateful() {
            OpsKind::Tracked(prep) => prep.finish(KeptOfLowRank { x, weight, down, up, narrow, scale }, y),
            OpsKind::UnTracked(prep) => prep.finish(y),
        }
    }

    fn gpu_attention(
        q: FloatTensor<Self>,
        k: FloatTensor<Self>,
        v: FloatTensor<Self>,
        segments: IntTensor<Self>,
        seen: Seen,
    ) -> FloatTensor<Self> {
        let ((q, q_node), (k, k_node), (v, v_node)) = (q.into_parts(), k.into_parts(), v.into_parts());
        let qkv = [q, k, v];
        let (output, lse) = B::causal_attention(qkv.clone(), segments.clone(), seen);
        match Attention.prepare::<C>([q_node, k_node, v_node]).compute_bound().stateful() {
            OpsKind::Tracked(prep) => {
                prep.finish(KeptOfAttention { qkv, segments, output: output.clone(), lse, seen }, output)
            }
            OpsKind::UnTracked(prep) => prep.finish(output),
        }
    }

    fn gpu_norm(x: FloatTensor<Self>, scale: FloatTensor<Self>, eps: f64) -> FloatTensor<Self> {
        let ((x, x_node), (scale, scale_node)) = (x.into_parts(), scale.into_parts());
        let y = B::norm(x.clone(), scale.clone(), eps);
        match Norm.prepare::<C>([x_node, scale_node]).compute_bound().stateful() {
            OpsKind::Tracked(prep) => prep.finish((x, scale, eps), y),
            OpsKind::UnTracked(prep) => prep.finish(y),
        }
    }

    fn gpu_rotate(x: FloatTensor<Self>, cosines: FloatTensor<Self>, sines: FloatTensor<Self>) -> FloatTensor<Self> {
        let ((x, node), cosines, sines) = (x.into_parts(), cosines.into_primitive(), sines.into_primitive());
        let y = B::rotate([x, cosines.clone(), sines.clone()], false);
        match Rotate.prepare::<C>([node]).compute_bound().stateful() {
            OpsKind::Tracked(prep) => prep.finish([cosines, sines], y),
            OpsKind::UnTracked(prep) => prep.finish(y),
        }
    }

    fn gpu_gate(gate: FloatTensor<Self>, up: FloatTensor<Self>) -> FloatTensor<Self> {
        let ((gate, gate_node), (up, up_node)) = (gate.into_parts(), up.into_parts());
        let y = B::gate(gate.clone(), up.clone());
        match Gate.prepare::<C>([gate_node, up_node]).compute_bound().stateful() {
            OpsKind::Tracked(prep) => prep.finish([gate, up], y),
            OpsKind::UnTracked(prep) => prep.finish(y),
        }
    }
}
