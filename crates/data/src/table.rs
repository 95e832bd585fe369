//! Tables: CSV and TSV with a header line. A record is the cells of a line under the names of its columns.

use std::path::Path;

use csv::{ErrorKind, ReaderBuilder, StringRecord};
use serde_json::Value;

use crate::reader::Records;
use crate::text_reader::TextReader;
use crate::{DataError, Source};

/// Reads a table as RFC 4180 has it: a cell in double quotes may hold delimiters, line breaks, and quotes written twice.
pub(crate) fn read(
    reader: TextReader,
    delimiter: u8,
    path: &Path,
    records: &mut Records<'_, '_>,
) -> Result<(), DataError> {
    let start = reader.place();
    let mut table = ReaderBuilder::new().delimiter(delimiter).from_reader(reader);
    let fail = |error: csv::Error| table_error(error, &start, path);
    let columns = table.headers().map_err(fail)?.clone();
    check(&columns, &start)?;
    let mut row = StringRecord::new();
    while table.read_record(&mut row).map_err(fail)? {
        let line = row.position().map_or(start.line, |position| position.line() as usize);
        let cells = columns.iter().zip(&row).map(|(column, cell)| (column.to_owned(), Value::from(cell)));
        records.push(cells.collect(), start.at_line(line))?;
    }
    Ok(())
}

fn check(columns: &StringRecord, start: &Source) -> Result<(), DataError> {
    for (index, column) in columns.iter().enumerate() {
        if columns.iter().take(index).any(|before| before == column) {
            let problem = format!("two columns are called `{column}`");
            return Err(DataError::Table { at: start.clone(), problem });
        }
    }
    Ok(())
}

fn table_error(error: csv::Error, start: &Source, path: &Path) -> DataError {
    match error.into_kind() {
        ErrorKind::Io(error) => DataError::read(path, error),
        ErrorKind::UnequalLengths { pos, expected_len, len } => DataError::Table {
            at: start.at_line(pos.map_or(start.line, |pos| pos.line() as usize)),
            problem: format!(
                "{len} cells, but the header has {expected_len}; put a cell that holds the delimiter, a line break or \
                 quotes into double quotes"
            ),
        },
        other => DataError::Table { at: start.clone(), problem: format!("{other:?}") },
    }
}
