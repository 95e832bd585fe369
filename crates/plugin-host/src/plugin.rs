//! A plugin that was loaded and has said what it is.

use std::sync::Arc;

use graftwork_plan::{Choice, Decision, Manifest, ParamId, RawGraph, RawPlan, Report, Source};
use serde_json::Value;

use crate::call::call;
use crate::contract::{self, composer, controller, plugin, selector, strategy};
use crate::error::{PluginError, Reason};
use crate::host::Shared;
use crate::limits::Limits;
use crate::load::Loaded;
use crate::schema::Schema;
use crate::surroundings::Surroundings;
use crate::text::shown;
use crate::usage::{Linked, Usage};

/// What a plugin says of itself.
#[derive(Clone, Debug, PartialEq)]
pub struct Descriptor {
    /// Name, by which its settings are addressed.
    pub name: String,
    /// Version.
    pub version: String,
    /// What it does, in a line.
    pub summary: String,
    /// JSON Schema of its settings.
    pub config_schema: Value,
}

/// What a plugin can do: which optional interfaces it exports.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Capabilities {
    /// Declares what trains.
    pub strategy: bool,
    /// Chooses targets for the strategies after it.
    pub selector: bool,
    /// Composes trained adapters.
    pub composer: bool,
    /// Steers a run.
    pub controller: bool,
}

/// A loaded plugin. Every call runs in an instance of its own, so that calls cannot depend on one another.
pub struct Plugin {
    shared: Arc<Shared>,
    linked: Linked,
    strategy: Option<strategy::GuestIndices>,
    selector: Option<selector::GuestIndices>,
    composer: Option<composer::GuestIndices>,
    controller: Option<controller::GuestIndices>,
    capabilities: Capabilities,
    contract: String,
    imports: Vec<String>,
    digest: String,
    descriptor: Descriptor,
    schema: Schema,
}

impl Plugin {
    pub(crate) fn open(shared: Arc<Shared>, file: &str, loaded: Loaded, digest: String) -> Result<Self, PluginError> {
        let Loaded { linked, exports, imports } = loaded;
        let lacking = |e: wasmtime::Error| lacking(file, &e);
        let capabilities = Capabilities {
            strategy: exports.has("strategy"),
            selector: exports.has("selector"),
            composer: exports.has("composer"),
            controller: exports.has("controller"),
        };
        if capabilities == Capabilities::default() {
            let reason = "it can do nothing: it exports no strategy, selector, composer or controller".to_owned();
            return Err(PluginError::Refused { plugin: file.to_owned(), reason });
        }
        let find = capabilities.strategy.then(|| strategy::GuestIndices::new(&linked));
        let strategy = find.transpose().map_err(lacking)?;
        let find = capabilities.selector.then(|| selector::GuestIndices::new(&linked));
        let selector = find.transpose().map_err(lacking)?;
        let find = capabilities.composer.then(|| composer::GuestIndices::new(&linked));
        let composer = find.transpose().map_err(lacking)?;
        let find = capabilities.controller.then(|| controller::GuestIndices::new(&linked));
        let controller = find.transpose().map_err(lacking)?;
        let descriptor = describe(&shared, file, &linked)?;
        let schema = Schema::compile(&descriptor.name, &descriptor.config_schema, &shared.limits)?;
        let contract = exports.version.to_string();
        Ok(Self {
            shared,
            linked,
            strategy,
            selector,
            composer,
            controller,
            capabilities,
            contract,
            imports,
            digest,
            descriptor,
            schema,
        })
    }

    /// What it says of itself.
    #[must_use]
    pub fn descriptor(&self) -> &Descriptor {
        &self.descriptor
    }

    /// What it can do.
    #[must_use]
    pub fn capabilities(&self) -> Capabilities {
        self.capabilities
    }

    /// BLAKE3 of its bytes, in hexadecimal.
    #[must_use]
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// Version of the contract that it was built for.
    #[must_use]
    pub fn contract(&self) -> &str {
        &self.contract
    }

