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
    // Fewer or shorter rows as they are; where that does not do, and computing blocks again alone does not either, with both.
    let both = Some(again).filter(|_| alone.is_none() && !batch.recompute);
    let rows = fewer_rows(batch, room, &total).or_else(|| fewer_rows(both?, room, &total));
    let length = shorter_rows(batch, room, &total).or_else(|| shorter_rows(both?, room, &total));
    let options = [alone, rows, length].into_iter().flatten();
    let options: Vec<_> = options.map(|option| described(batch, option, total(&option))).collect();
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
pub(super) fn shorter_rows(batch: Batch, room: u64, total: &impl Fn(&Batch) -> u64) -> Option<Batch> {
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

#[cfg(test)]
mod tests {
    use super::*;

    const GIB: u64 = 1 << 30;
    const ASKED: Batch = Batch { rows: 16, length: 1024, accumulation: 1, recompute: false };

    /// A GiB for 1024 tokens, an eighth of that with blocks computed again, and 2 GiB that are always there.
    fn estimate(batch: Batch) -> MemoryEstimate {
        let update = batch.rows * batch.length * (GIB >> 10) / if batch.recompute { 8 } else { 1 };
        let weights = 2 * GIB;
        MemoryEstimate { weights, adapters: 0, optimizer: 0, update, program: 0, total: weights + update }
    }

    #[test]
    fn each_change_that_suffices_is_said_with_what_it_takes() {
        let said = remedy(ASKED, 10 * GIB, estimate);
        let expected = [
            "`--recompute block` would need 4.0 GiB",
            "`--batch-size 8 --gradient-accumulation 2` would need 10.0 GiB",
            "`--max-length 512` would need 10.0 GiB",
        ];
        assert_eq!(said, expected.join("; or "));
    }

    #[test]
    fn rows_become_passes_so_that_an_update_stays_the_same() {
        let said = remedy(Batch { rows: 12, accumulation: 2, ..ASKED }, 8 * GIB, estimate);
        assert!(said.contains("`--batch-size 6 --gradient-accumulation 4` would need 8.0 GiB"), "{said}");
    }

    #[test]
    fn where_fewer_rows_do_not_suffice_blocks_are_computed_again_as_well() {
        // A row alone has 64 GiB, or 8.
        let said = remedy(Batch { rows: 2, length: 1 << 16, ..ASKED }, 10 * GIB, estimate);
        let expected = [
            "`--recompute block --batch-size 1 --gradient-accumulation 2` would need 10.0 GiB",
            "`--max-length 4096` would need 10.0 GiB",
        ];
        assert_eq!(said, expected.join("; or "));
    }

    #[test]
    fn where_the_weights_alone_are_too_large_no_batch_is_proposed() {
        let said = remedy(ASKED, GIB, estimate);
        assert!(said.starts_with("no batch fits") && said.contains("2.0 GiB before any token"), "{said}");
    }
}
