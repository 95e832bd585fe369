//! Rotary positions of a configuration: what is left out, what is spelt in two ways.
#![allow(clippy::expect_used, missing_docs, reason = "tests")]

use burn::tensor::{DType, Device, Tensor, TensorData};
use graftwork_model::{ConfigReader, Input, Rope, RopeDefaults};
use serde_json::{Value, json};

const HEAD: usize = 12;

/// What becomes of a head whose first half is 1 and whose second is 0, at a position: cosines, then sines.
fn turned_at(position: u32, config: &Value) -> Vec<f32> {
    let rope = Rope::read(&ConfigReader(config), RopeDefaults::new(HEAD as u64, 2048)).expect("a configuration");
    let device = Device::flex();
    let tables = rope.tables(&Input::sequence(&[0], position, &device), DType::F32);
    let head: Vec<f32> = (0..HEAD).map(|i| if i < HEAD / 2 { 1.0 } else { 0.0 }).collect();
    let head = Tensor::<4>::from_data(TensorData::new(head, [1, 1, 1, HEAD]), &device);
    tables.apply(head).into_data().try_to_vec().expect("f32")
}

fn turned(config: &Value) -> Vec<f32> {
    turned_at(1, config)
}

/// Angles and the factor on their cosines and sines.
fn angles(config: &Value) -> (Vec<f64>, f64) {
    let turned = turned(config);
    let (cosines, sines) = turned.split_at(HEAD / 2);
    let pairs = || cosines.iter().zip(sines).map(|(&c, &s)| (f64::from(c), f64::from(s)));
    let amplitude = pairs().map(|(c, s)| c.hypot(s)).next().expect("an angle");
    (pairs().map(|(c, s)| s.atan2(c)).collect(), amplitude)
}

#[test]
fn what_is_left_out_is_what_transformers_assumes() {
    let (angles, amplitude) = angles(&json!({}));
    assert!((amplitude - 1.0).abs() < 1e-6);
    for (i, angle) in angles.iter().enumerate() {
        let expected = 10_000f64.powf(-2.0 * i as f64 / HEAD as f64);
        assert!((angle / expected - 1.0).abs() < 1e-6, "angle {i}: {angle}, not {expected}");
    }
    assert_eq!(turned(&json!({"rope_scaling": null, "rope_parameters": null, "rope_theta": null})), turned(&json!({})));
}

#[test]
fn both_spellings_are_read() {
    let scaled = |inner: Value| {
        let mut new = inner.clone();
        new["rope_theta"] = json!(500_000.0);
        let old = json!({"rope_scaling": inner, "rope_theta": 500_000.0});
        let new = json!({"rope_parameters": new});
        assert_eq!(turned(&new), turned(&old));
        angles(&new)
    };
    let (plain, _) = scaled(json!({"rope_type": "default"}));
    let (linear, _) = scaled(json!({"rope_type": "linear", "factor": 4.0}));
    let legacy = angles(&json!({"rope_theta": 500_000.0, "rope_scaling": {"type": "linear", "factor": 4.0}}));
    assert_eq!(linear, legacy.0);
    for (plain, linear) in plain.iter().zip(&linear) {
        assert!((plain / linear - 4.0).abs() < 1e-5);
    }
    let amplitude = |inner: Value, expected: f64| {
        let found = scaled(inner).1;
        assert!((found - expected).abs() < 1e-6, "{found}, not {expected}");
    };
    amplitude(
        json!({"rope_type": "yarn", "factor": 4.0, "original_max_position_embeddings": 64}),
        0.1 * 4f64.ln() + 1.0,
    );
    amplitude(json!({"rope_type": "yarn", "factor": 4.0, "attention_factor": 0.5, "truncate": false}), 0.5);
    let expected = (0.2 * 4f64.ln() + 1.0) / (0.1 * 4f64.ln() + 1.0);
    amplitude(json!({"rope_type": "yarn", "factor": 4.0, "mscale": 2.0, "mscale_all_dim": 1.0}), expected);
}

#[test]
fn a_part_of_a_head_may_be_turned() {
    let half = json!({"partial_rotary_factor": 0.5, "rope_theta": 100.0});
    assert_eq!(turned(&half), turned(&json!({"rotary_pct": 0.5, "rotary_emb_base": 100.0})), "GPT-NeoX's names");
    assert_eq!(turned(&half), turned(&json!({"rope_parameters": {"partial_rotary_factor": 0.5, "rope_theta": 100.0}})));
    // Six entries turn among themselves, in halves of three; the others stay.
    let found = turned(&half);
    assert_eq!(found[6..], [0.0; 6]);
    for (i, (first, second)) in found[..3].iter().zip(&found[3..6]).enumerate() {
        let angle = 100f64.powf(-(2.0 * i as f64) / 6.0);
        assert!((f64::from(*first) - (angle.cos() - angle.sin())).abs() < 1e-6);
        assert!((f64::from(*second) - (angle.cos() + angle.sin())).abs() < 1e-6);
    }
}

#[test]
fn long_texts_may_have_angles_of_their_own() {
    let longrope = json!({"original_max_position_embeddings": 64, "rope_scaling": {
        "type": "longrope", "short_factor": [1.0, 1.0, 1.0, 1.0, 1.0, 1.0], "long_factor": [2.0, 2.0, 2.0, 2.0, 2.0, 2.0],
    }});
    let amplitude = (1.0 + (2048f64 / 64.0).ln() / 64f64.ln()).sqrt();
    let first = |position: u32| f64::from(turned_at(position, &longrope)[0]);
    assert!((first(63) - amplitude * 63f64.cos()).abs() < 1e-5, "the 64th token still has the short ones");
    assert!((first(64) - amplitude * 32f64.cos()).abs() < 1e-5);
}
