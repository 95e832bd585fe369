//! How much memory a run will take, from its plan and sizes alone.
//!
//! An update is gone through with shadows of its tensors ([`shadow`]), which have sizes and no values: the layers of the model by its
//! [`graftwork_model::sketch`], the adapters by their expressions, the loss, the way back, the optimizer. A [`meter`]
//! puts them where the device would, in the C library's heap ([`heap`]) or the pages of a GPU's runtime ([`pages`]), and the most that those hold
//! is the estimate. What the program itself takes is what it has by then, and its code.

mod block;
mod expression;
mod fitting;
mod heap;
mod meter;
mod model;
mod pages;
mod remedy;
mod shadow;
mod tape;
mod update;
mod value;

use std::rc::Rc;

use graftwork_data::Dataset;
use graftwork_plan::Dtype;
use serde::Serialize;

use crate::host::Prepared;
use crate::memory::{self, gibibytes};
use crate::{DeviceChoice, Error, Recompute};
pub use fitting::Way;
pub use heap::fix_heap;
use model::Computes;
use update::{Batch, Workload};

/// Bytes of a value.
pub(crate) const F32: u64 = 4;
const BF16: u64 = 2;

/// Pages of the program's code that a run touches, as measured.
const CODE: u64 = 30 << 20;
/// What there is before the weights, of which not every system says how much: plugins, tokenizer, the index of the data.
const BEGUN: u64 = 45 << 20;

/// The driver's context on a GPU, with the kernels, as measured on an H100.
const CONTEXT: u64 = 528 << 20;

/// What the program itself takes on the processor.
fn program() -> u64 {
    // What is free will be used for tensors.
    heap::give_back();
    CODE + memory::anonymous_bytes().unwrap_or(BEGUN)
}

/// Bytes by purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct MemoryEstimate {
    /// The model's weights.
    pub weights: u64,
    /// The adapters' tensors.
    pub adapters: u64,
    /// Moments of what trains.
    pub optimizer: u64,
    /// What an update makes and keeps on its way, at the most at once: activations, logits, gradients.
    pub update: u64,
    /// The program and its data.
    pub program: u64,
    /// The sum.
    pub total: u64,
}

/// Of a device's memory so much may be planned with: the rest is for what the estimate does not know.
pub(crate) const USABLE: f64 = 0.9;

/// How an update uses the device's memory.
pub(crate) struct Memory<'a> {
    /// What it needs.
    pub(crate) estimate: MemoryEstimate,
    /// Whether blocks are computed again in the backward pass.
    pub(crate) recompute: bool,
    /// What the device has, where the system says.
    pub(crate) available: Option<u64>,
    workload: Workload<'a>,
    batch: Batch,
}

impl<'a> Memory<'a> {
    /// Memory of an update with the longest rows that the data has.
    pub(crate) fn of_run(prepared: &'a Prepared, dataset: &Dataset) -> Result<Self, Error> {
        Self::of_rows(prepared, dataset.rows_per_epoch(), dataset.stats().train.longest)
    }

    /// Memory of an update with rows of so many tokens, where there are so many rows.
    pub(crate) fn of_rows(prepared: &'a Prepared, rows: usize, longest: usize) -> Result<Self, Error> {
        let Prepared { config, base, plan, .. } = prepared;
        let options = config.train_options(plan.is_full())?;
        let half = base.manifest.params.iter().all(|param| param.dtype == Dtype::Bf16 || param.tied_to.is_some());
        let (computes, program) = match config.device {
            DeviceChoice::Cpu => (Computes::Operations, program()),
            // What is not in bf16 is computed with the operations that a processor has.
            DeviceChoice::Cuda(_) => (if half { Computes::Kernels } else { Computes::Operations }, CONTEXT),
        };
        let architecture = &base.architecture;
        let workload = Workload {
            computes,
            on_gpu: config.device != DeviceChoice::Cpu,
            plan,
            manifest: &base.manifest,
            sketch: Rc::new(architecture.sketch()),
            dimensions: architecture.dimensions(),
            head: architecture.head(),
            task: architecture.task(),
            program,
        };
        let batch = Batch {
            rows: options.batch_size.get().min(rows) as u64,
            length: longest as u64,
            accumulation: options.gradient_accumulation.get() as u64,
            recompute: false,
        };
        // What the driver says is free is so beside a context that it has made by then.
        let context = if config.device == DeviceChoice::Cpu { 0 } else { CONTEXT };
        let available = config.device.memory_bytes().map(|bytes| bytes + context);
        let plain = workload.estimate(batch);
        let recompute = match config.train.recompute {
            Recompute::None => false,
            Recompute::Block => true,
            Recompute::Auto => available.is_some_and(|n| plain.total as f64 > n as f64 * USABLE),
        };
        let batch = Batch { recompute, ..batch };
        let estimate = if recompute { workload.estimate(batch) } else { plain };
        Ok(Self { estimate, recompute, available, workload, batch })
    }

    /// That the device had not enough.
    pub(crate) fn exceeded(&self, device: DeviceChoice) -> Error {
        let available = self.available.map_or_else(|| "an unknown amount".to_owned(), gibibytes);
        let needed = gibibytes(self.estimate.total);
        Error::OutOfMemory { device: device.to_string(), available, needed, remedy: self.remedy() }
    }
}

#[cfg(test)]
#[allow(clippy::expect_used, reason = "tests")]
mod tests {
    use std::rc::Rc;

    use graftwork_plan::{Manifest, RawAdapter, RawGraph, RawNode, RawPlan, RawTensor, RawTrainable, Role};
    use serde_json::json;

    use super::model::Computes;
    use super::update::{Batch, Workload};

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

    /// `benches/gpu/compare.sh` on an H100, 8 rows of 1024 tokens: 14.25 GB for LoRA of rank 16, 4.78 GB where blocks are computed again, 31.2 GB for all weights.
    #[test]
    fn a_gpus_memory_is_what_was_measured_less_the_context() {
        let config = json!({
            "model_type": "llama", "hidden_size": 2048, "intermediate_size": 8192, "num_hidden_layers": 16,
            "num_attention_heads": 32, "num_key_value_heads": 8, "head_dim": 64, "vocab_size": 128_256,
            "max_position_embeddings": 16384, "rope_theta": 5e5, "tie_word_embeddings": true, "dtype": "bfloat16",
        });
        let (_, model) = graftwork_model::open(&config, None).expect("a Llama");
        let manifest = Manifest { architecture: "llama".to_owned(), config, params: model.params().to_vec() };
        let estimate = |raw: &RawPlan, recompute| {
            let plan = graftwork_plan::Plan::validate(raw, &manifest).expect("a plan");
            let workload = Workload {
                computes: Computes::Kernels,
                on_gpu: true,
                plan: &plan,
                manifest: &manifest,
                sketch: Rc::new(model.sketch()),
                dimensions: model.dimensions(),
                head: model.head(),
                task: model.task(),
                program: 0,
            };
            workload.estimate(Batch { rows: 8, length: 1024, accumulation: 1, recompute }).total as f64 / 1e9
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
        assert!((0.88..1.05).contains(&(found / 31.2)), "{found} GB");
    }
}
