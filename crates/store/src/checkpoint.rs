//! Checkpoints: `checkpoints/step-N/` in a run directory, whole or absent, with the hash of every file.
//!
//! A checkpoint holds groups of tensors, one safetensors file each, and one JSON document, `state.json`. What they
//! mean is the caller's business.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde_json::Value;

use crate::atomic_file::{TEMP, hidden};
use crate::commit::OLD;
use crate::manifest::verify_manifest;
use crate::{AtomicDir, Overwrite, SafetensorsFile, SafetensorsWriter, StoreError, TensorData, TensorSpec, disk};

/// The folder of checkpoints in a run directory.
pub(crate) const CHECKPOINTS: &str = "checkpoints";
const STATE: &str = "state.json";
const EXTENSION: &str = "safetensors";
/// What a checkpoint is called while it is removed.
const GONE: &str = "gone";

/// A checkpoint under construction. Dropped before [`commit`](Self::commit), it leaves nothing.
#[derive(Debug)]
pub struct CheckpointWriter {
    dir: AtomicDir,
}

impl CheckpointWriter {
    /// Begins the checkpoint of `step` of the run in `run_dir`. On commit it replaces one of the same step.
    ///
    /// # Errors
    /// If the folder cannot be created.
    pub fn create(run_dir: &Path, step: u64) -> Result<Self, StoreError> {
        let target = CheckpointDir::path_of(run_dir, step);
        let dir = AtomicDir::create(&target, Overwrite::Replace, STATE)?;
        Ok(Self { dir })
    }

    /// Writes the tensors of `group`, which `specs` declare and `fill` writes one at a time, to `GROUP.safetensors`.
    ///
    /// # Errors
    /// Whatever `fill` gives; or if it does not write every tensor as declared, or the disk refuses.
    pub fn stream<E: From<StoreError>>(
        &mut self,
        group: &str,
        specs: &[TensorSpec],
        fill: impl FnOnce(&mut SafetensorsWriter) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut writer = SafetensorsWriter::create(&self.dir, &file_name(group), specs)?;
        fill(&mut writer)?;
        Ok(writer.finish()?)
    }

    /// Writes the tensors of `group` to `GROUP.safetensors`.
    ///
    /// # Errors
    /// If the disk refuses.
    pub fn tensors(&mut self, group: &str, tensors: &BTreeMap<String, TensorData>) -> Result<(), StoreError> {
        SafetensorsWriter::write_all(&self.dir, &file_name(group), tensors)
    }

    /// Writes `state`, makes everything durable, and puts the checkpoint in its place, which is returned.
    ///
    /// # Errors
    /// If the disk refuses. Then there is no checkpoint, or the earlier one of the same step.
    pub fn commit(self, state: &impl Serialize) -> Result<PathBuf, StoreError> {
        let path = self.dir.target().to_owned();
        self.dir.write_json(STATE, state)?;
        self.dir.commit()?;
        Ok(path)
    }
}

/// A checkpoint that was read and found whole.
#[derive(Debug)]
pub struct CheckpointDir {
    path: PathBuf,
    state: Value,
    groups: BTreeMap<String, SafetensorsFile>,
}

impl CheckpointDir {
    /// Where the checkpoint of `step` lies in a run directory.
    #[must_use]
    pub fn path_of(run_dir: &Path, step: u64) -> PathBuf {
        run_dir.join(CHECKPOINTS).join(format!("step-{step}"))
    }

    /// Opens the checkpoint `path` after comparing every file with its hash.
    ///
    /// # Errors
    /// If it was not written to its end, or any file is missing or is not what was written.
    pub fn read(path: &Path) -> Result<Self, StoreError> {
        if !path.is_dir() {
            return Err(StoreError::NoFolder { path: path.to_owned() });
        }
        // Only what the manifest names is the checkpoint's.
        let names = verify_manifest(path)?;
        if !names.iter().any(|name| name == STATE) {
            return Err(without(path, STATE));
        }
        let state_path = path.join(STATE);
        let text = disk::read(&state_path).map_err(StoreError::io("read", &state_path))?;
        let state = serde_json::from_slice(&text).map_err(StoreError::json(&state_path))?;
        let groups = names
            .iter()
            .filter_map(|name| name.strip_suffix(EXTENSION)?.strip_suffix('.'))
            .map(|group| Ok((group.to_owned(), SafetensorsFile::open(&path.join(file_name(group)))?)))
            .collect::<Result<_, StoreError>>()?;
        Ok(Self { path: path.to_owned(), state, groups })
    }

