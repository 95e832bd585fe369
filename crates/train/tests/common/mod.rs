//! A small model, a few records, and a trainer of both.
#![allow(dead_code, reason = "each test uses a part")]

use std::num::NonZeroUsize;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use burn::tensor::{DType, Device, Tensor, TensorData};
use graftwork_adapt::Adapted;
use graftwork_data::{DataOptions, DataSource, Dataset, EvalSplit, Order, Tokenizer};
use graftwork_kernels::adamw::AdamW;
use graftwork_kernels::random::Key;
use graftwork_llama as _;
use graftwork_model::{Architecture, matrix_shape};
use graftwork_plan::{
    Attribute, Manifest, Plan, RawAdapter, RawGraph, RawNode, RawPlan, RawTensor, RawTrainable, Role,
};
use graftwork_train::{Duration, Schedule, TrainOptions, Trainer, Warmup};
use serde_json::json;

pub const HIDDEN: usize = 16;
/// No other record has this letter.
pub const RARE: &str = "Z";
pub const RECORDS: [&str; 4] = ["it is a truth", "Z", "in want of a wife", "a fortune"];

/// Of every run.
pub const STEPS: u64 = 3;

/// Four records of a file that trains in one step.
pub struct Data {
    pub tokenizer: Tokenizer,
    pub dataset: Dataset,
    pub file: String,
}

impl Data {
    pub fn new(dir: &Path) -> Self {
        Self::split(dir, EvalSplit::NONE)
    }

    /// With a part of them to evaluate on.
    pub fn split(dir: &Path, eval: EvalSplit) -> Self {
        let model = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/default/model");
        let tokenizer = Tokenizer::from_dir(&model).expect("a tokenizer");
        let file = dir.join("records.jsonl");
        let lines: Vec<_> = RECORDS.iter().map(|text| json!({ "text": text }).to_string()).collect();
        std::fs::write(&file, lines.join("\n")).expect("written");
        let options = DataOptions { order: Order::Sequential, eval, ..DataOptions::default() };
        let dataset = Dataset::load(&[DataSource::from(&file)], &tokenizer, &options).expect("records");
        Self { tokenizer, dataset, file: file.display().to_string() }
    }

    /// The id that only the second record begins with.
    pub fn rare(&self) -> usize {
        self.tokenizer.encode(RARE, false).expect("ids")[0] as usize
    }

    pub fn line(&self, line: usize) -> String {
        format!("{}:{line}", self.file)
    }
}

/// A Llama of two layers, its weights drawn and then changed.
pub struct Model {
    pub architecture: Arc<dyn Architecture>,
    pub manifest: Arc<Manifest>,
    pub weights: Vec<Tensor<2>>,
}

impl Model {
    pub fn new() -> Self {
        Self::with_eps(1e-5)
    }

    pub fn with_eps(eps: f64) -> Self {
        let config = json!({
            "model_type": "llama", "architectures": ["LlamaForCausalLM"], "vocab_size": 4096, "hidden_size": HIDDEN,
            "intermediate_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2, "num_key_value_heads": 2,
            "max_position_embeddings": 64, "rms_norm_eps": eps, "tie_word_embeddings": false, "dtype": "float32",
        });
        let (_, architecture) = graftwork_model::open(&config, None).expect("a Llama");
        let params = architecture.params().to_vec();
        let weights = params.iter().zip(0..).map(|(param, index)| {
            let dims = matrix_shape(&param.shape);
            let values = match param.role {
                Role::Norm => vec![1.0; dims[0] * dims[1]],
                _ => Key::new(3).number(index).normal(dims[0] * dims[1], 0.1),
            };
            Tensor::<2>::from_data(TensorData::new(values, dims), (&Device::flex(), DType::F32))
        });
        let weights = weights.collect();
        let manifest = Arc::new(Manifest { architecture: "llama".into(), config, params });
        Self { architecture, manifest, weights }
    }

    /// Changes some values of a row.
    pub fn set(&mut self, name: &str, row: usize, columns: Range<usize>, value: f32) {
        let weight = &mut self.weights[self.manifest.find(name).expect("a parameter").index()];
        let values = TensorData::new(vec![value; columns.len()], [1, columns.len()]);
        let values = Tensor::<2>::from_data(values, &weight.device());
        *weight = weight.clone().slice_assign([row..row + 1, columns], values);
    }

    /// All weights train.
    pub fn full(&self) -> RawPlan {
        let trainable = (0..self.manifest.params.len() as u32).map(|param| RawTrainable { param, group: None });
        RawPlan { trainable: trainable.collect(), ..RawPlan::default() }
    }

    /// LoRA of rank 2 on one weight.
    pub fn lora(&self, name: &str) -> RawPlan {
        let target = self.manifest.find(name).expect("a parameter");
        let dims = self.manifest.get(target).expect("a parameter").shape.dims().to_vec();
        let node = |op: &str, inputs: &[u32], attributes: Vec<(String, Attribute)>| RawNode {
            op: op.to_owned(),
            inputs: inputs.to_vec(),
            attributes,
        };
        let tensor = |name: &str, shape: [u32; 2]| {
            let dims = Attribute::Integers(shape.iter().map(|&d| i64::from(d)).collect());
            let attributes = vec![("std".to_owned(), Attribute::Float(0.1)), ("shape".to_owned(), dims)];
            let init = RawGraph { nodes: vec![node("normal", &[], attributes)], root: 0 };
            RawTensor { name: name.into(), shape: shape.to_vec(), trainable: true, group: None, init, update: None }
        };
        let leaf = |index| node("tensor", &[], vec![("index".to_owned(), Attribute::Integer(index))]);
        let nodes = vec![node("base", &[], vec![]), leaf(0), leaf(1), node("matmul", &[2, 1], vec![])];
        let effective = RawGraph { nodes: [nodes, vec![node("add", &[0, 3], vec![])]].concat(), root: 4 };
        let tensors = vec![tensor("lora_A", [2, dims[1] as u32]), tensor("lora_B", [dims[0] as u32, 2])];
        let adapter =
            RawAdapter { target: target.0, kind: "lora".into(), tensors, base: None, effective, penalty: None };
        RawPlan { adapters: vec![adapter], ..RawPlan::default() }
    }

    pub fn trainer<'a>(&'a self, raw: &RawPlan, data: &'a Data, learning_rate: f64, passes: usize) -> Trainer<'a> {
        let plan = Arc::new(Plan::validate(raw, &self.manifest).expect("a valid plan"));
        let adapted = Adapted::new(Arc::clone(&self.manifest), Arc::clone(&plan), self.weights.clone(), 0);
        let options = TrainOptions {
            duration: Duration::Steps(STEPS),
            batch_size: NonZeroUsize::new(RECORDS.len() / passes).expect("not 0"),
            gradient_accumulation: NonZeroUsize::new(passes).expect("not 0"),
            learning_rate,
            schedule: Schedule::Constant,
            warmup: Warmup::Steps(0),
            weight_decay: 0.0,
            adamw: AdamW::default(),
            max_grad_norm: None,
            eval_every: None,
            checkpoint_every: None,
            recompute: passes > 1,
            seed: 0,
            checkpoint_best: false,
            early_stopping: None,
        };
        let adapted = adapted.expect("an adapted model");
        Trainer::new(self.architecture.as_ref(), adapted, &plan, &data.dataset, options, Device::flex())
            .expect("options")
    }
}
