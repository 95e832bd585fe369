//! Single files: written whole or not at all, or grown line by line.

use std::ffi::{OsStr, OsString};
use std::fs::OpenOptions;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use serde::Serialize;
use tempfile::TempPath;

use crate::disk::{self, DiskFile, sync_dir};
use crate::path::parent;
use crate::{Overwrite, StoreError};

/// Writes `bytes` to `path` so that a reader, or a machine that loses power, sees the old file or the new, never a part.
///
/// # Errors
/// If the folder of `path` is missing or cannot be written, or the disk is full. The old file is then as it was.
pub fn write_atomic(path: &Path, bytes: &[u8]) -> Result<(), StoreError> {
    let mut file = AtomicFile::create(path, Overwrite::Replace, bytes.len() as u64)?;
    file.write(bytes)?;
    file.commit()
}

/// What comes after the name of a file or folder while it is written.
pub(crate) const TEMP: &str = ".tmp-";

/// A file that appears whole under its name on [`commit`](Self::commit), or, when dropped before, never.
#[derive(Debug)]
pub struct AtomicFile {
    target: PathBuf,
    overwrite: Overwrite,
    file: DiskFile,
    temp: TempPath,
    /// What the file will take, for the message of a full disk.
    size: u64,
}

impl AtomicFile {
    /// Begins the file `target`, of about `size` bytes, in a folder that exists.
    ///
    /// # Errors
    /// If `target` exists and may not be replaced, or its folder is missing or cannot be written.
    pub fn create(target: &Path, overwrite: Overwrite, size: u64) -> Result<Self, StoreError> {
        if overwrite == Overwrite::Never && target.symlink_metadata().is_ok() {
            return Err(StoreError::AlreadyExists { path: target.to_owned() });
        }
        let prefix = hidden(target, TEMP)?;
        let temp = disk::create_temp(parent(target), |home| temp_builder(&prefix, 0o666).tempfile_in(home));
        let (file, temp) = temp.map_err(StoreError::write(target, size))?.into_parts();
        Ok(Self { target: target.to_owned(), overwrite, file: DiskFile::new(target, file), temp, size })
    }

    /// Appends `bytes`.
    ///
    /// # Errors
    /// If the disk is full or fails.
    pub fn write(&mut self, bytes: &[u8]) -> Result<(), StoreError> {
        self.file.write_all(bytes).map_err(StoreError::write(&self.target, self.size))
    }

    /// Makes the file durable and puts it in its place.
    ///
    /// # Errors
    /// If something has appeared there that may not be replaced, or the disk refuses. Then nothing has changed.
    pub fn commit(self) -> Result<(), StoreError> {
        let Self { target, overwrite, file, temp, size } = self;
        let failed = || StoreError::write(&target, size);
        file.sync().map_err(failed())?;
        let persist = || match overwrite {
            Overwrite::Replace => temp.persist(&target),
            Overwrite::Never => temp.persist_noclobber(&target),
        };
        disk::persist(&target, || persist().map_err(|error| error.error)).map_err(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => StoreError::AlreadyExists { path: target.clone() },
            _ => failed()(error),
        })?;
        sync_dir(parent(&target)).map_err(failed())
    }
}

/// The name of a hidden neighbour of `path`: `.NAME` and `suffix`.
pub(crate) fn hidden(path: &Path, suffix: &str) -> Result<OsString, StoreError> {
    let name = path.file_name().ok_or_else(|| StoreError::BadTarget { path: path.to_owned() })?;
    let mut hidden = OsString::from(".");
    hidden.push(name);
    hidden.push(suffix);
    Ok(hidden)
}

/// A builder of temporary files that get the permissions an ordinary file gets: `mode` less the umask.
pub(crate) fn temp_builder(prefix: &OsStr, mode: u32) -> tempfile::Builder<'_, 'static> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(prefix);
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(mode));
    #[cfg(not(unix))]
    let _ = mode;
    builder
}

/// A JSON-lines file that grows one line at a time, such as `metrics.jsonl`.
#[derive(Debug)]
pub struct AppendLog {
    path: PathBuf,
    file: DiskFile,
}

