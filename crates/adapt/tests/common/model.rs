//! A model of four parameters, and LoRA on it.

use std::sync::Arc;

use burn::tensor::{Device, Tensor, TensorData};
use graftwork_adapt::Adapted;
use graftwork_plan::{
    Attribute, Dtype, Manifest, Param, ParamId, Plan, RawAdapter, RawGraph, RawPlan, RawTensor, Role,
};

use super::{Builder, key, shape};

pub const OUT: u64 = 6;
pub const IN: u64 = 8;

pub fn manifest() -> Arc<Manifest> {
    let param = |name: &str, dims: &[u64], role, tied_to| Param {
        name: name.to_owned(),
        shape: shape(dims),
        dtype: Dtype::F32,
        role,
        layer: None,
        tied_to,
    };
    let params = vec![
        param("embed.weight", &[16, IN], Role::Embedding, None),
        param("layer.weight", &[OUT, IN], Role::Linear, None),
        param("norm.weight", &[IN], Role::Norm, None),
        param("head.weight", &[16, IN], Role::Head, Some(ParamId(0))),
    ];
    Arc::new(Manifest { architecture: "test".into(), config: serde_json::Value::Null, params })
}

pub fn weights() -> Vec<Tensor<2>> {
    let device = Device::flex();
    let draw = |i: u64, dims: [usize; 2]| {
        Tensor::<2>::from_data(TensorData::new(key(5).number(i).normal(dims[0] * dims[1], 1.0), dims), &device)
    };
    let embedding = draw(0, [16, IN as usize]);
    vec![embedding.clone(), draw(1, [OUT as usize, IN as usize]), draw(2, [1, IN as usize]), embedding]
}

pub fn drawn(op: &str, name: &str, value: f64, dims: &[u64]) -> RawGraph {
    let mut b = Builder::default();
    let dims = Attribute::Integers(dims.iter().map(|&d| d as i64).collect());
    let root = b.push(op, &[], &[(name, Attribute::Float(value)), ("shape", dims)]);
    b.raw(root)
}

pub fn tensor(name: &str, dims: &[u64], init: RawGraph) -> RawTensor {
    let shape = dims.iter().map(|&d| d as u32).collect();
    RawTensor { name: name.into(), shape, trainable: true, group: None, init, update: None }
}

/// LoRA on one parameter, with dropout and a standard deviation for B.
pub fn plan(target: u32, sides: [u64; 2], dropout: f64, b_std: f64) -> RawPlan {
    let mut b = Builder::default();
    let (base, a, up) = (b.op("base", &[]), b.tensor(0), b.tensor(1));
    let a = if dropout > 0.0 { b.with("dropout", &[a], "p", dropout) } else { a };
    let product = b.op("matmul", &[up, a]);
    let root = b.op("add", &[base, product]);
    let tensors = vec![
        tensor("lora_A", &[2, sides[1]], drawn("uniform", "bound", 1.0, &[2, sides[1]])),
        tensor("lora_B", &[sides[0], 2], drawn("normal", "std", b_std, &[sides[0], 2])),
    ];
    let adapter =
        RawAdapter { target, kind: "lora".into(), tensors, base: None, effective: b.raw(root), penalty: None };
    RawPlan { adapters: vec![adapter], ..RawPlan::default() }
}

pub fn adapted(raw: &RawPlan, seed: u64) -> Adapted {
    let plan = Plan::validate(raw, &manifest()).expect("a valid plan");
    Adapted::new(manifest(), Arc::new(plan), weights(), seed).expect("an adapted model")
}

pub fn f32s(t: Tensor<2>) -> Vec<f32> {
    t.inner().into_data().try_to_vec().expect("f32")
}

pub fn x(tokens: usize) -> Tensor<2> {
    let values = key(11).normal(tokens * IN as usize, 1.0);
    Tensor::from_data(TensorData::new(values, [tokens, IN as usize]), &Device::flex())
}

pub fn close(found: &[f32], expected: &[f32], tolerance: f32) -> bool {
    found.len() == expected.len() && found.iter().zip(expected).all(|(a, b)| (a - b).abs() < tolerance)
}
