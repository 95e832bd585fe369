//! Honest plugins pass every check; each way of lying fails the check that is there for it, and the detail says why.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs, unreachable_pub, dead_code, reason = "tests")]

mod common;

use std::path::Path;

use common::{fixture, host};
use graftwork_authoring::conformance::{self, Check};
use graftwork_plugin_host::{Limits, PluginHost};

fn failed(checks: &[Check]) -> Vec<&Check> {
    checks.iter().filter(|check| !check.passed).collect()
}

#[test]
fn the_templates_pass() {
    for language in ["rust", "c", "js"] {
        let checks = conformance::run(&fixture(language));
        assert!(checks.len() >= 8, "{checks:?}");
        assert_eq!(failed(&checks), [] as [&Check; 0], "{language}");
    }
}

#[test]
fn the_plugins_that_come_with_graftwork_pass() {
    for name in ["full", "lora", "rank-select"] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../../plugins/{name}.wasm"));
        let checks = conformance::run(&host().load(&path).unwrap());
        assert_eq!(failed(&checks), [] as [&Check; 0], "{name}");
    }
}

#[test]
fn the_same_plugin_gives_the_same_checks() {
    let [first, second] = [(); 2].map(|()| conformance::run(&fixture("c")));
    assert_eq!(first, second);
}

/// A strategy in WebAssembly text. `plan` is the body of its function, which gives the address of a
/// result<strategy-plan, error>; `$train` makes one that trains a parameter in place.
fn plugin(schema: &str, plan: &str) -> String {
    let length = schema.len();
    let schema = schema.replace('"', "\\22").replace('\n', " ");
    format!(
        r#"(module
  (import "graftwork:strategy/random@0.1.0" "next" (func $random (result i64)))
  (memory (export "memory") 2)
  (data (i32.const 16) "liar") (data (i32.const 32) "1.0") (data (i32.const 48) "It lies") (data (i32.const 2048) "{schema}")
  (data (i32.const 80) "no good")
  (global $heap (mut i32) (i32.const 65536))
  (func $store (param i32 i32) (i32.store (local.get 0) (local.get 1)))
  (func $train (param $id i32) (result i32)
    (memory.fill (i32.const 512) (i32.const 0) (i32.const 256))
    (call $store (i32.const 516) (i32.const 640)) (call $store (i32.const 520) (i32.const 1))
    (call $store (i32.const 640) (local.get $id))
    (i32.const 512))
  ;; error.internal of a text: tag 1 at 0, case 2 at 4, the text at 8
  (func $fail (param $at i32) (param $length i32) (result i32)
    (memory.fill (i32.const 512) (i32.const 0) (i32.const 64))
    (call $store (i32.const 512) (i32.const 1)) (call $store (i32.const 516) (i32.const 2))
    (call $store (i32.const 520) (local.get $at)) (call $store (i32.const 524) (local.get $length))
    (i32.const 512))
  ;; error.invalid-config of a key and a message, both the same text: case 0 at 4, the texts at 8 and 16
  (func $refuse (result i32)
    (drop (call $fail (i32.const 80) (i32.const 7)))
    (call $store (i32.const 516) (i32.const 0))
    (call $store (i32.const 528) (i32.const 80)) (call $store (i32.const 532) (i32.const 7))
    (i32.const 512))
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (local $at i32)
    (local.set $at (i32.and (i32.add (global.get $heap) (i32.const 15)) (i32.const -16)))
    (global.set $heap (i32.add (local.get $at) (local.get 3)))
    (if (i32.gt_u (global.get $heap) (i32.mul (memory.size) (i32.const 65536)))
      (then (drop (memory.grow (i32.add (i32.div_u (local.get 3) (i32.const 65536)) (i32.const 1))))))
    (local.get $at))
  (func (export "graftwork:strategy/plugin@0.1.0#describe") (result i32)
    (call $store (i32.const 256) (i32.const 16)) (call $store (i32.const 260) (i32.const 4))
    (call $store (i32.const 264) (i32.const 32)) (call $store (i32.const 268) (i32.const 3))
    (call $store (i32.const 272) (i32.const 48)) (call $store (i32.const 276) (i32.const 7))
    (call $store (i32.const 280) (i32.const 2048)) (call $store (i32.const 284) (i32.const {length}))
    (i32.const 256))
  (func (export "graftwork:strategy/strategy@0.1.0#plan") (param $config i32) (param $length i32) (result i32) {plan})
)"#
    )
}

