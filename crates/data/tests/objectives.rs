//! What a model learns besides the next token: masked tokens, and the labels of texts.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod common;

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use common::{NOVEL, all, counted, file, load, load_error, sample, tokenizer_with};
use graftwork_data::{
    Batch, DataError, DataOptions, DataSource, Dataset, EvalSplit, Format, LossOn, Objective, Order, Row, Sample,
    Tokenizer, labels_of,
};
use proptest::prelude::*;
use serde::Deserialize;
use serde_json::json;

const MICRO: NonZeroUsize = NonZeroUsize::new(4).unwrap();

fn golden(name: &str) -> PathBuf {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/golden/objectives")).join(name)
}

fn bert() -> Tokenizer {
    Tokenizer::from_dir(&golden("bert")).unwrap()
}

fn label(names: &[&str]) -> DataOptions {
    let labels = names.iter().map(ToString::to_string).collect();
    DataOptions { objective: Objective::Label { labels }, order: Order::Sequential, ..DataOptions::default() }
}

fn masked(probability: f32) -> DataOptions {
    DataOptions { objective: Objective::Masked { probability }, max_length: 64, ..DataOptions::default() }
}

fn samples(dataset: &Dataset) -> Vec<Sample> {
    all(dataset.train_rows()).iter().flat_map(|row| row.segments().to_vec()).collect()
}

/// `tests/oracles/objectives.py`.
#[derive(Deserialize)]
struct Case {
    text: String,
    pair: Option<String>,
    max_length: usize,
    ids: Vec<u32>,
    types: Vec<u32>,
    special: Vec<u8>,
}

impl Case {
    fn record(&self) -> String {
        let record = match &self.pair {
            Some(pair) => json!({"sentence1": self.text, "sentence2": pair, "label": "b"}),
            None => json!({"sentence": self.text, "label": "b"}),
        };
        record.to_string()
    }

    fn maskable(&self) -> Vec<bool> {
        self.special.iter().map(|&special| special == 0).collect()
    }
}

fn cases(name: &str) -> BTreeMap<usize, Vec<Case>> {
    let cases: Vec<Case> = serde_json::from_slice(&std::fs::read(golden(name).join("cases.json")).unwrap()).unwrap();
    let mut by_length = BTreeMap::<usize, Vec<Case>>::new();
    for case in cases {
        by_length.entry(case.max_length).or_default().push(case);
    }
    by_length
}

/// A pair and a text are different records, but all are labelled, so one file holds them.
fn file_of(cases: &[Case]) -> String {
    cases.iter().map(Case::record).collect::<Vec<_>>().join("\n")
}

#[test]
fn texts_and_pairs_are_framed_and_cut_as_transformers_does() {
    for name in ["bert", "roberta"] {
        let tokenizer = Tokenizer::from_dir(&golden(name)).unwrap();
        for (max_length, cases) in cases(name) {
            let labelled =
                load(&tokenizer, "a.jsonl", &file_of(&cases), DataOptions { max_length, ..label(&["a", "b"]) });
            assert_eq!(samples(&labelled).len(), cases.len());
            for (sample, case) in samples(&labelled).iter().zip(&cases) {
                let types = if case.types.contains(&1) { case.types.as_slice() } else { &[] };
                assert_eq!((sample.ids(), sample.types()), (case.ids.as_slice(), types), "{name}: {}", case.record());
                assert_eq!((sample.label(), sample.target_tokens()), (Some(1), 1));
            }

            let masked = load(&tokenizer, "a.jsonl", &file_of(&cases), DataOptions { max_length, ..masked(0.15) });
            let cases: Vec<&Case> = cases.iter().filter(|case| case.maskable().contains(&true)).collect();
            assert_eq!(samples(&masked).len(), cases.len());
            for (sample, case) in samples(&masked).iter().zip(cases) {
                assert_eq!((sample.ids(), sample.train_on()), (case.ids.as_slice(), case.maskable().as_slice()));
            }
        }
    }
}

