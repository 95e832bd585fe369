//! The JSON Schema of `run.toml`, made from the types that read it, and how to find one's way in it.

use std::path::PathBuf;

use schemars::Schema;
use schemars::generate::SchemaSettings;
use schemars::transform::RecursiveTransform;
use serde_json::{Map, Value, json};

use super::RunConfig;
use crate::{Error, Host};

/// The JSON Schema (2020-12) of `run.toml`: every key with its description, its default and its choices.
///
/// # Examples
/// ```
/// let schema = graftwork::schema();
/// assert_eq!(schema["properties"]["seed"]["default"], 42);
/// ```
#[must_use]
pub fn schema() -> Value {
    let settings = SchemaSettings::draft2020_12().with(|settings| settings.inline_subschemas = true);
    let settings = settings.with_transform(RecursiveTransform(as_toml_has_it));
    let mut schema = settings.into_generator().into_root_schema_for::<RunConfig>();
    schema.insert("title".to_owned(), "run.toml".into());
    schema.to_value()
}

impl Host {
    /// [`schema`], with the settings of these plugins wherever a strategy has one of their paths.
    ///
    /// # Errors
    /// One is no plugin.
    pub fn schema(&self, strategies: &[PathBuf]) -> Result<Value, Error> {
        let mut whole = schema();
        let (mut settings, mut cases) = (Map::new(), Vec::new());
        for path in strategies {
            let plugin = self.inspect_plugin(path)?;
            let mut own = plugin.config_schema;
            let place = format!("#/$defs/{}", plugin.name);
            move_references(&mut own, &place);
            settings.insert(plugin.name, own);
            let is_it = json!({ "properties": { "path": { "const": path } }, "required": ["path"] });
            cases.push(json!({ "if": is_it, "then": { "properties": { "config": { "$ref": place } } } }));
        }
        if let Some(strategy) = whole.pointer_mut("/properties/strategy/items").and_then(Value::as_object_mut)
            && !cases.is_empty()
        {
            strategy.insert("allOf".to_owned(), cases.into());
            whole["$defs"] = settings.into();
        }
        Ok(whole)
    }
}

/// Puts a schema's references to its own parts to where the schema stands now.
fn move_references(schema: &mut Value, place: &str) {
    match schema {
        Value::Object(map) => {
            for (key, part) in map {
                match part {
                    Value::String(target) if key == "$ref" => *target = target.replacen('#', place, 1),
                    part => move_references(part, place),
                }
            }
        }
        Value::Array(parts) => parts.iter_mut().for_each(|part| move_references(part, place)),
        _ => {}
    }
}

/// TOML has no null: what may be left out is left out. The width of numbers says nothing to a person, and the defaults of a section
/// are those of its keys.
fn as_toml_has_it(schema: &mut Schema) {
    let Some(map) = schema.as_object_mut() else { return };
    map.remove("format");
    if map.get("default").is_some_and(|default| default.is_null() || map.contains_key("properties")) {
        map.remove("default");
    }
    if let Some(types) = map.get_mut("type").and_then(Value::as_array_mut) {
        types.retain(|name| name != "null");
        if let [only] = types.as_slice() {
            let only = only.clone();
            map.insert("type".to_owned(), only);
        }
    }
    if let Some(Value::Array(mut choices)) = map.remove("anyOf") {
        choices.retain(|choice| choice.get("type") != Some(&"null".into()));
        match choices.as_mut_slice() {
            [Value::Object(only)] => {
                for (key, part) in std::mem::take(only) {
                    map.entry(key).or_insert(part);
                }
            }
            _ => {
                map.insert("anyOf".to_owned(), choices.into());
            }
        }
    }
    if let Some(Value::String(text)) = map.get_mut("description") {
        *text = text.replace('\n', " ");
    }
    // What is said of a form is said of its only key.
    let description = map.get("description").cloned();
    if let Some(Value::Object(keys)) = map.get_mut("properties")
        && keys.len() == 1
        && let Some((Value::Object(only), description)) = keys.values_mut().next().zip(description)
    {
        only.entry("description").or_insert(description);
    }
}

/// The keys of a table, where the schema lists them.
pub(crate) fn properties(node: &Value) -> Option<&Map<String, Value>> {
    node.get("properties").and_then(Value::as_object)
}

/// The forms of which a value has one.
pub(crate) fn alternatives(node: &Value) -> Option<&Vec<Value>> {
    node.get("anyOf").or_else(|| node.get("oneOf")).and_then(Value::as_array)
}

/// The values that may be chosen from, where there are no others: each with its description.
pub(crate) fn choices(node: &Value) -> Option<Vec<(&str, &str)>> {
    let text = |node, key| -> Option<&str> { Value::get(node, key).and_then(Value::as_str) };
    let choice = |node| Some((text(node, "const")?, text(node, "description").unwrap_or_default()));
    alternatives(node)?.iter().map(choice).collect()
}

/// The schema of one key of a table, or of one entry of a list.
pub(crate) fn child<'a>(node: &'a Value, step: &str) -> Option<&'a Value> {
    let in_table = || properties(node).and_then(|keys| keys.get(step));
    let in_list = || step.parse::<usize>().ok().and_then(|_| node.get("items"));
    let in_form = || alternatives(node).into_iter().flatten().find_map(|form| child(form, step));
    in_table().or_else(in_list).or_else(in_form)
}

/// Every key that can be set by its path, with its schema: those at the top, then those of the sections.
pub(crate) fn keys(schema: &Value) -> Vec<(String, &Value)> {
    let top = properties(schema).into_iter().flatten();
    let (sections, single): (Vec<_>, Vec<_>) = top.partition(|(_, node)| properties(node).is_some());
    let single = single.into_iter().map(|(key, node)| (key.clone(), node));
    let nested = sections.into_iter().flat_map(|(section, node)| {
        let keys = properties(node).into_iter().flatten();
        keys.map(move |(key, node)| (format!("{section}.{key}"), node))
    });
    single.chain(nested).collect()
}
