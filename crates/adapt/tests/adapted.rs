//! A model's parameters under a plan: initial values, sessions, gradients, merges.
#![allow(clippy::expect_used, clippy::panic, missing_docs, unreachable_pub, dead_code, reason = "tests")]

mod common;

use std::sync::Arc;

use burn::tensor::{DType, Device, Int, Tensor, TensorData};
use common::model::{IN, OUT, adapted, close, f32s, manifest, plan, tensor, weights, x};
use common::{Builder, difference, key};
use graftwork_adapt::{Adapted, Mode};
use graftwork_kernels::random::Key;
use graftwork_model::Parameters;
use graftwork_plan::{ParamId, Plan, RawAdapter, RawPlan, RawTrainable};

const LAYER: ParamId = ParamId(1);

#[test]
fn a_new_adapter_changes_nothing_and_a_trained_one_merges() {
    let plain = f32s(x(5).matmul(weights()[1].clone().transpose()));
    let fresh = adapted(&plan(1, [OUT, IN], 0.0, 0.0), 1);
    assert_eq!(f32s(fresh.session(&Mode::Evaluation).linear(LAYER, None, x(5))), plain);
    let trained = adapted(&plan(1, [OUT, IN], 0.3, 1.0), 1);
    let applied = f32s(trained.session(&Mode::Evaluation).linear(LAYER, None, x(5)));
    let merged = f32s(x(5).matmul(trained.merged(LAYER).expect("finite").transpose()));
    assert!(close(&applied, &merged, 1e-5));
    assert_ne!(applied, plain);
}

#[test]
fn initial_values_depend_on_seed_and_name_alone() {
    let a = |seed| f32s(adapted(&plan(1, [OUT, IN], 0.0, 0.0), seed).tensor(0));
    assert_eq!(a(1), a(1));
    assert_ne!(a(1), a(2));
    let mut more = plan(1, [OUT, IN], 0.0, 0.0);
    more.adapters.insert(0, plan(0, [16, IN], 0.0, 0.0).adapters.remove(0));
    assert_eq!(f32s(adapted(&more, 1).tensor(2)), a(1), "another adapter before it draws from its own stream");
}

#[test]
fn dropout_is_seeded_keeps_the_mean_and_ends_with_training() {
    let model = adapted(&plan(1, [OUT, IN], 0.4, 1.0), 1);
    let pass = |key: Key| f32s(model.session(&Mode::Training { key }).linear(LAYER, None, x(3)));
    assert_eq!(pass(key(1)), pass(key(1)));
    assert_ne!(pass(key(1)), pass(key(2)));
    let calm = f32s(model.session(&Mode::Evaluation).linear(LAYER, None, x(3)));
    let count = 4000;
    let mut mean = vec![0.0f64; calm.len()];
    for n in 0..count {
        pass(key(3).number(n)).iter().zip(&mut mean).for_each(|(v, m)| *m += f64::from(*v) / count as f64);
    }
    let expected: Vec<f64> = calm.iter().map(|&v| f64::from(v)).collect();
    assert!(difference(&mean, &expected) < 0.05);
}

#[test]
fn gradients_reach_what_trains_and_nothing_else() {
    let mut raw = plan(1, [OUT, IN], 0.0, 1.0);
    raw.trainable.push(RawTrainable { param: 2, group: None });
    let model = adapted(&raw, 1);
    let session = model.session(&Mode::Training { key: key(1) });
    let y = session.linear(LAYER, None, x(4) * session.value(ParamId(2)));
    let gradients = y.square().sum().backward();
    assert_eq!(model.slots().len(), 3);
    for slot in 0..3 {
        let gradient = session.leaf(slot).grad(&gradients).expect("a gradient");
        assert!(f32s(gradient).iter().any(|&g| g != 0.0), "{}", model.slots()[slot].name);
    }
    assert_eq!(model.slots()[2].name, "norm.weight");
    assert_eq!(model.slots()[0].name, "layer.lora_A");
}

