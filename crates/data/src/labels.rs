//! The classes of labelled records: their names, and which one a record belongs to.

use std::collections::BTreeSet;
use std::path::PathBuf;

use crate::{Body, DataError, Format, read};

/// The names of the classes that the records of these files belong to, sorted.
///
/// Labels that are the integers from 0 on, none left out, are indices of classes without names: `LABEL_0`, `LABEL_1`, …
/// as in a Transformers configuration that has none. Other integers are names in the order of their values.
///
/// # Errors
/// What [`read`] finds wrong with a file, and [`DataError::MixedFormats`] for a record without a label.
pub fn labels_of(files: &[PathBuf], format: Option<Format>) -> Result<Vec<String>, DataError> {
    let mut names = BTreeSet::new();
    for path in files {
        let file = read(path, format)?;
        for record in file.records {
            let Body::Labelled { label, .. } = record.body else {
                return Err(DataError::MixedFormats {
                    at: record.source,
                    expected: Format::Labelled,
                    found: file.format,
                });
            };
            names.insert(label);
        }
    }
    let Ok(mut numbers) = names.iter().map(|name| name.parse()).collect::<Result<Vec<i64>, _>>() else {
        return Ok(names.into_iter().collect());
    };
    numbers.sort_unstable();
    let indices = numbers.iter().copied().eq((0..).take(numbers.len()));
    Ok(numbers.iter().map(|number| if indices { format!("LABEL_{number}") } else { number.to_string() }).collect())
}

/// The class that a label names, or else, being an integer, is the index of.
pub(crate) fn class_of(label: &str, labels: &[String]) -> Option<u32> {
    let named = labels.iter().position(|name| name == label);
    let index = named.or_else(|| label.parse().ok().filter(|&index: &usize| index < labels.len()))?;
    u32::try_from(index).ok()
}
