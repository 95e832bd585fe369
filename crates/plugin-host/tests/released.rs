//! Plugins that were built for released contracts: each does today what it did when it was built.
//!
//! `wit/VERSIONING.md` says what may change in a contract. Here is what holds it to that: files that are never built
//! again, and beside each a JSON of what it says of itself and answers to every call.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout, reason = "tests")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use graftwork_plan::{Action, Choice, Context, Graph, Manifest, ParamId, Plan, RawGraph, RawPlan, Report, Source};
use graftwork_plugin_host::{
    CONTRACT_VERSION, Capabilities, Limits, Plugin, PluginError, PluginHost, Stats, Surroundings, Training, WIT,
};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// `surroundings.json`: everything that a plugin can ask for, by index of the parameter.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Told {
    manifest: Manifest,
    seed: u64,
    norms: BTreeMap<u32, f64>,
    gradient_norms: BTreeMap<u32, f64>,
    singular_values: BTreeMap<u32, Vec<f64>>,
    choices: Option<Vec<Choice>>,
    trained: Vec<ParamId>,
    scores: BTreeMap<u32, Vec<f64>>,
}

/// What is there for that parameter, or a sentence that the plugin gets.
fn known<T: Clone>(all: &BTreeMap<u32, T>, param: ParamId) -> Result<T, String> {
    all.get(&param.0).cloned().ok_or_else(|| format!("nothing is known of parameter {}", param.0))
}

impl Stats for Told {
    fn norm(&self, param: ParamId) -> Result<f64, String> {
        known(&self.norms, param)
    }

    fn singular_values(&self, param: ParamId, count: u32) -> Result<Vec<f64>, String> {
        known(&self.singular_values, param).map(|values| values.into_iter().take(count as usize).collect())
    }

    fn gradient_norm(&self, param: ParamId) -> Result<f64, String> {
        known(&self.gradient_norms, param)
    }
}

impl Training for Told {
    fn trained(&self) -> Vec<ParamId> {
        self.trained.clone()
    }

    fn scores(&self, param: ParamId, tensor: &str) -> Result<Vec<f64>, String> {
        assert_eq!(tensor, "importance");
        known(&self.scores, param)
    }
}

impl Told {
    fn surroundings(self) -> Surroundings {
        let told = Arc::new(self);
        Surroundings {
            manifest: Arc::new(told.manifest.clone()),
            stats: told.clone(),
            choices: told.choices.clone(),
            seed: told.seed,
            training: told,
        }
    }
}

