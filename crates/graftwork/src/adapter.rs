//! What a run has trained, between memory and disk.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use burn::tensor::{Device, Tensor};
use graftwork_adapt::Adapted;
use graftwork_model::matrix_shape;
use graftwork_plan::{Adapter, Manifest, Plan, Problems, RawPlan};
use graftwork_store::{
    AtomicDir, CheckpointDir, Overwrite, PeftAdapter, SafetensorsFile, SafetensorsWriter, StoreError, read_file,
};
use graftwork_train::NamedTensor;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::base::Base;
use crate::chain::StrategyRecord;
use crate::form::Form;
use crate::peft::{self, Slots};
use crate::task::TaskRecord;
use crate::{Error, Event, tensors};

const CARD: &str = "graftwork.json";
/// Group of a checkpoint with the weights under adapters that were folded into them.
pub(crate) const BASES: &str = "bases";
/// What a checkpoint says of its run.
const STATE: &str = "state.json";
const PLAN_TENSORS: &str = "adapter_model.safetensors";

/// Where an adapter came from, beside its tensors: `graftwork.json`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Card {
    /// Version of Graftwork that wrote it.
    pub(crate) graftwork: String,
    /// The model that was adapted.
    pub(crate) base: BaseRecord,
    /// What the model was opened for; adapters from before this was recorded are causal language models'.
    #[serde(default)]
    pub(crate) task: Option<TaskRecord>,
    /// The strategies that planned it.
    pub(crate) strategies: Vec<StrategyRecord>,
    /// BLAKE3 of the plan.
    pub(crate) plan_hash: String,
    /// The plan itself, over the base's parameters.
    pub(crate) plan: RawPlan,
}

/// A base model by place and content.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct BaseRecord {
    /// Its folder at the time.
    pub(crate) path: PathBuf,
    /// BLAKE3 of its configuration and weights.
    pub(crate) blake3: String,
}

/// A plan with the values of its tensors.
pub(crate) struct Trained {
    pub(crate) plan: Plan,
    pub(crate) slots: Slots,
    /// Weights under the adapters that are not the base model's, by the names of their parameters.
    pub(crate) bases: Slots,
}

impl Trained {
    /// An error where adapters of its run were folded into the weights under it: without these it is not what was trained.
    pub(crate) fn must_lie_on_the_model(&self, path: &Path) -> Result<(), Error> {
        match self.bases.is_empty() {
            true => Ok(()),
            false => Err(Error::weights(
                path,
                "adapters of its run were folded into the base, which an adapter alone does not have; `host merge` makes a model of it",
            )),
        }
    }
}

impl Trained {
    /// Reads what was trained for this model: a PEFT adapter, an adapter of ours, a checkpoint, or the newest of these in
    /// a run folder.
    pub(crate) fn read(path: &Path, base: &Base) -> Result<Self, Error> {
        let manifest = &base.manifest;
        let path = &resolve(path)?;
        let mut bases = Slots::new();
        if let Some((plan, form)) = of_form(path, base)? {
            let slots = form.read(path, &plan, base)?;
            return Ok(Self { plan, slots, bases });
        }
        let (raw, slots) = if path.join(PeftAdapter::MARKER).exists() {
            peft::import(&PeftAdapter::read(path)?, base, path)?
        } else if path.join(CARD).exists() {
            let card = read_card(path)?;
            (card.plan, read_slots(&SafetensorsFile::open(&path.join(PLAN_TENSORS))?)?)
        } else {
            let checkpoint = CheckpointDir::read(path)?;
            if checkpoint.has(BASES) {
                bases = read_slots(checkpoint.group(BASES)?)?;
            }
            let plan = checkpoint.state().get("plan").cloned().unwrap_or_default();
            let plan = serde_json::from_value(plan).map_err(|e| Error::weights(path, format!("state.json: {e}")))?;
            (plan, read_slots(checkpoint.group("trained")?)?)
        };
        let plan = Plan::validate(&raw, manifest).map_err(|problems| misfit(path, base, &problems))?;
        Ok(Self { plan, slots, bases })
    }

    /// An error where an adapter changes its weight before step 0 otherwise than the plan does: to the plan's weight, its
    /// tensors would be something else.
    pub(crate) fn must_fit_the_bases_of(&self, plan: &Plan, manifest: &Manifest, path: &Path) -> Result<(), Error> {
        // What the weight becomes follows from its expression and the tensors' initial values.
        let initial =
            |a: &Adapter, b: &Adapter| a.tensors.iter().map(|t| &t.init).eq(b.tensors.iter().map(|t| &t.init));
        let fits = |a: &Adapter, b: &Adapter| a.base == b.base && (a.base.is_none() || initial(a, b));
        let unlike = |ours: &&Adapter| self.plan.adapter(ours.target).is_some_and(|theirs| !fits(ours, theirs));
        let Some(param) = plan.adapters().iter().find(unlike).and_then(|ours| manifest.get(ours.target)) else {
            return Ok(());
        };
        let message = format!(
            "its tensors for `{}` go with another frozen weight than this strategy's; choose what it was trained with, \
             such as `init`",
            param.module()
        );
        Err(Error::weights(path, message))
    }

