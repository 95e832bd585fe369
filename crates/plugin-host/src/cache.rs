//! Compiled plugins on the disk: an interpreter of Python takes the compiler many seconds, and this a fraction of one.
//!
//! What is read back is machine code that runs in this process, so the cache trusts only what it wrote itself: a folder
//! that nobody else can enter, and files that carry the hash of what follows. A file's name is the hash of the component
//! and of everything about the compiler that matters, so that none is ever taken for another.

use std::fs;
use std::hash::{Hash, Hasher};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use wasmtime::Engine;
use wasmtime::component::Component;

/// What all files together may take. The one that was written first goes first.
const MOST_BYTES: u64 = 1 << 30;

/// A private folder of compiled components.
pub(crate) struct Cache(PathBuf);

impl Cache {
    /// Makes the folder if there is none; gives nothing where it is not private.
    pub(crate) fn open(folder: &Path) -> io::Result<Self> {
        make_private(folder)?;
        Ok(Self(folder.to_owned()))
    }

    /// The compiled component, from the disk or the compiler. A cache that fails is no reason for a plugin to fail.
    pub(crate) fn component(&self, engine: &Engine, binary: &[u8]) -> wasmtime::Result<Component> {
        let file = self.0.join(key(engine, binary));
        if let Some(component) = read(engine, &file) {
            return Ok(component);
        }
        let component = Component::new(engine, binary)?;
        let code = component.serialize()?;
        if let Err(error) = self.write(&file, &code) {
            tracing::debug!("{}: the compiled plugin was not kept: {error}", file.display());
        }
        Ok(component)
    }

    /// Writes beside the place and renames, so that a reader sees all of a file or none of it.
    fn write(&self, file: &Path, code: &[u8]) -> io::Result<()> {
        self.make_room(code.len() as u64)?;
        let mut beside = tempfile::NamedTempFile::new_in(&self.0)?;
        beside.write_all(blake3::hash(code).as_bytes())?;
        beside.write_all(code)?;
        beside.persist(file)?;
        Ok(())
    }

    fn make_room(&self, bytes: u64) -> io::Result<()> {
        let mut files: Vec<(SystemTime, u64, PathBuf)> = Vec::new();
        for entry in fs::read_dir(&self.0)? {
            let entry = entry?;
            let data = entry.metadata()?;
            files.push((data.modified()?, data.len(), entry.path()));
        }
        files.sort_unstable();
        let mut total = files.iter().map(|(_, size, _)| size).sum::<u64>() + bytes;
        for (_, size, path) in files {
            if total <= MOST_BYTES {
                break;
            }
            fs::remove_file(path)?;
            total -= size;
        }
        Ok(())
    }
}

/// BLAKE3 as the standard library's trait has it, for what says of itself only how it is hashed.
struct Key(blake3::Hasher);

impl Hasher for Key {
    fn write(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    fn finish(&self) -> u64 {
        let mut first = [0; 8];
        first.copy_from_slice(&self.0.finalize().as_bytes()[..8]);
        u64::from_le_bytes(first)
    }
}

fn key(engine: &Engine, binary: &[u8]) -> String {
    let mut key = Key(blake3::Hasher::new());
    engine.precompile_compatibility_hash().hash(&mut key);
    key.0.update(blake3::hash(binary).as_bytes());
    key.0.finalize().to_hex().to_string()
}

/// A component of that file, where the file is there and whole.
fn read(engine: &Engine, file: &Path) -> Option<Component> {
    let bytes = fs::read(file).ok()?;
    let (hash, code) = bytes.split_first_chunk::<32>()?;
    if blake3::hash(code) != *hash {
        tracing::debug!("{}: the compiled plugin is damaged and made anew", file.display());
        return None;
    }
    load(engine, code)
}

#[allow(unsafe_code, reason = "a compiled component is machine code, and there is no other way to take it up")]
fn load(engine: &Engine, code: &[u8]) -> Option<Component> {
    // SAFETY: the bytes are what `Component::serialize` gave to this user: they lie in a folder that only this user can
    // enter (`make_private`), under a name that has this engine's compatibility in it, and were whole when they were
    // read. wasmtime itself refuses those of another version or configuration.
    unsafe { Component::deserialize(engine, code) }.ok()
}

#[cfg(unix)]
fn make_private(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::{DirBuilderExt, MetadataExt};

    if let Some(parent) = folder.parent() {
        fs::create_dir_all(parent)?;
    }
    match fs::DirBuilder::new().mode(0o700).create(folder) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
        _ => {}
    }
    // The link itself, not what it leads to: a link can be turned elsewhere.
    let data = fs::symlink_metadata(folder)?;
    // A new file belongs to whom this process runs as.
    let own = tempfile::tempfile_in(folder)?.metadata()?.uid();
    if !data.is_dir() || data.mode() & 0o077 != 0 || data.uid() != own {
        let message = "it is not a folder that only you can enter; set its permissions with `chmod 700`";
        return Err(io::Error::new(io::ErrorKind::PermissionDenied, message));
    }
    Ok(())
}

#[cfg(not(unix))]
fn make_private(_: &Path) -> io::Result<()> {
    Err(io::Error::new(io::ErrorKind::Unsupported, "whether a folder is private cannot be said on this system"))
}
