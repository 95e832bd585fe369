//! The committed controllers and composers, loaded and called as a run and a merge do it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

#[path = "common/llama.rs"]
mod llama;

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use graftwork_plan::{Action, Context, Graph, ParamId, Plan, Report, Source};
use graftwork_plugin_host::{Limits, Plugin, PluginHost, Surroundings, Training};
use llama::manifest;
use serde_json::json;

fn plugin(name: &str) -> Arc<Plugin> {
    static HOST: OnceLock<PluginHost> = OnceLock::new();
    let host = HOST.get_or_init(|| PluginHost::new(Limits::default()).unwrap());
    host.load(&Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../../plugins/{name}.wasm"))).unwrap()
}

/// A run that trains these parameters in place.
struct Run(Vec<ParamId>);

impl Training for Run {
    fn trained(&self) -> Vec<ParamId> {
        self.0.clone()
    }

    fn scores(&self, _: ParamId, _: &str) -> Result<Vec<f64>, String> {
        Err("this run keeps no scores".to_owned())
    }
}

/// A run of that plan, at one of its updates: each has random numbers of its own.
fn during(plan: &Plan, step: u64) -> Surroundings {
    let run = Run(plan.trainable().iter().map(|t| t.param).collect());
    Surroundings { training: Arc::new(run), seed: step, ..Surroundings::of(manifest()) }
}

fn report(step: u64, total_steps: u64) -> Report {
    Report { step, total_steps, epoch: 0.5, loss: 2.0, eval_loss: None, grad_norm: 1.0 }
}

#[test]
fn relora_restarts_and_warms_up_again() {
    let (relora, around) = (plugin("relora"), Surroundings::of(manifest()));
    let mut decision = relora.start(&around, &json!({"interval": 3, "rewarm": 2}), 9).unwrap();
    assert_eq!(decision.actions, []);
    let rate = |factor| Action::ScaleLearningRate { group: None, factor };
    for step in 1..=9 {
        decision = relora.step(&around, &decision.state, &report(step, 9)).unwrap();
        // After the ninth update there is none to learn in.
        let expected = match step {
            3 | 6 => vec![Action::MergeAndRestart, rate(0.5)],
            4 | 7 => vec![rate(1.0)],
            _ => vec![],
        };
        assert_eq!(decision.actions, expected, "update {step}");
    }
    let error = relora.start(&around, &json!({"interval": 3, "rewarm": 3}), 9).unwrap_err().to_string();
    assert_eq!(error, "plugin `relora`, setting `rewarm`: is 3; it must be less than `interval`, which is 3");
}

/// The layers that train after each update, by the actions of the controller. At `resumed`, its state goes to another host.
fn layers_in_turn(resumed: Option<u64>) -> Vec<BTreeSet<u32>> {
    let (mut lisa, config, total) = (plugin("lisa"), json!({"active_layers": 1, "interval": 1}), 20);
    let raw = lisa.plan(&Surroundings::of(manifest()), &config).unwrap();
    let plan = Plan::validate(&raw, &manifest()).unwrap();
    let mut decision = lisa.start(&during(&plan, 0), &config, total).unwrap();
    let (mut frozen, mut layers) = (BTreeSet::new(), Vec::new());
    for step in 1..=total {
        for action in &decision.actions {
            action.check(&plan, &manifest()).unwrap();
            let is_news = match action {
                Action::Freeze(param) => frozen.insert(*param),
                Action::Unfreeze(param) => frozen.remove(param),
                other => panic!("{other:?}"),
            };
            assert!(is_news, "update {step}: {action:?}");
        }
        let manifest = manifest();
        let trains = plan.trainable().iter().filter(|t| !frozen.contains(&t.param));
        layers.push(trains.filter_map(|t| manifest.get(t.param)?.layer).collect());
        if resumed == Some(step) {
            let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../plugins/lisa.wasm");
            lisa = PluginHost::new(Limits::default()).unwrap().load(&path).unwrap();
        }
        decision = lisa.step(&during(&plan, step), &decision.state, &report(step, total)).unwrap();
    }
    layers
}

#[test]
fn lisa_trains_one_layer_at_a_time_and_is_resumed_as_if_it_had_not_stopped() {
    let layers = layers_in_turn(None);
    assert!(layers.iter().all(|active| active.len() == 1), "{layers:?}");
    assert_eq!(layers.iter().flatten().collect::<BTreeSet<_>>(), BTreeSet::from([&0, &1]));
    assert_eq!(layers_in_turn(Some(7)), layers);
}

#[test]
fn a_state_that_is_not_its_own_is_refused() {
    for name in ["ada-lora", "gradual-unfreeze", "lisa", "relora"] {
        for state in [&b""[..], b"{}", b"\xff\x00"] {
            let error = plugin(name).step(&Surroundings::of(manifest()), state, &report(1, 2)).unwrap_err().to_string();
            let expected = format!("plugin `{name}`, call of `step`, failed: its state cannot be read");
            assert!(error.starts_with(&expected), "{error}");
        }
    }
}

#[test]
fn every_composer_composes_every_parameter() {
    let source = |name: &str, weight| Source { name: name.to_owned(), kind: "lora".to_owned(), weight };
    let sources = [source("one", 0.25), source("two", 0.75)];
    let around = Surroundings::of(manifest());
    let (none, density, rank) = (json!({}), json!({"density": 0.5}), json!({"rank": 4}));
    let composers = [
        ("cat", &none),
        ("dare", &density),
        ("linear", &none),
        ("magnitude-prune", &density),
        ("slerp", &none),
        ("svd", &rank),
        ("task-arithmetic", &none),
        ("ties", &density),
    ];
    for (name, config) in composers {
        let composer = plugin(name);
        for (id, param) in (0..).map(ParamId).zip(&manifest().params) {
            let raw = composer.compose(&around, id, &sources, config).unwrap_or_else(|e| panic!("{e}"));
            let graph = Graph::check(&raw, Context::Compose, &param.shape, &[], sources.len())
                .unwrap_or_else(|problems| panic!("{name}, {}: {problems:?}", param.name));
            assert_eq!(graph.shape(), &param.shape, "{name}, {}", param.name);
        }
    }
    let linear = plugin("linear").compose(&around, ParamId(1), &sources, &none).unwrap();
    let graph = Graph::check(&linear, Context::Compose, &manifest().params[1].shape, &[], 2).unwrap();
    assert_eq!(graph.formula(&[]), "base + 1·(0.25·delta0 + 0.75·delta1)");
}