    /// The weight under the adapter of a parameter, where it is not the model's own.
    pub(crate) fn base_of(&self, param: &str, device: &Device) -> Result<Option<Tensor<2>>, String> {
        let Some(data) = self.bases.get(param) else { return Ok(None) };
        let columns = data.shape().last().copied().unwrap_or(1).max(1);
        let matrix = [data.shape().iter().product::<usize>() / columns, columns];
        tensors::upload(data.view(), matrix, device).map(Some)
    }

    /// The model with these tensors in place.
    pub(crate) fn apply(
        self,
        base: &Base,
        device: &Device,
        path: &Path,
        on_event: &mut dyn FnMut(Event),
    ) -> Result<Adapted, Error> {
        base.has_memory_for(&self.plan, device)?;
        let weights = base.weights(device, on_event)?;
        let adapted = self.apply_to(base, weights, device, path)?;
        // The weights as they were read, where others took their place.
        device.memory_cleanup();
        Ok(adapted)
    }

    /// The same over the model's weights, one matrix for each parameter.
    pub(crate) fn apply_to(
        self,
        base: &Base,
        weights: Vec<Tensor<2>>,
        device: &Device,
        path: &Path,
    ) -> Result<Adapted, Error> {
        let mut adapted = Adapted::new(Arc::clone(&base.manifest), Arc::new(self.plan.clone()), weights, 0)?;
        if !self.bases.is_empty() {
            let names = self.bases.keys();
            let named =
                names.filter_map(|name| Some(self.base_of(name, device).transpose()?.map(|base| (name.clone(), base))));
            let bases = named.collect::<Result<_, String>>().map_err(|e| Error::weights(path, e))?;
            if let Some(name) = adapted.restore_bases(1, bases) {
                return Err(Error::weights(
                    path,
                    format!("it has a weight `{name}` that no adapter of its plan lies on"),
                ));
            }
        }
        let unused = install(&mut adapted, &self.slots, device, path)?;
        match unused.first() {
            None => Ok(adapted),
            Some(name) => Err(Error::weights(path, format!("it holds `{name}`, which its plan does not have"))),
        }
    }
}

/// The error where an adapter's plan is none for a model. It was valid once, so the model is another one.
fn misfit(path: &Path, base: &Base, Problems(problems): &Problems) -> Error {
    let first = problems.first().map(ToString::to_string).unwrap_or_default();
    let more = match problems.len() {
        0 | 1 => String::new(),
        count => format!(", and {} problems more", count - 1),
    };
    let own = recorded_base(path).map(|own| format!(", {},", own.display())).unwrap_or_default();
    let message = format!(
        "it was trained on another model than {}: {first}{more}; give the one that it was trained on{own} with --model",
        base.record.display()
    );
    Error::weights(path, message)
}

/// The base model that an adapter was trained on, as its card or its settings say it.
pub(crate) fn recorded_base(path: &Path) -> Option<PathBuf> {
    let path = resolve(path).ok()?;
    if let Ok(card) = read_card(&path) {
        return Some(card.base.path);
    }
    if path.join(PeftAdapter::MARKER).exists() {
        return PeftAdapter::read(&path).ok()?.config.base_model_name_or_path.map(PathBuf::from);
    }
    stated::<BaseRecord>(&path, "base").map(|base| base.path)
}

/// BLAKE3 of the base model that an adapter was trained on, where it says so.
pub(crate) fn recorded_hash(path: &Path) -> Option<String> {
    let path = resolve(path).ok()?;
    match read_card(&path) {
        Ok(card) => Some(card.base.blake3),
        Err(_) => stated::<BaseRecord>(&path, "base").map(|base| base.blake3),
    }
}

/// What a model has to be opened for to take an adapter, where that says it.
pub(crate) fn recorded_task(path: &Path) -> Option<TaskRecord> {
    let path = resolve(path).ok()?;
    if let Ok(card) = read_card(&path) {
        return card.task;
    }
    if path.join(PeftAdapter::MARKER).exists() {
        return peft::task(&PeftAdapter::read(&path).ok()?);
    }
    stated(&path, "task")
}

/// Puts the card of an adapter into a folder beside the same tensors, where it has one.
pub(crate) fn copy_card(path: &Path, to: &AtomicDir) -> Result<(), Error> {
    match read_card(&resolve(path)?) {
        Ok(card) => Ok(to.write_json(CARD, &card)?),
        Err(_) => Ok(()),
    }
}

