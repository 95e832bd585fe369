//! AdaLoRA (Q. Zhang et al., arXiv 2303.10512): a layer behaves as `base + alpha/r · B (E ⊙ A)`, in the form of a singular
//! value decomposition, and the triplets that matter least for the loss are zeroed under a budget that falls.
//!
//! Settings and numbers are those of PEFT, so that results compare.

mod budget;
mod importance;
mod settings;

use budget::Schedule;
use graftwork_sdk::{
    Action, Adapter, Controller, Error, Expr, Model, Plan, Plugin, Report, Run, Strategy, Tensor,
    export_steered_strategy,
};
use serde::{Deserialize, Serialize};
use settings::{Config, Target, choose};

struct AdaLora;

impl Plugin for AdaLora {
    const NAME: &'static str = "ada-lora";
    const SUMMARY: &'static str =
        "Low-rank adaptation that gives rank to the weights that need it, under a falling budget.";
    const SCHEMA: &'static str = include_str!("schema.json");
    type Config = Config;
}

impl Strategy for AdaLora {
    fn plan(config: Config, model: &Model) -> Result<Plan, Error> {
        let targets = choose(&config, model)?;
        let penalty = config.orth_reg_weight / (2.0 * targets.len() as f64);
        let adapters = targets.iter().map(|t| adapter(&config, t, penalty)).collect();
        let plan = Plan { adapters, ..Plan::default() };
        // PEFT begins with one rank and one alpha for all.
        let alpha = config.alpha.unwrap_or(2.0 * f64::from(config.init_r));
        let alike = targets.iter().all(|t| t.rank == config.init_r && t.alpha == alpha);
        Ok(if alike { plan.with_peft(config.peft()) } else { plan })
    }
}

/// Places of the trained tensors among those of an adapter.
const A: u32 = 0;
const E: u32 = 1;
const B: u32 = 2;

fn adapter(config: &Config, &Target { param, shape: [out, inner], rank, alpha }: &Target, penalty: f64) -> Adapter {
    let mut tensors = vec![
        Tensor::new("lora_A", &[rank, inner], Expr::normal(0.02, &[rank, inner])),
        Tensor::new("lora_E", &[rank, 1], Expr::zeros(&[rank, 1])),
        Tensor::new("lora_B", &[out, rank], Expr::normal(0.02, &[out, rank])),
    ];
    tensors.extend(importance::kept(&tensors, config.beta1, config.beta2));
    let (a, e, b) = (Expr::tensor(A), Expr::tensor(E), Expr::tensor(B));
    let down = if config.dropout > 0.0 { a.dropout(config.dropout) } else { a.clone() };
    let scale = alpha / (f64::from(rank) + 1e-5);
    let adapter = Adapter::new(param, "ada-lora", tensors, Expr::base() + scale * b.matmul(&(e * down)));
    if penalty == 0.0 {
        return adapter;
    }
    // How far the rows of A and the columns of B are from an orthonormal basis.
    let far = |gram: Expr| (gram - Expr::identity(rank)).norm(0).norm(1);
    adapter.with_penalty(penalty * (far(a.matmul(&a.transpose())) + far(b.transpose().matmul(&b))))
}

/// What the controller knows of the run.
#[derive(Debug, Serialize, Deserialize)]
struct State {
    schedule: Schedule,
    adapted: Vec<u32>,
    /// The triplets of each adapter that are left in the end, once they are chosen.
    last: Vec<Vec<u32>>,
}

impl Controller for AdaLora {
    type State = State;

    fn start(config: Config, run: &Run) -> Result<(State, Vec<Action>), Error> {
        let targets = choose(&config, run.model())?;
        let triplets = targets.iter().map(|t| u64::from(t.rank)).sum();
        let schedule = Schedule::new(&config, triplets, targets.len() as u64, run.total_steps())?;
        Ok((State { schedule, adapted: targets.iter().map(|t| t.param).collect(), last: Vec::new() }, Vec::new()))
    }

    fn step(state: &mut State, report: &Report, run: &Run) -> Result<Vec<Action>, Error> {
        let schedule = &state.schedule;
        // PEFT's schedule counts updates from 0.
        let step = report.step - 1;
        if step >= schedule.end {
            return Ok(keep(&state.adapted, &state.last));
        }
        let left = |budget| budget::largest(&state.adapted, budget, run);
        // PEFT takes the last choice at the end, but from importances of which the update at the end is no part.
        let last = if step + 1 == schedule.end { left(schedule.target)? } else { Vec::new() };
        let actions = match schedule.budget(step) {
            Some(budget) => keep(&state.adapted, &left(budget)?),
            None => Vec::new(),
        };
        state.last = last;
        Ok(actions)
    }
}

/// Zeroes all triplets but these.
fn keep(adapted: &[u32], triplets: &[Vec<u32>]) -> Vec<Action> {
    let rows = adapted.iter().zip(triplets);
    rows.map(|(&param, rows)| Action::Keep { param, tensor: "lora_E".to_owned(), rows: rows.clone() }).collect()
}

export_steered_strategy!(AdaLora);

#[cfg(test)]
mod tests;
