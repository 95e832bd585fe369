//! What a person gives as data: a path, with a share of the mix and a format where they want to say so.

use std::borrow::Cow;
use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::value::MapAccessDeserializer;
use serde::de::{self, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{DataError, Format};

/// Data to read: `"a.jsonl"`, or `{ path = "b/*.csv", weight = 0.3, format = "alpaca" }`.
#[derive(Debug, Clone, PartialEq)]
pub struct DataSource {
    /// A file; a folder, for every data file below it; a glob pattern; or `-`, for standard input.
    pub path: PathBuf,
    /// The share of the rows of an epoch that come from here.
    pub weight: Option<Weight>,
    /// The records' format; that of [`DataOptions`](crate::DataOptions) if not given.
    pub format: Option<Format>,
}

impl DataSource {
    /// Whether this is standard input.
    pub(crate) fn is_stdin(path: &Path) -> bool {
        path.as_os_str() == "-"
    }
}

impl<P: Into<PathBuf>> From<P> for DataSource {
    fn from(path: P) -> Self {
        Self { path: path.into(), weight: None, format: None }
    }
}

impl fmt::Display for DataSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.path.display().fmt(f)
    }
}

/// `PATH` or `PATH=WEIGHT`, as on a command line. What exists under the whole name is a path.
impl FromStr for DataSource {
    type Err = DataError;

    fn from_str(text: &str) -> Result<Self, DataError> {
        if let Some((path, number)) = text.rsplit_once('=')
            && let Ok(number) = number.parse::<f64>()
            && !Path::new(text).exists()
        {
            return Ok(Self { weight: Some(Weight::try_from(number)?), ..Self::from(path) });
        }
        Ok(Self::from(text))
    }
}

/// A share of a mix: above 0, and at most 1.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "f64", into = "f64")]
#[schemars(extend("exclusiveMinimum" = 0, "maximum" = 1))]
pub struct Weight(f64);

impl Weight {
    /// The number.
    pub fn get(self) -> f64 {
        self.0
    }
}

impl TryFrom<f64> for Weight {
    type Error = DataError;

    fn try_from(value: f64) -> Result<Self, DataError> {
        if value > 0.0 && value <= 1.0 {
            return Ok(Self(value));
        }
        let problem = format!("the share of the rows that come from a source, above 0 and at most 1, is {value}");
        Err(DataError::Option { key: "weight", problem })
    }
}

impl From<Weight> for f64 {
    fn from(weight: Weight) -> Self {
        weight.0
    }
}

/// A path with its share of the rows and its format.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Table {
    /// A file; a folder, for every data file below it; a glob pattern; `-`, for standard input; or a name on the Hub.
    #[schemars(example = "b.jsonl")]
    path: PathBuf,
    /// The share of the rows of an epoch that come from here; sources without one share what is left.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(example = 0.3)]
    weight: Option<Weight>,
    /// The records' format; that of `data.format` if not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(example = Format::Chat)]
    format: Option<Format>,
}

impl JsonSchema for DataSource {
    fn schema_name() -> Cow<'static, str> {
        "DataSource".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({ "anyOf": [generator.subschema_for::<PathBuf>(), generator.subschema_for::<Table>()] })
    }
}

impl Serialize for DataSource {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { path, weight, format } = self.clone();
        match (weight, format) {
            (None, None) => path.serialize(serializer),
            (weight, format) => Table { path, weight, format }.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for DataSource {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(DataSourceVisitor)
    }
}

/// By hand, since the error of an untagged enum says nothing of what is wrong.
struct DataSourceVisitor;

impl<'de> Visitor<'de> for DataSourceVisitor {
    type Value = DataSource;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a path, or a table of `path`, `weight` and `format`")
    }

    fn visit_str<E: de::Error>(self, path: &str) -> Result<DataSource, E> {
        Ok(DataSource::from(path))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<DataSource, A::Error> {
        let Table { path, weight, format } = Table::deserialize(MapAccessDeserializer::new(map))?;
        Ok(DataSource { path, weight, format })
    }
}
