//! A pretrained model: its folder, its parameters, its tokenizer.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use burn::tensor::{Device, Tensor};
use graftwork_adapt::Adapted;
use graftwork_data::Tokenizer;
use graftwork_model::{Architecture, matrix_shape};
use graftwork_plan::{Dtype, Manifest, Param, ParamId, Plan};
use graftwork_store::{ModelDir, TensorRef};

use crate::estimate::F32;
use crate::{Error, memory, tensors};

/// A model folder that was checked: its weights are those that its configuration asks for.
pub(crate) struct Base {
    pub(crate) path: PathBuf,
    pub(crate) dir: ModelDir,
    pub(crate) architecture: Arc<dyn Architecture>,
    pub(crate) manifest: Arc<Manifest>,
    pub(crate) tokenizer: Tokenizer,
    /// Tensors of the folder that the model has no use for.
    pub(crate) unused: Vec<String>,
}

impl Base {
    /// Opens a folder. Reads headers, not weights.
    pub(crate) fn open(path: &Path) -> Result<Self, Error> {
        let dir = ModelDir::open(path)?;
        let (family, architecture) =
            graftwork_model::open(dir.config()).map_err(|source| Error::Model { path: path.to_owned(), source })?;
        let params = architecture.params().iter().map(|p| checked(&dir, p)).collect::<Result<Vec<_>, _>>()?;
        let expected = |name: &str| params.iter().any(|p| p.name == name);
        let unused = dir.names().filter(|n| !expected(n)).map(str::to_owned).collect();
        let manifest = Manifest { architecture: family.name.to_owned(), config: dir.config().clone(), params };
        let tokenizer = Tokenizer::from_dir(path)?;
        Ok(Self { path: path.to_owned(), dir, architecture, manifest: Arc::new(manifest), tokenizer, unused })
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
        upload(self.dir.tensor(&param.name)?, matrix_shape(&param.shape))
            .map_err(|e| Error::weights(&self.path, format!("`{}` {e}", param.name)))
    }

    /// The model under a plan, with the initial values that follow from `seed`.
    pub(crate) fn adapt(&self, plan: &Arc<Plan>, device: &Device, seed: u64) -> Result<Adapted, Error> {
        if *device == Device::flex() {
            let counts = plan.summary(&self.manifest);
            let values = counts.total_parameters + counts.adapter_parameters + plan.peak_elements();
            let bytes = values.saturating_mul(F32);
            memory::fits("the model with its adapters", bytes, "choose a smaller model or smaller adapters")?;
        }
        let adapted = Adapted::new(Arc::clone(&self.manifest), Arc::clone(plan), self.weights(device)?, seed)?;
        // The weights as they were read, where others took their place.
        device.memory_cleanup();
        Ok(adapted)
    }

    /// All parameters as matrices, in the type to compute in; a tied one shares the memory of the one that it is tied to.
    pub(crate) fn weights(&self, device: &Device) -> Result<Vec<Tensor<2>>, Error> {
        let mut weights: Vec<Tensor<2>> = Vec::with_capacity(self.manifest.params.len());
        for (id, param) in self.manifest.iter() {
            let shared = param.tied_to.and_then(|t| weights.get(t.index()).cloned());
            weights.push(match shared {
                Some(tensor) => tensor,
                None => self.matrix(id, |tensor, shape| tensors::upload_weight(tensor, shape, device))?,
            });
        }
        Ok(weights)
    }
}

/// The parameter with the type that it has in the folder, once its shape is found to fit.
fn checked(dir: &ModelDir, param: &Param) -> Result<Param, Error> {
    let fail = |message: String| Error::weights(dir.path(), message);
    if param.tied_to.is_some() {
        return Ok(param.clone());
    }
    let Some(shape) = dir.shape(&param.name) else {
        return Err(fail(format!("there is no tensor `{}`, which the configuration asks for", param.name)));
    };
    let wanted: Vec<usize> = param.shape.dims().iter().map(|&d| d as usize).collect();
    if shape != wanted {
        return Err(fail(format!(
            "`{}` has the shape {shape:?}, but config.json asks for {wanted:?}; the configuration belongs to another model",
            param.name
        )));
    }
    let dtype = match dir.dtype(&param.name) {
        Some(graftwork_store::Dtype::F64) => Dtype::F64,
        Some(graftwork_store::Dtype::F32) => Dtype::F32,
        Some(graftwork_store::Dtype::F16) => Dtype::F16,
        Some(graftwork_store::Dtype::BF16) => Dtype::Bf16,
        other => {
            let found = other.map_or_else(|| "no type".to_owned(), |d| format!("{d:?}"));
            return Err(fail(format!("`{}` is {found}; weights must be F32, F16 or BF16", param.name)));
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
