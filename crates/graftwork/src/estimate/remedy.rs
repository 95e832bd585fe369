//! What makes an update need less memory, and how much less.

use super::update::Batch;
use super::{Memory, MemoryEstimate, USABLE};
use crate::memory::gibibytes;

impl Memory<'_> {
    /// What to change so that an update fits.
    pub(crate) fn remedy(&self) -> String {
        // Where it ran out although it should have fitted, something else takes memory there, and it has to be less than it was.
        let room = self.available.map_or(self.estimate.total, |available| available.min(self.estimate.total));
        let room = (room as f64 * USABLE) as u64;
        remedy(self.batch, room, |batch| self.workload.estimate(batch))
    }
}

/// Flags that keep an update within `room`, each with what it would need then.
fn remedy(batch: Batch, room: u64, estimate: impl Fn(Batch) -> MemoryEstimate) -> String {
    let total = |batch: &Batch| estimate(*batch).total;
    let again = Batch { recompute: true, ..batch };
    let alone = Some(again).filter(|again| !batch.recompute && total(again) <= room);
    // With what was asked for; where nothing but computing blocks again as well will do, with that.
    let mut options = Vec::new();
    for start in [batch, again] {
        let smaller = [fewer_rows(start, room, &total), shorter_rows(start, room, &total)];
        options.extend(smaller.into_iter().flatten());
        if !options.is_empty() || alone.is_some() {
            break;
        }
    }
    let options: Vec<_> =
        alone.into_iter().chain(options).map(|option| described(batch, option, total(&option))).collect();
    if !options.is_empty() {
        return options.join("; or ");
    }
    let least = estimate(Batch { rows: 1, length: 1, accumulation: 1, recompute: true });
    let held = least.total - least.update;
    format!(
        "no batch fits: the weights, what the optimizer keeps and the program take {} before any token; train fewer weights, or take a smaller model",
        gibibytes(held)
    )
}

/// The most rows that fit, with as many passes more as make up for it.
fn fewer_rows(batch: Batch, room: u64, total: &impl Fn(&Batch) -> u64) -> Option<Batch> {
    let product = batch.rows * batch.accumulation;
    let fewer = |rows: u64| Batch { rows, accumulation: product / rows, ..batch };
    (1..batch.rows).rev().filter(|rows| product.is_multiple_of(*rows)).map(fewer).find(|batch| total(batch) <= room)
}

/// The longest rows that fit, in whole steps.
fn shorter_rows(batch: Batch, room: u64, total: &impl Fn(&Batch) -> u64) -> Option<Batch> {
    const STEP: u64 = 16;
    let shorter = |steps: u64| Batch { length: STEP * steps, ..batch };
    // The first that does not fit; what is longer does not either.
    let (mut fits, mut fails) = (0, batch.length.div_ceil(STEP));
    while fails - fits > 1 {
        let middle = fits.midpoint(fails);
        if total(&shorter(middle)) <= room { fits = middle } else { fails = middle }
    }
    (fits > 0).then(|| shorter(fits))
}

/// The flags that differ, and what it takes with them.
fn described(asked: Batch, option: Batch, total: u64) -> String {
    let mut flags = Vec::new();
    if option.recompute != asked.recompute {
        flags.push("--recompute block".to_owned());
    }
    if option.rows != asked.rows {
        flags.push(format!("--batch-size {} --gradient-accumulation {}", option.rows, option.accumulation));
    }
    if option.length != asked.length {
        flags.push(format!("--max-length {}", option.length));
    }
    format!("`{}` would need {}", flags.join(" "), gibibytes(total))
}
