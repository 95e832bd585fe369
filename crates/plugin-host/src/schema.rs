//! Settings against the JSON Schema that a plugin gives.

use jsonschema::{PatternOptions, Validator};
use serde_json::Value;

use crate::error::{PluginError, Reason};
use crate::limits::Limits;
use crate::schema_work;
use crate::text::shown;

/// A compiled schema.
pub(crate) struct Schema {
    validator: Validator,
    /// Names of the settings, where the schema lists them and admits no others.
    closed: Option<Vec<String>>,
}

impl Schema {
    pub(crate) fn compile(plugin: &str, schema: &Value, limits: &Limits) -> Result<Self, PluginError> {
        let malformed = |why: &str| PluginError::Call {
            plugin: plugin.to_owned(),
            call: "describe",
            reason: Reason::Malformed(format!("its schema of settings {}", shown(why))),
            last_log: None,
        };
        schema_work::check(schema, limits.schema_work).map_err(|why| malformed(&why))?;
        let patterns = PatternOptions::fancy_regex().size_limit(limits.pattern_bytes);
        let options = jsonschema::options().with_pattern_options(patterns);
        let built = options.build(schema);
        let validator = built.map_err(|e| malformed(&format!("is no JSON Schema: {e}")))?;
        let is_closed = schema.get("additionalProperties") == Some(&Value::Bool(false));
        let names = schema.get("properties").and_then(Value::as_object);
        let closed = names.filter(|_| is_closed).map(|names| names.keys().cloned().collect());
        Ok(Self { validator, closed })
    }

    /// The first setting that does not fit.
    pub(crate) fn check(&self, plugin: &str, config: &Value) -> Result<(), PluginError> {
        let fail = |key: &str, message: String| {
            Err(PluginError::Config { plugin: plugin.to_owned(), key: key.to_owned(), message })
        };
        let keys = config.as_object().into_iter().flat_map(|o| o.keys());
        if let Some(known) = &self.closed
            && let Some(unknown) = keys.into_iter().find(|key| !known.contains(key))
        {
            return fail(unknown, unknown_setting(unknown, known));
        }
        match self.validator.iter_errors(config).next() {
            None => Ok(()),
            Some(error) => {
                let path = error.instance_path().to_string();
                let key = path.trim_start_matches('/').replace('/', ".");
                fail(if key.is_empty() { "*" } else { &key }, shown(&error.to_string()))
            }
        }
    }
}

fn unknown_setting(name: &str, known: &[String]) -> String {
    let mut near: Vec<_> =
        known.iter().filter(|k| strsim::jaro_winkler(k, name) > 0.75).map(|k| format!("`{k}`")).collect();
    near.truncate(3);
    let hint = if near.is_empty() { String::new() } else { format!("; did you mean {}?", near.join(" or ")) };
    format!("there is no such setting{hint} (there are: {})", known.join(", "))
}
