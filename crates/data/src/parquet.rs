//! Parquet files: a record is a row, its number in the file takes the place of a line.

use std::fs::File;
use std::path::Path;

use ::parquet::file::reader::{FileReader, SerializedFileReader};
use serde_json::Value;

use crate::reader::Records;
use crate::{DataError, Source};

/// Reads row after row, a page of each column at a time.
pub(crate) fn read(file: File, path: &Path, records: &mut Records<'_, '_>) -> Result<(), DataError> {
    let start = Source::new(path, 1);
    let fail = |row: usize, error: ::parquet::errors::ParquetError| DataError::Table {
        at: start.at_line(row),
        problem: error.to_string(),
    };
    let reader = SerializedFileReader::new(file).map_err(|error| fail(1, error))?;
    let rows = reader.get_row_iter(None).map_err(|error| fail(1, error))?;
    for (number, row) in (1..).zip(rows) {
        let row = row.map_err(|error| fail(number, error))?;
        if let Value::Object(map) = row.to_json_value() {
            records.push(map, start.at_line(number))?;
        }
    }
    Ok(())
}
