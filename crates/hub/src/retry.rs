//! Attempts that fail for a reason that may pass, and the waits between them.

use std::thread;
use std::time::{Duration, Instant};

use crate::{HubError, Observer, RepoId, Settings};

/// The longest wait between two attempts, and the longest that a server may ask for: the Hub counts requests in windows
/// of five minutes.
const LONGEST_WAIT: Duration = Duration::from_secs(300);

/// Why an attempt failed.
pub(crate) enum Failure {
    /// It would fail again.
    Final(HubError),
    /// It may pass.
    Passing {
        /// What to report if it does not.
        error: HubError,
        /// How many seconds the server asks to wait.
        wait: Option<u32>,
    },
}

impl From<HubError> for Failure {
    fn from(error: HubError) -> Self {
        Self::Final(error)
    }
}

/// What is left of the attempts of one request.
#[derive(Clone, Copy)]
pub(crate) struct Attempts {
    all: u32,
    left: u32,
    first_wait: Duration,
    wait: Duration,
}

impl Attempts {
    pub(crate) fn new(settings: &Settings) -> Self {
        Self { all: settings.attempts, left: settings.attempts, first_wait: settings.backoff, wait: settings.backoff }
    }

    /// One attempt, where there is another way if it fails.
    pub(crate) fn single() -> Self {
        Self { all: 1, left: 1, first_wait: Duration::ZERO, wait: Duration::ZERO }
    }

    /// Something was gained: begin to count anew.
    pub(crate) fn restart(&mut self) {
        (self.left, self.wait) = (self.all, self.first_wait);
    }

    /// Returns after a wait if another attempt is due.
    ///
    /// # Errors
    /// The failure's error if there is none, [`HubError::Cancelled`] if the observer says so meanwhile.
    pub(crate) fn after(&mut self, failure: Failure, id: &RepoId, observer: &mut dyn Observer) -> Result<(), HubError> {
        let (error, asked) = match failure {
            Failure::Final(error) => return Err(error),
            Failure::Passing { error, wait } => (error, wait),
        };
        self.left = self.left.saturating_sub(1);
        let wait = Duration::from_secs(asked.unwrap_or_default().into()).max(self.wait);
        if self.left == 0 || wait > LONGEST_WAIT {
            return Err(error);
        }
        self.wait = self.wait.saturating_mul(2).min(LONGEST_WAIT);
        tracing::warn!("{}; trying again in {} s", error.brief(), wait.as_secs_f32().ceil());
        pause(wait, id, observer)
    }
}

/// Waits, and looks at the observer meanwhile.
pub(crate) fn pause(wait: Duration, id: &RepoId, observer: &mut dyn Observer) -> Result<(), HubError> {
    const GLANCE: Duration = Duration::from_millis(100);
    let end = Instant::now() + wait;
    loop {
        check(id, observer)?;
        let left = end.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Ok(());
        }
        thread::sleep(left.min(GLANCE));
    }
}

/// An error if the observer wants to stop.
pub(crate) fn check(id: &RepoId, observer: &mut dyn Observer) -> Result<(), HubError> {
    if observer.cancelled() { Err(HubError::Cancelled { id: id.clone() }) } else { Ok(()) }
}
