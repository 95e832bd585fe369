//! What a file may hold that is to be a plugin, and what is said of the rest.
#![allow(clippy::expect_used, clippy::panic, missing_docs, unreachable_pub, dead_code, reason = "tests")]

mod common;

use std::time::Duration;

use common::{Module, surroundings};
use graftwork_plugin_host::{Limits, PluginHost};
use serde_json::json;

fn refused(limits: Limits, bytes: &[u8], parts: &[&str]) {
    let host = PluginHost::new(limits).expect("a host");
    let message = host.load_bytes("file.wat", bytes).err().expect("it should be refused").to_string();
    for part in parts.iter().chain(&["file.wat"]) {
        assert!(message.contains(part), "`{part}` is not in: {message}");
    }
}

/// The honest module, with something changed in its text.
fn changed(from: &str, to: &str) -> String {
    let text = Module::default().text();
    assert!(text.contains(from));
    text.replace(from, to)
}

/// A component that exports these interfaces, all of them empty.
fn component(body: &str, exports: &[&str]) -> String {
    let exports: String =
        exports.iter().map(|e| format!("(export \"graftwork:strategy/{e}\" (instance $empty))")).collect();
    format!("(component {body} (instance $empty) {exports})")
}

#[test]
fn versions_may_differ_in_the_last_number() {
    let plugin = Module { version: "0.1.7", ..Module::default() }.load(Limits::default()).expect("it loads");
    assert_eq!(plugin.contract(), "0.1.7");
    assert!(plugin.plan(&surroundings(), &json!({})).is_ok());
}

#[test]
fn what_is_missing_is_named() {
    let without = |export: &str| changed(&format!("(export \"{export}\")"), "");
    let cases = [
        (without("graftwork:strategy/plugin@0.1.0#describe"), "no `graftwork:strategy/plugin@0.1.0`"),
        (without("graftwork:strategy/strategy@0.1.0#plan"), "no strategy, selector, composer or controller"),
        (without("cabi_realloc"), "`cabi_realloc`"),
        (without("memory"), "`memory`"),
        (component("", &["plugin@0.1.0", "strategy@0.1.0"]), "lacks what the contract asks of it"),
        (
            component(
                "(import \"graftwork:strategy/model@0.1.0\" (instance (export \"weights\" (func))))",
                &["plugin@0.1.0", "strategy@0.1.0"],
            ),
            "`weights`",
        ),
    ];
    for (text, part) in cases {
        refused(Limits::default(), text.as_bytes(), &[part]);
    }
}

#[test]
fn a_description_of_its_own_is_not_read() {
    let extra = "(@custom \"component-type:mine\" \"\\ff\\00 no description\")".to_owned();
    let plugin = Module { extra, ..Module::default() }.load(Limits::default()).expect("it loads");
    assert!(plugin.plan(&surroundings(), &json!({})).is_ok());
}

#[test]
fn the_compiler_has_its_limits() {
    let extra = "(func (drop (i32.add (i32.const 1) (i32.const 2))))".repeat(20_000);
    let text = Module { extra, ..Module::default() }.text();
    let hasty = Limits { load_time: Duration::from_millis(5), ..Limits::default() };
    refused(hasty, text.as_bytes(), &["longer than 0.005 s", "`load_time`"]);
}

#[test]
fn text_of_a_damaged_file_is_shown_escaped_and_short() {
    refused(Limits::default(), b"(module \"\x1b[31m\"", &["no WebAssembly", "\\u{1b}[31m"]);
    let host = PluginHost::new(Limits::default()).expect("a host");
    let long = format!("(module {}", "\"field\" ".repeat(100_000));
    let message = host.load_bytes("file.wat", long.as_bytes()).err().expect("refused").to_string();
    assert!(message.len() < 4000, "{} bytes", message.len());
}

#[test]
fn schemas_are_the_plugins_to_get_right() {
    let with = |schema: &str| Module {
        extra: format!("(data (i32.const 2048) \"{}\")", schema.replace('"', "\\\"")),
        describe: format!(
            "(drop (call $describe_honestly)) (call $store (i32.const 280) (i32.const 2048)) \
             (call $store (i32.const 284) (i32.const {})) (i32.const 256)",
            schema.len()
        ),
        ..Module::default()
    };
    for (schema, part) in [("{", "no JSON: EOF"), ("[]", "no JSON Schema"), ("{\"type\": 5}", "no JSON Schema")] {
        with(schema).fails(Limits::default(), &["call of `describe`", "its schema of settings is", part]);
    }
    // In what is data, and among names, no word means anything.
    let data = r#"{"id": "a", "$ref": "b", "pattern": "("}"#;
    for schema in [
        format!(
            r#"{{"properties": {{"rank": {{"default": {data}, "examples": [{data}], "not": {{"const": {data}}}}}}}}}"#
        ),
        format!(r#"{{"properties": {{"rank": {{"enum": [{data}, 8]}}, "default": {{}}, "$ref": {{}}, "id": {{}}}}}}"#),
    ] {
        assert!(with(&schema).load(Limits::default()).is_ok(), "{schema}");
    }
    // A setting may be called as a keyword, and what it may be is a schema all the same; data cannot be referred to.
    for (schema, part) in [
        (r#"{"properties": {"default": {"id": "a"}}}"#, "has an `id` in one of its parts"),
        (r##"{"default": {}, "not": {"$ref": "#/default"}}"##, "refers to `#/default`"),
        (r##"{"$defs": {"a": {}, "%61": {}}, "not": {"$ref": "#/$defs/%61"}}"##, "refers to `#/$defs/%61`"),
    ] {
        with(schema).fails(Limits::default(), &["call of `describe`", part]);
    }
    with("{\"required\": [\"rank\"]}").fails(Limits::default(), &["plugin `test`, setting", "\"rank\" is a required"]);
}

#[test]
#[cfg(unix)]
fn a_file_need_not_have_an_end() {
    let host = PluginHost::new(Limits::default()).expect("a host");
    let message = host.load("/dev/zero".as_ref()).err().expect("refused").to_string();
    assert!(message.contains("zero") && message.contains("more than 67108864 bytes (limit `file_bytes`)"), "{message}");
    let message = host.load("no/such.wasm".as_ref()).err().expect("refused").to_string();
    assert!(message.contains("no/such.wasm: cannot be read"), "{message}");
}
