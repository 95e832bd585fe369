//! Compositions, and runs that a controller steers, without a tensor.

use std::sync::Arc;

use graftwork_plan::{
    Attribute, Context, Decision, Graph, Manifest, ParamId, Plan, RawAdapter, RawGraph, RawNode, RawPlan, RawTensor,
    Report, Role, Source,
};
use graftwork_plugin_host::{Plugin, Surroundings, Training};
use serde_json::Value;

use super::answers::{Answer, judged, surroundings};
use crate::models;

/// Updates of a run.
const STEPS: u64 = 200;
/// What a state may grow by, in bytes, over the second half of a run.
const GROWTH: usize = 1024;

/// One, two and three sources give an expression of the weight's shape, or a reason why there are too few or too many.
pub(super) fn compositions(plugin: &Plugin, config: &Value) -> Result<String, String> {
    let mut given = [false; 3];
    for (name, model) in models::all() {
        let around = surroundings(&model);
        for (target, param) in model.iter().filter(|(_, p)| p.role == Role::Linear) {
            for count in 1..=given.len() {
                let answer = composed(plugin, &around, target, count, config)
                    .map_err(|wrong| format!("{count} sources for `{}` of {name}: {wrong}", param.name))?;
                given[count - 1] |= matches!(answer, Answer::Given(_));
            }
        }
    }
    let counts: Vec<String> = (1..=given.len()).filter(|n| given[n - 1]).map(|n| n.to_string()).collect();
    match counts[..] {
        [] => Err(format!("with {config} it composes neither one nor two nor three sources")),
        _ => Ok(format!("composes {} sources", counts.join(", "))),
    }
}

/// The composition of `count` sources in one parameter.
pub(super) fn composed(
    plugin: &Plugin,
    around: &Surroundings,
    target: ParamId,
    count: usize,
    config: &Value,
) -> Result<Answer, String> {
    let weights = if count == 1 { vec![1.0] } else { vec![0.5, 0.25, 0.25] };
    let source = |(name, weight): (&str, f64)| Source { name: name.to_owned(), kind: "lora".to_owned(), weight };
    let sources: Vec<Source> = ["a", "b", "c"].into_iter().zip(weights).take(count).map(source).collect();
    let Some(param) = around.manifest.get(target) else { return Ok(Answer::Refused("no such parameter".to_owned())) };
    match judged(plugin.compose(around, target, &sources, config))? {
        Err(why) => Ok(Answer::Refused(why)),
        Ok(raw) => match Graph::check(&raw, Context::Compose, &param.shape, &[], count) {
            Ok(graph) if *graph.shape() == param.shape => Ok(Answer::Given(format!("{raw:?}"))),
            Ok(graph) => Err(format!("its expression has shape {}, but the weight has {}", graph.shape(), param.shape)),
            Err(problems) => {
                let lines = problems.into_iter().map(|(node, message)| match node {
                    Some(node) => format!("node {node}: {message}"),
                    None => message,
                });
                Err(format!("its expression is not valid: {}", lines.collect::<Vec<_>>().join("; ")))
            }
        },
    }
}

/// The decision before the first update.
pub(super) fn started(plugin: &Plugin, around: &Surroundings, config: &Value) -> Result<Answer, String> {
    let plan = match steered(plugin, around, config)? {
        Ok(plan) => plan,
        Err(why) => return Ok(Answer::Refused(why)),
    };
    match judged(plugin.start(&during(around, &plan, 0), config, STEPS))? {
        Err(why) => Ok(Answer::Refused(why)),
        Ok(decision) => {
            check(&decision, &plan, &around.manifest).map_err(|wrong| format!("before the first update: {wrong}"))?;
            Ok(Answer::Given(format!("{decision:?}")))
        }
    }
}

/// Two runs of every model are steered alike, by actions that can be carried out, with a state that does not grow on.
pub(super) fn runs(plugin: &Plugin, config: &Value) -> Result<String, String> {
    let (mut actions, mut largest, mut steered_models) = (0, 0, 0);
    for (name, model) in models::all() {
        let around = surroundings(&model);
        let Ok(plan) = steered(plugin, &around, config)? else { continue };
        let [first, second] = [(); 2].map(|()| steer(plugin, &around, &plan, config));
        let (first, second) = match (first, second) {
            (Ok(Some(first)), Ok(Some(second))) => (first, second),
            (Ok(None), Ok(None)) => continue,
            (Err(wrong), _) | (_, Err(wrong)) => return Err(format!("{name}: {wrong}")),
            _ => return Err(format!("{name}: it steers one of two equal runs, and refuses the other")),
        };
        if let Some(at) = first.iter().zip(&second).position(|(a, b)| a != b) {
            return Err(format!("{name}: two equal runs are steered in two ways from update {at} on"));
        }
        let size = |at: usize| first.get(at).or(first.last()).map_or(0, |d| d.state.len());
        let (half, end) = (size(STEPS as usize / 2), size(STEPS as usize));
        if end > half + GROWTH {
            return Err(format!("{name}: its state grows on, from {half} bytes at update {} to {end}", STEPS / 2));
        }
        actions += first.iter().map(|d| d.actions.len()).sum::<usize>();
        largest = largest.max(first.iter().map(|d| d.state.len()).max().unwrap_or(0));
        steered_models += 1;
    }
    match steered_models {
        0 => Err(format!("with {config} it refuses to steer a run of any model")),
        _ => Ok(format!("{steered_models} models, {actions} actions, at most {largest} bytes of state")),
    }
}

