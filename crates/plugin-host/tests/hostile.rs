//! Plugins that misbehave: each ends in its own clear error, in bounded time and memory.
#![allow(clippy::expect_used, clippy::panic, missing_docs, unreachable_pub, dead_code, reason = "tests")]

mod common;

use std::sync::Arc;
use std::thread::sleep;
use std::time::{Duration, Instant};

use common::{Module, manifest, problems, surroundings};
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
fn a_trap_is_told_with_its_call() {
    Module::planning("unreachable").fails(limits(), &["`test`", "call of `plan`", "trapped", "unreachable"]);
    let describing = Module { describe: "unreachable".to_owned(), ..Module::default() };
    describing.fails(limits(), &["test.wat", "call of `describe`", "trapped"]);
}

#[test]
fn endless_loops_run_out_of_fuel_or_time() {
    let forever = Module::planning("(loop $again (br $again)) unreachable");
    forever.fails(Limits { fuel: 1_000_000, ..limits() }, &["1000000 instructions", "`fuel`"]);
    let started = Instant::now();
    let patient = Limits { fuel: u64::MAX, call_time: Duration::from_millis(200), ..limits() };
    forever.fails(patient, &["longer than 0.2 s", "`call_time`"]);
    assert!(started.elapsed() < Duration::from_secs(5));
    let extra = "(func $start (loop $again (br $again))) (start $start)".to_owned();
    Module { extra, ..Module::default() }.fails(limits(), &["`fuel`"]);
    // The host calls `cabi_realloc` to hand over the settings.
    let text = Module::default().text().replacen("(local.set $at", "(loop $again (br $again)) (local.set $at", 1);
    let plugin = PluginHost::new(limits()).expect("a host").load_bytes("test.wat", text.as_bytes()).expect("it loads");
    let error = plugin.plan(&surroundings(), &json!({})).expect_err("it should not end").to_string();
    assert!(error.contains("call of `plan`") && error.contains("`fuel`"), "{error}");
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
fn recursion_ends_at_the_stack_limit() {
    let extra = "(func $down (param i32) (result i32) (i32.add (i32.const 1) (call $down (local.get 0))))".to_owned();
    let plan = "(call $down (i32.const 0))".to_owned();
    Module { extra, plan, ..Module::default() }.fails(limits(), &["call stack", "`stack_bytes`"]);
}

#[test]
fn memory_and_tables_have_a_ceiling() {
    let grow = "(loop $again (br_if $again (i32.ne (memory.grow (i32.const 256)) (i32.const -1)))) unreachable";
    Module::planning(grow).fails(limits(), &["134217728 bytes of memory", "`memory_bytes`"]);
    let memory = "(memory (export \"memory\") 4096)".to_owned();
    Module { memory, ..Module::default() }.fails(limits(), &["`memory_bytes`"]);
    let extra = "(table $t 10 funcref)".to_owned();
    let plan = "(drop (table.grow $t (ref.null func) (i32.const 10000000))) unreachable".to_owned();
    Module { extra, plan, ..Module::default() }.fails(limits(), &["100000 table elements", "`table_elements`"]);
    let (extra, all) = ("(memory $big i64 1)".to_owned(), "(drop (memory.grow $big (i64.const -1))) unreachable");
    Module { extra, ..Module::planning(all) }.fails(limits(), &["`memory_bytes`"]);
    let extra = "(table i64 0x7fffffffffffffff funcref) (table i64 0x7fffffffffffffff funcref)".to_owned();
    Module { extra, ..Module::default() }.fails(limits(), &["`table_elements`"]);
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
fn giant_results_are_refused() {
    let lists = |pointer: u32, length: u32| {
        format!(
            "(drop (call $empty_plan)) (call $store (i32.const 516) (i32.const {pointer})) \
             (call $store (i32.const 520) (i32.const {length})) (i32.const 512)"
        )
    };
    Module::planning(&lists(1024, 1 << 28)).fails(limits(), &["broke the contract"]);
    Module::planning(&lists(0xffff_0000, 4)).fails(limits(), &["broke the contract"]);
    let small = Limits { result_bytes: 1 << 10, ..limits() };
    Module::planning(&lists(1024, 4000)).fails(small, &["larger than 1024 bytes", "`result_bytes`"]);
}

#[test]
fn pointers_and_text_are_checked() {
    Module::planning("(i32.const -8)").fails(limits(), &["call of `plan`", "broke the contract"]);
    Module::planning("(i32.const 513)").fails(limits(), &["broke the contract"]);
    let tag = "(drop (call $empty_plan)) (i32.store8 (i32.const 512) (i32.const 7)) (i32.const 512)";
    Module::planning(tag).fails(limits(), &["broke the contract"]);
    let garbled = "(i32.store8 (i32.const 16) (i32.const 255)) (call $describe_honestly)".to_owned();
    Module { describe: garbled, ..Module::default() }.fails(limits(), &["test.wat", "broke the contract", "utf-8"]);
    let escape = "(i32.store8 (i32.const 17) (i32.const 27)) (call $describe_honestly)".to_owned();
    Module { describe: escape, ..Module::default() }.fails(limits(), &["its name", "\\u{1b}"]);
}

#[test]
fn its_own_error_is_told_without_control_characters() {
    // error.internal("\x1b[31m"): tag 1 at 0, case 2 at 4, the text at 8.
    let plan = "(drop (call $empty_plan)) (i32.store8 (i32.const 512) (i32.const 1)) (i32.store8 (i32.const 516) (i32.const 2)) \
                (call $store (i32.const 520) (i32.const 720)) (call $store (i32.const 524) (i32.const 5)) (i32.const 512)";
    let extra = "(data (i32.const 720) \"\\1b[31m\")".to_owned();
    let module = Module { extra, ..Module::planning(plan) };
    module.fails(limits(), &["plugin `test`, call of `plan`, failed", "\\u{1b}[31m"]);
}

#[test]
fn a_flood_of_log_lines_ends_the_call() {
    let imports = "(import \"graftwork:strategy/log@0.1.0\" \"emit\" (func $log (param i32 i32 i32)))".to_owned();
    let plan =
        "(loop $again (call $log (i32.const 0) (i32.const 48) (i32.const 4)) (br $again)) unreachable".to_owned();
    Module { imports, plan, ..Module::default() }
        .fails(limits(), &["more than 256 lines", "`log_lines`", "it last said: A pl"]);
}

#[test]
fn there_is_nothing_to_import_but_the_contract() {
    let import = |module: &str, name: &str| Module {
        imports: format!("(import \"{module}\" \"{name}\" (func))"),
        ..Module::default()
    };
    import("env", "system").fails(limits(), &["test.wat", "env"]);
    import("wasi_snapshot_preview1", "proc_exit")
        .fails(limits(), &["wasi_snapshot_preview1", "wasm32-unknown-unknown"]);
    let component = "(component (import \"wasi:cli/environment@0.2.0\" (instance)) \
                     (instance $i) (export \"graftwork:strategy/plugin@0.1.0\" (instance $i)))";
    let error = PluginHost::new(limits()).expect("a host").load_bytes("wasi.wat", component.as_bytes());
    let message = error.err().expect("refused").to_string();
    assert!(message.contains("wasi:cli/environment@0.2.0") && message.contains("no system to call"), "{message}");
}

#[test]
fn other_contracts_are_named_with_what_to_do() {
    let [upgrade, rebuild] = ["upgrade Graftwork", "build the plugin with this version's SDK"];
    for (version, remedy) in [("0.9.0", upgrade), ("0.2.0", upgrade), ("1.0.0", upgrade), ("0.0.1", rebuild)] {
        let module = Module { version, ..Module::default() };
        module.fails(limits(), &["test.wat", &format!("contract {version}"), "speaks 0.1.0", remedy]);
    }
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

#[test]
fn what_a_plugin_plans_is_validated() {
    // Nodes are 20 bytes from 1024 on: op (pointer, length), inputs (pointer, length), attributes (pointer, length)…
    let node = |index: u32, op: &str, inputs: &[u32], at: u32| {
        let text = 2048 + 128 * index;
        let mut data = format!("(data (i32.const {text}) \"{op}\")");
        let bytes = |values: &[u32]| {
            values.iter().flat_map(|v| v.to_le_bytes()).map(|b| format!("\\{b:02x}")).collect::<String>()
        };
        data += &format!("(data (i32.const {}) \"{}\")", text + 64, bytes(inputs));
        let record = [text, op.len() as u32, text + 64, inputs.len() as u32, at, u32::from(at > 0)];
        data + &format!("(data (i32.const {}) \"{}\")", 1024 + 24 * index, bytes(&record))
    };
    // One attribute, ("factor", float(NaN)): name, tag, value.
    let nan = "(data (i32.const 4096) \"\\40\\10\\00\\00\\06\\00\\00\\00\\01\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00\\f8\\7f\")\
               (data (i32.const 4160) \"factor\")";
    let cases = [
        (node(0, "teleport", &[], 0), 1, "no op is called `teleport`; there are: base"),
        (node(0, "neg", &[1], 0) + &node(1, "base", &[], 0), 2, "does not come before it"),
        (node(0, "base", &[], 0) + &node(1, "scale", &[0], 4096) + nan, 2, "`factor` of `scale` is NaN"),
        (node(0, "base", &[], 0) + &node(1, "norm", &[0], 0), 2, "`norm` needs the attribute `axis`"),
    ];
    for (nodes, count, part) in cases {
        let raw = Module::adapting(&nodes, count, count - 1).plan(limits()).expect("data that can be read");
        let text = problems(&raw);
        assert!(
            text.contains(part) && text.contains("adapters[0] (layer.weight).effective"),
            "`{part}` is not in: {text}"
        );
    }
    let raw = Module::planning("(call $train_parameter (i32.const 9))").plan(limits()).expect("data");
    assert!(problems(&raw).contains("there is no parameter 9; the model has 2"));
}
