//! AdamW against PyTorch and against its formula; the global norm.
#![allow(clippy::expect_used, clippy::panic, clippy::print_stdout, missing_docs, reason = "tests")]

mod common;

use burn::tensor::{DType, Device, Tensor, TensorData};
use common::{close, draws, tensor, values};
use graftwork_kernels::adamw::{AdamW, Clip, Moments, Update, global_norm};
use graftwork_kernels::random::Key;

const STEPS: u64 = 20;
const LR: f64 = 1e-2;
const DECAY: f64 = 0.1;

/// Gradients of four kinds: one that changes sign once, one that always does, a tiny one and a fading one.
fn gradient(step: u64) -> [f64; 4] {
    let t = step as f64;
    [0.3 * t - 2.0, (-1f64).powi(step as i32), 1e-6 * t, 4.0 / t]
}

const START: [f64; 4] = [1.0, -2.0, 0.5, 3.0];

fn run(dtype: DType, settings: AdamW, decay: f64) -> Vec<f64> {
    let mut parameter = tensor(&START, [2, 2], dtype);
    let mut moments = Moments::zeros(&parameter);
    for step in 1..=STEPS {
        let gradient = tensor(&gradient(step), [2, 2], dtype);
        (parameter, moments) = settings.update(parameter, gradient, moments, step, LR, decay);
        assert_eq!(parameter.dtype(), dtype);
    }
    values(parameter)
}

/// `torch.optim.AdamW(lr=1e-2, weight_decay=0.1)` of PyTorch 2.15 in f64, with the gradients above.
const TORCH: [f64; 4] =
    [0.983_035_526_221_088_5, -1.943_718_359_203_041_4, 0.284_859_995_663_722_1, 2.818_025_843_393_332];

#[test]
fn twenty_steps_are_pytorchs() {
    close("f64", &run(DType::F64, AdamW::default(), DECAY), &TORCH, 1e-14);
    close("f32", &run(DType::F32, AdamW::default(), DECAY), &TORCH, 1e-6);
}

#[test]
fn the_formula_holds_for_other_settings() {
    for (settings, decay) in [
        (AdamW { beta1: 0.8, beta2: 0.95, eps: 1e-8 }, 0.0),
        (AdamW { beta1: 0.0, beta2: 0.99, eps: 1e-3 }, 0.5),
        (AdamW { beta1: 0.9, beta2: 0.999, eps: 1.0 }, DECAY),
    ] {
        let AdamW { beta1, beta2, eps } = settings;
        let (mut p, mut m, mut v) = (START, [0.0; 4], [0.0; 4]);
        for step in 1..=STEPS {
            for (i, g) in gradient(step).into_iter().enumerate() {
                p[i] *= 1.0 - LR * decay;
                m[i] = beta1 * m[i] + (1.0 - beta1) * g;
                v[i] = beta2 * v[i] + (1.0 - beta2) * g * g;
                let m_hat = m[i] / (1.0 - beta1.powi(step as i32));
                let v_hat: f64 = v[i] / (1.0 - beta2.powi(step as i32));
                p[i] -= LR * m_hat / (v_hat.sqrt() + eps);
            }
        }
        close("formula", &run(DType::F64, settings, decay), &p, 1e-14);
    }
}

#[test]
fn the_first_step_is_the_sign_of_the_gradient() {
    let parameter = tensor(&[0.0; 4], [1, 4], DType::F64);
    let moments = Moments::zeros(&parameter);
    let gradient = tensor(&[1e-3, -5.0, 7.0, 0.0], [1, 4], DType::F64);
    let (updated, _) = AdamW::default().update(parameter, gradient, moments, 1, LR, DECAY);
    close("first step", &values(updated), &[-LR, LR, -LR, 0.0], 1e-4);
}

#[test]
fn without_a_gradient_only_the_decay_is_left() {
    let parameter = tensor(&START, [2, 2], DType::F64);
    let moments = Moments::zeros(&parameter);
    let (updated, moments) = AdamW::default().update(parameter.clone(), parameter.zeros_like(), moments, 1, LR, DECAY);
    let expected: Vec<f64> = START.iter().map(|p| p * (1.0 - LR * DECAY)).collect();
    assert_eq!(values(updated), expected);
    assert_eq!(values(moments.first), [0.0; 4]);
}

#[test]
fn late_steps_need_no_correction() {
    let update = |step| {
        let parameter = tensor(&START, [2, 2], DType::F64);
        let moments = Moments { first: parameter.ones_like(), second: parameter.ones_like() };
        values(AdamW::default().update(parameter.clone(), parameter, moments, step, LR, 0.0).0)
    };
    assert_eq!(update(u64::MAX), update(1 << 40));
    assert!(update(u64::MAX).iter().all(|v| v.is_finite()));
}

#[test]
fn the_global_norm_is_over_all_gradients_together() {
    assert!(global_norm(&[]).is_none());
    let (a, b) = (draws("a", 12), draws("b", 5));
    let expected = a.iter().chain(&b).map(|v| v * v).sum::<f64>().sqrt();
    let found = global_norm(&[tensor(&a, [3, 4], DType::F64), tensor(&b, [1, 5], DType::F64)]).expect("a norm");
    close("norm", &values(found), &[expected], 1e-14);
    let large = draws("large", 1 << 20);
    let expected = large.iter().map(|v| v * v).sum::<f64>().sqrt();
    let found = global_norm(&[tensor(&large, [1 << 10, 1 << 10], DType::F32)]).expect("a norm");
    close("norm of a million, f32", &values(found), &[expected], 1e-6);
}

#[test]
fn gradients_are_cut_to_the_norm_and_one_that_is_not_finite_updates_nothing() {
    let (value, gradient) = ([0.5, -1.0, 2.0], [3.0, 0.0, -4.0]);
    let tensor = |values: &[f64]| tensor(values, [1, 3], DType::F64);
    let adamw = AdamW::default();
    let step = |gradient: &[f64], norm: f64, most: Option<f64>| {
        let parameter = tensor(&value);
        let moments = Moments::zeros(&parameter);
        let update = Update { parameter, gradient: tensor(gradient), moments, lr: 0.1, weight_decay: 0.0 };
        let clip = Clip { norm: common::tensor(&[norm], [1], DType::F64), most };
        let (parameter, moments) = adamw.update_all(vec![update], 1, clip).remove(0);
        [parameter, moments.first, moments.second].map(values)
    };
    let fifth = gradient.map(|g| g / (5.0 + 1e-6));
    let (cut, expected) = (step(&gradient, 5.0, Some(1.0)), step(&fifth, 1.0, None));
    for (found, expected) in cut.iter().zip(&expected) {
        close("cut", found, expected, 1e-14);
    }
    assert_eq!(step(&gradient, 5.0, Some(6.0)), step(&gradient, 5.0, None), "a norm below the limit is left");
    for norm in [f64::NAN, f64::INFINITY] {
        assert_eq!(step(&gradient, norm, Some(1.0)), [value.to_vec(), vec![0.0; 3], vec![0.0; 3]]);
    }
}

#[test]
fn the_norm_of_a_large_gradient_is_the_same_with_any_number_of_threads() {
    // Beyond four million values the tensor library adds what threads give as they come.
    let gradient =
        Tensor::<2>::from_data(TensorData::new(Key::new(7).normal(5 << 20, 1.0), [5 << 10, 1 << 10]), &Device::flex());
    let norm = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
        pool.install(|| global_norm(std::slice::from_ref(&gradient)).expect("a norm").into_scalar::<f32>()).to_bits()
    };
    let alone = norm(1);
    assert!((2..=9).all(|threads| norm(threads) == alone));
}
