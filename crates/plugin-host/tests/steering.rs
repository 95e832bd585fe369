//! Composers and controllers: what an honest one answers, and how one that misbehaves ends.
#![allow(clippy::expect_used, clippy::panic, missing_docs, unreachable_pub, dead_code, reason = "tests")]

mod common;

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use common::{Module, manifest, surroundings};
use graftwork_plan::{Action, Context, Decision, Graph, ParamId, Plan, RawGraph, Report, Source};
use graftwork_plugin_host::{Limits, Plugin, PluginError, Surroundings, Training};
use serde_json::json;

const IMPORTS: &str = r#"
  (import "graftwork:strategy/log@0.1.0" "emit" (func $log (param i32 i32 i32)))
  (import "graftwork:strategy/training@0.1.0" "trained" (func $trained (param i32)))
  (import "graftwork:strategy/training@0.1.0" "scores" (func $scores (param i32 i32 i32 i32)))"#;
const ANSWERS: &str = concat!(
    include_str!("../../../tests/hostile/honest/steering.wat"),
    r#"
  (data (i32.const 2048) "scores")
  (data (i32.const 2064) "loss is no number")
  ;; what was last answered at 1600, numbers or a sentence, as the state
  (func $answer (result i32)
    (call $decide
      (i32.load (i32.const 1604))
      (i32.shl (i32.load (i32.const 1608)) (select (i32.const 0) (i32.const 3) (i32.load8_u (i32.const 1600))))
      (i32.const 0) (i32.const 0)))
  (func $ask_for_scores (call $scores (i32.const 1) (i32.const 2048) (i32.const 6) (i32.const 1600)))"#
);
/// Freezes parameter 1 at first, and keeps the number of updates as its state.
const START: &str = "(i64.store (i32.const 3072) (local.get $total)) (call $freeze (i32.const 3104) (i32.const 1)) \
                     (call $decide (i32.const 3072) (i32.const 8) (i32.const 3104) (i32.const 1))";

/// The honest module of all tests, which steers too.
fn steering(start: &str, step: &str) -> Module {
    let extra = format!(
        r#"{ANSWERS}
  (func (export "graftwork:strategy/controller@0.1.0#start")
    (param $config i32) (param $length i32) (param $total i64) (result i32) {start})
  (func (export "graftwork:strategy/controller@0.1.0#step")
    (param $state i32) (param $bytes i32) (param $step i64) (param $total i64) (param $epoch f64) (param $loss f64)
    (param $evaluated i32) (param $eval_loss f64) (param $grad_norm f64) (result i32) {step})"#
    );
    Module { imports: IMPORTS.to_owned(), extra, ..Module::default() }
}

fn limits() -> Limits {
    Limits { fuel: 50_000_000, call_time: Duration::from_secs(2), ..Limits::default() }
}

fn report(step: u64) -> Report {
    Report { step, total_steps: 3, epoch: 0.5, loss: 2.0, eval_loss: Some(2.5), grad_norm: 1.25 }
}

fn stepping(step: &str, limits: Limits) -> Arc<Plugin> {
    steering(START, step).load(limits).expect("it loads")
}

fn step_of(plugin: &Plugin, around: &Surroundings) -> Result<Decision, PluginError> {
    plugin.step(around, b"state", &report(1))
}

/// The message that a step ends with.
fn fails(step: &str, limits: Limits, parts: &[&str]) {
    let error = step_of(&stepping(step, limits), &surroundings()).expect_err("it should fail").to_string();
    for part in parts.iter().chain(&["plugin `test`, call of `step`"]) {
        assert!(error.contains(part), "`{part}` is not in: {error}");
    }
}

#[test]
fn an_honest_controller_decides_and_gets_its_state_back() {
    // Adds the step to the first byte of its state; ends the run after the last.
    let step = "(i32.store8 (local.get $state) (i32.add (i32.load8_u (local.get $state)) (i32.wrap_i64 (local.get $step)))) \
                (i32.store8 (i32.const 3104) (i32.const 6)) \
                (call $store (i32.const 3112) (i32.const 2064)) (call $store (i32.const 3116) (i32.const 4)) \
                (call $decide (local.get $state) (local.get $bytes) (i32.const 3104) \
                  (i64.eq (local.get $step) (local.get $total)))";
    let plugin = stepping(step, limits());
    assert!(plugin.capabilities().controller && plugin.capabilities().strategy && !plugin.capabilities().composer);
    let mut decision = plugin.start(&surroundings(), &json!({}), 3).expect("a decision");
    assert_eq!(decision, Decision { state: vec![3, 0, 0, 0, 0, 0, 0, 0], actions: vec![Action::Freeze(ParamId(1))] });
    for (step, total, actions) in [(1, 4, vec![]), (2, 6, vec![]), (3, 9, vec![Action::Stop("loss".to_owned())])] {
        decision = plugin.step(&surroundings(), &decision.state, &report(step)).expect("a decision");
        assert_eq!(decision, Decision { state: vec![total, 0, 0, 0, 0, 0, 0, 0], actions });
    }
}

