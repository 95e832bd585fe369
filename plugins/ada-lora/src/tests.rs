//! Plans, importances and choices, against the numbers of PEFT's `AdaLoraModel`.

use std::collections::HashMap;

use evaluate::{Array, Context, Scope, array, assert_close, assert_schema};
use graftwork_sdk::{Choice, Layers, Mock, MockRun, Names, Param, Role};

use super::*;

/// Two linear layers, `[2, 3]` and `[4, 2]`, after an embedding.
fn model(choices: Option<Vec<Choice>>) -> Model {
    let param = |id: u32, name: &str, shape: [u32; 2], role| Param {
        id,
        name: format!("{name}.weight"),
        shape: shape.to_vec(),
        dtype: "f32".to_owned(),
        role,
        layer: None,
        tied_to: None,
    };
    let params = vec![
        param(0, "embed", [9, 3], Role::Embedding),
        param(1, "a", [2, 3], Role::Linear),
        param(2, "b", [4, 2], Role::Linear),
    ];
    Model::from(Mock { params, choices, ..Mock::default() })
}

fn run(total_steps: u64, scores: [Vec<f64>; 2]) -> Run {
    let [a, b] = scores;
    let scores = HashMap::from([((1, "score".to_owned()), a), ((2, "score".to_owned()), b)]);
    Run::from(MockRun { model: model(None), total_steps, trained: vec![1, 2], scores, seed: 0 })
}

fn report(step: u64, total_steps: u64) -> Report {
    // PEFT counts updates from 0.
    Report { step: step + 1, total_steps, epoch: 0.0, loss: 1.0, eval_loss: None, grad_norm: 1.0 }
}

/// The triplets that are left of each adapter; none where nothing is zeroed.
fn left(actions: Vec<Action>) -> Vec<(u32, Vec<u32>)> {
    let rows = |action| match action {
        Action::Keep { param, tensor, rows } if tensor == "lora_E" => (param, rows),
        other => panic!("{other:?}"),
    };
    actions.into_iter().map(rows).collect()
}

fn settings() -> Config {
    Config {
        init_r: 4,
        target_r: 2,
        tinit: 2,
        tfinal: 3,
        delta_t: 2,
        beta1: 0.8,
        beta2: 0.9,
        orth_reg_weight: 0.1,
        alpha: Some(6.0),
        ..Config::default()
    }
}

/// Made-up values of a trained tensor and of its gradient after an update, the same that PEFT was given.
fn made_up(step: u64, layer: usize, tensor: usize, shape: &[u32]) -> [Array; 2] {
    let shape: Vec<usize> = shape.iter().map(|&d| d as usize).collect();
    let (step, layer, tensor) = (step as f64, layer as f64, tensor as f64);
    let values = |f: &dyn Fn(f64) -> f64| -> Array {
        let values: Vec<f64> = (0..shape.iter().product()).map(|i: usize| f(i as f64)).collect();
        array(&shape, &values)
    };
    [
        values(&|i| (1.3 * step + 2.1 * layer + 0.7 * tensor + 0.9 * i).sin()),
        values(&|i| (0.4 * step + 1.7 * layer + 1.1 * tensor + 2.3 * i).cos()),
    ]
}

/// One update of an adapter: new values and gradients for what trains, then what is kept, in its order.
fn update(adapter: &Adapter, scope: &mut Scope, step: u64, layer: usize) {
    for (i, tensor) in adapter.tensors.iter().enumerate() {
        match &tensor.update {
            Some(update) => scope.tensors[i] = scope.value(update, Context::Update),
            None => [scope.tensors[i], scope.gradients[i]] = made_up(step, layer, i, &tensor.shape),
        }
    }
}

/// An adapter on a weight of zeros, all of its tensors zero.
fn at_the_beginning(adapter: &Adapter) -> Scope {
    let zeros = |shape: &[u32]| Array::zeros(shape.iter().map(|&d| d as usize).collect::<Vec<_>>());
    let tensors: Vec<Array> = adapter.tensors.iter().map(|t| zeros(&t.shape)).collect();
    let base = zeros(&[adapter.tensors[B as usize].shape[0], adapter.tensors[A as usize].shape[1]]);
    Scope { base, gradients: tensors[..3].to_vec(), tensors, ..Scope::default() }
}

