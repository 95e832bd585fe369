//! Rules for paths, and for text that came out of files, that several modules share.

use std::path::{Component, Path};

use crate::disk;

/// As much of a file's own words as a message repeats, in characters.
const MOST_QUOTED: usize = 1000;

/// `text` on one line, for messages.
pub(crate) fn one_line(text: &str) -> String {
    quoted_line(text, MOST_QUOTED)
}

/// Up to `most` characters of `text` on one line: what a file says may hold line ends, what a terminal obeys, and be long without end.
#[must_use]
pub fn quoted_line(text: &str, most: usize) -> String {
    let (head, more) = head(text, most);
    let escape = |c: char| if c.is_control() { c.escape_default().collect() } else { vec![c] };
    head.chars().flat_map(escape).chain(more.chars()).collect()
}

/// A name out of a file, in quotation marks, for messages.
pub(crate) fn quoted(name: &str) -> String {
    let (head, more) = head(name, MOST_QUOTED);
    format!("{head:?}{more}")
}

/// The first `most` characters of `text`, and a mark where they are not all.
fn head(text: &str, most: usize) -> (&str, &'static str) {
    text.char_indices().nth(most).map_or((text, ""), |(end, _)| (&text[..end], "..."))
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
    let names = disk::list(dir).unwrap_or_default();
    let mut names: Vec<_> =
        names.iter().map(|path| one_line(&path.file_name().unwrap_or_default().to_string_lossy())).collect();
    names.sort();
    match names.len() {
        0 => "nothing".to_owned(),
        1..=12 => names.join(", "),
        many => format!("{} and {} more", names[..12].join(", "), many - 12),
    }
}
