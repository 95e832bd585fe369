//! What can go wrong when a run's folder is read.

use std::io;
use std::path::{Path, PathBuf};

/// An error of this crate.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "fields are named by the message they appear in")]
pub enum ReportError {
    /// A file that cannot be read.
    #[error("cannot read {}: {source}", path.display())]
    Io { path: PathBuf, source: io::Error },

    /// A folder that no run has made.
    #[error("{} has no about.json, so no run of this version has made it; give the folder of a run", folder.display())]
    NoRun { folder: PathBuf },

    /// A file that is not what the host writes.
    #[error("{}: {problem}; it is not as a run writes it, so write it anew with a run of this version", path.display())]
    File { path: PathBuf, problem: serde_json::Error },

    /// A line that is not what the host writes.
    #[error("{}:{line}: {problem}; it is not as a run writes it, so remove the line", path.display())]
    Line { path: PathBuf, line: usize, problem: serde_json::Error },

    /// The page could not be made.
    #[error("cannot make the page: {0}")]
    Page(#[from] minijinja::Error),
}

impl ReportError {
    pub(crate) fn io(path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Io { path: path.to_owned(), source }
    }

    pub(crate) fn file(path: &Path) -> impl FnOnce(serde_json::Error) -> Self {
        move |problem| Self::File { path: path.to_owned(), problem }
    }
}
