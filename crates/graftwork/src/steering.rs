//! The controllers of a run: asked between its updates, with their states kept for its checkpoints.

use std::collections::{BTreeSet, HashMap};
use std::path::Path;
use std::sync::Arc;

use burn::tensor::Tensor;
use graftwork_adapt::Adapted;
use graftwork_kernels::random::Key;
use graftwork_plan::{Action, ParamId, Report};
use graftwork_plugin_host::{Plugin, Surroundings, Training};
use graftwork_store::{CheckpointDir, CheckpointWriter, Dtype, TensorData, TensorError};
use serde_json::Value;

use crate::{Error, Event, tensors};

/// The plugins of a chain that steer, in its order, each with the state that it gave last.
pub(crate) struct Controllers {
    links: Vec<Link>,
    surroundings: Surroundings,
}

struct Link {
    plugin: Arc<Plugin>,
    config: Value,
    state: Vec<u8>,
    /// What it wanted last, so that nothing is told twice.
    said: String,
}

impl Controllers {
    /// Controllers that were not asked yet, with what every plugin of the run sees.
    pub(crate) fn new(plugins: impl Iterator<Item = (Arc<Plugin>, Value)>, surroundings: Surroundings) -> Self {
        let link = |(plugin, config)| Link { plugin, config, state: Vec::new(), said: String::new() };
        Self { links: plugins.map(link).collect(), surroundings }
    }

    /// States as they were in a checkpoint.
    pub(crate) fn restore(&mut self, states: Vec<Vec<u8>>, checkpoint: &Path) -> Result<(), Error> {
        if states.len() != self.links.len() {
            let message = format!("it has the states of {} controllers, not {}", states.len(), self.links.len());
            return Err(Error::weights(checkpoint, message));
        }
        for (link, state) in self.links.iter_mut().zip(states) {
            link.state = state;
        }
        Ok(())
    }

    /// States by controller.
    pub(crate) fn states(&self) -> Vec<Vec<u8>> {
        self.links.iter().map(|link| link.state.clone()).collect()
    }

    /// What they want done before the first update, or after the one of `report`.
    pub(crate) fn ask(
        &mut self,
        model: &Adapted,
        asked: &Asked<'_>,
        on_event: &mut dyn FnMut(Event),
    ) -> Result<Vec<Action>, Error> {
        let mut all = Vec::new();
        for link in &mut self.links {
            let name = &link.plugin.descriptor().name;
            let run = Arc::new(View::new(model));
            let seed = Key::new(self.surroundings.seed).child("controller").number(asked.step()).draw();
            let around = Surroundings { training: run, seed, ..self.surroundings.clone() };
            let decision = match asked {
                Asked::Start { total_steps } => link.plugin.start(&around, &link.config, *total_steps),
                Asked::Step(report) => link.plugin.step(&around, &link.state, report),
            };
            let failed = |message: String| Error::Controller { step: asked.step(), message };
            let decision = decision.map_err(|error| failed(error.to_string()))?;
            for action in &decision.actions {
                let fits = action.check(model.plan(), &self.surroundings.manifest);
                fits.map_err(|why| failed(format!("plugin `{name}` wants what cannot be done: {why}")))?;
            }
            let actions = summary(&decision.actions);
            let repeats = |a: &Action| matches!(a, Action::ScaleLearningRate { .. } | Action::Keep { .. });
            let again = actions == link.said && decision.actions.iter().all(repeats);
            if !actions.is_empty() && !again {
                on_event(Event::Steered { step: asked.step(), plugin: name.clone(), actions: actions.clone() });
            }
            link.said = actions;
            link.state = decision.state;
            all.extend(decision.actions);
        }
        Ok(all)
    }
}

/// When controllers are asked.
pub(crate) enum Asked<'a> {
    Start { total_steps: u64 },
    Step(&'a Report),
}

impl Asked<'_> {
    fn step(&self) -> u64 {
        match self {
            Self::Start { .. } => 0,
            Self::Step(report) => report.step,
        }
    }
}

/// Group of tensors in a checkpoint that holds the states, as bytes, by the places of the controllers in the chain.
const GROUP: &str = "controllers";

