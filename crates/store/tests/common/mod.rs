//! What several test files share.
#![allow(dead_code, clippy::unwrap_used, reason = "tests; no file uses all of it")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use graftwork_store::{Dtype, TensorData, TensorSpec};

/// A small real model: Llama, bf16, one file, tied head.
pub(crate) fn real_model() -> PathBuf {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/default/model")).to_owned()
}

/// A safetensors file from a header as text and its data.
pub(crate) fn safetensors(header: &str, data: &[u8]) -> Vec<u8> {
    let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
    bytes.extend_from_slice(header.as_bytes());
    bytes.extend_from_slice(data);
    bytes
}

/// A safetensors file of one tensor `name`: two F32.
pub(crate) fn one_tensor(name: &str) -> Vec<u8> {
    let header = format!(r#"{{"{name}":{{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}}}"#);
    safetensors(&header, &[0; 8])
}

pub(crate) fn f32s(values: &[f32]) -> TensorData {
    TensorData::from_f32(values, &[values.len()]).unwrap()
}

pub(crate) fn matrix(rows: usize, columns: usize, dtype: Dtype) -> TensorData {
    let values: Vec<f32> = (0..rows * columns).map(|i| i as f32 / 8.0).collect();
    TensorData::from_f32_as(&values, &[rows, columns], dtype).unwrap()
}

pub(crate) fn specs(tensors: &BTreeMap<String, TensorData>) -> Vec<TensorSpec> {
    tensors
        .iter()
        .map(|(name, tensor)| TensorSpec { name: name.clone(), dtype: tensor.dtype(), shape: tensor.shape().to_vec() })
        .collect()
}

/// The names in a folder, sorted, hidden ones too.
pub(crate) fn names(dir: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

/// Draws that are the same in every run (splitmix64).
pub(crate) struct Draws(pub(crate) u64);

impl Draws {
    /// A number from `from` to before `to`.
    pub(crate) fn between(&mut self, from: usize, to: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        from + ((z ^ (z >> 31)) % (to - from) as u64) as usize
    }
}
