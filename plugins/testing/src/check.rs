//! The host's view of a plan.

use graftwork_plan as host;
use graftwork_sdk::bindings::strategy::graftwork::strategy::expression::{Attribute, Graph};
use graftwork_sdk::bindings::strategy::graftwork::strategy::types;
use graftwork_sdk::{Model, Plan, Role};

fn graph(graph: Graph) -> host::RawGraph {
    let attribute = |value: Attribute| match value {
        Attribute::Integer(v) => host::Attribute::Integer(v),
        Attribute::Float(v) => host::Attribute::Float(v),
        Attribute::Text(v) => host::Attribute::Text(v),
        Attribute::Integers(v) => host::Attribute::Integers(v),
    };
    let nodes = graph.nodes.into_iter().map(|n| host::RawNode {
        op: n.op,
        inputs: n.inputs,
        attributes: n.attributes.into_iter().map(|(name, value)| (name, attribute(value))).collect(),
    });
    host::RawGraph { nodes: nodes.collect(), root: graph.root }
}

fn tensor(t: types::AdapterTensor) -> host::RawTensor {
    host::RawTensor {
        name: t.name,
        shape: t.shape,
        trainable: t.trainable,
        group: t.group,
        init: graph(t.init),
        update: t.update.map(graph),
    }
}

fn manifest(model: &Model) -> host::Manifest {
    let param = |p: &graftwork_sdk::Param| host::Param {
        name: p.name.clone(),
        shape: host::Shape::new(p.shape.iter().map(|&d| u64::from(d)).collect::<Vec<_>>()).expect("a shape"),
        dtype: host::Dtype::F32,
        role: match p.role {
            Role::Linear => host::Role::Linear,
            Role::Embedding => host::Role::Embedding,
            Role::Norm => host::Role::Norm,
            Role::Bias => host::Role::Bias,
            Role::Head => host::Role::Head,
            Role::Other => host::Role::Other,
        },
        layer: p.layer,
        tied_to: p.tied_to.map(host::ParamId),
    };
    host::Manifest {
        architecture: model.architecture(),
        config: model.config().expect("JSON"),
        params: model.params().iter().map(param).collect(),
    }
}

/// The plan as the host has it, once every expression is found right.
pub fn checked(plan: &Plan, model: &Model) -> host::Plan {
    let sent: types::StrategyPlan = plan.clone().into();
    let adapter = |a: types::Adapter| host::RawAdapter {
        target: a.target,
        kind: a.kind,
        tensors: a.tensors.into_iter().map(tensor).collect(),
        base: a.base.map(graph),
        effective: graph(a.effective),
        penalty: a.penalty.map(graph),
    };
    let group = |g: types::Group| host::RawGroup {
        name: g.name,
        learning_rate_scale: g.learning_rate_scale,
        weight_decay: g.weight_decay,
    };
    let raw = host::RawPlan {
        trainable: sent.trainable.into_iter().map(|t| host::RawTrainable { param: t.param, group: t.group }).collect(),
        shared: sent.shared.into_iter().map(tensor).collect(),
        adapters: sent.adapters.into_iter().map(adapter).collect(),
        groups: sent.groups.into_iter().map(group).collect(),
        metadata: sent.metadata,
    };
    host::Plan::validate(&raw, &manifest(model)).unwrap_or_else(|problems| panic!("{problems}"))
}

/// The plan's form in PEFT; null where it has none.
pub fn peft(plan: &Plan) -> serde_json::Value {
    let entry = plan.metadata.iter().find(|(name, _)| name == "peft");
    entry.map_or(serde_json::Value::Null, |(_, text)| serde_json::from_str(text).expect("JSON"))
}
