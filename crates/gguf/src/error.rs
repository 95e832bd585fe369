//! What can go wrong with an export. Each message says what, where, and what to do.

use std::path::{Path, PathBuf};

use graftwork_store::{StoreError, TensorError};

/// An error of this crate.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "fields are named by the message they appear in")]
pub enum GgufError {
    /// A file that cannot be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),

    /// The operating system refused.
    #[error("cannot read {path}: {reason}")]
    Io { path: PathBuf, reason: std::io::Error },

    /// JSON that does not parse.
    #[error("{path} is not valid: {reason}")]
    Json { path: PathBuf, reason: serde_json::Error },

    /// A family that is not exported.
    #[error("{path}: models of type {found:?} are not exported to GGUF; there are: {known}")]
    Family { path: PathBuf, found: String, known: String },

    /// A key of `config.json` that is missing or makes no sense.
    #[error("{path}: `{key}` {reason}")]
    Config { path: PathBuf, key: String, reason: String },

    /// A weight that the family has no place for.
    #[error(
        "{path}: tensor {tensor:?} is not part of a {family} language model; export the folder of the whole model, without a head for another task"
    )]
    UnknownTensor { path: PathBuf, tensor: String, family: &'static str },

    /// A weight without which the model is not complete.
    #[error("{path} has no tensor {tensor:?}; copy or download the model again")]
    MissingTensor { path: PathBuf, tensor: String },

    /// A weight that is not as the configuration says.
    #[error("{path}: tensor {tensor:?} {reason}")]
    Tensor { path: PathBuf, tensor: String, reason: String },

    /// A tokenizer that llama.cpp cannot be told of.
    #[error("{path}: {reason}")]
    Vocabulary { path: PathBuf, reason: String },

    /// A model folder without a tokenizer.
    #[error(
        "{path} has no tokenizer.json; copy it from the base model, or export without a vocabulary (the file then takes and gives token ids alone)"
    )]
    NoTokenizer { path: PathBuf },

    /// An adapter that has no form in GGUF.
    #[error("{path}: {reason}; merge the adapter into its base and export the merged model")]
    Adapter { path: PathBuf, reason: String },

    /// An adapter of another model.
    #[error("{path} does not fit {base}: tensor {tensor:?} {reason}; give the base that the adapter was trained on")]
    WrongBase { path: PathBuf, base: PathBuf, tensor: String, reason: String },

    /// A file that is not GGUF, or is damaged.
    #[error("{path} is not a GGUF file that can be read: {reason}")]
    Malformed { path: PathBuf, reason: String },
}

impl GgufError {
    /// For `map_err` where tensors of the model folder `path` are read.
    pub(crate) fn tensor(path: &Path, tensor: &str) -> impl FnOnce(TensorError) -> Self {
        move |reason| Self::Tensor { path: path.to_owned(), tensor: tensor.to_owned(), reason: reason.to_string() }
    }
}
