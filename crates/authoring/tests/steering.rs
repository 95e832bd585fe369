//! Composers and controllers in WebAssembly text: honest ones pass, and those that lie are found out.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs, unreachable_pub, dead_code, reason = "tests")]

mod common;

use common::host;
use graftwork_authoring::conformance::{self, Check};

/// What every plugin has, and `$store`.
const COMMON: &str = r#"
  (memory (export "memory") 8)
  (data (i32.const 16) "text") (data (i32.const 32) "1.0") (data (i32.const 48) "In text")
  (data (i32.const 2048) "{\22type\22: \22object\22, \22additionalProperties\22: false}")
  (global $heap (mut i32) (i32.const 65536))
  (func $store (param i32 i32) (i32.store (local.get 0) (local.get 1)))
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (local $at i32)
    (local.set $at (i32.and (i32.add (global.get $heap) (i32.const 15)) (i32.const -16)))
    (global.set $heap (i32.add (local.get $at) (local.get 3)))
    (local.get $at))
  (func (export "graftwork:strategy/plugin@0.1.0#describe") (result i32)
    (call $store (i32.const 256) (i32.const 16)) (call $store (i32.const 260) (i32.const 4))
    (call $store (i32.const 264) (i32.const 32)) (call $store (i32.const 268) (i32.const 3))
    (call $store (i32.const 272) (i32.const 48)) (call $store (i32.const 276) (i32.const 7))
    (call $store (i32.const 280) (i32.const 2048)) (call $store (i32.const 284) (i32.const 49))
    (i32.const 256))"#;

/// A composer whose expression is `nodes` of the four at 1024: `base`, `delta 0`, their sum, their product as matrices.
fn composer(nodes: u32, root: u32) -> String {
    format!(
        r#"(module {COMMON}
  (data (i32.const 1600) "basedeltaaddmatmulindex") (data (i32.const 1640) "\00\00\00\00\01\00\00\00")
  (func $node (param $at i32) (param $op i32) (param $length i32) (param $inputs i32) (param $attributes i32)
    (call $store (local.get $at) (local.get $op)) (call $store (i32.add (local.get $at) (i32.const 4)) (local.get $length))
    (call $store (i32.add (local.get $at) (i32.const 8)) (i32.const 1640))
    (call $store (i32.add (local.get $at) (i32.const 12)) (local.get $inputs))
    (call $store (i32.add (local.get $at) (i32.const 16)) (i32.const 1664))
    (call $store (i32.add (local.get $at) (i32.const 20)) (local.get $attributes)))
  (func (export "graftwork:strategy/composer@0.1.0#compose") (param i32 i32 i32 i32 i32) (result i32)
    ;; one attribute, ("index", integer(0)): the name, the tag at 8, the value at 16
    (call $store (i32.const 1664) (i32.const 1618)) (call $store (i32.const 1668) (i32.const 5))
    (call $node (i32.const 1024) (i32.const 1600) (i32.const 4) (i32.const 0) (i32.const 0))
    (call $node (i32.const 1048) (i32.const 1604) (i32.const 5) (i32.const 0) (i32.const 1))
    (call $node (i32.const 1072) (i32.const 1609) (i32.const 3) (i32.const 2) (i32.const 0))
    (call $node (i32.const 1096) (i32.const 1612) (i32.const 6) (i32.const 2) (i32.const 0))
    (call $store (i32.const 512) (i32.const 0)) (call $store (i32.const 516) (i32.const 1024))
    (call $store (i32.const 520) (i32.const {nodes})) (call $store (i32.const 524) (i32.const {root}))
    (i32.const 512)))"#
    )
}

/// A controller. The bodies give the address of a decision; `$decide` makes one of so many bytes of state and actions,
/// which are at 4096: 24 bytes each, a tag and from 8 on what belongs to it.
fn controller(start: &str, step: &str) -> String {
    format!(
        r#"(module {COMMON}
  (import "graftwork:strategy/random@0.1.0" "next" (func $random (result i64)))
  (func $decide (param $state i32) (param $actions i32) (result i32)
    (call $store (i32.const 512) (i32.const 0)) (call $store (i32.const 516) (i32.const 8192))
    (call $store (i32.const 520) (local.get $state)) (call $store (i32.const 524) (i32.const 4096))
    (call $store (i32.const 528) (local.get $actions))
    (i32.const 512))
  (func (export "graftwork:strategy/controller@0.1.0#start") (param i32 i32 i64) (result i32) {start})
  (func (export "graftwork:strategy/controller@0.1.0#step")
    (param $state i32) (param $length i32) (param $step i64) (param i64 f64 f64 i32 f64 f64) (result i32) {step}))"#
    )
    .replace(&format!("{COMMON}\n  (import"), "(import")
    .replacen("(func $decide", &format!("{COMMON}\n  (func $decide"), 1)
}

