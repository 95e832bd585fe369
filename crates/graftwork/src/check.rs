//! A run before it runs: what would train, on what, in how much memory.

use std::path::PathBuf;

use graftwork_data::{DataStats, Dataset, Preview};
use graftwork_plan::{Adapter, Manifest, ParamId, Plan, Summary};
use graftwork_train::TrainOptions;
use serde::Serialize;

use crate::estimate::Memory;
use crate::run::{tokenise, warn_if_large};
use crate::{Control, Error, Event, Host, MemoryEstimate, RunConfig};

/// What a run would do.
#[derive(Clone, Debug, Serialize)]
pub struct CheckReport {
    /// The model's folder.
    pub model: PathBuf,
    /// Names of the strategies.
    pub strategy: String,
    /// Counts of the plan.
    pub plan: Summary,
    /// BLAKE3 of the plan.
    pub plan_hash: String,
    /// Parameters that train in place.
    pub trained: Vec<String>,
    /// The adapters.
    pub adapters: Vec<AdapterReport>,
    /// The data.
    pub data: DataStats,
    /// The first samples, with what the loss counts.
    pub preview: Vec<Preview>,
    /// Updates of the run.
    pub steps: u64,
    /// Peak learning rate.
    pub learning_rate: f64,
    /// Memory of an update.
    pub memory: MemoryEstimate,
    /// Memory that a run may take in bytes, where the system says: what is free on a GPU; all that the machine has, with swap.
    pub device_memory: Option<u64>,
    /// Whether blocks are computed again in the backward pass, which the estimate takes into account.
    pub recompute: bool,
}

/// One adapter, for a person.
#[derive(Clone, Debug, Serialize)]
pub struct AdapterReport {
    /// The adapted parameter.
    pub target: String,
    /// Name of the method.
    pub kind: String,
    /// The weight that the layer behaves as.
    pub formula: String,
    /// Its tensors, `name [shape]`.
    pub tensors: Vec<String>,
    /// Weights that it adds.
    pub parameters: u64,
}

fn name(manifest: &Manifest, id: ParamId) -> String {
    manifest.get(id).map(|p| p.name.clone()).unwrap_or_default()
}

/// The parameters that train in place, for a person.
pub(crate) fn trained(plan: &Plan, manifest: &Manifest) -> Vec<String> {
    plan.trainable().iter().map(|t| name(manifest, t.param)).collect()
}

/// The adapters, for a person.
pub(crate) fn adapters(plan: &Plan, manifest: &Manifest) -> Vec<AdapterReport> {
    let report = |a: &Adapter| {
        let names: Vec<_> = a.tensors.iter().map(|t| t.name.as_str()).collect();
        AdapterReport {
            target: name(manifest, a.target),
            kind: a.kind.clone(),
            formula: a.effective.formula(&names),
            tensors: a.tensors.iter().map(|t| format!("{} {}", t.name, t.shape)).collect(),
            parameters: a.parts().map(|t| t.shape.elements()).sum(),
        }
    };
    plan.adapters().iter().map(report).collect()
}

/// Updates of a run on that data.
pub(crate) fn updates(options: &TrainOptions, dataset: &Dataset) -> u64 {
    let batches = dataset.rows_per_epoch().div_ceil(options.batch_size.get());
    options.lengths(batches.div_ceil(options.gradient_accumulation.get()) as u64).0
}

impl Host {
    /// Plans and reads the data, shows `preview` samples, trains nothing and writes nothing.
    ///
    /// # Errors
    /// Whatever would stop the run before its first update.
    ///
    /// # Examples
    /// ```no_run
    /// use graftwork::{Host, RunConfig};
    ///
    /// # fn main() -> Result<(), graftwork::Error> {
    /// let config = RunConfig::from_file("run.toml".as_ref())?;
    /// let report = Host::new()?.check(&config, 1, &mut |_| {})?;
    /// println!("{} of {} weights train", report.plan.trainable_parameters, report.plan.total_parameters);
    /// println!("{} updates, each in {} MiB", report.steps, report.memory.total >> 20);
    /// for piece in report.preview.iter().flat_map(|sample| &sample.pieces) {
    ///     print!("{}", piece.text);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn check(
        &self,
        config: &RunConfig,
        preview: usize,
        on_event: &mut dyn FnMut(Event),
    ) -> Result<CheckReport, Error> {
        let prepared = self.prepare(config, &Control::new(), on_event)?;
        let dataset = tokenise(&prepared, &Control::new(), on_event)?;
        let (config, base, plan) = (&prepared.config, &prepared.base, &prepared.plan);
        let options = config.train_options(plan.is_full())?;
        let steps = updates(&options, &dataset);
        let (stats, memory) = (dataset.stats(), Memory::of_run(&prepared, &dataset)?);
        warn_if_large(&memory, config.device, on_event);
        Ok(CheckReport {
            model: base.record.clone(),
            strategy: prepared.chain.name(),
            plan: plan.summary(&base.manifest),
            plan_hash: plan.hash(),
            trained: trained(plan, &base.manifest),
            adapters: adapters(plan, &base.manifest),
            data: stats.clone(),
            preview: dataset.preview(base.tokenizer()?, preview)?,
            steps,
            learning_rate: options.learning_rate,
            memory: memory.estimate,
            device_memory: memory.available,
            recompute: memory.recompute,
        })
    }
}
