//! The classes of labelled records: their names, and which one a record belongs to.

use std::collections::BTreeSet;

use crate::files::expand;
use crate::{Body, DataError, DataSource, Format, Item, Record, read};

/// The names of the classes that the records of these sources belong to, sorted; `None` if the first record has no label.
///
/// Labels that are the integers from 0 on, none left out, are indices of classes without names: `LABEL_0`, `LABEL_1`, …
/// as in a Transformers configuration that has none. Other integers are names in the order of their values.
///
/// # Errors
/// What [`read`] finds wrong with a file, and [`DataError::MixedFormats`] for a record without a label behind one that
/// has.
pub fn labels_of(sources: &[DataSource], format: Option<Format>) -> Result<Option<Vec<String>>, DataError> {
    let mut names = BTreeSet::new();
    for source in sources {
        for file in expand(&source.path)? {
            let collected = read(&file, source.format.or(format), &mut |item| collect(item, &mut names));
            match collected {
                Err(DataError::MixedFormats { expected: Format::Labelled, .. }) if names.is_empty() => return Ok(None),
                collected => collected?,
            }
        }
    }
    Ok((!names.is_empty()).then(|| sorted(names)))
}

fn collect(item: Item, names: &mut BTreeSet<String>) -> Result<(), DataError> {
    let (at, found) = match item {
        Item::Record(Record { body: Body::Labelled { label, .. }, .. }) => {
            names.insert(label);
            return Ok(());
        }
        Item::Record(Record { source, format, .. }) => (source, format),
        Item::Part { at, .. } => (at, Format::Text),
    };
    Err(DataError::MixedFormats { at, expected: Format::Labelled, found })
}

fn sorted(names: BTreeSet<String>) -> Vec<String> {
    let Ok(mut numbers) = names.iter().map(|name| name.parse()).collect::<Result<Vec<i64>, _>>() else {
        return names.into_iter().collect();
    };
    numbers.sort_unstable();
    let indices = numbers.iter().copied().eq((0..).take(numbers.len()));
    numbers.iter().map(|number| if indices { format!("LABEL_{number}") } else { number.to_string() }).collect()
}

/// The class that a label names, or else, being an integer, is the index of.
pub(crate) fn class_of(label: &str, labels: &[String]) -> Option<u32> {
    let named = labels.iter().position(|name| name == label);
    let index = named.or_else(|| label.parse().ok().filter(|&index: &usize| index < labels.len()))?;
    u32::try_from(index).ok()
}
