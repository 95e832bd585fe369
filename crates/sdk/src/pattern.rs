//! Regular expressions over names, and names that are near.

use std::fmt;
use std::marker::PhantomData;

use regex_lite::Regex;
use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, Visitor};

use crate::{Error, Param};

/// How many near names a message offers.
const SHOWN: usize = 3;

/// Compiles a regular expression that stands in the setting `key`.
///
/// # Errors
/// It is none.
pub fn regex(key: &str, pattern: &str) -> Result<Regex, Error> {
    Regex::new(pattern).map_err(|e| Error::config(key, format!("`{pattern}` is no regular expression: {e}")))
}

/// `; did you mean …?` with the modules whose names are near, or nothing.
pub(crate) fn near(name: &str, params: &[&Param]) -> String {
    // Compared with as many segments of each path as the name has.
    let depth = name.split('.').count();
    let tail = |path: &'_ str| -> String {
        path.rmatch_indices('.').nth(depth - 1).map_or(path, |(dot, _)| &path[dot + 1..]).to_owned()
    };
    let mut tails: Vec<String> = params.iter().map(|p| tail(p.module())).collect();
    tails.sort_unstable();
    tails.dedup();
    let mut scored: Vec<(f64, String)> =
        tails.into_iter().map(|tail| (strsim::jaro_winkler(&tail, name), tail)).filter(|(s, _)| *s > 0.75).collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0));
    let names: Vec<String> = scored.into_iter().take(SHOWN).map(|(_, tail)| format!("`{tail}`")).collect();
    if names.is_empty() { String::new() } else { format!("; did you mean {}?", names.join(" or ")) }
}

/// Values for single modules: `{"q_proj": 8}`. The first pattern that matches the end of a module's path wins, as in
/// PEFT's `rank_pattern`.
///
/// # Examples
/// ```
/// use graftwork_sdk::{Patterns, settings};
/// # use graftwork_sdk::{Mock, Model, Param, Role};
///
/// # fn main() -> Result<(), graftwork_sdk::Error> {
/// # let param = |id, name: &str, layer| {
/// #     let (name, dtype) = (name.to_owned(), "f32".to_owned());
/// #     Param { id, name, shape: vec![8, 4], dtype, role: Role::Linear, layer: Some(layer), tied_to: None }
/// # };
/// # let params = vec![param(0, "layers.0.q_proj.weight", 0), param(1, "layers.0.v_proj.weight", 0), param(2, "layers.1.q_proj.weight", 1)];
/// # let model = Model::from(Mock { params, ..Mock::default() });
/// let ranks: Patterns<u32> = settings(r#"{"layers.1.q_proj": 2, "q_proj": 8}"#)?;
/// let modules: Vec<_> = model.linear_layers().collect();
/// assert_eq!(ranks.values("rank_pattern", &modules)?, [Some(8), None, Some(2)]);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Patterns<T>(pub Vec<(String, T)>);

impl<T> Default for Patterns<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T: Copy> Patterns<T> {
    /// The value for each of the modules, where a pattern matches it. The setting is called `key` in errors.
    ///
    /// # Errors
    /// A pattern cannot be read, or matches none of the modules.
    pub fn values(&self, key: &str, modules: &[&Param]) -> Result<Vec<Option<T>>, Error> {
        let mut values = vec![None; modules.len()];
        for (pattern, value) in &self.0 {
            let end = regex(key, &format!(r"^(?:.*\.)?(?:{pattern})$"))?;
            let mut matches = 0;
            for (slot, module) in values.iter_mut().zip(modules) {
                if end.is_match(module.module()) {
                    matches += 1;
                    slot.get_or_insert(*value);
                }
            }
            if matches == 0 {
                let hint = near(pattern, modules);
                return Err(Error::config(key, format!("`{pattern}` matches no adapted module{hint}")));
            }
        }
        Ok(values)
    }
}

// By hand, since a map type would lose the order, which has a meaning.
impl<'de, T: Deserialize<'de>> Deserialize<'de> for Patterns<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Pairs<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Pairs<T> {
            type Value = Vec<(String, T)>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object of patterns")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut pairs: Vec<(String, T)> = Vec::new();
                while let Some((key, value)) = map.next_entry::<String, T>()? {
                    if pairs.iter().any(|(k, _)| *k == key) {
                        return Err(A::Error::custom(format!("the pattern `{key}` stands twice")));
                    }
                    pairs.push((key, value));
                }
                Ok(pairs)
            }
        }
        deserializer.deserialize_map(Pairs(PhantomData)).map(Self)
    }
}
