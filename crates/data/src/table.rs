//! Tables: CSV and TSV with a header line. A record is the cells of a line under the names of its columns.

use std::io::Read;
use std::path::Path;

use csv::{ErrorKind, ReaderBuilder, StringRecord};
use serde_json::Value;

use crate::error::shown;
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
    let fail = |error: csv::Error| match error.into_kind() {
        ErrorKind::Io(error) => DataError::read(path, error),
        other => DataError::Table { at: start.clone(), problem: format!("{other:?}") },
    };
    // With a line break at its end, every row ends in one.
    let reader = reader.chain(&b"\n"[..]);
    let mut table = ReaderBuilder::new().delimiter(delimiter).flexible(true).from_reader(reader);
    let columns = table.headers().map_err(fail)?.clone();
    check_columns(&columns, &start)?;
    let (mut row, mut line) = (StringRecord::new(), table.position().line() as usize);
    while table.read_record(&mut row).map_err(fail)? {
        // Counted from its end, since blank lines may stand before it. A row may also end in `\r`, which is no line's end.
        let breaks: usize = row.iter().map(|cell| cell.matches('\n').count()).sum();
        let end = table.position().line() as usize;
        let at = start.at_line((end - breaks - 1).max(line));
        line = end;
        if row.len() != columns.len() {
            let problem = format!(
                "cells: {}, columns: {}; put a cell that holds the delimiter, a line break or quotes into double quotes",
                row.len(),
                columns.len()
            );
            return Err(DataError::Table { at, problem });
        }
        let cells = columns.iter().zip(&row).map(|(column, cell)| (column.to_owned(), Value::from(cell)));
        records.push(cells.collect(), at)?;
    }
    Ok(())
}

fn check_columns(columns: &StringRecord, at: &Source) -> Result<(), DataError> {
    for (index, column) in columns.iter().enumerate() {
        if columns.iter().take(index).any(|before| before == column) {
            let problem = format!("two columns are called `{}`", shown(column));
            return Err(DataError::Table { at: at.clone(), problem });
        }
    }
    Ok(())
}
