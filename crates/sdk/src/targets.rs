//! Which modules a method adapts: names, patterns and layers, as PEFT reads them.

use regex_lite::Regex;
use serde::Deserialize;
use serde::de::{Error as _, MapAccess, Visitor};

use crate::{Error, Model, Param, Role};

/// Modules by name: `"all-linear"`, one regular expression over the whole path, or a list of names.
///
/// A name of a list matches a module whose path it is or ends, at a dot: `q_proj`, `self_attn.q_proj`,
/// `model.layers.0.self_attn.q_proj`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum Names {
    /// `all-linear`, or a regular expression.
    Pattern(String),
    /// Names.
    List(Vec<String>),
}

/// A choice of weights.
#[derive(Clone, Debug)]
pub struct Targets<'a> {
    /// What to choose.
    pub include: &'a Names,
    /// What to leave out of it.
    pub exclude: Option<&'a Names>,
    /// The only layers to choose from.
    pub layers: Option<&'a [u32]>,
}

impl Targets<'_> {
    /// The chosen weights, in the model's order: linear layers, heads and embeddings, none of them tied to another.
    ///
    /// # Errors
    /// A pattern cannot be read, or a name matches nothing; the error lists what there is.
    pub fn choose<'m>(&self, model: &'m Model) -> Result<Vec<&'m Param>, Error> {
        let adaptable = |p: &&Param| {
            p.tied_to.is_none() && p.shape.len() == 2 && matches!(p.role, Role::Linear | Role::Head | Role::Embedding)
        };
        let candidates: Vec<&Param> = model.params().iter().filter(adaptable).collect();
        let included = matching("target_modules", self.include, &candidates)?;
        let excluded = self.exclude.map(|names| matching("exclude_modules", names, &candidates)).transpose()?;
        let left = |p: &&Param| excluded.as_ref().is_none_or(|e| !e.iter().any(|x| x.id == p.id));
        if let Some(layers) = self.layers {
            let deepest = candidates.iter().filter_map(|p| p.layer).max().unwrap_or(0);
            if let Some(missing) = layers.iter().find(|&&l| l > deepest) {
                return Err(Error::config(
                    "layers",
                    format!("there is no layer {missing}; they count from 0 to {deepest}"),
                ));
            }
        }
        let in_layers = |p: &&Param| self.layers.is_none_or(|l| p.layer.is_some_and(|layer| l.contains(&layer)));
        let chosen: Vec<&Param> = included.into_iter().filter(left).filter(in_layers).collect();
        if chosen.is_empty() {
            return Err(Error::config(
                "target_modules",
                "nothing is left to adapt after `exclude_modules` and `layers`",
            ));
        }
        Ok(chosen)
    }
}

/// The candidates that the names match. Every name has to match at least one.
fn matching<'m>(key: &str, names: &Names, candidates: &[&'m Param]) -> Result<Vec<&'m Param>, Error> {
    let pick =
        |test: &dyn Fn(&Param) -> bool| -> Vec<&'m Param> { candidates.iter().copied().filter(|p| test(p)).collect() };
    let nothing = |what: &str| {
        let mut kinds: Vec<&str> = candidates.iter().filter_map(|p| p.module().rsplit('.').next()).collect();
        kinds.sort_unstable();
        kinds.dedup();
        Error::config(key, format!("`{what}` matches no module of this model; there are: {}", kinds.join(", ")))
    };
    match names {
        Names::Pattern(word) if word == "all-linear" => {
            let found = pick(&|p| p.role == Role::Linear);
            if found.is_empty() { Err(nothing(word)) } else { Ok(found) }
        }
        Names::Pattern(pattern) => {
            let whole = regex(key, &format!("^(?:{pattern})$"))?;
            let found = pick(&|p| whole.is_match(p.module()));
            if found.is_empty() { Err(nothing(pattern)) } else { Ok(found) }
        }
        Names::List(list) => {
            if let Some(name) = list.iter().find(|name| !candidates.iter().any(|p| names_module(name, p.module()))) {
                return Err(nothing(name));
            }
            Ok(pick(&|p| list.iter().any(|name| names_module(name, p.module()))))
        }
    }
}

/// Whether a name is a module's path or the end of it.
pub(crate) fn names_module(name: &str, module: &str) -> bool {
    module.strip_suffix(name).is_some_and(|front| front.is_empty() || front.ends_with('.'))
}

fn regex(key: &str, pattern: &str) -> Result<Regex, Error> {
    Regex::new(pattern).map_err(|e| Error::config(key, format!("`{pattern}` is no regular expression: {e}")))
}

/// Values for single modules: `{"q_proj": 8}`. The first pattern that matches the end of a module's path wins, as in PEFT's
/// `rank_pattern`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Patterns<T>(pub Vec<(String, T)>);

impl<T: Copy> Patterns<T> {
    /// The value for a module, where a pattern matches it.
    ///
    /// # Errors
    /// A pattern cannot be read.
    pub fn get(&self, key: &str, module: &str) -> Result<Option<T>, Error> {
        for (pattern, value) in &self.0 {
            if regex(key, &format!("^(?:.*\\.)?(?:{pattern})$"))?.is_match(module) {
                return Ok(Some(*value));
            }
        }
        Ok(None)
    }

    /// Fails where a pattern matches none of the modules.
    ///
    /// # Errors
    /// The pattern, with the setting it stands in.
    pub fn check_used(&self, key: &str, modules: &[&Param]) -> Result<(), Error> {
        for (pattern, _) in &self.0 {
            let one = regex(key, &format!("^(?:.*\\.)?(?:{pattern})$"))?;
            if !modules.iter().any(|p| one.is_match(p.module())) {
                return Err(Error::config(key, format!("`{pattern}` matches no adapted module")));
            }
        }
        Ok(())
    }
}

// By hand, since a map type would lose the order, which has a meaning.
impl<'de, T: Deserialize<'de>> Deserialize<'de> for Patterns<T> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Pairs<T>(std::marker::PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Pairs<T> {
            type Value = Vec<(String, T)>;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
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
        deserializer.deserialize_map(Pairs(std::marker::PhantomData)).map(Self)
    }
}
