//! Where a new run is written.

use std::io;
use std::path::{Path, PathBuf};

use graftwork_store::{Overwrite, RunDir, StoreError};

use crate::{Error, RunConfig};

/// How often another process may be faster with a name.
const TRIES: usize = 100;

/// The folder of a new run; without one in the configuration, the next free `runs/NAME-N`.
pub(crate) fn folder(config: &RunConfig, name: &str) -> Result<RunDir, Error> {
    let overwrite = if config.overwrite { Overwrite::Replace } else { Overwrite::Never };
    if let Some(path) = &config.out {
        return Ok(RunDir::create(path, overwrite)?);
    }
    let mut path = next_free(Path::new("runs"), name)?;
    for _ in 0..TRIES {
        match RunDir::create(&path, Overwrite::Never) {
            // Another process was faster.
            Err(StoreError::AlreadyExists { .. } | StoreError::Locked { .. }) => {
                path = next_free(Path::new("runs"), name)?;
            }
            other => return Ok(other?),
        }
    }
    Err(StoreError::AlreadyExists { path }.into())
}

/// `runs/NAME-1`, or the first number after the highest there is.
fn next_free(parent: &Path, name: &str) -> Result<PathBuf, Error> {
    let entries = match std::fs::read_dir(parent).and_then(Iterator::collect::<io::Result<Vec<_>>>) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
        entries => entries.map_err(StoreError::io("read", parent))?,
    };
    let taken = entries.iter().filter_map(|entry| {
        let file = entry.file_name().into_string().ok()?;
        file.strip_prefix(name)?.strip_prefix('-')?.parse::<u64>().ok()
    });
    let next = taken.max().unwrap_or(0).checked_add(1).ok_or_else(|| {
        let last = parent.join(format!("{name}-{}", u64::MAX));
        Error::setting("out", format!("no number comes after that of {}; name a folder", last.display()))
    })?;
    Ok(parent.join(format!("{name}-{next}")))
}
