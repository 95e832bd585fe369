//! Holding samples out for evaluation.

use crate::Fraction;
use crate::order::permutation;

/// Of `samples` samples, whether each is held out.
///
/// Of a text's windows the last are, in one piece, so that what is evaluated on borders on what was trained on at one
/// place only. Of records, which stand alone, a random choice by `seed` is. A fraction above 0 holds out at least one
/// sample, and never all.
pub(crate) fn held_out(samples: usize, fraction: Fraction, windows: bool, seed: u64) -> Vec<bool> {
    let count = count(samples, fraction);
    let mut held_out = vec![false; samples];
    if windows {
        held_out[samples - count..].fill(true);
    } else {
        for &index in permutation("graftwork data 2026 evaluation split", seed, 0, samples).iter().take(count) {
            held_out[index as usize] = true;
        }
    }
    held_out
}

fn count(samples: usize, fraction: Fraction) -> usize {
    if fraction.get() == 0.0 {
        return 0;
    }
    let wanted = (samples as f64 * fraction.get()).round() as usize;
    wanted.max(1).min(samples.saturating_sub(1))
}
