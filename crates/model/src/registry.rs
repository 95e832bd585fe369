//! Families find their way into a program by being linked into it.

use std::sync::Arc;

use serde_json::Value;

use crate::{Architecture, ConfigReader, ModelError};

/// A model family, registered by its crate.
pub struct Family {
    /// Name, e.g. `llama`.
    pub name: &'static str,
    /// Values of `model_type` in `config.json` that belong to it.
    pub model_types: &'static [&'static str],
    /// Makes a model of the family from its `config.json`.
    pub open: fn(&Value) -> Result<Arc<dyn Architecture>, ModelError>,
}

inventory::collect!(Family);

/// Every family that is linked in, by name.
#[must_use]
pub fn families() -> Vec<&'static Family> {
    let mut families: Vec<_> = inventory::iter::<Family>.into_iter().collect();
    families.sort_by_key(|f| f.name);
    families
}

/// The family and model that a `config.json` describes.
///
/// # Errors
/// The configuration has no `model_type`, names one that no family knows, or the family refuses it.
pub fn open(config: &Value) -> Result<(&'static Family, Arc<dyn Architecture>), ModelError> {
    let found: String = ConfigReader(config).required("model_type")?;
    let families = families();
    match families.iter().find(|f| f.model_types.contains(&found.as_str())) {
        Some(family) => Ok((family, (family.open)(config)?)),
        None => {
            let known: Vec<_> = families.iter().flat_map(|f| f.model_types).copied().collect();
            Err(ModelError::UnknownFamily { found, known: known.join(", ") })
        }
    }
}
