//! How several sources come to one weight: by a composer plugin, or as the weighted sum of what they change.

use std::collections::HashMap;
use std::sync::Arc;

use graftwork_adapt::added;
use graftwork_plan::{
    Adapter, Attribute, Context, Graph, ParamId, Problem, Problems, RawGraph, RawNode, RawTensor, Shape, Source as Told,
};
use graftwork_plugin_host::{Plugin, PluginHost, Surroundings};
use serde_json::Value;

use crate::base::Base;
use crate::chain::StrategyRecord;
use crate::{Error, StrategyConfig, builtin};

/// What composes.
pub(crate) enum Composer {
    /// `base + Σ weight · delta`.
    Sum,
    /// A plugin with its settings.
    Plugin { plugin: Arc<Plugin>, config: Value },
}

impl Composer {
    /// Loads a plugin and checks its settings; the weighted sum where none is given.
    pub(crate) fn load(host: &PluginHost, composer: Option<&StrategyConfig>) -> Result<Self, Error> {
        let Some(composer) = composer else { return Ok(Self::Sum) };
        let plugin = builtin::load(host, &composer.path)?;
        let config = Value::Object(composer.config.clone());
        plugin.check_config(&config)?;
        if !plugin.capabilities().composer {
            let message = format!("`{}` composes nothing; it is no composer", plugin.descriptor().name);
            return Err(Error::setting("composer", message));
        }
        Ok(Self::Plugin { plugin, config })
    }

    /// Which plugin composes.
    pub(crate) fn record(&self, composer: Option<&StrategyConfig>) -> Option<StrategyRecord> {
        match (self, composer) {
            (Self::Plugin { plugin, .. }, Some(composer)) => Some(StrategyRecord::new(plugin, composer)),
            _ => None,
        }
    }

    /// The weight of a parameter over `base` and what each source changes in it.
    pub(crate) fn compose(
        &self,
        base: &Base,
        target: ParamId,
        sources: &[Told],
        around: &Surroundings,
    ) -> Result<Graph, Error> {
        let (name, raw) = match self {
            Self::Sum => ("sum", sum(sources.iter().map(|source| source.weight))),
            Self::Plugin { plugin, config } => {
                (plugin.descriptor().name.as_str(), plugin.compose(around, target, sources, config)?)
            }
        };
        let param = &base.manifest.params[target.index()];
        let problems = |problems: Vec<(Option<usize>, String)>| {
            let problem = |(node, message): (Option<usize>, String)| Problem {
                path: node.map_or_else(|| param.name.clone(), |n| format!("{}.nodes[{n}]", param.name)),
                message,
            };
            Error::Plan { strategy: name.to_owned(), problems: Problems(problems.into_iter().map(problem).collect()) }
        };
        let graph = Graph::check(&raw, Context::Compose, &param.shape, &[], sources.len()).map_err(problems)?;
        if *graph.shape() != param.shape {
            let message = format!("has shape {}, but the weight has {}", graph.shape(), param.shape);
            return Err(problems(vec![(None, message)]));
        }
        Ok(graph)
    }
}

fn node(op: &str, inputs: &[u32], attribute: Option<(&str, Attribute)>) -> RawNode {
    let attributes = attribute.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    RawNode { op: op.to_owned(), inputs: inputs.to_vec(), attributes }
}

/// The weight and one delta, `base + factor · delta`.
pub(crate) fn weighted_sum(shape: &Shape, factor: f64) -> Result<Graph, Error> {
    let raw = sum(std::iter::once(factor));
    Graph::check(&raw, Context::Compose, shape, &[], 1).map_err(|problems| {
        let problem = |(_, message)| Problem { path: "sum".to_owned(), message };
        let problems = Problems(problems.into_iter().map(problem).collect());
        Error::Plan { strategy: "sum".to_owned(), problems }
    })
}

fn sum(weights: impl Iterator<Item = f64>) -> RawGraph {
    let mut nodes = vec![node("base", &[], None)];
    let mut sum = 0;
    for (index, weight) in weights.enumerate() {
        let next = nodes.len() as u32;
        nodes.push(node("delta", &[], Some(("index", Attribute::Integer(index as i64)))));
        nodes.push(node("scale", &[next], Some(("factor", Attribute::Float(weight)))));
        nodes.push(node("add", &[sum, next + 1], None));
        sum = next + 2;
    }
    RawGraph { nodes, root: sum }
}

