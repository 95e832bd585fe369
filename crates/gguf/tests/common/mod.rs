//! What several test files share.
#![allow(dead_code, clippy::unwrap_used, reason = "tests; no file uses all of it")]

use std::fs;
use std::path::{Path, PathBuf};

use graftwork_gguf::{Gguf, GgufError, ModelOptions, Precision, Report, Vocabulary, write_model};
use graftwork_store::{ModelDir, ModelWriter, TensorData, TensorSpec, WriteOptions};
use serde_json::Value as Json;
use tempfile::TempDir;

pub(crate) fn root() -> PathBuf {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../..")).to_owned()
}

/// A small random model without a tokenizer.
pub(crate) fn golden(name: &str) -> PathBuf {
    root().join("tests/golden/models").join(name)
}

/// A small real model with its tokenizer.
pub(crate) fn real_model() -> PathBuf {
    root().join("examples/default/model")
}

/// Without a vocabulary, nothing overwritten.
pub(crate) fn bare(precision: Precision) -> ModelOptions {
    ModelOptions { vocabulary: Vocabulary::Omitted, ..ModelOptions::new(precision) }
}

/// A file that is read back, in a folder that goes with it.
#[derive(Debug)]
pub(crate) struct Written {
    gguf: Gguf,
    _scratch: TempDir,
}

impl std::ops::Deref for Written {
    type Target = Gguf;

    fn deref(&self) -> &Gguf {
        &self.gguf
    }
}

/// What `write` leaves at the path that it is given.
pub(crate) fn written(write: impl FnOnce(&Path) -> Result<Report, GgufError>) -> Result<(Report, Written), GgufError> {
    let scratch = tempfile::tempdir().unwrap();
    let out = scratch.path().join("file.gguf");
    let report = write(&out)?;
    Ok((report, Written { gguf: Gguf::open(&out)?, _scratch: scratch }))
}

/// Writes `model` and reads it back.
pub(crate) fn export(model: &Path, options: &ModelOptions) -> Result<(Report, Written), GgufError> {
    written(|out| write_model(model, out, options))
}

/// Shape and values of the weight `name` of a model folder.
pub(crate) fn weight(dir: &ModelDir, name: &str) -> (Vec<usize>, Vec<f32>) {
    let tensor = dir.tensor(name).unwrap();
    (tensor.shape().to_vec(), tensor.to_f32().unwrap())
}

pub(crate) fn rows(values: &[f32], width: usize) -> Vec<&[f32]> {
    values.chunks(width).collect()
}

/// Writes a model folder of these weights.
pub(crate) fn model_folder(dir: &Path, config: &Json, weights: &[(String, TensorData)]) {
    let spec = |(name, tensor): &(String, TensorData)| TensorSpec {
        name: name.clone(),
        dtype: tensor.dtype(),
        shape: tensor.shape().to_vec(),
    };
    let mut writer = ModelWriter::create(dir, weights.iter().map(spec).collect(), WriteOptions::default()).unwrap();
    for (name, tensor) in weights {
        writer.write(name, tensor.view()).unwrap();
    }
    writer.finish(config).unwrap();
}

/// The weights of a model folder.
pub(crate) fn weights(model: &ModelDir) -> Vec<(String, TensorData)> {
    model.names().map(|name| (name.to_owned(), model.tensor(name).unwrap().to_data())).collect()
}

/// A copy of a model folder, to be changed.
pub(crate) fn copy_of(model: &Path, change: impl FnOnce(&mut Json)) -> TempDir {
    let copy = tempfile::tempdir().unwrap();
    for entry in fs::read_dir(model).unwrap() {
        let from = entry.unwrap().path();
        fs::copy(&from, copy.path().join(from.file_name().unwrap())).unwrap();
    }
    edit_json(&copy.path().join("config.json"), change);
    copy
}

pub(crate) fn edit_json(path: &Path, change: impl FnOnce(&mut Json)) {
    let mut json: Json = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
    change(&mut json);
    fs::write(path, serde_json::to_vec(&json).unwrap()).unwrap();
}
