//! What changes between updates: kept tensors, penalties, frozen parts, kept rows, restarts, shared tensors.
#![allow(clippy::expect_used, clippy::panic, missing_docs, unreachable_pub, dead_code, reason = "tests")]

mod common;

use burn::tensor::Tensor;
use common::model::{IN, OUT, adapted, close, drawn, f32s, plan, tensor, weights, x};
use common::{Builder, key};
use graftwork_adapt::{Adapted, Mode};
use graftwork_model::Parameters;
use graftwork_plan::{Attribute, ParamId, RawGraph, RawPlan, RawTensor};

const LAYER: ParamId = ParamId(1);

fn of(build: impl Fn(&mut Builder) -> u32) -> RawGraph {
    let mut b = Builder::default();
    let root = build(&mut b);
    b.raw(root)
}

/// LoRA that keeps the mean of |B ⊙ ∇B| over updates, and twice that.
fn keeping() -> RawPlan {
    let mut raw = plan(1, [OUT, IN], 0.0, 1.0);
    let kept = |name: &str, update: RawGraph| RawTensor {
        trainable: false,
        update: Some(update),
        ..tensor(name, &[OUT, 2], drawn("constant", "value", 1.0, &[OUT, 2]))
    };
    let mean = of(|b| {
        let (value, gradient, mean) = (b.tensor(1), b.integer("gradient", &[], "index", 1), b.tensor(2));
        let product = b.op("mul", &[value, gradient]);
        let size = b.op("abs", &[product]);
        let (old, new) = (b.with("scale", &[mean], "factor", 0.75), b.with("scale", &[size], "factor", 0.25));
        b.op("add", &[old, new])
    });
    let twice = of(|b| {
        let mean = b.tensor(2);
        b.with("scale", &[mean], "factor", 2.0)
    });
    raw.adapters[0].tensors.extend([kept("mean", mean), kept("twice", twice)]);
    raw
}

#[test]
fn kept_tensors_follow_the_gradients_in_their_order() {
    let mut model = adapted(&keeping(), 1);
    assert_eq!(model.slots().iter().map(|s| s.part).collect::<Vec<_>>(), [true, true, false, false]);
    assert!(!model.trains(2) && Adapted::keeps_tensors(model.plan()));
    let b = f32s(model.tensor(1));
    let gradient: Vec<f32> = (0..b.len()).map(|i| i as f32 - 5.0).collect();
    let tensor = Tensor::<1>::from_floats(gradient.as_slice(), &model.tensor(1).device()).reshape([OUT as usize, 2]);
    model.update_kept(|slot| (slot == 1).then(|| tensor.clone()));
    let mean: Vec<f32> = b.iter().zip(&gradient).map(|(b, g)| 0.75 + 0.25 * (b * g).abs()).collect();
    assert!(close(&f32s(model.tensor(2)), &mean, 1e-6));
    let twice: Vec<f32> = mean.iter().map(|m| 2.0 * m).collect();
    assert!(close(&f32s(model.tensor(3)), &twice, 1e-6), "it sees the mean's new value");
    // Without a gradient there is none of it.
    model.update_kept(|_| None);
    let faded: Vec<f32> = mean.iter().map(|m| 0.75 * m).collect();
    assert!(close(&f32s(model.tensor(2)), &faded, 1e-6));
}

#[test]
fn a_penalty_is_a_number_with_a_gradient() {
    let mut raw = plan(1, [OUT, IN], 0.0, 1.0);
    // ½ Σ B².
    raw.adapters[0].penalty = Some(of(|b| {
        let t = b.tensor(1);
        let (square, _) = (b.op("mul", &[t, t]), ());
        let flat = b.reshape(square, &[1, 2 * OUT as i64]);
        let sum = b.axis("sum", flat, 1);
        b.with("scale", &[sum], "factor", 0.5)
    }));
    let model = adapted(&raw, 1);
    let values = f32s(model.tensor(1));
    let session = model.session(&Mode::Training { key: key(1) });
    let penalty = session.penalty().expect("a penalty");
    let expected: f32 = values.iter().map(|v| v * v / 2.0).sum();
    let gradients = penalty.backward();
    assert!((penalty.into_scalar::<f32>() - expected).abs() < 1e-4);
    assert!(close(&f32s(session.leaf(1).grad(&gradients).expect("a gradient")), &values, 1e-6));
    assert!(session.leaf(0).grad(&gradients).is_none());
    assert!(adapted(&plan(1, [OUT, IN], 0.0, 1.0), 1).session(&Mode::Evaluation).penalty().is_none());
}

