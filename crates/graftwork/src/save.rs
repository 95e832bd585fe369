//! What a run leaves on the disk.

use std::path::{Path, PathBuf};

use burn::tensor::{Device, Tensor};
use graftwork_adapt::Adapted;
use graftwork_model::TaskKind;
use graftwork_plan::{Dtype, ParamId, Plan};
use graftwork_store::{CheckpointDir, CheckpointWriter, ModelWriter, RunDir, TensorSpec, WriteOptions};
use graftwork_train::{NamedTensor, Snapshot};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::adapter::{self, BaseRecord, Card, to_slots};
use crate::base::{Base, file_dtype};
use crate::chain::StrategyRecord;
use crate::steering::{self, Controllers};
use crate::task::TaskRecord;
use crate::{Error, tensors};

/// What every artefact of a run says about where it came from.
#[derive(Clone, Debug)]
pub(crate) struct Provenance {
    pub(crate) base: BaseRecord,
    pub(crate) task: TaskRecord,
    pub(crate) strategies: Vec<StrategyRecord>,
    pub(crate) data: String,
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
) -> Result<PathBuf, Error> {
    let mut writer = CheckpointWriter::create(run.path(), snapshot.step)?;
    for (group, list) in [("trained", snapshot.tensors), ("optimizer", snapshot.moments)] {
        writer.tensors(group, &to_slots(list)?)?;
    }
    if !snapshot.bases.is_empty() {
        writer.tensors(adapter::BASES, &to_slots(snapshot.bases)?)?;
    }
    steering::write(controllers, &mut writer)?;
    let state = json!({
        "step": snapshot.step,
        "base": from.base,
        "task": from.task,
        "strategies": from.strategies,
        "data": from.data,
        "plan_hash": plan.hash(),
        "plan": plan.to_raw(),
        "steering": snapshot.steering,
        "spikes": snapshot.spikes,
    });
    Ok(writer.commit(&state)?)
}

/// Reads the newest checkpoint of a run, once it is found to belong to the same base, plan and data.
pub(crate) fn resume(
    run: &Path,
    plan: &Plan,
    from: &Provenance,
    controllers: &mut Controllers,
    device: &Device,
) -> Result<Snapshot, Error> {
    let Some((_, path)) = CheckpointDir::latest(run)? else {
        return Err(Error::weights(run, "has no checkpoint to go on from"));
    };
    let checkpoint = CheckpointDir::read(&path)?;
    let state = checkpoint.state();
    let text = |key: &str| state.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    let base = state.pointer("/base/blake3").and_then(Value::as_str).unwrap_or_default();
    let same = [
        ("base model", base == from.base.blake3),
        ("plan", text("plan_hash") == plan.hash()),
        ("data", text("data") == from.data),
    ];
    if let Some((what, _)) = same.iter().find(|(_, same)| !same) {
        let message = format!("the {what} is not the one that the run was started with; start a new run instead");
        return Err(Error::weights(path, message));
    }
    // The plugin itself may have been mended; what it was asked to do stays.
    let asked = |records: Value| {
        records.as_array().into_iter().flatten().map(|r| (r["name"].clone(), r["config"].clone())).collect::<Vec<_>>()
    };
    let now = serde_json::to_value(&from.strategies).unwrap_or_default();
    if asked(state.get("strategies").cloned().unwrap_or_default()) != asked(now) {
        let message =
            "the strategies or their settings are not those that the run was started with; start a new run instead";
        return Err(Error::weights(path, message));
    }
    let group = |name: &str| -> Result<Vec<NamedTensor>, Error> {
        let file = checkpoint.group(name)?;
        let read = |name: String| {
            let data = file.tensor(&name)?;
            let shape = data.shape().to_vec();
            let last = shape.last().copied().unwrap_or(1).max(1);
            let matrix = [shape.iter().product::<usize>() / last, last];
            let tensor = tensors::upload(data, matrix, device).map_err(|e| Error::weights(&path, e))?;
            Ok(NamedTensor { name, shape, tensor })
        };
        file.names().into_iter().map(read).collect()
    };
    controllers.restore(steering::read(&checkpoint)?, &path)?;
    let step = state.get("step").and_then(Value::as_u64).unwrap_or_default();
    let steering = part(state, "steering", &path)?;
    let spikes = part(state, "spikes", &path)?;
    let bases = if checkpoint.has(adapter::BASES) { group(adapter::BASES)? } else { Vec::new() };
    Ok(Snapshot { step, tensors: group("trained")?, moments: group("optimizer")?, bases, steering, spikes })
}

/// A part of a checkpoint's `state.json`; its default where it has none.
fn part<T: DeserializeOwned + Default>(state: &Value, key: &str, path: &Path) -> Result<T, Error> {
    let part = state.get(key).cloned().map(serde_json::from_value).transpose();
    Ok(part.map_err(|e| Error::weights(path, format!("state.json: {key}: {e}")))?.unwrap_or_default())
}

/// Writes a whole model: what `weight` gives for each parameter, or where that is nothing what the base has, in the type given or in the
/// checkpoint's own.
pub(crate) fn model(
    path: &Path,
    base: &Base,
    dtype: Option<Dtype>,
    options: WriteOptions,
    weight: impl Fn(ParamId) -> Result<Option<Tensor<2>>, Error>,
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
    for ((id, _), spec) in kept.into_iter().zip(&specs) {
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
