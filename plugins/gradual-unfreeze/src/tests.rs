//! Which layers train when, in simulated runs.

use std::collections::HashMap;

use evaluate::assert_schema;
use graftwork_sdk::{Mock, MockRun, Model, Param, Role};

use super::*;

/// An embedding, then two weights in each of so many layers.
fn run(layers: u32, total_steps: u64, trained: Option<Vec<u32>>) -> Run {
    let param = |id: u32| Param {
        id,
        name: format!("{id}.weight"),
        shape: vec![4, 4],
        dtype: "f32".to_owned(),
        role: Role::Linear,
        layer: id.checked_sub(1).map(|i| i / 2),
        tied_to: None,
    };
    let params: Vec<Param> = (0..=2 * layers).map(param).collect();
    let trained = trained.unwrap_or_else(|| (0..=2 * layers).collect());
    let model = Model::from(Mock { params, ..Mock::default() });
    Run::from(MockRun { model, total_steps, trained, scores: HashMap::new(), seed: 0 })
}

/// What is frozen during each update.
fn simulate(interval: Option<u64>, run: &Run) -> Vec<BTreeSet<u32>> {
    let total_steps = run.total_steps();
    let (mut state, actions) = GradualUnfreeze::start(Config { interval }, run).expect("a start");
    let freeze = |action| match action {
        Action::Freeze(id) => id,
        other => panic!("{other:?}"),
    };
    let mut frozen: BTreeSet<u32> = actions.into_iter().map(freeze).collect();
    let mut history = Vec::new();
    for step in 1..=total_steps {
        history.push(frozen.clone());
        // A run that was resumed here knows its state and nothing else.
        let bytes = serde_json::to_vec(&state).expect("a state");
        state = serde_json::from_slice(&bytes).expect("a state");
        let report = Report { step, total_steps, epoch: 0.0, loss: 1.0, eval_loss: None, grad_norm: 1.0 };
        for action in GradualUnfreeze::step(&mut state, &report, run).expect("a step") {
            let Action::Unfreeze(id) = action else { panic!("{action:?}") };
            assert!(frozen.remove(&id), "{id} was not frozen");
        }
    }
    history
}

fn set(ids: &[u32]) -> BTreeSet<u32> {
    ids.iter().copied().collect()
}

#[test]
fn layers_join_from_the_top() {
    let history = simulate(Some(5), &run(3, 20, None));
    assert!(history[..5].iter().all(|frozen| *frozen == set(&[1, 2, 3, 4])));
    assert!(history[5..10].iter().all(|frozen| *frozen == set(&[1, 2])));
    assert!(history[10..].iter().all(BTreeSet::is_empty));
}

#[test]
fn without_an_interval_they_join_at_even_distances() {
    let history = simulate(None, &run(4, 41, None));
    let counts: Vec<usize> = history.iter().step_by(10).map(BTreeSet::len).collect();
    assert_eq!(counts, [6, 4, 2, 0, 0]);
    // More layers than updates: one after each.
    assert_eq!(simulate(None, &run(5, 3, None)).iter().map(BTreeSet::len).collect::<Vec<_>>(), [8, 6, 4]);
}

#[test]
fn only_what_trains_counts() {
    // Adapters in layers 0 and 2: the second is the last, and no time passes for the one between them.
    let history = simulate(Some(2), &run(3, 6, Some(vec![1, 2, 6])));
    assert_eq!(history[..3], [set(&[1, 2]), set(&[1, 2]), set(&[])]);
}

#[test]
fn needs_two_layers() {
    let start = |trained| GradualUnfreeze::start(Config::default(), &run(3, 20, Some(trained)));
    assert!(matches!(start(vec![0, 1, 2]), Err(Error::UnsupportedModel(_))));
    assert!(matches!(start(vec![0]), Err(Error::UnsupportedModel(_))));
    assert!(start(vec![2, 3]).is_ok());
}

#[test]
fn settings_are_what_the_schema_says() {
    assert_schema::<GradualUnfreeze>("{}");
}