/// Writes states into a checkpoint.
pub(crate) fn write(states: &[Vec<u8>], writer: &mut CheckpointWriter) -> Result<(), Error> {
    if states.is_empty() {
        return Ok(());
    }
    let bytes = |state: &Vec<u8>| TensorData::new(Dtype::U8, vec![state.len()], state.clone());
    let named = states.iter().enumerate().map(|(place, state)| Ok((place.to_string(), bytes(state)?)));
    let tensors = named.collect::<Result<_, TensorError>>().map_err(|e| tensors::unreadable(e.to_string()))?;
    Ok(writer.tensors(GROUP, &tensors)?)
}

/// The states in a checkpoint.
pub(crate) fn read(checkpoint: &CheckpointDir) -> Result<Vec<Vec<u8>>, Error> {
    if !checkpoint.has(GROUP) {
        return Ok(Vec::new());
    }
    let file = checkpoint.group(GROUP)?;
    (0..file.names().len()).map(|place| Ok(file.tensor(&place.to_string())?.bytes().to_vec())).collect()
}

/// What is done, in a line.
fn summary(actions: &[Action]) -> String {
    let (mut froze, mut thawed, mut kept) = (0, 0, 0);
    let mut said = BTreeSet::new();
    for action in actions {
        match action {
            Action::Freeze(_) => froze += 1,
            Action::Unfreeze(_) => thawed += 1,
            Action::Keep { rows, .. } => kept += rows.len(),
            Action::ScaleLearningRate { group: Some(group), factor } => {
                said.insert(format!("learning rate of `{group}` times {factor:.3}"));
            }
            Action::ScaleLearningRate { group: None, factor } => {
                said.insert(format!("learning rate times {factor:.3}"));
            }
            Action::MergeAndRestart => {
                said.insert("adapters folded into the base and begun anew".to_owned());
            }
            Action::Checkpoint => {
                said.insert("a checkpoint".to_owned());
            }
            Action::Stop(why) => {
                said.insert(format!("the end: {why}"));
            }
        }
    }
    let counted = [(froze, "parameters frozen"), (thawed, "parameters unfrozen"), (kept, "rows kept")];
    let counted = counted.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}"));
    counted.chain(said).collect::<Vec<_>>().join(", ")
}

/// The run as a controller sees it.
struct View {
    trained: Vec<ParamId>,
    /// Tensors that adapters keep and that are no part of a weight. Only their handles: they are read when they are asked for.
    scores: HashMap<(ParamId, String), Tensor<2>>,
}

impl View {
    fn new(model: &Adapted) -> Self {
        let plan = model.plan();
        let trains = |target: &ParamId| !model.trained_of(*target).is_empty();
        let of_adapters = plan.adapters().iter().map(|a| a.target).filter(trains);
        let mut trained: Vec<_> = plan.trainable().iter().map(|t| t.param).chain(of_adapters).collect();
        trained.sort_unstable();
        let states = plan.adapters().iter().flat_map(|adapter| {
            let states = adapter.tensors.iter().enumerate().filter(|(at, _)| !adapter.is_part_of_the_weight(*at));
            states.filter_map(|(_, tensor)| {
                let value = model.tensor(model.slot_of(adapter.target, &tensor.name)?);
                Some(((adapter.target, tensor.name.clone()), value))
            })
        });
        Self { trained, scores: states.collect() }
    }
}

impl Training for View {
    fn trained(&self) -> Vec<ParamId> {
        self.trained.clone()
    }

    fn scores(&self, param: ParamId, tensor: &str) -> Result<Vec<f64>, String> {
        let tensor = self.scores.get(&(param, tensor.to_owned())).ok_or_else(|| {
            format!(
                "the adapter of parameter {} keeps no tensor of this name that its weight does not depend on",
                param.0
            )
        })?;
        let values = tensors::values(tensor.clone()).map_err(|e| e.to_string())?;
        Ok(values.into_iter().map(f64::from).collect())
    }

    fn score_count(&self, param: ParamId, tensor: &str) -> Option<u64> {
        let [rows, columns] = self.scores.get(&(param, tensor.to_owned()))?.dims();
        Some(rows as u64 * columns as u64)
    }
}
