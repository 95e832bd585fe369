//! The manifest of a folder: the size and BLAKE3 hash of every file in it, written last.

use std::collections::BTreeMap;
use std::io::{self, Read, Write};
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::StoreError;
use crate::disk::{self, DiskFile};
use crate::path::{quoted, stays_inside};

/// The name of the manifest: one JSON object, file name to `{"bytes", "blake3"}`, sorted and indented.
///
/// It needs no hash of its own: each of its values is compared with a file, and nothing but these values, written as
/// [`write_manifest`] writes them, is a manifest.
pub const MANIFEST: &str = "MANIFEST";

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Entry {
    bytes: u64,
    blake3: String,
}

type Entries = BTreeMap<String, Entry>;

/// Describes `files`, which lie in `dir` under these names; what goes wrong is told of `target`, where they will be.
pub(crate) fn write_manifest(dir: &Path, target: &Path, files: &[String]) -> Result<(), StoreError> {
    let manifest = files
        .iter()
        .map(|name| {
            let entry = describe(&dir.join(name), &mut |_| {}).map_err(StoreError::io("read", &target.join(name)))?;
            Ok((name.clone(), entry))
        })
        .collect::<Result<_, StoreError>>()?;
    let path = target.join(MANIFEST);
    let text = render(&manifest).map_err(StoreError::json(&path))?;
    let written = DiskFile::create(&dir.join(MANIFEST)).and_then(|mut file| file.write_all(&text));
    written.map_err(StoreError::write(&path, text.len() as u64))
}

/// Checks that every file that the manifest of `dir` names is there and is byte for byte what was written, and gives
/// the names, sorted. Files that it does not name are not looked at.
///
/// # Errors
/// If the manifest is missing or is not what was written, or a file is missing or has another size or content.
pub fn verify_manifest(dir: &Path) -> Result<Vec<String>, StoreError> {
    let manifest = read_manifest(dir)?;
    manifest.iter().try_for_each(|(name, written)| verify_file(&dir.join(name), written, &mut |_| {}))?;
    Ok(manifest.into_keys().collect())
}

/// As [`verify_manifest`], with everything that is wrong, file by file: how many files were looked at, and what is not as it was.
///
/// `told` hears how many bytes were read, and of how many.
///
/// # Errors
/// If the manifest is missing or is not what was written.
pub fn verify_all(dir: &Path, told: &mut dyn FnMut(u64, u64)) -> Result<(usize, Vec<StoreError>), StoreError> {
    let manifest = read_manifest(dir)?;
    let all = manifest.values().map(|entry| entry.bytes).sum();
    let mut read = 0;
    let mut more = |bytes| {
        read += bytes;
        told(read, all);
    };
    let check = |(name, written): (&String, &Entry)| verify_file(&dir.join(name), written, &mut more).err();
    Ok((manifest.len(), manifest.iter().filter_map(check).collect()))
}

fn verify_file(path: &Path, written: &Entry, more: &mut dyn FnMut(u64)) -> Result<(), StoreError> {
    let damaged = |problem: String| StoreError::Damaged { path: path.to_owned(), problem };
    let found = match describe(path, more) {
        Ok(found) => found,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(damaged("the file is missing".to_owned())),
        Err(error) => return Err(StoreError::io("read", path)(error)),
    };
    if found.bytes != written.bytes {
        return Err(damaged(format!("{} bytes were written, {} are there", written.bytes, found.bytes)));
    }
    if found.blake3 != written.blake3 {
        return Err(damaged("its content is not what was written (BLAKE3 differs)".to_owned()));
    }
    Ok(())
}

fn read_manifest(dir: &Path) -> Result<Entries, StoreError> {
    let path = dir.join(MANIFEST);
    let text = disk::read(&path).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => StoreError::NoManifest { path: dir.to_owned() },
        _ => StoreError::io("read", &path)(error),
    })?;
    let damaged = |problem: String| StoreError::Damaged { path: path.clone(), problem };
    let manifest: Entries = serde_json::from_slice(&text).map_err(|error| damaged(error.to_string()))?;
    if let Some(name) = manifest.keys().find(|name| !stays_inside(name)) {
        return Err(StoreError::Escapes { path, name: name.clone() });
    }
    if let Some(name) = manifest.keys().find(|name| name.chars().any(char::is_control)) {
        return Err(damaged(format!("it names a file {}", quoted(name))));
    }
    // Other bytes that say the same are a change all the same.
    match render(&manifest).map_err(StoreError::json(&path))? == text {
        true => Ok(manifest),
        false => Err(damaged("it is not spelt as it was written".to_owned())),
    }
}

/// The one way in which a manifest is written.
fn render(manifest: &Entries) -> serde_json::Result<Vec<u8>> {
    let mut text = serde_json::to_vec_pretty(manifest)?;
    text.push(b'\n');
    Ok(text)
}

/// Size and hash of a file; `more` hears of each piece that was read.
fn describe(path: &Path, more: &mut dyn FnMut(u64)) -> io::Result<Entry> {
    let mut hasher = blake3::Hasher::new();
    hasher.update_reader(Told { reader: disk::open(path)?, more })?;
    Ok(Entry { bytes: hasher.count(), blake3: hasher.finalize().to_hex().to_string() })
}

/// A reader that tells of each piece that was read.
struct Told<'a, R> {
    reader: R,
    more: &'a mut dyn FnMut(u64),
}

impl<R: Read> Read for Told<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.reader.read(buffer)?;
        (self.more)(count as u64);
        Ok(count)
    }
}