/// `NAME.json`, beside `NAME.wasm`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    contract: String,
    component: bool,
    descriptor: Descriptor,
    capabilities: BTreeSet<String>,
    plans: Option<Planned>,
    selects: Option<Selected>,
    composes: Option<Composed>,
    steers: Option<Steered>,
    refusals: Vec<Refusal>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Descriptor {
    name: String,
    version: String,
    summary: String,
    config_schema: Value,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Planned {
    config: Value,
    plan: RawPlan,
    hash: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Selected {
    config: Value,
    choices: Vec<Choice>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Composed {
    target: ParamId,
    config: Value,
    sources: Vec<Source>,
    graph: RawGraph,
    /// Sources that it refuses, and what it says.
    refused: Vec<Source>,
    error: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Steered {
    config: Value,
    start: Decided,
    steps: Vec<(Report, Decided)>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Decided {
    /// What the decision adds to the state before it, in hexadecimal.
    adds: String,
    actions: Vec<Action>,
}

/// Settings that the plugin refuses, and how the message ends or, for one that traps, what it has in it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Refusal {
    config: Value,
    error: Vec<String>,
}

fn read<T: DeserializeOwned>(path: &Path) -> T {
    let text = fs::read(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    serde_json::from_slice(&text).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let mut all: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    all.sort();
    all
}

/// Folders of the released contracts, by version.
fn contracts() -> Vec<PathBuf> {
    entries(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../wit/released"))
}

fn plugins(contract: &Path) -> Vec<PathBuf> {
    let mut all = entries(&contract.join("fixtures"));
    all.retain(|path| path.extension().is_some_and(|e| e == "wasm"));
    all
}

fn names(can: Capabilities) -> BTreeSet<String> {
    let Capabilities { strategy, selector, composer, controller } = can;
    let all = [("strategy", strategy), ("selector", selector), ("composer", composer), ("controller", controller)];
    all.into_iter().filter(|(_, can)| *can).map(|(name, _)| name.to_owned()).collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

/// Every way to hand settings to the plugin.
fn ask(plugin: &Plugin, around: &Surroundings, config: &Value) -> Vec<Result<(), PluginError>> {
    let can = plugin.capabilities();
    let mut asked = Vec::new();
    if can.strategy {
        asked.push(plugin.plan(around, config).map(drop));
    }
    if can.selector {
        asked.push(plugin.select(around, config).map(drop));
    }
    if can.composer {
        asked.push(plugin.compose(around, ParamId(1), &[], config).map(drop));
    }
    if can.controller {
        asked.push(plugin.start(around, config, 3).map(drop));
    }
    asked
}

impl Expected {
    fn check(&self, plugin: &Plugin, around: &Surroundings) {
        assert_eq!(plugin.contract(), self.contract);
        let descriptor = plugin.descriptor();
        assert_eq!(descriptor.name, self.descriptor.name);
        assert_eq!(descriptor.version, self.descriptor.version);
        assert_eq!(descriptor.summary, self.descriptor.summary);
        assert_eq!(descriptor.config_schema, self.descriptor.config_schema);
        assert_eq!(names(plugin.capabilities()), self.capabilities);
        let answers = [
            ("strategy", self.plans.is_some()),
            ("selector", self.selects.is_some()),
            ("composer", self.composes.is_some()),
            ("controller", self.steers.is_some()),
        ];
        for (capability, answered) in answers {
            assert_eq!(self.capabilities.contains(capability), answered, "the JSON says too much or too little");
        }
        if let Some(planned) = &self.plans {
            planned.check(plugin, around);
        }
        if let Some(selected) = &self.selects {
            assert_eq!(plugin.select(around, &selected.config).unwrap(), selected.choices);
        }
        if let Some(composed) = &self.composes {
            composed.check(plugin, around);
        }
        if let Some(steered) = &self.steers {
            steered.check(plugin, around);
        }
        for refusal in &self.refusals {
            for asked in ask(plugin, around, &refusal.config) {
                let message = asked.expect_err("the settings should be refused").to_string();
                assert!(refusal.error.iter().all(|part| message.contains(part)), "{:?}: {message}", refusal.error);
            }
        }
    }
}

impl Planned {
    fn check(&self, plugin: &Plugin, around: &Surroundings) {
        let raw = plugin.plan(around, &self.config).unwrap();
        assert_eq!(raw, self.plan);
        let plan = Plan::validate(&raw, &around.manifest).unwrap_or_else(|problems| panic!("{problems}"));
        assert_eq!(plan.hash(), self.hash);
    }
}

impl Composed {
    fn check(&self, plugin: &Plugin, around: &Surroundings) {
        let graph = plugin.compose(around, self.target, &self.sources, &self.config).unwrap();
        assert_eq!(graph, self.graph);
        let shape = &around.manifest.get(self.target).unwrap().shape;
        Graph::check(&graph, Context::Compose, shape, &[], self.sources.len()).unwrap();
        let error = plugin.compose(around, self.target, &self.refused, &self.config).unwrap_err().to_string();
        assert_eq!(error, self.error);
    }
}

impl Steered {
    fn check(&self, plugin: &Plugin, around: &Surroundings) {
        let total_steps = self.steps.len() as u64;
        let first = plugin.start(around, &self.config, total_steps).unwrap();
        assert_eq!((hex(&first.state), &first.actions), (self.start.adds.clone(), &self.start.actions));
        let mut state = first.state;
        for (report, decided) in &self.steps {
            let decision = plugin.step(around, &state, report).unwrap();
            assert_eq!(hex(&decision.state), hex(&state) + &decided.adds, "step {}", report.step);
            assert_eq!(decision.actions, decided.actions, "step {}", report.step);
            state = decision.state;
        }
    }
}

/// A version in numbers.
fn version(text: &str) -> Vec<u64> {
    text.split('.').map(|n| n.parse().unwrap_or_else(|e| panic!("`{text}`: {e}"))).collect()
}

#[test]
fn the_contract_is_the_released_one_as_long_as_it_has_its_version() {
    assert!(WIT.contains(&format!("\npackage graftwork:strategy@{CONTRACT_VERSION};\n")));
    for folder in contracts() {
        let released = folder.file_name().unwrap().to_str().unwrap();
        assert!(version(released) <= version(CONTRACT_VERSION), "{released} is newer than {CONTRACT_VERSION}");
        let frozen = fs::read_to_string(folder.join("strategy.wit")).unwrap();
        let is_same = frozen == WIT;
        assert_eq!(
            is_same,
            released == CONTRACT_VERSION,
            "{released}: see wit/VERSIONING.md for what may change, and how"
        );
    }
}

#[test]
fn plugins_of_every_released_contract_do_what_they_did() {
    let host = PluginHost::new(Limits::default()).unwrap();
    for contract in contracts() {
        let told: Told = read(&contract.join("fixtures/surroundings.json"));
        let around = told.surroundings();
        for path in plugins(&contract) {
            // Only the output of a failed test is shown: this says which plugin it was.
            println!("{}", path.display());
            let expected: Expected = read(&path.with_extension("json"));
            assert!(contract.ends_with(&expected.contract));
            let binary = fs::read(&path).unwrap();
            assert_eq!(binary[4..8] == [0x0d, 0, 1, 0], expected.component);
            expected.check(&host.load(&path).unwrap(), &around);
        }
    }
}

/// Fixtures that leave out a part of the contract would let that part change. Those of 0.1.3 have only what it added.
#[test]
fn the_fixtures_of_every_contract_use_all_of_it() {
    let whole = |folder: &PathBuf| version(folder.file_name().unwrap().to_str().unwrap()).ends_with(&[0]);
    for contract in contracts().into_iter().filter(whole) {
        let all: Vec<Expected> = plugins(&contract).iter().map(|path| read(&path.with_extension("json"))).collect();
        assert!(all.iter().any(|e| e.component) && all.iter().any(|e| !e.component));
        let capabilities: BTreeSet<_> = all.iter().flat_map(|e| e.capabilities.iter().map(String::as_str)).collect();
        assert_eq!(capabilities, BTreeSet::from(["composer", "controller", "selector", "strategy"]));
        let steered = all.iter().filter_map(|e| e.steers.as_ref());
        let decided = steered.flat_map(|s| s.steps.iter().map(|(_, decided)| decided).chain([&s.start]));
        let actions: BTreeSet<_> = decided.flat_map(|d| &d.actions).map(kind).collect();
        assert_eq!(actions.len(), 7, "{actions:?}");
        for plan in all.iter().filter_map(|e| e.plans.as_ref()).map(|p| &p.plan) {
            assert!(!plan.trainable.is_empty() && !plan.shared.is_empty() && !plan.groups.is_empty());
            assert!(plan.adapters.iter().all(|a| a.base.is_some() && a.penalty.is_some()));
            assert!(plan.adapters.iter().all(|a| a.tensors.iter().any(|t| t.update.is_some())));
        }
    }
}

fn kind(action: &Action) -> &'static str {
    match action {
        Action::ScaleLearningRate { .. } => "scale-learning-rate",
        Action::Freeze(_) => "freeze",
        Action::Unfreeze(_) => "unfreeze",
        Action::Keep { .. } => "keep",
        Action::MergeAndRestart => "merge-and-restart",
        Action::Checkpoint => "checkpoint",
        Action::Stop(_) => "stop",
    }
}