impl AppendLog {
    /// Opens `path` to append to, creating it if it is missing. A last line that an earlier process did not
    /// finish is dropped, so that every line is whole.
    ///
    /// # Errors
    /// If the file cannot be opened, read or shortened.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        let options = OpenOptions::new().create(true).read(true).append(true).clone();
        let mut file = DiskFile::open(path, &options).map_err(StoreError::io("open", path))?;
        drop_torn_line(&mut file).map_err(StoreError::io("repair", path))?;
        Ok(Self { path: path.to_owned(), file })
    }

    /// Bytes in the file.
    ///
    /// # Errors
    /// If the system does not say.
    pub fn bytes(&mut self) -> Result<u64, StoreError> {
        self.file.seek(SeekFrom::End(0)).map_err(StoreError::io("read", &self.path))
    }

    /// Drops what comes after the first `bytes`, where there is as much.
    ///
    /// # Errors
    /// If the file cannot be shortened.
    pub fn truncate(&mut self, bytes: u64) -> Result<(), StoreError> {
        let shortened = if bytes < self.bytes()? { self.file.set_len(bytes) } else { Ok(()) };
        shortened.map_err(StoreError::io("shorten", &self.path))
    }

    /// Makes every line so far last, whatever ends the machine.
    ///
    /// # Errors
    /// If the disk fails.
    pub fn sync(&self) -> Result<(), StoreError> {
        self.file.sync().map_err(StoreError::io("write", &self.path))
    }

    /// Appends `record` as one line of JSON. It is with the operating system when this returns, so it survives
    /// the end of the process, though of the machine only after [`sync`](Self::sync).
    ///
    /// # Errors
    /// If `record` has no JSON form, or the line cannot be written.
    pub fn append(&mut self, record: &impl Serialize) -> Result<(), StoreError> {
        let mut line = serde_json::to_vec(record).map_err(StoreError::json(&self.path))?;
        line.push(b'\n');
        // One call to the system: another reader never sees a part of the line.
        self.file.write_all(&line).map_err(StoreError::write(&self.path, line.len() as u64))
    }
}

/// Appends `record` as one line of JSON to a file of somebody's own, and begins it if it is missing. What the file has is left alone: a
/// last line without its end gets that first.
///
/// # Errors
/// If `record` has no JSON form, or the line cannot be written whole; then the file is as it was.
pub fn append_line(path: &Path, record: &impl Serialize) -> Result<(), StoreError> {
    let mut line = serde_json::to_vec(record).map_err(StoreError::json(path))?;
    line.push(b'\n');
    let options = OpenOptions::new().create(true).read(true).append(true).clone();
    let mut file = DiskFile::open(path, &options).map_err(StoreError::io("open", path))?;
    let length = file.seek(SeekFrom::End(0)).map_err(StoreError::io("read", path))?;
    if length > 0 {
        let mut last = [0];
        let read = file.seek(SeekFrom::End(-1)).and_then(|_| file.file().read_exact(&mut last));
        read.map_err(StoreError::io("read", path))?;
        if last != *b"\n" {
            line.insert(0, b'\n');
        }
    }
    file.write_all(&line).and_then(|()| file.sync()).map_err(|error| {
        // Where not even this succeeds, the first error is still the one to tell.
        let _ = file.set_len(length);
        StoreError::write(path, line.len() as u64)(error)
    })
}

fn drop_torn_line(file: &mut DiskFile) -> io::Result<()> {
    const BLOCK: u64 = 4096;
    let length = file.seek(SeekFrom::End(0))?;
    let mut end = length;
    while end > 0 {
        let start = end.saturating_sub(BLOCK);
        let mut block = vec![0; (end - start) as usize];
        file.seek(SeekFrom::Start(start))?;
        file.file().read_exact(&mut block)?;
        if let Some(newline) = block.iter().rposition(|&byte| byte == b'\n') {
            end = start + newline as u64 + 1;
            break;
        }
        end = start;
    }
    if end < length {
        file.set_len(end)?;
    }
    Ok(())
}
