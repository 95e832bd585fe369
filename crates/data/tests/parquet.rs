//! Parquet files, as `tests/oracles/parquet_files.py` wrote them with pyarrow.
#![cfg(feature = "parquet")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod common;

use std::path::{Path, PathBuf};

use common::items;
use graftwork_data::{Body, Format, Item, Record};
use serde_json::json;

fn golden(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/golden/data").join(name)
}

fn records(path: &Path) -> Vec<Record> {
    let record = |item| match item {
        Item::Record(record) => record,
        Item::Part { at, .. } => panic!("{at} is plain text"),
    };
    items(path, None).unwrap().into_iter().map(record).collect()
}

#[test]
fn rows_of_all_row_groups_are_records_with_their_numbers() {
    let records = records(&golden("pairs.parquet"));
    assert_eq!(records[0].format, Format::PromptCompletion);
    let pair = |prompt: &str, completion: &str| Body::Pair { prompt: prompt.into(), completion: completion.into() };
    let bodies: Vec<_> = records.iter().map(|record| record.body.clone()).collect();
    assert_eq!(bodies, [pair("Who?", " Emma."), pair("And?", " Jane."), pair("Who?", " Élise.")]);
    assert_eq!(records.iter().map(|record| record.source.line).collect::<Vec<_>>(), [1, 2, 3]);
}

#[test]
fn nulls_of_structs_are_what_messages_lack() {
    let records = records(&golden("chats.parquet"));
    let Body::Chat(first) = &records[0].body else { panic!("a chat") };
    assert!(first.messages[0].extra.is_empty());
    let call = json!([{"type": "function", "function": {"name": "now", "arguments": "{}"}}]);
    assert_eq!((first.messages[1].content.as_ref(), &first.messages[1].extra["tool_calls"]), (None, &call));
    let Body::Chat(second) = &records[1].body else { panic!("a chat") };
    assert_eq!(second.messages[1].text(), Some("Emma."));
}

#[test]
fn bytes_that_are_text_are_text() {
    let labelled = |text: &str, label: &str| Body::Labelled { text: text.into(), pair: None, label: label.into() };
    let bodies: Vec<_> = records(&golden("labels.parquet")).into_iter().map(|record| record.body).collect();
    assert_eq!(bodies, [labelled("good", "1"), labelled("süß", "0")]);
}

#[test]
fn a_file_that_is_cut_off_or_of_another_kind_is_named() {
    let bytes = std::fs::read(golden("pairs.parquet")).unwrap();
    for content in [&bytes[..bytes.len() - 20], b"{\"text\":\"a\"}"] {
        let (_dir, path) = common::file("a.parquet", content);
        let error = items(&path, None).unwrap_err().to_string();
        assert!(error.contains("a.parquet:1: "), "{error}");
    }
}
