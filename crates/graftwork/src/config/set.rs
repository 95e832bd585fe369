//! `--set a.b=c`: keys of `run.toml` by their path, and settings of strategies.
//!
//! A key is looked for in `run.toml` first, by its whole path: `seed`, `train.learning_rate`, `train.warmup.steps`. Else it is a
//! plugin's: `lora.rank` by the plugin's name, `rank` where one plugin alone has it. What could be both is refused; `run.KEY` is
//! always `run.toml`'s, `strategy.0.config.KEY` always that of the first plugin.

use std::sync::Arc;

use graftwork_plugin_host::Plugin;
use serde_json::{Map, Value};

use super::RunConfig;
use super::problem::{Problem, Problems};
use super::schema::{child, properties};
use super::values::{Checker, Wrong};
use crate::chain::{Owner, settings_of, several};
use crate::{Error, Host, builtin};

/// Whom a setting is for.
enum Place {
    /// A key of `run.toml`, by its steps.
    Run(Vec<String>),
    /// A setting of the plugin with this number.
    Plugin(usize, String),
}

/// The value of a setting as it is written: JSON where it reads as JSON, else text.
///
/// # Examples
/// ```
/// assert_eq!(graftwork::setting_value("[4, 8]"), serde_json::json!([4, 8]));
/// assert_eq!(graftwork::setting_value("gaussian"), serde_json::json!("gaussian"));
/// ```
#[must_use]
pub fn setting_value(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.to_owned()))
}

impl Host {
    /// Puts settings such as `train.learning_rate=3e-4`, `rank=16` or `lora.rank=16` into a configuration, whose strategies have to be
    /// there already. A key of `run.toml` that is set to null has its default again.
    ///
    /// # Errors
    /// Neither `run.toml` nor a plugin has such a key, both have it, or a value is not what its key takes: all of these.
    ///
    /// # Examples
    /// ```
    /// use graftwork::{Host, RunConfig, StrategyConfig};
    ///
    /// # fn main() -> Result<(), graftwork::Error> {
    /// let mut config = RunConfig::default();
    /// config.strategy.push(StrategyConfig::new("lora"));
    /// let settings = [("train.learning_rate", 3e-4.into()), ("rank", 16.into())];
    /// Host::new()?.configure(&mut config, settings.map(|(key, value)| (key.to_owned(), value)).into())?;
    /// assert_eq!(config.train.learning_rate, Some(3e-4));
    /// assert_eq!(config.strategy[0].config["rank"], 16);
    /// # Ok(())
    /// # }
    /// ```
    pub fn configure(&self, config: &mut RunConfig, settings: Vec<(String, Value)>) -> Result<(), Error> {
        if settings.is_empty() {
            return Ok(());
        }
        let plugins =
            config.strategy.iter().map(|s| builtin::load(&self.plugins, &s.path)).collect::<Result<Vec<_>, _>>()?;
        let resolver = Resolver { checker: Checker::new()?, plugins };
        let (mut set, mut of_plugins, mut problems) = (Set::default(), Vec::new(), Vec::new());
        for (key, value) in settings {
            match resolver.place(&key) {
                Ok(Place::Run(steps)) => set.insert(&steps, resolver.checker.whole(&steps, value)),
                Ok(Place::Plugin(index, name)) => of_plugins.push((index, name, value)),
                Err(message) => problems.push(Problem { place: format!("--set {key}"), message }),
            }
        }
        let given = Value::Object(set.given.clone());
        problems.extend(resolver.checker.wrong(&given).into_iter().map(|Wrong { pointer, mut message }| {
            let value = given.pointer(&pointer).filter(|value| value.is_number() || value.is_boolean());
            if let Some(value) = value.filter(|_| resolver.checker.takes_text(&pointer)) {
                message += &format!("; as text it is '\"{value}\"'");
            }
            Problem { place: "--set".to_owned(), message }
        }));
        if !problems.is_empty() {
            return Err(Error::Configuration(Problems(problems)));
        }
        set.put_into(config, &resolver.checker.schema)?;
        for (index, name, value) in of_plugins {
            config.strategy[index].config.insert(name, value);
        }
        Ok(())
    }
}

/// Finds out whom a key is for.
struct Resolver {
    checker: Checker,
    plugins: Vec<Arc<Plugin>>,
}

