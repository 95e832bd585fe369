//! What a plugin has to pass before anybody trains with it: checks that need no weights.
//!
//! A plugin is asked about models of many kinds and sizes, with its defaults and with hundreds of settings made from its
//! schema. What it answers has to be valid and the same each time; what it refuses, it has to refuse with a reason. A check
//! that fails says what was asked and what the plugin said.

mod answers;
mod fuzz;
mod schema;
mod steering;

use std::collections::BTreeMap;
use std::sync::Arc;

use graftwork_plan::{Choice, Manifest, Role};
use graftwork_plugin_host::{Plugin, Surroundings};
use serde::Serialize;
use serde_json::Value;

use crate::models;
use answers::{Answer, ask, surroundings};

/// The result of one check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Check {
    /// What was checked.
    pub name: &'static str,
    /// Whether the plugin passed.
    pub passed: bool,
    /// What was found, or what is wrong.
    pub detail: String,
}

impl Check {
    /// A check with what was found, or what is wrong.
    #[must_use]
    pub fn new(name: &'static str, outcome: Result<String, String>) -> Self {
        let passed = outcome.is_ok();
        Self { name, passed, detail: outcome.unwrap_or_else(|wrong| wrong) }
    }
}

/// Runs every check that fits what the plugin exports; none after one that leaves nothing to check.
#[must_use]
pub fn run(plugin: &Plugin) -> Vec<Check> {
    run_told(plugin, &mut |_| {})
}

/// As [`run`]; `told` hears of each check as it begins.
#[must_use]
pub fn run_told(plugin: &Plugin, told: &mut dyn FnMut(&'static str)) -> Vec<Check> {
    let mut checks = Vec::new();
    let mut check = |name, try_it: &dyn Fn() -> Result<String, String>| {
        told(name);
        checks.push(Check::new(name, try_it()));
        checks.last().is_some_and(|check| check.passed)
    };
    check("describes itself", &|| description(plugin));
    let config = match schema::base_config(plugin) {
        Ok(config) => config,
        Err(wrong) => {
            check("schema of settings", &|| Err(wrong.clone()));
            return checks;
        }
    };
    check("schema of settings", &|| schema(plugin, &config));
    let capabilities = plugin.capabilities();
    if !check("answers for every kind of model", &|| every_model(plugin, &config)) {
        // All that follows would fail for the same reason, perhaps each time after the full time of a call.
        return checks;
    }
    check("gives the same answer each time", &|| determinism(plugin, &config));
    if capabilities.strategy {
        check("valid after a selector", &|| selection(plugin, &config));
    }
    if capabilities.composer {
        check("composes one, two and three sources", &|| steering::compositions(plugin, &config));
    }
    if capabilities.controller {
        check("steers two runs of 200 updates alike", &|| steering::runs(plugin, &config));
    }
    check("settings that the schema admits", &|| fuzz::admitted(plugin, &config));
    check("settings that make no sense", &|| fuzz::nonsense(plugin, &config));
    check("models of any size", &|| fuzz::sizes(plugin, &config));
    check("stays within its limits", &|| Ok(usage(plugin)));
    checks
}

fn description(plugin: &Plugin) -> Result<String, String> {
    let descriptor = plugin.descriptor();
    for (what, text) in [("version", &descriptor.version), ("summary", &descriptor.summary)] {
        if text.trim().is_empty() || text.contains('\n') {
            return Err(format!("its {what}, {text:?}, has to be one line that is not empty"));
        }
    }
    Ok(format!("{} {}: {}", descriptor.name, descriptor.version, descriptor.summary))
}

/// The default that the schema tells of a setting has to be one that it admits.
fn schema(plugin: &Plugin, base: &Value) -> Result<String, String> {
    let schema = &plugin.descriptor().config_schema;
    if schema["type"] != "object" {
        return Err("its `type` has to be `object`: settings are a JSON object".to_owned());
    }
    let nothing = serde_json::Map::new();
    let properties = schema["properties"].as_object().unwrap_or(&nothing);
    for (key, property) in properties {
        let Some(default) = property.get("default") else { continue };
        let mut config = base.clone();
        config[key] = default.clone();
        plugin.check_config(&config).map_err(|e| format!("the default of `{key}` is refused by the schema: {e}"))?;
    }
    let undescribed: Vec<&str> =
        properties.iter().filter(|(_, p)| p.get("description").is_none()).map(|(key, _)| key.as_str()).collect();
    match undescribed[..] {
        [] => Ok(format!("settings: {}, each with a description", properties.len())),
        _ => Err(format!("these settings have no `description`: {}", undescribed.join(", "))),
    }
}

fn every_model(plugin: &Plugin, config: &Value) -> Result<String, String> {
    let (mut answered, mut refused) = (0, BTreeMap::new());
    for (name, model) in models::all() {
        match ask(plugin, &surroundings(&model), config).map_err(|wrong| format!("{name}: {wrong}"))? {
            Answer::Given(_) => answered += 1,
            Answer::Refused(why) => drop(refused.insert(name, why)),
        }
    }
    if answered == 0 {
        let (name, why) = refused.pop_first().unwrap_or_default();
        return Err(format!("with {config} it refuses every model; of {name} it says: {why}"));
    }
    let refusals: String = refused.iter().map(|(name, why)| format!("; refuses {name}: {why}")).collect();
    Ok(format!("{answered} of {} models, with {config}{refusals}", answered + refused.len()))
}

/// Each call runs in an instance of its own, so that nothing but what it is asked can make a difference.
fn determinism(plugin: &Plugin, config: &Value) -> Result<String, String> {
    for (name, model) in models::all() {
        let [first, second] = [(); 2].map(|()| ask(plugin, &surroundings(&model), config));
        if first? != second? {
            return Err(format!("{name}: two calls with the same model, settings and seed gave two answers"));
        }
    }
    Ok("two calls, two instances, one answer".to_owned())
}

/// A selector before it may choose any layers, and the rank of each.
fn selection(plugin: &Plugin, config: &Value) -> Result<String, String> {
    let (mut followed, mut ignored, mut refused) = (0, 0, 0);
    for (name, model) in models::all() {
        let around = Surroundings { choices: Some(choices(&model)), ..surroundings(&model) };
        match ask(plugin, &around, config).map_err(|wrong| format!("{name}, after a selector: {wrong}"))? {
            Answer::Refused(_) => refused += 1,
            given if given == ask(plugin, &surroundings(&model), config)? => ignored += 1,
            Answer::Given(_) => followed += 1,
        }
    }
    Ok(format!("{followed} selections followed, {ignored} without effect, {refused} refused with a reason"))
}

fn choices(model: &Arc<Manifest>) -> Vec<Choice> {
    let linear = model.iter().filter(|(_, p)| p.role == Role::Linear);
    let choice = |(i, id): (usize, u32)| Choice { param: id, rank: (i % 2 == 0).then_some(1), alpha: None };
    linear.step_by(2).map(|(id, _)| id.0).enumerate().map(choice).collect()
}

fn usage(plugin: &Plugin) -> String {
    let (used, limits) = (plugin.usage(), plugin.limits());
    let percent = |used: u64, most: u64| 100.0 * used as f64 / most as f64;
    format!(
        "at most {} instructions in a call ({:.2} % of `fuel`) and {} KiB of memory ({:.1} % of `memory_bytes`)",
        used.fuel,
        percent(used.fuel, limits.fuel),
        used.memory_bytes >> 10,
        percent(used.memory_bytes, limits.memory_bytes)
    )
}
