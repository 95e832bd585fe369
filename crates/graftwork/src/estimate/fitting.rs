//! Ways to do one update, from the quickest to the one that takes the least memory, and the first that fits.

use serde::Serialize;

use super::remedy::shorter_rows;
use super::update::Batch;
use super::{Memory, USABLE};

/// A way to do an update, and what it needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Way {
    /// Rows in one pass.
    pub batch_size: u64,
    /// Passes in an update.
    pub gradient_accumulation: u64,
    /// Tokens of the longest row.
    pub max_length: u64,
    /// Whether blocks are computed again in the backward pass.
    pub recompute: bool,
    /// Bytes that it is estimated to need.
    pub bytes: u64,
    /// Whether that is within what may be planned with, as far as the system says.
    pub fits: bool,
}

impl Memory<'_> {
    /// The ways that do not fit, and the first that does; or that of the shortest rows where none does.
    pub(crate) fn ways(&self) -> (Vec<Way>, Way) {
        let room = self.available.map_or(u64::MAX, |available| (available as f64 * USABLE) as u64);
        ways(Batch { recompute: false, ..self.batch }, room, |batch| self.workload.estimate(*batch).total)
    }
}

/// Fewer rows in more passes take no longer, or little; computing blocks again takes a third more; shorter rows are other data.
fn ways(batch: Batch, room: u64, total: impl Fn(&Batch) -> u64) -> (Vec<Way>, Way) {
    let measured = |batch: Batch| {
        let Batch { rows, length, accumulation, recompute } = batch;
        let bytes = total(&batch);
        let fits = bytes <= room;
        Way { batch_size: rows, gradient_accumulation: accumulation, max_length: length, recompute, bytes, fits }
    };
    let mut rejected = Vec::new();
    let product = batch.rows * batch.accumulation;
    for recompute in [false, true] {
        for rows in (1..=batch.rows).rev().filter(|rows| product.is_multiple_of(*rows)) {
            let way = measured(Batch { rows, accumulation: product / rows, recompute, ..batch });
            if way.fits {
                return (rejected, way);
            }
            rejected.push(way);
        }
    }
    let least = Batch { rows: 1, accumulation: product, recompute: true, ..batch };
    (rejected, measured(shorter_rows(least, room, &total).unwrap_or(least)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ASKED: Batch = Batch { rows: 8, length: 1024, accumulation: 1, recompute: false };

    /// A byte for each token, an eighth of that with blocks computed again, and 1000 that are always there.
    fn total(batch: &Batch) -> u64 {
        1000 + batch.rows * batch.length / if batch.recompute { 8 } else { 1 }
    }

    fn chosen(room: u64) -> (usize, [u64; 3], bool, bool) {
        let (rejected, way) = ways(ASKED, room, total);
        let Way { batch_size, gradient_accumulation, max_length, recompute, fits, .. } = way;
        (rejected.len(), [batch_size, gradient_accumulation, max_length], recompute, fits)
    }

    #[test]
    fn the_quickest_way_that_fits_is_taken_and_an_update_stays_as_large() {
        assert_eq!(chosen(10_000), (0, [8, 1, 1024], false, true));
        assert_eq!(chosen(3_500), (2, [2, 4, 1024], false, true));
        assert_eq!(chosen(1_600), (5, [4, 2, 1024], true, true));
        assert_eq!(chosen(1_130), (7, [1, 8, 1024], true, true));
    }

    #[test]
    fn where_one_row_is_too_long_it_is_shortened_and_where_none_fits_that_is_said() {
        assert_eq!(chosen(1_064), (8, [1, 8, 512], true, true));
        assert_eq!(chosen(900), (8, [1, 8, 1024], true, false));
    }
}
