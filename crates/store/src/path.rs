//! Rules for paths, and for text that came out of files, that several modules share.

use std::path::{Component, Path};

/// As much of a file's own words as a message repeats, in characters.
const MOST_QUOTED: usize = 1000;

/// `text` on one line: what a file says may hold line ends, what a terminal obeys, and be long without end.
pub(crate) fn one_line(text: &str) -> String {
    let mut line = String::new();
    for c in text.chars().take(MOST_QUOTED) {
        if c.is_control() { line.extend(c.escape_default()) } else { line.push(c) }
    }
    if text.chars().nth(MOST_QUOTED).is_some() {
        line.push_str("...");
    }
    line
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
