//! Restarts and rates in simulated runs.

use std::collections::HashMap;

use evaluate::assert_schema;
use graftwork_sdk::{Mock, MockRun, Model};

use super::*;

fn run(total_steps: u64) -> Run {
    let (model, scores) = (Model::from(Mock::default()), HashMap::new());
    Run::from(MockRun { model, total_steps, trained: Vec::new(), scores, seed: 0 })
}

/// The updates before which the adapters begin anew, and the factor on the learning rate of each update.
fn simulate(interval: u64, rewarm: u64, total_steps: u64) -> (Vec<u64>, Vec<f64>) {
    let run = run(total_steps);
    let (mut state, actions) = ReLora::start(Config { interval, rewarm }, &run).expect("a start");
    assert!(actions.is_empty());
    let (mut restarts, mut factors, mut factor) = (Vec::new(), Vec::new(), 1.0);
    for step in 1..=total_steps {
        factors.push(factor);
        // A run that was resumed here knows its state and nothing else.
        let bytes = serde_json::to_vec(&state).expect("a state");
        state = serde_json::from_slice(&bytes).expect("a state");
        let report = Report { step, total_steps, epoch: 0.0, loss: 1.0, eval_loss: None, grad_norm: 1.0 };
        for action in ReLora::step(&mut state, &report, &run).expect("a step") {
            match action {
                Action::MergeAndRestart => restarts.push(step + 1),
                Action::ScaleLearningRate { group: None, factor: new } => factor = new,
                other => panic!("{other:?}"),
            }
        }
    }
    (restarts, factors)
}

#[test]
fn restarts_after_every_interval_and_warms_up_again() {
    let (restarts, factors) = simulate(10, 4, 30);
    assert_eq!(restarts, [11, 21]);
    let climbs = [0.25, 0.5, 0.75, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0];
    assert_eq!(factors[..10], [1.0; 10]);
    assert_eq!(factors[10..20], climbs);
    assert_eq!(factors[20..], climbs);
}

#[test]
fn does_not_restart_where_nothing_would_be_learnt_after() {
    assert_eq!(simulate(10, 4, 24).0, [11]);
    assert_eq!(simulate(10, 4, 25).0, [11, 21]);
    assert_eq!(simulate(10, 0, 30).0, [11, 21]);
    let (restarts, factors) = simulate(10, 4, 24);
    assert_eq!((restarts, &factors[20..]), (vec![11], &[1.0; 4][..]));
}

#[test]
fn without_a_warm_up_the_rate_is_left_alone() {
    assert_eq!(simulate(10, 0, 30).1, [1.0; 30]);
}

#[test]
fn refuses_what_cannot_be_meant() {
    let key = |interval, rewarm, total| match ReLora::start(Config { interval, rewarm }, &run(total)) {
        Err(Error::Config { key, .. }) => key,
        other => format!("{other:?}"),
    };
    assert_eq!(key(10, 10, 100), "rewarm");
    assert_eq!(key(100, 10, 110), "interval");
    assert!(ReLora::start(Config { interval: 100, rewarm: 10 }, &run(111)).is_ok());
}

#[test]
fn settings_are_what_the_schema_says() {
    assert_schema::<ReLora>("{}");
}
