//! Contract 0.1: the generated bindings, the host's side of them, and the way to plain data.
//!
//! A later contract gets a module like this one beside it, and gives the same plain data.

use graftwork_plan::{
    Action, Attribute, Choice, Decision, ParamId, RawAdapter, RawGraph, RawGroup, RawNode, RawPlan, RawTensor,
    RawTrainable, Report, Source,
};
use std::sync::Arc;

use wasmtime::Result;

use crate::error::PluginError;
use crate::state::State;
use crate::text::shown;

#[allow(missing_docs, unreachable_pub, clippy::all, clippy::pedantic, reason = "generated from wit/strategy.wit")]
mod generated {
    wasmtime::component::bindgen!({
        path: "wit",
        world: "any-plugin",
        imports: { default: trappable },
    });
}

pub(crate) use generated::AnyPlugin;
pub(crate) use generated::exports::graftwork::strategy::{composer, controller, plugin, selector, strategy};
use generated::graftwork::strategy::{expression, log, model, random, selection, stats, training, types};

impl model::Host for State {
    fn params(&mut self) -> Result<Vec<model::Param>> {
        let param = |p: &graftwork_plan::Param| model::Param {
            name: p.name.clone(),
            // A size over u32 has no parameter that a machine could hold.
            shape: p.shape.dims().iter().map(|&d| u32::try_from(d).unwrap_or(u32::MAX)).collect(),
            dtype: p.dtype.name().to_owned(),
            role: p.role.name().to_owned(),
            layer: p.layer,
            tied_to: p.tied_to.map(|t| t.0),
        };
        Ok(self.surroundings.manifest.params.iter().map(param).collect())
    }

    fn config(&mut self) -> Result<String> {
        Ok(self.surroundings.manifest.config.to_string())
    }

    fn architecture(&mut self) -> Result<String> {
        Ok(self.surroundings.manifest.architecture.clone())
    }
}

impl stats::Host for State {
    fn norm(&mut self, param: u32) -> Result<Result<f64, String>> {
        self.ask(|stats| stats.norm(ParamId(param)))
    }

    fn singular_values(&mut self, param: u32, count: u32) -> Result<Result<Vec<f64>, String>> {
        let most = self.limits.singular_values;
        if count > most {
            return Ok(Err(format!("{count} singular values are more than the {most} that may be asked for")));
        }
        self.ask(|stats| stats.singular_values(ParamId(param), count))
    }

    fn gradient_norm(&mut self, param: u32) -> Result<Result<f64, String>> {
        self.ask(|stats| stats.gradient_norm(ParamId(param)))
    }
}

impl selection::Host for State {
    fn choices(&mut self) -> Result<Option<Vec<selection::Choice>>> {
        let choice = |c: &Choice| selection::Choice { param: c.param, rank: c.rank, alpha: c.alpha };
        Ok(self.surroundings.choices.as_ref().map(|all| all.iter().map(choice).collect()))
    }
}

impl training::Host for State {
    fn trained(&mut self) -> Result<Vec<u32>> {
        Ok(self.surroundings.training.trained().into_iter().map(|id| id.0).collect())
    }

    fn scores(&mut self, param: u32, tensor: String) -> Result<Result<Vec<f64>, String>> {
        let (id, most, spent) = (ParamId(param), self.limits.score_values, self.scores);
        let training = Arc::clone(&self.surroundings.training);
        let within = |more: u64| match spent.saturating_add(more) {
            total if total > most => {
                Err(format!("{total} scores are more than the {most} that may be read (limit `score_values`)"))
            }
            total => Ok(total),
        };
        let mut read = 0;
        let answer = self.ask(|_| {
            // Before they are read, as far as it is known: a tensor may be as large as a weight.
            within(training.score_count(id, &tensor).unwrap_or(0))?;
            let values = training.scores(id, &tensor)?;
            read = values.len() as u64;
            within(read).map(|_| values)
        })?;
        // What was read and refused counts too: nothing more is read then.
        self.scores = spent.saturating_add(read);
        Ok(answer)
    }
}

impl random::Host for State {
    /// The plugin's name, the seed and a counter, hashed.
    fn next(&mut self) -> Result<u64> {
        let mut hasher = blake3::Hasher::new();
        hasher
            .update(&self.surroundings.seed.to_le_bytes())
            .update(&self.draws.to_le_bytes())
            .update(self.plugin.as_bytes());
        self.draws += 1;
        let mut first = [0; 8];
        first.copy_from_slice(&hasher.finalize().as_bytes()[..8]);
        Ok(u64::from_le_bytes(first))
    }
}

