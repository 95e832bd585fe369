//! What Graftwork reads from anybody, as functions that take any bytes: libFuzzer calls them with what it makes up, and a
//! test with the committed corpus.
//!
//! Each holds what it reads against what has to be true of it whatever the bytes are, and panics where that is not so. None
//! may end in any other way than by returning, nor take long, nor take much memory.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a panic is how a target says what it found"
)]

mod adapter;
mod checkpoint;
mod expression;
mod folder;
mod generate;
mod jsonl;
mod laws;
mod plan;
mod plugin;

pub use adapter::adapter;
pub use checkpoint::checkpoint;
pub use expression::expression;
pub use jsonl::jsonl;
pub use plan::plan;
pub use plugin::{plugin, tolerate_what_plugins_do_to_their_loader};

/// Whether the bytes were taken for what they are to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// They came back as an error.
    Refused,
    /// They passed, and what they came to keeps its promises.
    Accepted,
}

/// A target takes any bytes.
pub type Target = fn(&[u8]) -> Verdict;

/// Every target by its name, which is that of its folder under `corpus`.
pub const TARGETS: [(&str, Target); 6] = [
    ("plan", plan),
    ("expression", expression),
    ("plugin", plugin),
    ("checkpoint", checkpoint),
    ("adapter", adapter),
    ("jsonl", jsonl),
];

/// The program of a target.
#[cfg(feature = "libfuzzer")]
#[macro_export]
macro_rules! target {
    ($name:ident) => {
        libfuzzer_sys::fuzz_target!(init: $crate::tolerate_what_plugins_do_to_their_loader(), |data: &[u8]| {
            $crate::$name(data);
        });
    };
}
