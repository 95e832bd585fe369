//! Standard input, which can be read once, as something that can be read again: what a run is to learn is looked for in
//! the data before the data is tokenised.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::sync::{Mutex, PoisonError};

/// What standard input held, in a temporary file without a name; nothing until it is first asked for.
static INPUT: Mutex<Option<File>> = Mutex::new(None);

/// Standard input from its beginning. The first call waits for its end.
pub(crate) fn stdin() -> io::Result<Stdin> {
    let mut input = INPUT.lock().unwrap_or_else(PoisonError::into_inner);
    if input.is_none() {
        let mut file = tempfile::tempfile()?;
        io::copy(&mut io::stdin().lock(), &mut file)?;
        *input = Some(file);
    }
    Ok(Stdin { at: 0 })
}

/// A reader of it, which has its own place in it.
pub(crate) struct Stdin {
    at: u64,
}

impl Read for Stdin {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let mut input = INPUT.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(file) = input.as_mut() else { return Ok(0) };
        file.seek(SeekFrom::Start(self.at))?;
        let length = file.read(out)?;
        self.at += length as u64;
        Ok(length)
    }
}