#[test]
fn a_batch_has_the_types_of_pairs_and_a_label_a_row() {
    let records = "{\"premise\":\"She was.\",\"hypothesis\":\"He was.\",\"label\":2}\n\
                   {\"sentence\":\"Happy.\",\"label\":\"no\"}\n{\"text\":\"Happy.\",\"label\":\"1\"}";
    let data = load(&bert(), "a.jsonl", records, label(&["no", "yes", "maybe"]));
    let batch = data.epoch(0).batch(0, MICRO).unwrap().unwrap();
    assert_eq!(batch.labels, [2, 0, 1]);
    assert_eq!((batch.rows, batch.target_tokens(), batch.types.len()), (3, 3, batch.ids.len()));
    assert!(!batch.counts.contains(&true));
    let pair: Vec<u32> = samples(&data)[0].types().to_vec();
    assert_eq!(batch.types[..batch.length], pair);
    assert!(pair.contains(&1) && !batch.types[batch.length..].contains(&1));

    let single = load(&bert(), "a.jsonl", "{\"text\":\"Happy.\",\"label\":\"no\"}", label(&["no", "yes"]));
    assert!(single.epoch(0).batch(0, MICRO).unwrap().unwrap().types.is_empty());
}

#[test]
fn without_an_objective_a_labelled_text_is_a_text() {
    let text = |record: &str| load(&bert(), "a.jsonl", record, DataOptions::default());
    let (labelled, plain) = (text("{\"text\":\"Happy.\",\"label\":1}"), text("{\"text\":\"Happy.\"}"));
    assert_eq!(labelled.fingerprint(), plain.fingerprint());
}

/// The labels of a file.
fn labels(name: &str, content: &str) -> Result<Option<Vec<String>>, DataError> {
    let (_dir, path) = file(name, content);
    labels_of(&[path.into()], None)
}

#[test]
fn labels_are_collected_sorted() {
    let of = |values: &[&str]| {
        let lines: Vec<_> = values.iter().map(|value| format!("{{\"text\":\"a\",\"label\":{value}}}")).collect();
        labels("a.jsonl", &lines.join("\n")).unwrap().unwrap()
    };
    assert_eq!(of(&["\"b\"", "\"a\"", "\"b\"", "\"B\""]), ["B", "a", "b"]);
    assert_eq!(of(&["2", "0", "1", "0"]), ["LABEL_0", "LABEL_1", "LABEL_2"]);
    assert_eq!(of(&["10", "1", "2"]), ["1", "2", "10"]);
    assert_eq!(of(&["1", "\"a\""]), ["1", "a"]);
    assert_eq!(labels("a.csv", "sentence,label\na,yes\nb,no\n").unwrap().unwrap(), ["no", "yes"]);
    assert_eq!(labels("a.tsv", "premise\thypothesis\tlabel\na\tb\t1\na\tb\t0\n").unwrap().unwrap()[1], "LABEL_1");
}

#[test]
fn labels_of_all_sources_and_of_data_without_any() {
    let (dir, first) = file("a.jsonl", "{\"text\":\"a\",\"label\":\"x\"}");
    std::fs::write(dir.path().join("b.csv"), "text,label\na,z\n").unwrap();
    let (_other, other) = file("c.csv", "text,label\na,y\n");
    let sources = [dir.path().into(), DataSource::from(&other)];
    assert_eq!(labels_of(&sources, None).unwrap().unwrap(), ["x", "y", "z"]);

    assert_eq!(labels("a.jsonl", "{\"text\":\"a\"}\nno JSON").unwrap(), None);
    assert_eq!(labels("a.txt", "a").unwrap(), None);
    assert_eq!(labels_of(&[], None).unwrap(), None);
    // A format of its own goes before that of all.
    let texts = DataSource { format: Some(Format::JsonlText), ..DataSource::from(&first) };
    assert_eq!(labels_of(std::slice::from_ref(&texts), Some(Format::Labelled)).unwrap(), None);
    let error = labels_of(&[first.into(), texts], None).unwrap_err().to_string();
    assert!(
        error.ends_with("a.jsonl:1: a jsonl-text record among labelled records; put each format in a file of its own")
    );
    assert!(labels("a.jsonl", "{\"text\":\"a\",\"label\":[]}").is_err());
}

