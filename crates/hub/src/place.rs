//! Whether what a person typed is a path or an id of the Hub.

use std::path::{Path, PathBuf};

use crate::id::PREFIX;
use crate::{DataId, IdError, RepoId};

/// Where something is to be found.
///
/// The rules, in this order: what begins with `hf:` is an id; what exists is a path; what cannot be an id because it is
/// written as a path (`./a/b`, `/a`, `~/a`, `a\b`, `a/b/c`, or with the ending of a file) is a path, and whoever opens it will say
/// that there is none; the rest is an id. So `./a/b` is never looked for on the Hub, and a folder `a/b` always hides the
/// repository `a/b`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place<Id> {
    /// A path. It need not exist.
    Local(PathBuf),
    /// An id of the Hub.
    Hub(Id),
}

impl Place<RepoId> {
    /// Where the model `text` is.
    ///
    /// # Errors
    /// If there is no such path and `text` is not an id either.
    pub fn model(text: &Path) -> Result<Self, NoPlace> {
        Self::find(text, &["safetensors", "gguf"])
    }
}

impl Place<DataId> {
    /// Where the data `text` is. A name that ends as a data file does (`endings`, without dots) is a path.
    ///
    /// # Errors
    /// If there is no such path and `text` is not an id either.
    pub fn data(text: &Path, endings: &[&str]) -> Result<Self, NoPlace> {
        Self::find(text, endings)
    }
}

/// Neither a path nor an id.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}{error}", no_path(.error))]
pub struct NoPlace {
    #[from]
    error: IdError,
}

fn no_path(error: &IdError) -> &'static str {
    if error.text.starts_with(PREFIX) { "" } else { "there is no such file or folder, and " }
}

impl<Id: std::str::FromStr<Err = IdError>> Place<Id> {
    fn find(path: &Path, endings: &[&str]) -> Result<Self, NoPlace> {
        let local = || Ok(Self::Local(path.to_owned()));
        let Some(text) = path.to_str() else {
            return local();
        };
        let explicit = text.starts_with(PREFIX);
        // What cannot be looked at, for want of permission, is there.
        if !explicit && (path.try_exists().unwrap_or(true) || is_written_as_path(text, endings)) {
            return local();
        }
        Ok(Self::Hub(text.parse()?))
    }
}

fn is_written_as_path(text: &str, endings: &[&str]) -> bool {
    let repo = text.split(['@', ':']).next().unwrap_or_default();
    let ending = Path::new(repo).extension().and_then(|ending| ending.to_str());
    text.starts_with(['.', '~', '/'])
        || text.contains('\\')
        || Path::new(text).is_absolute()
        || repo.matches('/').count() > 1
        || repo.ends_with('/')
        || ending.is_some_and(|ending| endings.contains(&ending))
}
