//! A file as text, block by block: checked to be UTF-8, without a byte order mark, with a count of its lines.

use std::cell::Cell;
use std::io::{self, BufRead, ErrorKind, Read};
use std::path::Path;
use std::rc::Rc;

use crate::{DataError, Source};

/// Bytes read at once.
const BLOCK: usize = 64 << 10;
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// A reader whose buffer is always UTF-8. What is wrong with the file comes as an [`io::Error`] that holds a
/// [`DataError`], for [`DataError::read`] to take out.
pub(crate) struct TextReader {
    inner: Box<dyn Read>,
    /// Where the file begins.
    start: Source,
    buffer: Vec<u8>,
    /// Of the buffer, what was consumed; what is text; the rest begins a character.
    consumed: usize,
    valid: usize,
    /// Where the buffer begins in the file.
    offset: usize,
    /// Line breaks consumed.
    breaks: Rc<Cell<usize>>,
}

impl TextReader {
    pub(crate) fn new(inner: impl Read + 'static, path: &Path) -> Self {
        Self {
            inner: Box::new(inner),
            start: Source::new(path, 1),
            buffer: Vec::new(),
            consumed: 0,
            valid: 0,
            offset: 0,
            breaks: Rc::default(),
        }
    }

    /// Where the next byte stands.
    pub(crate) fn place(&self) -> Source {
        self.place_at(self.breaks.get())
    }

    /// A way to ask for [`place`](Self::place) while something else reads.
    pub(crate) fn places(&self) -> impl Fn() -> Source + use<> {
        let (start, breaks) = (self.start.clone(), Rc::clone(&self.breaks));
        move || start.at_line(start.line + breaks.get())
    }

    fn place_at(&self, breaks: usize) -> Source {
        self.start.at_line(self.start.line + breaks)
    }

    /// The first character that is not white space, which is not consumed. White space is, once a block holds nothing
    /// else.
    pub(crate) fn first_char(&mut self) -> io::Result<Option<char>> {
        loop {
            let text = self.fill_text()?;
            let blank = text.len();
            if blank == 0 {
                return Ok(None);
            }
            if let Some(first) = text.trim_start().chars().next() {
                return Ok(Some(first));
            }
            self.consume(blank);
        }
    }

    /// The buffer, which is empty only at the end.
    pub(crate) fn fill_text(&mut self) -> io::Result<&str> {
        std::str::from_utf8(self.fill_buf()?).map_err(|error| io::Error::new(ErrorKind::InvalidData, error))
    }

    /// Reads until there is text or the file is at its end.
    fn refill(&mut self) -> io::Result<()> {
        self.buffer.drain(..self.valid);
        self.offset += self.valid;
        (self.consumed, self.valid) = (0, 0);
        loop {
            let held = self.buffer.len();
            self.inner.by_ref().take(BLOCK as u64).read_to_end(&mut self.buffer)?;
            let at_end = self.buffer.len() == held;
            if self.offset == 0 && self.buffer.starts_with(BYTE_ORDER_MARK) {
                self.buffer.drain(..BYTE_ORDER_MARK.len());
                self.offset = BYTE_ORDER_MARK.len();
            }
            match std::str::from_utf8(&self.buffer) {
                Ok(text) => self.valid = text.len(),
                Err(error) if error.error_len().is_none() && !at_end => self.valid = error.valid_up_to(),
                Err(error) => return Err(self.not_utf8(error.valid_up_to())),
            }
            if self.valid > 0 || at_end {
                return Ok(());
            }
        }
    }

    fn not_utf8(&self, at: usize) -> io::Error {
        let line = self.breaks.get() + breaks(&self.buffer[..at]);
        let error = DataError::NotUtf8 { at: self.place_at(line), offset: self.offset + at };
        io::Error::new(ErrorKind::InvalidData, error)
    }
}

fn breaks(bytes: &[u8]) -> usize {
    bytes.iter().filter(|&&byte| byte == b'\n').count()
}

impl BufRead for TextReader {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.consumed == self.valid {
            self.refill()?;
        }
        Ok(&self.buffer[self.consumed..self.valid])
    }

    fn consume(&mut self, amount: usize) {
        let end = (self.consumed + amount).min(self.valid);
        self.breaks.set(self.breaks.get() + breaks(&self.buffer[self.consumed..end]));
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
