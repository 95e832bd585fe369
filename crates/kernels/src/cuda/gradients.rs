//! Gradients of the kernels' operations.

use burn::backend::tensor::{FloatTensor, IntTensor};
use burn::backend::{Autodiff, Cube, TensorMetadata};
use burn_autodiff::checkpoint::base::Checkpointer;
use burn_autodiff::checkpoint::strategy::CheckpointStrategy;
use burn_autodiff::grads::Gradients;
use burn_autodiff::ops::{Backward, Ops};
use burn_cubecl::tensor::CubeTensor;

use super::attention::{self, Inputs, Seen};
use super::gemm::{self, Form};
use super::graph;
use super::norms::{self, Norm};
use super::ops::Gpu;
use super::rows;

#[derive(Debug)]
struct Linear;

/// Of each product the input where the weight has a gradient, and the weight where the input has one.
type KeptOfLinear = Vec<[Option<CubeTensor>; 2]>;

impl<const N: usize> Backward<Cube, N> for Linear {
    type State = KeptOfLinear;

    fn backward(self, ops: Ops<Self::State, N>, grads: &mut Gradients, _: &mut Checkpointer) {
        let gradient = grads.consume::<Cube>(&ops.node);
        let mut nodes = ops.parents.into_iter();
        for [x, weight] in ops.state {
            let (of_x, of_weight) = (nodes.next().flatten(), nodes.next().flatten());
            if let Some((node, weight)) = of_x.zip(weight) {
                grads.register::<Cube>(node.id, gemm::product(vec![[gradient.clone(), weight]], Form::Plain, 1.0));
            }
            if let Some((node, x)) = of_weight.zip(x) {
                grads.register::<Cube>(node.id, gemm::of_weight(gradient.clone(), x));
            }
        }
    }
}

/// The node of a sum of products, whose inputs are those of all of them in turn.
fn linear<C: CheckpointStrategy, const N: usize>(
    inputs: [FloatTensor<Autodiff<Cube, C>>; N],
) -> FloatTensor<Autodiff<Cube, C>> {
    let tracked = inputs.each_ref().map(<FloatTensor<Autodiff<Cube, C>>>::is_tracked);
    let nodes = inputs.each_ref().map(<FloatTensor<Autodiff<Cube, C>>>::node);
    let tensors: Vec<CubeTensor> = inputs.into_iter().map(<FloatTensor<Autodiff<Cube, C>>>::into_primitive).collect();
    let pairs: Vec<[CubeTensor; 2]> = tensors.chunks_exact(2).map(|p| [p[0].clone(), p[1].clone()]).collect();
    let keep = |(tracked, [x, weight]): (&[bool], &[CubeTensor; 2])| {
        [tracked[1].then(|| x.clone()), tracked[0].then(|| weight.clone())]
    };
    let kept = tracked.chunks_exact(2).zip(&pairs).map(keep).collect();
    graph::result::<C, _, _>(Linear, nodes, kept, gemm::product(pairs, Form::Linear, 1.0))
}

#[derive(Debug)]
struct Attention;

#[derive(Clone, Debug)]
struct KeptOfAttention {
    inputs: Inputs,
    output: CubeTensor,
    lse: CubeTensor,
    seen: Seen,
}

impl Backward<Cube, 3> for Attention {
    type State = KeptOfAttention;

    fn backward(self, ops: Ops<Self::State, 3>, grads: &mut Gradients, _: &mut Checkpointer) {
        let gradient = grads.consume::<Cube>(&ops.node);
        let KeptOfAttention { inputs, output, lse, seen } = ops.state;
        let gradients = attention::backward(inputs, output, lse, gradient, seen);
        for (node, gradient) in ops.parents.into_iter().zip(gradients) {
            if let Some(node) = node {
                grads.register::<Cube>(node.id, gradient);
            }
        }
    }
}

#[derive(Debug)]
struct RmsNorm;

impl Backward<Cube, 2> for RmsNorm {
    type State = (CubeTensor, CubeTensor, f64);

