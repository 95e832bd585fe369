//! A Hugging Face model folder as one GGUF file.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use graftwork_store::{ModelDir, Overwrite, TensorRef};

use crate::change::{Change, as_matrix};
use crate::families::{Family, Place};
use crate::vocabulary::{self, Vocab};
use crate::writer::Writer;
use crate::{ElementType, GgufError, TensorInfo, Value};

/// Elements that are converted at a time.
const CHUNK: usize = 1 << 20;
/// Tensors that llama.cpp reads as f32 whatever the others are.
const FULL: [&str; 3] = [".ffn_gate_inp.weight", "position_embd.weight", "token_types.weight"];

/// How the matrices of a model are stored. Vectors, positions and routers are f32 always.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Precision {
    /// 32-bit floats.
    F32,
    /// 16-bit floats of five bits of exponent.
    F16,
    /// 16-bit floats of eight bits of exponent.
    Bf16,
    /// Eight bits and a scale for every 32 values. A matrix whose rows are not whole blocks is f16.
    Q8_0,
}

impl Precision {
    fn element(self) -> ElementType {
        match self {
            Self::F32 => ElementType::F32,
            Self::F16 => ElementType::F16,
            Self::Bf16 => ElementType::Bf16,
            Self::Q8_0 => ElementType::Q8_0,
        }
    }

    /// The number by which llama.cpp knows it (`llama_ftype` in `llama.h`).
    fn file_type(self) -> u32 {
        match self {
            Self::F32 => 0,
            Self::F16 => 1,
            Self::Q8_0 => 7,
            Self::Bf16 => 32,
        }
    }
}

/// What becomes of the tokenizer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Vocabulary {
    /// It is written; a folder without one, or with one that llama.cpp does not know, is an error.
    Written,
    /// As `Written`, but texts are split before byte-level BPE as llama.cpp does under this name (`tokenizer.ggml.pre`).
    SplitAs(String),
    /// There is none: the file takes and gives token ids.
    Omitted,
}

/// How a model is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelOptions {
    /// How matrices are stored.
    pub precision: Precision,
    /// What becomes of the tokenizer.
    pub vocabulary: Vocabulary,
    /// What the model is called; where nothing is said, as its folder. llama.cpp knows the quirks of some models by it.
    pub name: Option<String>,
    /// What to do when the file exists.
    pub overwrite: Overwrite,
}

impl ModelOptions {
    /// With the tokenizer, and nothing overwritten.
    #[must_use]
    pub fn new(precision: Precision) -> Self {
        Self { precision, vocabulary: Vocabulary::Written, name: None, overwrite: Overwrite::Never }
    }
}

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// llama.cpp's name for the family.
    pub architecture: String,
    /// How many tensors of each type.
    pub tensors: BTreeMap<ElementType, usize>,
    /// The file's size.
    pub bytes: u64,
    /// Where llama.cpp computes something else than Transformers, for some texts. A sentence each.
    pub warnings: Vec<String>,
}

impl Report {
    pub(crate) fn new(architecture: &str, tensors: &[TensorInfo], bytes: u64, warnings: Vec<String>) -> Self {
        let mut counts = BTreeMap::new();
        for tensor in tensors {
            *counts.entry(tensor.element).or_insert(0) += 1;
        }
        Self { architecture: architecture.to_owned(), tensors: counts, bytes, warnings }
    }
}

/// Writes the Hugging Face folder `model` as the GGUF file `out`, in a folder that exists.
///
/// # Errors
/// If the folder is not complete, of a family that is not exported, or asks for what llama.cpp does not compute; if a
/// value does not fit the precision; if `out` is in the way or the disk refuses. Then `out` is as it was.
pub fn write_model(model: &Path, out: &Path, options: &ModelOptions) -> Result<Report, GgufError> {
    write_model_told(model, out, options, &mut |_, _| {})
}

/// As [`write_model`]; `told` hears how many tensors are written, and of how many.
///
/// # Errors
/// As [`write_model`].
pub fn write_model_told(
    model: &Path,
    out: &Path,
    options: &ModelOptions,
    told: &mut dyn FnMut(u64, u64),
) -> Result<Report, GgufError> {
    let dir = ModelDir::open(model)?;
    let mut family = Family::of(&model.join("config.json"), dir.config())?;
    let tensors = plan(&dir, &family, options.precision)?;
    let Vocab { entries, warnings } = vocabulary::read(model, family.vocabulary, &options.vocabulary)?;

    let name = options.name.clone().or_else(|| folder_name(model));
    let mut metadata = general(&family, "model", name);
    metadata.push(("general.file_type".to_owned(), Value::U32(options.precision.file_type())));
    metadata.push(("general.quantization_version".to_owned(), Value::U32(2)));
    metadata.append(&mut family.metadata.entries);
    metadata.extend(vocabulary::pooling(model, family.architecture())?);
    metadata.extend(entries);

    let infos: Vec<TensorInfo> = tensors.iter().map(|tensor| tensor.info.clone()).collect();
    let mut writer = Writer::create(out, options.overwrite, &metadata, infos.clone())?;
    for (done, tensor) in (1..).zip(&tensors) {
        tensor.write(&dir, &mut writer)?;
        told(done, tensors.len() as u64);
    }
    let bytes = writer.finish()?;
    family.warnings.extend(warnings);
    Ok(Report::new(family.architecture(), &infos, bytes, family.warnings))
}

/// What every file begins with.
pub(crate) fn general(family: &Family, kind: &str, name: Option<String>) -> Vec<(String, Value)> {
    let named = name.map(|name| ("general.name".to_owned(), Value::String(name)));
    let mut entries = vec![
        ("general.architecture".to_owned(), family.architecture().into()),
        ("general.type".to_owned(), kind.into()),
    ];
    entries.extend(named);
    entries
}