impl log::Host for State {
    fn emit(&mut self, level: log::Level, message: String) -> Result<()> {
        self.spend_log_line()?;
        let message = shown(&message);
        let plugin = &self.plugin;
        match level {
            log::Level::Debug => tracing::debug!(target: "plugin", "{plugin}: {message}"),
            log::Level::Info => tracing::info!(target: "plugin", "{plugin}: {message}"),
            log::Level::Warn => tracing::warn!(target: "plugin", "{plugin}: {message}"),
        }
        self.last_log = Some(message);
        Ok(())
    }
}

impl expression::Host for State {}
impl types::Host for State {}

/// What a plugin's own error is to the host.
pub(crate) fn guest_error(plugin: &str, call: &'static str, error: types::Error) -> PluginError {
    let plugin = plugin.to_owned();
    match error {
        types::Error::InvalidConfig(e) => {
            PluginError::Config { plugin, key: shown(&e.path), message: shown(&e.message) }
        }
        types::Error::UnsupportedModel(message) => PluginError::UnsupportedModel { plugin, message: shown(&message) },
        types::Error::Internal(message) => PluginError::Internal { plugin, call, message: shown(&message) },
    }
}

pub(crate) fn raw_plan(plan: types::StrategyPlan) -> RawPlan {
    RawPlan {
        trainable: plan.trainable.into_iter().map(|t| RawTrainable { param: t.param, group: t.group }).collect(),
        shared: plan.shared.into_iter().map(raw_tensor).collect(),
        adapters: plan.adapters.into_iter().map(raw_adapter).collect(),
        groups: plan.groups.into_iter().map(raw_group).collect(),
        metadata: plan.metadata,
    }
}

fn raw_group(group: types::Group) -> RawGroup {
    RawGroup { name: group.name, learning_rate_scale: group.learning_rate_scale, weight_decay: group.weight_decay }
}

fn raw_adapter(adapter: types::Adapter) -> RawAdapter {
    RawAdapter {
        target: adapter.target,
        kind: adapter.kind,
        tensors: adapter.tensors.into_iter().map(raw_tensor).collect(),
        base: adapter.base.map(raw_graph),
        effective: raw_graph(adapter.effective),
        penalty: adapter.penalty.map(raw_graph),
    }
}

fn raw_tensor(tensor: types::AdapterTensor) -> RawTensor {
    RawTensor {
        name: tensor.name,
        shape: tensor.shape,
        trainable: tensor.trainable,
        group: tensor.group,
        init: raw_graph(tensor.init),
        update: tensor.update.map(raw_graph),
    }
}

pub(crate) fn raw_graph(graph: expression::Graph) -> RawGraph {
    let attribute = |value| match value {
        expression::Attribute::Integer(v) => Attribute::Integer(v),
        expression::Attribute::Float(v) => Attribute::Float(v),
        expression::Attribute::Text(v) => Attribute::Text(v),
        expression::Attribute::Integers(v) => Attribute::Integers(v),
    };
    let node = |n: expression::Node| RawNode {
        op: n.op,
        inputs: n.inputs,
        attributes: n.attributes.into_iter().map(|(name, value)| (name, attribute(value))).collect(),
    };
    RawGraph { nodes: graph.nodes.into_iter().map(node).collect(), root: graph.root }
}

pub(crate) fn raw_choice(choice: selection::Choice) -> Choice {
    Choice { param: choice.param, rank: choice.rank, alpha: choice.alpha }
}

pub(crate) fn source(source: &Source) -> composer::Source {
    composer::Source { name: source.name.clone(), kind: source.kind.clone(), weight: source.weight }
}

pub(crate) fn report(report: &Report) -> controller::Report {
    let Report { step, total_steps, epoch, loss, eval_loss, grad_norm } = *report;
    controller::Report { step, total_steps, epoch, loss, eval_loss, grad_norm }
}

/// What a controller answers.
pub(crate) type Decided = std::result::Result<controller::Decision, types::Error>;

pub(crate) fn decision(decision: controller::Decision) -> Decision {
    let action = |action| match action {
        controller::Action::ScaleLearningRate(rate) => {
            Action::ScaleLearningRate { group: rate.group, factor: rate.factor }
        }
        controller::Action::Freeze(param) => Action::Freeze(ParamId(param)),
        controller::Action::Unfreeze(param) => Action::Unfreeze(ParamId(param)),
        controller::Action::Keep(rows) => {
            Action::Keep { param: ParamId(rows.param), tensor: rows.tensor, rows: rows.kept }
        }
        controller::Action::MergeAndRestart => Action::MergeAndRestart,
        controller::Action::Checkpoint => Action::Checkpoint,
        controller::Action::Stop(why) => Action::Stop(shown(&why)),
    };
    Decision { state: decision.state, actions: decision.actions.into_iter().map(action).collect() }
}
