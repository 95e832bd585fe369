//! A deterministic order: the same on every machine and in every version.
//!
//! Fisher–Yates over ChaCha8, keyed by BLAKE3 of what the permutation is for, with bounded draws by Lemire's method
//! ("Fast random integer generation in an interval", 2019). All of it is spelt out here, since the shuffles of a random
//! number library may change between its releases, and a run must resume under a later one.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// The order of `n` rows in an epoch: a permutation of `0..n`, and a pure function of its arguments.
pub fn order(seed: u64, epoch: u64, n: usize) -> Vec<u32> {
    permutation("graftwork data 2026 order of rows in an epoch", seed, epoch, n)
}

/// A permutation of `0..n` for `purpose`: permutations for different purposes have nothing to do with one another.
pub(crate) fn permutation(purpose: &str, seed: u64, epoch: u64, n: usize) -> Vec<u32> {
    let material = [seed.to_le_bytes(), epoch.to_le_bytes()].concat();
    let mut rng = ChaCha8Rng::from_seed(blake3::derive_key(purpose, &material));
    let mut items: Vec<u32> = (0..u32::try_from(n).unwrap_or(u32::MAX)).collect();
    for last in (1..items.len()).rev() {
        items.swap(last, below(&mut rng, last as u64 + 1) as usize);
    }
    items
}

/// A number below `bound`, each as likely as any other.
pub(crate) fn below(rng: &mut impl Rng, bound: u64) -> u64 {
    let mut product = u128::from(rng.next_u64()) * u128::from(bound);
    if (product as u64) < bound {
        let threshold = bound.wrapping_neg() % bound;
        while (product as u64) < threshold {
            product = u128::from(rng.next_u64()) * u128::from(bound);
        }
    }
    (product >> 64) as u64
}
