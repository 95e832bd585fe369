//! What a caller sees of a download, and how it stops one.

/// How far a download is. Counts are of all files of one call together, with those bytes that were there already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress<'a> {
    /// The file that is being fetched, as the repository names it.
    pub file: &'a str,
    /// Bytes that are there.
    pub done: u64,
    /// Bytes that will be there in the end.
    pub total: u64,
}

/// Watches a download. `()` is the observer that looks away and never stops it.
pub trait Observer {
    /// Bytes have arrived; called some times a megabyte, and not at all where everything is in the cache.
    fn progress(&mut self, _at: Progress<'_>) {}

    /// Whether to stop. Asked often, also while waiting; what has arrived by then is kept, and the next call goes on there.
    fn cancelled(&mut self) -> bool {
        false
    }
}

impl Observer for () {}
