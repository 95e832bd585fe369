//! Mixing sources by weight: shares, the length of an epoch, and the laws that resuming relies on.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod common;

use std::collections::{BTreeMap, HashSet};
use std::fmt::Write as _;
use std::num::NonZeroUsize;

use common::{all, file, tokenizer, tokenizer_with};
use graftwork_data::{Batch, DataOptions, DataSource, Dataset, EvalSplit, Order, Row, Weight};
use proptest::prelude::*;
use tempfile::TempDir;

/// Sources of so many rows each, with their weights.
fn sources(sizes: &[(usize, Option<f64>)]) -> (Vec<TempDir>, Vec<DataSource>) {
    let source = |&(rows, weight): &(usize, Option<f64>)| {
        let mut lines = String::new();
        for row in 0..rows {
            writeln!(lines, "{{\"text\":\"Row {row} of {rows}.\"}}").unwrap();
        }
        let (dir, path) = file("a.jsonl", lines);
        let weight = weight.map(|weight| Weight::try_from(weight).unwrap());
        (dir, DataSource { weight, ..DataSource::from(path) })
    };
    sizes.iter().map(source).unzip()
}

fn load(sizes: &[(usize, Option<f64>)], options: &DataOptions) -> Result<Dataset, String> {
    let (dirs, sources) = sources(sizes);
    Dataset::load(&sources, &tokenizer(), options).map_err(|error| {
        let names = dirs.iter().enumerate().map(|(index, dir)| (dir.path().join("a.jsonl"), index));
        names.fold(error.to_string(), |text, (path, index)| text.replace(path.to_str().unwrap(), &format!("#{index}")))
    })
}

fn without_eval() -> DataOptions {
    DataOptions { eval: EvalSplit::NONE, ..DataOptions::default() }
}

/// The rows of an epoch as source and line, sources numbered by their folders in order of the training rows.
fn rows(data: &Dataset, epoch: u64) -> Vec<(usize, usize)> {
    let files: Vec<_> = data.stats().sources.iter().map(|source| source.path.clone()).collect();
    let rows: Vec<Row> = data.epoch(epoch).rows().collect::<Result<_, _>>().unwrap();
    let number = |row: &Row| {
        let source = row.sources().next().unwrap();
        (files.iter().position(|file| **file == *source.file).unwrap(), source.line)
    };
    rows.iter().map(number).collect()
}

fn counts(rows: &[(usize, usize)]) -> BTreeMap<usize, usize> {
    let mut counts = BTreeMap::new();
    rows.iter().for_each(|&(source, _)| *counts.entry(source).or_default() += 1);
    counts
}

#[test]
fn an_epoch_ends_when_the_first_source_has_given_all_it_has() {
    let data = load(&[(100, Some(0.8)), (50, Some(0.2))], &without_eval()).unwrap();
    assert_eq!((data.rows_per_epoch(), data.stats().rows_per_epoch, data.train_rows().len()), (125, 125, 150));
    for epoch in 0..3 {
        let rows = rows(&data, epoch);
        assert_eq!(counts(&rows), [(0, 100), (1, 25)].into());
        assert_eq!(rows.iter().collect::<HashSet<_>>().len(), 125, "no row comes twice");
    }
    // The second half of the second source comes in the second epoch.
    let both: HashSet<_> = [rows(&data, 0), rows(&data, 1)].concat().into_iter().collect();
    assert_eq!(both.len(), 150);
}

#[test]
fn sources_without_a_weight_share_what_is_left() {
    let data = load(&[(30, None), (40, Some(0.5)), (30, None)], &without_eval()).unwrap();
    let rows = rows(&data, 0);
    assert_eq!(counts(&rows)[&1], 40);
    assert_eq!(rows.len(), 80);
    let passes: Vec<_> = (0..3).flat_map(|epoch| self::rows(&data, epoch)).filter(|row| row.0 != 1).take(60).collect();
    assert_eq!(passes.iter().collect::<HashSet<_>>().len(), 60, "all rows come before any comes again");
}

#[test]
fn any_stretch_has_the_shares_of_the_whole() {
    let data = load(&[(60, Some(0.6)), (60, Some(0.3)), (60, Some(0.1))], &without_eval()).unwrap();
    let rows = rows(&data, 4);
    assert_eq!(rows.len(), 100);
    for stretch in rows.chunks(10) {
        assert_eq!(counts(stretch), [(0, 6), (1, 3), (2, 1)].into());
    }
}

#[test]
fn order_is_a_function_of_seed_and_epoch() {
    let with = |seed| DataOptions { seed, ..without_eval() };
    let sizes = [(40, Some(0.5)), (40, Some(0.5))];
    let (data, again) = (load(&sizes, &with(1)).unwrap(), load(&sizes, &with(1)).unwrap());
    assert_eq!(lines(&rows(&data, 5)), lines(&rows(&again, 5)));
    assert_ne!(lines(&rows(&data, 5)), lines(&rows(&data, 6)));
    assert_ne!(lines(&rows(&data, 5)), lines(&rows(&load(&sizes, &with(2)).unwrap(), 5)));
    // Two sources of one length are not shuffled alike.
    let of = |source| rows(&data, 0).into_iter().filter(|row| row.0 == source).map(|row| row.1).collect::<Vec<_>>();
    assert_ne!(of(0), of(1));
    // Nor does it take what came before to tell a batch.
    let micro = NonZeroUsize::new(7).unwrap();
    let batches: Vec<Batch> = data.epoch(5).batches(micro).collect::<Result<_, _>>().unwrap();
    assert_eq!(data.epoch(5).batch(9, micro).unwrap().as_ref(), Some(&batches[9]));
}