/// What a source changes, as an expression over tensors of an adapter that has those of all sources.
pub(crate) struct Piece {
    /// The expression, over the tensors from a given place on.
    pub(crate) delta: RawGraph,
    /// The tensors that it brings along.
    pub(crate) tensors: Vec<RawTensor>,
}

/// The delta of an adapter, and its tensors by their names under `source`. None for one that changes the frozen weight itself.
pub(crate) fn piece(adapter: &Adapter, source: &str, first: usize) -> Option<Piece> {
    if adapter.base.is_some() {
        return None;
    }
    let mut delta = adapter.effective.to_raw();
    match added(adapter) {
        Some(root) => delta.root = root as u32,
        None => {
            let (root, base) = (delta.root, delta.nodes.len() as u32);
            delta.nodes.extend([node("base", &[], None), node("sub", &[root, base], None)]);
            delta.root = base + 1;
        }
    }
    let parts: Vec<usize> = (0..adapter.tensors.len()).filter(|&at| adapter.is_part_of_the_weight(at)).collect();
    for node in &mut delta.nodes {
        for (name, value) in &mut node.attributes {
            match (node.op.as_str(), name.as_str(), value) {
                ("tensor", "index", Attribute::Integer(index)) => {
                    let place = parts.iter().position(|&part| part as i64 == *index).unwrap_or_default();
                    *index = (first + place) as i64;
                }
                ("shared", "name", Attribute::Text(name)) => *name = format!("{source}.{name}"),
                _ => {}
            }
        }
    }
    let tensors = parts.iter().map(|&part| {
        let tensor = &adapter.tensors[part];
        held(&format!("{source}.{}", tensor.name), tensor.shape.dims())
    });
    Some(Piece { delta, tensors: tensors.collect() })
}

/// A delta that is a tensor itself.
pub(crate) fn whole(name: &str, shape: &[u64], first: usize) -> Piece {
    let delta =
        RawGraph { nodes: vec![node("tensor", &[], Some(("index", Attribute::Integer(first as i64))))], root: 0 };
    Piece { delta, tensors: vec![held(name, shape)] }
}

/// A delta of nothing.
pub(crate) fn nothing(shape: &[u64]) -> Piece {
    Piece { delta: held("", shape).init, tensors: Vec::new() }
}

/// A tensor whose value comes from a file, never from its expression.
pub(crate) fn held(name: &str, shape: &[u64]) -> RawTensor {
    let dims = Attribute::Integers(shape.iter().map(|&d| d as i64).collect());
    let attributes = vec![("value".to_owned(), Attribute::Float(0.0)), ("shape".to_owned(), dims)];
    let zeros = RawNode { op: "constant".to_owned(), inputs: Vec::new(), attributes };
    RawTensor {
        name: name.to_owned(),
        shape: shape.iter().map(|&d| d as u32).collect(),
        trainable: true,
        group: None,
        init: RawGraph { nodes: vec![zeros], root: 0 },
        update: None,
    }
}

/// A composition with the deltas written out. Dropout is left out: what is composed has been trained.
pub(crate) fn written_out(composition: &Graph, pieces: &[Piece]) -> RawGraph {
    let mut nodes: Vec<RawNode> = Vec::new();
    let mut deltas: HashMap<i64, u32> = HashMap::new();
    let root = append(&mut nodes, &composition.to_raw(), &mut |nodes, index| {
        *deltas.entry(index).or_insert_with(|| append(nodes, &pieces[index as usize].delta, &mut |_, _| 0))
    });
    RawGraph { nodes, root }
}

/// Appends an expression; gives the place of its value. What stands for `delta` is said by `delta`.
fn append(nodes: &mut Vec<RawNode>, graph: &RawGraph, delta: &mut dyn FnMut(&mut Vec<RawNode>, i64) -> u32) -> u32 {
    let mut places: Vec<u32> = Vec::with_capacity(graph.nodes.len());
    for node in &graph.nodes {
        let inputs: Vec<u32> = node.inputs.iter().map(|&input| places[input as usize]).collect();
        let place = match (node.op.as_str(), node.attributes.first()) {
            ("dropout", _) => inputs[0],
            ("delta", Some((_, Attribute::Integer(index)))) => delta(nodes, *index),
            _ => {
                nodes.push(RawNode { inputs, ..node.clone() });
                nodes.len() as u32 - 1
            }
        };
        places.push(place);
    }
    places[graph.root as usize]
}
