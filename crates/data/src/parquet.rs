//! Parquet files: a record is a row, its number in the file takes the place of a line.

use std::fs::File;
use std::path::Path;

use ::parquet::errors::ParquetError;
use ::parquet::file::reader::{FileReader, SerializedFileReader};
use ::parquet::record::{Field, Row};
use serde_json::{Map, Value};

use crate::reader::Records;
use crate::{DataError, Source};

/// Reads row after row, a page of each column at a time.
pub(crate) fn read(file: File, path: &Path, records: &mut Records<'_, '_>) -> Result<(), DataError> {
    let start = Source::new(path, 1);
    let fail =
        |row: usize, error: ParquetError| DataError::Table { at: start.at_line(row), problem: error.to_string() };
    let reader = SerializedFileReader::new(file).map_err(|error| fail(1, error))?;
    let rows = reader.get_row_iter(None).map_err(|error| fail(1, error))?;
    for (number, row) in (1..).zip(rows) {
        let row = row.map_err(|error| fail(number, error))?;
        records.push(object(&row), start.at_line(number))?;
    }
    Ok(())
}

/// Every struct of a column has the same fields, so a null is what an object lacks.
fn object(row: &Row) -> Map<String, Value> {
    let there = row.get_column_iter().filter(|(_, field)| !matches!(field, Field::Null));
    there.map(|(key, field)| (key.clone(), value(field))).collect()
}

fn value(field: &Field) -> Value {
    match field {
        Field::Group(row) => Value::Object(object(row)),
        Field::ListInternal(list) => list.elements().iter().map(value).collect(),
        // Some writers leave out that their bytes are text.
        Field::Bytes(bytes) if let Ok(text) = std::str::from_utf8(bytes.data()) => Value::from(text),
        other => other.to_json_value(),
    }
}
