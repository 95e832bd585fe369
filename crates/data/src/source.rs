//! Where a record came from, for messages to the person whose file it is.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::DataSource;

/// A file and a 1-based line in it; a row, where a file has no lines.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Source {
    /// The file's path as it was given.
    pub file: Arc<str>,
    /// The 1-based line.
    pub line: usize,
}

impl Source {
    /// The place `line` (1-based) of `path`.
    pub fn new(path: &Path, line: usize) -> Self {
        Self { file: name_of(path).into(), line }
    }

    /// Another line of the same file.
    pub(crate) fn at_line(&self, line: usize) -> Self {
        Self { file: Arc::clone(&self.file), line }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}

/// A path as a person knows it.
pub(crate) fn name_of(path: &Path) -> String {
    if DataSource::is_stdin(path) { "standard input".to_owned() } else { path.display().to_string() }
}
