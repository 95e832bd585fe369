//! One folder for each thread, whose files are written anew for each input: `TMPDIR` says on what disk, best none.

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

thread_local! {
    static FOLDER: TempDir = tempfile::tempdir().expect("a temporary folder");
}

/// The path of something in the folder.
pub(crate) fn path(name: &str) -> PathBuf {
    FOLDER.with(|folder| folder.path().join(name))
}

/// A folder in it that holds these files.
pub(crate) fn holding(name: &str, files: &[(&str, &[u8])]) -> PathBuf {
    let folder = path(name);
    fs::create_dir_all(&folder).expect("a folder");
    for (name, content) in files {
        write(&folder.join(name), content);
    }
    folder
}

/// A file in it that holds this.
pub(crate) fn file(name: &str, content: &[u8]) -> PathBuf {
    let path = path(name);
    write(&path, content);
    path
}

fn write(path: &Path, content: &[u8]) {
    fs::write(path, content).expect("room for a small file");
}

/// What comes before the first zero, and what comes after it.
pub(crate) fn until_zero(data: &[u8]) -> (&[u8], &[u8]) {
    let end = data.iter().position(|&byte| byte == 0).unwrap_or(data.len());
    (&data[..end], data.get(end + 1..).unwrap_or_default())
}
