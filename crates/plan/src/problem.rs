//! What is wrong with a plan: every problem, with its place.

use std::fmt;

/// How many problems a message shows before it only counts the rest.
const SHOWN: usize = 20;
/// How many characters of a name from outside a message shows.
const SHOWN_OF_NAME: usize = 64;

/// A name from outside as a message shows it: on one line, and no longer than anybody reads.
pub(crate) fn shown(name: &str) -> String {
    match name.char_indices().nth(SHOWN_OF_NAME) {
        Some((end, _)) => format!("{}…", name[..end].escape_debug()),
        None => name.escape_debug().to_string(),
    }
}

/// One thing that is wrong, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Place in the plan, e.g. `adapters[3] (model.layers.0.mlp.up_proj.weight).effective.nodes[2]`.
    pub path: String,
    /// What is wrong and what would be right.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path, self.message)
    }
}

/// Everything that is wrong with a plan; never empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problems(pub Vec<Problem>);

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.0.len();
        write!(f, "the plan has {count} problem{}", if count == 1 { "" } else { "s" })?;
        for problem in self.0.iter().take(SHOWN) {
            write!(f, "\n  {problem}")?;
        }
        match count.checked_sub(SHOWN) {
            Some(more) if more > 0 => write!(f, "\n  and {more} more"),
            _ => Ok(()),
        }
    }
}

impl std::error::Error for Problems {}
