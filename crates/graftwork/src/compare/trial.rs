//! One run of a comparison.

use std::path::{Path, PathBuf};

use graftwork_store::CheckpointDir;

use crate::run::{CONFIGURATION, FAILURE, SUMMARY};
use crate::{Control, Error, Event, Host, RunConfig, RunReport};

/// A run that a comparison needs and does not have yet.
#[derive(Clone, Debug, PartialEq)]
pub struct Trial {
    /// Number of its candidate.
    pub candidate: usize,
    /// Its name, and its folder's in that of the comparison.
    pub name: String,
    /// Which it is of those that the comparison has had so far, from 1.
    pub number: usize,
    /// What to run.
    pub config: RunConfig,
    /// The same as a file, `NAME.toml`.
    pub file: PathBuf,
    /// The folder of the run, where it was begun and did not come to its end.
    pub begun: Option<PathBuf>,
}

impl Trial {
    /// Trains in this process, or goes on where it was stopped.
    ///
    /// The most memory that a run has taken is that of its process: for a comparison of memory, have each trial in a process of its own.
    ///
    /// # Errors
    /// As [`Host::run`] and [`Host::resume`].
    ///
    /// # Examples
    /// ```no_run
    /// use graftwork::{Comparison, Control, Host};
    ///
    /// # fn main() -> Result<(), graftwork::Error> {
    /// let comparison = Comparison::open("runs/compare-1".as_ref())?;
    /// if let Some(trial) = comparison.next()? {
    ///     let report = trial.run(&Host::new()?, &Control::new(), &mut |_| {})?;
    ///     println!("{} came to {:?}", trial.name, report.eval_loss.last);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn run(&self, host: &Host, control: &Control, on_event: &mut dyn FnMut(Event)) -> Result<RunReport, Error> {
        match &self.begun {
            Some(folder) => host.resume(folder, &[], control, on_event),
            None => host.run(&self.config, control, on_event),
        }
    }
}

/// How far a run in a folder is.
pub(crate) enum State {
    /// There is none.
    Absent,
    /// It was begun, and can go on.
    Begun,
    /// It failed.
    Failed,
    /// It came to its end.
    Finished(Box<RunReport>),
}

impl State {
    pub(crate) fn of(folder: &Path) -> Self {
        match read::<RunReport>(&folder.join(SUMMARY)) {
            Some(report) if report.finished => Self::Finished(Box::new(report)),
            _ if folder.join(FAILURE).is_file() => Self::Failed,
            // A run that was killed while it began has nothing that could go on.
            _ if folder.join(CONFIGURATION).is_file()
                || CheckpointDir::list(folder).is_ok_and(|all| !all.is_empty()) =>
            {
                Self::Begun
            }
            _ => Self::Absent,
        }
    }
}

/// What a file of a run says, where it can be read.
pub(super) fn read<T: serde::de::DeserializeOwned>(path: &Path) -> Option<T> {
    serde_json::from_slice(&graftwork_store::read_file(path).ok()?).ok()
}