    fn backward(self, ops: Ops<Self::State, 2>, grads: &mut Gradients, _: &mut Checkpointer) {
        let gradient = grads.consume::<Cube>(&ops.node);
        let ((x, scale, eps), [of_x, of_scale]) = (ops.state, ops.parents);
        let (dx, vectors) = norms::backward(Norm::Rms, x, scale, gradient, eps, of_scale.is_some());
        if let Some(node) = of_x {
            grads.register::<Cube>(node.id, dx);
        }
        for (node, vector) in of_scale.into_iter().zip(vectors.into_iter().flatten()) {
            grads.register::<Cube>(node.id, vector);
        }
    }
}

#[derive(Debug)]
struct LayerNorm;

impl Backward<Cube, 3> for LayerNorm {
    type State = (CubeTensor, CubeTensor, f64);

    fn backward(self, ops: Ops<Self::State, 3>, grads: &mut Gradients, _: &mut Checkpointer) {
        let gradient = grads.consume::<Cube>(&ops.node);
        let ((x, scale, eps), [of_x, of_scale, of_bias]) = (ops.state, ops.parents);
        let with_vectors = of_scale.is_some() || of_bias.is_some();
        let (dx, vectors) = norms::backward(Norm::Layer, x, scale, gradient, eps, with_vectors);
        if let Some(node) = of_x {
            grads.register::<Cube>(node.id, dx);
        }
        for (node, vector) in [of_scale, of_bias].into_iter().zip(vectors.into_iter().flatten()) {
            if let Some(node) = node {
                grads.register::<Cube>(node.id, vector);
            }
        }
    }
}

#[derive(Debug)]
struct Gelu;

impl Backward<Cube, 1> for Gelu {
    /// With whether it is the approximation.
    type State = (CubeTensor, bool);

    fn backward(self, ops: Ops<Self::State, 1>, grads: &mut Gradients, _: &mut Checkpointer) {
        let gradient = grads.consume::<Cube>(&ops.node);
        let ((x, tanh), [of_x]) = (ops.state, ops.parents);
        if let Some(node) = of_x {
            grads.register::<Cube>(node.id, rows::gelu_backward(x, gradient, tanh));
        }
    }
}

#[derive(Debug)]
struct Rotate;

impl Backward<Cube, 1> for Rotate {
    type State = [CubeTensor; 2];

    fn backward(self, ops: Ops<Self::State, 1>, grads: &mut Gradients, _: &mut Checkpointer) {
        let gradient = grads.consume::<Cube>(&ops.node);
        let ([cosines, sines], [of_x]) = (ops.state, ops.parents);
        if let Some(node) = of_x {
            grads.register::<Cube>(node.id, rows::rotate(gradient, cosines, sines, true));
        }
    }
}

#[derive(Debug)]
struct Gate;

impl Backward<Cube, 2> for Gate {
    type State = [CubeTensor; 2];

    fn backward(self, ops: Ops<Self::State, 2>, grads: &mut Gradients, _: &mut Checkpointer) {
        let gradient = grads.consume::<Cube>(&ops.node);
        let [gate, up] = ops.state;
        for (node, gradient) in ops.parents.into_iter().zip(rows::gate_backward(gate, up, gradient)) {
            if let Some(node) = node {
                grads.register::<Cube>(node.id, gradient);
            }
        }
    }
}

#[derive(Debug)]
struct Embedding;

impl Backward<Cube, 1> for Embedding {
    /// What was looked up, in how many rows.
    type State = (CubeTensor, usize);

    fn backward(self, ops: Ops<Self::State, 1>, grads: &mut Gradients, _: &mut Checkpointer) {
        let gradient = grads.consume::<Cube>(&ops.node);
        let ((ids, rows), [of_weight]) = (ops.state, ops.parents);
        if let Some(node) = of_weight {
            grads.register::<Cube>(node.id, rows::embedding_backward(ids, gradient, rows));
        }
    }
}

#[derive(Debug)]
struct Root;

impl Backward<Cube, 1> for Root {
    type State = CubeTensor;

    fn backward(self, ops: Ops<Self::State, 1>, grads: &mut Gradients, _: &mut Checkpointer) {
        // Its own gradient is 1: nothing but the backward pass starts here.
        let _ = grads.consume::<Cube>(&ops.node);
        if let [Some(node)] = ops.parents {
            grads.register::<Cube>(node.id, ops.state);
        }
    }
}