#[test]
fn reports_arrive_whole() {
    let fields = [
        ("(f64.convert_i64_u (local.get $step))", 1.0),
        ("(f64.convert_i64_u (local.get $total))", 3.0),
        ("(local.get $epoch)", 0.5),
        ("(local.get $loss)", 2.0),
        ("(f64.convert_i32_u (local.get $evaluated))", 1.0),
        ("(local.get $eval_loss)", 2.5),
        ("(local.get $grad_norm)", 1.25),
    ];
    for (field, value) in fields {
        let store = format!("(f64.store (i32.const 3200) {field})");
        let answer = "(call $decide (i32.const 3200) (i32.const 8) (i32.const 0) (i32.const 0))";
        let plugin = stepping(&(store + answer), limits());
        assert_eq!(step_of(&plugin, &surroundings()).expect("a decision").state, f64::to_le_bytes(value), "{field}");
    }
}

#[test]
fn a_trap_is_told_with_its_call_and_the_last_words() {
    let step = "(call $log (i32.const 2) (i32.const 2064) (i32.const 17)) unreachable";
    fails(step, limits(), &["it trapped: ", "unreachable", "; it last said: loss is no number"]);
    let plugin = steering("unreachable", step).load(limits()).expect("it loads");
    let error = plugin.start(&surroundings(), &json!({}), 3).expect_err("a trap").to_string();
    assert!(error.contains("plugin `test`, call of `start`: it trapped"), "{error}");
    // Calls have instances of their own: one that trapped leaves nothing to the next.
    let once = "(if (i32.load8_u (i32.const 5000)) (then unreachable)) (i32.store8 (i32.const 5000) (i32.const 1)) \
                (call $decide (local.get $state) (local.get $bytes) (i32.const 0) (i32.const 0))";
    let plugin = stepping(once, limits());
    for _ in 0..2 {
        assert_eq!(step_of(&plugin, &surroundings()).expect("a decision").state, b"state");
    }
}

#[test]
fn an_error_of_its_own_is_told() {
    // error.internal: case 2 at 4, aligned as the pointers after it; a config error has its key before the message.
    let error = "(call $store (i32.const 4096) (i32.const 1)) (call $store (i32.const 4100) (i32.const 2)) \
                 (call $store (i32.const 4104) (i32.const 2064)) (call $store (i32.const 4108) (i32.const 17)) \
                 (i32.const 4096)";
    fails(error, limits(), &[", failed: loss is no number"]);
}

#[test]
fn the_state_has_a_size() {
    let step = |bytes: u32| format!("(call $decide (i32.const 3072) (i32.const {bytes}) (i32.const 0) (i32.const 0))");
    let small = Limits { state_bytes: 8, ..limits() };
    let most = step_of(&stepping(&step(8), small.clone()), &surroundings()).expect("just as much as is allowed");
    assert_eq!(most.state.len(), 8);
    fails(&step(9), small.clone(), &["its state has more than 8 bytes (limit `state_bytes`)"]);
    let plugin = steering(&step(9), &step(8)).load(small).expect("it loads");
    let error = plugin.start(&surroundings(), &json!({}), 3).expect_err("too much").to_string();
    assert!(error.contains("call of `start`: its state has more than 8 bytes"), "{error}");
    // A length that is not there is no state, whatever the limit.
    fails(&step(u32::MAX), Limits { state_bytes: usize::MAX, ..limits() }, &["`step`: "]);
}

