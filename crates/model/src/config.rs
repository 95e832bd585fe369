//! Reads a checkpoint's `config.json` with errors that name the key.

use serde::de::DeserializeOwned;
use serde_json::Value;

/// Why a configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ModelError {
    /// A key is missing.
    #[error("config.json has no `{key}`")]
    Missing {
        /// The key.
        key: String,
    },
    /// A key has a value that makes no sense.
    #[error("config.json: `{key}` is {value}: {message}")]
    Invalid {
        /// The key.
        key: String,
        /// Its value.
        value: String,
        /// What is wrong with it.
        message: String,
    },
    /// The sizes of a parameter multiply to more than a tensor may have.
    #[error("config.json gives `{name}` a shape that makes no sense: {message}")]
    Size {
        /// Name of the parameter.
        name: String,
        /// What is wrong with its shape.
        message: String,
    },
    /// No registered family knows this type of model.
    #[error("models of type `{found}` are not supported; there are: {known}")]
    UnknownFamily {
        /// `model_type` of the configuration.
        found: String,
        /// The types that are.
        known: String,
    },
}

/// Access to the keys of a configuration. A key that is `null` counts as absent, as in Transformers.
#[derive(Clone, Copy, Debug)]
pub struct ConfigReader<'a>(pub &'a Value);

impl ConfigReader<'_> {
    /// The value of a key that must be there.
    ///
    /// # Errors
    /// The key is missing or has another type.
    pub fn required<T: DeserializeOwned>(&self, key: &str) -> Result<T, ModelError> {
        self.optional(key)?.ok_or_else(|| ModelError::Missing { key: key.to_owned() })
    }

    /// The value of a key, where there is one.
    ///
    /// # Errors
    /// The key has another type.
    pub fn optional<T: DeserializeOwned>(&self, key: &str) -> Result<Option<T>, ModelError> {
        match self.0.get(key) {
            None | Some(Value::Null) => Ok(None),
            Some(value) => match T::deserialize(value) {
                Ok(parsed) => Ok(Some(parsed)),
                Err(e) => Err(self.invalid(key, e.to_string())),
            },
        }
    }

    /// A size that must be there, at least 1 and at most 2³¹.
    ///
    /// # Errors
    /// The key is missing, no integer, or out of range.
    pub fn size(&self, key: &str) -> Result<u64, ModelError> {
        let size: u64 = self.required(key)?;
        if (1..=1 << 31).contains(&size) {
            Ok(size)
        } else {
            Err(self.invalid(key, "it must lie between 1 and 2^31".to_owned()))
        }
    }

    /// The error for a key whose value makes no sense.
    #[must_use]
    pub fn invalid(&self, key: &str, message: String) -> ModelError {
        let value = self.0.get(key).map_or_else(|| "absent".to_owned(), Value::to_string);
        ModelError::Invalid { key: key.to_owned(), value, message }
    }
}
