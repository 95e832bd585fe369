//! Commands whose result is what a person asked for: while they work, they show only that something goes on and what is wrong.

use graftwork::{Error, Event};
use indicatif::ProgressBar;

use crate::progress::Progress;

/// Does the work. As JSON, what it tells is a line for each event, before the object of the result.
pub(crate) fn quietly<T>(json: bool, work: impl FnOnce(&mut Quiet) -> Result<T, Error>) -> Result<T, Error> {
    let mut quiet = Quiet { progress: Progress::new(json), json };
    let result = work(&mut quiet);
    quiet.progress.clear();
    result
}

/// What such a command shows.
pub(crate) struct Quiet {
    progress: Progress,
    json: bool,
}

impl Quiet {
    pub(crate) fn show(&mut self, event: &Event) {
        match event {
            Event::Working { .. }
            | Event::Progress { .. }
            | Event::Download { .. }
            | Event::Evaluating { .. }
            | Event::EvaluatedBatch => self.progress.show(event),
            Event::Warning { .. } if self.json => self.progress.show(event),
            // Standard output is for the result.
            Event::Warning { message } => self.progress.bar().suspend(|| tracing::warn!("{message}")),
            _ => {}
        }
    }

    /// The bar itself, for whoever has to take it away while events are shown.
    pub(crate) fn bar(&self) -> ProgressBar {
        self.progress.bar()
    }
}
