//! The manifest of a folder: the size and BLAKE3 hash of every file in it, written last.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::StoreError;
use crate::disk::{self, DiskFile};
use crate::path::stays_inside;

/// The name of the manifest: one JSON object, file name to `{"bytes", "blake3"}`.
pub const MANIFEST: &str = "MANIFEST";

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Entry {
    bytes: u64,
    blake3: String,
}

/// Describes `files`, which lie in `dir` under these names; what goes wrong is told of `target`, where they will be.
pub(crate) fn write_manifest(dir: &Path, target: &Path, files: &[String]) -> Result<(), StoreError> {
    let manifest = files
        .iter()
        .map(|name| {
            let entry = describe(&dir.join(name)).map_err(StoreError::io("read", &target.join(name)))?;
            Ok((name, entry))
        })
        .collect::<Result<BTreeMap<_, _>, StoreError>>()?;
    let path = target.join(MANIFEST);
    let mut text = serde_json::to_vec_pretty(&manifest).map_err(StoreError::json(&path))?;
    text.push(b'\n');
    let written = DiskFile::create(&dir.join(MANIFEST)).and_then(|mut file| file.write_all(&text));
    written.map_err(StoreError::write(&path, text.len() as u64))
}

/// Checks that every file that the manifest of `dir` names is there and is byte for byte what was written.
/// Files that it does not name are not looked at. Gives the names.
///
/// # Errors
/// If the manifest is missing or malformed, or a file is missing or has another size or content.
pub fn verify_manifest(dir: &Path) -> Result<BTreeSet<String>, StoreError> {
    let manifest = read_manifest(dir)?;
    manifest.iter().try_for_each(|(name, written)| verify_file(&dir.join(name), written))?;
    Ok(manifest.into_keys().collect())
}

/// As [`verify_manifest`], with everything that is wrong, file by file: how many files were looked at, and what is not as it was.
///
/// # Errors
/// If the manifest is missing or malformed.
pub fn verify_all(dir: &Path) -> Result<(usize, Vec<StoreError>), StoreError> {
    let manifest = read_manifest(dir)?;
    let files = manifest.len();
    let check = |(name, written)| verify_file(&dir.join(name), &written).err();
    Ok((files, manifest.into_iter().filter_map(check).collect()))
}

fn verify_file(path: &Path, written: &Entry) -> Result<(), StoreError> {
    let damaged = |problem: String| StoreError::Damaged { path: path.to_owned(), problem };
    let found = match describe(path) {
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

fn read_manifest(dir: &Path) -> Result<BTreeMap<String, Entry>, StoreError> {
    let path = dir.join(MANIFEST);
    let text = disk::read(&path).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => StoreError::NoManifest { path: dir.to_owned() },
        _ => StoreError::io("read", &path)(error),
    })?;
    let manifest: BTreeMap<String, Entry> = serde_json::from_slice(&text).map_err(StoreError::json(&path))?;
    match manifest.keys().find(|name| !stays_inside(name)) {
        Some(name) => Err(StoreError::Escapes { path, name: name.clone() }),
        None => Ok(manifest),
    }
}

fn describe(path: &Path) -> io::Result<Entry> {
    let mut hasher = blake3::Hasher::new();
    hasher.update_reader(disk::open(path)?)?;
    Ok(Entry { bytes: hasher.count(), blake3: hasher.finalize().to_hex().to_string() })
}
