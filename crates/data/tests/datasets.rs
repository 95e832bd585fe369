//! Data sets: from files to batches, the evaluation split, and what resuming relies on.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod common;

use std::collections::HashSet;
use std::fmt::Write as _;
use std::num::NonZeroUsize;

use common::{CHATML, NOVEL, all, chat_tokenizer, file, load, tokenizer};
use graftwork_data::{Batch, DataOptions, DataSource, Dataset, Epoch, EvalSplit, Fraction, LossOn, Order, Row, Rows};

fn micro(rows: usize) -> NonZeroUsize {
    NonZeroUsize::new(rows).unwrap()
}

fn fraction(value: f64) -> EvalSplit {
    EvalSplit::Fraction(Fraction::try_from(value).unwrap())
}

/// Twenty short texts, one a line.
fn texts() -> String {
    let mut lines = String::new();
    for n in 0..20 {
        writeln!(lines, "{{\"text\":\"Letter {n}: {}\"}}", "dear sister, ".repeat(n % 5 + 1)).unwrap();
    }
    lines
}

fn lines(rows: Rows<'_>) -> Vec<usize> {
    all(rows).iter().flat_map(Row::sources).map(|source| source.line).collect()
}

fn batches(epoch: &Epoch<'_>, rows: usize) -> Vec<Batch> {
    epoch.batches(micro(rows)).collect::<Result<_, _>>().unwrap()
}

fn with_split(name: &str, content: &str, options: DataOptions) -> Dataset {
    let (_dir, path) = file(name, content);
    Dataset::load(&[path.into()], &tokenizer(), &options).unwrap()
}

/// What the first version, which held all data in memory, gave for these files: fingerprints, and the hash of all
/// batches of three epochs and of the evaluation.
const GOLDEN: [(&str, &str, &str); 6] = [
    (
        "records",
        "1590a50ada153b8b358d8ee5c33a6dfa81234b4221d0d16710ba56770bd30ec7",
        "909421194728ba0580b441f9d1eaf3839da82f7955a0dc1ba8ee6cd8e199069b",
    ),
    (
        "packed",
        "6bc8ca972da6d74b8bf9aa012db6a99b4e050c6eb1f6260d7ba7b2641121c487",
        "1a7cd018c71463ae012efd4ae2e6c879206e783186b51cef0b49c5e1b99bbe51",
    ),
    (
        "held out",
        "97eb6dc0f6b0d485711f68cbdb93bddc6e3311accb6ba6a12f99d74b093b57a5",
        "257e4bc8017f72f9aee9d7ccd8f6d39b49f4ff7d5eb2523a2eab2814b2df7cc9",
    ),
    (
        "chats",
        "706d31347b0c113196201ddcfd748247a889a061be131a745d9d2c71a8dc289c",
        "a18ec776e6840b3ce95626c5074b0d6d6b6a19f82cdf00992a6b7f56abeda3c0",
    ),
    (
        "text",
        "c3c1332c9a67efaf1d5e1e964047e73f25ddaf766fa513941a5476c397f52f02",
        "a8d17a6510cdab4946a0b440b1f7e5bd2367da3bbf25c87d8bc98d8ff12e723a",
    ),
    (
        "texts packed",
        "49cdce7485251d157e04704cb7fe4e358c6b9fe84a900cd9ed0aca99e3351e0c",
        "72408d48a649cb32c235e8bcd7f964f71c517138bebc0b57851cc40fa72d7a5a",
    ),
];

#[test]
fn batches_of_the_same_data_never_change() {
    let letters = |from: usize, to: usize| {
        let letter = |n: usize| format!("{{\"text\":\"Letter {n}: {}\"}}\n", "dear sister, ".repeat(n % 5 + 1));
        (from..to).map(letter).collect::<String>()
    };
    let (_a, a) = file("a.jsonl", letters(0, 20));
    let (_b, b) = file("b.jsonl", letters(20, 27));
    let chat = |user: &str, answer: &str| {
        format!(
            "{{\"messages\":[{{\"role\":\"user\",\"content\":\"{user}\"}},\
             {{\"role\":\"assistant\",\"content\":\"{answer}\"}}]}}"
        )
    };
    let (_c, c) = file("c.json", format!("[{},{}]", chat("Who?", "Emma."), chat("And?", "Jane.")));
    let novel: String = std::fs::read_to_string(NOVEL).unwrap().chars().take(400_000).collect();
    let (_d, d) = file("d.txt", novel);
    let options = |eval, packing, max_length| DataOptions { seed: 3, eval, packing, max_length, ..Default::default() };
    let held_out = DataOptions { order: Order::Sequential, ..options(EvalSplit::Files(vec![b.clone()]), false, 512) };
    let cases = [
        (vec![a.clone(), b.clone()], options(fraction(0.2), false, 512)),
        (vec![a.clone(), b], options(fraction(0.2), true, 64)),
        (vec![a], held_out),
        (vec![c], options(EvalSplit::NONE, false, 512)),
        (vec![d.clone()], options(fraction(0.1), false, 128)),
        (vec![d.clone(), d], options(EvalSplit::default(), true, 100)),
    ];
    let tokenizer = chat_tokenizer(CHATML);
    for ((name, fingerprint, hash), (files, options)) in GOLDEN.into_iter().zip(cases) {
        let sources: Vec<DataSource> = files.into_iter().map(DataSource::from).collect();
        let data = Dataset::load(&sources, &tokenizer, &options).unwrap();
        assert_eq!(data.fingerprint(), fingerprint, "{name}");
        let epochs = (0..3).flat_map(|epoch| batches(&data.epoch(epoch), 4));
        let eval = data.eval_rows().batches(micro(4)).collect::<Result<Vec<_>, _>>().unwrap();
        let mut hasher = blake3::Hasher::new();
        for b in epochs.chain(eval) {
            hasher.update(format!("{:?}", (b.ids, b.counts, b.targets, b.segments)).as_bytes());
        }
        assert_eq!(hasher.finalize().to_hex().as_str(), hash, "{name}");
    }
}

