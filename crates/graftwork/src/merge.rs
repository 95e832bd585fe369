//! Folds adapters into their base, or together: a model that needs no adapter, or one adapter of several.

use std::path::PathBuf;

use graftwork_plan::Dtype;
use graftwork_store::{Overwrite, WriteOptions};
use serde::Serialize;

use crate::composition::{Composition, MergeSource};
use crate::eval::open_base;
use crate::mixed::{Mixed, Truncation};
use crate::sources::{must_have_the_classes_of, must_share_a_base};
use crate::{Control, DeviceChoice, Error, Event, Host, StrategyConfig, memory, save};

/// What to merge.
#[derive(Clone, Debug)]
pub struct MergeRequest {
    /// Base model; the one that the first adapter was trained on if not given.
    pub model: Option<PathBuf>,
    /// Adapters, runs, checkpoints, or models that were trained whole.
    pub sources: Vec<MergeSource>,
    /// Plugin that composes them; if not given, each weight becomes the base's and the weighted sum of what the sources change in it.
    pub composer: Option<StrategyConfig>,
    /// Seed of the composer's random draws.
    pub seed: u64,
    /// What comes of it.
    pub output: MergeOutput,
    /// Folder of the result.
    pub out: PathBuf,
    /// Whether what is at `out` may be replaced.
    pub overwrite: bool,
    /// Where to compute.
    pub device: DeviceChoice,
}

/// What comes of a merge.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum MergeOutput {
    /// A model.
    Model {
        /// Type of the weights; the base's own if not given.
        dtype: Option<Dtype>,
        /// The most bytes that one file of weights may have; one file for all if not given.
        max_shard_bytes: Option<u64>,
    },
    /// An adapter that computes the composition from its sources' tensors.
    Adapter,
    /// A LoRA adapter.
    Lora {
        /// Its rank; if not given, the sum of the sources' ranks, which leaves nothing out of a sum.
        rank: Option<u64>,
    },
}

impl MergeRequest {
    /// An adapter folded into its base, in the base's own types.
    #[must_use]
    pub fn new(adapter: impl Into<PathBuf>, out: impl Into<PathBuf>) -> Self {
        Self {
            model: None,
            sources: vec![MergeSource { path: adapter.into(), weight: 1.0 }],
            composer: None,
            seed: 0,
            output: MergeOutput::Model { dtype: None, max_shard_bytes: None },
            out: out.into(),
            overwrite: false,
            device: DeviceChoice::Cpu,
        }
    }
}

/// What was merged.
#[derive(Clone, Debug, Serialize)]
pub struct MergeReport {
    /// The base model.
    pub model: PathBuf,
    /// The sources, by the names that the composer was told.
    pub sources: Vec<String>,
    /// The result.
    pub out: PathBuf,
    /// Parameters that changed.
    pub changed: usize,
    /// Weights of the model in all.
    pub parameters: u64,
    /// The most memory that the process has held, where the system says.
    pub peak_memory_bytes: Option<u64>,
    /// What a LoRA leaves out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub truncation: Option<Truncation>,
}

impl Host {
    /// Composes what the sources change in their base, by the same expressions that they trained with, one parameter at a time: of a
    /// model no more is in memory at once than a few copies of its largest weight.
    ///
    /// # Errors
    /// The model, a source or the composer cannot be used, or the folder cannot be written; then there is no folder.
    ///
    /// # Examples
    /// ```no_run
    /// use graftwork::{Host, MergeOutput, MergeRequest, MergeSource, StrategyConfig};
    ///
    /// # fn main() -> Result<(), graftwork::Error> {
    /// let host = Host::new()?;
    /// // An adapter and its base as one model.
    /// host.merge(&MergeRequest::new("runs/lora-1", "merged"), &mut |_| {})?;
    /// // Two adapters as one, by TIES.
    /// let source = |path: &str, weight| MergeSource { path: path.into(), weight };
    /// let request = MergeRequest {
    ///     sources: vec![source("runs/lora-1", 0.7), source("runs/lora-2", 0.3)],
    ///     composer: Some(StrategyConfig::new("ties")),
    ///     output: MergeOutput::Lora { rank: Some(16) },
    ///     ..MergeRequest::new("runs/lora-1", "both")
    /// };
    /// println!("{:?}", host.merge(&request, &mut |_| {})?.truncation);
    /// # Ok(())
    /// # }
    /// ```
    pub fn merge(&self, request: &MergeRequest, on_event: &mut dyn FnMut(Event)) -> Result<MergeReport, Error> {
        let Some(first) = request.sources.first() else {
            return Err(Error::setting("adapter", "none is given; name what to merge"));
        };
        let paths: Vec<PathBuf> = request.sources.iter().map(|source| source.path.clone()).collect();
        on_event(Event::Working { what: "opening the model" });
        let device = request.device.open()?;
        let base = open_base(request.model.as_deref(), Some(&first.path), &Control::new(), on_event)?;
        match must_share_a_base(&paths, &base, on_event) {
            // What a person names is taken at their word.
            Err(error) if request.model.is_some() => on_event(Event::Warning { message: error.to_string() }),
            result => result?,
        }
        must_have_the_classes_of(&paths, &base)?;
        let composer = request.composer.as_ref();
        let composition = Composition::open(&self.plugins, base, &request.sources, composer, request.seed)?;
        let overwrite = if request.overwrite { Overwrite::Replace } else { Overwrite::Never };
        let strategies = || composition.record(composer);
        let mut truncation = None;
        let what = match request.output {
            MergeOutput::Model { max_shard_bytes: Some(0), .. } => {
                return Err(Error::setting("max-shard-size", "must be more than 0"));
            }
            MergeOutput::Model { dtype, max_shard_bytes } => {
                let max_shard_bytes = max_shard_bytes.unwrap_or(WriteOptions::default().max_shard_bytes);
                let options = WriteOptions { overwrite, max_shard_bytes };
                let value = |id| {
                    composition.release();
                    composition.value(id, &device)
                };
                save::model(&request.out, &composition.base, dtype, options, value, on_event)?;
                "model"
            }
            MergeOutput::Adapter => {
                let mixed = Mixed::of_sources(&composition, &device, on_event)?;
                mixed.write(&request.out, &composition, strategies(), overwrite, on_event)?;
                "adapter"
            }
            MergeOutput::Lora { rank } => {
                let (mixed, left_out) = Mixed::low_rank(&composition, rank, &device, on_event)?;
                mixed.write(&request.out, &composition, strategies(), overwrite, on_event)?;
                truncation = Some(left_out);
                "adapter"
            }
        };
        on_event(Event::Saved { what, path: request.out.clone() });
        Ok(MergeReport {
            changed: composition.changed().count(),
            parameters: composition.base.manifest.total_parameters(),
            model: composition.base.record.clone(),
            sources: composition.sources.iter().map(|source| source.name.clone()).collect(),
            out: request.out.clone(),
            peak_memory_bytes: memory::peak_bytes(),
            truncation,
        })
    }
}
