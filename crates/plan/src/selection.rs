//! What a selector chooses: plain data, with its check.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};

use crate::manifest::{Manifest, ParamId};

/// What a selector chose for one parameter.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Choice {
    /// Index of the parameter.
    pub param: u32,
    /// Rank of its adapter, where the selector has a say in it.
    pub rank: Option<u32>,
    /// Alpha of its adapter, where the selector has a say in it.
    pub alpha: Option<f64>,
}

impl Choice {
    /// Whether strategies may be shown what a selector chose; why not, as a sentence.
    ///
    /// # Errors
    /// A choice is of a parameter that is not there, or is tied to another, or comes twice; a rank is 0, an alpha no number.
    pub fn check_all(choices: &[Self], manifest: &Manifest) -> Result<(), String> {
        let mut chosen = HashSet::new();
        for choice in choices {
            let id = choice.param;
            let found = manifest.get(ParamId(id));
            let param =
                found.ok_or_else(|| format!("it chooses parameter {id}; the model has {}", manifest.params.len()))?;
            let wrong = |what: String| Err(format!("what it chooses for `{}` {what}", param.name));
            if let Some(source) = param.tied_to.and_then(|tied| manifest.get(tied)) {
                return wrong(format!("is for a parameter that is tied to `{}`; choose that one instead", source.name));
            }
            if choice.rank == Some(0) {
                return wrong("has a rank of 0; leave it out, or give it none".to_owned());
            }
            if let Some(alpha) = choice.alpha.filter(|alpha| !alpha.is_finite()) {
                return wrong(format!("has an alpha of {alpha}; it must be finite"));
            }
            if !chosen.insert(id) {
                return wrong("comes twice; choose it once".to_owned());
            }
        }
        Ok(())
    }
}