#[test]
fn importances_and_choices_are_those_of_peft() {
    let adapters = AdaLora::plan(settings(), &model(None)).expect("a plan").adapters;
    let mut scopes: Vec<Scope> = adapters.iter().map(at_the_beginning).collect();
    let nothing = || run(14, [vec![0.0; 4], vec![0.0; 4]]);
    let (mut state, actions) = AdaLora::start(settings(), &nothing()).expect("a start");
    assert!(actions.is_empty());
    let expected: HashMap<u64, [&[u32]; 2]> = HashMap::from([
        (4, [&[0, 2, 3][..], &[1, 2]]),
        (6, [&[0, 3], &[0, 2]]),
        (8, [&[1, 2, 3], &[3]]),
        (10, [&[0, 2, 3], &[1]]),
        (11, [&[0, 2, 3], &[1]]),
        (12, [&[0, 2, 3], &[1]]),
        (13, [&[0, 2, 3], &[1]]),
        (14, [&[0, 2, 3], &[1]]),
    ]);
    for step in 1..=14 {
        for (layer, (adapter, scope)) in adapters.iter().zip(&mut scopes).enumerate() {
            update(adapter, scope, step, layer);
        }
        let score = |scope: &Scope| scope.tensors[9].iter().copied().collect();
        let now = run(14, [score(&scopes[0]), score(&scopes[1])]);
        let chosen = left(AdaLora::step(&mut state, &report(step, 14), &now).expect("a step"));
        let expected = expected.get(&step).map(|[a, b]| vec![(1, a.to_vec()), (2, b.to_vec())]);
        assert_eq!(chosen, expected.unwrap_or_default(), "after update {step}");
        if step == 5 {
            let first = |layer: usize, tensor: usize| scopes[layer].tensors[tensor].iter().copied().next();
            let close = |actual: Option<f64>, expected: f64| (actual.expect("a value") - expected).abs() < 1e-12;
            assert!(close(first(0, 3), 0.16341251559733555) && close(first(0, 4), 0.08090714822823526));
            assert!(close(first(0, 5), 0.30791474379627537) && close(first(0, 6), 0.10930388942981588));
            assert!(close(first(1, 7), 0.25250493231485804) && close(first(1, 8), 0.09376168897052287));
        }
    }
}

#[test]
fn weight_and_penalty_are_those_of_peft() {
    let adapters = AdaLora::plan(settings(), &model(None)).expect("a plan").adapters;
    let mut scopes: Vec<Scope> = adapters.iter().map(at_the_beginning).collect();
    for (layer, (adapter, scope)) in adapters.iter().zip(&mut scopes).enumerate() {
        update(adapter, scope, 1, layer);
    }
    assert_close(
        &scopes[0].value(&adapters[0].effective, Context::Effective),
        &[
            1.0737978184925416,
            0.6059028834924248,
            -0.32052727412688015,
            -0.5691510999401013,
            -0.6483515954352995,
            -0.23689252939344155,
        ],
    );
    let penalty = |i: usize| scopes[i].value(adapters[i].penalty.as_ref().expect("a penalty"), Context::Penalty);
    assert_close(&(penalty(0) + penalty(1)), &[0.39383778102061034]);
    // At step 0 it is the base.
    let shapes: [&[usize]; 2] = [&[2, 3], &[4, 2]];
    for ((adapter, scope), shape) in adapters.iter().zip(&mut scopes).zip(shapes) {
        scope.base = Array::ones(shape);
        scope.tensors[E as usize] = scope.value(&adapter.tensors[E as usize].init, Context::Init);
        assert_eq!(scope.value(&adapter.effective, Context::Effective), scope.base);
    }
}

#[test]
fn the_budget_falls_as_that_of_peft() {
    let config = Config { tinit: 10, tfinal: 20, delta_t: 5, ..Config::default() };
    let scores = [(0..12).map(f64::from).collect(), (12..24).map(f64::from).collect()];
    let run = run(100, scores);
    let (mut state, _) = AdaLora::start(config, &run).expect("a start");
    let mut budgets = Vec::new();
    for step in 1..=100 {
        let chosen = left(AdaLora::step(&mut state, &report(step, 100), &run).expect("a step"));
        if !chosen.is_empty() && step <= 81 {
            budgets.push((step, chosen.iter().map(|(_, rows)| rows.len()).sum::<usize>()));
        }
        // From the end on, after every update.
        assert!(step < 80 || chosen == [(1, (8..12).collect()), (2, (0..12).collect())], "{step}");
    }
    let expected = [
        (15, 22),
        (20, 21),
        (25, 19),
        (30, 18),
        (35, 18),
        (40, 17),
        (45, 17),
        (50, 16),
        (55, 16),
        (60, 16),
        (65, 16),
        (70, 16),
        (75, 16),
        (80, 16),
        (81, 16),
    ];
    assert_eq!(budgets, expected);
}

