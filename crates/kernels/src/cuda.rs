//! The kernels on an NVIDIA GPU, on the tensors of burn's CUDA runtime.
//!
//! Products of bf16 matrices, attention and the passes over rows are kernels of this crate's own, written in CUDA C++ (the
//! `.cu` files beside this one) and launched on the runtime's stream. `ops` joins them to burn and `gradients` gives them
//! their backward passes. Whoever calls the operations of this crate need not know: each asks here first, and computes with
//! burn's own operations where a kernel does not take its tensors.

mod attention;
mod branches;
mod gemm;
mod gradients;
mod graph;
mod launch;
mod norms;
mod ops;
mod rows;
mod tensors;
mod wgmma;

pub(crate) use attention::Seen;
pub(crate) use gemm::Form;
pub(crate) use ops::{
    attention, embedding, entropy, gate, gelu, is_gpu, is_hopper, layer_norm, linear, linears, norm, product, root,
    rotate, squares, update, updates,
};
