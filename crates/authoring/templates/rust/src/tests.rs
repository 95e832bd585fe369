//! Plans for a model of two layers; `cargo test` runs them, without WebAssembly.

use graftwork_sdk::{Mock, Param, Role, settings};

use super::*;

fn plan(config: &str) -> Result<Plan, Error> {
    let param = |(id, name): (u32, &str)| Param {
        id,
        name: format!("layers.0.{name}.weight"),
        shape: vec![8, 4],
        dtype: "f32".to_owned(),
        role: Role::Linear,
        layer: Some(0),
        tied_to: None,
    };
    let params = [(0, "q_proj"), (1, "up_proj")].map(param).to_vec();
    Method::plan(settings(config)?, &Model::from(Mock { params, ..Mock::default() }))
}

#[test]
fn every_linear_layer_gets_a_factor_for_each_of_its_rows() {
    let plan = plan("{}").unwrap();
    assert_eq!(plan.adapters.len(), 2);
    assert_eq!(plan.adapters[0].tensors[0].shape, [8, 1]);
}

#[test]
fn layers_are_chosen_by_name() {
    let plan = plan(r#"{"target_modules": ["up_proj"]}"#).unwrap();
    assert_eq!(plan.adapters.iter().map(|a| a.target).collect::<Vec<_>>(), [1]);
}

#[test]
fn a_name_that_no_layer_has_is_refused() {
    let refused = plan(r#"{"target_modules": ["proj"]}"#).unwrap_err();
    assert_eq!(refused, Error::config("target_modules", "no linear layer is called `proj`"));
}