#[test]
fn a_table_is_classified_as_its_lines_are() {
    let names = ["no", "yes"];
    let table = load(&bert(), "a.csv", "sentence1,sentence2,label\nHappy.,Sad.,yes\nSad.,Sad.,0\n", label(&names));
    let lines = "{\"sentence1\":\"Happy.\",\"sentence2\":\"Sad.\",\"label\":1}\n\
                 {\"sentence1\":\"Sad.\",\"sentence2\":\"Sad.\",\"label\":\"no\"}";
    let lines = load(&bert(), "a.jsonl", lines, label(&names));
    assert_eq!(table.fingerprint(), lines.fingerprint());
    assert_eq!(table.epoch(0).batch(0, MICRO).unwrap().unwrap().labels, [1, 0]);
    assert_ne!(
        table.fingerprint(),
        load(&bert(), "a.csv", "sentence1,sentence2,label\nHappy.,Sad.,no\nSad.,Sad.,0\n", label(&names)).fingerprint()
    );
}

#[test]
fn a_preview_shows_the_class_or_what_the_first_epoch_masks() {
    let data = load(&bert(), "a.jsonl", "{\"text\":\"Happy.\",\"label\":1}", label(&["no", "yes"]));
    let preview = data.preview(&bert(), 1).unwrap().remove(0);
    assert_eq!((preview.label.as_deref(), counted(&data, &bert())), (Some("yes"), Vec::new()));

    let options = DataOptions { order: Order::Sequential, packing: true, ..masked(0.3) };
    let texts = "{\"text\":\"She was happy, and he was not.\"}\n".repeat(9);
    let data = load(&bert(), "a.jsonl", &texts, options);
    let batches = batches(&data, 0);
    let chosen =
        batches.iter().flat_map(|batch| batch.targets.iter().zip(&batch.counts)).filter(|(_, counts)| **counts);
    let chosen: Vec<u32> = chosen.map(|(&id, _)| id).collect();
    let words = |text: &str| text.split_whitespace().collect::<String>();
    assert_eq!(words(&counted(&data, &bert()).concat()), words(&bert().decode(&chosen, false).unwrap()));
    assert!(chosen.len() > 9 && data.preview(&bert(), 1).unwrap()[0].label.is_none());
}

#[test]
fn a_label_that_is_a_name_goes_before_the_index() {
    let records = "{\"text\":\"a\",\"label\":2}\n{\"text\":\"a\",\"label\":0}";
    let data = load(&bert(), "a.jsonl", records, label(&["1", "2", "3"]));
    assert_eq!(data.epoch(0).batch(0, MICRO).unwrap().unwrap().labels, [1, 0]);
}

/// The novel's beginning, masked: what the batches of an epoch hold.
fn novel(options: &DataOptions) -> Dataset {
    let (_dir, path) = file("a.txt", &std::fs::read_to_string(NOVEL).unwrap()[..60_000]);
    Dataset::load(&[path.into()], &bert(), options).unwrap()
}

fn batches(data: &Dataset, epoch: u64) -> Vec<Batch> {
    data.epoch(epoch).batches(MICRO).map(Result::unwrap).collect()
}

/// What the model sees of batches.
fn shown(batches: impl IntoIterator<Item = Batch>) -> Vec<u32> {
    batches.into_iter().flat_map(|batch| batch.ids).collect()
}

#[test]
fn masks_come_at_their_rates_and_never_on_special_tokens() {
    let tokenizer = bert();
    let data = novel(&DataOptions { eval: EvalSplit::NONE, ..masked(0.15) });
    let maskable: usize = samples(&data).iter().map(Sample::target_tokens).sum();
    let (mut chosen, mut as_mask, mut kept) = (0, 0, 0);
    for batch in (0..4).flat_map(|epoch| batches(&data, epoch)) {
        for at in 0..batch.ids.len() {
            let (shown, target) = (batch.ids[at], batch.targets[at]);
            if batch.counts[at] {
                // [PAD], [UNK], [CLS], [SEP] and [MASK] are 0 to 4.
                assert!(target > 4);
                chosen += 1;
                as_mask += usize::from(Some(shown) == tokenizer.mask());
                kept += usize::from(shown == target);
            } else {
                assert_eq!(shown, target);
            }
        }
    }
    let near = |part: usize, whole: usize, rate: f64| {
        // Four standard deviations of a binomial.
        let bound = 4.0 * (rate * (1.0 - rate) / whole as f64).sqrt();
        assert!((part as f64 / whole as f64 - rate).abs() < bound, "{part} of {whole}, expected {rate}");
    };
    assert!(maskable > 10_000, "{maskable}");
    near(chosen, 4 * maskable, 0.15);
    let vocabulary = tokenizer.vocab_size() as f64;
    near(as_mask, chosen, 0.8 + 0.1 / vocabulary);
    near(kept, chosen, 0.1 + 0.1 / vocabulary);
}

