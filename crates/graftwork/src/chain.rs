//! The strategies of a run: loaded, configured, asked one after the other.

use std::path::PathBuf;
use std::sync::Arc;

use graftwork_plan::{ParamId, Plan, RawPlan, RawTrainable};
use graftwork_plugin_host::{Plugin, PluginHost, Surroundings};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::base::Base;
use crate::{Error, StrategyConfig, builtin, nearest};

/// Which plugin decided, in every artefact of a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StrategyRecord {
    /// Name that the plugin gives itself.
    pub name: String,
    /// Version that the plugin gives itself.
    pub version: String,
    /// The plugin's file, or `builtin:NAME` of one that is inside the program.
    pub path: PathBuf,
    /// BLAKE3 of that file.
    pub blake3: String,
    /// Version of the contract that it was built for.
    pub contract: String,
    /// Its settings.
    pub config: Map<String, Value>,
}

impl StrategyRecord {
    /// Of a plugin with its settings.
    pub(crate) fn new(plugin: &Plugin, strategy: &StrategyConfig) -> Self {
        Self {
            name: plugin.descriptor().name.clone(),
            version: plugin.descriptor().version.clone(),
            path: builtin::settled(&strategy.path),
            blake3: plugin.digest().to_owned(),
            contract: plugin.contract().to_owned(),
            config: strategy.config.clone(),
        }
    }
}

/// Without a strategy there is nothing to do.
pub(crate) fn none_given() -> Error {
    Error::setting("strategy", "none is given; name a plugin, e.g. `--strategy lora`")
}

/// Plugins with their checked settings, in the order in which they are asked.
pub(crate) struct Chain {
    links: Vec<(Arc<Plugin>, StrategyConfig)>,
}

impl Chain {
    /// Loads every plugin and checks its settings against its schema.
    pub(crate) fn load(host: &PluginHost, strategies: &[StrategyConfig]) -> Result<Self, Error> {
        if strategies.is_empty() {
            return Err(none_given());
        }
        let load = |s: &StrategyConfig| -> Result<_, Error> {
            let plugin = builtin::load(host, &s.path)?;
            plugin.check_config(&Value::Object(s.config.clone()))?;
            Ok((plugin, s.clone()))
        };
        let links = strategies.iter().map(load).collect::<Result<Vec<_>, _>>()?;
        let idle = |(plugin, _): &&(Arc<Plugin>, StrategyConfig)| {
            let can = plugin.capabilities();
            !(can.strategy || can.selector || can.controller)
        };
        if let Some((plugin, _)) = links.iter().find(idle) {
            let message = format!(
                "`{}` composes, and has no part in a run; it is for `host merge --composer`",
                plugin.descriptor().name
            );
            return Err(Error::setting("strategy", message));
        }
        if !links.iter().any(|(plugin, _)| plugin.capabilities().strategy) {
            let names: Vec<_> = links.iter().map(|(p, _)| p.descriptor().name.as_str()).collect();
            let message = format!("{} plans nothing; add a strategy, e.g. `--strategy lora`", names.join(", "));
            return Err(Error::setting("strategy", message));
        }
        Ok(Self { links })
    }

    /// Asks every plugin: what selectors choose is shown to those after them, and left in `surroundings`; what strategies plan is put
    /// together.
    pub(crate) fn plan(&self, base: &Base, surroundings: &mut Surroundings) -> Result<Plan, Error> {
        let (mut raw, mut planned) = (RawPlan::default(), 0);
        for (plugin, strategy) in &self.links {
            let config = Value::Object(strategy.config.clone());
            if plugin.capabilities().selector {
                surroundings.choices = Some(plugin.select(surroundings, &config)?);
            }
            if plugin.capabilities().strategy {
                raw.extend(plugin.plan(surroundings, &config)?);
                planned += 1;
            }
        }
        if planned > 1 {
            // What each says of its own part in PEFT is true of none of the whole.
            raw.metadata.retain(|(key, _)| !key.starts_with("peft"));
        }
        let claimed = |id: u32, raw: &RawPlan| raw.trainable.iter().any(|t| t.param == id);
        for ParamId(param) in base.always_trained() {
            if !claimed(param, &raw) {
                raw.trainable.push(RawTrainable { param, group: None });
            }
        }
        Plan::validate(&raw, &base.manifest).map_err(|problems| Error::Plan { strategy: self.name(), problems })
    }

