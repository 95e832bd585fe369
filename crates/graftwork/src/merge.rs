//! Folds an adapter into its base: a model folder that needs no adapter.

use std::path::PathBuf;

use graftwork_plan::Dtype;
use graftwork_store::{Overwrite, WriteOptions};
use serde::Serialize;

use crate::eval::Opened;
use crate::{Control, DeviceChoice, Error, Event, Host, save};

/// What to merge.
#[derive(Clone, Debug)]
pub struct MergeRequest {
    /// Base model; the one that the adapter was trained on if not given.
    pub model: Option<PathBuf>,
    /// Adapter, run or checkpoint.
    pub adapter: PathBuf,
    /// Folder of the result.
    pub out: PathBuf,
    /// Whether an existing model at `out` may be replaced.
    pub overwrite: bool,
    /// Type of the weights; the base's own if not given.
    pub dtype: Option<Dtype>,
    /// The most bytes that one file of weights may have; one file for all if not given.
    pub max_shard_bytes: Option<u64>,
    /// Where to compute.
    pub device: DeviceChoice,
}

/// What was merged.
#[derive(Clone, Debug, Serialize)]
pub struct MergeReport {
    /// The base model.
    pub model: PathBuf,
    /// The adapter.
    pub adapter: PathBuf,
    /// The merged model.
    pub out: PathBuf,
    /// Parameters that changed.
    pub changed: usize,
    /// Weights in all.
    pub parameters: u64,
}

impl Host {
    /// Writes base and adapter as one model, by the same expressions that the adapter trained with.
    ///
    /// # Errors
    /// The model or the adapter cannot be used, or the folder cannot be written; then there is no folder.
    pub fn merge(&self, request: &MergeRequest, on_event: &mut dyn FnMut(Event)) -> Result<MergeReport, Error> {
        if request.max_shard_bytes == Some(0) {
            return Err(Error::setting("max-shard-size", "must be more than 0"));
        }
        let opened =
            Opened::new(request.model.as_deref(), Some(&request.adapter), request.device, &Control::new(), on_event)?;
        on_event(Event::Working { what: "merging" });
        let overwrite = if request.overwrite { Overwrite::Replace } else { Overwrite::Never };
        let max_shard_bytes = request.max_shard_bytes.unwrap_or(WriteOptions::default().max_shard_bytes);
        let options = WriteOptions { overwrite, max_shard_bytes };
        save::model(&request.out, &opened.base, request.dtype, options, save::merged(&opened.adapted))?;
        on_event(Event::Saved { what: "model", path: request.out.clone() });
        let plan = opened.adapted.plan();
        Ok(MergeReport {
            changed: plan.adapters().len() + plan.trainable().len(),
            parameters: opened.base.manifest.total_parameters(),
            model: opened.base.record,
            adapter: request.adapter.clone(),
            out: request.out.clone(),
        })
    }
}
