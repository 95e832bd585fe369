//! A run directory: what one training run writes, held by one process at a time.

use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::atomic_file::TEMP;
use crate::checkpoint::{CHECKPOINTS, is_left_over, replaced};
use crate::commit::recover;
use crate::disk::DiskFile;
use crate::lock::{LOCK_FILE, RunLock};
use crate::path::stays_inside;
use crate::{AppendLog, Overwrite, StoreError, disk, write_atomic};

/// The file of a run's metrics.
pub const METRICS: &str = "metrics.jsonl";
/// What a run, or a comparison of runs, writes beside its folders.
const FILES: [&str; 8] = [
    "run.toml",
    "about.json",
    "plan.json",
    "summary.json",
    "failure.json",
    "report.html",
    "compare.json",
    "comparison.json",
];

/// A run directory that this process may write to. No other process may while this lives.
#[derive(Debug)]
pub struct RunDir {
    path: PathBuf,
    _lock: RunLock,
}

impl RunDir {
    /// Creates the run directory `path` and its missing parents. A folder that a run was written to is emptied if
    /// `overwrite` allows it; a folder that holds anything else is left alone.
    ///
    /// # Errors
    /// If the folder is in the way, in use, or cannot be written.
    pub fn create(path: &Path, overwrite: Overwrite) -> Result<Self, StoreError> {
        disk::create_dir_all(path).map_err(StoreError::io("create", path))?;
        if !is_run(path) && !contents(path)?.is_empty() {
            return Err(StoreError::NotARun { path: path.to_owned() });
        }
        let run = Self::hold(path)?;
        sweep(path)?;
        let old = contents(path)?;
        match overwrite {
            Overwrite::Never if !old.is_empty() => Err(StoreError::AlreadyExists { path: path.to_owned() }),
            Overwrite::Never => Ok(run),
            Overwrite::Replace => {
                old.iter().try_for_each(|path| remove(path))?;
                Ok(run)
            }
        }
    }

    /// Opens the run directory `path` to go on with the run.
    ///
    /// # Errors
    /// If no run was written there, or another process is writing it.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        if !path.exists() {
            return Err(StoreError::NoFolder { path: path.to_owned() });
        }
        if !is_run(path) {
            return Err(StoreError::NotARun { path: path.to_owned() });
        }
        let run = Self::hold(path)?;
        sweep(path)?;
        Ok(run)
    }

    fn hold(path: &Path) -> Result<Self, StoreError> {
        Ok(Self { path: path.to_owned(), _lock: RunLock::acquire(path)? })
    }

    /// The folder.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Writes `value` to the file `name`, indented, whole or not at all.
    ///
    /// # Errors
    /// If `value` has no JSON form, `name` leaves the folder, or the disk refuses.
    pub fn write_json(&self, name: &str, value: &impl Serialize) -> Result<(), StoreError> {
        let mut text = serde_json::to_string_pretty(value).map_err(StoreError::json(&self.path.join(name)))?;
        text.push('\n');
        self.write_text(name, &text)
    }

    /// Writes `text` to the file `name`, whole or not at all.
    ///
    /// # Errors
    /// If `name` leaves the folder, or the disk refuses.
    pub fn write_text(&self, name: &str, text: &str) -> Result<(), StoreError> {
        write_atomic(&self.inside(name)?, text.as_bytes())
    }

    fn inside(&self, name: &str) -> Result<PathBuf, StoreError> {
        match stays_inside(name) {
            true => Ok(self.path.join(name)),
            false => Err(StoreError::Escapes { path: self.path.clone(), name: name.to_owned() }),
        }
    }

    /// Removes the file `name`, where there is one.
    ///
    /// # Errors
    /// If `name` leaves the folder, or the disk refuses.
    pub fn remove(&self, name: &str) -> Result<(), StoreError> {
        let path = self.inside(name)?;
        if disk::is_file(&path) { remove(&path) } else { Ok(()) }
    }

    /// A file `name` that grows while the process lives, in place of those of earlier processes, whose names begin with `prefix` too. For what can be
    /// made anew from the metrics: nothing waits until it is durable.
    ///
    /// # Errors
    /// If the name leaves the folder, or the disk refuses.
    pub fn log(&self, prefix: &str, name: &str) -> Result<Log, StoreError> {
        let path = self.inside(name)?;
        let is_earlier =
            |path: &PathBuf| path.file_name().is_some_and(|file| file.to_string_lossy().starts_with(prefix));
        contents(&self.path)?.iter().filter(|path| is_earlier(path)).try_for_each(|path| remove(path))?;
        let file = DiskFile::create(&path).map_err(StoreError::io("create", &path))?;
        Ok(Log(BufWriter::new(file)))
    }

    /// The run's metrics, to append to.
    ///
    /// # Errors
    /// If the file cannot be opened.
    pub fn metrics(&self) -> Result<AppendLog, StoreError> {
        AppendLog::open(&self.path.join(METRICS))
    }
}

/// A file that grows, given by [`RunDir::log`].
#[derive(Debug)]
pub struct Log(BufWriter<DiskFile>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

fn is_run(path: &Path) -> bool {
    disk::is_file(&path.join(LOCK_FILE))
}

/// What lies in the folder, except the lock.
fn contents(path: &Path) -> Result<Vec<PathBuf>, StoreError> {
    let mut found = disk::list(path).map_err(StoreError::io("read", path))?;
    found.retain(|path| path.file_name().is_none_or(|name| name != LOCK_FILE));
    Ok(found)
}

/// Puts checkpoints back that processes were killed over while they replaced them, and removes what others were writing or
/// removing here. What cannot be removed now is tried again.
fn sweep(path: &Path) -> Result<(), StoreError> {
    let list = |path: &Path| disk::list(path).unwrap_or_default();
    let checkpoints = list(&path.join(CHECKPOINTS));
    for target in checkpoints.iter().filter_map(|path| replaced(path)) {
        recover(&target).map_err(StoreError::io("restore", &target))?;
    }
    for left in list(path).into_iter().chain(checkpoints) {
        let name = left.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let is_file = || FILES.iter().any(|file| name.starts_with(&format!(".{file}{TEMP}")));
        if is_file() || is_left_over(&name) {
            let _ = remove(&left);
        }
    }
    Ok(())
}

fn remove(path: &Path) -> Result<(), StoreError> {
    let is_dir = disk::is_own_dir(path);
    if is_dir { disk::remove_dir_all(path) } else { disk::remove_file(path) }.map_err(StoreError::io("remove", path))
}
