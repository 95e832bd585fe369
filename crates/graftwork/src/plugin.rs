//! A plugin looked at from outside, and tried on a model.

use std::path::{Path, PathBuf};

use graftwork_plugin_host::Limits;
use serde::Serialize;
use serde_json::Value;

use crate::{CheckReport, Error, Event, Host, RunConfig, StrategyConfig};

/// What a plugin says of itself and what it can do.
#[derive(Clone, Debug, Serialize)]
pub struct PluginReport {
    /// Its file.
    pub path: PathBuf,
    /// Bytes of the file.
    pub bytes: u64,
    /// BLAKE3 of the file.
    pub blake3: String,
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// What it does, in a line.
    pub summary: String,
    /// Version of the contract that it was built for.
    pub contract: String,
    /// What it exports: `strategy`, `selector`, `composer`, `controller`.
    pub capabilities: Vec<&'static str>,
    /// What it imports from the host.
    pub imports: Vec<String>,
    /// JSON Schema of its settings.
    pub config_schema: Value,
    /// The limits that it runs under.
    pub limits: Limits,
}

impl Host {
    /// Loads a plugin and describes it.
    ///
    /// # Errors
    /// It is no plugin, or one for another contract, or it breaks a limit.
    pub fn inspect_plugin(&self, path: &Path) -> Result<PluginReport, Error> {
        let plugin = self.plugins.load(path)?;
        let capabilities = plugin.capabilities();
        let all = [
            ("strategy", capabilities.strategy),
            ("selector", capabilities.selector),
            ("composer", capabilities.composer),
            ("controller", capabilities.controller),
        ];
        let descriptor = plugin.descriptor();
        Ok(PluginReport {
            path: path.to_owned(),
            bytes: std::fs::metadata(path).map_or(0, |m| m.len()),
            blake3: plugin.digest().to_owned(),
            name: descriptor.name.clone(),
            version: descriptor.version.clone(),
            summary: descriptor.summary.clone(),
            contract: plugin.contract().to_owned(),
            capabilities: all.into_iter().filter(|(_, has)| *has).map(|(name, _)| name).collect(),
            imports: plugin.imports().to_vec(),
            config_schema: descriptor.config_schema.clone(),
            limits: self.plugins.limits().clone(),
        })
    }

    /// Loads a plugin and lets it plan with these settings, on this model or the one that comes with Graftwork.
    ///
    /// # Errors
    /// Whatever keeps it from training that model: the load, a limit, its settings, its plan.
    pub fn check_plugin(
        &self,
        path: &Path,
        model: Option<PathBuf>,
        settings: Vec<(String, Value)>,
        on_event: &mut dyn FnMut(Event),
    ) -> Result<CheckReport, Error> {
        let mut config = RunConfig { model, strategy: vec![StrategyConfig::new(path)], ..RunConfig::default() };
        self.assign_settings(&mut config.strategy, settings)?;
        self.check(&config, 0, on_event)
    }
}
