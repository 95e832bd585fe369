//! A pretrained model: its folder, its parameters, its tokenizer.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use burn::tensor::{Device, Tensor};
use graftwork_adapt::Adapted;
use graftwork_data::Tokenizer;
use graftwork_kernels::random::Key;
use graftwork_model::{Architecture, Initial, Layout, matrix_shape};
use graftwork_plan::{Dtype, Manifest, Param, ParamId, Plan, Role};
use graftwork_store::{ModelDir, TensorData, TensorRef};

use crate::estimate::F32;
use crate::event::Unit;
use crate::pace::Pace;
use crate::task::TaskRecord;
use crate::{Error, Event, memory, tensors};

/// A model folder that was checked: its weights are those that its configuration and the task ask for.
pub(crate) struct Base {
    pub(crate) path: PathBuf,
    /// By which it is found again: the path, or its name on the Hub with the commit.
    pub(crate) record: PathBuf,
    pub(crate) dir: ModelDir,
    pub(crate) architecture: Arc<dyn Architecture>,
    pub(crate) manifest: Arc<Manifest>,
    /// Read when it is first asked for: ids can do without.
    tokenizer: OnceLock<Tokenizer>,
    pub(crate) task: TaskRecord,
    /// Names that the folder has the parameters under; none for one that is new.
    names: Vec<Option<String>>,
    /// Of the values of new parameters.
    seed: u64,
    /// Tensors of the folder that the model has no use for.
    pub(crate) unused: Vec<String>,
    /// The time that chat templates show; that of reading the tokenizer if not given.
    now: Option<i64>,
}