#[test]
fn equals_fall_together() {
    let (mut state, _) = AdaLora::start(settings(), &run(14, [vec![], vec![]])).expect("a start");
    let run = run(14, [vec![1.0, 1.0, 1.0, 2.0], vec![1.0, 3.0, 3.0, 3.0]]);
    let chosen = left(AdaLora::step(&mut state, &report(4, 14), &run).expect("a step"));
    // A budget of 5, but with the fifth fall those that are equal to the first under it.
    assert_eq!(chosen, [(1, vec![3]), (2, vec![1, 2, 3])]);
}

#[test]
fn a_resumed_run_goes_on_as_if_it_had_not_stopped() {
    let scores = |step: u64| {
        let score = |i: u64| ((step * 7 + i * 13) % 17) as f64;
        run(14, [(0..4).map(score).collect(), (4..8).map(score).collect()])
    };
    let (mut through, _) = AdaLora::start(settings(), &scores(0)).expect("a start");
    let (mut resumed, _) = AdaLora::start(settings(), &scores(0)).expect("a start");
    for step in 1..=14 {
        let state = serde_json::to_string(&resumed).expect("a state");
        resumed = serde_json::from_str(&state).expect("a state");
        let one = left(AdaLora::step(&mut through, &report(step, 14), &scores(step)).expect("a step"));
        let other = left(AdaLora::step(&mut resumed, &report(step, 14), &scores(step)).expect("a step"));
        assert_eq!(one, other, "after update {step}");
    }
}

#[test]
fn settings_and_selectors_shape_the_plan() {
    let plan = |config: Config, choices| AdaLora::plan(config, &model(choices)).expect("a plan").adapters;
    let adapters = plan(Config { dropout: 0.1, orth_reg_weight: 0.0, ..Config::default() }, None);
    assert_eq!(adapters.iter().map(|a| a.target).collect::<Vec<_>>(), [1, 2]);
    assert!(adapters.iter().all(|a| a.penalty.is_none()));
    assert!(adapters[0].effective.graph().nodes.iter().any(|n| n.op == "dropout"));
    let shapes: Vec<_> = adapters[0].tensors.iter().map(|t| (t.name.as_str(), t.shape.clone(), t.trainable)).collect();
    assert_eq!(shapes[0], ("lora_A", vec![12, 3], true));
    assert_eq!(shapes[1], ("lora_E", vec![12, 1], true));
    assert_eq!(shapes[2], ("lora_B", vec![2, 12], true));
    assert_eq!(shapes[9], ("score", vec![12, 1], false));
    let choices = vec![Choice { param: 2, rank: Some(3), alpha: Some(1.0) }];
    let adapters = plan(Config::default(), Some(choices));
    assert_eq!((adapters[0].target, adapters[0].tensors[0].shape.clone()), (2, vec![3, 2]));
    let only = Some(Names::List(vec!["b".to_owned()]));
    assert_eq!(plan(Config { exclude_modules: only, ..Config::default() }, None)[0].target, 1);
}

#[test]
fn refuses_what_cannot_be_meant() {
    let key = |error| match error {
        Error::Config { key, .. } => key,
        other => format!("{other:?}"),
    };
    let planned = |config| key(AdaLora::plan(config, &model(None)).expect_err("no plan"));
    let embedding = Names::List(vec!["embed".to_owned()]);
    assert_eq!(planned(Config { target_modules: embedding, ..Config::default() }), "target_modules");
    let layers: Layers = vec![0].into();
    assert_eq!(planned(Config { layers: Some(layers), ..Config::default() }), "layers");
    let started = |config, total| key(AdaLora::start(config, &run(total, [vec![], vec![]])).expect_err("no start"));
    assert_eq!(started(Config { target_r: 13, ..Config::default() }, 100), "target_r");
    assert_eq!(started(Config { tinit: 80, tfinal: 20, ..Config::default() }, 100), "tfinal");
    assert_eq!(started(Config { tfinal: 200, ..Config::default() }, 100), "tfinal");
    assert_eq!(started(Config::default(), 1), "tfinal");
}

#[test]
fn settings_are_what_the_schema_says() {
    assert_schema::<AdaLora>("{}");
}