#[test]
fn windows_of_a_text_join_to_the_text_and_know_their_lines() {
    let novel = std::fs::read_to_string(NOVEL).unwrap();
    let text: String = novel.chars().take(30_000).collect();
    let tokenizer = tokenizer();
    let data = load(&tokenizer, "a.txt", &text, DataOptions { max_length: 100, ..DataOptions::default() });
    let mut ids = Vec::new();
    for row in all(data.train_rows()) {
        let [window] = row.segments() else { panic!("one segment a row") };
        let before = tokenizer.decode(&ids, false).unwrap();
        assert_eq!(window.source().line, 1 + before.matches('\n').count());
        assert_eq!(window.target_tokens(), window.len() - 1);
        ids.extend_from_slice(window.ids());
    }
    let mut expected = tokenizer.encode(&text, false).unwrap();
    expected.push(tokenizer.eos().unwrap());
    assert_eq!(ids, expected);
    assert!(all(data.train_rows()).iter().rev().skip(1).all(|row| row.tokens() == 100));
}

#[test]
fn the_evaluation_split_of_a_text_is_its_tail() {
    let novel = std::fs::read_to_string(NOVEL).unwrap();
    let text: String = novel.chars().take(30_000).collect();
    let options = DataOptions { max_length: 64, eval: fraction(0.2), ..DataOptions::default() };
    let data = with_split("a.txt", &text, options);
    let (train, eval) = (lines(data.train_rows()), lines(data.eval_rows()));
    let part = eval.len() as f64 / (train.len() + eval.len()) as f64;
    assert!((part - 0.2).abs() < 0.01, "{part}");
    assert!(train.iter().max() <= eval.iter().min());
}

#[test]
fn the_evaluation_split_of_records_is_a_choice_by_the_seed() {
    let split = |seed| {
        let data =
            with_split("a.jsonl", &texts(), DataOptions { eval: fraction(0.25), seed, ..DataOptions::default() });
        (lines(data.train_rows()), lines(data.eval_rows()))
    };
    let (train, eval) = split(1);
    assert_eq!((train.len(), eval.len()), (15, 5));
    assert_eq!(train.iter().chain(&eval).collect::<HashSet<_>>().len(), 20);
    assert!(train.is_sorted() && eval.is_sorted());
    assert_eq!(split(1), (train, eval.clone()));
    assert_ne!(split(2).1, eval);
}

#[test]
fn a_fraction_holds_out_at_least_one_sample_and_never_all() {
    let sizes = |content: &str, value| {
        let data = with_split("a.jsonl", content, DataOptions { eval: fraction(value), ..DataOptions::default() });
        (data.train_rows().len(), data.eval_rows().len())
    };
    let three = texts().lines().take(3).collect::<Vec<_>>().join("\n");
    assert_eq!(sizes(&three, 0.05), (2, 1));
    assert_eq!(sizes(&three, 0.99), (1, 2));
    assert_eq!(sizes(&three, 0.0), (3, 0));
    assert_eq!(sizes("{\"text\":\"just one\"}", 0.5), (1, 0));
}

#[test]
fn evaluation_files_leave_the_training_files_whole() {
    let (_held_out, path) = file("eval.jsonl", "{\"prompt\":\"Who?\",\"completion\":\" Emma.\"}");
    let data =
        with_split("a.jsonl", &texts(), DataOptions { eval: EvalSplit::Files(vec![path]), ..DataOptions::default() });
    assert_eq!((data.train_rows().len(), data.eval_rows().len()), (20, 1));
    assert_eq!(data.stats().records, 21);
}

