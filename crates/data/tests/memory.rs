//! Memory does not grow with the data.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod common;

use std::fs::File;
use std::io::{BufWriter, Write};
use std::num::NonZeroUsize;
use std::path::Path;

use common::tokenizer;
use graftwork_data::{DataOptions, Dataset, Tokenizer};
use peak_alloc::PeakAlloc;

/// Counts what this process has allocated, which holds nothing but the one test.
#[global_allocator]
static HEAP: PeakAlloc = PeakAlloc;

/// Writes about so many bytes of records, in lines, in one line, or as a text.
fn write(path: &Path, bytes: usize) {
    let mut file = BufWriter::new(File::create(path).unwrap());
    let kind = path.extension().unwrap().to_str().unwrap();
    let sentence = "Emma Woodhouse, handsome, clever, and rich, with a comfortable home and happy disposition. ";
    let (head, tail) = match kind {
        "json" => ("[", "{\"text\":\"the end\"}]"),
        "csv" => ("text\n", ""),
        _ => ("", ""),
    };
    write!(file, "{head}").unwrap();
    for row in (0..100).cycle().take(bytes / 1000) {
        let text = sentence.repeat(11);
        match kind {
            "jsonl" => writeln!(file, "{{\"text\":\"{row} {text}\"}}"),
            "json" => write!(file, "{{\"text\":\"{row} {text}\"}},"),
            "csv" => writeln!(file, "\"{row} {text}\""),
            _ => write!(file, "{row} {text}"),
        }
        .unwrap();
    }
    write!(file, "{tail}").unwrap();
}

/// The most bytes that are allocated at once, beyond what there was, while data is loaded and an epoch is read.
fn peak(tokenizer: &Tokenizer, path: &Path) -> usize {
    let before = HEAP.current_usage();
    HEAP.reset_peak_usage();
    let data = Dataset::load(&[path.into()], tokenizer, &DataOptions::default()).unwrap();
    let micro = NonZeroUsize::new(8).unwrap();
    let tokens: usize = data.epoch(0).batches(micro).map(|batch| batch.unwrap().tokens()).sum();
    assert_eq!(tokens, data.stats().train.tokens);
    HEAP.peak_usage() - before
}

#[test]
fn memory_holds_an_index_and_not_the_data() {
    // One thread, so that the peak does not depend on what happens to run at once.
    rayon::ThreadPoolBuilder::new().num_threads(1).build_global().unwrap();
    let (dir, tokenizer) = (tempfile::tempdir().unwrap(), tokenizer());
    let measure = |kind: &str, bytes: usize| {
        let path = dir.path().join(format!("{bytes}.{kind}"));
        write(&path, bytes);
        peak(&tokenizer, &path)
    };
    // The tokenizer's cache fills up.
    measure("jsonl", 100_000);
    // A text is tokenised in groups of four chunks of 64 kB, so it takes some groups for the memory to be what it stays.
    for (kind, small, large) in [("jsonl", 300, 800), ("json", 300, 800), ("csv", 300, 800), ("txt", 1_200, 1_700)] {
        let [before, after] = [small, large].map(|kilobytes| measure(kind, kilobytes * 1000));
        // Half a megabyte more of text is 500 records, whose index takes about 10 kB.
        assert!(after < before + 100_000, "{kind}: {before} bytes with {small} kB of data, {after} with {large} kB");
    }
}
