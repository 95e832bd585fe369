//! Which layers train when, in simulated runs.

use std::collections::HashMap;

use evaluate::assert_schema;
use graftwork_sdk::{Mock, MockRun, Param, Role};

use super::*;

const LAYERS: u32 = 6;

/// An embedding, two weights in each layer, a norm, and a head that is tied to the embedding.
fn model() -> Model {
    let mut params = Vec::new();
    let mut push = |name: String, role, layer, tied_to| {
        let id = params.len() as u32;
        params.push(Param { id, name, shape: vec![4, 4], dtype: "f32".to_owned(), role, layer, tied_to });
    };
    push("embed.weight".into(), Role::Embedding, None, None);
    for layer in 0..LAYERS {
        push(format!("layers.{layer}.q.weight"), Role::Linear, Some(layer), None);
        push(format!("layers.{layer}.norm.weight"), Role::Norm, Some(layer), None);
    }
    push("norm.weight".into(), Role::Norm, None, None);
    push("head.weight".into(), Role::Head, None, Some(0));
    Model::from(Mock { params, ..Mock::default() })
}

/// Every parameter that the plan trains.
fn trained() -> Vec<u32> {
    let plan = Lisa::plan(Config::default(), &model()).expect("a plan");
    plan.trainable.iter().map(|t| t.param).collect()
}

fn run(seed: u64) -> Run {
    let scores = HashMap::new();
    Run::from(MockRun { model: model(), total_steps: 100, trained: trained(), scores, seed })
}

fn report(step: u64) -> Report {
    Report { step, total_steps: 100, epoch: 0.0, loss: 1.0, eval_loss: None, grad_norm: 1.0 }
}

/// The layers that train during each update of a run, as the host would carry the actions out. The random numbers of the
/// run differ from step to step, as a host's do.
fn simulate(config: &Config, seed: u64) -> Vec<Vec<u32>> {
    let carry_out = |frozen: &mut BTreeSet<u32>, actions: Vec<Action>| {
        for action in actions {
            let fresh = match action {
                Action::Freeze(id) => frozen.insert(id),
                Action::Unfreeze(id) => frozen.remove(&id),
                other => panic!("{other:?}"),
            };
            assert!(fresh, "something is frozen or unfrozen twice");
        }
    };
    let mut frozen = BTreeSet::new();
    let (mut state, actions) = Lisa::start(config.clone(), &run(seed)).expect("a start");
    carry_out(&mut frozen, actions);
    let mut history = Vec::new();
    for step in 1..=100 {
        assert!([0, 13].iter().all(|outside| !frozen.contains(outside)));
        let trains = |layer: &u32| [1, 2].iter().all(|i| !frozen.contains(&(2 * layer + i)));
        let idle = |layer: &u32| [1, 2].iter().all(|i| frozen.contains(&(2 * layer + i)));
        assert!((0..LAYERS).all(|layer| trains(&layer) || idle(&layer)));
        history.push((0..LAYERS).filter(trains).collect());
        // A run that was resumed here knows its state and nothing else.
        let bytes = serde_json::to_vec(&state).expect("a state");
        state = serde_json::from_slice(&bytes).expect("a state");
        let actions = Lisa::step(&mut state, &report(step), &run(seed + step)).expect("a step");
        carry_out(&mut frozen, actions);
    }
    history
}

#[test]
fn plans_everything_once() {
    assert_eq!(trained(), (0..=13).collect::<Vec<_>>());
    let refused = Lisa::plan(Config { active_layers: 7, ..Config::default() }, &model());
    assert!(matches!(refused, Err(Error::Config { key, .. }) if key == "active_layers"));
}

#[test]
fn as_many_layers_train_as_are_asked_for() {
    for active_layers in [1, 2, 6] {
        let history = simulate(&Config { active_layers, interval: 10 }, 1);
        assert!(history.iter().all(|layers| layers.len() == active_layers as usize));
    }
}

#[test]
fn they_are_drawn_anew_after_every_interval_and_at_no_other_time() {
    let history = simulate(&Config { active_layers: 2, interval: 10 }, 1);
    assert!(history.chunks(10).all(|period| period.iter().all(|layers| *layers == period[0])));
    let periods: BTreeSet<_> = history.iter().step_by(10).collect();
    assert!(periods.len() > 3, "{periods:?}");
    assert_eq!(history, simulate(&Config { active_layers: 2, interval: 10 }, 1));
    assert_ne!(history, simulate(&Config { active_layers: 2, interval: 10 }, 1000));
}

#[test]
fn every_layer_is_as_likely_as_any_other() {
    let mut counts = [0u32; LAYERS as usize];
    for seed in 0..20 {
        let history = simulate(&Config { active_layers: 2, interval: 1 }, seed * 1000);
        history.iter().flatten().for_each(|layer| counts[*layer as usize] += 1);
    }
    // 2000 draws at a chance of a third: five standard deviations.
    assert!(counts.iter().all(|count| (562..=772).contains(count)), "{counts:?}");
}

#[test]
fn nothing_changes_after_the_last_update() {
    let (mut state, _) = Lisa::start(Config::default(), &run(1)).expect("a start");
    assert!(Lisa::step(&mut state, &report(100), &run(5)).expect("a step").is_empty());
}

#[test]
fn settings_are_what_the_schema_says() {
    assert_schema::<Lisa>("{}");
}
