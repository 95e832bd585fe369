//! Conversations become the ids that Transformers makes of them, and the loss counts what it marks as the assistant's.
//!
//! What the golden files hold, and which of it comes from where, is told in `tests/oracles/templates.py`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod common;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use common::{file, first_sample};
use graftwork_data::{DataError, DataOptions, Dataset, EvalSplit, LossOn, Message, Tokenizer};
use serde::Deserialize;
use serde_json::Value;

/// 25 November 2026, noon.
const TODAY: i64 = 1_795_608_000;

fn golden(name: &str) -> PathBuf {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/golden/templates")).join(name)
}

fn read<T: for<'a> Deserialize<'a>>(path: &Path) -> T {
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

/// The conversations as lines of a data file, by name.
fn records() -> Vec<(String, String)> {
    let conversations: Vec<Value> = read(&golden("conversations.json"));
    conversations.iter().map(|record| (record["name"].as_str().unwrap().to_owned(), record.to_string())).collect()
}

/// What a template makes of a conversation.
#[derive(Deserialize)]
struct Case {
    #[serde(flatten)]
    plain: Outcome,
    training: Option<Outcome>,
}

#[derive(Deserialize, Debug, PartialEq)]
#[serde(untagged)]
enum Outcome {
    Encoded { ids: Vec<u32>, mask: String },
    Refused { error: String },
}

/// The tokenizer of a family with this template.
fn with_template(name: &str, template: &str) -> Result<Tokenizer, DataError> {
    let dir = tempfile::tempdir().unwrap();
    for file in ["tokenizer.json", "tokenizer_config.json"] {
        fs::copy(golden(name).join(file), dir.path().join(file)).unwrap();
    }
    fs::write(dir.path().join("chat_template.jinja"), template).unwrap();
    Ok(Tokenizer::from_dir(dir.path())?.with_now(TODAY))
}

/// The tokenizer of a family with one of its templates.
fn family(name: &str, template: &str) -> Tokenizer {
    with_template(name, &fs::read_to_string(golden(name).join(template)).unwrap()).unwrap()
}

/// Ids, and which of them the loss counts; `None` if the template refuses the conversation.
fn encode(tokenizer: &Tokenizer, record: &str, loss_on: LossOn) -> Result<(Vec<u32>, String), String> {
    let (_dir, path) = file("a.jsonl", record);
    let options = DataOptions { loss_on, eval: EvalSplit::NONE, max_length: 10_000, ..DataOptions::default() };
    let data = Dataset::load(&[path.into()], tokenizer, &options).map_err(|error| error.to_string())?;
    let sample = first_sample(&data);
    let mask = sample.train_on().iter().map(|&counts| if counts { '1' } else { '0' }).collect();
    Ok((sample.ids().to_vec(), mask))
}

/// Differences between what a template gives here and there.
fn differences(name: &str, template: &str, expected: impl Fn(Case) -> Outcome) -> Vec<String> {
    let tokenizer = family(name, template);
    let mut cases: BTreeMap<String, Case> = read(&golden(name).join("cases.json"));
    let mut found = Vec::new();
    for (title, record) in records() {
        let mut differs = |what: &str| found.push(format!("{name}/{template}, {title}: {what}"));
        let (ids, mask) = match expected(cases.remove(&title).unwrap()) {
            Outcome::Encoded { ids, mask } => (ids, mask),
            Outcome::Refused { error } => {
                if let Ok((ids, _)) = encode(&tokenizer, &record, LossOn::All) {
                    differs(&format!("not refused ({error}): {}", tokenizer.decode(&ids, false).unwrap()));
                }
                continue;
            }
        };
        match encode(&tokenizer, &record, LossOn::All) {
            Ok((ours, _)) if ours == ids => {}
            Ok((ours, _)) => differs(&format!(
                "\n--- theirs\n{}\n--- ours\n{}",
                tokenizer.decode(&ids, false).unwrap(),
                tokenizer.decode(&ours, false).unwrap()
            )),
            Err(error) => differs(&error),
        }
        // The first token never counts, and a conversation in which none does is left out.
        let mask = format!("0{}", &mask[1..]);
        match encode(&tokenizer, &record, LossOn::Auto) {
            Ok((_, ours)) if ours == mask => {}
            Err(error) if !mask.contains('1') && error.starts_with("no sample has a token to train on") => {}
            Ok((_, ours)) => differs(&format!("\n--- their mask\n{mask}\n--- our mask\n{ours}")),
            Err(error) => differs(&error),
        }
    }
    assert!(cases.is_empty());
    found
}

const FAMILIES: [&str; 5] = ["smollm2", "llama3.1", "llama3.2", "qwen3", "gemma3"];

#[track_caller]
fn none(differences: Vec<String>) {
    assert!(differences.is_empty(), "{} differences:\n{}", differences.len(), differences.join("\n"));
}

#[test]
fn the_families_own_templates() {
    none(FAMILIES.iter().flat_map(|name| differences(name, "chat_template.jinja", |case| case.plain)).collect());
}

#[test]
fn the_same_with_generation_tags() {
    none(FAMILIES.iter().flat_map(|name| differences(name, "marked.jinja", |case| case.plain)).collect());
}

#[test]
fn the_templates_that_trl_trains_with() {
    let training = |case: Case| case.training.unwrap();
    none(["qwen3", "gemma3"].iter().flat_map(|name| differences(name, "training.jinja", training)).collect());
}

/// `tests/oracles/snippets.py`.
#[derive(Deserialize)]
struct Snippets {
    messages: Vec<Message>,
    snippets: Vec<Snippet>,
}

#[derive(Deserialize)]
struct Snippet {
    template: String,
    text: Option<String>,
    error: Option<String>,
}

#[test]
fn pieces_of_jinja() {
    let Snippets { messages, snippets } = read(&golden("jinja.json"));
    let differences = snippets.iter().filter_map(|Snippet { template, text, error }| {
        let ours = with_template("smollm2", template).and_then(|tokenizer| tokenizer.render_chat(&messages, false));
        match (&ours, text) {
            (Ok(ours), Some(theirs)) if ours == theirs => None,
            (Err(_), None) => None,
            _ => Some(format!("{template}\n  theirs: {text:?} {error:?}\n  ours: {ours:?}")),
        }
    });
    none(differences.collect());
}
