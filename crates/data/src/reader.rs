//! Reading a data file: bytes to records, each with its line.

use std::path::Path;

use serde_json::Value;
use serde_json::value::RawValue;

use crate::record::{quoted_keys, type_name};
use crate::{Body, DataError, Format, Record, Source};

/// The records of one file.
#[derive(Debug, Clone, PartialEq)]
pub struct DataFile {
    /// What the records look like.
    pub format: Format,
    /// The records in the file's order, at least one.
    pub records: Vec<Record>,
}

/// Reads a file of records.
///
/// `.txt` and `.md` are plain text; `.jsonl`, `.ndjson` and `.json` hold one JSON object a line, or one array of them.
/// With a `format`, the name does not matter. Blank lines, CRLF and a byte order mark are fine.
///
/// # Errors
/// A file that cannot be read, is not UTF-8, holds no record, or holds one that is not as the format says; each with
/// its line.
pub fn read(path: &Path, format: Option<Format>) -> Result<DataFile, DataError> {
    let bytes = std::fs::read(path).map_err(|source| DataError::Io { path: path.to_owned(), source })?;
    let text = decode(bytes, path)?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    if text.trim().is_empty() {
        return Err(DataError::Empty { path: path.to_owned() });
    }
    let start = Source::new(path, 1);
    if is_plain_text(path, format)? {
        let body = Body::Stream(text.replace("\r\n", "\n"));
        return Ok(DataFile { format: Format::Text, records: vec![Record { source: start, body }] });
    }
    let values = if text.trim_start().starts_with('[') { array(text, &start)? } else { lines(text, &start)? };
    records(values, format, path)
}

fn is_plain_text(path: &Path, format: Option<Format>) -> Result<bool, DataError> {
    if let Some(format) = format {
        return Ok(format == Format::Text);
    }
    let extension = path.extension().map(|e| e.to_string_lossy().to_lowercase());
    match extension.as_deref() {
        Some("txt" | "md") => Ok(true),
        Some("jsonl" | "ndjson" | "json") => Ok(false),
        _ => Err(DataError::UnknownExtension { path: path.to_owned() }),
    }
}

fn decode(bytes: Vec<u8>, path: &Path) -> Result<String, DataError> {
    String::from_utf8(bytes).map_err(|error| {
        let offset = error.utf8_error().valid_up_to();
        let line = 1 + error.as_bytes()[..offset].iter().filter(|&&byte| byte == b'\n').count();
        DataError::NotUtf8 { at: Source::new(path, line), offset }
    })
}

/// One value a line.
fn lines(text: &str, start: &Source) -> Result<Vec<(Source, Value)>, DataError> {
    let parse = |(index, line): (usize, &str)| {
        let at = start.at_line(index + 1);
        match serde_json::from_str(line) {
            Ok(value) => Ok((at, value)),
            Err(error) => Err(json_error(&error, at)),
        }
    };
    text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()).map(parse).collect()
}

/// The values of one array that is the whole file.
fn array(text: &str, start: &Source) -> Result<Vec<(Source, Value)>, DataError> {
    let fail = |error: serde_json::Error| json_error(&error, start.at_line(error.line()));
    let items: Vec<&RawValue> = serde_json::from_str(text).map_err(fail)?;
    let (mut line, mut counted) = (1, 0);
    let mut values = Vec::with_capacity(items.len());
    for item in items {
        // A raw value is a slice of the text: its address says where it stands.
        let offset = item.get().as_ptr() as usize - text.as_ptr() as usize;
        line += text.as_bytes()[counted..offset].iter().filter(|&&byte| byte == b'\n').count();
        counted = offset;
        values.push((start.at_line(line), serde_json::from_str(item.get()).map_err(fail)?));
    }
    Ok(values)
}

fn json_error(error: &serde_json::Error, at: Source) -> DataError {
    let message = error.to_string();
    let problem = message.split(" at line ").next().unwrap_or(&message).to_owned();
    DataError::Json { at, column: error.column(), problem }
}

fn records(values: Vec<(Source, Value)>, format: Option<Format>, path: &Path) -> Result<DataFile, DataError> {
    let mut known = format;
    let mut records = Vec::with_capacity(values.len());
    for (source, value) in values {
        let map = match value {
            Value::Object(map) => map,
            other => {
                return Err(DataError::NotAnObject { at: source, found: type_name(&other) });
            }
        };
        let format = match known.or_else(|| Format::detect(&map)) {
            Some(format) => *known.insert(format),
            None => {
                return Err(DataError::UnknownFormat { at: source, found: quoted_keys(&map) });
            }
        };
        let body = Body::parse(map, format, &source)?;
        records.push(Record { source, body });
    }
    match known {
        Some(format) if !records.is_empty() => Ok(DataFile { format, records }),
        _ => Err(DataError::Empty { path: path.to_owned() }),
    }
}
