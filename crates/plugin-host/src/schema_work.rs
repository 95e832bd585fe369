//! How much work a plugin's schema makes, counted before any of it is compiled.
//!
//! A schema of a few lines can ask the same question 2^30 times: by references to what refers again, or by what is
//! evaluated anew at each depth. Whoever checks settings against it would go through with that.

use serde_json::{Map, Value};

/// What a pattern counts: once compiled it is large.
const PATTERN: usize = 100;
/// How often `unevaluatedProperties` and `unevaluatedItems` have what lies beside and below them evaluated.
const AGAIN: usize = 4;

/// Counts the values of a schema as if each reference were written out; an error, as the rest of a sentence, where they
/// are more than `most`, or where they cannot be counted.
pub(crate) fn check(schema: &Value, most: usize) -> Result<(), String> {
    let mut left = most;
    // A list and not recursion, since references in a circle are as deep as the limit lets them be.
    let mut ahead = vec![(schema, 1_usize)];
    while let Some((value, times)) = ahead.pop() {
        let mut times = times;
        let mut own = 0;
        let parts: Vec<&Value> = match value {
            Value::Object(map) => {
                let again = ["unevaluatedProperties", "unevaluatedItems"].iter().any(|key| map.contains_key(*key));
                times = times.saturating_mul(if again { AGAIN } else { 1 });
                own = PATTERN * patterns(map);
                map.values().chain(referred(schema, map)?).collect()
            }
            Value::Array(items) => items.iter().collect(),
            _ => continue,
        };
        left = left.checked_sub(times.saturating_mul(own + parts.len())).ok_or_else(|| {
            format!(
                "is more than {most} values once its references are written out (limit `schema_work`); let no part refer to \
                 what it is in, and use fewer references, patterns and `unevaluated…`"
            )
        })?;
        ahead.extend(parts.into_iter().map(|part| (part, times)));
    }
    Ok(())
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
    let target = reference.strip_prefix('#').and_then(|pointer| schema.pointer(pointer));
    target
        .map(Some)
        .ok_or_else(|| format!("refers to `{reference}`, and may refer to its own parts only, as `#/$defs/NAME`"))
}
