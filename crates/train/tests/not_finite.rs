//! A loss or a gradient that is not finite: which sample and which tensor are named, and that nothing has changed.
#![allow(clippy::expect_used, clippy::panic, missing_docs, reason = "tests")]

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
    Action, Attribute, Manifest, Plan, RawAdapter, RawGraph, RawNode, RawPlan, RawTensor, RawTrainable, Report, Role,
};
use graftwork_train::{
    Cause, Culprit, Duration, EvalReport, Observer, Quantity, Samples, Schedule, Snapshot, SpikeReport, StepReport,
    TrainError, TrainOptions, Trainer, Warmup,
};
use serde_json::json;

const HIDDEN: usize = 16;
/// No other record has this letter.
const RARE: &str = "Z";
const RECORDS: [&str; 4] = ["it is a truth", "Z", "in want of a wife", "a fortune"];

/// Four records of a file that trains in one step.
struct Data {
    tokenizer: Tokenizer,
    dataset: Dataset,
    file: String,
}

impl Data {
    fn new(dir: &Path) -> Self {
        let model = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/default/model");
        let tokenizer = Tokenizer::from_dir(&model).expect("a tokenizer");
        let file = dir.join("records.jsonl");
        let lines: Vec<_> = RECORDS.iter().map(|text| json!({ "text": text }).to_string()).collect();
        std::fs::write(&file, lines.join("\n")).expect("written");
        let options = DataOptions { order: Order::Sequential, eval: EvalSplit::NONE, ..DataOptions::default() };
        let dataset = Dataset::load(&[DataSource::from(&file)], &tokenizer, &options).expect("records");
        Self { tokenizer, dataset, file: file.display().to_string() }
    }

    /// The id that only the second record begins with.
    fn rare(&self) -> usize {
        self.tokenizer.encode(RARE, false).expect("ids")[0] as usize
    }

    fn line(&self, line: usize) -> String {
        format!("{}:{line}", self.file)
    }
}

/// A Llama of two layers, its weights drawn and then changed.
struct Model {
    architecture: Arc<dyn Architecture>,
    manifest: Arc<Manifest>,
    weights: Vec<Tensor<2>>,
}

impl Model {
    fn new() -> Self {
        Self::with_eps(1e-5)
    }

