//! The header of a safetensors file, read with nothing taken on trust.
//!
//! The format's own reader keeps the last of two tensors of one name. Which of them a file means nobody can tell, so
//! such a file is refused here, and so is a name that a terminal would obey.

use std::collections::{HashMap, HashSet};
use std::fmt;

use safetensors::tensor::{Metadata, TensorInfo};
use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};

/// Far above any name of a tensor.
const MAX_NAME_BYTES: usize = 4096;
/// The one key of a header that is no tensor.
const METADATA: &str = "__metadata__";

/// A header whose tensors fill their shapes and follow each other without gap or overlap.
pub(crate) struct Header(pub(crate) Metadata);

impl<'de> Deserialize<'de> for Header {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Entries { metadata, mut tensors } = deserializer.deserialize_map(InOrder)?;
        tensors.sort_by_key(|(_, info)| info.data_offsets);
        Metadata::new(metadata, tensors).map(Self).map_err(Error::custom)
    }
}

#[derive(Default)]
struct Entries {
    metadata: Option<HashMap<String, String>>,
    tensors: Vec<(String, TensorInfo)>,
}

struct InOrder;

impl<'de> Visitor<'de> for InOrder {
    type Value = Entries;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object of tensors")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Entries, A::Error> {
        let (mut entries, mut names) = (Entries::default(), HashSet::new());
        while let Some(name) = map.next_key::<String>()? {
            check_name(&name).map_err(A::Error::custom)?;
            if !names.insert(name.clone()) {
                return Err(A::Error::custom(format!("{name:?} comes twice")));
            }
            match name == METADATA {
                true => entries.metadata = map.next_value()?,
                false => entries.tensors.push((name, map.next_value()?)),
            }
        }
        Ok(entries)
    }
}

fn check_name(name: &str) -> Result<(), String> {
    if name.len() > MAX_NAME_BYTES {
        return Err(format!("a tensor's name has {} bytes, {MAX_NAME_BYTES} are allowed", name.len()));
    }
    match name.chars().any(char::is_control) {
        true => Err(format!("the tensor's name {name:?} holds a control character")),
        false => Ok(()),
    }
}