    /// Whether it has a group of tensors of this name.
    #[must_use]
    pub fn has(&self, group: &str) -> bool {
        self.groups.contains_key(group)
    }

    /// The checkpoint's folder.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The document given to [`CheckpointWriter::commit`].
    #[must_use]
    pub fn state(&self) -> &Value {
        &self.state
    }

    /// The names of the groups, sorted.
    pub fn groups(&self) -> impl Iterator<Item = &str> {
        self.groups.keys().map(String::as_str)
    }

    /// The tensors of `group`.
    ///
    /// # Errors
    /// If the checkpoint has no such group.
    pub fn group(&self, group: &str) -> Result<&SafetensorsFile, StoreError> {
        self.groups.get(group).ok_or_else(|| without(&self.path, &file_name(group)))
    }

    /// The steps that the run in `run_dir` has checkpoints of, ascending. Their content is not looked at.
    ///
    /// # Errors
    /// If the folder is there but cannot be read.
    pub fn list(run_dir: &Path) -> Result<Vec<(u64, PathBuf)>, StoreError> {
        let dir = run_dir.join(CHECKPOINTS);
        let paths = match disk::list(&dir) {
            Ok(paths) => paths,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(StoreError::io("read", &dir)(error)),
        };
        let mut found: Vec<_> = paths.into_iter().filter_map(|path| step_of(&path).map(|step| (step, path))).collect();
        found.sort();
        Ok(found)
    }

    /// Removes the checkpoint `path`: it is gone at once, and what a process that was killed meanwhile has left of it goes
    /// when the run's folder is opened again.
    ///
    /// # Errors
    /// If the folder cannot be renamed. Then it is there as it was.
    pub fn remove(path: &Path) -> Result<(), StoreError> {
        let gone = path.with_file_name(hidden(path, &format!(".{GONE}"))?);
        disk::rename(path, &gone).map_err(StoreError::io("remove", path))?;
        let _ = disk::remove_dir_all(&gone);
        Ok(())
    }

    /// The checkpoint of the latest step.
    ///
    /// # Errors
    /// As [`list`](Self::list).
    pub fn latest(run_dir: &Path) -> Result<Option<(u64, PathBuf)>, StoreError> {
        Ok(Self::list(run_dir)?.pop())
    }
}

fn without(checkpoint: &Path, file: &str) -> StoreError {
    StoreError::Damaged { path: checkpoint.join(file), problem: "the checkpoint was written without it".to_owned() }
}

fn file_name(group: &str) -> String {
    format!("{group}.{EXTENSION}")
}

/// Whether a file of this name in [`CHECKPOINTS`] is what is left of one that was being written or removed.
pub(crate) fn is_left_over(name: &str) -> bool {
    name.starts_with(".step-") && (name.contains(TEMP) || name.ends_with(GONE))
}

/// The checkpoint that `path` was before another began to take its place, if it is called so.
pub(crate) fn replaced(path: &Path) -> Option<PathBuf> {
    let name = path.file_name()?.to_str()?.strip_prefix('.')?.strip_suffix(OLD)?;
    name.starts_with("step-").then(|| path.with_file_name(name))
}

/// The step of a folder named as [`CheckpointWriter`] names them.
fn step_of(path: &Path) -> Option<u64> {
    let digits = path.file_name()?.to_str()?.strip_prefix("step-")?;
    let step: u64 = digits.parse().ok()?;
    (step.to_string() == digits && path.is_dir()).then_some(step)
}