#[test]
fn what_is_frozen_has_no_gradient() {
    let mut model = adapted(&plan(1, [OUT, IN], 0.0, 1.0), 1);
    assert_eq!(model.trained_of(LAYER), [0, 1]);
    assert!(model.trained_of(ParamId(2)).is_empty());
    model.set_frozen(LAYER, true);
    assert!(!model.trains(0) && !model.trains(1));
    let y = model.session(&Mode::Training { key: key(1) }).linear(LAYER, None, x(3));
    assert!(!y.is_tracked());
    model.set_frozen(LAYER, false);
    assert!(model.session(&Mode::Training { key: key(1) }).linear(LAYER, None, x(3)).is_tracked());
}

#[test]
fn rows_that_are_not_kept_are_zero() {
    let mut model = adapted(&plan(1, [OUT, IN], 0.0, 1.0), 1);
    let slot = model.slot_of(LAYER, "lora_A").expect("a slot");
    let before = f32s(model.tensor(slot));
    model.keep_rows(slot, &[1]);
    let after = f32s(model.tensor(slot));
    assert_eq!(after[IN as usize..], before[IN as usize..]);
    assert!(after[..IN as usize].iter().all(|&v| v == 0.0));
    assert_eq!(model.slot_of(LAYER, "lora_C"), None);
}

#[test]
fn a_restart_keeps_the_weight_and_draws_anew() {
    let mut model = adapted(&plan(1, [OUT, IN], 0.0, 0.0), 1);
    let first = f32s(model.tensor(0));
    let trained = Tensor::full([OUT as usize, 2], 0.5, &model.tensor(1).device());
    model.set_tensor(1, trained.clone());
    let weight = f32s(model.merged(LAYER).expect("finite"));
    model.merge_and_restart().expect("finite");
    assert!(close(&f32s(model.merged(LAYER).expect("finite")), &weight, 1e-6), "B begins at zero");
    let second = f32s(model.tensor(0));
    assert!(second != first && f32s(model.tensor(1)).iter().all(|&v| v == 0.0));
    model.set_tensor(1, trained);
    model.merge_and_restart().expect("finite");
    assert!(f32s(model.tensor(0)) != second && model.restarts() == 2);

    // Another process goes on from what is saved.
    let mut other = adapted(&plan(1, [OUT, IN], 0.0, 0.0), 1);
    let bases = model.bases().map(|(id, base)| (model.param(id).name.clone(), base)).collect();
    assert_eq!(other.restore_bases(2, bases), None);
    (0..2).for_each(|slot| drop(other.set_tensor(slot, model.tensor(slot))));
    assert_eq!(f32s(other.merged(LAYER).expect("finite")), f32s(model.merged(LAYER).expect("finite")));
    model.merge_and_restart().expect("finite");
    other.merge_and_restart().expect("finite");
    assert_eq!(f32s(other.tensor(0)), f32s(model.tensor(0)), "the third start is the same for both");
    let unknown = vec![("norm.weight".to_owned(), weights()[2].clone())];
    assert_eq!(other.restore_bases(3, unknown), Some("norm.weight".to_owned()));
}

/// `base ⊙ l` by columns on two weights, with one vector for both.
fn sharing(trainable: bool) -> RawPlan {
    let scaled = of(|b| {
        let base = b.op("base", &[]);
        let l = b.push("shared", &[], &[("name", Attribute::Text("l".to_owned()))]);
        b.op("mul", &[base, l])
    });
    let vector = RawTensor { trainable, ..tensor("l", &[1, IN], drawn("constant", "value", 1.0, &[1, IN])) };
    let mut raw = plan(1, [OUT, IN], 0.0, 1.0);
    for target in [0, 1] {
        let mut adapter = raw.adapters[0].clone();
        (adapter.target, adapter.tensors, adapter.effective) = (target, Vec::new(), scaled.clone());
        raw.adapters.push(adapter);
    }
    raw.adapters.remove(0);
    raw.shared.push(vector);
    raw
}

#[test]
fn a_shared_tensor_is_one_for_all_adapters() {
    let mut model = adapted(&sharing(true), 1);
    assert_eq!(model.slots().iter().map(|s| s.name.as_str()).collect::<Vec<_>>(), ["l"]);
    let session = model.session(&Mode::Training { key: key(1) });
    let both = session.linear(LAYER, None, x(2)).sum() + session.value(ParamId(0)).sum();
    let gradient = f32s(session.leaf(0).grad(&both.backward()).expect("a gradient"));
    let columns = x(2).sum_dim(0) * weights()[1].clone().sum_dim(0) + weights()[0].clone().sum_dim(0);
    assert!(close(&gradient, &f32s(columns), 1e-3));
    let doubled = Tensor::full([1, IN as usize], 2.0, &model.tensor(0).device());
    model.set_tensor(0, doubled);
    for param in [0u32, 1] {
        let merged = f32s(model.merged(ParamId(param)).expect("finite"));
        assert!(close(&merged, &f32s(weights()[param as usize].clone().mul_scalar(2.0)), 1e-6));
    }
}
