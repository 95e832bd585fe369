//! What a model has read, kept for texts that begin with the same tokens.

use crate::{Architecture, Cache};

/// Tokens of one or several rows, with the keys and values that a model has made of them.
///
/// It is of use only to the parameters that it was made with: whoever keeps it sees to that.
#[derive(Debug, Default)]
pub struct Past {
    /// The tokens of each row, as many as the cache holds.
    rows: Vec<Vec<u32>>,
    cache: Cache,
}

impl Past {
    /// How many tokens of a row are kept.
    #[must_use]
    pub fn length(&self) -> usize {
        self.cache.length()
    }

    /// Takes the cache out, cut to what the prompts begin with. At least one token of the shortest is left to be read: its logits are
    /// not kept.
    pub(crate) fn take(&mut self, architecture: &dyn Architecture, prompts: &[&[u32]]) -> Cache {
        let Self { rows, mut cache } = std::mem::take(self);
        let shortest = prompts.iter().map(|prompt| prompt.len()).min().unwrap_or(0);
        let alike = |(row, prompt): (&Vec<u32>, &&[u32])| row.iter().zip(*prompt).take_while(|(a, b)| a == b).count();
        let common = rows.iter().zip(prompts).map(alike).min().unwrap_or(0).min(shortest.saturating_sub(1));
        let other_angles = |most: u64| (cache.length() as u64 > most) != (shortest as u64 > most);
        if rows.len() != prompts.len() || architecture.angles_change_after().is_some_and(other_angles) {
            return Cache::default();
        }
        cache.truncate(common);
        cache
    }

    /// Puts a cache back, with what it was made of: `token` gives that of a row and a place.
    pub(crate) fn put(&mut self, cache: Cache, rows: usize, token: impl Fn(usize, usize) -> u32) {
        let length = cache.length();
        let rows = (0..rows).map(|row| (0..length).map(|at| token(row, at)).collect()).collect();
        *self = Self { rows, cache };
    }
}
