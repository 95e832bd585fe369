//! A file of this folder made a plugin: what the file does not define is honest.
#![allow(dead_code, clippy::expect_used, clippy::panic, reason = "tests")]

use std::path::{Path, PathBuf};

/// What a file may define by name, the export that it becomes, and how an honest plugin has it.
const PARTS: [(&str, &str, &str); 8] = [
    ("$memory", "memory", "(memory $memory 2)"),
    (
        "$realloc",
        "cabi_realloc",
        "(func $realloc (param i32 i32 i32 i32) (result i32)
           (local $at i32)
           (local.set $at (i32.and (i32.add (global.get $heap) (i32.const 15)) (i32.const -16)))
           (global.set $heap (i32.add (local.get $at) (local.get 3)))
           (if (i32.gt_u (global.get $heap) (i32.mul (memory.size) (i32.const 65536)))
             (then (drop (memory.grow (i32.add (i32.div_u (local.get 3) (i32.const 65536)) (i32.const 1))))))
           (local.get $at))",
    ),
    (
        "$describe",
        "graftwork:strategy/plugin@0.1.0#describe",
        "(func $describe (result i32) (call $describe_honestly))",
    ),
    (
        "$plan",
        "graftwork:strategy/strategy@0.1.0#plan",
        "(func $plan (param i32 i32) (result i32) (call $train_parameter (i32.const 0)))",
    ),
    (
        "$select",
        "graftwork:strategy/selector@0.1.0#select",
        "(func $select (param i32 i32) (result i32) (call $choose (i32.const 0)))",
    ),
    (
        "$compose",
        "graftwork:strategy/composer@0.1.0#compose",
        "(func $compose (param i32 i32 i32 i32 i32) (result i32) (call $sum))",
    ),
    (
        "$start",
        "graftwork:strategy/controller@0.1.0#start",
        "(func $start (param i32 i32 i64) (result i32) (call $nothing))",
    ),
    (
        "$step",
        "graftwork:strategy/controller@0.1.0#step",
        "(func $step (param i32 i32 i64 i64 f64 f64 i32 f64 f64) (result i32) (call $nothing))",
    ),
];

const HELPERS: [&str; 3] =
    [include_str!("honest/helpers.wat"), include_str!("honest/composing.wat"), include_str!("honest/steering.wat")];

/// The folder of these files.
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/hostile").canonicalize().expect("the folder is there")
}

/// The plugin of that name, as text; it exports all there is.
pub fn plugin(name: &str) -> String {
    exporting("", name)
}

/// The plugin of that name, with what it exports of one interface.
pub fn only(interface: &str, name: &str) -> String {
    exporting(&format!("/{interface}@"), name)
}

/// A plugin that does no harm, with what it exports of one interface.
pub fn honest(interface: &str) -> String {
    whole(&format!("/{interface}@"), "")
}

fn exporting(interface: &str, name: &str) -> String {
    let file = folder().join(format!("{name}.wat"));
    whole(interface, &std::fs::read_to_string(&file).unwrap_or_else(|e| panic!("{}: {e}", file.display())))
}

/// What a file defines, with what it repeats and all that it leaves to honest plugins.
fn whole(interface: &str, file: &str) -> String {
    let file = repeated(file);
    if file.lines().any(|line| line.starts_with("(component") || line.starts_with("(module")) {
        return file;
    }
    // What is imported comes before all else in a module's text, so the file is the first.
    let mut module = format!("(module\n{file}\n");
    for (name, export, honest) in PARTS {
        let function = export.split_once('#').map(|(_, function)| format!("#{function}\""));
        let of_its_own = |line: &str, name: &str| line.contains(name) && !line.contains("cabi_post_");
        if function.is_some_and(|function| file.lines().any(|line| of_its_own(line, &function))) {
            continue;
        }
        if export.contains('#') && !export.contains("/plugin@") && !export.contains(interface) {
            continue;
        }
        let kind = if name == "$memory" { "memory" } else { "func" };
        if !file.contains(&format!("({kind} {name} ")) {
            module += honest;
        }
        module += &format!("\n(export \"{export}\" ({kind} {name}))\n");
    }
    module += &HELPERS.concat();
    // Instructions that are counted and cost the machine next to nothing.
    let counted = "(local.set $i (i32.add (local.get $i) (i32.const 1)))".repeat(2000);
    module + &format!("(func $loop_for_ever (local $i i32) (loop $again {counted} (br $again)))\n)")
}

/// Lines between `;; repeat: COUNT` and `;; end` come so often; `{n}` in them counts from 1, and `{before}` from 0.
fn repeated(file: &str) -> String {
    let mut text = String::new();
    let mut rest = file;
    while let Some((before, after)) = rest.split_once(";; repeat: ") {
        let (count, after) = after.split_once('\n').expect("lines to repeat");
        let (body, after) = after.split_once(";; end\n").expect("an end of what is repeated");
        let count: u32 = count.trim().parse().expect("a count");
        text += before;
        for n in 1..=count {
            text += &body.replace("{n}", &n.to_string()).replace("{before}", &(n - 1).to_string());
        }
        rest = after;
    }
    text + rest
}
