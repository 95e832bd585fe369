//! A run: what it is, what happened, what was measured.

use std::fs;
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::{About, History, ReportError};

/// A run, as its folder has it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Run {
    /// What it is called in the report; runs of one report have different names.
    pub name: String,
    /// Its folder.
    pub folder: PathBuf,
    /// What it is: `about.json`.
    pub about: About,
    /// What happened: `metrics.jsonl`.
    pub history: History,
    /// What it came to: `summary.json`.
    pub measured: Measured,
    /// The text of `run.toml`.
    #[serde(default)]
    pub configuration: Option<String>,
}

/// What a run came to. The default is that of a run which has not ended.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Measured {
    /// Updates done.
    pub steps: u64,
    /// Whether the run went to its end.
    pub finished: bool,
    /// Whether early stopping made that end.
    pub stopped_early: bool,
    /// Why it failed, where it did.
    #[serde(default)]
    pub failure: Option<String>,
    /// Seconds of the whole run, loading and saving included.
    pub seconds: f64,
    /// Whether blocks were computed again in the backward pass.
    pub recompute: bool,
    /// The most memory that the process has held, in bytes, where the system says.
    pub peak_memory_bytes: Option<u64>,
    /// The most memory that it has held on a device of its own, in bytes.
    #[serde(default)]
    pub peak_device_memory_bytes: Option<u64>,
    /// The trained adapter or model; none where there is none.
    pub result: Option<PathBuf>,
    /// Updates that the result has seen.
    pub result_step: Option<u64>,
    /// Size of the result's files, in bytes.
    #[serde(default)]
    pub artefact_bytes: Option<u64>,
}

impl Measured {
    /// The most that was held of the memory that runs out first: the device's own, or else the machine's. In bytes.
    #[must_use]
    pub fn peak_bytes(&self) -> Option<u64> {
        self.peak_device_memory_bytes.or(self.peak_memory_bytes)
    }
}

impl Run {
    /// Reads a run's folder. A run that has not ended has no `summary.json`, and one that began under an error no `metrics.jsonl`.
    ///
    /// # Errors
    /// If `about.json` is missing, or a file cannot be read or is not as a run writes it.
    pub fn read(folder: &Path) -> Result<Self, ReportError> {
        let path = folder.join("about.json");
        let about: About = json(&path)?.ok_or_else(|| ReportError::NoRun { folder: folder.to_owned() })?;
        let mut measured: Measured = json(&folder.join("summary.json"))?.unwrap_or_default();
        // The folder may have moved since, with the result in it.
        let result = measured.result.as_ref().and_then(|result| result.file_name()).map(|name| folder.join(name));
        if let (Some(result), None) = (result, measured.artefact_bytes) {
            measured.artefact_bytes = size(&result);
        }
        let metrics = folder.join("metrics.jsonl");
        let history = if metrics.exists() { History::read(&metrics)? } else { History::default() };
        let configuration = optional(&folder.join("run.toml"))?.map(|text| String::from_utf8_lossy(&text).into_owned());
        let name = about.strategy.name.clone();
        Ok(Self { name, folder: folder.to_owned(), about, history, measured, configuration })
    }

    /// Whether the result is an adapter, which needs its base.
    #[must_use]
    pub fn is_adapter(&self) -> bool {
        let name = self.measured.result.as_ref().and_then(|result| result.file_name());
        name.map_or(!self.about.plan.adapters.is_empty(), |name| name == "adapter")
    }
}

/// A file's contents; none where there is no file.
fn optional(path: &Path) -> Result<Option<Vec<u8>>, ReportError> {
    match fs::read(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(ReportError::io(path)(error)),
    }
}

fn json<T: DeserializeOwned>(path: &Path) -> Result<Option<T>, ReportError> {
    optional(path)?.map(|text| serde_json::from_slice(&text).map_err(ReportError::file(path))).transpose()
}

/// Bytes of a folder's files, which has no folders in it; none where it cannot be read.
fn size(folder: &Path) -> Option<u64> {
    let files = fs::read_dir(folder).ok()?;
    files.map(|file| Some(file.ok()?.metadata().ok()?.len())).sum()
}
