//! How much memory a run will take, from its plan and sizes alone.
//!
//! Counted are the tensors that live at the peak of an update: weights, what the optimizer keeps, gradients, and what
//! the forward pass keeps for the backward one. On a GPU the program and the driver's context come on top.

use graftwork_data::Dataset;
use graftwork_model::Dimensions;
use graftwork_plan::{Dtype, Manifest, Plan};
use serde::Serialize;

use crate::host::Prepared;
use crate::memory::gibibytes;
use crate::{DeviceChoice, Error, Recompute};

/// Bytes of a value.
pub(crate) const F32: u64 = 4;
const BF16: u64 = 2;

/// What a device keeps of a decoder layer for its backward pass, for each token, in units of the widths it has. The numbers
/// follow from the operations in `crates/models/llama` and `crates/kernels`: what an operation's gradient needs.
struct Kept {
    /// Bytes of an activation.
    value: u64,
    /// Of width `hidden`.
    hidden: u64,
    /// Of width `intermediate`.
    intermediate: u64,
    /// Of width `heads · head_dim`.
    queries: u64,
    /// Of width `kv_heads · head_dim`.
    keys: u64,
    /// For each head and key.
    scores: u64,
    /// Logits that are computed at once, and how many bytes there are for each.
    logits: [u64; 2],
    /// What the program itself takes there: code, compiled plugins, tokenizer, a data set of a million tokens. Measured.
    program: u64,
}

/// Two residual sums, and in each norm its input twice over, normalised and scaled; gate, its sigmoid, silu(gate), up, and
/// their product; queries scaled and rotated in two halves, and the attended values; rotated keys and values;
/// exponentials and weights.
const CPU: Kept = Kept {
    value: F32,
    hidden: 8,
    intermediate: 5,
    queries: 4,
    keys: 4,
    scores: 3,
    logits: [1 << 22, 3 * F32],
    program: 50 << 20,
};
/// The input and the output of each norm; gate, up, and their product; rotated queries and the attended values; keys and
/// values. The gradient of the logits takes their place.
const GPU: Kept = Kept {
    value: BF16,
    hidden: 4,
    intermediate: 3,
    queries: 2,
    keys: 2,
    scores: 0,
    logits: [1 << 28, BF16],
    program: 0,
};

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
    /// The program and its data.
    pub program: u64,
    /// The sum.
    pub total: u64,
}

/// Of a device's memory so much may be planned with: the rest is for what the estimate does not know.
const USABLE: f64 = 0.9;

/// How an update uses the device's memory.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Memory {
    /// What it needs.
    pub(crate) estimate: MemoryEstimate,
    /// Whether blocks are computed again in the backward pass.
    pub(crate) recompute: bool,
    /// What the device has, where the system says.
    pub(crate) available: Option<u64>,
}

impl Memory {
    /// Memory of an update with the longest rows that the data has.
    pub(crate) fn of_run(prepared: &Prepared, dataset: &Dataset) -> Result<Self, Error> {
        let Prepared { config, base, plan, .. } = prepared;
        let batch = config.train_options(plan.is_full())?.batch_size.get();
        let rows = batch.min(dataset.rows_per_epoch()) as u64;
        let length = dataset.stats().train.longest as u64;
        let kept = if config.device == DeviceChoice::Cpu { &CPU } else { &GPU };
        let dimensions = base.architecture.dimensions();
        let estimate =
            |recompute| MemoryEstimate::new(kept, plan, &base.manifest, &dimensions, [rows, length], recompute);
        let available = config.device.memory_bytes();
        let recompute = match config.train.recompute {
            Recompute::None => false,
            Recompute::Block => true,
            Recompute::Auto => available.is_some_and(|n| estimate(false).total as f64 > n as f64 * USABLE),
        };
        Ok(Self { estimate: estimate(recompute), recompute, available })
    }

    /// That the device had not enough.
    pub(crate) fn exceeded(&self, device: DeviceChoice) -> Error {
        let available = self.available.map_or_else(|| "an unknown amount".to_owned(), gibibytes);
        let needed = gibibytes(self.estimate.total);
        Error::OutOfMemory { device: device.to_string(), available, needed, remedy: self.remedy() }
    }

    /// What makes an update need less.
    pub(crate) fn remedy(&self) -> String {
        let recompute = if self.recompute { "" } else { "give --recompute block, " };
        format!(
            "{recompute}lower --batch-size (and raise --gradient-accumulation to make up for it) or --max-length, or train fewer weights"
        )
    }
}

