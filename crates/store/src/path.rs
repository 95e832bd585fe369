//! Path rules that several modules share.

use std::path::{Component, Path};

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
