//! Durable files: atomic folders, Hugging Face models, PEFT adapters, checkpoints.
//!
//! The only crate that writes run files. Whatever it writes is whole or absent: folders are built beside their
//! place and renamed into it ([`AtomicDir`]), files likewise ([`AtomicFile`]), and a checkpoint carries the hash
//! of every file in it ([`verify_manifest`]). Whatever it reads is checked before it is used, and nothing it reads
//! or writes can execute: tensors are safetensors, the rest is JSON and text.

mod atomic_file;
mod checkpoint;
mod commit;
mod disk;
mod error;
mod json;
mod lock;
mod manifest;
mod model_dir;
mod model_write;
mod path;
mod peft;
mod run_dir;
mod safetensors_file;
mod safetensors_header;
mod safetensors_write;
mod tensor;

pub use atomic_file::{AppendLog, AtomicFile, append_line, write_atomic};
pub use checkpoint::{CheckpointDir, CheckpointWriter};
pub use commit::{AtomicDir, Overwrite};
pub use disk::{Fault, Operation, open as open_file, read as read_file, with_faults};
pub use error::StoreError;
pub use json::object as json_object;
pub use manifest::{MANIFEST, verify_all, verify_manifest};
pub use model_dir::ModelDir;
pub use model_write::{ModelWriter, WriteOptions};
pub use path::quoted_line;
pub use peft::{
    AdapterKey, AdapterPart, Bias, InitWeights, Layers, Names, Param, Patterns, PeftAdapter, PeftConfig, PeftError,
    PeftType,
};
pub use run_dir::{Log, METRICS, RunDir};
pub use safetensors::Dtype;
pub use safetensors_file::SafetensorsFile;
pub use safetensors_write::{SafetensorsWriter, TensorSpec};
pub use tensor::{TensorData, TensorError, TensorRef};
