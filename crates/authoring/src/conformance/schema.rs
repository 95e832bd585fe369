//! Settings made from a JSON Schema: most of them fit it, and those that do not are sorted out by the schema itself.

use std::iter;

use graftwork_plugin_host::Plugin;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use serde_json::{Map, Number, Value, json};

use super::answers::{Answer, ask, surroundings};
use crate::models;

/// How deep values may nest.
const DEEPEST: usize = 6;
/// Texts that settings of fine-tuning methods take, and some that they should not trip over.
const TEXTS: [&str; 14] = [
    "all-linear",
    "q_proj",
    "self_attn.q_proj",
    "c_attn",
    "query",
    "dense",
    ".*",
    ".*(q_proj|query)",
    "0",
    "0-1",
    "0-3,8",
    "(",
    "größer",
    "no such",
];

/// How many settings are tried where the plugin refuses to do without.
const TRIES: usize = 500;

/// Settings that the plugin does not refuse: none, or else the first made ones. Defaults that are for long runs or large
/// models have no meaning in a short one or for a small one.
pub(super) fn base_config(plugin: &Plugin) -> Result<Value, String> {
    let models = models::all();
    let is_answered = |config: &Value| {
        let answers = models.iter().map(|(_, model)| ask(plugin, &surroundings(model), config));
        answers.into_iter().any(|answer| !matches!(answer, Ok(Answer::Refused(_))))
    };
    let mut maker = Maker::new(plugin, 1);
    let nothing = json!({});
    let made = (0..TRIES).map(|_| maker.config());
    let mut admitted = iter::once(nothing.clone()).chain(made).filter(|config| plugin.check_config(config).is_ok());
    let Some(first) = admitted.next() else {
        return Err(
            "its schema demands settings, and none that it admits were found; give the required ones a `default`, \
                    `enum` or `examples`"
                .to_owned(),
        );
    };
    if is_answered(&first) {
        return Ok(first);
    }
    // Where it refuses all of them, what it says to the first is told.
    Ok(admitted.find(is_answered).unwrap_or(first))
}

/// Makes values for a schema, the same for the same seed.
pub(super) struct Maker<'a> {
    root: &'a Value,
    random: ChaCha8Rng,
}

impl<'a> Maker<'a> {
    pub(super) fn new(plugin: &'a Plugin, seed: u64) -> Self {
        Self { root: &plugin.descriptor().config_schema, random: ChaCha8Rng::seed_from_u64(seed) }
    }

    /// A number below `bound`.
    pub(super) fn below(&mut self, bound: usize) -> usize {
        (self.random.next_u64() % bound.max(1) as u64) as usize
    }

    fn one_of<'v, T>(&mut self, values: &'v [T]) -> Option<&'v T> {
        values.get(self.below(values.len()))
    }

    /// Settings: each with what is required, and some of what is not.
    pub(super) fn config(&mut self) -> Value {
        self.value(self.root, 0)
    }

    fn value(&mut self, schema: &Value, depth: usize) -> Value {
        let schema = self.resolved(schema);
        if let Some(only) = schema.get("const") {
            return only.clone();
        }
        for key in ["enum", "examples"] {
            if let Some(value) = schema.get(key).and_then(Value::as_array).and_then(|all| self.one_of(all)) {
                return value.clone();
            }
        }
        if let Some(default) = schema.get("default").filter(|_| self.below(4) == 0) {
            return default.clone();
        }
        for key in ["oneOf", "anyOf", "allOf"] {
            if let Some(part) = schema.get(key).and_then(Value::as_array).and_then(|all| self.one_of(all)) {
                return self.value(part, depth + 1);
            }
        }
        let kind = match &schema["type"] {
            Value::Array(kinds) => self.one_of(kinds).and_then(Value::as_str).unwrap_or("null"),
            kind => kind.as_str().unwrap_or("object"),
        };
        match kind {
            "object" if depth < DEEPEST => self.object(schema, depth),
            "array" if depth < DEEPEST => self.array(schema, depth),
            "string" => json!(self.one_of(&TEXTS)),
            "integer" => json!(self.number(schema) as i64),
            "number" => Number::from_f64(self.number(schema)).map_or(Value::Null, Value::Number),
            "boolean" => json!(self.below(2) == 0),
            _ => Value::Null,
        }
    }

    /// The schema that a reference within the same schema leads to.
    fn resolved<'v>(&self, schema: &'v Value) -> &'v Value
    where
        'a: 'v,
    {
        let target = schema.get("$ref").and_then(Value::as_str).and_then(|at| at.strip_prefix('#'));
        target.and_then(|pointer| self.root.pointer(pointer)).unwrap_or(schema)
    }

    fn object(&mut self, schema: &Value, depth: usize) -> Value {
        let mut object = Map::new();
        let is_required =
            |key: &str| schema["required"].as_array().is_some_and(|keys| keys.iter().any(|k| k.as_str() == Some(key)));
        for (key, property) in schema["properties"].as_object().into_iter().flatten() {
            if is_required(key) || self.below(5) < 2 {
                object.insert(key.clone(), self.value(property, depth + 1));
            }
        }
        // Free keys are patterns over the names of modules.
        if let Some(free) = schema.get("additionalProperties").filter(|free| free.is_object()) {
            for _ in 0..self.below(3) {
                let key = self.one_of(&TEXTS).copied().unwrap_or_default();
                object.insert(key.to_owned(), self.value(free, depth + 1));
            }
        }
        Value::Object(object)
    }

    fn array(&mut self, schema: &Value, depth: usize) -> Value {
        let least = schema["minItems"].as_u64().unwrap_or(0).min(8) as usize;
        let count = least + self.below(3);
        (0..count).map(|_| self.value(&schema["items"], depth + 1)).collect()
    }

    /// At the bounds, beside them, or something small that methods use.
    fn number(&mut self, schema: &Value) -> f64 {
        let bound = |key: &str| schema.get(key).and_then(Value::as_f64);
        let least = bound("minimum").or_else(|| bound("exclusiveMinimum"));
        let most = bound("maximum").or_else(|| bound("exclusiveMaximum"));
        let step = bound("multipleOf").unwrap_or(1.0);
        let mut values = vec![0.0, 1.0, 2.0, 3.0, 8.0, 17.0, 0.5, 0.001, -1.0];
        values.extend(least.into_iter().flat_map(|v| [v, v + step, v - step]));
        values.extend(most.into_iter().flat_map(|v| [v, v - step, v + step]));
        if let (Some(least), Some(most)) = (least, most) {
            values.push(least + 0.25 * (most - least));
        }
        self.one_of(&values).copied().unwrap_or_default()
    }
}
