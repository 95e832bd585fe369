//! Opening data: standard input or a file, unpacked if it is packed, and what kind of file it is.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Cursor, Read};
use std::path::Path;

use flate2::bufread::MultiGzDecoder;

use crate::stdin::stdin;
use crate::text_reader::TextReader;
use crate::{DataError, DataSource, Format};

const GZIP: [u8; 2] = [0x1f, 0x8b];
const PARQUET: [u8; 4] = *b"PAR1";

/// How records are written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Plain text.
    Text,
    /// One JSON object a line, or one array of them.
    Json,
    /// A table with a header line and this between its columns.
    Table { delimiter: u8 },
    /// Apache Parquet.
    Parquet,
}

/// How the names of data files end; each may have `.gz` behind it.
pub const FILE_ENDINGS: &[&str] = &["jsonl", "ndjson", "json", "csv", "tsv", "parquet", "txt", "md"];

/// The names that say which kind a file is, as a person is told them.
pub(crate) const EXTENSIONS: &str = ".jsonl, .ndjson, .json, .csv, .tsv, .parquet, .txt or .md (or these with .gz)";

impl Kind {
    /// What a file's name says that it is, with or without `.gz`.
    pub(crate) fn of_name(path: &Path) -> Option<Self> {
        let name = path.file_name()?.to_string_lossy().to_lowercase();
        let name = name.strip_suffix(".gz").unwrap_or(&name);
        match name.rsplit_once('.')?.1 {
            "txt" | "md" => Some(Self::Text),
            "jsonl" | "ndjson" | "json" => Some(Self::Json),
            "csv" => Some(Self::Table { delimiter: b',' }),
            "tsv" => Some(Self::Table { delimiter: b'\t' }),
            "parquet" => Some(Self::Parquet),
            _ => None,
        }
    }
}

/// A file that is ready to be read.
pub(crate) enum Opened {
    Text(TextReader),
    Json(TextReader),
    Table(TextReader, u8),
    #[cfg(feature = "parquet")]
    Parquet(File),
}

/// Opens a file, or standard input. With the format [`Format::Text`], whatever it is is plain text.
pub(crate) fn open(path: &Path, format: Option<Format>) -> Result<Opened, DataError> {
    let fail = |source| DataError::Io { path: path.to_owned(), source };
    let is_stdin = DataSource::is_stdin(path);
    let file: Box<dyn BufRead> = match is_stdin {
        true => Box::new(BufReader::with_capacity(1 << 16, stdin().map_err(fail)?)),
        false => Box::new(BufReader::with_capacity(1 << 16, File::open(path).map_err(fail)?)),
    };
    let (mut head, mut content) = peek(file).map_err(fail)?;
    let packed = head.starts_with(&GZIP);
    if packed {
        (head, content) = peek(Box::new(BufReader::new(MultiGzDecoder::new(content)))).map_err(fail)?;
    }
    let kind = match Kind::of_name(path) {
        _ if format == Some(Format::Text) => Some(Kind::Text),
        None if head == PARQUET => Some(Kind::Parquet),
        kind => kind,
    };
    let text = |content| TextReader::new(content, path);
    match kind {
        Some(Kind::Text) => Ok(Opened::Text(text(content))),
        Some(Kind::Json) => Ok(Opened::Json(text(content))),
        Some(Kind::Table { delimiter }) => Ok(Opened::Table(text(content), delimiter)),
        Some(Kind::Parquet) => parquet(path, (packed || is_stdin).then_some(content)),
        None => guess(text(content), path, format),
    }
}

/// A file without a telling name: JSON shows; a table does not, so only a format makes one of it.
fn guess(mut text: TextReader, path: &Path, format: Option<Format>) -> Result<Opened, DataError> {
    match (text.first_char().map_err(|error| DataError::read(path, error))?, format) {
        (Some('{' | '['), _) => Ok(Opened::Json(text)),
        (Some(_), Some(_)) => Ok(Opened::Table(text, b',')),
        (Some(_), None) if DataSource::is_stdin(path) => Err(DataError::UnknownInput),
        (Some(_), None) => Err(DataError::UnknownKind { path: path.to_owned() }),
        (None, _) => Err(DataError::Empty { path: path.to_owned() }),
    }
}

/// Parquet is read from its end, so what is no file becomes one.
#[cfg(feature = "parquet")]
fn parquet(path: &Path, content: Option<Box<dyn BufRead>>) -> Result<Opened, DataError> {
    let file = match content {
        Some(mut content) => tempfile::tempfile().and_then(|mut file| {
            io::copy(&mut content, &mut file)?;
            Ok(file)
        }),
        None => File::open(path),
    };
    file.map(Opened::Parquet).map_err(|source| DataError::Io { path: path.to_owned(), source })
}

#[cfg(not(feature = "parquet"))]
fn parquet(path: &Path, _: Option<Box<dyn BufRead>>) -> Result<Opened, DataError> {
    Err(DataError::NoParquet { path: path.to_owned() })
}

/// The first bytes of a reader, and a reader that has them still.
fn peek(mut reader: Box<dyn BufRead>) -> io::Result<(Vec<u8>, Box<dyn BufRead>)> {
    let mut head = Vec::new();
    reader.by_ref().take(4).read_to_end(&mut head)?;
    Ok((head.clone(), Box::new(Cursor::new(head).chain(reader))))
}
