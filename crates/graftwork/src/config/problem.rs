//! What is wrong with a configuration: everything at once, each with its place.

use std::fmt;

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Where it stands: `run.toml:3`, or `--set train.steps`.
    pub place: String,
    /// What is wrong, and what would be right.
    pub message: String,
}

/// Everything that is wrong, in the order of the file or of the command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problems(pub Vec<Problem>);

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, Problem { place, message }) in self.0.iter().enumerate() {
            let line = if index == 0 { "" } else { "\n" };
            write!(f, "{line}{place}: {message}")?;
        }
        Ok(())
    }
}
