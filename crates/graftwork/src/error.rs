//! Everything that can go wrong, as one type.

use std::path::PathBuf;

use crate::{Change, Problems};

/// Why the host could not do what it was asked to. The message says what, where, and what to do.
///
/// # Examples
/// ```no_run
/// use graftwork::{Control, Error, Host, RunConfig};
///
/// # fn main() -> Result<(), graftwork::Error> {
/// let config = RunConfig::from_file("run.toml".as_ref())?;
/// match Host::new()?.run(&config, &Control::new(), &mut |_| {}) {
///     Ok(report) => println!("{}", report.out.display()),
///     Err(Error::OutOfMemory { remedy, .. }) => eprintln!("{remedy}"),
///     Err(error) if error.is_stop() => {}
///     Err(error) => eprintln!("{}: {error}", error.code()),
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file could not be read or written as what it should be.
    #[error(transparent)]
    Store(#[from] graftwork_store::StoreError),
    /// The data cannot be trained on.
    #[error(transparent)]
    Data(#[from] graftwork_data::DataError),
    /// The Hub does not give what was asked for.
    #[cfg(feature = "hub")]
    #[error(transparent)]
    Hub(Box<graftwork_hub::HubError>),
    /// No GGUF file can be made of it.
    #[error(transparent)]
    Gguf(#[from] graftwork_gguf::GgufError),
    /// The model's configuration cannot be used.
    #[error("{}: {source}", path.display())]
    Model {
        /// The model's folder.
        path: PathBuf,
        /// What is wrong.
        source: graftwork_model::ModelError,
    },
    /// A plugin failed or was refused.
    #[error(transparent)]
    Plugin(#[from] graftwork_plugin_host::PluginError),
    /// A plugin cannot be begun or built.
    #[error(transparent)]
    Authoring(#[from] graftwork_authoring::AuthoringError),
    /// What the strategies decided does not fit the model.
    #[error("{strategy}: {problems}")]
    Plan {
        /// The strategies.
        strategy: String,
        /// Every problem.
        problems: graftwork_plan::Problems,
    },
    /// The adapters cannot be computed.
    #[error(transparent)]
    Adapt(#[from] graftwork_adapt::AdaptError),
    /// A controller failed, or decided what cannot be done.
    #[error("{}{message}", if *step > 0 { format!("after update {step}: ") } else { String::new() })]
    Controller {
        /// Updates done.
        step: u64,
        /// What is wrong, and what there is to go on from.
        message: String,
    },
    /// A run cannot be read, or no document be made of it.
    #[error(transparent)]
    Report(#[from] graftwork_report::ReportError),
    /// Training had to stop.
    #[error(transparent)]
    Train(#[from] graftwork_train::TrainError),
    /// It was stopped before there was anything to keep: of a run, before its first update.
    #[error("stopped before there was anything to keep; nothing was written")]
    Stopped,
    /// A run would go on as another one.
    #[error(
        "{}: since the run was started, {what}. `--allow {change}` goes on all the same; without it, put back what was there, or start \
         a new run", path.display()
    )]
    Changed {
        /// The checkpoint to go on from.
        path: PathBuf,
        /// What is other than it was.
        what: String,
        /// What would have to be allowed.
        change: Change,
    },
    /// A setting makes no sense.
    #[error("{key}: {message}")]
    Setting {
        /// The setting, as it is written on the command line or in `run.toml`.
        key: String,
        /// What is wrong and what would be right.
        message: String,
    },
    /// A configuration cannot be read as one.
    #[error("{0}")]
    Configuration(Problems),
    /// A conversation has grown as long as the model can read.
    #[error("{tokens} tokens leave no room: the model was made for {limit}; leave out the oldest turns, or begin anew")]
    ContextFull {
        /// Tokens of the prompt.
        tokens: usize,
        /// The longest text that the model was made for.
        limit: usize,
    },
    /// The weights do not fit the configuration.
    #[error("{}: {message}", path.display())]
    Weights {
        /// The model's folder or the adapter's.
        path: PathBuf,
        /// What does not fit.
        message: String,
    },
    /// It would not fit into memory.
    #[error("{what} needs at least {needed} of memory, and this machine has {available}; {remedy}")]
    Memory {
        /// What would not fit.
        what: String,
        /// What it needs.
        needed: String,
        /// What there is.
        available: String,
        /// What to do.
        remedy: String,
    },
    /// The device's memory did not suffice.
    #[error(
        "`{device}` ran out of memory, of which it has {available}: an update was estimated to need {needed}; {remedy}"
    )]
    OutOfMemory {
        /// The device.
        device: String,
        /// What it has.
        available: String,
        /// The estimate.
        needed: String,
        /// What to do.
        remedy: String,
    },
    /// The device cannot be used.
    #[error("device `{device}`: {message}")]
    Device {
        /// The device.
        device: String,
        /// Why, and what to do.
        message: String,
    },
}

impl Error {
    /// Whether nothing went wrong but that the run was stopped before its first update.
    #[must_use]
    pub fn is_stop(&self) -> bool {
        match self {
            Self::Stopped => true,
            #[cfg(feature = "hub")]
            Self::Hub(error) => matches!(**error, graftwork_hub::HubError::Cancelled { .. }),
            _ => false,
        }
    }

    pub(crate) fn setting(key: impl Into<String>, message: impl Into<String>) -> Self {
        Self::Setting { key: key.into(), message: message.into() }
    }

    pub(crate) fn weights(path: impl Into<PathBuf>, message: impl Into<String>) -> Self {
        Self::Weights { path: path.into(), message: message.into() }
    }
}
