//! Reading a data file, record by record, so that no file is too long.

use std::io::BufRead;
use std::path::Path;

use serde::de::{DeserializeSeed, Deserializer as _, Error as _, SeqAccess, Visitor};
use serde_json::{Deserializer, Map, Value};

use crate::fields::type_name;
use crate::open::{Opened, open};
use crate::text_reader::TextReader;
use crate::{Body, DataError, Format, Record, Source};

/// What a file gives, one after another.
#[derive(Debug, Clone, PartialEq)]
pub enum Item {
    /// A part of a plain text. The parts of a file, one after another, are the text, with `\n` for `\r\n`.
    Part {
        /// Where it begins.
        at: Source,
        /// The part.
        text: String,
    },
    /// A record.
    Record(Record),
}

/// What is done with an item; an error ends the reading.
pub type OnItem<'a> = dyn FnMut(Item) -> Result<(), DataError> + 'a;

/// Reads a file, or with the path `-` standard input, and gives `on_item` what it holds, at least one item.
///
/// The name tells what is in it: `.txt` and `.md` are plain text; `.jsonl`, `.ndjson` and `.json` hold one JSON object a
/// line, or one array of them; `.csv` and `.tsv` are tables with a header line; `.parquet` is Parquet, which takes the
/// crate's feature of that name. Each may be packed with gzip. Blank lines, CRLF and a byte order mark are fine.
///
/// With a `format`, other names will do: [`Format::Text`] makes plain text of any file, and for the others JSON is known
/// by its first character, and what is not JSON is CSV.
///
/// # Errors
/// A file that cannot be read, is not UTF-8, holds no record, or holds one that is not as the format says; each with its
/// line, in Parquet with the number of the row. The first error of `on_item`.
pub fn read(path: &Path, format: Option<Format>, on_item: &mut OnItem<'_>) -> Result<(), DataError> {
    let mut records = Records { format, any: false, on_item };
    match open(path, format)? {
        Opened::Text(text) => parts(text, path, &mut records)?,
        Opened::Json(mut text) => match text.first_char().map_err(|error| DataError::read(path, error))? {
            Some('[') => array(text, path, &mut records)?,
            _ => lines(text, path, &mut records)?,
        },
        Opened::Table(text, delimiter) => crate::table::read(text, delimiter, path, &mut records)?,
        #[cfg(feature = "parquet")]
        Opened::Parquet(file) => crate::parquet::read(file, path, &mut records)?,
    }
    if records.any { Ok(()) } else { Err(DataError::Empty { path: path.to_owned() }) }
}

/// Where the items of a file go.
pub(crate) struct Records<'a, 'b> {
    format: Option<Format>,
    any: bool,
    on_item: &'a mut OnItem<'b>,
}

impl Records<'_, '_> {
    /// A record as its keys and values; the first one shows the format where none is given.
    pub(crate) fn push(&mut self, map: Map<String, Value>, source: Source) -> Result<(), DataError> {
        let Some(format) = self.format.or_else(|| Format::detect(&map)) else {
            return Err(Format::unknown(&map, source));
        };
        self.format = Some(format);
        let body = Body::parse(map, format, &source)?;
        self.item(Item::Record(Record { source, format, body }))
    }

    fn push_json(&mut self, value: Value, source: Source) -> Result<(), DataError> {
        match value {
            Value::Object(map) => self.push(map, source),
            other => Err(DataError::NotAnObject { at: source, found: type_name(&other) }),
        }
    }

    fn item(&mut self, item: Item) -> Result<(), DataError> {
        self.any = true;
        (self.on_item)(item)
    }
}

/// A text in parts as long as what is read at once.
fn parts(mut reader: TextReader, path: &Path, records: &mut Records<'_, '_>) -> Result<(), DataError> {
    let mut at = reader.place();
    let mut text = String::new();
    loop {
        let block = reader.fill_text().map_err(|error| DataError::read(path, error))?;
        let length = block.len();
        if length == 0 {
            return Ok(());
        }
        text.push_str(block);
        reader.consume(length);
        // Of white space alone there is nothing to learn.
        if records.any || !text.trim_start().is_empty() {
            let part = Item::Part { at, text: std::mem::take(&mut text) };
            records.item(part)?;
            at = reader.place();
        }
    }
}

/// One value a line.
fn lines(mut reader: TextReader, path: &Path, records: &mut Records<'_, '_>) -> Result<(), DataError> {
    let mut line = String::new();
    loop {
        let at = reader.place();
        line.clear();
        if reader.read_line(&mut line).map_err(|error| DataError::read(path, error))? == 0 {
            return Ok(());
        }
        if !line.trim().is_empty() {
            let value = serde_json::from_str(line.trim_end_matches('\n')).map_err(|error| json(error, at.clone()))?;
            records.push_json(value, at)?;
        }
    }
}

/// The values of one array that is the whole file.
fn array(reader: TextReader, path: &Path, records: &mut Records<'_, '_>) -> Result<(), DataError> {
    let (start, place) = (reader.place(), reader.places());
    let mut failed = None;
    let mut json_reader = Deserializer::from_reader(reader);
    let elements = Elements { place: &place, records, failed: &mut failed };
    let read = json_reader.deserialize_seq(elements).and_then(|()| json_reader.end());
    match (failed, read) {
        (Some(error), _) => Err(error),
        (None, Err(error)) if error.is_io() => Err(DataError::read(path, error.into())),
        (None, Err(error)) => Err(json(error, start)),
        (None, Ok(())) => Ok(()),
    }
}

fn json(error: serde_json::Error, start: Source) -> DataError {
    let message = error.to_string();
    let problem = message.split(" at line ").next().unwrap_or(&message).to_owned();
    let at = start.at_line(start.line + error.line().saturating_sub(1));
    DataError::Json { at, column: error.column(), problem }
}

/// Takes the elements of an array one by one; an error that JSON knows nothing of is left in `failed`.
struct Elements<'a, 'b, 'c, P> {
    place: &'a P,
    records: &'a mut Records<'b, 'c>,
    failed: &'a mut Option<DataError>,
}

impl<'de, P: Fn() -> Source> Visitor<'de> for Elements<'_, '_, '_, P> {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("an array of objects")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        while let Some((source, value)) = seq.next_element_seed(Placed(self.place))? {
            if let Err(error) = self.records.push_json(value, source) {
                *self.failed = Some(error);
                return Err(A::Error::custom("a record is wrong"));
            }
        }
        Ok(())
    }
}

/// A value with the place where it begins: its first character, and no more, has been read when it is asked for.
struct Placed<'a, P>(&'a P);

impl<'de, P: Fn() -> Source> DeserializeSeed<'de> for Placed<'_, P> {
    type Value = (Source, Value);

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        let source = (self.0)();
        Ok((source, serde::Deserialize::deserialize(deserializer)?))
    }
}
