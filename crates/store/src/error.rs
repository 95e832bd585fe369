//! What can go wrong with a file. Each message says what, where, and what to do; none needs its cause printed too.

use std::io;
use std::path::{Path, PathBuf};

use crate::path::{one_line, quoted};
use crate::peft::PeftError;
use crate::tensor::TensorError;

/// An error of this crate.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "fields are named by the message they appear in")]
pub enum StoreError {
    /// The operating system refused.
    #[error("cannot {action} {path}: {reason}{}", remedy(reason.kind()))]
    Io { action: &'static str, path: PathBuf, reason: io::Error },

    /// No space, or a quota is used up.
    #[error(
        "the disk is full: {path} needs about {needed} bytes; free some space or choose another place, then run this again"
    )]
    DiskFull { path: PathBuf, needed: u64 },

    /// Something is in the way and replacing it was not asked for.
    #[error("{path} already exists; choose another place, or ask for it to be overwritten")]
    AlreadyExists { path: PathBuf },

    /// Overwriting was asked for, but what is there is of another kind.
    #[error(
        "{path} is not overwritten: it holds no {marker}, so it is not of the kind that would replace it; choose another place"
    )]
    NotReplaceable { path: PathBuf, marker: &'static str },

    /// A path that cannot name a new file or folder, such as `/` or `..`.
    #[error("{path} does not name a folder that can be written")]
    BadTarget { path: PathBuf },

    /// A name inside a folder that would leave it.
    #[error("{path} names {}, which lies outside its folder; such files are not read or written", quoted(name))]
    Escapes { path: PathBuf, name: String },

    /// JSON that does not parse or does not fit. The reason has line and column.
    #[error("{path} is not valid: {}", one_line(&reason.to_string()))]
    Json { path: PathBuf, reason: serde_json::Error },

    /// A folder that should be there is not.
    #[error("{path} is not a folder; check the path")]
    NoFolder { path: PathBuf },

    /// A file without which a folder is not what it should be.
    #[error("{path} has no {file}, so it is not {kind}; found: {found}")]
    NoFile { path: PathBuf, file: &'static str, kind: &'static str, found: String },

    /// A model folder without safetensors.
    #[error("{path} has no model.safetensors and no model.safetensors.index.json; found: {found}{hint}")]
    NoWeights { path: PathBuf, found: String, hint: &'static str },

    /// A safetensors file that ends too early.
    #[error("{path} is truncated: {expected} bytes expected, {actual} found; copy or download it again")]
    Truncated { path: PathBuf, expected: u64, actual: u64 },

    /// A safetensors file that goes on after its last tensor.
    #[error(
        "{path} is damaged: its header describes {expected} bytes, the file has {actual}; copy or download it again"
    )]
    TrailingBytes { path: PathBuf, expected: u64, actual: u64 },

    /// A safetensors header that cannot be used.
    #[error("{path} is not a safetensors file: {}", one_line(reason))]
    Header { path: PathBuf, reason: String },

    /// The index names a file that is not there.
    #[error(
        "{path} places {} in {}, which is missing; copy or download it into the same folder",
        quoted(tensor),
        quoted(shard)
    )]
    NoShard { path: PathBuf, tensor: String, shard: String },

    /// The index and a shard disagree.
    #[error(
        "{path} places {} in {}, which does not hold it; copy or download the model again",
        quoted(tensor),
        quoted(shard)
    )]
    NotInShard { path: PathBuf, tensor: String, shard: String },

    /// The same name twice.
    #[error("tensor {tensor:?} is in both {first} and {second}; remove the shard that does not belong to this model")]
    InTwoShards { tensor: String, first: PathBuf, second: PathBuf },

    /// A tensor that was asked for is not there.
    #[error("{path} has no tensor {tensor:?}")]
    NoTensor { path: PathBuf, tensor: String },

    /// A tensor that is not what it should be.
    #[error("tensor {tensor:?} of {path}: {reason}")]
    Tensor { path: PathBuf, tensor: String, reason: TensorError },

    /// A tensor was declared twice for one file or model.
    #[error("tensor {tensor:?} was declared twice for {path}")]
    DeclaredTwice { path: PathBuf, tensor: String },

    /// A tensor was not written as declared.
    #[error("tensor {tensor:?} of {path} was declared as {declared}, not {given}")]
    NotAsDeclared { path: PathBuf, tensor: String, declared: String, given: String },

    /// Not every declared tensor was written.
    #[error("{path} is not complete: {missing} declared tensors were not written, the first is {first:?}")]
    NotWritten { path: PathBuf, missing: usize, first: String },

    /// A folder without its manifest.
    #[error("{path} has no MANIFEST, so it was not written to its end; use another checkpoint")]
    NoManifest { path: PathBuf },

    /// A file that is not as the manifest says.
    #[error("{path} is damaged: {}; restore it from a copy, or use another checkpoint", one_line(problem))]
    Damaged { path: PathBuf, problem: String },

    /// Another process holds the run directory.
    #[error("{path} is in use by {}; wait until it has ended, or choose another folder", holder(*.pid))]
    Locked { path: PathBuf, pid: Option<u32> },

    /// A folder that no run was written to.
    #[error(
        "{path} is not a run folder; it is left as it is. Choose a new or empty folder, or one that a run has written"
    )]
    NotARun { path: PathBuf },

    /// An adapter folder that cannot be used.
    #[error("{path}: {reason}")]
    Peft { path: PathBuf, reason: PeftError },
}

impl StoreError {
    /// For `map_err` where nothing is written: what was to be done to which path.
    pub fn io(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |reason| Self::Io { action, path: path.to_owned(), reason }
    }

    /// For `map_err` where about `needed` bytes are written.
    pub(crate) fn write(path: &Path, needed: u64) -> impl FnOnce(io::Error) -> Self {
        move |reason| match reason.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
                Self::DiskFull { path: path.to_owned(), needed }
            }
            _ => Self::Io { action: "write", path: path.to_owned(), reason },
        }
    }

    /// For `map_err` where JSON is read or made.
    pub(crate) fn json(path: &Path) -> impl FnOnce(serde_json::Error) -> Self {
        move |reason| Self::Json { path: path.to_owned(), reason }
    }
}

/// What to do about what the system said, where that follows from it.
fn remedy(kind: io::ErrorKind) -> &'static str {
    match kind {
        io::ErrorKind::NotFound => "; check the path",
        io::ErrorKind::PermissionDenied => "; give yourself access, or choose another place",
        io::ErrorKind::ReadOnlyFilesystem => "; choose another place",
        _ => "",
    }
}

fn holder(pid: Option<u32>) -> String {
    pid.map_or_else(|| "another process".to_owned(), |pid| format!("process {pid}"))
}