#[test]
fn a_tied_head_sees_the_embeddings_adapter() {
    let model = adapted(&plan(0, [16, IN], 0.0, 1.0), 1);
    let session = model.session(&Mode::Evaluation);
    let merged = model.merged(ParamId(0)).expect("finite");
    assert_eq!(f32s(session.value(ParamId(3))), f32s(merged.clone()));
    let ids = Tensor::<1, Int>::from_data(TensorData::new(vec![3i32, 0], [2]), &Device::flex());
    let found = f32s(session.embedding(ParamId(0), ids.clone()));
    let expected = f32s(merged.select(0, ids));
    assert!(close(&found, &expected, 1e-5));
}

#[test]
fn only_a_weight_without_an_adapter_is_a_plain_one() {
    let raw = plan(0, [16, IN], 0.5, 1.0);
    let model = adapted(&RawPlan { trainable: vec![RawTrainable { param: 2, group: None }], ..raw }, 1);
    let session = model.session(&Mode::Training { key: key(1) });
    let plain = [0, 1, 2, 3].map(|param| session.plain(ParamId(param)));
    assert_eq!(plain.each_ref().map(Option::is_some), [false, true, true, false], "the head is tied to the embedding");
    assert_eq!(plain.map(|p| p.is_some_and(|p| p.is_tracked())), [false, false, true, false]);
    // The head's dropout acts on activations, which the weight as a matrix could not.
    let built = f32s(x(4).matmul(session.value(ParamId(3)).inner().transpose()));
    assert!(!close(&f32s(session.linear(ParamId(3), None, x(4))), &built, 1e-3));
}

#[test]
fn a_changed_base_keeps_the_weight_at_step_0() {
    // PiSSA, arXiv 2404.02948: B and A are the weight's leading part, which the base gives up.
    let svd = |op: &str| {
        let mut b = Builder::default();
        let base = b.op("base", &[]);
        let (vectors, s) = (b.integer(op, &[base], "rank", 2), b.integer("svd_s", &[base], "rank", 2));
        let root = s_times(&mut b, op, vectors, s);
        b.raw(root)
    };
    let mut raw = plan(1, [OUT, IN], 0.0, 0.0);
    raw.adapters[0].tensors[0].init = svd("svd_vt");
    raw.adapters[0].tensors[1].init = svd("svd_u");
    let mut b = Builder::default();
    let (base, a, up) = (b.op("base", &[]), b.tensor(0), b.tensor(1));
    let product = b.op("matmul", &[up, a]);
    let root = b.op("sub", &[base, product]);
    raw.adapters[0].base = Some(b.raw(root));
    let model = adapted(&raw, 1);
    let (merged, original) = (f32s(model.merged(LAYER).expect("finite")), f32s(weights()[1].clone()));
    assert!(close(&merged, &original, 1e-5));
    assert!(f32s(model.tensor(0)).iter().any(|v| v.abs() > 0.1), "the factors hold something");
}

/// Square roots of the singular values, on the side of the vectors that they belong to.
fn s_times(b: &mut Builder, op: &str, vectors: u32, s: u32) -> u32 {
    let root = b.op("sqrt", &[s]);
    let dims: &[i64] = if op == "svd_u" { &[1, 2] } else { &[2, 1] };
    let root = b.reshape(root, dims);
    b.op("mul", &[vectors, root])
}

#[test]
fn values_that_are_no_numbers_are_errors() {
    let mut raw = plan(1, [OUT, IN], 0.0, 0.0);
    raw.adapters[0].tensors[0].init = {
        let mut b = Builder::default();
        let (one, zero) = (b.constant(1.0, &[2, IN as i64]), b.constant(0.0, &[1, 1]));
        let root = b.op("div", &[one, zero]);
        b.raw(root)
    };
    let plan = Plan::validate(&raw, &manifest()).expect("valid as a plan");
    let error = Adapted::new(manifest(), Arc::new(plan), weights(), 1).err().expect("refused").to_string();
    assert!(error.contains("`lora_A`") && error.contains("`layer.weight`"), "{error}");
}