#[test]
fn actions_are_counted_and_known() {
    let step = |count: u32| {
        format!(
            "(call $freeze (i32.const 3104) (i32.const 1)) (call $freeze (i32.const 3136) (i32.const 9)) \
             (call $freeze (i32.const 3168) (i32.const 0)) \
             (call $decide (local.get $state) (local.get $bytes) (i32.const 3104) (i32.const {count}))"
        )
    };
    let few = Limits { actions: 2, ..limits() };
    let decision = step_of(&stepping(&step(2), few.clone()), &surroundings()).expect("just as many as are allowed");
    assert_eq!(decision.actions, [Action::Freeze(ParamId(1)), Action::Freeze(ParamId(9))]);
    fails(&step(3), few, &["it wants more than 2 actions at once (limit `actions`)"]);
    // What they name is judged with the plan.
    let plan = Module::default().plan(limits()).expect("a plan");
    let plan = Plan::validate(&plan, &manifest()).expect("valid");
    let [first, second] = &decision.actions[..] else { panic!("two actions") };
    let sentence = "`layer.weight` does not train in this plan, so it can neither be frozen nor unfrozen";
    assert_eq!(first.check(&plan, &manifest()), Err(sentence.to_owned()));
    assert_eq!(second.check(&plan, &manifest()), Err("there is no parameter 9; the model has 2".to_owned()));
}

/// A run that trains parameter 1 and keeps three scores of it.
struct Run;

const SCORES: [f64; 3] = [0.5, -1.0, 4.0];

impl Training for Run {
    fn trained(&self) -> Vec<ParamId> {
        vec![ParamId(1)]
    }

    fn scores(&self, param: ParamId, tensor: &str) -> Result<Vec<f64>, String> {
        assert_eq!((param, tensor), (ParamId(1), "scores"));
        Ok(SCORES.to_vec())
    }
}

/// What a plugin that asks so often for scores was answered last.
fn last_answer(questions: usize, around: &Surroundings, limits: Limits) -> Result<Vec<u8>, PluginError> {
    let step = "(call $ask_for_scores) ".repeat(questions) + "(call $answer)";
    step_of(&stepping(&step, limits), around).map(|decision| decision.state)
}

#[test]
fn scores_have_a_budget_in_each_call() {
    let around = Surroundings { training: Arc::new(Run), ..surroundings() };
    let values: Vec<u8> = SCORES.iter().flat_map(|v| v.to_le_bytes()).collect();
    let most = Limits { score_values: 6, ..limits() };
    assert_eq!(last_answer(1, &around, most.clone()).expect("an answer"), values);
    assert_eq!(last_answer(2, &around, most.clone()).expect("an answer"), values);
    let refusal = last_answer(3, &around, most.clone()).expect("an answer");
    assert_eq!(
        String::from_utf8_lossy(&refusal),
        "9 scores are more than the 6 that may be read (limit `score_values`)"
    );
    let plugin = stepping(&("(call $ask_for_scores) ".repeat(2) + "(call $answer)"), most);
    for _ in 0..3 {
        assert_eq!(step_of(&plugin, &around).expect("an answer").state, values, "the budget is of one call");
    }
    let asked = last_answer(3, &around, Limits { stats_calls: 2, ..limits() }).expect_err("too many questions");
    assert!(asked.to_string().contains("more than 2 times (limit `stats_calls`)"), "{asked}");
}

/// A run that keeps more scores than anyone may read, and may or may not know it before it has read them.
struct Large {
    knows: bool,
    reads: AtomicU32,
}

impl Training for Large {
    fn trained(&self) -> Vec<ParamId> {
        vec![ParamId(1)]
    }

    fn scores(&self, _: ParamId, _: &str) -> Result<Vec<f64>, String> {
        self.reads.fetch_add(1, Ordering::Relaxed);
        Ok(SCORES.to_vec())
    }

    fn score_count(&self, _: ParamId, _: &str) -> Option<u64> {
        self.knows.then_some(SCORES.len() as u64)
    }
}

#[test]
fn scores_that_may_not_be_read_are_not() {
    for (knows, reads) in [(true, 0), (false, 1)] {
        let run = Arc::new(Large { knows, reads: AtomicU32::new(0) });
        let around = Surroundings { training: run.clone(), ..surroundings() };
        let refusal = last_answer(5, &around, Limits { score_values: 2, ..limits() }).expect("an answer");
        let told = String::from_utf8_lossy(&refusal);
        assert_eq!(told, "3 scores are more than the 2 that may be read (limit `score_values`)");
        assert_eq!(run.reads.load(Ordering::Relaxed), reads, "knows: {knows}");
    }
}

