//! A program without the Hub.

use super::Finding;

pub(super) fn findings() -> Vec<Finding> {
    vec![Finding::missing(
        "hub",
        "this program was built without it",
        ["cargo build --release --features hub".to_owned()],
    )]
}
