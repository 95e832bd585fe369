//! A golden folder: a model and what Transformers computes with it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use burn::tensor::{Device, Tensor, TensorData};
use graftwork_model::{Architecture, Input, Layout, Task, Weights, matrix_shape, open};
use graftwork_plan::ParamId;
use graftwork_store::{ModelDir, SafetensorsFile};

use crate::numbers::{self, values};

/// A model with its weights.
pub(crate) struct Model {
    pub(crate) architecture: Arc<dyn Architecture>,
    pub(crate) weights: Weights,
}

/// The model's files.
pub(crate) struct Files(pub(crate) ModelDir);

/// A golden folder.
pub struct Golden {
    folder: PathBuf,
    pub(crate) dir: Files,
    pub(crate) model: Model,
}

pub(crate) fn id(index: usize) -> ParamId {
    ParamId(index as u32)
}

impl Files {
    /// The name that the files have a parameter under.
    pub(crate) fn found(&self, layout: &Layout, id: ParamId) -> Option<String> {
        layout.names_in_checkpoints(id).find(|name| self.0.contains(name)).map(str::to_owned)
    }

    fn weight(&self, layout: &Layout, index: usize) -> Tensor<2> {
        let param = &layout.params()[index];
        let Some(name) = self.found(layout, id(index)) else {
            assert!(layout.initial(id(index)).is_some(), "no `{}`", param.name);
            return Tensor::zeros(matrix_shape(&param.shape), &Device::flex());
        };
        let values = self.0.tensor(&name).expect("the weight").to_f32().expect("floats");
        let [rows, columns] = matrix_shape(&param.shape);
        if layout.is_transposed(id(index)) {
            Tensor::<2>::from_data(TensorData::new(values, [columns, rows]), &Device::flex()).transpose()
        } else {
            Tensor::from_data(TensorData::new(values, [rows, columns]), &Device::flex())
        }
    }
}

impl Golden {
    /// The folder of that name under `tests/golden/models`.
    pub fn open(name: &str) -> Self {
        Self::with_config(name, "config.json")
    }

    /// The same from another configuration in the folder.
    pub fn with_config(name: &str, config: &str) -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/golden/models").join(name);
        let dir = ModelDir::open(&folder).expect("a model folder");
        let text = std::fs::read_to_string(folder.join(config)).expect("a configuration");
        let (_, architecture) = open(&serde_json::from_str(&text).expect("JSON"), None).expect("a model of the family");
        let (layout, dir) = (architecture.layout(), Files(dir));
        let mut weights: Vec<Tensor<2>> = Vec::new();
        for (index, param) in layout.params().iter().enumerate() {
            let tied = param.tied_to.map(|source| weights[source.index()].clone());
            weights.push(tied.unwrap_or_else(|| dir.weight(layout, index)));
        }
        Self { folder, dir, model: Model { architecture, weights: Weights(weights) } }
    }

    pub(crate) fn file(&self, name: &str) -> SafetensorsFile {
        SafetensorsFile::open(&self.folder.join(name)).expect("the golden file")
    }

    pub(crate) fn floats(&self, name: &str) -> Vec<f32> {
        numbers::floats(&self.file("logits.safetensors"), name)
    }

    pub(crate) fn integers(&self, name: &str) -> Vec<u32> {
        numbers::integers(&self.file("logits.safetensors"), name)
    }

    /// What the logits are of.
    pub(crate) fn input(&self) -> Input {
        let (file, device) = (self.file("logits.safetensors"), Device::flex());
        let ids = numbers::integers(&file, "ids");
        if file.tensor("mask").is_err() {
            return Input::sequence(&ids, 0, &device);
        }
        let mask = numbers::integers(&file, "mask");
        let input = Input::new(2, ids, numbers::places(&mask, 2), mask, &device);
        match file.tensor("types") {
            Ok(_) => input.with_types(numbers::integers(&file, "types")),
            Err(_) => input,
        }
    }

    /// What the loss is against, by hidden state.
    pub(crate) fn targets(&self) -> Vec<u32> {
        match self.model.architecture.task() {
            Task::CausalLm => self.integers("ids")[1..].to_vec(),
            Task::MaskedLm => self.integers("targets"),
            Task::SequenceClassification { .. } => self.integers("labels"),
        }
    }

    pub(crate) fn logits(&self, input: &Input) -> Vec<f32> {
        let Model { architecture, weights } = &self.model;
        values(architecture.head().logits(weights, architecture.forward(weights, input, None)))
    }
}
