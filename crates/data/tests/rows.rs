//! Packing, order and batches: the laws that training relies on.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod common;

use std::collections::HashSet;

use common::sample;
use graftwork_data::{Batch, Row, Sample, order, pack};
use proptest::prelude::*;

#[test]
fn packing_fits_the_longest_first_into_the_fullest_row() {
    assert_eq!(pack(&[3, 7, 5, 2, 4], 10), [vec![1, 0], vec![2, 4], vec![3]]);
}

/// Two rows, `[10 11 12 | 20 21]` and `[30 31]`, of which 11 does not count.
fn rows() -> [Row; 2] {
    let first = Sample::new(vec![10, 11, 12], vec![true, false, true], sample(vec![1]).source().clone());
    [Row::new(vec![first, sample(vec![20, 21])]), Row::new(vec![sample(vec![30, 31])])]
}

#[test]
fn a_batch_is_rectangular_and_its_targets_stay_in_their_segment() {
    let [a, b] = rows();
    let batch = Batch::from_rows(&[&a, &b], 9);
    assert_eq!((batch.rows, batch.length), (2, 5));
    assert_eq!(batch.ids, [10, 11, 12, 20, 21, 30, 31, 9, 9, 9]);
    assert_eq!(batch.targets, [11, 12, 9, 21, 9, 31, 9, 9, 9, 9]);
    let counts = [false, true, false, true, false, true, false, false, false, false];
    assert_eq!(batch.counts, counts);
    assert_eq!(batch.positions, [0, 1, 2, 0, 1, 0, 1, 0, 0, 0]);
    assert_eq!(batch.segments, [1, 1, 1, 2, 2, 1, 1, 0, 0, 0]);
    assert_eq!((batch.tokens(), batch.target_tokens(), batch.sources.len()), (7, 3, 3));
}

#[test]
fn a_batch_of_nothing_is_empty() {
    let batch = Batch::from_rows(&[], 0);
    assert_eq!((batch.rows, batch.length, batch.ids.len()), (0, 0, 0));
    assert_eq!(batch.samples().count(), 0);
}

#[test]
fn each_sample_of_a_batch_is_the_batch_of_it_alone() {
    let alone = |sample: &Sample| Batch::from_rows(&[&Row::new(vec![sample.clone()])], 9);
    let [a, b] = rows();
    let expected: Vec<_> = a.segments().iter().chain(b.segments()).map(alone).collect();
    assert_eq!(Batch::from_rows(&[&a, &b], 9).samples().collect::<Vec<_>>(), expected);
    // Of rows with a class, each has its own.
    let labelled = [2, 0].map(|label| Row::new(vec![sample(vec![30, 31, 32 + label]).with_label(label)]));
    let expected: Vec<_> = labelled.iter().flat_map(Row::segments).map(alone).collect();
    assert_eq!(Batch::from_rows(&labelled.each_ref(), 9).samples().collect::<Vec<_>>(), expected);
}

#[test]
fn the_order_never_changes() {
    assert_eq!(order(0, 0, 8), GOLDEN[0]);
    assert_eq!(order(0, 1, 8), GOLDEN[1]);
    assert_eq!(order(42, 0, 8), GOLDEN[2]);
    assert_eq!(order(7, 3, 0), [0; 0]);
    assert_eq!(order(7, 3, 1), [0]);
}

const GOLDEN: [[u32; 8]; 3] = [[7, 5, 6, 4, 2, 3, 1, 0], [5, 7, 0, 2, 6, 4, 3, 1], [5, 2, 3, 6, 0, 7, 1, 4]];

#[test]
fn every_order_of_three_is_as_likely() {
    let mut seen = std::collections::BTreeMap::new();
    for epoch in 0..6_000 {
        *seen.entry(order(1, epoch, 3)).or_insert(0) += 1;
    }
    assert_eq!(seen.len(), 6);
    // 1,000 expected each; the standard deviation is 29.
    assert!(seen.values().all(|&count| (850..1_150).contains(&count)), "{seen:?}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn packing_keeps_every_sample_whole_and_rows_within_bounds(lengths in prop::collection::vec(1_usize..=32, 0..60)) {
        let rows = pack(&lengths, 32);
        prop_assert_eq!(&rows, &pack(&lengths, 32));
        let tokens: Vec<usize> = rows.iter().map(|row| row.iter().map(|&sample| lengths[sample as usize]).sum()).collect();
        prop_assert!(tokens.iter().all(|&tokens| tokens <= 32));
        let mut packed = rows.concat();
        packed.sort_unstable();
        prop_assert!(packed.into_iter().eq(0..lengths.len() as u32));
        // Two rows that are half empty would have been one.
        prop_assert!(tokens.iter().filter(|&&tokens| tokens <= 16).count() <= 1);
    }

    #[test]
    fn an_order_is_a_permutation(seed: u64, epoch: u64, n in 0_usize..500) {
        let order = order(seed, epoch, n);
        prop_assert_eq!(order.iter().collect::<HashSet<_>>().len(), n);
        prop_assert!(order.iter().all(|&index| (index as usize) < n));
    }

    #[test]
    fn a_batch_has_every_token_and_every_target_of_its_rows(
        lengths in prop::collection::vec(1_usize..=8, 1..20),
        packed: bool,
    ) {
        let samples: Vec<_> = lengths.iter().map(|&length| sample((1..).take(length).collect())).collect();
        let laid = if packed { pack(&lengths, 8) } else { (0..lengths.len() as u32).map(|sample| vec![sample]).collect() };
        let row = |row: Vec<u32>| Row::new(row.into_iter().map(|number| samples[number as usize].clone()).collect());
        let rows: Vec<Row> = laid.into_iter().map(row).collect();
        let batch = Batch::from_rows(&rows.iter().collect::<Vec<_>>(), 0);
        prop_assert_eq!(batch.tokens(), lengths.iter().sum::<usize>());
        prop_assert_eq!(batch.target_tokens(), lengths.iter().map(|length| length - 1).sum::<usize>());
        for at in (0..batch.ids.len()).filter(|&at| batch.counts[at]) {
            prop_assert_eq!(batch.targets[at], batch.ids[at + 1]);
            prop_assert_eq!(batch.segments[at], batch.segments[at + 1]);
            prop_assert_eq!(batch.positions[at] + 1, batch.positions[at + 1]);
        }
    }
}
