//! `docs/configuration.md`: every key of `run.toml`, from the schema, so that what is read is what is written there.

use serde_json::Value;

use super::schema::{choices, properties, schema};
use super::values::admitted;

const HEAD: &str = r#"# Configuration

<!-- Made by `host schema --markdown > docs/configuration.md`; a test compares the two. -->

A run is described by one file, `run.toml`, by flags, or by both. `host init` writes the file for a model and data that it looks at, `host run --config run.toml` trains by it,
`host check --config run.toml` shows what that would be, and every run keeps its own in its folder.

**What holds**, from the strongest: a flag (`--learning-rate 3e-4`), `--set` (`--set train.learning_rate=3e-4`), the file, the default. `--strategy` replaces the strategies of the file, `--data`
its files, and a length by `--steps` or `--epochs` that of the file, whichever way either is given. A flag that is a switch (`--packing`) turns on; `--set data.packing=false` turns off.

**`--set KEY=VALUE`** takes any key of the tables below by its path. The value is JSON if it reads as JSON, and else text: `--set seed=1`, `--set data.files='["a.jsonl", "b.jsonl"]'`,
`--set train.warmup.steps=100`; `null` brings back the default. A path that `run.toml` does not have is a strategy's setting: `--set lora.rank=16` by the plugin's name, or `--set rank=16` where one plugin alone has it.
A name that could be both is refused: `run.KEY` is always the key of `run.toml`, `strategy.0.config.KEY` always a setting of the first plugin.

**Mistakes** are told all at once, each with its line, and before anything is loaded:

```text
error[GW0901]: run.toml:3: unknown key train.learnig_rate; did you mean train.learning_rate?
run.toml:4: train.schedule must be one of "constant", "linear", "cosine", found "cosin"; did you mean "cosine"?
```

**Units**: lengths are in tokens; a row is what the model reads at once, a step is one update of the weights; shares are from 0 to 1; times are seconds since 1970, UTC.
Paths are relative to the folder that `host` is started in.

**In an editor**: `host schema > run.schema.json`, and `#:schema ./run.schema.json` as the first line of `run.toml`, completes and checks while one types (Taplo, and VS Code with Even Better TOML).
`host schema --strategy plugins/lora.wasm` puts the plugin's own settings in. The schema without plugins is [`run.schema.json`](run.schema.json).

"#;

const EXAMPLE: &str = r#"## Example

```toml
model = "models/SmolLM2-135M"
out = "runs/notes"
device = "cuda:0"

[[strategy]]
path = "plugins/lora.wasm"
config = { rank = 16, target_modules = ["q_proj", "v_proj"] }

[data]
files = ["notes.jsonl", { path = "letters/*.csv", weight = 0.2, format = "prompt-completion" }]
max_length = 1024
packing = true
eval = ["held-out.jsonl"]

[train]
epochs = 3
batch_size = 4
gradient_accumulation = 2
learning_rate = 3e-4
warmup = { steps = 50 }
eval_every = 100
keep_best = 1
result = "best"
```
"#;

/// Every key of `run.toml` in Markdown, with its default and its choices, and what holds where it is given twice.
///
/// # Examples
/// ```
/// assert!(graftwork::reference().contains("learning_rate"));
/// ```
#[must_use]
pub fn reference() -> String {
    let schema = schema();
    let mut text = HEAD.to_owned();
    let single = |(_, node): &(&String, &Value)| properties(node).is_none();
    let top = || properties(&schema).into_iter().flatten();
    text += &section("At the top", "", &schema, top().filter(single));
    if let Some(strategy) = schema.pointer("/properties/strategy/items") {
        text += &section("`[[strategy]]`", "strategy.", strategy, properties(strategy).into_iter().flatten());
    }
    if let Some(forms) = schema.pointer("/properties/data/properties/files/items/anyOf").and_then(Value::as_array)
        && let Some(source) = forms.iter().find(|form| properties(form).is_some())
    {
        text += &section("A table in `data.files`", "", source, properties(source).into_iter().flatten());
    }
    for (name, node) in top().filter(|entry| !single(entry)) {
        text += &section(&format!("`[{name}]`"), &format!("{name}."), node, properties(node).into_iter().flatten());
    }
    text + EXAMPLE
}

fn section<'a>(title: &str, prefix: &str, node: &Value, keys: impl Iterator<Item = (&'a String, &'a Value)>) -> String {
    let about = node.get("description").and_then(Value::as_str).unwrap_or_default();
    let mut text = format!("## {title}\n\n{about}\n\n| key | takes | default | |\n|---|---|---|---|\n");
    for (key, node) in keys {
        let default = node.get("default").map_or_else(String::new, |value| format!("`{}`", in_toml(value)));
        let what = described(node);
        text += &format!("| `{prefix}{key}` | {} | {default} | {what} |\n", taken(node));
    }
    text + "\n"
}

/// What a key takes; its choices are told of one by one.
fn taken(node: &Value) -> String {
    if choices(node).is_some() { "one of these:".to_owned() } else { admitted(node) }
}

/// What a key is for, and each of its choices.
fn described(node: &Value) -> String {
    let about = node.get("description").and_then(Value::as_str).unwrap_or_default();
    let choices = choices(node).into_iter().flatten();
    let listed: String = choices.map(|(name, what)| format!("<br>`\"{name}\"`: {what}")).collect();
    (about.to_owned() + &listed).replace('|', "\\|")
}

/// A value as `run.toml` has it, on one line.
pub(crate) fn in_toml(value: &Value) -> String {
    match value {
        Value::Array(list) => format!("[{}]", list.iter().map(in_toml).collect::<Vec<_>>().join(", ")),
        Value::Object(map) if map.is_empty() => "{}".to_owned(),
        Value::Object(map) => {
            let entries = map.iter().map(|(key, value)| format!("{} = {}", toml_key(key), in_toml(value)));
            format!("{{ {} }}", entries.collect::<Vec<_>>().join(", "))
        }
        Value::Null => "\"\"".to_owned(),
        Value::Bool(flag) => flag.to_string(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => toml::Value::String(text.clone()).to_string(),
    }
}

fn toml_key(key: &str) -> String {
    let is_bare = !key.is_empty() && key.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-');
    if is_bare { key.to_owned() } else { toml::Value::String(key.to_owned()).to_string() }
}
