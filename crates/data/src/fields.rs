//! The keys and values of a record, with the place for errors about them.

use serde_json::{Map, Value};

use crate::error::listed;
use crate::{DataError, Source};

/// From here on two keys are not nearly the same.
const FAR: usize = 3;

/// A JSON object with its place, for errors that name the key.
pub(crate) struct Fields<'a> {
    pub(crate) map: Map<String, Value>,
    /// What stands before a key in messages: empty, or `messages[2].`.
    pub(crate) path: String,
    pub(crate) at: &'a Source,
}

impl Fields<'_> {
    pub(crate) fn value(&self, key: &str) -> Result<&Value, DataError> {
        self.map.get(key).ok_or_else(|| DataError::MissingKey {
            at: self.at.clone(),
            key: format!("{}{key}", self.path),
            found: quoted_keys(&self.map),
            hint: self.map.keys().find(|found| distance(found, key).is_some()).cloned(),
        })
    }

    pub(crate) fn text(&self, key: &str) -> Result<String, DataError> {
        match self.value(key)? {
            Value::String(text) => Ok(text.clone()),
            _ => Err(self.wrong_type(key, "a string")),
        }
    }

    pub(crate) fn wrong_type(&self, key: &str, expected: &'static str) -> DataError {
        self.wrong(key, expected, self.map.get(key).map_or("nothing", type_name))
    }

    /// That something else than what is expected stands under a key.
    pub(crate) fn wrong(&self, key: &str, expected: &'static str, found: &'static str) -> DataError {
        DataError::WrongType { at: self.at.clone(), key: format!("{}{key}", self.path), expected, found }
    }
}

/// How many slips of the hand make the key that was meant of one that is nearly it.
pub(crate) fn distance(found: &str, meant: &str) -> Option<usize> {
    // To compare takes memory for the product of both lengths, and a key may be as long as a file.
    let near = found.chars().count().abs_diff(meant.chars().count()) < FAR;
    near.then(|| strsim::damerau_levenshtein(found, meant)).filter(|&distance| distance < FAR)
}

/// The keys of a record as a person reads them: `` `a`, `b` ``.
pub(crate) fn quoted_keys(map: &Map<String, Value>) -> String {
    if map.is_empty() { "no keys".to_owned() } else { listed(map.keys()) }
}

/// A JSON type with its article.
pub(crate) fn type_name(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}
