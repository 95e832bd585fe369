//! Per-module overrides, `rank_pattern` and `alpha_pattern`, with the meaning PEFT gives them.

use std::fmt;
use std::marker::PhantomData;
use std::sync::OnceLock;

use regex::{Regex, RegexBuilder};
use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};
use serde::ser::{Serialize, Serializer};

use super::PeftError;

/// Values by pattern, in the order of the file: the first pattern that matches a module decides.
///
/// A pattern `P` matches the module paths that `(.*\.)?(P)$` matches from their beginning, which is
/// `get_pattern_key` in PEFT. A full module path is a pattern that matches that module.
#[derive(Debug, Clone)]
pub struct Patterns<T>(Vec<Entry<T>>);

#[derive(Debug, Clone)]
struct Entry<T> {
    pattern: String,
    value: T,
    /// Compiled when a module is first held against it.
    regex: OnceLock<Regex>,
}

/// More than there are modules in any model.
const MAX_PATTERNS: usize = 10_000;
/// What one compiled pattern may take. Those of real adapters take a few thousand bytes.
const MAX_REGEX_BYTES: usize = 1 << 16;

impl<T> Default for Patterns<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> FromIterator<(String, T)> for Patterns<T> {
    fn from_iter<I: IntoIterator<Item = (String, T)>>(entries: I) -> Self {
        let entry = |(pattern, value)| Entry { pattern, value, regex: OnceLock::new() };
        Self(entries.into_iter().map(entry).collect())
    }
}

impl<T: PartialEq> PartialEq for Patterns<T> {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

impl<T> Patterns<T> {
    /// Each pattern and its value, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &T)> {
        self.0.iter().map(|entry| (entry.pattern.as_str(), &entry.value))
    }
}

impl<T: Copy> Patterns<T> {
    /// The value for `module`, if a pattern matches it.
    ///
    /// # Errors
    /// If a pattern is not a regular expression that this crate supports (no look-around, no back-references).
    pub fn get(&self, module: &str) -> Result<Option<T>, PeftError> {
        for entry in &self.0 {
            if entry.matches(module)? {
                return Ok(Some(entry.value));
            }
        }
        Ok(None)
    }

    /// Checks that every pattern can be used, also one that no module is held against.
    pub(crate) fn check(&self) -> Result<(), PeftError> {
        self.0.iter().try_for_each(|entry| entry.matches("").map(drop))
    }

    /// Whether there is no pattern.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<T> Entry<T> {
    fn matches(&self, module: &str) -> Result<bool, PeftError> {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'.';
        if self.pattern.bytes().all(plain) && module.is_ascii() {
            return Ok(matches_plain(self.pattern.as_bytes(), module.as_bytes()));
        }
        if let Some(regex) = self.regex.get() {
            return Ok(regex.is_match(module));
        }
        let regex = compile(&self.pattern)?;
        Ok(self.regex.get_or_init(|| regex).is_match(module))
    }
}

/// Compiled into an automaton of bounded size, which reads a module once: no pattern takes long.
fn compile(pattern: &str) -> Result<Regex, PeftError> {
    let limited = RegexBuilder::new(&format!(r"^(.*\.)?({pattern})$"))
        .size_limit(MAX_REGEX_BYTES)
        .dfa_size_limit(MAX_REGEX_BYTES)
        .build();
    limited.map_err(|error| {
        // A syntax error shows the pattern on lines of its own before it says what is wrong.
        let text = error.to_string();
        let reason = text.lines().next_back().unwrap_or_default().trim_start_matches("error: ");
        PeftError::Pattern { pattern: pattern.to_owned(), reason: reason.to_owned() }
    })
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
        serializer.collect_map(self.iter())
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
        let mut entries: Vec<(String, T)> = Vec::new();
        while let Some(entry) = map.next_entry()? {
            if entries.len() == MAX_PATTERNS {
                return Err(A::Error::custom(format!("more than {MAX_PATTERNS} patterns")));
            }
            entries.push(entry);
        }
        Ok(entries.into_iter().collect())
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
