//! Holding samples out for evaluation.

use crate::order::permutation;
use crate::{Fraction, Sample};

/// Splits samples into those to train on and those to evaluate on, both in their given order.
///
/// Of a text's windows the last are held out, in one piece, so that what is evaluated on borders on what was trained on
/// at one place only. Of records, which stand alone, a random choice by `seed` is. A fraction above 0 holds out at
/// least one sample, and never all.
pub(crate) fn split(samples: Vec<Sample>, fraction: Fraction, windows: bool, seed: u64) -> (Vec<Sample>, Vec<Sample>) {
    let held_out = held_out(samples.len(), fraction);
    let mut is_eval = vec![false; samples.len()];
    if windows {
        let first = samples.len() - held_out;
        is_eval[first..].fill(true);
    } else {
        let choice = permutation("graftwork data 2026 evaluation split", seed, 0, samples.len());
        for &index in choice.iter().take(held_out) {
            is_eval[index as usize] = true;
        }
    }
    let (mut train, mut eval) = (Vec::new(), Vec::new());
    for (sample, is_eval) in samples.into_iter().zip(is_eval) {
        let part = if is_eval { &mut eval } else { &mut train };
        part.push(sample);
    }
    (train, eval)
}

fn held_out(samples: usize, fraction: Fraction) -> usize {
    if fraction.get() == 0.0 {
        return 0;
    }
    let wanted = (samples as f64 * fraction.get()).round() as usize;
    wanted.max(1).min(samples.saturating_sub(1))
}
