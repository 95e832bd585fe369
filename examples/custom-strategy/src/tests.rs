//! Plans for a model of two layers; `cargo test` runs them, without WebAssembly.

use graftwork_sdk::{Mock, Role, settings};

use super::*;

fn plan(config: &str) -> Result<Plan, Error> {
    let param = |(id, name): (u32, &str), shape: [u32; 2]| Param {
        id,
        name: format!("model.layers.0.{name}.weight"),
        shape: shape.to_vec(),
        dtype: "f32".to_owned(),
        role: Role::Linear,
        layer: Some(0),
        tied_to: None,
    };
    let params = vec![param((0, "self_attn.q_proj"), [8, 8]), param((1, "mlp.up_proj"), [32, 4])];
    LoraXs::plan(settings(config)?, &Model::from(Mock { params, ..Mock::default() }))
}

#[test]
fn what_trains_depends_on_the_rank_alone() {
    let plan = plan(r#"{"rank": 3}"#).unwrap();
    for adapter in &plan.adapters {
        let trained: Vec<_> = adapter.tensors.iter().filter(|tensor| tensor.trainable).collect();
        assert_eq!(trained.len(), 1);
        assert_eq!(trained[0].shape, [3, 3]);
    }
}

#[test]
fn a_small_weight_gets_the_rank_that_it_has() {
    let plan = plan("{}").unwrap();
    let ranks: Vec<_> = plan.adapters.iter().map(|adapter| adapter.tensors[1].shape[0]).collect();
    assert_eq!(ranks, [8, 4]);
}

#[test]
fn what_cannot_be_meant_is_refused() {
    assert_eq!(plan(r#"{"rank": 0}"#).unwrap_err(), Error::config("rank", "is 0; it must be at least 1"));
    assert!(plan(r#"{"target_modules": ["proj"]}"#).is_err());
}