    /// The plugins that steer a run, with their settings.
    pub(crate) fn controllers(&self) -> impl Iterator<Item = (Arc<Plugin>, Value)> {
        let steering = self.links.iter().filter(|(plugin, _)| plugin.capabilities().controller);
        steering.map(|(plugin, strategy)| (Arc::clone(plugin), Value::Object(strategy.config.clone())))
    }

    /// The plugins' names, joined.
    pub(crate) fn name(&self) -> String {
        let names: Vec<_> = self.links.iter().map(|(plugin, _)| plugin.descriptor().name.as_str()).collect();
        names.join("+")
    }

    pub(crate) fn records(&self) -> Vec<StrategyRecord> {
        self.links.iter().map(|(plugin, strategy)| StrategyRecord::new(plugin, strategy)).collect()
    }
}

/// Puts settings as given on a command line, `rank=16` or `lora.rank=16`, to the plugins that know them.
///
/// # Errors
/// A plugin cannot be loaded; no plugin knows a setting, or more than one does and none is named.
pub(crate) fn assign_settings(
    host: &PluginHost,
    strategies: &mut [StrategyConfig],
    settings: Vec<(String, Value)>,
) -> Result<(), Error> {
    if settings.is_empty() {
        return Ok(());
    }
    let plugins = strategies.iter().map(|s| builtin::load(host, &s.path)).collect::<Result<Vec<_>, _>>()?;
    for (key, value) in settings {
        let fail = |message: String| Err(Error::setting(format!("--set {key}"), message));
        match Owner::of(&plugins, &key) {
            Owner::One(index, name) => strategies[index].config.insert(name, value),
            Owner::Several(names) => return fail(several(&names)),
            Owner::Nobody => {
                let all: Vec<String> = plugins.iter().flat_map(|plugin| settings_of(plugin)).collect();
                let near = nearest(&key, all.iter().map(String::as_str));
                let hint = near.map_or_else(String::new, |near| format!("; did you mean {near}?"));
                return fail(format!("no strategy has this setting{hint} (there are: {})", all.join(", ")));
            }
        };
    }
    Ok(())
}

/// That a name alone does not say whose setting it is.
pub(crate) fn several(names: &[String]) -> String {
    format!("more than one strategy has it; say {}", names.join(" or "))
}

/// Names of the settings that a plugin's schema lists.
pub(crate) fn settings_of(plugin: &Plugin) -> Vec<String> {
    let properties = plugin.descriptor().config_schema.get("properties").and_then(Value::as_object);
    properties.map(|m| m.keys().cloned().collect()).unwrap_or_default()
}

/// Whose a setting is.
pub(crate) enum Owner {
    /// That plugin's, by this name.
    One(usize, String),
    /// One of several plugins'; the names that tell them apart.
    Several(Vec<String>),
    /// No plugin's.
    Nobody,
}

impl Owner {
    /// Of a setting by its name, or by a plugin's name and its own.
    pub(crate) fn of(plugins: &[Arc<Plugin>], key: &str) -> Self {
        if let Some((prefix, rest)) = key.split_once('.')
            && let Some(index) = plugins.iter().position(|p| p.descriptor().name == prefix)
        {
            return Self::One(index, rest.to_owned());
        }
        let has = |&i: &usize| settings_of(&plugins[i]).iter().any(|k| k == key);
        let knowing: Vec<usize> = (0..plugins.len()).filter(has).collect();
        match knowing.as_slice() {
            [] => Self::Nobody,
            [index] => Self::One(*index, key.to_owned()),
            all => Self::Several(all.iter().map(|&i| format!("{}.{key}", plugins[i].descriptor().name)).collect()),
        }
    }
}
