//! From a path as a person gives it to the files that it stands for.

use std::path::{Path, PathBuf};

use glob::MatchOptions;
use walkdir::{DirEntry, WalkDir};

use crate::open::Kind;
use crate::{DataError, DataSource};

/// The files that a path stands for, at least one, in an order that is the same everywhere.
///
/// A folder stands for every file below it whose name is that of a data file; a pattern, which is a path with `*`, `?`
/// or `[` that does not exist, for every file that it matches (`**` for any number of folders). Hidden files and folders
/// are passed over, unless a pattern spells out the dot.
pub(crate) fn expand(path: &Path) -> Result<Vec<PathBuf>, DataError> {
    if DataSource::is_stdin(path) {
        return Ok(vec![path.to_owned()]);
    }
    if path.is_dir() {
        return folder(path);
    }
    match path.to_str() {
        Some(pattern) if pattern.contains(['*', '?', '[']) && !path.exists() => matches(path, pattern),
        _ => Ok(vec![path.to_owned()]),
    }
}

fn folder(path: &Path) -> Result<Vec<PathBuf>, DataError> {
    let hidden = |entry: &DirEntry| entry.depth() > 0 && entry.file_name().to_string_lossy().starts_with('.');
    let entries = WalkDir::new(path).follow_links(true).sort_by_file_name().into_iter();
    let mut files = Vec::new();
    for entry in entries.filter_entry(|entry| !hidden(entry)) {
        let entry = entry.map_err(|error| DataError::Io { path: path.to_owned(), source: error.into() })?;
        if entry.file_type().is_file() && Kind::of_name(entry.path()).is_some() {
            files.push(entry.into_path());
        }
    }
    if files.is_empty() {
        return Err(DataError::EmptyFolder { path: path.to_owned() });
    }
    Ok(files)
}

fn matches(path: &Path, pattern: &str) -> Result<Vec<PathBuf>, DataError> {
    let wrong = |problem: String| DataError::Pattern { path: path.to_owned(), problem };
    let options = MatchOptions { require_literal_leading_dot: true, ..MatchOptions::default() };
    let found = glob::glob_with(pattern, options).map_err(|error| wrong(format!("is none: {}", error.msg)))?;
    let mut files = Vec::new();
    for file in found {
        let file = file.map_err(|error| DataError::Io { path: error.path().to_owned(), source: error.into() })?;
        if file.is_file() {
            files.push(file);
        }
    }
    if files.is_empty() {
        return Err(wrong("matches no file".to_owned()));
    }
    files.sort();
    Ok(files)
}