fn checks(text: &str) -> Vec<Check> {
    conformance::run(&host().load_bytes("text.wat", text.as_bytes()).unwrap())
}

fn passes(text: &str, name: &str, part: &str) {
    let checks = checks(text);
    assert!(checks.iter().all(|check| check.passed), "{checks:#?}");
    let check = checks.iter().find(|c| c.name == name).unwrap();
    assert!(check.detail.contains(part), "`{part}` is not in {check:?}");
}

fn fails(text: &str, name: &str, part: &str) {
    let checks = checks(text);
    let check = checks.iter().find(|c| c.name == name).unwrap_or_else(|| panic!("no check {name}: {checks:?}"));
    assert!(!check.passed && check.detail.contains(part), "`{part}` is not in {check:?}");
}

const COMPOSES: &str = "composes one, two and three sources";
const STEERS: &str = "steers two runs of 200 updates alike";
const ANSWERS: &str = "answers for every kind of model";
const NOTHING: &str = "(call $decide (i32.const 0) (i32.const 0))";

#[test]
fn a_composer_gives_an_expression_of_the_weights_shape() {
    passes(&composer(3, 2), COMPOSES, "composes 1, 2, 3 sources");
    passes(&composer(1, 0), COMPOSES, "composes 1, 2, 3 sources");
    fails(&composer(3, 9), ANSWERS, "its expression is not valid");
    // A square weight may be multiplied by what changes in it; that of a GPT-2's queries, keys and values is not square.
    fails(&composer(4, 3), ANSWERS, "a GPT-2: its expression is not valid: node 3: cannot multiply [48, 16]");
}

#[test]
fn a_controller_steers_both_runs_alike_with_bounded_state() {
    passes(&controller(NOTHING, NOTHING), STEERS, "6 models, 0 actions, at most 0 bytes of state");
    // A checkpoint, tag 5, after each update.
    let checkpoint = "(i32.store8 (i32.const 4096) (i32.const 5)) (call $decide (i32.const 7) (i32.const 1))";
    passes(&controller(NOTHING, checkpoint), STEERS, "6 models, 1200 actions, at most 7 bytes of state");
    // Stop, tag 6, with an empty text, after the third.
    let stop = "(i32.store8 (i32.const 4096) (i32.const 6))
        (call $decide (i32.const 0) (i64.ge_u (local.get $step) (i64.const 3)))";
    passes(&controller(NOTHING, stop), STEERS, "6 models, 6 actions");
    // Random numbers are seeded by the run: they are the same in both.
    let dice = "(call $decide (i32.and (i32.wrap_i64 (call $random)) (i32.const 7)) (i32.const 0))";
    passes(&controller(NOTHING, dice), STEERS, "at most 7 bytes of state");
}

#[test]
fn a_controller_that_cannot_be_followed_is_found_out() {
    // Freezes, tag 1, a parameter that there is none of.
    let freeze = "(i32.store8 (i32.const 4096) (i32.const 1)) (call $store (i32.const 4104) (i32.const 999))
        (call $decide (i32.const 0) (i32.const 1))";
    fails(
        &controller(NOTHING, freeze),
        STEERS,
        "update 1: Freeze(ParamId(999)) cannot be carried out: there is no parameter 999",
    );
    fails(&controller(freeze, NOTHING), ANSWERS, "before the first update: Freeze(ParamId(999)) cannot be carried out");
    let hoard = "(call $decide (i32.add (local.get $length) (i32.const 16)) (i32.const 0))";
    fails(&controller(NOTHING, hoard), STEERS, "its state grows on, from 1600 bytes at update 100 to 3200");
    let trap = "(if (i64.eq (local.get $step) (i64.const 150)) (then (unreachable))) (call $decide (i32.const 0) (i32.const 0))";
    fails(&controller(NOTHING, trap), STEERS, "call of `step`: it trapped");
}
