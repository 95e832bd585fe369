//! A loss or a gradient that is not finite: which sample and which tensor are named, and that nothing has changed.
#![allow(clippy::expect_used, clippy::panic, missing_docs, unreachable_pub, reason = "tests")]

mod common;

use burn::tensor::Tensor;
use common::{Data, HIDDEN, Model};
use graftwork_adapt::Adapted;
use graftwork_plan::{Action, Report};
use graftwork_train::{
    Cause, Culprit, EvalReport, Observer, Quantity, Samples, Snapshot, SpikeReport, StepReport, TrainError, Trainer,
};

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
