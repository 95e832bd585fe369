//! The host: what an application holds.

use std::sync::Arc;

use graftwork_plan::Plan;
use graftwork_plugin_host::{Limits, PluginHost, Surroundings};
use graftwork_store::ModelDir;
use serde_json::Value;

use crate::base::Base;
use crate::chain::{Chain, assign_settings};
use crate::statistics::WeightStats;
use crate::steering::Controllers;
use crate::task::TaskRecord;
use crate::{Control, Error, Event, RunConfig, StrategyConfig, builtin, default_base, hub};

/// Loads plugins, plans, trains, evaluates, merges. Holds no model between calls.
pub struct Host {
    pub(crate) plugins: PluginHost,
}

/// What every command that trains or only checks starts from.
pub(crate) struct Prepared {
    pub(crate) config: RunConfig,
    /// The same, by the names by which model and data are found again.
    pub(crate) record: RunConfig,
    pub(crate) base: Arc<Base>,
    pub(crate) chain: Chain,
    pub(crate) plan: Arc<Plan>,
    /// What every plugin of the run sees.
    surroundings: Surroundings,
}

impl Prepared {
    /// The run's controllers, before they are asked.
    pub(crate) fn controllers(&self) -> Controllers {
        Controllers::new(self.chain.controllers(), self.surroundings.clone())
    }
}

impl Host {
    /// A host with the default limits on plugins.
    ///
    /// # Errors
    /// The WebAssembly runtime does not work on this machine.
    pub fn new() -> Result<Self, Error> {
        Self::with_limits(Limits::default())
    }

    /// A host with other limits on plugins. What plugins compile to is kept in the user's cache.
    ///
    /// # Errors
    /// The WebAssembly runtime does not work on this machine.
    pub fn with_limits(limits: Limits) -> Result<Self, Error> {
        Ok(Self { plugins: PluginHost::cached(limits, &default_base::cache().join("graftwork/plugins"))? })
    }

    /// Puts settings such as `rank=16` or `lora.rank=16` to the plugins that know them.
    ///
    /// # Errors
    /// No plugin knows a setting, or more than one does and none is named.
    pub fn assign_settings(&self, plugins: &mut [StrategyConfig], settings: Vec<(String, Value)>) -> Result<(), Error> {
        assign_settings(&self.plugins, plugins, settings)
    }

    /// Opens the model, loads the strategies and lets them plan. Plugins come first: their errors are the quickest.
    pub(crate) fn prepare(
        &self,
        config: &RunConfig,
        control: &Control,
        on_event: &mut dyn FnMut(Event),
    ) -> Result<Prepared, Error> {
        let mut config = config.clone();
        config.strategy.iter_mut().for_each(|strategy| strategy.path = builtin::settled(&strategy.path));
        on_event(Event::Working { what: "loading the strategy" });
        let chain = Chain::load(&self.plugins, &config.strategy)?;
        let embedded = default_base::fill(&mut config)?;
        let Some(given) = config.model.clone() else { return Err(Error::setting("model", "none is given")) };
        on_event(Event::Working { what: "opening the model" });
        let found = hub::model(&given, control, on_event)?;
        config.model = Some(found.record.clone());
        let mut record = hub::data(&mut config, control, on_event)?;
        control.go_on()?;
        let dir = ModelDir::open(&found.folder)?;
        let task = TaskRecord::of_run(&config, dir.config(), dir.path())?;
        if config.sample.is_some() {
            task.continues_texts("sample")?;
        }
        let base = Arc::new(Base::new(dir, found.record, task, config.seed)?.at(config.data.now));
        if let Some(sample) = &config.sample {
            base.fits("sample", base.tokenizer()?.encode(sample, true)?.len())?;
        }
        config.settle(&base)?;
        record.settle(&base)?;
        on_event(Event::Model {
            path: base.record.clone(),
            architecture: base.manifest.architecture.clone(),
            parameters: base.manifest.total_parameters(),
        });
        let new: Vec<_> =
            base.new_parameters().filter_map(|id| base.manifest.get(id)).map(|p| p.name.as_str()).collect();
        if !new.is_empty() {
            let message = format!("new for {}, and trained whole: {}", base.task.kind, new.join(", "));
            on_event(Event::Warning { message });
        }
        if !base.unused.is_empty() {
            let shown: Vec<_> = base.unused.iter().take(5).cloned().collect();
            let message =
                format!("{} tensors of the model folder are not used: {}", base.unused.len(), shown.join(", "));
            on_event(Event::Warning { message });
        }
        on_event(Event::Working { what: "planning" });
        let stats = Arc::new(WeightStats::new(Arc::clone(&base), config.device.open()?));
        let mut surroundings =
            Surroundings { stats, seed: config.seed, ..Surroundings::of(Arc::clone(&base.manifest)) };
        let plan = chain.plan(&base, &mut surroundings)?;
        control.go_on()?;
        on_event(Event::Plan(plan.summary(&base.manifest)));
        if embedded {
            let rate = default_base::learning_rate(plan.is_full());
            config.train.learning_rate.get_or_insert(rate);
            record.train.learning_rate.get_or_insert(rate);
        }
        Ok(Prepared { config, record, base, chain, plan: Arc::new(plan), surroundings })
    }
}
