//! ReLoRA (V. Lialin et al., arXiv 2307.05695): every `interval` updates the adapters are merged into the base and begin
//! anew, so that many updates of a low rank add up to one of a high rank. After each restart the learning rate climbs back
//! to the schedule's, in a line over `rewarm` updates.
//!
//! Stands after the strategy whose adapters it restarts.

use graftwork_sdk::{Action, Controller, Error, Plugin, Report, Run, export_controller};
use serde::{Deserialize, Serialize};

struct ReLora;

#[derive(Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Config {
    interval: u64,
    rewarm: u64,
}

impl Default for Config {
    fn default() -> Self {
        Self { interval: 1000, rewarm: 50 }
    }
}

impl Plugin for ReLora {
    const NAME: &'static str = "relora";
    const SUMMARY: &'static str = "Merges the adapters into the base every so often, and starts them anew.";
    const SCHEMA: &'static str = include_str!("schema.json");
    type Config = Config;
}

#[derive(Debug, Serialize, Deserialize)]
struct State {
    interval: u64,
    rewarm: u64,
    /// The update after which the adapters last began anew.
    restarted: Option<u64>,
}

impl Controller for ReLora {
    type State = State;

    fn start(Config { interval, rewarm }: Config, run: &Run) -> Result<(State, Vec<Action>), Error> {
        let total = run.total_steps();
        if rewarm >= interval {
            let message = format!("is {rewarm}; it must be less than `interval`, which is {interval}");
            return Err(Error::config("rewarm", message));
        }
        if interval.saturating_add(rewarm) >= total {
            let message =
                format!("is {interval}: in a run of {total} updates there would be no restart to learn after");
            return Err(Error::config("interval", message));
        }
        Ok((State { interval, rewarm, restarted: None }, Vec::new()))
    }

    fn step(state: &mut State, report: &Report, _: &Run) -> Result<Vec<Action>, Error> {
        let State { interval, rewarm, .. } = *state;
        // A restart is for the updates at full rate that follow it.
        let learns_after = report.total_steps.saturating_sub(report.step) > rewarm;
        let mut actions = Vec::new();
        if report.step.is_multiple_of(interval) && learns_after {
            state.restarted = Some(report.step);
            actions.push(Action::MergeAndRestart);
        }
        if let Some(restarted) = state.restarted {
            // Of the update that comes now, counted from 1 after the restart.
            let number = report.step + 1 - restarted;
            if number <= rewarm {
                actions.push(Action::ScaleLearningRate { group: None, factor: number as f64 / rewarm as f64 });
            }
        }
        Ok(actions)
    }
}

export_controller!(ReLora);

#[cfg(test)]
mod tests;