fn lines(rows: &[(usize, usize)]) -> Vec<usize> {
    rows.iter().map(|row| row.1).collect()
}

#[test]
fn in_sequence_each_source_keeps_its_order() {
    let options = DataOptions { order: Order::Sequential, ..without_eval() };
    let data = load(&[(6, Some(0.75)), (3, Some(0.25))], &options).unwrap();
    assert_eq!(rows(&data, 0), [(0, 1), (0, 2), (1, 1), (0, 3), (0, 4), (0, 5), (1, 2), (0, 6)]);
    assert_eq!(rows(&data, 1)[2], (1, 3));
    let preview = data.preview(&tokenizer(), 3).unwrap();
    assert!(preview[2].source.ends_with(":1") && preview[1].source.ends_with(":2"));
}

#[test]
fn weights_change_the_fingerprint_and_one_of_1_does_not() {
    let print = |sizes: &[(usize, Option<f64>)]| load(sizes, &without_eval()).unwrap().fingerprint().to_owned();
    let plain = print(&[(8, None)]);
    assert_eq!(print(&[(8, Some(1.0))]), plain);
    let halves = print(&[(8, Some(0.5)), (8, Some(0.5))]);
    let unweighted = print(&[(8, None), (8, None)]);
    let other = print(&[(8, Some(0.7)), (8, Some(0.3))]);
    assert_eq!(HashSet::from([plain, halves, unweighted, other]).len(), 4);
}

#[test]
fn rows_are_packed_and_held_out_source_by_source() {
    let options = DataOptions {
        eval: EvalSplit::fraction(0.25).unwrap(),
        packing: true,
        max_length: 64,
        ..DataOptions::default()
    };
    let data = load(&[(40, Some(0.5)), (20, Some(0.5))], &options).unwrap();
    for row in all(data.train_rows()) {
        assert_eq!(row.sources().map(|source| &source.file).collect::<HashSet<_>>().len(), 1);
    }
    let held_out = all(data.eval_rows());
    let mut files = BTreeMap::new();
    held_out.iter().flat_map(Row::sources).for_each(|source| *files.entry(source.file.to_string()).or_insert(0) += 1);
    assert_eq!(files.into_values().collect::<HashSet<_>>(), HashSet::from([10, 5]));
}

#[test]
fn weights_that_make_no_mix() {
    let error = |sizes: &[(usize, Option<f64>)]| load(sizes, &without_eval()).unwrap_err();
    assert_eq!(
        error(&[(5, Some(0.5)), (5, Some(0.3))]),
        "`weight`: the weights sum to 0.8; as shares of the rows they must sum to 1"
    );
    assert_eq!(
        error(&[(5, None), (5, Some(1.0))]),
        "`weight`: the weights sum to 1 and leave nothing for #0; they are shares"
    );
    assert_eq!(
        error(&[(5, Some(0.99)), (5, Some(0.01))]),
        "`weight`: an epoch of 5 rows, which ends when the first source has given all it has, has none of #1; give that \
         a greater weight, or leave it out"
    );
    let (_dirs, mut two) = sources(&[(5, Some(0.5)), (5, Some(0.5))]);
    let (_empty, path) = file("b.jsonl", "{\"prompt\":\"a\",\"completion\":\"\"}");
    two[1].path.clone_from(&path);
    let bare = tokenizer_with(&[("config.json", "{}"), ("generation_config.json", "{}")]);
    assert_eq!(
        Dataset::load(&two, &bare, &without_eval()).unwrap_err().to_string(),
        format!("`weight`: {} has nothing to train on; leave it out, or look at its records", path.display())
    );
    // Thirds, as a person writes them.
    assert!(load(&[(5, Some(0.333)), (5, Some(0.333)), (5, Some(0.333))], &without_eval()).is_ok());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn within_a_source_no_row_comes_again_before_all_have_come(
        sizes in prop::collection::vec((4_usize..20, 1_u32..5), 1..4),
        seed: u64,
        sequential: bool,
    ) {
        let total: u32 = sizes.iter().map(|size| size.1).sum();
        let sizes: Vec<_> = sizes.iter().map(|&(rows, weight)| (rows, Some(f64::from(weight) / f64::from(total)))).collect();
        let order = if sequential { Order::Sequential } else { Order::Shuffled };
        let data = load(&sizes, &DataOptions { seed, order, ..without_eval() }).unwrap();
        let epochs: Vec<_> = (0..6).map(|epoch| rows(&data, epoch)).collect();
        for (source, &(size, weight)) in sizes.iter().enumerate() {
            for epoch in &epochs {
                let share = counts(epoch)[&source] as f64 / epoch.len() as f64;
                prop_assert!((share - weight.unwrap()).abs() * (epoch.len() as f64) < 1.0 + 1e-9);
            }
            let given: Vec<_> = epochs.concat().into_iter().filter(|row| row.0 == source).collect();
            for pass in given.chunks(size) {
                prop_assert_eq!(pass.iter().collect::<HashSet<_>>().len(), pass.len());
            }
        }
    }
}
