//! Path rules that several modules share, and how a file is opened that somebody else has written.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Component, Path};

/// Far above any file of settings, vocabulary or state.
const MAX_TEXT_BYTES: u64 = 1 << 28;

/// Opens `path` to read, if it is a file on a disk: a pipe would be waited for, and a device may never end.
///
/// # Errors
/// If the system refuses, or it is a folder, a pipe or a device.
pub fn open_file(path: &Path) -> io::Result<File> {
    let kind = fs::metadata(path)?;
    match kind.is_file() {
        true => File::open(path),
        false if kind.is_dir() => Err(io::Error::other("it is a folder; put the file itself there")),
        false => Err(io::Error::other("it is a pipe or a device; put the file itself there")),
    }
}

/// Reads `path`, a file that is small by its kind, such as settings or a vocabulary.
///
/// # Errors
/// As [`open_file`], or if the file is larger than any of its kind.
pub fn read_file(path: &Path) -> io::Result<Vec<u8>> {
    let (mut bytes, file) = (Vec::new(), open_file(path)?);
    file.take(MAX_TEXT_BYTES + 1).read_to_end(&mut bytes)?;
    match bytes.len() as u64 > MAX_TEXT_BYTES {
        true => Err(io::Error::other(format!("it has more than {MAX_TEXT_BYTES} bytes, which no such file needs"))),
        false => Ok(bytes),
    }
}

/// `text` on one line: what a file says may hold line ends and what a terminal obeys.
pub(crate) fn one_line(text: &str) -> String {
    text.chars().flat_map(|c| if c.is_control() { c.escape_default().collect() } else { vec![c] }).collect()
}

/// Whether `name`, read from a file, stays within the folder it is joined to.
pub(crate) fn stays_inside(name: &str) -> bool {
    let path = Path::new(name);
    !name.is_empty() && path.components().all(|part| matches!(part, Component::Normal(_)))
}

/// The folder that holds `path`.
pub(crate) fn parent(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."))
}

/// Makes what was created in, renamed into or removed from `dir` last.
pub(crate) fn sync_dir(dir: &Path) -> io::Result<()> {
    // Elsewhere a folder cannot be opened as a file, and renames are journalled.
    if cfg!(unix) {
        File::open(dir)?.sync_all()?;
    }
    Ok(())
}

/// The names of what lies in `dir`, sorted, for messages.
pub(crate) fn listing(dir: &Path) -> String {
    let mut names: Vec<String> = std::fs::read_dir(dir)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    match names.len() {
        0 => "nothing".to_owned(),
        1..=12 => names.join(", "),
        many => format!("{} and {} more", names[..12].join(", "), many - 12),
    }
}
