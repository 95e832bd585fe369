//! A file as text, block by block: checked to be UTF-8, without a byte order mark, with `\n` for `\r\n`, and with a count
//! of its lines.

use std::cell::Cell;
use std::io::{self, BufRead, ErrorKind, Read};
use std::path::Path;
use std::rc::Rc;

use crate::{DataError, Source};

/// Bytes read at once.
const BLOCK: u64 = 64 << 10;
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// A reader of text. What is wrong with the file comes as an [`io::Error`] that holds a [`DataError`], for
/// [`DataError::read`] to take out.
pub(crate) struct TextReader {
    inner: Box<dyn Read>,
    /// Where the file begins.
    start: Source,
    /// What was read and is no text yet: the beginning of a character or of a line break.
    raw: Vec<u8>,
    /// Where that stands in the file.
    offset: usize,
    text: String,
    /// Bytes of the text that were consumed.
    consumed: usize,
    /// Line breaks consumed.
    breaks: Rc<Cell<usize>>,
}

impl TextReader {
    pub(crate) fn new(inner: impl Read + 'static, path: &Path) -> Self {
        Self {
            inner: Box::new(inner),
            start: Source::new(path, 1),
            raw: Vec::new(),
            offset: 0,
            text: String::new(),
            consumed: 0,
            breaks: Rc::default(),
        }
    }

    /// Where the next byte stands.
    pub(crate) fn place(&self) -> Source {
        self.start.at_line(self.start.line + self.breaks.get())
    }

    /// A way to ask for [`place`](Self::place) while something else reads.
    pub(crate) fn places(&self) -> impl Fn() -> Source + use<> {
        let (start, breaks) = (self.start.clone(), Rc::clone(&self.breaks));
        move || start.at_line(start.line + breaks.get())
    }

    /// The first character that is not white space, which is not consumed. White space is, once a block holds nothing
    /// else.
    pub(crate) fn first_char(&mut self) -> io::Result<Option<char>> {
        loop {
            let text = self.fill_text()?;
            let length = text.len();
            let first = text.trim_start().chars().next();
            if length == 0 || first.is_some() {
                return Ok(first);
            }
            self.consume(length);
        }
    }

    /// The text that was read and not consumed, which is empty only at the end.
    pub(crate) fn fill_text(&mut self) -> io::Result<&str> {
        if self.consumed == self.text.len() {
            self.refill()?;
        }
        Ok(self.text.get(self.consumed..).unwrap_or_default())
    }

    /// Reads until there is text or the file is at its end.
    fn refill(&mut self) -> io::Result<()> {
        self.text.clear();
        self.consumed = 0;
        loop {
            let at_end = self.inner.by_ref().take(BLOCK).read_to_end(&mut self.raw)? == 0;
            if self.offset == 0 && self.raw.starts_with(BYTE_ORDER_MARK) {
                self.raw.drain(..BYTE_ORDER_MARK.len());
                self.offset = BYTE_ORDER_MARK.len();
            }
            let valid = match std::str::from_utf8(&self.raw) {
                Ok(text) => text,
                Err(error) if error.error_len().is_none() && !at_end => {
                    std::str::from_utf8(&self.raw[..error.valid_up_to()]).unwrap_or_default()
                }
                Err(error) => return Err(self.not_utf8(error.valid_up_to())),
            };
            let valid = if at_end { valid } else { valid.strip_suffix('\r').unwrap_or(valid) };
            self.text = valid.replace("\r\n", "\n");
            let length = valid.len();
            self.raw.drain(..length);
            self.offset += length;
            if !self.text.is_empty() || at_end {
                return Ok(());
            }
        }
    }

    fn not_utf8(&self, at: usize) -> io::Error {
        let line = self.start.line + self.breaks.get() + breaks(&self.raw[..at]);
        let error = DataError::NotUtf8 { at: self.start.at_line(line), offset: self.offset + at };
        io::Error::new(ErrorKind::InvalidData, error)
    }
}

fn breaks(bytes: &[u8]) -> usize {
    bytes.iter().filter(|&&byte| byte == b'\n').count()
}

impl BufRead for TextReader {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.fill_text().map(str::as_bytes)
    }

    fn consume(&mut self, amount: usize) {
        let end = (self.consumed + amount).min(self.text.len());
        self.breaks.set(self.breaks.get() + breaks(&self.text.as_bytes()[self.consumed..end]));
        self.consumed = end;
    }
}

impl Read for TextReader {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let available = self.fill_buf()?;
        let amount = available.len().min(out.len());
        out[..amount].copy_from_slice(&available[..amount]);
        self.consume(amount);
        Ok(amount)
    }
}

impl DataError {
    /// What went wrong while a file was read.
    pub(crate) fn read(path: &Path, error: io::Error) -> Self {
        error.downcast().unwrap_or_else(|source| Self::Io { path: path.to_owned(), source })
    }
}
