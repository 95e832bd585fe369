//! A small model and plans over it.
#![allow(dead_code, unreachable_pub, reason = "each test file uses a part")]

use graftwork_plan::{
    Attribute, Dtype, Manifest, Param, ParamId, RawAdapter, RawGraph, RawNode, RawPlan, RawTensor, Role, Shape,
};

pub fn shape(dims: &[u64]) -> Shape {
    Shape::new(dims).expect("a shape")
}

pub fn param(name: &str, dims: &[u64], role: Role, tied_to: Option<ParamId>) -> Param {
    Param { name: name.into(), shape: shape(dims), dtype: Dtype::F32, role, layer: None, tied_to }
}

pub fn model(params: Vec<Param>) -> Manifest {
    Manifest { architecture: "test".into(), config: serde_json::Value::Null, params }
}

/// An embedding, a linear weight `[32, 16]` and a head that is tied to the embedding.
pub fn manifest() -> Manifest {
    model(vec![
        param("embed.weight", &[100, 16], Role::Embedding, None),
        param("q.weight", &[32, 16], Role::Linear, None),
        param("head.weight", &[100, 16], Role::Head, Some(ParamId(0))),
    ])
}

pub fn node(op: &str, inputs: &[u32], attributes: &[(&str, Attribute)]) -> RawNode {
    let attributes = attributes.iter().map(|(n, v)| ((*n).to_owned(), v.clone())).collect();
    RawNode { op: op.into(), inputs: inputs.into(), attributes }
}

pub fn tensor_node(i: i64) -> RawNode {
    node("tensor", &[], &[("index", Attribute::Integer(i))])
}

pub fn scale(factor: f64, input: u32) -> RawNode {
    node("scale", &[input], &[("factor", Attribute::Float(factor))])
}

/// An expression whose value is its last node.
pub fn graph(nodes: Vec<RawNode>) -> RawGraph {
    let root = nodes.len() as u32 - 1;
    RawGraph { nodes, root }
}

pub fn zeros(dims: &[i64]) -> RawGraph {
    let attributes = [("value", Attribute::Float(0.0)), ("shape", Attribute::Integers(dims.into()))];
    graph(vec![node("constant", &[], &attributes)])
}

pub fn tensor(name: &str, dims: &[u32]) -> RawTensor {
    let init = zeros(&dims.iter().map(|&d| i64::from(d)).collect::<Vec<_>>());
    RawTensor { name: name.into(), shape: dims.into(), trainable: true, group: None, init, update: None }
}

/// LoRA of that rank on parameter `target`, a weight `[out, input]`.
pub fn lora_on(target: u32, [out, input]: [u32; 2], rank: u32) -> RawAdapter {
    let effective = graph(vec![
        node("base", &[], &[]),
        tensor_node(1),
        tensor_node(0),
        node("matmul", &[1, 2], &[]),
        scale(2.0, 3),
        node("add", &[0, 4], &[]),
    ]);
    let tensors = vec![tensor("lora_A", &[rank, input]), tensor("lora_B", &[out, rank])];
    RawAdapter { target, kind: "lora".into(), tensors, base: None, effective, penalty: None }
}

/// LoRA of rank 4 on the linear weight.
pub fn lora() -> RawPlan {
    RawPlan { adapters: vec![lora_on(1, [32, 16], 4)], ..RawPlan::default() }
}