#[test]
fn every_epoch_masks_anew_and_every_run_alike() {
    let options = DataOptions { order: Order::Sequential, ..masked(0.15) };
    let (data, again) = (novel(&options), novel(&options));
    assert_eq!(shown(batches(&data, 3)), shown(batches(&again, 3)));
    assert_eq!(data.epoch(3).batch(5, MICRO).unwrap().unwrap(), batches(&data, 3)[5]);
    assert_ne!(shown(batches(&data, 3)), shown(batches(&data, 4)));
    assert_ne!(shown(batches(&data, 3)), shown(batches(&novel(&DataOptions { seed: 1, ..options }), 3)));

    // Evaluation masks alike, however many rows are looked at together; the last one may be shorter, and so is padded.
    let evaluated = |data: &Dataset, rows: NonZeroUsize| {
        let mut ids = shown(data.eval_rows().batches(rows).map(Result::unwrap));
        ids.truncate(64 * (data.eval_rows().len() - 1));
        ids
    };
    assert_eq!(evaluated(&data, NonZeroUsize::MIN), evaluated(&data, MICRO));
    let rows = all(data.eval_rows());
    let plain: Vec<u32> = rows.iter().flat_map(|row| row.segments()[0].ids().to_vec()).collect();
    let masked_ids = evaluated(&data, MICRO);
    assert!(masked_ids.len() > 64 && masked_ids != plain[..masked_ids.len()]);
    assert_eq!(masked_ids, evaluated(&again, MICRO));
    assert_ne!(data.fingerprint(), novel(&DataOptions { order: Order::Sequential, ..masked(0.3) }).fingerprint());
}

#[test]
fn a_row_is_masked_alike_wherever_it_stands() {
    let of = |order| {
        let data = novel(&DataOptions { order, ..masked(0.15) });
        let mut rows: Vec<_> = data
            .epoch(2)
            .batches(NonZeroUsize::MIN)
            .map(Result::unwrap)
            .map(|batch| (batch.targets, batch.ids))
            .collect();
        rows.sort();
        rows
    };
    assert_eq!(of(Order::Shuffled), of(Order::Sequential));
}

#[test]
fn windows_of_a_text_are_framed_each() {
    let tokenizer = bert();
    let data = novel(&DataOptions { eval: EvalSplit::NONE, ..masked(0.15) });
    let mut ids = Vec::new();
    for sample in samples(&data) {
        let [2, window @ .., 3] = sample.ids() else { panic!("no frame: {:?}", sample.ids()) };
        assert!(window.len() <= 62);
        ids.extend_from_slice(window);
    }
    assert_eq!(ids, tokenizer.encode(&std::fs::read_to_string(NOVEL).unwrap()[..60_000], false).unwrap());
}

#[test]
fn mistakes() {
    let fails = |record: &str, options: &DataOptions, message: &str| {
        assert_eq!(load_error(&bert(), "a.jsonl", record, options), message);
    };
    let text = "{\"text\":\"a\",\"label\":\"c\"}";
    fails(
        text,
        &label(&["a", "b"]),
        "a.jsonl:1: the label `c` is none of the 2 classes (`a`, `b`); if others are meant, name them all, `--labels a,b`",
    );
    fails(
        &text.replace("\"c\"", "2"),
        &label(&["a", "b"]),
        "a.jsonl:1: the label `2` is none of the 2 classes (`a`, `b`); if others are meant, name them all, `--labels a,b`",
    );
    fails(
        &text.replace("\"c\"", "0.5"),
        &label(&["a", "b"]),
        "a.jsonl:1: `label` must be a string or an integer, found a number",
    );
    fails("{\"sentence1\":\"a\",\"label\":1}", &label(&["a", "b"]), NOT_A_PAIR);
    fails(text, &label(&["a"]), "`objective`: needs at least two labels to choose from, has 1");
    fails(text, &label(&["a", "b", "a"]), "`objective`: the label \"a\" is listed twice");
    fails(
        text,
        &DataOptions { packing: true, ..label(&["a", "b"]) },
        "`packing`: a row has one label, so it holds one sample; turn packing off",
    );
    fails(
        "{\"text\":\"a\"}",
        &label(&["a", "b"]),
        "`objective`: `label` needs records with a `label` beside their text or pair of texts; these are jsonl-text \
         records",
    );
    fails(
        "{\"prompt\":\"a\",\"completion\":\"b\"}",
        &masked(0.15),
        "`objective`: `masked` needs texts; these are prompt-completion records",
    );
    fails(text, &masked(1.5), "`objective`: the probability of masking must be above 0 and at most 1, is 1.5");
    fails(
        text,
        &DataOptions { loss_on: LossOn::All, ..masked(0.15) },
        "`loss_on`: only the objective next-token has a choice; leave it at \"auto\"",
    );
    fails(
        text,
        &DataOptions { max_length: 2, ..masked(0.15) },
        "`max_length`: 2 special tokens leave no room for a text in 2; make it longer",
    );
    fails(
        "{\"premise\":\"a\",\"hypothesis\":\"b\",\"label\":1}",
        &DataOptions::default(),
        "a.jsonl:1: a pair of texts with a label, which only the objective `label` or `masked` can use",
    );
    let without = load_error(&common::tokenizer(), "a.jsonl", text, &masked(0.15));
    assert!(without.starts_with("the tokenizer has no mask token"), "{without}");
}

