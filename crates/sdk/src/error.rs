//! What a plugin can refuse, and why.

use crate::bindings::strategy::graftwork::strategy::types;

/// Why there is no plan. The message is shown to the person who runs the host.
///
/// # Examples
/// ```
/// use graftwork_sdk::Error;
///
/// let error = Error::config("rank", "is 0; it must be at least 1");
/// assert!(matches!(error, Error::Config { key, .. } if key == "rank"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Error {
    /// A setting makes no sense for this model.
    Config {
        /// The setting, e.g. `rank`.
        key: String,
        /// What is wrong and what would be right.
        message: String,
    },
    /// The method does not fit the model.
    UnsupportedModel(String),
    /// Something else failed.
    Internal(String),
}

impl Error {
    /// The error for a setting.
    pub fn config(key: impl Into<String>, message: impl Into<String>) -> Self {
        Self::Config { key: key.into(), message: message.into() }
    }
}

impl From<Error> for types::Error {
    fn from(error: Error) -> Self {
        match error {
            Error::Config { key, message } => Self::InvalidConfig(types::ConfigError { path: key, message }),
            Error::UnsupportedModel(message) => Self::UnsupportedModel(message),
            Error::Internal(message) => Self::Internal(message),
        }
    }
}