impl MemoryEstimate {
    fn new(
        kept: &Kept,
        plan: &Plan,
        manifest: &Manifest,
        d: &Dimensions,
        [rows, length]: [u64; 2],
        recompute: bool,
    ) -> Self {
        let summary = plan.summary(manifest);
        let tokens = rows * length;
        let per_token = kept.hidden * d.hidden
            + kept.intermediate * d.intermediate
            + kept.queries * d.heads * d.head_dim
            + kept.keys * d.kv_heads * d.head_dim;
        let scores = kept.scores * rows * d.heads * length * length;
        // An adapter keeps the thin product between its factors.
        let thin = |dims: &[u64]| dims.iter().copied().min().unwrap_or(1).min(256);
        let thin: u64 = plan.adapters().iter().flat_map(|a| &a.tensors).map(|t| thin(t.shape.dims())).sum();
        let built = plan.built_elements(tokens);
        let all = built.saturating_add(d.layers * (tokens * per_token + scores) + tokens * thin);
        // Recomputed, a layer at a time is there as a whole, and of the others their input.
        let activations = if recompute { all / d.layers.max(1) + d.layers * tokens * d.hidden } else { all };
        let activations = kept.value.saturating_mul(activations);
        let [at_once, bytes] = kept.logits;
        let chunk = tokens.min(at_once.div_ceil(d.vocabulary)).max(1);
        // Where the device computes in half precision, what trains has a copy in f32.
        let half = |dtype: Dtype| kept.value == BF16 && dtype == Dtype::Bf16;
        let own = manifest.params.iter().filter(|p| p.tied_to.is_none());
        let stored: u64 = own.map(|p| p.shape.elements() * if half(p.dtype) { BF16 } else { F32 }).sum();
        let in_place = plan.trainable().iter().filter_map(|t| manifest.get(t.param));
        let masters: u64 = in_place.filter(|p| half(p.dtype)).map(|p| p.shape.elements() * F32).sum();
        let weights = stored + masters;
        let adapters = F32 * summary.adapter_parameters;
        let gradients = F32 * summary.trainable_parameters;
        let optimizer = 2 * F32 * summary.trainable_parameters;
        let logits = bytes * chunk * d.vocabulary;
        let program = kept.program;
        let parts = [weights, adapters, gradients, optimizer, activations, logits, program];
        let total = parts.into_iter().fold(0, u64::saturating_add);
        Self { weights, adapters, gradients, optimizer, activations, logits, program, total }
    }
}

#[cfg(test)]
#[allow(clippy::expect_used, reason = "tests")]
mod tests {
    use graftwork_plan::{RawAdapter, RawGraph, RawNode, RawPlan, RawTensor, RawTrainable, Role};
    use serde_json::json;

    use super::{GPU, Manifest, MemoryEstimate};

    fn node(op: &str, inputs: &[u32], attributes: serde_json::Value) -> RawNode {
        serde_json::from_value(json!({"op": op, "inputs": inputs, "attributes": attributes})).expect("a node")
    }

    fn tensor(name: &str, shape: [u32; 2]) -> RawTensor {
        let zeros = json!([["value", {"float": 0.0}], ["shape", {"integers": shape}]]);
        let init = RawGraph { nodes: vec![node("constant", &[], zeros)], root: 0 };
        RawTensor { name: name.to_owned(), shape: shape.into(), trainable: true, group: None, init, update: None }
    }

    fn lora(target: u32, [out, inner]: [u32; 2], rank: u32) -> RawAdapter {
        let index = |i: i64| json!([["index", {"integer": i}]]);
        let nodes = vec![
            node("base", &[], json!([])),
            node("tensor", &[], index(1)),
            node("tensor", &[], index(0)),
            node("matmul", &[1, 2], json!([])),
            node("add", &[0, 3], json!([])),
        ];
        let tensors = vec![tensor("lora_A", [rank, inner]), tensor("lora_B", [out, rank])];
        let effective = RawGraph { nodes, root: 4 };
        RawAdapter { target, kind: "lora".to_owned(), tensors, base: None, effective, penalty: None }
    }

    /// `benches/gpu/compare.sh` on an H100, 8 rows of 1024 tokens: 14.25 GB for LoRA of rank 16, 4.78 GB where blocks are computed again, 33.73 GB for all weights.
    #[test]
    fn a_gpus_memory_is_what_was_measured_less_the_context() {
        let config = json!({
            "model_type": "llama", "hidden_size": 2048, "intermediate_size": 8192, "num_hidden_layers": 16,
            "num_attention_heads": 32, "num_key_value_heads": 8, "head_dim": 64, "vocab_size": 128_256,
            "max_position_embeddings": 16384, "rope_theta": 5e5, "tie_word_embeddings": true, "dtype": "bfloat16",
        });
        let (_, model) = graftwork_model::open(&config, None).expect("a Llama");
        let (params, dimensions) = (model.params().to_vec(), model.dimensions());
        let manifest = Manifest { architecture: "llama".to_owned(), config, params };
        let estimate = |raw: &RawPlan, recompute| {
            let plan = graftwork_plan::Plan::validate(raw, &manifest).expect("a plan");
            MemoryEstimate::new(&GPU, &plan, &manifest, &dimensions, [8, 1024], recompute).total as f64 / 1e9
        };
        let linear = manifest.iter().filter(|(_, p)| p.role == Role::Linear);
        let adapters = linear.map(|(id, p)| lora(id.0, [0, 1].map(|axis| p.shape.dims()[axis] as u32), 16)).collect();
        let lora = RawPlan { adapters, ..RawPlan::default() };
        for (recompute, measured) in [(false, 14.25), (true, 4.78)] {
            let found = estimate(&lora, recompute);
            assert!((0.85..1.05).contains(&(found / measured)), "{found} GB");
        }
        let own = manifest.iter().filter(|(_, p)| p.tied_to.is_none());
        let trainable = own.map(|(id, _)| RawTrainable { param: id.0, group: None }).collect();
        let found = estimate(&RawPlan { trainable, ..RawPlan::default() }, false);
        assert!((0.88..1.05).contains(&(found / 33.73)), "{found} GB");
    }
}