/// The plan of a folder that is in the form that its strategy gives it in PEFT.
fn of_form(path: &Path, base: &Base) -> Result<Option<(Plan, Form)>, Error> {
    if !path.join(PeftAdapter::MARKER).exists() || !path.join(CARD).exists() {
        return Ok(None);
    }
    let plan = Plan::validate(&read_card(path)?.plan, &base.manifest);
    let plan = plan.map_err(|problems| misfit(path, base, &problems))?;
    let form = Form::of(&plan, &base.manifest);
    Ok(form.map(|form| (plan, form)))
}

/// What a checkpoint says of its run.
pub(crate) fn state(path: &Path) -> Result<serde_json::Value, StoreError> {
    let path = path.join(STATE);
    let text = read_file(&path).map_err(StoreError::io("read", &path))?;
    serde_json::from_slice(&text).map_err(|reason| StoreError::Json { path, reason })
}

/// What stands under `key` in that, where it can be read.
fn stated<T: DeserializeOwned>(path: &Path, key: &str) -> Option<T> {
    serde_json::from_value(state(path).ok()?.get(key)?.clone()).ok()
}

/// The folder that holds the tensors: the path itself, or the result or newest checkpoint of the run that it is.
fn resolve(path: &Path) -> Result<PathBuf, Error> {
    let holds = |p: &Path| [PeftAdapter::MARKER, CARD, STATE].iter().any(|f| p.join(f).exists());
    let result = path.join("adapter");
    if holds(path) {
        return Ok(path.to_owned());
    }
    if holds(&result) {
        return Ok(result);
    }
    match CheckpointDir::latest(path)? {
        Some((_, checkpoint)) => Ok(checkpoint),
        None => {
            let message = "holds no adapter: neither adapter_config.json, nor graftwork.json, nor a run's checkpoints";
            Err(Error::weights(path, message))
        }
    }
}

fn read_card(path: &Path) -> Result<Card, Error> {
    let fail = |message: String| Error::weights(path.join(CARD), message);
    let text = std::fs::read(path.join(CARD)).map_err(|e| fail(e.to_string()))?;
    serde_json::from_slice(&text).map_err(|e| fail(e.to_string()))
}

fn read_slots(file: &SafetensorsFile) -> Result<Slots, Error> {
    file.names().into_iter().map(|name| Ok((name.clone(), file.tensor(&name)?.to_data()))).collect()
}

/// Puts saved tensors into a model, by name; gives back the names that the model has no place for.
pub(crate) fn install(
    adapted: &mut Adapted,
    slots: &Slots,
    device: &Device,
    path: &Path,
) -> Result<Vec<String>, Error> {
    let places: Vec<_> = adapted.slots().iter().map(|s| (s.name.clone(), s.shape.clone(), s.part)).collect();
    for (index, (name, shape, part)) in places.iter().enumerate() {
        let Some(data) = slots.get(name) else {
            // State of a run is in its checkpoints alone.
            if !part {
                continue;
            }
            return Err(Error::weights(path, format!("it has no tensor for `{name}`")));
        };
        let dims: Vec<usize> = shape.dims().iter().map(|&d| d as usize).collect();
        if data.shape() != dims {
            return Err(Error::weights(path, format!("`{name}` has the shape {:?}, not {dims:?}", data.shape())));
        }
        let tensor = tensors::upload(data.view(), matrix_shape(shape), device);
        adapted.set_tensor(index, tensor.map_err(|e| Error::weights(path, format!("`{name}` {e}")))?);
    }
    Ok(slots.keys().filter(|k| !places.iter().any(|(name, ..)| name == *k)).cloned().collect())
}

/// Named tensors in f32, as files have them.
pub(crate) fn to_slots(named: Vec<NamedTensor>) -> Result<Slots, Error> {
    named
        .into_iter()
        .map(|t| Ok((t.name, tensors::download(t.tensor, &t.shape, graftwork_store::Dtype::F32)?)))
        .collect()
}

/// Writes an adapter folder: in PEFT's form where there is one, else by our slots' names; with its card beside it.
pub(crate) fn write(
    path: &Path,
    overwrite: Overwrite,
    base: &Base,
    plan: &Plan,
    slots: &Slots,
    card: &Card,
) -> Result<(), Error> {
    let dir = AtomicDir::create(path, overwrite, CARD)?;
    match peft::export(plan, base, slots) {
        Some(adapter) => adapter.write_into(&dir)?,
        None => match Form::of(plan, &base.manifest) {
            Some(form) => form.write_into(&dir, base, plan, slots)?,
            None => SafetensorsWriter::write_all(&dir, PLAN_TENSORS, slots)?,
        },
    }
    dir.write_json(CARD, card)?;
    Ok(dir.commit()?)
}
