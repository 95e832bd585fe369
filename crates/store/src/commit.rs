//! Atomic folders: written beside their place, then renamed into it.
//!
//! A folder under construction is a hidden neighbour of its target, `.NAME.tmp-XXXXXX`, and holds a locked file for
//! as long as its writer lives. [`AtomicDir::commit`] makes every byte durable before the rename, so after a crash
//! the target is the old folder or the new one. Replacing takes two renames; between them the old folder is
//! `.NAME.old-XXXXXX`, and the next writer of the same target puts it back. That writer also removes what killed
//! processes have left.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::Serialize;
use tempfile::TempDir;

use crate::StoreError;
use crate::atomic_file::{temp_builder, temp_prefix};
use crate::manifest::{MANIFEST, write_manifest};
use crate::path::{parent, stays_inside, sync_dir};

/// Locked by the writer of a folder under construction; never part of what is committed.
const WRITING: &str = ".writing";

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
    // Before `temp`, so that it is closed when the folder is removed.
    lock: File,
    temp: TempDir,
}

impl AtomicDir {
    /// Begins the folder `target`; missing parents are created. `marker` is the file by which folders of this kind
    /// are known: a folder without it is never replaced, so a mistyped path costs nobody their files.
    ///
    /// # Errors
    /// If `target` exists and may not be replaced, or its parent cannot be written.
    pub fn create(
        target: &Path,
        overwrite: Overwrite,
        marker: &'static str,
    ) -> Result<Self, StoreError> {
        let prefix = temp_prefix(target)?;
        let home = parent(target);
        fs::create_dir_all(home).map_err(StoreError::io("create", home))?;
        recover(target, home, &prefix).map_err(StoreError::io("clean up beside", target))?;
        check_target(target, overwrite, marker)?;
        let temp = temp_builder(&prefix, 0o777)
            .tempdir_in(home)
            .map_err(StoreError::io("create a folder in", home))?;
        let lock = File::create(temp.path().join(WRITING))
            .and_then(|file| file.try_lock().map(|()| file).map_err(io::Error::from))
            .map_err(StoreError::io("lock a folder in", home))?;
        Ok(Self {
            target: target.to_owned(),
            overwrite,
            marker,
            lock,
            temp,
        })
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
        self.create_file(name)?
            .write_all(bytes)
            .map_err(StoreError::write(&self.target.join(name), bytes.len() as u64))
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
        let mut source = File::open(from).map_err(StoreError::io("read", from))?;
        let size = source.metadata().map_or(0, |metadata| metadata.len());
        let mut file = self.create_file(name)?;
        io::copy(&mut source, &mut file)
            .map_err(StoreError::write(&self.target.join(name), size))?;
        Ok(())
    }

    /// Opens a new file in the folder.
    pub(crate) fn create_file(&self, name: &str) -> Result<File, StoreError> {
        if !stays_inside(name) {
            return Err(StoreError::Escapes {
                path: self.target.clone(),
                name: name.to_owned(),
            });
        }
        let path = self.path().join(name);
        fs::create_dir_all(parent(&path))
            .and_then(|()| File::create(&path))
            .map_err(StoreError::write(&self.target.join(name), 0))
    }

    /// Makes everything durable and puts the folder in its place.
    ///
    /// # Errors
    /// If something has appeared there that may not be replaced, or the disk refuses. Then nothing has changed.
    pub fn commit(self) -> Result<(), StoreError> {
        let contents = walk(self.path()).map_err(StoreError::io("read", self.path()))?;
        self.publish(&contents)
    }

    /// As [`commit`](Self::commit), with the hash of every file in a [`MANIFEST`] beside them.
    ///
    /// # Errors
    /// As [`commit`](Self::commit).
    pub fn commit_with_manifest(self) -> Result<(), StoreError> {
        let mut contents = walk(self.path()).map_err(StoreError::io("read", self.path()))?;
        write_manifest(self.path(), &contents.files)?;
        contents.files.push(MANIFEST.to_owned());
        self.publish(&contents)
    }

    fn publish(self, contents: &Contents) -> Result<(), StoreError> {
        let Self {
            target,
            overwrite,
            marker,
            lock,
            temp,
        } = self;
        sync(temp.path(), contents).map_err(StoreError::write(&target, contents.bytes))?;
        check_target(&target, overwrite, marker)?;
        drop(lock);
        replace(&temp, &target).map_err(StoreError::write(&target, contents.bytes))?;
        temp.keep();
        sync_dir(parent(&target)).map_err(StoreError::write(&target, contents.bytes))
    }
}

