//! JSON that somebody else has written, read with nothing taken on trust.
//!
//! Of two values of one key most readers keep the last and some the first. Which of them a file means nobody can tell,
//! so it is refused, at any depth.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use crate::path::quoted;

/// Twice the index of the largest models. A value takes up to forty times the memory of its text.
const MAX_BYTES: usize = 1 << 25;

/// Reads an object in which every key comes once, at any depth.
///
/// # Errors
/// If `text` is no JSON, no object, larger than any settings are, or has a key twice.
pub fn object(text: &[u8]) -> serde_json::Result<Map<String, Value>> {
    if text.len() > MAX_BYTES {
        let problem = format!("it has {} bytes, and {MAX_BYTES} are more than any such file needs", text.len());
        return Err(serde_json::Error::custom(problem));
    }
    match serde_json::from_slice(text)? {
        Distinct(Value::Object(object)) => Ok(object),
        Distinct(_) => Err(serde_json::Error::custom("it must hold an object, { ... }")),
    }
}

/// A value without an object that has a key twice.
struct Distinct(Value);

impl<'de> Deserialize<'de> for Distinct {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Anything).map(Self)
    }
}

struct Anything;

impl<'de> Visitor<'de> for Anything {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        Number::from_f64(value).map(Value::Number).ok_or_else(|| E::custom("a number that is none"))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(Distinct(item)) = items.next_element()? {
            list.push(item);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some(key) = entries.next_key::<String>()? {
            let Distinct(value) = entries.next_value()?;
            if object.contains_key(&key) {
                return Err(A::Error::custom(format!("the key {} comes twice; leave one", quoted(&key))));
            }
            object.insert(key, value);
        }
        Ok(Value::Object(object))
    }
}