    /// The most that any one call has used so far.
    #[must_use]
    pub fn usage(&self) -> Usage {
        self.linked.usage()
    }

    /// The limits that its calls run under.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        &self.shared.limits
    }

    /// Interfaces that it imports.
    #[must_use]
    pub fn imports(&self) -> &[String] {
        &self.imports
    }

    /// Checks settings against the plugin's schema.
    ///
    /// # Errors
    /// The first setting that does not fit; for an unknown one, the names that are near.
    pub fn check_config(&self, config: &Value) -> Result<(), PluginError> {
        let bytes = config.to_string().len();
        let most = self.shared.limits.config_bytes;
        if bytes > most {
            let message = format!("the settings have {bytes} bytes, more than {most} (limit `config_bytes`)");
            return Err(PluginError::Config { plugin: self.descriptor.name.clone(), key: "*".to_owned(), message });
        }
        self.schema.check(&self.descriptor.name, config)
    }

    /// Asks for a plan. What comes back is not validated yet.
    ///
    /// # Errors
    /// It is no strategy, the settings do not fit, the plugin refuses, or the call breaks a limit.
    pub fn plan(&self, surroundings: &Surroundings, config: &Value) -> Result<RawPlan, PluginError> {
        let strategy = self.strategy.as_ref().ok_or_else(|| self.cannot("plan", "strategy"))?;
        self.check_config(config)?;
        let (name, config) = (&self.descriptor.name, config.to_string());
        let result = call(&self.shared, name, &self.linked, surroundings, "plan", |store, instance| {
            strategy.load(&mut *store, instance)?.call_plan(store, &config)
        })?;
        result.map(contract::raw_plan).map_err(|e| contract::guest_error(name, "plan", e))
    }

    /// Asks which parameters the strategies after it should adapt.
    ///
    /// # Errors
    /// It is no selector, the settings do not fit, the plugin refuses, the call breaks a limit, or what it chooses cannot be.
    pub fn select(&self, surroundings: &Surroundings, config: &Value) -> Result<Vec<Choice>, PluginError> {
        let selector = self.selector.as_ref().ok_or_else(|| self.cannot("select", "selector"))?;
        self.check_config(config)?;
        let (name, config) = (&self.descriptor.name, config.to_string());
        let result = call(&self.shared, name, &self.linked, surroundings, "select", |store, instance| {
            selector.load(&mut *store, instance)?.call_select(store, &config)
        })?;
        let choices = result.map_err(|e| contract::guest_error(name, "select", e))?;
        let choices: Vec<_> = choices.into_iter().map(contract::raw_choice).collect();
        Choice::check_all(&choices, &surroundings.manifest).map_err(|why| PluginError::Call {
            plugin: name.clone(),
            call: "select",
            reason: Reason::Malformed(why),
            last_log: None,
        })?;
        Ok(choices)
    }

    /// Asks how sources compose in one parameter. What comes back is not validated yet.
    ///
    /// # Errors
    /// It is no composer, the settings do not fit, the plugin refuses, or the call breaks a limit.
    pub fn compose(
        &self,
        surroundings: &Surroundings,
        target: ParamId,
        sources: &[Source],
        config: &Value,
    ) -> Result<RawGraph, PluginError> {
        let composer = self.composer.as_ref().ok_or_else(|| self.cannot("compose", "composer"))?;
        self.check_config(config)?;
        let (name, config) = (&self.descriptor.name, config.to_string());
        let sources: Vec<_> = sources.iter().map(contract::source).collect();
        let result = call(&self.shared, name, &self.linked, surroundings, "compose", |store, instance| {
            composer.load(&mut *store, instance)?.call_compose(store, target.0, &sources, &config)
        })?;
        result.map(contract::raw_graph).map_err(|e| contract::guest_error(name, "compose", e))
    }

    /// Asks what to do before the first update of a run.
    ///
    /// # Errors
    /// It is no controller, the settings do not fit, the plugin refuses, or the call or its answer breaks a limit.
    pub fn start(
        &self,
        surroundings: &Surroundings,
        config: &Value,
        total_steps: u64,
    ) -> Result<Decision, PluginError> {
        let controller = self.controller.as_ref().ok_or_else(|| self.cannot("start", "controller"))?;
        self.check_config(config)?;
        let (name, config) = (&self.descriptor.name, config.to_string());
        let result = call(&self.shared, name, &self.linked, surroundings, "start", |store, instance| {
            controller.load(&mut *store, instance)?.call_start(store, &config, total_steps)
        })?;
        self.decision("start", result)
    }

    /// Asks what to do after an update, with the state that it gave last.
    ///
    /// # Errors
    /// It is no controller, the plugin refuses, or the call or its answer breaks a limit.
    pub fn step(&self, surroundings: &Surroundings, state: &[u8], report: &Report) -> Result<Decision, PluginError> {
        let controller = self.controller.as_ref().ok_or_else(|| self.cannot("step", "controller"))?;
        let (name, report) = (&self.descriptor.name, contract::report(report));
        let result = call(&self.shared, name, &self.linked, surroundings, "step", |store, instance| {
            controller.load(&mut *store, instance)?.call_step(store, state, report)
        })?;
        self.decision("step", result)
    }

    fn decision(&self, call: &'static str, result: contract::Decided) -> Result<Decision, PluginError> {
        let (plugin, limits) = (&self.descriptor.name, &self.shared.limits);
        let decision = result.map_err(|e| contract::guest_error(plugin, call, e))?;
        let broken = |reason| PluginError::Call { plugin: plugin.clone(), call, reason, last_log: None };
        if decision.state.len() > limits.state_bytes {
            return Err(broken(Reason::State { bytes: limits.state_bytes }));
        }
        if decision.actions.len() > limits.actions {
            return Err(broken(Reason::Actions { most: limits.actions }));
        }
        Ok(contract::decision(decision))
    }

    fn cannot(&self, call: &str, interface: &str) -> PluginError {
        let reason = format!("it cannot be asked to `{call}`: it exports no interface `{interface}`");
        PluginError::Refused { plugin: self.descriptor.name.clone(), reason }
    }
}

