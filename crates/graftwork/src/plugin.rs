//! A plugin looked at from outside, and tried on a model.

use std::path::{Path, PathBuf};

use graftwork_authoring::conformance::{self, Check};
use graftwork_authoring::{Builder, Language};
use graftwork_plan::Summary;
use graftwork_plugin_host::Limits;
use serde::Serialize;
use serde_json::Value;

use crate::conformance::on_weights;
use crate::{AdapterReport, CheckReport, Control, Error, Event, Host, RunConfig, StrategyConfig, builtin, check};

/// What a plugin says of itself and what it can do.
#[derive(Clone, Debug, Serialize)]
pub struct PluginReport {
    /// Its file, or `builtin:NAME` of one that is inside the program.
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

/// What was built.
#[derive(Clone, Debug, Serialize)]
pub struct BuildReport {
    /// The language that the plugin is written in.
    pub language: Language,
    /// The plugin's file.
    pub path: PathBuf,
    /// Bytes of the file.
    pub bytes: u64,
}

/// What a strategy decides for a model.
#[derive(Clone, Debug, Serialize)]
pub struct PlanReport {
    /// The model's folder.
    pub model: PathBuf,
    /// BLAKE3 of the plan.
    pub plan_hash: String,
    /// Counts.
    pub summary: Summary,
    /// Parameters that train in place.
    pub trained: Vec<String>,
    /// The adapters.
    pub adapters: Vec<AdapterReport>,
    /// The plan itself, as runs keep it.
    pub plan: Value,
}

impl Host {
    /// Loads a plugin and describes it.
    ///
    /// # Errors
    /// It is no plugin, or one for another contract, or it breaks a limit.
    ///
    /// # Examples
    /// ```
    /// use graftwork::Host;
    ///
    /// # fn main() -> Result<(), graftwork::Error> {
    /// let report = Host::new()?.inspect_plugin("lora".as_ref())?;
    /// assert_eq!(report.capabilities, ["strategy"]);
    /// assert_eq!(report.config_schema["properties"]["rank"]["type"], "integer");
    /// # Ok(())
    /// # }
    /// ```
    pub fn inspect_plugin(&self, path: &Path) -> Result<PluginReport, Error> {
        let plugin = builtin::load(&self.plugins, path)?;
        let capabilities = plugin.capabilities();
        let all = [
            ("strategy", capabilities.strategy),
            ("selector", capabilities.selector),
            ("composer", capabilities.composer),
            ("controller", capabilities.controller),
        ];
        let descriptor = plugin.descriptor();
        Ok(PluginReport {
            path: builtin::settled(path),
            bytes: builtin::bytes(path),
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

    /// Begins a plugin: a folder `name` below `into` that builds as it is. Gives the files that were written.
    ///
    /// # Errors
    /// The name is none for a plugin, or the folder is there already.
    ///
    /// # Examples
    /// ```no_run
    /// use graftwork::{Host, Language};
    ///
    /// # fn main() -> Result<(), graftwork::Error> {
    /// Host::new_plugin("my-method", Language::Rust, "plugins".as_ref())?;
    /// let built = Host::new()?.build_plugin("plugins/my-method".as_ref(), &mut |_| {})?;
    /// println!("{}: {} bytes", built.path.display(), built.bytes);
    /// # Ok(())
    /// # }
    /// ```
    pub fn new_plugin(name: &str, language: Language, into: &Path) -> Result<Vec<PathBuf>, Error> {
        Ok(graftwork_authoring::new(name, language, into)?)
    }

    /// Builds the plugin in a folder to `NAME.wasm` there, and loads it.
    ///
    /// # Errors
    /// A tool is missing, the compiler fails, or what it gives is no plugin; a file that was built before stays.
    pub fn build_plugin(&self, folder: &Path, on_event: &mut dyn FnMut(Event)) -> Result<BuildReport, Error> {
        on_event(Event::Working { what: "building the plugin" });
        let built = Builder::new(&self.plugins).build(folder)?;
        Ok(BuildReport { language: built.language, path: built.file, bytes: built.bytes })
    }

    /// Tries what every plugin has to hold: that it answers for any model and any settings of its schema, the same each time and within
    /// the limits; and of a strategy, on the model or the one that comes with Graftwork, that training starts from the model as it is and
    /// that its merge is its forward pass.
    ///
    /// # Errors
    /// It cannot be loaded, or the model cannot be used. What a plugin does wrong is a check that it has not passed.
    ///
    /// # Examples
    /// ```no_run
    /// use graftwork::Host;
    ///
    /// # fn main() -> Result<(), graftwork::Error> {
    /// for check in Host::new()?.test_plugin("my-method.wasm".as_ref(), None, Vec::new(), &mut |_| {})? {
    ///     println!("{check:?}");
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn test_plugin(
        &self,
        path: &Path,
        model: Option<PathBuf>,
        settings: Vec<(String, Value)>,
        on_event: &mut dyn FnMut(Event),
    ) -> Result<Vec<Check>, Error> {
        let plugin = builtin::load(&self.plugins, path)?;
        let mut checks = conformance::run_told(&plugin, &mut |what| on_event(Event::Working { what }));
        if !plugin.capabilities().strategy {
            return Ok(checks);
        }
        let config = self.plugin_run(path, model, settings)?;
        match self.prepare(&config, &Control::new(), on_event) {
            Ok(prepared) => checks.extend(on_weights(&prepared, on_event)?),
            Err(error) => checks.push(Check::new("plans for the model", Err(error.to_string()))),
        }
        Ok(checks)
    }

    /// Lets a strategy plan with these settings, on this model or the one that comes with Graftwork.
    ///
    /// # Errors
    /// Whatever keeps it from planning: the load, a limit, its settings, its plan.
    ///
    /// # Examples
    /// ```no_run
    /// use graftwork::Host;
    ///
    /// # fn main() -> Result<(), graftwork::Error> {
    /// let settings = vec![("rank".to_owned(), 4.into())];
    /// let report = Host::new()?.plan_plugin("lora".as_ref(), None, settings, &mut |_| {})?;
    /// println!("{}", report.plan);
    /// # Ok(())
    /// # }
    /// ```
    pub fn plan_plugin(
        &self,
        path: &Path,
        model: Option<PathBuf>,
        settings: Vec<(String, Value)>,
        on_event: &mut dyn FnMut(Event),
    ) -> Result<PlanReport, Error> {
        let prepared = self.prepare(&self.plugin_run(path, model, settings)?, &Control::new(), on_event)?;
        let (plan, manifest) = (&prepared.plan, &prepared.base.manifest);
        Ok(PlanReport {
            model: prepared.base.record.clone(),
            plan_hash: plan.hash(),
            summary: plan.summary(manifest),
            trained: check::trained(plan, manifest),
            adapters: check::adapters(plan, manifest),
            plan: serde_json::to_value(plan.to_raw()).unwrap_or_default(),
        })
    }

    fn plugin_run(
        &self,
        path: &Path,
        model: Option<PathBuf>,
        settings: Vec<(String, Value)>,
    ) -> Result<RunConfig, Error> {
        let mut config = RunConfig { model, strategy: vec![StrategyConfig::new(path)], ..RunConfig::default() };
        self.assign_settings(&mut config.strategy, settings)?;
        Ok(config)
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
        self.check(&self.plugin_run(path, model, settings)?, 0, on_event)
    }
}
