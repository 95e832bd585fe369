//! The file's text: every key of the schema in its place, what was chosen with the reason, the rest as a comment with its default.

use std::collections::BTreeMap;

use graftwork_report::number::count;
use serde_json::Value;
use textwrap::{Options, fill};

use crate::config::{admitted, choices, in_toml, properties, schema};
use crate::memory::gibibytes;

/// Characters of a line of comment.
const WIDTH: usize = 110;

/// A strategy of the file.
pub(super) struct Strategy {
    /// The plugin's file, or its name.
    pub(super) path: String,
    /// What it is, and why.
    pub(super) why: String,
    /// Schema of its settings.
    pub(super) settings: Value,
}

/// What was chosen: values by the paths of their keys, each with the reason.
#[derive(Default)]
pub(super) struct Chosen {
    pub(super) strategies: Vec<Strategy>,
    values: BTreeMap<String, (Value, String)>,
}

impl Chosen {
    pub(super) fn set(&mut self, key: &str, value: impl Into<Value>, why: impl Into<String>) {
        self.values.insert(key.to_owned(), (value.into(), why.into()));
    }
}

/// The file, under a head.
pub(super) fn write(head: &str, chosen: &Chosen) -> String {
    let schema = schema();
    let mut text = comment(head);
    let top = || properties(&schema).into_iter().flatten();
    for (key, node) in top().filter(|(key, node)| *key != "strategy" && properties(node).is_none()) {
        text += &entry(key, node, chosen.values.get(key));
    }
    for strategy in &chosen.strategies {
        text += &plugin(strategy);
    }
    for (section, node) in top() {
        let Some(keys) = properties(node) else { continue };
        text += &format!("\n[{section}]\n");
        for (key, node) in keys {
            text += &entry(key, node, chosen.values.get(&format!("{section}.{key}")));
        }
    }
    text
}

/// A key: what it is for, and its value, or as a comment the one that it has by itself.
fn entry(key: &str, node: &Value, chosen: Option<&(Value, String)>) -> String {
    let about = node.get("description").and_then(Value::as_str).unwrap_or_default();
    let mut text = format!("\n{}", comment(about));
    for (name, what) in choices(node).unwrap_or_default() {
        text += &comment(&format!("  {}: {what}", in_toml(&name.into())));
    }
    text + &match chosen {
        Some((value, why)) => format!("{}{key} = {}\n", comment(&format!("Chosen: {why}.")), in_toml(value)),
        None => match node.get("default").or_else(|| node.pointer("/examples/0")) {
            Some(value) => format!("#{key} = {}\n", in_toml(value)),
            None => comment(&format!("{key}: {}; left out.", admitted(node))),
        },
    }
}

fn plugin(strategy: &Strategy) -> String {
    let path = in_toml(&strategy.path.as_str().into());
    let mut text = format!("\n[[strategy]]\n{}path = {path}\n", comment(&format!("Chosen: {}.", strategy.why)));
    // What a plugin says once of several settings, it refers to.
    let whole = |node: &Value| -> Value {
        let target = node.get("$ref").and_then(Value::as_str).and_then(|place| place.strip_prefix('#'));
        let mut whole = target.and_then(|place| strategy.settings.pointer(place)).cloned().unwrap_or_default();
        match (&mut whole, node) {
            (Value::Object(whole), Value::Object(node)) => whole.extend(node.clone()),
            _ => return node.clone(),
        }
        whole
    };
    let settings = properties(&strategy.settings).into_iter().flatten();
    let settings: String = settings.map(|(key, node)| entry(key, &whole(node), None)).collect();
    if !settings.is_empty() {
        text += &format!("\n# Settings of the plugin.\n[strategy.config]\n{settings}");
    }
    text
}

/// Lines of comment; a line that begins with a space keeps its place.
fn comment(text: &str) -> String {
    let line = |line: &str| match line.trim_start() {
        "" => "#\n".to_owned(),
        trimmed => {
            let indent = " ".repeat(line.len() - trimmed.len());
            let (first, rest) =
                (format!("# {indent}"), format!("# {indent}{}", if indent.is_empty() { "" } else { "  " }));
            fill(trimmed, Options::new(WIDTH).initial_indent(&first).subsequent_indent(&rest)) + "\n"
        }
    };
    text.lines().map(line).collect()
}

/// `1 record`, `1,200 records`.
pub(super) fn counted(number: usize, what: &str) -> String {
    format!("{} {what}{}", count(number as u64), if number == 1 { "" } else { "s" })
}

/// Bytes: `41 MiB`, `16.0 GiB`.
pub(super) fn size(bytes: u64) -> String {
    if bytes < 1 << 30 { format!("{} MiB", bytes >> 20) } else { gibibytes(bytes) }
}