impl Resolver {
    fn place(&self, key: &str) -> Result<Place, String> {
        if let Some(rest) = key.strip_prefix("run.") {
            return self.in_run(rest).map(Place::Run).ok_or_else(|| self.unknown(rest));
        }
        if key == "strategy" || key.starts_with("strategy.") {
            return self.by_number(key);
        }
        match (self.in_run(key), Owner::of(&self.plugins, key)) {
            (Some(_), Owner::One(index, name)) if self.has(index, &name) => {
                let plugin = &self.plugins[index].descriptor().name;
                Err(format!(
                    "it is a key of run.toml and a setting of `{plugin}`; say `run.{key}` or `strategy.{index}.config.{name}`"
                ))
            }
            (Some(_), Owner::Several(names)) => Err(format!(
                "it is a key of run.toml and a setting of strategies; say `run.{key}`, {}",
                names.join(" or ")
            )),
            (Some(steps), _) => Ok(Place::Run(steps)),
            (None, Owner::One(index, name)) => Ok(Place::Plugin(index, name)),
            (None, Owner::Several(names)) => Err(several(&names)),
            (None, Owner::Nobody) => Err(self.unknown(key)),
        }
    }

    /// The steps to a key of `run.toml`, where it has one of that path.
    fn in_run(&self, key: &str) -> Option<Vec<String>> {
        let steps: Vec<_> = key.split('.').map(str::to_owned).collect();
        let is_number = |step: &String| step.parse::<usize>().is_ok();
        let node = steps.iter().try_fold(&self.checker.schema, |node, step| child(node, step));
        node.filter(|_| !steps.iter().any(is_number)).map(|_| steps)
    }

    /// `strategy.0.config.rank`.
    fn by_number(&self, key: &str) -> Result<Place, String> {
        let steps: Vec<_> = key.splitn(4, '.').collect();
        match steps.as_slice() {
            [_, index, "config", name] if index.parse().is_ok_and(|index: usize| index < self.plugins.len()) => {
                Ok(Place::Plugin(index.parse().unwrap_or_default(), (*name).to_owned()))
            }
            _ => Err(format!(
                "plugins are named by `--strategy`; a setting of one of the {} that there are is `NAME.SETTING` or \
                 `strategy.NUMBER.config.SETTING`, counted from 0",
                self.plugins.len()
            )),
        }
    }

    fn has(&self, index: usize, setting: &str) -> bool {
        settings_of(&self.plugins[index]).iter().any(|name| name == setting)
    }

    fn unknown(&self, key: &str) -> String {
        let settings: Vec<_> = self.plugins.iter().flat_map(|plugin| settings_of(plugin)).collect();
        format!("neither run.toml nor a strategy has such a key{}", self.checker.instead_of(key, &settings))
    }
}

/// What was set of `run.toml`.
#[derive(Default)]
struct Set {
    /// As a `run.toml` that says nothing else.
    given: Map<String, Value>,
    /// What has its default again.
    reset: Vec<Vec<String>>,
}

impl Set {
    fn insert(&mut self, steps: &[String], value: Value) {
        let Some((last, sections)) = steps.split_last() else { return };
        if value.is_null() {
            return self.reset.push(steps.to_vec());
        }
        let mut table = &mut self.given;
        for section in sections {
            let entry = table.entry(section.clone()).or_insert_with(|| Map::new().into());
            // What was set to something else than a table before is set anew.
            if !entry.is_object() {
                *entry = Map::new().into();
            }
            let Value::Object(inner) = entry else { return };
            table = inner;
        }
        table.insert(last.clone(), value);
    }

    fn put_into(self, config: &mut RunConfig, schema: &Value) -> Result<(), Error> {
        let fail = |error: serde_json::Error| Error::setting("--set", error.to_string());
        let mut whole = serde_json::to_value(&*config).map_err(fail)?;
        for steps in &self.reset {
            if let Some((last, sections)) = steps.split_last()
                && let Some(table) = sections.iter().try_fold(&mut whole, |value, step| value.get_mut(step))
                && let Some(table) = table.as_object_mut()
            {
                table.remove(last);
            }
        }
        // A length replaces the other one, as with flags.
        if let Some(Value::Object(train)) = self.given.get("train") {
            for (given, other) in [("steps", "epochs"), ("epochs", "steps")] {
                if train.contains_key(given) && !train.contains_key(other) {
                    whole["train"][other] = Value::Null;
                }
            }
        }
        merge(&mut whole, Value::Object(self.given), schema);
        *config = serde_json::from_value(whole).map_err(fail)?;
        Ok(())
    }
}

/// Puts values over others: sections key by key, all else whole.
fn merge(into: &mut Value, from: Value, node: &Value) {
    match (into, from, properties(node)) {
        (Value::Object(into), Value::Object(from), Some(nodes)) => {
            for (key, value) in from {
                let node = nodes.get(&key).unwrap_or(&Value::Null);
                merge(into.entry(key).or_insert(Value::Null), value, node);
            }
        }
        (into, from, _) => *into = from,
    }
}
