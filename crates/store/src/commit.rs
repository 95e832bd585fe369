//! Atomic folders: written beside their place, then renamed into it.
//!
//! A folder under construction is a hidden neighbour of its target, `.NAME.tmp-XXXXXX`, with a lock beside it,
//! `.NAME.tmp-XXXXXX.lock`, that is held for as long as its writer lives. [`AtomicDir::commit`] makes every byte
//! durable before the rename, so after a crash the target is the old folder or the new one. Where the system can exchange
//! two names at once, replacing is that; elsewhere it takes two renames, between which the old folder is `.NAME.old`, and the
//! next writer of the same target puts it back, or for a checkpoint whoever opens its run. That writer also removes what killed
//! processes have left.

use std::ffi::OsStr;
use std::fs::TryLockError;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::Serialize;
use tempfile::{NamedTempFile, TempDir};

use crate::StoreError;
use crate::atomic_file::{TEMP, hidden, temp_builder};
use crate::disk::{self, Contents, DiskFile, sync_dir};
use crate::manifest::{MANIFEST, write_manifest};
use crate::path::{parent, stays_inside};

/// What comes after the name of a folder while another takes its place, where two names cannot be exchanged.
pub(crate) const OLD: &str = ".old";

/// What to do when the target exists. An empty folder is no obstacle in either case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Overwrite {
    /// Leave it and report it.
    #[default]
    Never,
    /// Put the new one in its place, if the old one is of the same kind.
    Replace,
}

/// A folder that appears whole under its name on [`commit`](Self::commit), or, when dropped before, never.
#[derive(Debug)]
pub struct AtomicDir {
    target: PathBuf,
    overwrite: Overwrite,
    marker: &'static str,
    // Before `_lock`: fields drop in order, and a folder without a lock would never be cleaned up.
    temp: TempDir,
    _lock: NamedTempFile,
}

impl AtomicDir {
    /// Begins the folder `target`; missing parents are created. `marker` is the file by which folders of this kind
    /// are known: a folder without it is never replaced, so a mistyped path costs nobody their files.
    ///
    /// # Errors
    /// If `target` exists and may not be replaced, or its parent cannot be written.
    pub fn create(target: &Path, overwrite: Overwrite, marker: &'static str) -> Result<Self, StoreError> {
        let home = parent(target);
        disk::create_dir_all(home).map_err(StoreError::io("create", home))?;
        let prefix = hidden(target, TEMP)?;
        recover(target).map_err(StoreError::io("restore", target))?;
        clean(home, &prefix);
        check_target(target, overwrite, marker)?;
        let (temp, lock) =
            disk::create_temp(home, |home| begin(home, &prefix)).map_err(StoreError::io("create a folder in", home))?;
        Ok(Self { target: target.to_owned(), overwrite, marker, temp, _lock: lock })
    }

    /// Where the folder is while it is being written.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.temp.path()
    }

    /// Where it will be.
    #[must_use]
    pub fn target(&self) -> &Path {
        &self.target
    }

    /// Writes one file. `name` may have folders in it, which are created.
    ///
    /// # Errors
    /// If `name` leaves the folder, or the file cannot be written.
    pub fn write(&self, name: &str, bytes: &[u8]) -> Result<(), StoreError> {
        self.create_file(name)?.write_all(bytes).map_err(StoreError::write(&self.target.join(name), bytes.len() as u64))
    }

    /// Writes one file of JSON, indented by two, with a newline at its end.
    ///
    /// # Errors
    /// As [`write`](Self::write), or if `value` has no JSON form.
    pub fn write_json(&self, name: &str, value: &impl Serialize) -> Result<(), StoreError> {
        let path = self.target.join(name);
        let mut text = serde_json::to_vec_pretty(value).map_err(StoreError::json(&path))?;
        text.push(b'\n');
        self.write(name, &text)
    }

    /// Copies the content of the file `from`, not its permissions.
    ///
    /// # Errors
    /// If `from` cannot be read, or as [`write`](Self::write).
    pub fn copy(&self, from: &Path, name: &str) -> Result<(), StoreError> {
        let mut source = disk::open(from).map_err(StoreError::io("read", from))?;
        let size = source.metadata().map_or(0, |metadata| metadata.len());
        let mut file = self.create_file(name)?;
        io::copy(&mut source, &mut file).map_err(StoreError::write(&self.target.join(name), size))?;
        Ok(())
    }

    /// Opens a new file in the folder.
    pub(crate) fn create_file(&self, name: &str) -> Result<DiskFile, StoreError> {
        if !stays_inside(name) {
            return Err(StoreError::Escapes { path: self.target.clone(), name: name.to_owned() });
        }
        let path = self.path().join(name);
        disk::create_dir_all(parent(&path))
            .and_then(|()| DiskFile::create(&path))
            .map_err(StoreError::write(&self.target.join(name), 0))
    }

    /// Writes the hash of every file into a [`MANIFEST`] beside them, makes everything durable and puts the folder in its place.
    ///
    /// # Errors
    /// If something has appeared there that may not be replaced, or the disk refuses. Then nothing has changed; only when the last
    /// step fails, which makes the new name durable, the folder is there already.
    pub fn commit(self) -> Result<(), StoreError> {
        let target = &self.target;
        let mut contents = disk::walk(self.path()).map_err(StoreError::io("read", target))?;
        write_manifest(self.path(), target, &contents.files)?;
        contents.files.push(MANIFEST.to_owned());
        let failed = || StoreError::write(target, contents.bytes);
        sync(self.path(), &contents).map_err(failed())?;
        recover(target).map_err(failed())?;
        check_target(target, self.overwrite, self.marker)?;
        let placed = match self.overwrite {
            Overwrite::Never => place(self.path(), target),
            Overwrite::Replace => replace(self.path(), target),
        };
        placed.map_err(|error| match error.kind() {
            // Another writer was faster.
            io::ErrorKind::AlreadyExists | io::ErrorKind::DirectoryNotEmpty | io::ErrorKind::NotADirectory
                if self.overwrite == Overwrite::Never =>
            {
                StoreError::AlreadyExists { path: target.clone() }
            }
            _ => failed()(error),
        })?;
        sync_dir(parent(target)).map_err(failed())
    }
}

