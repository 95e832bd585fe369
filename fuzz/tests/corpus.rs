//! The committed corpus, what was once found among it, through every target.
#![allow(clippy::print_stdout, clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use graftwork_fuzz::{TARGETS, Target, Verdict};

/// Runs every input of a target. Some have to be refused and some accepted, or the corpus reaches nothing.
fn replay(name: &str, target: Target) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(name);
    let mut verdicts: BTreeMap<Verdict, usize> = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        // A test that fails says on what.
        println!("{}", path.display());
        *verdicts.entry(target(&fs::read(path).unwrap())).or_default() += 1;
    }
    println!("{name}: {verdicts:?}");
    assert_eq!(verdicts.keys().copied().collect::<Vec<_>>(), [Verdict::Refused, Verdict::Accepted]);
}

#[test]
fn every_input_of_the_corpus_ends_well() {
    std::thread::scope(|scope| {
        // All of them are under way before the first is waited for.
        let running = TARGETS.map(|(name, target)| scope.spawn(move || replay(name, target)));
        running.into_iter().for_each(|target| target.join().unwrap());
    });
}
