//! Controllers and composers, as their authors test them and as they are exported.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use std::collections::HashMap;

use graftwork_sdk::{
    Action, Composer, Controller, Error, Expr, Mock, MockRun, Model, Param, Plan, Plugin, Report, Role, Run, Selector,
    Source, Strategy, remember, remembered,
};
use proptest::prelude::*;
use serde::{Deserialize, Serialize};

fn weight() -> Param {
    let (name, dtype) = ("layers.0.q.weight".to_owned(), "f32".to_owned());
    Param { id: 0, name, shape: vec![8, 4], dtype, role: Role::Linear, layer: Some(0), tied_to: None }
}

fn model() -> Model {
    Model::from(Mock { params: vec![weight()], ..Mock::default() })
}

fn run(seed: u64) -> Run {
    let scores = HashMap::from([((0, "importance".to_owned()), vec![0.5, 2.0, 1.0])]);
    Run::from(MockRun { model: model(), total_steps: 10, trained: vec![0], scores, seed })
}

/// Can do everything: stops where the loss has not fallen, and keeps the best row before.
struct Everything;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Config {
    patience: u64,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct State {
    patience: u64,
    best: Option<f64>,
}

impl Plugin for Everything {
    const NAME: &'static str = "everything";
    const SUMMARY: &'static str = "Does a little of everything.";
    const SCHEMA: &'static str = r#"{"type": "object"}"#;
    type Config = Config;
}

impl Strategy for Everything {
    fn plan(_: Config, _: &Model) -> Result<Plan, Error> {
        Ok(Plan::default())
    }
}

impl Selector for Everything {
    fn select(_: Config, _: &Model) -> Result<Vec<graftwork_sdk::Choice>, Error> {
        Ok(Vec::new())
    }
}

impl Composer for Everything {
    fn compose(_: Config, _: &Model, _: &Param, sources: &[Source]) -> Result<Expr, Error> {
        Ok((0..).zip(sources).fold(Expr::base(), |sum, (i, source)| sum + source.weight * Expr::delta(i)))
    }
}

impl Controller for Everything {
    type State = State;

    fn start(config: Config, run: &Run) -> Result<(State, Vec<Action>), Error> {
        if config.patience >= run.total_steps() {
            return Err(Error::config("patience", "is as long as the run"));
        }
        Ok((State { patience: config.patience, best: None }, Vec::new()))
    }

