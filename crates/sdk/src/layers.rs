//! The layers that a method is confined to.

use std::ops::RangeInclusive;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, de};

use crate::{Error, Model, Param};

/// Some layers of a model, counted from 0. A person writes one (`3`), a list (`[0, 1, 8]`) or ranges with both ends in
/// them (`"0-3,8"`).
///
/// # Examples
/// ```
/// use graftwork_sdk::{Error, Layers, settings};
///
/// #[derive(serde::Deserialize)]
/// struct Config {
///     layers: Layers,
/// }
///
/// let written: Config = settings(r#"{"layers": "0-2,8"}"#)?;
/// assert_eq!(Ok(written.layers), "0-2,8".parse());
/// assert_eq!("2-0".parse::<Layers>(), Err("`2-0` runs backwards".to_owned()));
/// # Ok::<(), Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Written")]
pub struct Layers(Vec<RangeInclusive<u32>>);

/// The ways to write layers.
#[derive(Deserialize)]
#[serde(untagged)]
enum Written {
    One(u32),
    List(Vec<u32>),
    Ranges(String),
}

impl Layers {
    /// Whether the parameter belongs to one of the layers; one outside of all layers does not.
    pub fn admit(&self, param: &Param) -> bool {
        param.layer.is_some_and(|layer| self.0.iter().any(|range| range.contains(&layer)))
    }

    /// Fails where the model has fewer layers than are named.
    ///
    /// # Errors
    /// The first layer that is missing, under the setting `key`.
    pub fn check(&self, key: &str, model: &Model) -> Result<(), Error> {
        let Some(deepest) = model.params().iter().filter_map(|p| p.layer).max() else {
            return Err(Error::config(key, "this model has no layers"));
        };
        match self.0.iter().find(|range| *range.end() > deepest) {
            Some(range) => {
                let missing = (*range.start()).max(deepest + 1);
                Err(Error::config(key, format!("there is no layer {missing}; they count from 0 to {deepest}")))
            }
            None => Ok(()),
        }
    }
}

/// Reads the setting `layers` of flattened settings, which lose their path: the message says which setting it is.
pub(crate) fn flattened<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Layers>, D::Error> {
    Option::deserialize(deserializer).map_err(|error| de::Error::custom(format!("`layers`: {error}")))
}

impl From<Vec<u32>> for Layers {
    fn from(layers: Vec<u32>) -> Self {
        Self(layers.into_iter().map(|layer| layer..=layer).collect())
    }
}

/// Reads ranges such as `0-3,8`.
impl FromStr for Layers {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let range = |part: &str| {
            let (first, last) = part.split_once('-').unwrap_or((part, part));
            match (first.trim().parse::<u32>(), last.trim().parse::<u32>()) {
                (Ok(first), Ok(last)) if first <= last => Ok(first..=last),
                (Ok(_), Ok(_)) => Err(format!("`{}` runs backwards", part.trim())),
                _ => Err(format!("`{}` is neither a layer nor a range; write layers like 0-3,8", part.trim())),
            }
        };
        text.split(',').map(range).collect::<Result<_, _>>().map(Self)
    }
}

impl TryFrom<Written> for Layers {
    type Error = String;

    fn try_from(written: Written) -> Result<Self, String> {
        match written {
            Written::One(layer) => Ok(vec![layer].into()),
            Written::List(layers) => Ok(layers.into()),
            Written::Ranges(text) => text.parse(),
        }
    }
}