const CLOSED: &str = r#"{"type": "object", "additionalProperties": false, "properties": {}}"#;
const HONEST: &str = "(call $train (i32.const 0))";

fn checks(schema: &str, plan: &str) -> Vec<Check> {
    let host = PluginHost::new(Limits { fuel: 10_000_000, ..Limits::default() }).unwrap();
    conformance::run(&host.load_bytes("liar.wat", plugin(schema, plan).as_bytes()).unwrap())
}

#[test]
fn an_honest_one_in_text_passes() {
    assert_eq!(failed(&checks(CLOSED, HONEST)), [] as [&Check; 0]);
}

#[test]
fn a_plugin_that_refuses_its_defaults_is_checked_with_other_settings() {
    let schema = r#"{"type": "object", "additionalProperties": false, "properties":
        {"rank": {"type": "integer", "minimum": 1, "description": "Rank"}}}"#;
    // `{}` has two characters.
    let demanding = "(if (result i32) (i32.gt_u (local.get $length) (i32.const 2))
        (then (call $train (i32.const 0))) (else (call $refuse)))";
    let checks = checks(schema, demanding);
    assert_eq!(failed(&checks), [] as [&Check; 0]);
    let answers = checks.iter().find(|c| c.name == "answers for every kind of model").unwrap();
    assert!(answers.detail.starts_with(r#"6 of 6 models, with {"rank":"#), "{answers:?}");
    let checks = self::checks(schema, "(call $refuse)");
    let refused = failed(&checks);
    assert!(
        refused[0].detail.contains("with {} it refuses every model; of a BERT it says: `no good` no good"),
        "{checks:?}"
    );
}

#[test]
fn each_lie_fails_its_check_and_is_quoted() {
    let options = r#"{"type": "object", "additionalProperties": false, "properties":
        {"rank": {"type": "integer", "minimum": 1, "default": 0, "description": "Rank"}}}"#;
    let undescribed =
        r#"{"type": "object", "additionalProperties": false, "properties": {"rank": {"type": "integer"}}}"#;
    let open = r#"{"type": "object", "properties": {"rank": {"description": "Rank"}}}"#;
    let with_rank = r#"{"type": "object", "additionalProperties": false, "properties":
        {"rank": {"type": "integer", "minimum": 1, "description": "Rank"}}}"#;
    let random = "(call $train (i32.wrap_i64 (i64.rem_u (call $random) (i64.const 2))))";
    // The text of the settings is longer than `{}` where there is any.
    let trips = "(if (result i32) (i32.gt_u (local.get $length) (i32.const 2)) (then (unreachable)) (else (call $train (i32.const 0))))";
    for (schema, plan, name, part) in [
        (CLOSED, "unreachable", "answers for every kind of model", "trapped"),
        (CLOSED, "(loop $again (br $again)) unreachable", "answers for every kind of model", "limit `fuel`"),
        (CLOSED, "(call $fail (i32.const 80) (i32.const 7))", "answers for every kind of model", "failed: no good"),
        (CLOSED, "(call $train (i32.const 9999))", "answers for every kind of model", "there is no parameter 9999"),
        (CLOSED, "(call $train (i32.const 12))", "answers for every kind of model", "there is no parameter 12"),
        // In a Llama of one layer, this is the head.
        (CLOSED, "(call $train (i32.const 11))", "models of any size", "is tied to `model.embed_tokens.weight`"),
        (options, HONEST, "schema of settings", "default of `rank`"),
        (undescribed, HONEST, "schema of settings", "no `description`: rank"),
        (open, HONEST, "settings that make no sense", "`rank`"),
        (with_rank, trips, "settings that the schema admits", r#"{"rank":"#),
    ] {
        let checks = checks(schema, plan);
        let check = checks.iter().find(|c| c.name == name).unwrap_or_else(|| panic!("no check {name}: {checks:?}"));
        assert!(!check.passed && check.detail.contains(part), "{name}: `{part}` is not in {check:?}");
    }
    // Seeded random numbers are no lie: the same seed gives the same plan.
    assert_eq!(failed(&checks(CLOSED, random)), [] as [&Check; 0]);
}