    fn step(state: &mut State, report: &Report, run: &Run) -> Result<Vec<Action>, Error> {
        let has_fallen = state.best.is_none_or(|best| report.loss < best);
        if !has_fallen && report.step > state.patience {
            return Ok(vec![Action::Stop("the loss no longer falls".to_owned())]);
        }
        state.best = if has_fallen { Some(report.loss) } else { state.best };
        let scores = run.scores(0, "importance")?;
        let (row, _) = (0..).zip(&scores).max_by(|a, b| a.1.total_cmp(b.1)).unwrap();
        Ok(vec![Action::Keep { param: 0, tensor: "lora_E".to_owned(), rows: vec![row] }])
    }
}

fn report(step: u64, loss: f64) -> Report {
    Report { step, total_steps: 10, epoch: 0.1, loss, eval_loss: None, grad_norm: 1.0 }
}

#[test]
fn a_controller_is_tested_on_a_mock_run() {
    let (run, config) = (run(0), |patience| Config { patience });
    let too_long = Everything::start(config(10), &run).unwrap_err();
    assert_eq!(too_long, Error::config("patience", "is as long as the run"));
    let (mut state, actions) = Everything::start(config(2), &run).unwrap();
    assert_eq!(actions, []);
    let keep = [Action::Keep { param: 0, tensor: "lora_E".to_owned(), rows: vec![1] }];
    for (step, loss, best) in [(1, 2.0, 2.0), (2, 3.0, 2.0), (3, 1.5, 1.5)] {
        assert_eq!(Everything::step(&mut state, &report(step, loss), &run).unwrap(), keep);
        assert_eq!(state.best, Some(best));
    }
    let stop = Action::Stop("the loss no longer falls".to_owned());
    assert_eq!(Everything::step(&mut state, &report(4, 1.5), &run).unwrap(), [stop]);
}

#[test]
fn a_mock_run_tells_what_it_was_given() {
    let run = run(0);
    assert_eq!((run.model().params(), run.total_steps(), run.trained()), (&[weight()][..], 10, vec![0]));
    assert_eq!(run.scores(0, "importance").unwrap(), [0.5, 2.0, 1.0]);
    for (param, tensor) in [(0, "sensitivity"), (1, "importance")] {
        let missing = format!("the mock has no scores `{tensor}` of parameter {param}");
        assert_eq!(run.scores(param, tensor).unwrap_err(), Error::Internal(missing));
    }
}

#[test]
fn a_mock_run_draws_as_its_seed_says() {
    let drawn = |seed| {
        let run = run(seed);
        [(); 3].map(|()| run.random())
    };
    // The first numbers of SplitMix64 from 0, as its authors' code gives them.
    assert_eq!(drawn(0), [0xe220_a839_7b1d_cdaf, 0x6e78_9e6a_a1b9_65f4, 0x06c4_5d18_8009_454f]);
    assert_eq!(drawn(7), drawn(7));
    assert_ne!(drawn(7), drawn(8));
}

/// Of 6000 draws below 3, each number comes 2000 times, give or take: 160 are over four standard deviations.
#[test]
fn numbers_below_a_bound_are_equally_likely() {
    let (run, mut counts) = (run(1), [0u32; 3]);
    (0..6000).for_each(|_| counts[run.below(3) as usize] += 1);
    assert!(counts.iter().all(|count| count.abs_diff(2000) < 160), "{counts:?}");
    assert_eq!((run.below(0), run.below(1)), (0, 0));
    // Nearly half of all numbers are over this bound, and are drawn again.
    assert!((0..100).all(|_| run.below((1 << 63) + 1) <= 1 << 63));
}

#[test]
fn a_composition_is_over_the_base_and_the_changes() {
    let source = |name: &str, weight| Source { name: name.to_owned(), kind: "lora".to_owned(), weight };
    let sources = [source("a", 0.5), source("b", -1.0)];
    let graph = Everything::compose(Config { patience: 0 }, &model(), &weight(), &sources).unwrap().graph();
    let ops: Vec<_> = graph.nodes.iter().map(|n| n.op.as_str()).collect();
    assert_eq!(ops, ["base", "delta", "scale", "add", "delta", "scale", "add"]);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_state_comes_back_to_the_last_bit(patience: u64, best in prop::option::of(prop::num::f64::NORMAL | prop::num::f64::SUBNORMAL | prop::num::f64::ZERO)) {
        let state = State { patience, best };
        let back: State = remembered(&remember(&state).unwrap()).unwrap();
        prop_assert_eq!(back.best.map(f64::to_bits), state.best.map(f64::to_bits));
        prop_assert_eq!(back.patience, patience);
    }
}

#[test]
fn a_number_that_json_does_not_have_is_named() {
    #[derive(Debug, Serialize, Deserialize)]
    struct Losses {
        least: Vec<f64>,
    }
    for number in [f64::INFINITY, f64::NEG_INFINITY, f64::NAN] {
        let bytes = remember(&Losses { least: vec![1.0, number] }).unwrap();
        let Err(Error::Internal(message)) = remembered::<Losses>(&bytes) else { panic!("{number} came back") };
        assert!(message.starts_with("its state cannot be read at `least[1]`: invalid type: null"), "{message}");
        assert!(message.ends_with("; JSON has no infinite number and no NaN: keep an `Option` for it"), "{message}");
    }
    let Err(Error::Internal(message)) = remembered::<u64>(b"{}") else { panic!("an object is no number") };
    assert!(message.starts_with("its state cannot be read: invalid type: map"), "{message}");
    assert!(!message.contains("infinite"), "{message}");
}

/// Every macro exports in a module of its own, as in a plugin's crate; each plugin says what it is.
macro_rules! exported {
    ($($export:ident in $world:ident,)*) => {
        $(mod $world {
            graftwork_sdk::$export!(super::Everything);

            #[test]
            fn describes_itself() {
                use graftwork_sdk::bindings::$world::exports::graftwork::strategy::plugin::Guest;
                let descriptor = GraftworkPlugin::describe();
                assert_eq!(descriptor.name, "everything");
                assert_eq!(descriptor.version, env!("CARGO_PKG_VERSION"));
                assert_eq!(descriptor.summary, "Does a little of everything.");
                assert_eq!(descriptor.config_schema, r#"{"type": "object"}"#);
            }
        })*
    };
}

exported! {
    export_strategy in strategy,
    export_selector in selector,
    export_composer in composer,
    export_controller in controller,
    export_steered_strategy in steered_strategy,
}