/// All decisions of a run; none where the plugin refuses to begin.
fn steer(
    plugin: &Plugin,
    around: &Surroundings,
    plan: &Arc<Plan>,
    config: &Value,
) -> Result<Option<Vec<Decision>>, String> {
    let Ok(first) = judged(plugin.start(&during(around, plan, 0), config, STEPS))? else { return Ok(None) };
    let mut decisions = vec![first];
    for step in 1..=STEPS {
        let last = decisions.last().map(|d| d.state.clone()).unwrap_or_default();
        let answer = plugin.step(&during(around, plan, step), &last, &report(step));
        let decision = judged(answer)?.map_err(|why| format!("update {step}: it refuses to go on: {why}"))?;
        check(&decision, plan, &around.manifest).map_err(|wrong| format!("update {step}: {wrong}"))?;
        let stops = decision.actions.iter().any(|a| matches!(a, graftwork_plan::Action::Stop(_)));
        decisions.push(decision);
        if stops {
            break;
        }
    }
    Ok(Some(decisions))
}

fn check(decision: &Decision, plan: &Plan, manifest: &Manifest) -> Result<(), String> {
    decision.actions.iter().try_for_each(|action| {
        action.check(plan, manifest).map_err(|wrong| format!("{action:?} cannot be carried out: {wrong}"))
    })
}

/// A loss that falls and levels off, with some noise that is the same each time.
fn report(step: u64) -> Report {
    let noise = (step * 7919 % 101) as f64 / 1000.0;
    let loss = 1.0 + 3.0 / (1.0 + step as f64 / 20.0) + noise;
    let eval_loss = step.is_multiple_of(20).then_some(loss + 0.1);
    Report { step, total_steps: STEPS, epoch: step as f64 / 100.0, loss, eval_loss, grad_norm: 1.0 + noise }
}

/// What is steered: what the plugin plans itself, or an adapter of rank 1 on each linear layer.
fn steered(plugin: &Plugin, around: &Surroundings, config: &Value) -> Result<Result<Arc<Plan>, String>, String> {
    let raw = if plugin.capabilities().strategy {
        match judged(plugin.plan(around, config))? {
            Ok(raw) => raw,
            Err(why) => return Ok(Err(why)),
        }
    } else {
        low_rank(&around.manifest)
    };
    let plan =
        Plan::validate(&raw, &around.manifest).map_err(|problems| format!("its plan is not valid: {problems}"))?;
    Ok(Ok(Arc::new(plan)))
}

/// `base + B @ A`.
fn low_rank(manifest: &Manifest) -> RawPlan {
    let node = |op: &str, inputs: &[u32], attributes: Vec<(String, Attribute)>| RawNode {
        op: op.to_owned(),
        inputs: inputs.to_vec(),
        attributes,
    };
    let index = |i: i64| vec![("index".to_owned(), Attribute::Integer(i))];
    let tensor = |name: &str, shape: [u64; 2]| {
        let sizes = shape.map(|size| size as i64).to_vec();
        let zeros = vec![("value".to_owned(), Attribute::Float(0.0)), ("shape".to_owned(), Attribute::Integers(sizes))];
        RawTensor {
            name: name.to_owned(),
            shape: shape.map(|size| size as u32).to_vec(),
            trainable: true,
            group: None,
            init: RawGraph { nodes: vec![node("constant", &[], zeros)], root: 0 },
            update: None,
        }
    };
    let adapter = |target: ParamId, [out, from]: [u64; 2]| RawAdapter {
        target: target.0,
        kind: "lora".to_owned(),
        tensors: vec![tensor("lora_A", [1, from]), tensor("lora_B", [out, 1])],
        base: None,
        effective: RawGraph {
            nodes: vec![
                node("base", &[], Vec::new()),
                node("tensor", &[], index(1)),
                node("tensor", &[], index(0)),
                node("matmul", &[1, 2], Vec::new()),
                node("add", &[0, 3], Vec::new()),
            ],
            root: 4,
        },
        penalty: None,
    };
    let linear = manifest.iter().filter(|(_, p)| p.role == Role::Linear);
    let adapters = linear.filter_map(|(id, p)| Some(adapter(id, p.shape.matrix()?))).collect();
    RawPlan { adapters, ..RawPlan::default() }
}

/// The run as a controller sees it.
struct Run {
    plan: Arc<Plan>,
    step: u64,
}

fn during(around: &Surroundings, plan: &Arc<Plan>, step: u64) -> Surroundings {
    let training = Arc::new(Run { plan: Arc::clone(plan), step });
    Surroundings { training, seed: around.seed ^ step << 32, ..around.clone() }
}

impl Training for Run {
    fn trained(&self) -> Vec<ParamId> {
        let adapted = self.plan.adapters().iter().map(|a| a.target);
        self.plan.trainable().iter().map(|t| t.param).chain(adapted).collect()
    }

    fn scores(&self, param: ParamId, tensor: &str) -> Result<Vec<f64>, String> {
        let adapter = self.plan.adapter(param).ok_or_else(|| format!("parameter {} has no adapter", param.0))?;
        let kept = adapter.tensors.iter().find(|t| t.name == tensor && t.update.is_some());
        let kept = kept.ok_or_else(|| format!("its adapter keeps no tensor `{tensor}`"))?;
        let score = |i: u64| ((i + u64::from(param.0) + self.step) * 31 % 97) as f64 / 97.0;
        Ok((0..kept.shape.elements()).map(score).collect())
    }
}