pub(crate) fn folder_name(folder: &Path) -> Option<String> {
    Some(folder.file_name()?.to_string_lossy().into_owned())
}

/// A tensor of the file, and what it is made of.
struct Tensor {
    info: TensorInfo,
    source: Source,
}

enum Source {
    /// A weight, or the same weight of all experts, one after another.
    Weights {
        names: Vec<String>,
        change: Change,
    },
    Values(Vec<f32>),
}

/// The tensors of the file, every weight in its place.
fn plan(dir: &ModelDir, family: &Family, precision: Precision) -> Result<Vec<Tensor>, GgufError> {
    let mut places: BTreeMap<String, (BTreeMap<Option<u32>, String>, Change)> = BTreeMap::new();
    let mut missing: BTreeSet<String> = family.required().collect();
    for weight in dir.names() {
        missing.remove(family.bare(weight));
        match family.place(weight) {
            Place::Nowhere => {}
            Place::Tensor { name, expert, change } => {
                let (weights, _) = places.entry(name).or_insert_with(|| (BTreeMap::new(), change));
                if let Some(other) = weights.insert(expert, weight.to_owned()) {
                    let reason = format!("has the same place as {other:?}; remove the one that the model does not use");
                    return Err(GgufError::Tensor { path: dir.path().to_owned(), tensor: weight.to_owned(), reason });
                }
            }
            Place::Unknown => {
                let (path, tensor) = (dir.path().to_owned(), weight.to_owned());
                return Err(GgufError::UnknownTensor { path, tensor, family: family.architecture() });
            }
        }
    }
    if let Some(tensor) = missing.pop_first() {
        return Err(GgufError::MissingTensor { path: dir.path().to_owned(), tensor });
    }
    let factors = family.factors.iter().map(|(name, values)| Tensor {
        info: TensorInfo { name: name.clone(), shape: vec![values.len()], element: ElementType::F32 },
        source: Source::Values(values.clone()),
    });
    let weights = places.into_iter().map(|(name, (weights, change))| {
        let stacked = weights.keys().any(Option::is_some);
        let names: Vec<String> = weights.into_values().collect();
        let mut shape = shape(dir, family, &name, &names, &change)?;
        if stacked {
            shape.insert(0, names.len());
        }
        let element = element(&name, &shape, precision);
        Ok(Tensor { info: TensorInfo { name, shape, element }, source: Source::Weights { names, change } })
    });
    factors.map(Ok).chain(weights).collect()
}

/// The shape of each of the weights `names`, of which the tensor `name` is made.
fn shape(
    dir: &ModelDir,
    family: &Family,
    name: &str,
    names: &[String],
    change: &Change,
) -> Result<Vec<usize>, GgufError> {
    let error = |tensor: &str, reason: String| GgufError::Tensor {
        path: dir.path().to_owned(),
        tensor: tensor.to_owned(),
        reason,
    };
    let first = names.first().map_or("", String::as_str);
    let one = dir.shape(first).unwrap_or_default();
    if let Some(other) = names.iter().find(|other| dir.shape(other) != Some(one)) {
        return Err(error(other, format!("has another shape than {first:?}, with which it is stacked")));
    }
    let (rows, _) = as_matrix(one);
    if rows % change.order.unit() != 0 {
        return Err(error(first, format!("has {rows} rows, which do not divide by the heads in config.json")));
    }
    if name == "token_embd.weight" && rows != family.vocabulary as usize {
        return Err(error(first, format!("has {rows} rows, but by config.json vocab_size is {}", family.vocabulary)));
    }
    if !matches!(one.len(), 1 | 2) {
        return Err(error(first, format!("has {} dimensions; one or two are expected", one.len())));
    }
    Ok(change.shape(one))
}

/// How the tensor `name` is stored.
fn element(name: &str, shape: &[usize], precision: Precision) -> ElementType {
    let full = shape.len() <= 1
        || !name.ends_with(".weight")
        || name.ends_with("_norm.weight")
        || FULL.iter().any(|suffix| name.ends_with(suffix));
    let element = precision.element();
    match shape.last() {
        _ if full => ElementType::F32,
        Some(width) if width % element.group() != 0 => ElementType::F16,
        _ => element,
    }
}

impl Tensor {
    fn write(&self, dir: &ModelDir, writer: &mut Writer) -> Result<(), GgufError> {
        match &self.source {
            Source::Values(values) => write_values(dir.path(), &self.info, values, writer)?,
            Source::Weights { names, change } => {
                for name in names {
                    self.write_weight(dir.path(), name, dir.tensor(name)?, change, writer)?;
                }
            }
        }
        writer.end_tensor()
    }

    fn write_weight(
        &self,
        path: &Path,
        name: &str,
        weight: TensorRef<'_>,
        change: &Change,
        writer: &mut Writer,
    ) -> Result<(), GgufError> {
        let (rows, width) = as_matrix(&change.shape(weight.shape()));
        let step = (CHUNK / width.max(1)).max(1);
        for first in (0..rows).step_by(step) {
            let values = change.rows(weight, first, step.min(rows - first)).map_err(GgufError::tensor(path, name))?;
            write_values(path, &self.info, &values, writer)?;
        }
        Ok(())
    }
}

/// Appends `values` to the tensor `info`, which the model folder or adapter `path` gives rise to.
pub(crate) fn write_values(
    path: &Path,
    info: &TensorInfo,
    values: &[f32],
    writer: &mut Writer,
) -> Result<(), GgufError> {
    let bytes = info.element.encode(values).map_err(|value| GgufError::Tensor {
        path: path.to_owned(),
        tensor: info.name.clone(),
        reason: format!("has the value {value}, which {} does not hold; use bf16 or f32", info.element),
    })?;
    writer.append(&bytes)
}
