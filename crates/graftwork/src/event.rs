//! What the host tells while it works, and how it is told to stop.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use graftwork_data::DataStats;
use graftwork_plan::Summary;
use graftwork_train::{EvalReport, SpikeReport, StepReport};
use serde::Serialize;

use crate::Error;

/// Something that happened. Serialises as `{"event": "...", ...}`.
///
/// # Examples
/// ```
/// use graftwork::Event;
///
/// let event = serde_json::to_value(Event::Working { what: "planning" })?;
/// assert_eq!(event, serde_json::json!({ "event": "working", "what": "planning" }));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// A step that takes a while begins.
    Working {
        /// What is done, for a person, e.g. `loading the model`.
        what: &'static str,
    },
    /// How far a step is that takes a while; told twice a second at most, and not of a step that is done sooner.
    Progress {
        /// What is done, as [`Working`](Self::Working) said it.
        what: &'static str,
        /// What `done` and `total` count.
        unit: Unit,
        /// How much is done.
        done: u64,
        /// How much is to be done, where that is known.
        total: Option<u64>,
    },
    /// Something that a person should know and that stops nothing.
    Warning {
        /// What, and what to do.
        message: String,
    },
    /// A file comes from the Hub; told now and then.
    Download {
        /// The file, as the repository names it.
        file: String,
        /// Bytes that are there, of all files together.
        done: u64,
        /// Bytes that will be.
        total: u64,
    },
    /// The model is open.
    Model {
        /// Its folder.
        path: PathBuf,
        /// Its family.
        architecture: String,
        /// Its weights.
        parameters: u64,
    },
    /// The strategies have decided and their plan is valid.
    Plan(Summary),
    /// The data is tokenised.
    Data(DataStats),
    /// The run's folder is there, and training begins or goes on.
    Begun {
        /// The folder.
        out: PathBuf,
        /// Names of the strategies.
        strategy: String,
        /// Updates done before, where a run is gone on with.
        step: u64,
        /// Where it computes.
        device: String,
        /// Memory that an update is estimated to take there, in bytes.
        estimated_memory: u64,
        /// Memory that it has, in bytes, where the system says.
        device_memory: Option<u64>,
    },
    /// A text that the model wrote before or after training.
    Sample {
        /// Updates done.
        step: u64,
        /// What it was given.
        prompt: String,
        /// How it went on.
        text: String,
    },
    /// An evaluation begins.
    Evaluating {
        /// Batches that it will take.
        batches: usize,
    },
    /// A batch of an evaluation is done.
    EvaluatedBatch,
    /// An evaluation is done.
    Evaluation(EvalReport),
    /// An update is done.
    Step(StepReport),
    /// The loss or the gradient norm of the update that was told last stands far above those before it.
    Spike(SpikeReport),
    /// A controller has decided.
    Steered {
        /// Updates done.
        step: u64,
        /// The plugin.
        plugin: String,
        /// What it wants done.
        actions: String,
    },
    /// A checkpoint is on the disk.
    Checkpoint {
        /// Updates done.
        step: u64,
        /// Its folder.
        path: PathBuf,
    },
    /// A result is on the disk.
    Saved {
        /// What it is, e.g. `adapter`.
        what: &'static str,
        /// Its folder.
        path: PathBuf,
    },
}

/// What the progress of a step counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// Bytes read, hashed or written.
    Bytes,
    /// Weights, or other tensors.
    Tensors,
    /// Tokens.
    Tokens,
}

/// Stops a run from another thread or a signal handler: it ends after the current update, with a checkpoint.
///
/// # Examples
/// ```
/// use graftwork::Control;
///
/// let control = Control::new();
/// let handle = control.clone();
/// std::thread::spawn(move || handle.stop()).join().expect("it does not panic");
/// assert!(control.stopped());
/// ```
#[derive(Clone, Debug, Default)]
pub struct Control(Arc<AtomicBool>);

impl Control {
    /// A control that has not been used yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Asks the run to stop.
    pub fn stop(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether it was asked to.
    #[must_use]
    pub fn stopped(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    /// An error where it was asked to.
    pub(crate) fn go_on(&self) -> Result<(), Error> {
        if self.stopped() { Err(Error::Stopped) } else { Ok(()) }
    }

    /// The flag itself, for a signal handler.
    #[must_use]
    pub fn flag(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.0)
    }
}