impl<C: CheckpointStrategy> Gpu for Autodiff<Cube, C> {
    fn gpu_linear(x: FloatTensor<Self>, weight: FloatTensor<Self>) -> FloatTensor<Self> {
        linear::<C, 2>([x, weight])
    }

    fn gpu_linear_pair(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        y: FloatTensor<Self>,
        other: FloatTensor<Self>,
    ) -> FloatTensor<Self> {
        linear::<C, 4>([x, weight, y, other])
    }

    fn gpu_attention(
        q: FloatTensor<Self>,
        k: FloatTensor<Self>,
        v: FloatTensor<Self>,
        segments: IntTensor<Self>,
        seen: Seen,
    ) -> FloatTensor<Self> {
        let ((q, q_node), (k, k_node), (v, v_node)) = (q.into_parts(), k.into_parts(), v.into_parts());
        let inputs = Inputs { q, k, v, segments };
        let (output, lse) = attention::forward(inputs.clone(), seen);
        graph::result::<C, _, _>(
            Attention,
            [q_node, k_node, v_node],
            KeptOfAttention { inputs, output: output.clone(), lse, seen },
            output,
        )
    }

    fn gpu_norm(x: FloatTensor<Self>, scale: FloatTensor<Self>, eps: f64) -> FloatTensor<Self> {
        let ((x, x_node), (scale, scale_node)) = (x.into_parts(), scale.into_parts());
        let y = norms::rms(x.clone(), scale.clone(), eps);
        graph::result::<C, _, _>(RmsNorm, [x_node, scale_node], (x, scale, eps), y)
    }

    fn gpu_layer_norm(
        x: FloatTensor<Self>,
        scale: FloatTensor<Self>,
        bias: FloatTensor<Self>,
        eps: f64,
    ) -> FloatTensor<Self> {
        let ((x, x_node), (scale, scale_node), (bias, bias_node)) =
            (x.into_parts(), scale.into_parts(), bias.into_parts());
        let y = norms::layer(x.clone(), scale.clone(), bias, eps);
        graph::result::<C, _, _>(LayerNorm, [x_node, scale_node, bias_node], (x, scale, eps), y)
    }

    fn gpu_gelu(x: FloatTensor<Self>, tanh: bool) -> FloatTensor<Self> {
        let (x, node) = x.into_parts();
        let y = rows::gelu(x.clone(), tanh);
        graph::result::<C, _, _>(Gelu, [node], (x, tanh), y)
    }

    fn gpu_rotate(x: FloatTensor<Self>, cosines: FloatTensor<Self>, sines: FloatTensor<Self>) -> FloatTensor<Self> {
        let ((x, node), cosines, sines) = (x.into_parts(), cosines.into_primitive(), sines.into_primitive());
        let y = rows::rotate(x, cosines.clone(), sines.clone(), false);
        graph::result::<C, _, _>(Rotate, [node], [cosines, sines], y)
    }

    fn gpu_gate(gate: FloatTensor<Self>, up: FloatTensor<Self>) -> FloatTensor<Self> {
        let ((gate, gate_node), (up, up_node)) = (gate.into_parts(), up.into_parts());
        let y = rows::gate(gate.clone(), up.clone());
        graph::result::<C, _, _>(Gate, [gate_node, up_node], [gate, up], y)
    }

    fn gpu_embedding(weight: FloatTensor<Self>, ids: IntTensor<Self>) -> FloatTensor<Self> {
        let (weight, node) = weight.into_parts();
        let count = weight.shape()[0];
        let rows = Cube::gpu_embedding(weight, ids.clone());
        graph::result::<C, _, _>(Embedding, [node], (ids, count), rows)
    }

    fn gpu_root(x: FloatTensor<Self>, gradient: FloatTensor<Self>) -> FloatTensor<Self> {
        let ((x, node), gradient) = (x.into_parts(), gradient.into_primitive());
        let zero = Cube::gpu_root(x, gradient.clone());
        graph::result::<C, _, _>(Root, [node], gradient, zero)
    }
}