/// Moves `temp` to `target`; what was there goes, or stays if the move fails.
fn replace(temp: &TempDir, target: &Path) -> io::Result<()> {
    fs::remove_file(temp.path().join(WRITING))?;
    sync_dir(temp.path())?;
    if is_vacant(target)? {
        // An empty folder gives way; if there is none, there is nothing to remove.
        let _ = fs::remove_dir(target);
        return fs::rename(temp.path(), target);
    }
    let aside = aside_of(temp.path());
    fs::rename(target, &aside)?;
    if let Err(error) = fs::rename(temp.path(), target) {
        fs::rename(&aside, target)?;
        return Err(error);
    }
    // The new folder is in place; an old one that cannot be removed is tried again by the next writer.
    let _ = fs::remove_dir_all(&aside);
    Ok(())
}

/// `.NAME.tmp-XXXXXX` gives `.NAME.old-XXXXXX`.
fn aside_of(temp: &Path) -> PathBuf {
    let name = temp.file_name().unwrap_or_default().to_string_lossy();
    let aside = match name.rsplit_once(".tmp-") {
        Some((stem, random)) => format!("{stem}.old-{random}"),
        None => format!("{name}.old-"),
    };
    temp.with_file_name(aside)
}

fn is_vacant(target: &Path) -> io::Result<bool> {
    match fs::symlink_metadata(target) {
        Ok(metadata) if metadata.is_dir() => Ok(fs::read_dir(target)?.next().is_none()),
        Ok(_) => Ok(false),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(true),
        Err(error) => Err(error),
    }
}

fn check_target(
    target: &Path,
    overwrite: Overwrite,
    marker: &'static str,
) -> Result<(), StoreError> {
    let path = target.to_owned();
    if is_vacant(target).map_err(StoreError::io("read", target))? {
        return Ok(());
    }
    match overwrite {
        Overwrite::Never => Err(StoreError::AlreadyExists { path }),
        Overwrite::Replace if target.join(marker).is_file() => Ok(()),
        Overwrite::Replace => Err(StoreError::NotReplaceable { path, marker }),
    }
}

/// Puts back or removes what processes that were killed have left beside `target`.
fn recover(target: &Path, home: &Path, temp_prefix: &OsStr) -> io::Result<()> {
    let old_prefix = PathBuf::from(aside_of(Path::new(temp_prefix)));
    for entry in fs::read_dir(home)? {
        let entry = entry?;
        let (name, path) = (entry.file_name(), entry.path());
        if starts_with(&name, old_prefix.as_os_str()) {
            if is_vacant(target)? {
                let _ = fs::remove_dir(target);
                fs::rename(&path, target)?;
            } else {
                fs::remove_dir_all(&path)?;
            }
        } else if starts_with(&name, temp_prefix) && is_abandoned(&path) {
            fs::remove_dir_all(&path)?;
        }
    }
    Ok(())
}

/// Whether no living process writes the folder. One that has no lock file yet is being born, or was killed at
/// birth and is empty: it is left alone.
fn is_abandoned(temp: &Path) -> bool {
    OpenOptions::new()
        .write(true)
        .open(temp.join(WRITING))
        .is_ok_and(|file| file.try_lock().is_ok())
}

fn starts_with(name: &OsString, prefix: &OsStr) -> bool {
    name.as_encoded_bytes()
        .starts_with(prefix.as_encoded_bytes())
}

/// What lies in a folder: names relative to it, with `/` between them.
#[derive(Default)]
struct Contents {
    files: Vec<String>,
    dirs: Vec<String>,
    bytes: u64,
}

fn walk(root: &Path) -> io::Result<Contents> {
    fn visit(dir: &Path, prefix: &str, contents: &mut Contents) -> io::Result<()> {
        for entry in fs::read_dir(dir)? {
            let entry = entry?;
            let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
            if entry.file_type()?.is_dir() {
                visit(&entry.path(), &format!("{name}/"), contents)?;
                contents.dirs.push(name);
            } else if name != WRITING {
                contents.bytes += entry.metadata()?.len();
                contents.files.push(name);
            }
        }
        Ok(())
    }
    let mut contents = Contents::default();
    visit(root, "", &mut contents)?;
    contents.files.sort();
    Ok(contents)
}

fn sync(root: &Path, contents: &Contents) -> io::Result<()> {
    for file in &contents.files {
        // Opened for writing because Windows flushes no other handle.
        OpenOptions::new()
            .write(true)
            .open(root.join(file))?
            .sync_all()?;
    }
    contents
        .dirs
        .iter()
        .try_for_each(|dir| sync_dir(&root.join(dir)))
}