/// A path that means the same in every folder: an adapter is used where it was not trained.
pub(crate) fn from_anywhere(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

impl Base {
    /// Checks an open folder for a task. Reads no weights. Parameters that the task brings along begin with draws of the seed.
    pub(crate) fn new(dir: ModelDir, record: PathBuf, task: TaskRecord, seed: u64) -> Result<Self, Error> {
        let path = dir.path();
        let fail = |source| Error::Model { path: path.to_owned(), source };
        let (family, architecture) = graftwork_model::open(dir.config(), Some(task.task())).map_err(fail)?;
        // A head over other classes than the folder's is another head.
        let same_classes = TaskRecord::of_model(dir.config(), path).is_ok_and(|saved| saved.has_classes_of(&task));
        let layout = architecture.layout();
        let (mut params, mut names) = (Vec::new(), Vec::new());
        for (index, param) in layout.params().iter().enumerate() {
            let id = ParamId(index as u32);
            let name = name_in(&dir, layout, id).filter(|_| same_classes || !layout.is_of_task(id));
            params.push(checked(&dir, layout, id, name.as_deref())?);
            names.push(name.or_else(|| param.tied_to.map(|_| param.name.clone())));
        }
        let used = |name: &str| layout.is_buffer(name) || names.iter().flatten().any(|n| n == name);
        let unused = dir.names().filter(|n| !used(n)).map(str::to_owned).collect();
        let manifest = Manifest { architecture: family.name.to_owned(), config: dir.config().clone(), params };
        Ok(Self {
            path: path.to_owned(),
            record,
            dir,
            architecture,
            manifest: Arc::new(manifest),
            tokenizer: OnceLock::new(),
            task,
            names,
            seed,
            unused,
            now: None,
        })
    }

    /// The same at a time, in seconds since 1970, if one is given.
    pub(crate) fn at(self, now: Option<i64>) -> Self {
        Self { now, ..self }
    }

    /// The folder's tokenizer.
    pub(crate) fn tokenizer(&self) -> Result<&Tokenizer, Error> {
        if let Some(tokenizer) = self.tokenizer.get() {
            return Ok(tokenizer);
        }
        let tokenizer = Tokenizer::from_dir(&self.path)?;
        let tokenizer = match self.now {
            Some(now) => tokenizer.with_now(now),
            None => tokenizer,
        };
        let (highest, entries) = (tokenizer.highest_id(), self.architecture.dimensions().vocabulary);
        if u64::from(highest) >= entries {
            let message = format!(
                "the tokenizer gives ids up to {highest}, but the model has {entries} entries; the tokenizer belongs to another model"
            );
            return Err(Error::weights(&self.path, message));
        }
        Ok(self.tokenizer.get_or_init(|| tokenizer))
    }

    /// Parameters that are not in the folder.
    pub(crate) fn new_parameters(&self) -> impl Iterator<Item = ParamId> {
        (0u32..).zip(&self.names).filter(|(_, name)| name.is_none()).map(|(index, _)| ParamId(index))
    }

    /// Parameters that train whatever a strategy decides: those that are new, and those that belong to the task.
    pub(crate) fn always_trained(&self) -> impl Iterator<Item = ParamId> {
        let layout = self.architecture.layout();
        let ids = (0u32..).zip(&self.names).map(|(index, name)| (ParamId(index), name));
        ids.filter(|(id, name)| name.is_none() || layout.is_of_task(*id)).map(|(id, _)| id)
    }

    /// Name of a parameter's own in the folder, where it has one.
    fn name(&self, id: ParamId) -> Option<&str> {
        self.names[id.index()].as_deref()
    }

    /// A parameter as the folder has it; none where it is new.
    pub(crate) fn stored(&self, id: ParamId) -> Option<TensorRef<'_>> {
        self.dir.tensor(self.name(id)?).ok()
    }

    /// One parameter as a matrix in f32.
    pub(crate) fn weight(&self, id: ParamId, device: &Device) -> Result<Tensor<2>, Error> {
        self.matrix(id, |tensor, shape| tensors::upload(tensor, shape, device))
    }

    fn matrix(
        &self,
        id: ParamId,
        upload: impl FnOnce(TensorRef<'_>, [usize; 2]) -> Result<Tensor<2>, String>,
    ) -> Result<Tensor<2>, Error> {
        let id = self.manifest.params[id.index()].tied_to.unwrap_or(id);
        let param = &self.manifest.params[id.index()];
        let shape = matrix_shape(&param.shape);
        let Some(name) = self.name(id) else {
            let values = self.initial(id);
            let data = TensorData::from_f32(&values, &shape).map_err(|e| Error::weights(&self.path, e.to_string()))?;
            return upload(data.view(), shape).map_err(|e| Error::weights(&self.path, format!("`{}` {e}", param.name)));
        };
        let tensor = self.dir.tensor(name)?;
        let turned = self.architecture.layout().is_transposed(id).then(|| tensor.transposed());
        let tensor = turned.as_ref().map_or(tensor, TensorData::view);
        upload(tensor, shape).map_err(|e| Error::weights(&self.path, format!("`{name}` {e}")))
    }

    /// Values of a new parameter.
    fn initial(&self, id: ParamId) -> Vec<f32> {
        let param = &self.manifest.params[id.index()];
        let count = param.shape.elements() as usize;
        match self.architecture.layout().initial(id) {
            Some(Initial::Normal(std)) => Key::new(self.seed).child("new").child(&param.name).normal(count, std),
            Some(Initial::Constant(value)) => vec![value as f32; count],
            None => vec![0.0; count],
        }
    }

    /// The model under a plan, with the initial values that follow from `seed`.
    pub(crate) fn adapt(
        &self,
        plan: &Arc<Plan>,
        device: &Device,
        seed: u64,
        on_event: &mut dyn FnMut(Event),
    ) -> Result<Adapted, Error> {
        self.has_memory_for(plan, device)?;
        let weights = self.weights(device, on_event)?;
        let adapted = Adapted::new(Arc::clone(&self.manifest), Arc::clone(plan), weights, seed)?;
        // The weights as they were read, where others took their place.
        device.memory_cleanup();
        Ok(adapted)
    }

    /// Fails where the machine has not the memory that the model under a plan takes.
    pub(crate) fn has_memory_for(&self, plan: &Plan, device: &Device) -> Result<(), Error> {
        if *device != Device::flex() {
            return Ok(());
        }
        let counts = plan.summary(&self.manifest);
        let values = counts.total_parameters + counts.adapter_parameters + plan.peak_elements();
        let bytes = values.saturating_mul(F32);
        memory::fits("the model with its adapters", bytes, "choose a smaller model or smaller adapters")
    }

    /// All parameters as matrices, in the type to compute in; a tied one shares the memory of the one that it is tied to.
    pub(crate) fn weights(&self, device: &Device, on_event: &mut dyn FnMut(Event)) -> Result<Vec<Tensor<2>>, Error> {
        let mut pace = Pace::new("loading the model", Unit::Bytes, self.dir.bytes(), on_event);
        let mut weights: Vec<Tensor<2>> = Vec::with_capacity(self.manifest.params.len());
        for (id, param) in self.manifest.iter() {
            let shared = param.tied_to.and_then(|t| weights.get(t.index()).cloned());
            weights.push(match shared {
                Some(tensor) => tensor,
                None => self.matrix(id, |tensor, shape| tensors::upload_weight(tensor, shape, device))?,
            });
            // The pages of the file are of no use beside the copy.
            self.dir.release();
            pace.add(self.stored(id).map_or(0, |stored| stored.bytes().len() as u64));
        }
        Ok(weights)
    }

    /// The hash by which the model is known again.
    pub(crate) fn hash(&self, on_event: &mut dyn FnMut(Event)) -> String {
        let mut pace = Pace::new("hashing the model", Unit::Bytes, self.dir.bytes(), on_event);
        self.dir.hash_told(&mut |read| pace.at(read))
    }

    /// Fails where a text is longer than the model has positions for.
    pub(crate) fn fits(&self, what: &str, tokens: usize) -> Result<(), Error> {
        match self.architecture.position_limit() {
            Some(limit) if tokens as u64 > limit => Err(Error::setting(
                what,
                format!("{tokens} tokens are more than the {limit} positions that the model has; take at most {limit}"),
            )),
            _ => Ok(()),
        }
    }
}

/// The name that the folder has a parameter under.
fn name_in(dir: &ModelDir, layout: &Layout, id: ParamId) -> Option<String> {
    layout.names_in_checkpoints(id).find(|name| dir.contains(name)).map(str::to_owned)
}

/// The parameter with the type that it has in the folder, once its shape is found to fit.
fn checked(dir: &ModelDir, layout: &Layout, id: ParamId, name: Option<&str>) -> Result<Param, Error> {
    let fail = |message: String| Error::weights(dir.path(), message);
    let param = &layout.params()[id.index()];
    if param.tied_to.is_some() {
        return Ok(param.clone());
    }
    let Some(name) = name else {
        return match layout.initial(id) {
            // What is new trains as it is; no strategy need adapt it.
            Some(_) if param.role == Role::Linear => Ok(Param { role: Role::Head, ..param.clone() }),
            Some(_) => Ok(param.clone()),
            None => Err(fail(format!("there is no tensor `{}`, which the configuration asks for", param.name))),
        };
    };
    let mut wanted: Vec<usize> = param.shape.dims().iter().map(|&d| d as usize).collect();
    if layout.is_transposed(id) {
        wanted.reverse();
    }
    let shape = dir.shape(name).unwrap_or_default();
    if shape != wanted {
        return Err(fail(format!(
            "`{name}` has the shape {shape:?}, but config.json asks for {wanted:?}; the configuration belongs to another model"
        )));
    }
    let dtype = match dir.dtype(name) {
        Some(graftwork_store::Dtype::F64) => Dtype::F64,
        Some(graftwork_store::Dtype::F32) => Dtype::F32,
        Some(graftwork_store::Dtype::F16) => Dtype::F16,
        Some(graftwork_store::Dtype::BF16) => Dtype::Bf16,
        other => {
            let found = other.map_or_else(|| "no type".to_owned(), |d| format!("{d:?}"));
            return Err(fail(format!("`{name}` is {found}; weights must be F32, F16 or BF16")));
        }
    };
    Ok(Param { dtype, ..param.clone() })
}

/// The element type of a file for one of the manifest.
pub(crate) fn file_dtype(dtype: Dtype) -> graftwork_store::Dtype {
    match dtype {
        Dtype::F64 => graftwork_store::Dtype::F64,
        Dtype::F32 => graftwork_store::Dtype::F32,
        Dtype::F16 => graftwork_store::Dtype::F16,
        Dtype::Bf16 => graftwork_store::Dtype::BF16,
    }
}
