//! How much memory a run will take, from its plan and sizes alone.
//!
//! Counted are the tensors that live at the peak of an update: weights, what the optimizer keeps, gradients, and what
//! the forward pass keeps for the backward one. Everything is f32 on a processor.

use graftwork_data::Dataset;
use graftwork_model::Dimensions;
use graftwork_plan::{Manifest, Plan};
use serde::Serialize;

use crate::Error;
use crate::host::Prepared;

/// Bytes of a value.
pub(crate) const F32: u64 = 4;

/// Values that a decoder layer keeps for its backward pass, for each token, in units of the widths they have. They
/// follow from the operations in `crates/models/llama` and `crates/kernels`: what an operation's gradient needs.
mod kept {
    /// Of width `hidden`: two residual sums, and in each norm its input twice over, normalised and scaled.
    pub(super) const HIDDEN: u64 = 8;
    /// Of width `intermediate`: gate, its sigmoid, silu(gate), up, and their product.
    pub(super) const INTERMEDIATE: u64 = 5;
    /// Of width `heads · head_dim`: queries scaled and rotated in two halves, and the attended values.
    pub(super) const QUERIES: u64 = 4;
    /// Of width `kv_heads · head_dim`: rotated keys and values.
    pub(super) const KEYS: u64 = 4;
    /// Attention scores, for each head and key: exponentials and weights.
    pub(super) const SCORES: u64 = 3;
}

/// Bytes by purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct MemoryEstimate {
    /// The model's weights.
    pub weights: u64,
    /// The adapters' tensors.
    pub adapters: u64,
    /// Gradients of what trains.
    pub gradients: u64,
    /// Moments of what trains.
    pub optimizer: u64,
    /// What the forward pass keeps for the backward one, at the batch's full length.
    pub activations: u64,
    /// Logits of the chunk that is computed at once, with its gradient.
    pub logits: u64,
    /// The sum.
    pub total: u64,
}

impl MemoryEstimate {
    /// Memory of an update with the longest rows that the data has.
    pub(crate) fn of_run(prepared: &Prepared, dataset: &Dataset) -> Result<Self, Error> {
        let Prepared { config, base, plan, .. } = prepared;
        let batch = config.train_options(plan.is_full())?.batch_size.get();
        let rows = batch.min(dataset.train_rows().len()) as u64;
        let length = dataset.stats().train.longest as u64;
        Ok(Self::new(plan, &base.manifest, &base.architecture.dimensions(), rows, length))
    }

    fn new(plan: &Plan, manifest: &Manifest, d: &Dimensions, rows: u64, length: u64) -> Self {
        let summary = plan.summary(manifest);
        let tokens = rows * length;
        let per_token = kept::HIDDEN * d.hidden
            + kept::INTERMEDIATE * d.intermediate
            + kept::QUERIES * d.heads * d.head_dim
            + kept::KEYS * d.kv_heads * d.head_dim;
        let scores = kept::SCORES * rows * d.heads * length * length;
        // An adapter keeps the thin product between its factors.
        let thin: u64 = plan.adapters().iter().flat_map(|a| &a.tensors).map(|t| t.shape.dims()[0].min(256)).sum();
        let built = plan.built_elements(tokens);
        let activations =
            F32.saturating_mul(built.saturating_add(d.layers * (tokens * per_token + scores) + tokens * thin));
        let chunk = tokens.min((1u64 << 22).div_ceil(d.vocabulary)).max(1);
        let weights = F32 * summary.total_parameters;
        let adapters = F32 * summary.adapter_parameters;
        let gradients = F32 * summary.trainable_parameters;
        let optimizer = 2 * F32 * summary.trainable_parameters;
        let logits = 3 * F32 * chunk * d.vocabulary;
        let total =
            [weights, adapters, gradients, optimizer, activations, logits].into_iter().fold(0, u64::saturating_add);
        Self { weights, adapters, gradients, optimizer, activations, logits, total }
    }
}
