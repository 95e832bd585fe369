//! The lock that keeps a second process out of a run directory.

use std::fs::{OpenOptions, TryLockError};
use std::io::{Read, Write};
use std::path::Path;

use crate::StoreError;
use crate::disk::DiskFile;

/// The file that is locked. It stays when the lock goes: removing it would race with the next holder.
pub(crate) const LOCK_FILE: &str = "run.lock";

/// Held while a process writes to a run directory. The operating system releases it when the process ends,
/// however it ends.
#[derive(Debug)]
pub(crate) struct RunLock {
    _file: DiskFile,
}

impl RunLock {
    /// Takes the lock of the run directory `dir`, without waiting.
    ///
    /// # Errors
    /// [`StoreError::Locked`] with the holder's process id if another process has it, or any error of the file system.
    pub(crate) fn acquire(dir: &Path) -> Result<Self, StoreError> {
        let path = dir.join(LOCK_FILE);
        let options = OpenOptions::new().create(true).truncate(false).read(true).write(true).clone();
        let mut file = DiskFile::open(&path, &options).map_err(StoreError::io("open", &path))?;
        match file.file().try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut pid = String::new();
                let pid = file.file().read_to_string(&mut pid).ok().and_then(|_| pid.trim().parse().ok());
                return Err(StoreError::Locked { path: dir.to_owned(), pid });
            }
            Err(TryLockError::Error(error)) => return Err(StoreError::io("lock", &path)(error)),
        }
        let pid = format!("{}\n", std::process::id());
        file.set_len(0)
            .and_then(|()| file.write_all(pid.as_bytes()))
            .map_err(StoreError::write(&path, pid.len() as u64))?;
        Ok(Self { _file: file })
    }
}
