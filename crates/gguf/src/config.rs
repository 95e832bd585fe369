//! Reads `config.json` with errors that name the key. A key that is `null` counts as absent, as in Transformers.

use std::path::Path;

use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::GgufError;

/// Far above any model, and small enough that products of two fit a `u64`.
const MAX_SIZE: u64 = 1 << 31;

/// An object of a configuration.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Config<'a> {
    /// The file, for messages.
    pub(crate) path: &'a Path,
    pub(crate) object: &'a Value,
}

impl<'a> Config<'a> {
    /// The value of a key, where there is one.
    pub(crate) fn optional<T: DeserializeOwned>(&self, key: &str) -> Result<Option<T>, GgufError> {
        match self.object.get(key) {
            None | Some(Value::Null) => Ok(None),
            Some(value) => {
                T::deserialize(value).map(Some).map_err(|error| self.error(key, format!("is {value}: {error}")))
            }
        }
    }

    /// The value of a key that must be there.
    pub(crate) fn required<T: DeserializeOwned>(&self, key: &str) -> Result<T, GgufError> {
        self.optional(key)?.ok_or_else(|| self.error(key, "is missing".to_owned()))
    }

    /// A size, where there is one.
    pub(crate) fn optional_size(&self, key: &str) -> Result<Option<u32>, GgufError> {
        match self.optional::<u64>(key)? {
            None => Ok(None),
            Some(size) if (1..=MAX_SIZE).contains(&size) => Ok(Some(size as u32)),
            Some(size) => Err(self.error(key, format!("is {size}; it must lie between 1 and 2^31"))),
        }
    }

    /// A size that must be there.
    pub(crate) fn size(&self, key: &str) -> Result<u32, GgufError> {
        self.optional_size(key)?.ok_or_else(|| self.error(key, "is missing".to_owned()))
    }

    /// The object under a key, where there is one.
    pub(crate) fn section(&self, key: &str) -> Result<Option<Config<'a>>, GgufError> {
        match self.object.get(key) {
            None | Some(Value::Null) => Ok(None),
            Some(object) if object.is_object() => Ok(Some(Config { path: self.path, object })),
            Some(_) => Err(self.error(key, "is not an object".to_owned())),
        }
    }

    /// Fails unless `key` is absent or one of `allowed`: llama.cpp computes nothing else for this family.
    pub(crate) fn must_be<T>(&self, key: &str, allowed: &[T]) -> Result<(), GgufError>
    where
        T: DeserializeOwned + PartialEq + std::fmt::Debug,
    {
        match self.optional::<T>(key)? {
            Some(value) if !allowed.contains(&value) => {
                Err(self.error(key, format!("is {value:?}; for this family llama.cpp computes only {allowed:?}")))
            }
            _ => Ok(()),
        }
    }

    pub(crate) fn error(&self, key: &str, reason: String) -> GgufError {
        GgufError::Config { path: self.path.to_owned(), key: key.to_owned(), reason }
    }
}
