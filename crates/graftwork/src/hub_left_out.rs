//! In place of `hub.rs`, where the program is built without it: every name is a path.

use std::path::{Path, PathBuf};

use crate::base::from_anywhere;
use crate::{Control, Error, Event, RunConfig};

/// A model in its folder, and what to record of it.
pub(crate) struct Found {
    pub(crate) folder: PathBuf,
    pub(crate) record: PathBuf,
}

/// Where the model is.
pub(crate) fn model(given: &Path, _: &Control, _: &mut dyn FnMut(Event)) -> Result<Found, Error> {
    if !given.exists() {
        let message =
            format!("there is no folder `{}`, and this program was built without the feature `hub`", given.display());
        return Err(Error::setting("model", message));
    }
    Ok(Found { folder: given.to_owned(), record: from_anywhere(given) })
}

/// The configuration to record.
pub(crate) fn data(config: &mut RunConfig, _: &Control, _: &mut dyn FnMut(Event)) -> Result<RunConfig, Error> {
    Ok(config.clone())
}
