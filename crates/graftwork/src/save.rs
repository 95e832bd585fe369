//! What a run leaves on the disk.

use std::path::{Path, PathBuf};

use burn::tensor::{Device, Tensor};
use graftwork_adapt::Adapted;
use graftwork_model::TaskKind;
use graftwork_plan::{Dtype, ParamId, Plan, RawPlan};
use graftwork_store::{CheckpointWriter, ModelWriter, RunDir, TensorSpec, WriteOptions};
use graftwork_train::{Progress, Snapshot, Spikes, Steering};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::adapter::{self, BaseRecord, Card, to_slots};
use crate::base::{Base, file_dtype};
use crate::chain::StrategyRecord;
use crate::event::Unit;
use crate::pace::Pace;
use crate::steering;
use crate::task::TaskRecord;
use crate::{Error, Event, tensors};

/// What every artefact of a run says about where it came from.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Provenance {
    pub(crate) base: BaseRecord,
    pub(crate) task: TaskRecord,
    pub(crate) strategies: Vec<StrategyRecord>,
    /// Hash of the rows.
    pub(crate) data: String,
    /// What `run.toml` says.
    pub(crate) configuration: Value,
}

/// `state.json` of a checkpoint: all of a run but its tensors.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct State {
    pub(crate) step: u64,
    #[serde(flatten)]
    pub(crate) provenance: Provenance,
    pub(crate) plan_hash: String,
    pub(crate) plan: RawPlan,
    pub(crate) steering: Steering,
    pub(crate) progress: Progress,
    pub(crate) spikes: Spikes,
    /// Bytes that `metrics.jsonl` has at this step.
    pub(crate) metrics_bytes: u64,
}

impl Provenance {
    pub(crate) fn card(&self, plan: &Plan) -> Card {
        Card {
            graftwork: env!("CARGO_PKG_VERSION").to_owned(),
            base: self.base.clone(),
            task: Some(self.task.clone()),
            strategies: self.strategies.clone(),
            plan_hash: plan.hash(),
            plan: plan.to_raw(),
        }
    }
}

/// Writes a checkpoint of a run.
pub(crate) fn checkpoint(
    run: &RunDir,
    plan: &Plan,
    from: &Provenance,
    snapshot: Snapshot,
    controllers: &[Vec<u8>],
    metrics_bytes: u64,
) -> Result<PathBuf, Error> {
    let mut writer = CheckpointWriter::create(run.path(), snapshot.step)?;
    for (group, list) in [("trained", snapshot.tensors), ("optimizer", snapshot.moments)] {
        writer.tensors(group, &to_slots(list)?)?;
    }
    if !snapshot.bases.is_empty() {
        writer.tensors(adapter::BASES, &to_slots(snapshot.bases)?)?;
    }
    steering::write(controllers, &mut writer)?;
    Ok(writer.commit(&State {
        step: snapshot.step,
        provenance: from.clone(),
        plan_hash: plan.hash(),
        plan: plan.to_raw(),
        steering: snapshot.steering,
        progress: snapshot.progress,
        spikes: snapshot.spikes,
        metrics_bytes,
    })?)
}

/// Writes a whole model: what `weight` gives for each parameter, or where that is nothing what the base has, in the type given or in the
/// checkpoint's own.
pub(crate) fn model(
    path: &Path,
    base: &Base,
    dtype: Option<Dtype>,
    options: WriteOptions,
    weight: impl Fn(ParamId) -> Result<Option<Tensor<2>>, Error>,
    on_event: &mut dyn FnMut(Event),
) -> Result<(), Error> {
    let layout = base.architecture.layout();
    let kept: Vec<_> = base.manifest.iter().filter(|(_, p)| p.tied_to.is_none()).collect();
    let specs = kept.iter().map(|(id, p)| {
        let mut shape: Vec<usize> = p.shape.dims().iter().map(|&d| d as usize).collect();
        if layout.is_transposed(*id) {
            shape.reverse();
        }
        TensorSpec { name: p.name.clone(), dtype: file_dtype(dtype.unwrap_or(p.dtype)), shape }
    });
    let specs: Vec<_> = specs.collect();
    let mut writer = ModelWriter::create(path, specs.clone(), options)?;
    let mut pace = Pace::new("writing the model", Unit::Tensors, specs.len() as u64, on_event);
    for (done, ((id, _), spec)) in (0..).zip(kept.into_iter().zip(&specs)) {
        pace.at(done);
        let weight = match weight(id)? {
            Some(weight) => weight,
            // What is unchanged is copied as it lies there.
            None => match base.stored(id).filter(|stored| stored.dtype() == spec.dtype) {
                Some(stored) => {
                    writer.write(&spec.name, stored)?;
                    continue;
                }
                None => base.weight(id, &Device::flex())?,
            },
        };
        let weight = if layout.is_transposed(id) { weight.transpose() } else { weight };
        let data = tensors::download(weight, &spec.shape, spec.dtype)?;
        writer.write(&spec.name, data.view())?;
    }
    // What is left is to hash it and to make it last.
    on_event(Event::Working { what: "saving" });
    writer.copy_companions(&base.path)?;
    Ok(writer.finish(&config(base, dtype))?)
}

/// The base's `config.json`, for the task that the model was opened for and with the type of the weights that are written.
fn config(base: &Base, dtype: Option<Dtype>) -> Value {
    let mut config = base.manifest.config.clone();
    if let Some(object) = config.as_object_mut() {
        base.task.write_into(object, &base.architecture.class_name());
        // Transformers' classifiers look for the last token that is no padding.
        let padding = base.tokenizer().ok().and_then(|tokenizer| tokenizer.pad().or(tokenizer.eos()));
        if let (TaskKind::SequenceClassification, Some(padding)) = (base.task.kind, padding)
            && object.get("pad_token_id").is_none_or(Value::is_null)
        {
            object.insert("pad_token_id".to_owned(), Value::from(padding));
        }
    }
    let name = dtype.map(|d| match d {
        Dtype::F64 => "float64",
        Dtype::F32 => "float32",
        Dtype::F16 => "float16",
        Dtype::Bf16 => "bfloat16",
    });
    if let (Some(name), Some(object)) = (name, config.as_object_mut()) {
        // Whichever spelling the base has; the older one where it has none, since every reader knows it.
        let key = if object.contains_key("dtype") { "dtype" } else { "torch_dtype" };
        object.insert(key.to_owned(), Value::from(name));
    }
    config
}

/// The trained model itself, where a plan has no adapters.
pub(crate) fn merged(adapted: &Adapted) -> impl Fn(ParamId) -> Result<Option<Tensor<2>>, Error> {
    |id| Ok(Some(adapted.merged(id)?))
}