/// Creates a locked file and a folder of the same random name in `home`.
fn begin(home: &Path, prefix: &OsStr) -> io::Result<(TempDir, NamedTempFile)> {
    loop {
        let lock = temp_builder(prefix, 0o666).suffix(".lock").tempfile_in(home)?;
        // Until it is locked it looks as if its writer had died, and another one may be removing it: then a new name.
        match lock.as_file().try_lock() {
            Ok(()) if lock.path().try_exists()? => {
                let name = lock.path().file_stem().unwrap_or_default();
                let temp = temp_builder(name, 0o777).rand_bytes(0).tempdir_in(home)?;
                return Ok((temp, lock));
            }
            Ok(()) | Err(TryLockError::WouldBlock) => {}
            Err(TryLockError::Error(error)) => return Err(error),
        }
    }
}

/// Moves `temp` to `target`, where nothing or an empty folder is; fails where anything else is by now.
fn place(temp: &Path, target: &Path) -> io::Result<()> {
    // An empty folder gives way; if there is none, there is nothing to remove.
    let _ = disk::remove_dir(target);
    disk::rename(temp, target)
}

/// Moves `temp` to `target`; what was there goes, or stays if the move fails.
fn replace(temp: &Path, target: &Path) -> io::Result<()> {
    if disk::is_vacant(target)? {
        return place(temp, target);
    }
    match disk::exchange(temp, target) {
        Err(error) if error.kind() == io::ErrorKind::Unsupported => {}
        // The old folder has the new one's temporary name, and goes as one that was dropped does.
        done => return done,
    }
    let old = old_of(target);
    disk::rename(target, &old)?;
    if let Err(error) = disk::rename(temp, target) {
        disk::rename(&old, target)?;
        return Err(error);
    }
    // The new folder is in place; an old one that cannot be removed is tried again by the next writer.
    let _ = disk::remove_dir_all(&old);
    Ok(())
}

/// Where the folder at `target` is while another takes its place.
fn old_of(target: &Path) -> PathBuf {
    target.with_file_name(hidden(target, OLD).unwrap_or_default())
}

/// Undoes a replacement that was cut short, or finishes one that was not cleaned up.
pub(crate) fn recover(target: &Path) -> io::Result<()> {
    let old = old_of(target);
    if !disk::exists(&old)? {
        return Ok(());
    }
    if disk::is_vacant(target)? { place(&old, target) } else { disk::remove_dir_all(&old) }
}

/// Removes the folders in `home` that begin with `prefix` and whose writers have died. What cannot be removed
/// now, perhaps because another process is at it, is left to the next writer.
fn clean(home: &Path, prefix: &OsStr) {
    for lock in disk::list(home).unwrap_or_default() {
        let name = lock.file_name().unwrap_or_default().as_encoded_bytes();
        if !name.starts_with(prefix.as_encoded_bytes()) || !name.ends_with(b".lock") {
            continue;
        }
        let Ok(file) = disk::open_to_write(&lock) else {
            continue;
        };
        if file.try_lock().is_ok() {
            let _ = disk::remove_dir_all(&lock.with_extension(""));
            let _ = disk::remove_file(&lock);
        }
    }
}

fn check_target(target: &Path, overwrite: Overwrite, marker: &'static str) -> Result<(), StoreError> {
    let path = target.to_owned();
    if disk::is_vacant(target).map_err(StoreError::io("read", target))? {
        return Ok(());
    }
    match overwrite {
        Overwrite::Never => Err(StoreError::AlreadyExists { path }),
        Overwrite::Replace if disk::is_file(&target.join(marker)) => Ok(()),
        Overwrite::Replace => Err(StoreError::NotReplaceable { path, marker }),
    }
}

fn sync(root: &Path, contents: &Contents) -> io::Result<()> {
    for file in &contents.files {
        // Opened for writing because Windows flushes no other handle.
        let path = root.join(file);
        disk::sync(&path, &disk::open_to_write(&path)?)?;
    }
    contents.dirs.iter().try_for_each(|dir| sync_dir(&root.join(dir)))?;
    sync_dir(root)
}
