//! Files of every format become records with their lines.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod common;

use common::{file, items, records};
use graftwork_data::{Body, Format, Item, Message, Record};
use serde_json::json;

fn bodies(records: Vec<Record>) -> Vec<Body> {
    records.into_iter().map(|record| record.body).collect()
}

fn lines(records: &[Record]) -> Vec<usize> {
    records.iter().map(|record| record.source.line).collect()
}

fn pair(prompt: &str, completion: &str) -> Body {
    Body::Pair { prompt: prompt.to_owned(), completion: completion.to_owned() }
}

fn text(text: &str) -> Body {
    Body::Text(text.to_owned())
}

/// The parts of a plain text with their lines.
fn parts(name: &str, content: &str) -> Vec<(usize, String)> {
    let (_dir, path) = file(name, content);
    let part = |item| match item {
        Item::Part { at, text } => (at.line, text),
        Item::Record(record) => panic!("{} is a record", record.source),
    };
    items(&path, None).unwrap().into_iter().map(part).collect()
}

#[test]
fn plain_text_is_one_stream_with_unix_line_ends() {
    for name in ["a.txt", "a.md", "A.TXT"] {
        assert_eq!(parts(name, "\u{feff}one\r\ntwo\n"), [(1, "one\ntwo\n".to_owned())]);
    }
}

#[test]
fn a_long_text_comes_in_parts_that_know_their_lines() {
    // Blocks of 64 KiB end within characters and between `\r` and `\n`.
    let text = format!("\n\n{}", "für Élise 🙂\r\n".repeat(20_000));
    let parts = parts("a.txt", &text);
    assert!(parts.len() > 3 && parts.iter().all(|(_, part)| part.len() < 70_000));
    let mut before = String::new();
    for (line, part) in parts {
        // A line break whose halves are in two blocks is in the second part.
        assert_eq!(line, 1 + before.matches('\n').count());
        before += &part;
    }
    assert_eq!(before, text.replace("\r\n", "\n"));
}

#[test]
fn json_lines_know_their_lines_past_blanks_bom_and_crlf() {
    let content = "\u{feff}{\"text\":\"a\"}\r\n\r\n  \n{\"text\":\"b\"}\r\n";
    for name in ["a.jsonl", "a.ndjson", "a.json"] {
        let records = records(name, content);
        assert_eq!(records[0].format, Format::JsonlText);
        assert_eq!(lines(&records), [1, 4]);
        assert_eq!(bodies(records), [text("a"), text("b")]);
    }
}

#[test]
fn an_array_of_objects_knows_the_line_of_each() {
    let records = records("a.json", "[\n  {\"text\": \"a\"},\n\n  {\n\"text\": \"b\"}, {\"text\": \"c\"}]");
    assert_eq!(lines(&records), [2, 4, 5]);
    assert_eq!(bodies(records), [text("a"), text("b"), text("c")]);
}

#[test]
fn prompt_and_completion_or_response() {
    let content = "{\"prompt\":\"p\",\"completion\":\"c\",\"id\":7}\n{\"prompt\":\"q\",\"response\":\"r\"}";
    let records = records("a.jsonl", content);
    assert_eq!(records[0].format, Format::PromptCompletion);
    assert_eq!(bodies(records), [pair("p", "c"), pair("q", "r")]);
}

#[test]
fn alpaca_uses_the_stanford_prompts() {
    let records = records(
        "a.jsonl",
        "{\"instruction\":\"Add.\",\"input\":\"1 2\",\"output\":\"3\"}\n\
         {\"instruction\":\"Hi.\",\"input\":\"\",\"output\":\"Hello.\"}\n\
         {\"instruction\":\"Hi.\",\"output\":\"Hello.\"}",
    );
    assert_eq!(records[0].format, Format::Alpaca);
    let with_input = "Below is an instruction that describes a task, paired with an input that provides further \
                      context. Write a response that appropriately completes the request.\n\n\
                      ### Instruction:\nAdd.\n\n### Input:\n1 2\n\n### Response:";
    let without = "Below is an instruction that describes a task. Write a response that appropriately completes the \
                   request.\n\n### Instruction:\nHi.\n\n### Response:";
    assert_eq!(bodies(records), [pair(with_input, "3"), pair(without, "Hello."), pair(without, "Hello.")]);
}

#[test]
fn chats_keep_other_fields_and_tools() {
    let call = json!([{"function": {"name": "now", "arguments": {}}}]);
    let line = json!({
        "messages": [
            {"role": "user", "content": "Time?", "name": "Ann"},
            {"role": "assistant", "content": null, "tool_calls": call},
        ],
        "tools": [{"name": "now"}],
    });
    let records = records("a.jsonl", line.to_string());
    assert_eq!(records[0].format, Format::Chat);
    let Some(Body::Chat(chat)) = bodies(records).pop() else { panic!("a chat") };
    assert_eq!(chat.messages[0].extra["name"], "Ann");
    assert_eq!((chat.messages[1].content.as_ref(), &chat.messages[1].extra["tool_calls"]), (None, &call));
    assert_eq!(chat.tools, Some(json!([{"name": "now"}])));
}

#[test]
fn share_gpt_speakers_become_roles() {
    let line = json!({"conversations": [
        {"from": "system", "value": "s"}, {"from": "human", "value": "h"}, {"from": "gpt", "value": "g"},
    ]});
    let Some(Body::Chat(chat)) = bodies(records("a.jsonl", line.to_string())).pop() else { panic!("a chat") };
    let expected = [("system", "s"), ("user", "h"), ("assistant", "g")].map(|(role, text)| Message::new(role, text));
    assert_eq!(chat.messages, expected);
}

#[test]
fn a_given_format_overrides_the_name_and_the_keys() {
    let content = "{\"text\":\"a\",\"prompt\":\"p\",\"completion\":\"c\"}";
    let (_dir, path) = file("data.log", content);
    let as_format = |format| items(&path, Some(format)).unwrap();
    assert!(matches!(&as_format(Format::Text)[..], [Item::Part { text, .. }] if text == content));
    let body = |format| match as_format(format).pop() {
        Some(Item::Record(record)) => record.body,
        other => panic!("{other:?} is no record"),
    };
    assert_eq!(body(Format::JsonlText), text("a"));
    assert_eq!(body(Format::PromptCompletion), pair("p", "c"));
}