const NOT_A_PAIR: &str = "a.jsonl:1: the keys `sentence1`, `label` fit no format; expected `text`, or `prompt` and \
                          `completion`, or `instruction` and `output`, or `messages`, or `conversations`, or a text and \
                          its `label`";

#[test]
fn objectives_in_a_file() {
    let parse = |json: &str| serde_json::from_str::<DataOptions>(json).unwrap().objective;
    assert_eq!(parse("{}"), Objective::NextToken);
    assert_eq!(parse(r#"{"objective":"next-token"}"#), Objective::NextToken);
    assert_eq!(parse(r#"{"objective":{"masked":{"probability":0.15}}}"#), Objective::Masked { probability: 0.15 });
    let labels = vec!["a".to_owned(), "b".to_owned()];
    assert_eq!(parse(r#"{"objective":{"label":{"labels":["a","b"]}}}"#), Objective::Label { labels });
}

#[test]
fn the_usual_mask_token_is_known_without_a_configuration() {
    let json = std::fs::read_to_string(golden("roberta").join("tokenizer.json")).unwrap();
    let tokenizer =
        tokenizer_with(&[("tokenizer.json", &json), ("config.json", "{}"), ("generation_config.json", "{}")]);
    assert_eq!(tokenizer.mask(), Some(4));
    assert_eq!(common::tokenizer().mask(), None);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn labels_stand_in_the_order_of_rows(lengths in prop::collection::vec(1_usize..=8, 1..12)) {
        let samples = (0..).zip(&lengths).map(|(class, &length)| sample(vec![7; length]).with_label(class));
        let rows: Vec<Row> = samples.map(|sample| Row::new(vec![sample])).collect();
        let batch = Batch::from_rows(&rows.iter().collect::<Vec<_>>(), 0);
        prop_assert_eq!(batch.labels, (0..lengths.len() as u32).collect::<Vec<_>>());
        prop_assert!(batch.types.is_empty());
    }

    #[test]
    fn what_was_masked_can_be_put_back(packing: bool, probability in 0.01_f32..=1.0, epoch: u64, seed: u64) {
        let records: Vec<_> = (1..9).map(|n| json!({"text": "She was happy. ".repeat(n)}).to_string()).collect();
        let data = load(&bert(), "a.jsonl", &records.join("\n"), DataOptions { packing, seed, ..masked(probability) });
        let mut restored: Vec<Vec<u32>> = Vec::new();
        for batch in batches(&data, epoch) {
            for (targets, segments) in batch.targets.chunks(batch.length).zip(batch.segments.chunks(batch.length)) {
                restored.push(targets.iter().zip(segments).filter(|(_, segment)| **segment != 0).map(|(id, _)| *id).collect());
            }
        }
        let mut expected: Vec<Vec<u32>> = all(data.train_rows()).iter()
            .map(|row| row.segments().iter().flat_map(|sample| sample.ids().to_vec()).collect()).collect();
        restored.sort();
        expected.sort();
        prop_assert_eq!(restored, expected);
    }
}