#[test]
fn a_batch_can_be_asked_for_without_those_before_it() {
    let data = load(&tokenizer(), "a.jsonl", &texts(), DataOptions::default());
    let epoch = data.epoch(3);
    let batches = batches(&epoch, 6);
    assert_eq!(batches.len(), epoch.batch_count(micro(6)));
    assert_eq!(batches.iter().map(|batch| batch.rows).collect::<Vec<_>>(), [6, 6, 6, 2]);
    for (index, batch) in batches.iter().enumerate() {
        assert_eq!(data.epoch(3).batch(index, micro(6)).unwrap().as_ref(), Some(batch));
    }
    assert_eq!(epoch.batch(4, micro(6)).unwrap(), None);
    assert_eq!(batches.iter().flat_map(|batch| &batch.sources).collect::<HashSet<_>>().len(), 20);
}

#[test]
fn epochs_differ_when_shuffled_and_not_when_sequential() {
    let first = |order, epoch| {
        let data = load(&tokenizer(), "a.jsonl", &texts(), DataOptions { order, ..DataOptions::default() });
        let rows: Vec<Row> = data.epoch(epoch).rows().collect::<Result<_, _>>().unwrap();
        rows.iter().flat_map(Row::sources).map(|source| source.line).collect::<Vec<_>>()
    };
    assert_ne!(first(Order::Shuffled, 0), first(Order::Shuffled, 1));
    assert_eq!(first(Order::Sequential, 0), (1..=20).collect::<Vec<_>>());
    assert_eq!(first(Order::Sequential, 1), first(Order::Sequential, 0));
}

#[test]
fn packing_wastes_less_and_loses_nothing() {
    let stats = |packing| {
        let options = DataOptions { packing, max_length: 64, ..DataOptions::default() };
        load(&tokenizer(), "a.jsonl", &texts(), options).stats().clone()
    };
    let (plain, packed) = (stats(false), stats(true));
    assert_eq!((packed.train.tokens, packed.train.target_tokens), (plain.train.tokens, plain.train.target_tokens));
    assert_eq!((plain.train.samples, plain.train.rows, packed.train.samples), (20, 20, 20));
    assert!(packed.train.rows < 10 && packed.train.longest <= 64);
    assert!(packed.train.padding_fraction < plain.train.padding_fraction / 2.0);
}

#[test]
fn statistics_agree_with_the_batches() {
    let options = DataOptions { eval: fraction(0.25), packing: true, max_length: 48, ..DataOptions::default() };
    let data = with_split("a.jsonl", &texts(), options);
    let sum = |batches: Vec<Batch>| {
        let tokens = batches.iter().map(Batch::tokens).sum::<usize>();
        (tokens, batches.iter().map(Batch::target_tokens).sum::<usize>())
    };
    let stats = data.stats();
    assert_eq!(sum(batches(&data.epoch(0), 3)), (stats.train.tokens, stats.train.target_tokens));
    assert_eq!(
        sum(data.eval_rows().batches(micro(2)).collect::<Result<_, _>>().unwrap()),
        (stats.eval.tokens, stats.eval.target_tokens)
    );
}

#[test]
fn the_fingerprint_follows_what_a_run_sees() {
    let print = |content: &str, name: &str, options: DataOptions| {
        load(&tokenizer(), name, content, options).fingerprint().to_owned()
    };
    let pairs = "{\"prompt\":\"a b\",\"completion\":\" c\"}\n{\"prompt\":\"d e\",\"completion\":\" f\"}\n";
    let base = print(pairs, "a.jsonl", DataOptions::default());
    assert_eq!(print(pairs, "another-name.ndjson", DataOptions::default()), base);
    let changed = [
        print(&pairs.replace('f', "g"), "a.jsonl", DataOptions::default()),
        print(pairs, "a.jsonl", DataOptions { seed: 1, ..DataOptions::default() }),
        print(pairs, "a.jsonl", DataOptions { order: Order::Sequential, ..DataOptions::default() }),
        print(pairs, "a.jsonl", DataOptions { packing: true, ..DataOptions::default() }),
        print(pairs, "a.jsonl", DataOptions { loss_on: LossOn::All, ..DataOptions::default() }),
    ];
    let distinct: HashSet<_> = changed.iter().chain([&base]).collect();
    assert_eq!(distinct.len(), 6);
}

#[test]
fn options_read_as_they_are_written() {
    let options: DataOptions = serde_json::from_str(
        r#"{"format":"prompt-completion","max_length":64,"packing":true,"loss_on":"completion",
            "eval":["held-out.jsonl"],"seed":7,"order":"sequential"}"#,
    )
    .unwrap();
    assert_eq!(options.eval, EvalSplit::Files(vec!["held-out.jsonl".into()]));
    let written = serde_json::to_string(&options).unwrap();
    assert_eq!(serde_json::from_str::<DataOptions>(&written).unwrap(), options);
    assert_eq!(serde_json::from_str::<DataOptions>("{}").unwrap(), DataOptions::default());
    assert_eq!(serde_json::from_str::<DataOptions>("{\"eval\":0}").unwrap().eval, EvalSplit::NONE);
    assert_eq!("assistant".parse::<LossOn>().unwrap(), LossOn::Assistant);
}
