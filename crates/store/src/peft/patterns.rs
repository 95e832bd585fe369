//! Per-module overrides, `rank_pattern` and `alpha_pattern`, with the meaning PEFT gives them.

use std::fmt;
use std::marker::PhantomData;

use regex::Regex;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde::ser::{Serialize, Serializer};

use super::PeftError;

/// Values by pattern, in the order of the file: the first pattern that matches a module decides.
///
/// A pattern `P` matches the module paths that `(.*\.)?(P)$` matches from their beginning, which is
/// `get_pattern_key` in PEFT. A full module path is a pattern that matches that module.
#[derive(Debug, Clone, PartialEq)]
pub struct Patterns<T>(pub Vec<(String, T)>);

impl<T> Default for Patterns<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T: Copy> Patterns<T> {
    /// The value for `module`, if a pattern matches it.
    ///
    /// # Errors
    /// If a pattern is not a regular expression that this crate supports (no look-around, no back-references).
    pub fn get(&self, module: &str) -> Result<Option<T>, PeftError> {
        for (pattern, value) in &self.0 {
            if matches(pattern, module)? {
                return Ok(Some(*value));
            }
        }
        Ok(None)
    }

    /// Whether there is no pattern.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

fn matches(pattern: &str, module: &str) -> Result<bool, PeftError> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'.';
    if pattern.bytes().all(plain) && module.is_ascii() {
        return Ok(matches_plain(pattern.as_bytes(), module.as_bytes()));
    }
    Regex::new(&format!(r"^(.*\.)?({pattern})$"))
        .map(|regex| regex.is_match(module))
        .map_err(|error| PeftError::Pattern { pattern: pattern.to_owned(), reason: error.to_string() })
}

/// The same without compiling an expression, for patterns whose one special character is `.`. An adapter may
/// have a full path for each of a thousand modules, and each is matched against each.
fn matches_plain(pattern: &[u8], module: &[u8]) -> bool {
    let Some(start) = module.len().checked_sub(pattern.len()) else {
        return false;
    };
    let (before, tail) = module.split_at(start);
    before.last().is_none_or(|&byte| byte == b'.') && pattern.iter().zip(tail).all(|(&p, &m)| p == b'.' || p == m)
}

impl<T: Serialize> Serialize for Patterns<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(pattern, value)| (pattern, value)))
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Patterns<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(InOrder(PhantomData))
    }
}

struct InOrder<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for InOrder<T> {
    type Value = Patterns<T>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object of patterns")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = map.next_entry()? {
            entries.push(entry);
        }
        Ok(Patterns(entries))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use proptest::prelude::*;

    use super::{Regex, matches_plain};

    proptest! {
        #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn the_short_cut_agrees_with_the_expression(pattern in "[ab1.]{1,4}", module in "[ab1.]{0,7}") {
            let regex = Regex::new(&format!(r"^(.*\.)?({pattern})$")).unwrap();
            prop_assert_eq!(matches_plain(pattern.as_bytes(), module.as_bytes()), regex.is_match(&module));
        }
    }
}
