//! The limits that a host sets, and what they count. What ends hostile plugins under the limits that users run with is in
//! `hostile_plugins.rs`.
#![allow(clippy::expect_used, clippy::panic, missing_docs, unreachable_pub, dead_code, reason = "tests")]

mod common;

use std::sync::Arc;
use std::thread::sleep;
use std::time::{Duration, Instant};

use common::{Module, manifest, surroundings};
use graftwork_plan::{ParamId, Plan};
use graftwork_plugin_host::{Limits, PluginHost, Stats, Surroundings};
use serde_json::json;

fn limits() -> Limits {
    Limits { fuel: 50_000_000, call_time: Duration::from_millis(500), ..Limits::default() }
}

#[test]
fn an_honest_plugin_plans_the_same_every_time() {
    let plugin = Module::default().load(limits()).expect("it loads");
    assert_eq!(plugin.descriptor().name, "test");
    assert_eq!(plugin.contract(), "0.1.0");
    let plan = plugin.plan(&surroundings(), &json!({})).expect("a plan");
    assert_eq!(plan, plugin.plan(&surroundings(), &json!({})).expect("a plan"));
    assert!(Plan::validate(&plan, &manifest()).is_ok());
}

#[test]
fn loops_run_out_of_fuel_or_time() {
    let forever = Module::planning("(loop $again (br $again)) unreachable");
    forever.fails(Limits { fuel: 1_000_000, ..limits() }, &["1000000 instructions", "`fuel`"]);
    let started = Instant::now();
    let patient = Limits { fuel: u64::MAX, call_time: Duration::from_millis(200), ..limits() };
    forever.fails(patient, &["longer than 0.2 s", "`call_time`"]);
    assert!(started.elapsed() < Duration::from_secs(5));
}

/// Answers, but slowly.
struct Slow;

impl Stats for Slow {
    fn norm(&self, _: ParamId) -> Result<f64, String> {
        sleep(Duration::from_millis(150));
        Ok(1.0)
    }

    fn singular_values(&self, _: ParamId, _: u32) -> Result<Vec<f64>, String> {
        Ok(Vec::new())
    }

    fn gradient_norm(&self, _: ParamId) -> Result<f64, String> {
        Ok(0.0)
    }
}

#[test]
fn questions_are_counted_but_their_answers_take_no_time_of_the_plugin() {
    let asking = |then: &str| Module {
        imports: "(import \"graftwork:strategy/stats@0.1.0\" \"norm\" (func $norm (param i32 i32)))".to_owned(),
        ..Module::planning(&format!(
            "(call $norm (i32.const 1) (i32.const 1600)) (call $norm (i32.const 1) (i32.const 1600)) {then}"
        ))
    };
    let around = Surroundings { stats: Arc::new(Slow), ..surroundings() };
    let brief = Limits { call_time: Duration::from_millis(100), fuel: u64::MAX, ..limits() };
    let plan = |then: &str, limits| asking(then).load(limits).expect("it loads").plan(&around, &json!({}));
    assert!(plan("(call $train_parameter (i32.const 0))", brief.clone()).is_ok());
    let error = plan("(loop $again (br $again)) unreachable", brief).expect_err("too long").to_string();
    assert!(error.contains("longer than 0.1 s"), "{error}");
    let few = Limits { stats_calls: 1, ..limits() };
    let error = plan("unreachable", few).expect_err("too many").to_string();
    assert!(error.contains("more than 1 times (limit `stats_calls`)"), "{error}");
}

#[test]
fn answers_take_no_more_than_their_time_in_all() {
    let module = Module {
        imports: "(import \"graftwork:strategy/stats@0.1.0\" \"norm\" (func $norm (param i32 i32)))".to_owned(),
        ..Module::planning("(loop $again (call $norm (i32.const 1) (i32.const 1600)) (br $again)) unreachable")
    };
    let around = Surroundings { stats: Arc::new(Slow), ..surroundings() };
    let brief = Limits { answer_time: Duration::from_millis(400), ..limits() };
    let started = Instant::now();
    let error = module.load(brief).expect("it loads").plan(&around, &json!({})).expect_err("too long").to_string();
    // The third answer passes the limit.
    assert!(started.elapsed() < Duration::from_secs(5), "{:?}", started.elapsed());
    assert!(error.contains("took longer than 0.4 s to answer (limit `answer_time`); have it ask"), "{error}");
}

#[test]
fn random_numbers_follow_the_seed() {
    let module = Module {
        imports: "(import \"graftwork:strategy/random@0.1.0\" \"next\" (func $next (result i64)))".to_owned(),
        ..Module::planning("(call $train_parameter (i32.wrap_i64 (call $next)))")
    };
    let plugin = module.load(limits()).expect("it loads");
    let plan = |seed| plugin.plan(&Surroundings { seed, ..surroundings() }, &json!({})).expect("a plan");
    assert_eq!(plan(1), plan(1));
    assert_ne!(plan(1), plan(2));
}

#[test]
fn parts_are_counted() {
    for (few, part) in [
        (Limits { instances: 0, ..limits() }, "more than 0 instances (limit `instances`)"),
        (Limits { memories: 0, ..limits() }, "more than 0 memories (limit `memories`)"),
        (Limits { tables: 0, ..limits() }, "more than 0 tables (limit `tables`)"),
    ] {
        let extra = "(table 1 funcref)".to_owned();
        Module { extra, ..Module::default() }.fails(few, &["call of `describe`", part]);
    }
}

#[test]
fn what_a_plugin_gives_has_a_size() {
    let list =
        "(drop (call $empty_plan)) (call $list (i32.const 516) (i32.const 1024) (i32.const 4000)) (i32.const 512)";
    let small = Limits { result_bytes: 1 << 10, ..limits() };
    Module::planning(list).fails(small, &["larger than 1024 bytes", "`result_bytes`"]);
    let short = Limits { name_bytes: 3, ..limits() };
    Module::default().fails(short, &["call of `describe`", "its name, `test`, must be 1 to 3 letters"]);
}

#[test]
fn what_is_no_plugin_is_refused() {
    let host = PluginHost::new(Limits { file_bytes: 1 << 20, ..limits() }).expect("a host");
    let refused = |bytes: &[u8], part: &str| {
        let message = host.load_bytes("file.wasm", bytes).err().expect("refused").to_string();
        assert!(message.contains("file.wasm") && message.contains(part), "`{part}` is not in: {message}");
    };
    refused(b"", "no WebAssembly");
    refused(b"(module)", "no Graftwork plugin");
    refused(b"(component)", "no Graftwork plugin");
    refused(b"hello", "no WebAssembly");
    refused(&vec![0; (1 << 20) + 1], "`file_bytes`");
    let real = std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/../../plugins/lora.wasm")).expect("the plugin");
    for part in 0..24 {
        let cut = &real[..real.len() * part / 24];
        assert!(host.load_bytes("file.wasm", cut).is_err(), "cut at {}", cut.len());
    }
}