fn lacking(file: &str, error: &wasmtime::Error) -> PluginError {
    let reason = format!("it lacks what the contract asks of it: {}", shown(&format!("{error:#}")));
    PluginError::Refused { plugin: file.to_owned(), reason }
}

fn describe(shared: &Shared, file: &str, linked: &Linked) -> Result<Descriptor, PluginError> {
    let indices = plugin::GuestIndices::new(linked).map_err(|e| lacking(file, &e))?;
    let manifest = Manifest { architecture: String::new(), config: Value::Null, params: Vec::new() };
    let nothing = Surroundings::of(Arc::new(manifest));
    let described = call(shared, file, linked, &nothing, "describe", |store, instance| {
        indices.load(&mut *store, instance)?.call_describe(store)
    })?;
    let malformed = |message: String| PluginError::Call {
        plugin: file.to_owned(),
        call: "describe",
        reason: Reason::Malformed(message),
        last_log: None,
    };
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    let most = shared.limits.name_bytes;
    if described.name.is_empty() || described.name.len() > most || !described.name.chars().all(plain) {
        return Err(malformed(format!(
            "its name, `{}`, must be 1 to {most} letters, digits, `-` or `_`",
            shown(&described.name)
        )));
    }
    let most = shared.limits.schema_bytes;
    if described.config_schema.len() > most {
        return Err(malformed(format!("its schema has more than {most} bytes (limit `schema_bytes`)")));
    }
    let config_schema = serde_json::from_str(&described.config_schema)
        .map_err(|e| malformed(format!("its schema of settings is no JSON: {e}")))?;
    let (version, summary) = (shown(&described.version), shown(&described.summary));
    Ok(Descriptor { name: described.name, version, summary, config_schema })
}