    fn with_eps(eps: f64) -> Self {
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
    fn set(&mut self, name: &str, row: usize, columns: Range<usize>, value: f32) {
        let weight = &mut self.weights[self.manifest.find(name).expect("a parameter").index()];
        let values = TensorData::new(vec![value; columns.len()], [1, columns.len()]);
        let values = Tensor::<2>::from_data(values, &weight.device());
        *weight = weight.clone().slice_assign([row..row + 1, columns], values);
    }

    /// All weights train.
    fn full(&self) -> RawPlan {
        let trainable = (0..self.manifest.params.len() as u32).map(|param| RawTrainable { param, group: None });
        RawPlan { trainable: trainable.collect(), ..RawPlan::default() }
    }

    /// LoRA of rank 2 on one weight.
    fn lora(&self, name: &str) -> RawPlan {
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

    fn trainer<'a>(&'a self, raw: &RawPlan, data: &'a Data, learning_rate: f64, passes: usize) -> Trainer<'a> {
        let plan = Arc::new(Plan::validate(raw, &self.manifest).expect("a valid plan"));
        let adapted = Adapted::new(Arc::clone(&self.manifest), Arc::clone(&plan), self.weights.clone(), 0);
        let options = TrainOptions {
            duration: Duration::Steps(3),
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

/// Keeps what there was before each step.
#[derive(Default)]
struct Before(Option<Vec<Vec<u8>>>);

type Result<T> = std::result::Result<T, Box<dyn std::error::Error + Send + Sync>>;

impl Observer for Before {
    fn step(&mut self, _: &StepReport) -> Result<()> {
        Ok(())
    }
    fn spike(&mut self, _: &SpikeReport) -> Result<()> {
        Ok(())
    }
    fn evaluating(&mut self, _: usize) {}
    fn evaluated_batch(&mut self) {}
    fn evaluation(&mut self, _: &EvalReport) -> Result<()> {
        Ok(())
    }
    fn begin(&mut self, model: &Adapted, _: u64) -> Result<Vec<Action>> {
        self.0 = Some(tensors(model));
        Ok(Vec::new())
    }
    fn decide(&mut self, model: &Adapted, _: &Report) -> Result<Vec<Action>> {
        self.0 = Some(tensors(model));
        Ok(Vec::new())
    }
    fn checkpoint(&mut self, _: Snapshot) -> Result<()> {
        Ok(())
    }
    fn should_stop(&self) -> bool {
        false
    }
}

fn bytes(tensor: &Tensor<2>) -> Vec<u8> {
    tensor.clone().into_data().as_bytes().to_vec()
}

fn tensors(model: &Adapted) -> Vec<Vec<u8>> {
    (0..model.slots().len()).map(|slot| bytes(&model.tensor(slot))).collect()
}

/// Trains until it fails: the step, what, why, and the message. Weights are those before that step.
fn failure(mut trainer: Trainer<'_>) -> (u64, Quantity, Cause, String) {
    let mut before = Before::default();
    let moments = |trainer: &Trainer<'_>| {
        trainer.snapshot().moments.iter().all(|m| bytes(&m.tensor).iter().all(|&byte| byte == 0))
    };
    assert!(moments(&trainer));
    let error = trainer.run(&mut before).expect_err("it cannot go on");
    let message = error.to_string();
    let TrainError::NotFinite { step, what, value, cause } = error else { panic!("{message}") };
    assert!(!value.is_finite() && message.contains(&format!("step {step}: the {what} is {value}")), "{message}");
    assert_eq!(trainer.step() + 1, step);
    assert_eq!(before.0.expect("it began"), tensors(trainer.model()), "weights, bit by bit");
    assert!(step > 1 || moments(&trainer), "moments are those before");
    (step, what, *cause, message)
}

fn one(cause: &Cause) -> String {
    match &cause.samples {
        Samples::One(source) => source.to_string(),
        Samples::Batch { .. } => panic!("one sample is to blame: {cause:?}"),
    }
}

const VALUE: &str = "model.layers.0.self_attn.v_proj.weight";
const UP: &str = "model.layers.1.mlp.up_proj.weight";

#[test]
fn a_weight_that_is_no_number_is_named() {
    let dir = tempfile::tempdir().expect("a folder");
    let data = Data::new(dir.path());
    for value in [f32::NAN, f32::INFINITY] {
        let mut model = Model::new();
        model.set(UP, 5, 7..8, value);
        // Under an adapter on another weight, under its own, and as a weight that trains.
        for (plan, culprit) in [
            (model.lora(VALUE), Culprit::Weight(UP.into())),
            (model.lora(UP), Culprit::Weight(UP.into())),
            (model.full(), Culprit::Trained(UP.into())),
        ] {
            let (step, what, cause, message) = failure(model.trainer(&plan, &data, 1e-3, 1));
            assert_eq!((step, what, cause.tensor), (1, Quantity::Loss, Some(culprit)), "{message}");
            let Samples::Batch { first: Some(first), count: 4 } = cause.samples else { panic!("all: {message}") };
            assert_eq!(first.to_string(), data.line(1));
            for part in [UP, &data.line(1), "batch of 4", "before any weight was changed"] {
                assert!(message.contains(part), "{message}");
            }
        }
    }
}

#[test]
fn a_record_that_meets_it_alone_is_named() {
    let dir = tempfile::tempdir().expect("a folder");
    let data = Data::new(dir.path());
    let rare = data.rare();
    let mut model = Model::new();
    model.set("model.embed_tokens.weight", rare, 3..4, f32::NAN);
    // In one pass, and in the first of two, whose blocks are computed again.
    for passes in [1, 2] {
        let (_, what, cause, message) = failure(model.trainer(&model.lora(VALUE), &data, 1e-3, passes));
        assert_eq!(what, Quantity::Loss);
        assert_eq!(one(&cause), data.line(2));
        assert_eq!(cause.tensor, Some(Culprit::Weight("model.embed_tokens.weight".into())));
        assert!(message.contains(&data.line(2)) && message.contains("undamaged copy"), "{message}");
    }
}

#[test]
fn a_record_that_overflows_is_named_with_the_layer() {
    let dir = tempfile::tempdir().expect("a folder");
    let data = Data::new(dir.path());
    let rare = data.rare();
    let mut model = Model::new();
    // After the norm, the rare token is √16 in one place and nothing elsewhere; no other reaches 3.9 anywhere. Times the weight
    // it is past the largest number.
    model.set("model.embed_tokens.weight", rare, 3..4, 1e15);
    model.set(VALUE, 0, 3..4, 3.4e38 / 3.9);
    let (_, what, cause, message) = failure(model.trainer(&model.lora(UP), &data, 1e-3, 1));
    assert_eq!((what, one(&cause)), (Quantity::Loss, data.line(2)), "{message}");
    assert_eq!(cause.tensor, Some(Culprit::Output(VALUE.into())), "{message}");
    assert!(message.contains("Look at that record"), "{message}");
}

#[test]
fn a_gradient_that_overflows_is_named_with_its_tensor() {
    let dir = tempfile::tempdir().expect("a folder");
    let data = Data::new(dir.path());
    let rare = data.rare();
    let mut model = Model::with_eps(1e-36);
    // With nothing in the rare token's hidden state its logits are 0 and its loss is finite. On the way back each norm divides by √eps.
    model.set("model.embed_tokens.weight", rare, 0..HIDDEN, 0.0);
    for passes in [1, 2] {
        let (step, what, cause, message) = failure(model.trainer(&model.full(), &data, 1e-3, passes));
        assert_eq!((step, what, one(&cause)), (1, Quantity::GradientNorm, data.line(2)), "{message}");
        let expected = Culprit::Gradient("model.embed_tokens.weight".into());
        assert_eq!(cause.tensor, Some(expected), "{message}");
    }
}

#[test]
fn a_learning_rate_that_explodes_stops_before_the_update() {
    let dir = tempfile::tempdir().expect("a folder");
    let data = Data::new(dir.path());
    let model = Model::new();
    let (step, _, cause, message) = failure(model.trainer(&model.full(), &data, 1e10, 1));
    assert_eq!(step, 2);
    assert!(matches!(cause.samples, Samples::Batch { count: 4, .. }), "every sample: {message}");
    assert!(matches!(cause.tensor, Some(Culprit::Output(_))), "every weight is finite: {message}");
    assert!(message.contains("Lower the learning rate"), "{message}");
}
