//! Samples on the disk, so that data may be longer than memory: a temporary file without a name, which is gone with the
//! process, and where in it each sample begins.

use std::fs::File;
use std::io::{self, BufWriter, Read, Seek, SeekFrom, Write};
use std::sync::{Mutex, PoisonError};

use crate::{DataError, Sample};

/// Samples being written, one after another.
#[derive(Debug)]
pub(crate) struct SpoolWriter {
    file: BufWriter<File>,
    index: Index,
    tokens: u64,
}

/// Samples that have been written, each of which can be read.
#[derive(Debug)]
pub(crate) struct Spool {
    file: Mutex<File>,
    index: Index,
}

/// What memory holds: 12 bytes for each sample.
#[derive(Debug, Default)]
struct Index {
    /// Where each sample ends in the file.
    ends: Vec<u64>,
    /// Its tokens.
    lengths: Vec<u32>,
}

impl SpoolWriter {
    pub(crate) fn create() -> Result<Self, DataError> {
        let file = tempfile::tempfile().map_err(failed)?;
        Ok(Self { file: BufWriter::with_capacity(1 << 16, file), index: Index::default(), tokens: 0 })
    }

    pub(crate) fn push(&mut self, sample: &Sample) -> Result<(), DataError> {
        let bytes = postcard::to_stdvec(sample).map_err(|error| failed(io::Error::other(error)))?;
        let length = u32::try_from(sample.len()).map_err(|error| failed(io::Error::other(error)))?;
        self.file.write_all(&bytes).map_err(failed)?;
        let start = self.index.ends.last().copied().unwrap_or(0);
        self.index.ends.push(start + bytes.len() as u64);
        self.index.lengths.push(length);
        self.tokens += u64::from(length);
        Ok(())
    }

    /// Samples so far.
    pub(crate) fn len(&self) -> usize {
        self.index.lengths.len()
    }

    /// Tokens so far.
    pub(crate) fn tokens(&self) -> u64 {
        self.tokens
    }

    pub(crate) fn finish(self) -> Result<Spool, DataError> {
        let file = self.file.into_inner().map_err(|error| failed(error.into_error()))?;
        Ok(Spool { file: Mutex::new(file), index: self.index })
    }
}

impl Spool {
    /// The tokens of sample `index`; 0 where there is none.
    pub(crate) fn length(&self, index: usize) -> usize {
        self.index.lengths.get(index).map_or(0, |&length| length as usize)
    }

    /// Sample `index`, as it was written.
    pub(crate) fn read(&self, index: usize) -> Result<Sample, DataError> {
        let before = index.checked_sub(1).map_or(Some(0), |before| self.index.ends.get(before).copied());
        let (Some(start), Some(&end)) = (before, self.index.ends.get(index)) else {
            return Err(failed(io::ErrorKind::UnexpectedEof.into()));
        };
        let mut bytes = vec![0; (end - start) as usize];
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        file.seek(SeekFrom::Start(start)).and_then(|_| file.read_exact(&mut bytes)).map_err(failed)?;
        postcard::from_bytes(&bytes).map_err(|error| failed(io::Error::new(io::ErrorKind::InvalidData, error)))
    }
}

fn failed(source: io::Error) -> DataError {
    DataError::Spool { source }
}
