//! LISA (R. Pan et al., arXiv 2403.17919): full fine-tuning of a few layers at a time, drawn anew every `interval` updates.
//! Embeddings, output head and what else lies outside of the layers always train.

use std::collections::BTreeSet;

use graftwork_sdk::{
    Action, Controller, Error, Model, Plan, Plugin, Report, Run, Strategy, Trainable, export_steered_strategy,
};
use serde::{Deserialize, Serialize};

struct Lisa;

#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Config {
    active_layers: u32,
    interval: u64,
}

impl Default for Config {
    fn default() -> Self {
        Self { active_layers: 2, interval: 20 }
    }
}

impl Plugin for Lisa {
    const NAME: &'static str = "lisa";
    const SUMMARY: &'static str = "Full fine-tuning of a few layers at a time, drawn anew as the run goes on.";
    const SCHEMA: &'static str = include_str!("schema.json");
    type Config = Config;
}

impl Strategy for Lisa {
    fn plan(config: Config, model: &Model) -> Result<Plan, Error> {
        let layers: BTreeSet<u32> = model.params().iter().filter_map(|p| p.layer).collect();
        if config.active_layers as usize > layers.len() {
            let message = format!("is {}, but this model has {} layers", config.active_layers, layers.len());
            return Err(Error::config("active_layers", message));
        }
        let own = model.params().iter().filter(|p| p.tied_to.is_none());
        Ok(Plan { trainable: own.map(|p| Trainable { param: p.id, group: None }).collect(), ..Plan::default() })
    }
}

#[derive(Debug, Serialize, Deserialize)]
struct State {
    count: usize,
    interval: u64,
    /// The layers that train now.
    active: BTreeSet<u32>,
}

impl Controller for Lisa {
    type State = State;

    fn start(config: Config, run: &Run) -> Result<(State, Vec<Action>), Error> {
        let (count, all) = (config.active_layers as usize, layers(run));
        let mut state = State { count, interval: config.interval, active: all.iter().copied().collect() };
        let actions = change_to(&mut state, draw(count, all, run), run);
        Ok((state, actions))
    }

    fn step(state: &mut State, report: &Report, run: &Run) -> Result<Vec<Action>, Error> {
        if !report.step.is_multiple_of(state.interval) || report.step == report.total_steps {
            return Ok(Vec::new());
        }
        let next = draw(state.count, layers(run), run);
        Ok(change_to(state, next, run))
    }
}

/// The layers that have something to train, each once.
fn layers(run: &Run) -> Vec<u32> {
    let all: BTreeSet<u32> = run.trained().into_iter().filter_map(|id| run.model().param(id)?.layer).collect();
    all.into_iter().collect()
}

/// So many of the layers, each as likely as any other.
fn draw(count: usize, mut layers: Vec<u32>, run: &Run) -> BTreeSet<u32> {
    let mut drawn = BTreeSet::new();
    while drawn.len() < count && !layers.is_empty() {
        drawn.insert(layers.swap_remove(run.below(layers.len() as u64) as usize));
    }
    drawn
}

/// Freezes the layers that trained and do not any more, and the other way round.
fn change_to(state: &mut State, next: BTreeSet<u32>, run: &Run) -> Vec<Action> {
    let before = std::mem::replace(&mut state.active, next);
    let change = |id: u32| {
        let layer = run.model().param(id)?.layer?;
        match (before.contains(&layer), state.active.contains(&layer)) {
            (true, false) => Some(Action::Freeze(id)),
            (false, true) => Some(Action::Unfreeze(id)),
            _ => None,
        }
    };
    run.trained().into_iter().filter_map(change).collect()
}

export_steered_strategy!(Lisa);

#[cfg(test)]
mod tests;
