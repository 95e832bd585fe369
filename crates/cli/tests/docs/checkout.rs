//! The folder that a document is tried in: what a clone of the repository has, as far as a reader needs it.

use std::fs;
use std::io;
use std::os::unix::fs::symlink;
use std::path::Path;

use tempfile::TempDir;

/// Folders of the repository that documents name.
const FOLDERS: [&str; 4] = ["docs", "examples", "plugins", "tests/golden"];

/// Real folders with links to the files, so that what a command writes beside them does not land in the repository.
pub(crate) fn make(root: &Path) -> io::Result<TempDir> {
    let folder = tempfile::tempdir()?;
    for name in FOLDERS {
        link(&root.join(name), &folder.path().join(name))?;
    }
    fs::create_dir(folder.path().join(".bin"))?;
    symlink(env!("CARGO_BIN_EXE_host"), folder.path().join(".bin/host"))?;
    Ok(folder)
}

fn link(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let to = to.join(entry.file_name());
        match entry.file_type()?.is_dir() {
            true if entry.file_name() == "target" => {}
            true => link(&entry.path(), &to)?,
            false => symlink(entry.path(), to)?,
        }
    }
    Ok(())
}

/// `host` on the path, a cache that all documents share, and no network.
pub(crate) fn environment(folder: &Path, cache: &Path) -> Vec<(&'static str, String)> {
    let path = std::env::var("PATH").unwrap_or_default();
    vec![
        ("PATH", format!("{}:{path}", folder.join(".bin").display())),
        ("XDG_CACHE_HOME", cache.display().to_string()),
        ("HF_HOME", cache.join("hub").display().to_string()),
        ("HF_HUB_OFFLINE", "1".to_owned()),
        ("LC_ALL", "C.UTF-8".to_owned()),
        ("RUST_LOG", "warn".to_owned()),
        ("NO_COLOR", "1".to_owned()),
    ]
}