#[test]
fn a_merge_through_a_singular_matrix_is_an_error() {
    let mut init = Builder::default();
    let identity = init.integer("identity", &[], "size", OUT as i64);
    let mut b = Builder::default();
    let (left, base) = (b.tensor(0), b.op("base", &[]));
    let inverse = b.op("inverse", &[left]);
    let root = b.op("matmul", &[inverse, base]);
    let tensors = vec![tensor("left", &[OUT, OUT], init.raw(identity))];
    let adapter =
        RawAdapter { target: 1, kind: "left".into(), tensors, base: None, effective: b.raw(root), penalty: None };
    let mut model = adapted(&RawPlan { adapters: vec![adapter], ..RawPlan::default() }, 1);
    assert!(close(&f32s(model.merged(LAYER).expect("finite")), &f32s(weights()[1].clone()), 1e-5));
    let singular = model.tensor(0).zeros_like();
    model.set_tensor(0, singular);
    let error = model.merged(LAYER).expect_err("refused").to_string();
    assert!(error.contains("the merged weight") && error.contains("`layer.weight`"), "{error}");
}

#[test]
fn a_tied_head_sees_what_trains_in_place() {
    let raw = RawPlan { trainable: vec![RawTrainable { param: 0, group: None }], ..RawPlan::default() };
    let mut model = adapted(&raw, 1);
    assert_eq!(model.slots()[0].name, "embed.weight");
    let moved = model.tensor(0).mul_scalar(2.0);
    model.set_tensor(0, moved.clone());
    let session = model.session(&Mode::Evaluation);
    for param in [ParamId(0), ParamId(3)] {
        assert_eq!(f32s(session.value(param)), f32s(moved.clone()));
        assert_eq!(f32s(model.merged(param).expect("finite")), f32s(moved.clone()));
    }
    let logits = session.linear(ParamId(3), None, x(2));
    assert_eq!(f32s(logits), f32s(x(2).matmul(moved.transpose())));
}

#[test]
fn weights_in_half_precision_train_in_full() {
    let mut raw = plan(1, [OUT, IN], 0.0, 1.0);
    raw.trainable.push(RawTrainable { param: 2, group: None });
    let plan = Arc::new(Plan::validate(&raw, &manifest()).expect("a valid plan"));
    let halves = weights().into_iter().map(|w| w.cast(DType::BF16)).collect();
    let model = Adapted::new(manifest(), Arc::clone(&plan), halves, 1).expect("an adapted model");
    let session = model.session(&Mode::Training { key: key(1) });
    let y = session.linear(LAYER, None, x(4).cast(DType::BF16) * session.value(ParamId(2)));
    assert_eq!(y.dtype(), DType::BF16, "activations stay in the weights' type");
    let gradients = y.clone().sum().backward();
    for slot in 0..3 {
        assert_eq!(model.tensor(slot).dtype(), DType::F32);
        let gradient = session.leaf(slot).grad(&gradients).expect("a gradient");
        assert_eq!(gradient.dtype(), DType::F32);
        assert!(f32s(gradient).iter().any(|&g| g != 0.0), "{}", model.slots()[slot].name);
    }
    // The draws are those of a model in f32, not rounded.
    let full = Adapted::new(manifest(), plan, weights(), 1).expect("an adapted model");
    assert_eq!(f32s(model.tensor(0)), f32s(full.tensor(0)));
    // The merge is as exact as the base.
    let exact = weights()[1].clone().cast(DType::BF16).cast(DType::F32) + full.tensor(1).matmul(full.tensor(0));
    assert!(close(&f32s(model.merged(LAYER).expect("finite")), &f32s(exact), 1e-6));
}