#[test]
fn there_is_no_training_outside_of_a_run() {
    let sentence = last_answer(1, &surroundings(), limits()).expect("an answer");
    assert_eq!(String::from_utf8_lossy(&sentence), "there is no run that would keep scores");
    // A list of parameters lies at 1600 as (pointer, length): the length as the state.
    let trained = "(call $trained (i32.const 1600)) \
                   (call $decide (i32.const 1604) (i32.const 4) (i32.const 0) (i32.const 0))";
    let plugin = stepping(trained, limits());
    assert_eq!(step_of(&plugin, &surroundings()).expect("an answer").state, [0; 4]);
    let around = Surroundings { training: Arc::new(Run), ..surroundings() };
    assert_eq!(step_of(&plugin, &around).expect("an answer").state, [1, 0, 0, 0]);
}

/// The honest module of all tests, which composes too.
fn composing(body: &str) -> Module {
    const GRAPHS: &str = include_str!("../../../tests/hostile/honest/composing.wat");
    let extra = format!(
        r#"{GRAPHS}
  (func (export "graftwork:strategy/composer@0.1.0#compose")
    (param $target i32) (param $sources i32) (param $count i32) (param $config i32) (param $length i32) (result i32)
    {body})"#
    );
    Module { extra, ..Module::default() }
}

fn compose(body: &str, limits: Limits) -> Result<RawGraph, PluginError> {
    let plugin = composing(body).load(limits).expect("it loads");
    assert!(plugin.capabilities().composer && !plugin.capabilities().controller);
    let sources = [Source { name: "mine".into(), kind: "lora".into(), weight: 0.5 }];
    plugin.compose(&surroundings(), ParamId(1), &sources, &json!({}))
}

/// What is said of the graph, over one source, in parameter 1.
fn check(raw: &RawGraph) -> Result<Graph, Vec<(Option<usize>, String)>> {
    Graph::check(raw, Context::Compose, &manifest().params[1].shape, &[], 1)
}

#[test]
fn an_honest_composer_gives_a_graph_over_its_sources() {
    // It sees one source, called `mine`, of kind `lora`, with weight 0.5, for parameter 1.
    let seen = "(if (i32.ne (local.get $count) (i32.const 1)) (then unreachable)) \
                (if (i32.ne (local.get $target) (i32.const 1)) (then unreachable)) \
                (if (i32.ne (i32.load (i32.load (local.get $sources))) (i32.const 0x656e696d)) (then unreachable)) \
                (if (i32.ne (i32.load offset=12 (local.get $sources)) (i32.const 4)) (then unreachable)) \
                (if (f64.ne (f64.load offset=16 (local.get $sources)) (f64.const 0.5)) (then unreachable)) \
                (call $sum)";
    let graph = check(&compose(seen, limits()).expect("a graph")).expect("it is valid");
    assert_eq!(graph.formula(&[]), "base + delta0");
}

#[test]
fn a_graph_of_unknown_ops_is_passed_on_and_refused_by_its_check() {
    let raw =
        compose("(call $node (i32.const 3072) (i32.const 2072) (i32.const 8)) (call $graph (i32.const 1))", limits());
    let raw = raw.expect("data that can be read");
    assert_eq!(raw.nodes[0].op, "teleport");
    let problems = check(&raw).expect_err("no such op");
    assert_eq!(problems[0].0, Some(0));
    assert!(problems[0].1.starts_with("no op is called `teleport`; there are: base, "), "{}", problems[0].1);
    // An empty graph has no value.
    let empty = compose("(call $graph (i32.const 0))", limits()).expect("data that can be read");
    assert!(check(&empty).is_err());
}

#[test]
fn a_graph_has_a_size() {
    let nodes = "(memory.fill (i32.const 3072) (i32.const 0) (i32.const 24000)) (call $graph (i32.const 1000))";
    let error = compose(nodes, Limits { result_bytes: 10_000, ..limits() }).expect_err("too large").to_string();
    let told = "plugin `test`, call of `compose`: what it gives is larger than 10000 bytes (limit `result_bytes`)";
    assert_eq!(error, told);
}

#[test]
fn who_cannot_is_not_asked() {
    let strategy = Module::default().load(limits()).expect("it loads");
    let composed = strategy.compose(&surroundings(), ParamId(1), &[], &json!({})).map(drop);
    let started = strategy.start(&surroundings(), &json!({}), 1).map(drop);
    let stepped = step_of(&strategy, &surroundings()).map(drop);
    for (asked, call, interface) in
        [(composed, "compose", "composer"), (started, "start", "controller"), (stepped, "step", "controller")]
    {
        let error = asked.expect_err("it cannot").to_string();
        assert_eq!(
            error,
            format!("plugin `test`: it cannot be asked to `{call}`: it exports no interface `{interface}`")
        );
    }
}
