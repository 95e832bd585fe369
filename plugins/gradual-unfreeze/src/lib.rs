//! Gradual unfreezing (J. Howard and S. Ruder, arXiv 1801.06146): at first only the last layer trains, with what lies outside
//! of the layers; every `interval` updates the next one joins, from the top. The lowest layers, which hold what is most
//! general, change last and least.
//!
//! Stands after the strategy whose layers it unfreezes, be they trained in place or through adapters.

use std::collections::BTreeSet;

use graftwork_sdk::{Action, Controller, Error, Plugin, Report, Run, export_controller, log};
use serde::{Deserialize, Serialize};

struct GradualUnfreeze;

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Config {
    /// None, and the layers join at even distances over the run.
    interval: Option<u64>,
}

impl Plugin for GradualUnfreeze {
    const NAME: &'static str = "gradual-unfreeze";
    const SUMMARY: &'static str = "Lets the layers train one by one, from the top.";
    const SCHEMA: &'static str = include_str!("schema.json");
    type Config = Config;
}

#[derive(Debug, Serialize, Deserialize)]
struct State {
    interval: u64,
    /// The layers that do not train yet, from the bottom.
    frozen: Vec<u32>,
}

impl Controller for GradualUnfreeze {
    type State = State;

    fn start(config: Config, run: &Run) -> Result<(State, Vec<Action>), Error> {
        let layers: BTreeSet<u32> = run.trained().into_iter().filter_map(|id| run.model().param(id)?.layer).collect();
        let (total, count) = (run.total_steps(), layers.len() as u64);
        if count < 2 {
            let message = format!("gradual unfreezing needs two layers that train, and there are {count}");
            return Err(Error::UnsupportedModel(message));
        }
        let interval = config.interval.unwrap_or(total / count).max(1);
        let joining = total.saturating_sub(1) / interval;
        if joining < count - 1 {
            log::warn(&format!("the lowest {} layers never train in a run of {total} updates", count - 1 - joining));
        }
        let mut frozen: Vec<u32> = layers.into_iter().collect();
        frozen.pop();
        let actions = frozen.iter().flat_map(|&layer| of_layer(layer, run)).map(Action::Freeze).collect();
        Ok((State { interval, frozen }, actions))
    }

    fn step(state: &mut State, report: &Report, run: &Run) -> Result<Vec<Action>, Error> {
        if !report.step.is_multiple_of(state.interval) || report.step == report.total_steps {
            return Ok(Vec::new());
        }
        let next = state.frozen.pop();
        Ok(next.into_iter().flat_map(|layer| of_layer(layer, run)).map(Action::Unfreeze).collect())
    }
}

/// What trains of a layer.
fn of_layer(layer: u32, run: &Run) -> Vec<u32> {
    let within = |id: &u32| run.model().param(*id).is_some_and(|p| p.layer == Some(layer));
    run.trained().into_iter().filter(within).collect()
}

export_controller!(GradualUnfreeze);

#[cfg(test)]
mod tests;
