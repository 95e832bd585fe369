//! Whether what lies on the disk is what was written.

use std::io;
use std::path::{Path, PathBuf};

use graftwork_store::{CheckpointDir, MANIFEST, ModelDir, StoreError, verify_all};
use serde::Serialize;

use crate::event::Unit;
use crate::pace::Pace;
use crate::run::{CONFIGURATION, SUMMARY};
use crate::{Comparison, Error, Event, RunConfig};

/// What [`verify`] found.
#[derive(Clone, Debug, Serialize)]
pub struct VerifyReport {
    /// The folder.
    pub path: PathBuf,
    /// What was looked at in it.
    pub parts: Vec<Verified>,
}

/// A folder or file that was looked at.
#[derive(Clone, Debug, Serialize)]
pub struct Verified {
    /// Its place.
    pub path: PathBuf,
    /// How it was looked at, for a person, e.g. `4 files by their hashes`.
    pub how: String,
    /// What is not as it was written.
    pub damage: Vec<String>,
}

impl VerifyReport {
    /// Whether all of it is as it was written.
    #[must_use]
    pub fn sound(&self) -> bool {
        self.parts.iter().all(|part| part.damage.is_empty())
    }
}

/// Compares everything in a folder with its hashes: a checkpoint, an adapter, a model, a run with all of these, or the runs of a comparison.
/// Nothing is changed.
///
/// # Errors
/// It is none of these.
///
/// # Examples
/// ```no_run
/// use graftwork::verify;
///
/// # fn main() -> Result<(), graftwork::Error> {
/// let report = verify("runs/lora-1".as_ref(), &mut |_| {})?;
/// for damage in report.parts.iter().flat_map(|part| &part.damage) {
///     eprintln!("{damage}");
/// }
/// # Ok(())
/// # }
/// ```
pub fn verify(path: &Path, on_event: &mut dyn FnMut(Event)) -> Result<VerifyReport, Error> {
    if !path.is_dir() {
        return Err(StoreError::NoFolder { path: path.to_owned() }.into());
    }
    let mut parts = Vec::new();
    if path.join(MANIFEST).exists() {
        parts.push(by_hashes(path, on_event));
    } else if path.join(CONFIGURATION).exists() || !CheckpointDir::list(path)?.is_empty() {
        parts.extend(run(path, on_event)?);
    } else if Comparison::is_in(path) {
        for folder in runs_in(path)? {
            parts.extend(run(&folder, on_event)?);
        }
    } else if path.join("config.json").exists() {
        parts.push(by_headers(path));
    } else {
        let message = "holds nothing that can be verified: no checkpoint, adapter or model with a MANIFEST, and no run; name one of these";
        return Err(Error::weights(path, message));
    }
    Ok(VerifyReport { path: path.to_owned(), parts })
}

/// Folders of the runs in that of a comparison, by name.
fn runs_in(path: &Path) -> Result<Vec<PathBuf>, Error> {
    let entries = std::fs::read_dir(path).and_then(Iterator::collect::<io::Result<Vec<_>>>);
    let entries = entries.map_err(StoreError::io("read", path))?;
    let mut runs: Vec<_> =
        entries.into_iter().map(|entry| entry.path()).filter(|folder| folder.join(CONFIGURATION).is_file()).collect();
    runs.sort();
    Ok(runs)
}

fn by_hashes(path: &Path, on_event: &mut dyn FnMut(Event)) -> Verified {
    let mut pace = Pace::new("verifying", Unit::Bytes, None, on_event);
    let (files, damage) = match verify_all(path, &mut |done, total| pace.of(done, total)) {
        Ok((files, damage)) => (files, damage.iter().map(StoreError::to_string).collect()),
        Err(error) => (0, vec![error.to_string()]),
    };
    Verified { path: path.to_owned(), how: format!("{files} files by their hashes"), damage }
}

/// A model that was not written here has no hashes.
fn by_headers(path: &Path) -> Verified {
    let damage = ModelDir::open(path).err().map(|error| error.to_string());
    let how = "no hashes there; its headers and lengths".to_owned();
    Verified { path: path.to_owned(), how, damage: damage.into_iter().collect() }
}

fn run(path: &Path, on_event: &mut dyn FnMut(Event)) -> Result<Vec<Verified>, Error> {
    let results = ["adapter", "model"].map(|name| path.join(name)).into_iter().filter(|path| path.is_dir());
    let checkpoints = CheckpointDir::list(path)?.into_iter().map(|(_, path)| path);
    let mut parts: Vec<_> = checkpoints.chain(results).map(|path| by_hashes(&path, on_event)).collect();
    let configuration = path.join(CONFIGURATION);
    let read = RunConfig::from_file(&configuration).err().map(|error| error.to_string());
    parts.push(Verified { path: configuration, how: "its keys".to_owned(), damage: read.into_iter().collect() });
    parts.extend([SUMMARY, "plan.json", "metrics.jsonl"].iter().filter_map(|name| json(&path.join(name))));
    Ok(parts)
}

/// A file of JSON, or of lines of it; none where there is no such file. A last line that was cut short is dropped when the run goes on.
fn json(path: &Path) -> Option<Verified> {
    if !path.exists() {
        return None;
    }
    let damage = match std::fs::read_to_string(path) {
        Err(error) => vec![format!("{}: {error}", path.display())],
        Ok(text) if path.extension().is_some_and(|extension| extension == "jsonl") => {
            let whole = text.split_inclusive('\n').filter(|line| line.ends_with('\n'));
            let bad =
                |(at, line): (usize, &str)| Some((at + 1, serde_json::from_str::<serde::de::IgnoredAny>(line).err()?));
            let bad = whole.enumerate().filter_map(bad);
            bad.map(|(line, error)| format!("{}:{line}: {error}", path.display())).collect()
        }
        Ok(text) => {
            let parsed = serde_json::from_str::<serde::de::IgnoredAny>(&text).err();
            parsed.map(|error| format!("{}: {error}", path.display())).into_iter().collect()
        }
    };
    Some(Verified { path: path.to_owned(), how: "that it is JSON".to_owned(), damage })
}
