//! How much work a plugin's schema makes, counted before any of it is compiled.
//!
//! A schema of a few lines can ask the same question 2^30 times: by references to what refers again, or by what is
//! evaluated anew at each depth. Whoever checks settings against it would go through with that.

use serde_json::{Map, Value};

/// What a pattern counts: once compiled it is large.
const PATTERN: usize = 100;
/// How often `unevaluatedProperties` and `unevaluatedItems` have what lies beside and below them evaluated.
const AGAIN: usize = 4;

/// What a value is by its place.
#[derive(Clone, Copy)]
enum Place {
    /// A schema, or a list of them.
    Schema,
    /// An object whose keys are names that the plugin has chosen, and whose values are schemas.
    Names,
    /// Settings as they might be, in which no word means anything.
    Data,
}

impl Place {
    fn of(self, key: &str) -> Self {
        match (self, key) {
            (Self::Data, _) | (Self::Schema, "const" | "default" | "enum" | "examples") => Self::Data,
            (
                Self::Schema,
                "properties" | "patternProperties" | "$defs" | "definitions" | "dependentSchemas" | "dependencies",
            ) => Self::Names,
            (Self::Schema | Self::Names, _) => Self::Schema,
        }
    }
}

/// Counts the values of a schema as if each reference were written out; an error, as the rest of a sentence, where they
/// are more than `most`, or where they cannot be counted.
pub(crate) fn check(schema: &Value, most: usize) -> Result<(), String> {
    let mut left = most;
    // A list and not recursion, since references in a circle are as deep as the limit lets them be.
    let mut ahead = vec![(schema, Place::Schema, 1_usize)];
    while let Some((value, place, times)) = ahead.pop() {
        let mut times = times;
        let mut own = 0;
        let parts: Vec<_> = match value {
            Value::Object(map) => {
                let mut parts: Vec<_> = map.iter().map(|(key, part)| (part, place.of(key))).collect();
                if matches!(place, Place::Schema) {
                    let again = ["unevaluatedProperties", "unevaluatedItems"].iter().any(|key| map.contains_key(*key));
                    times = times.saturating_mul(if again { AGAIN } else { 1 });
                    own = PATTERN * patterns(map);
                    parts.extend(referred(schema, map)?.map(|target| (target, Place::Schema)));
                }
                parts
            }
            Value::Array(items) => items.iter().map(|item| (item, place)).collect(),
            _ => continue,
        };
        left = left.checked_sub(times.saturating_mul(own + parts.len())).ok_or_else(|| {
            format!(
                "is more than {most} values once its references are written out (limit `schema_work`); let no part refer to \
                 what it is in, and use fewer references, patterns and `unevaluated…`"
            )
        })?;
        ahead.extend(parts.into_iter().map(|(part, place)| (part, place, times)));
    }
    Ok(())
}

/// The place that a pointer leads to.
fn place_of(pointer: &str) -> Place {
    pointer.split('/').skip(1).fold(Place::Schema, Place::of)
}

fn patterns(map: &Map<String, Value>) -> usize {
    let named = map.get("patternProperties").and_then(Value::as_object).map_or(0, Map::len);
    named + usize::from(map.get("pattern").is_some_and(Value::is_string))
}

/// What an object refers to. Only pointers into the schema itself can be followed here as they are followed later: names
/// that depend on where one comes from, and parts with an address of their own, could not be counted.
fn referred<'a>(schema: &'a Value, map: &Map<String, Value>) -> Result<Option<&'a Value>, String> {
    let text = |key: &str| map.get(key).and_then(Value::as_str);
    let is_root = schema.as_object().is_some_and(|root| std::ptr::eq(root, map));
    if let Some(key) = ["$dynamicRef", "$recursiveRef"].into_iter().find(|key| text(key).is_some()) {
        return Err(format!("has a `{key}`; use `$ref`"));
    }
    if let Some(key) = ["$id", "id"].into_iter().find(|key| !is_root && text(key).is_some()) {
        return Err(format!("has an `{key}` in one of its parts; leave it out"));
    }
    let Some(reference) = text("$ref") else { return Ok(None) };
    // `%61` is followed as `a`, and was counted as what it says.
    let is_plain = |pointer: &&str| !pointer.contains('%') && !matches!(place_of(pointer), Place::Data);
    let target = reference.strip_prefix('#').filter(is_plain).and_then(|pointer| schema.pointer(pointer));
    target
        .map(Some)
        .ok_or_else(|| format!("refers to `{reference}`, and may refer to its own parts only, as `#/$defs/NAME`"))
}
