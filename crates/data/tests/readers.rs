//! Files of every format become records with their lines.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod common;

use common::file;
use graftwork_data::{Body, DataFile, Format, Message, read};
use serde_json::json;

fn read_as(name: &str, content: &str) -> DataFile {
    let (_dir, path) = file(name, content);
    read(&path, None).unwrap()
}

fn bodies(file: DataFile) -> Vec<Body> {
    file.records.into_iter().map(|record| record.body).collect()
}

fn pair(prompt: &str, completion: &str) -> Body {
    Body::Pair { prompt: prompt.to_owned(), completion: completion.to_owned() }
}

#[test]
fn plain_text_is_one_stream_with_unix_line_ends() {
    for name in ["a.txt", "a.md", "A.TXT"] {
        let file = read_as(name, "\u{feff}one\r\ntwo\n");
        assert_eq!(file.format, Format::Text);
        assert_eq!(bodies(file), [Body::Stream("one\ntwo\n".to_owned())]);
    }
}

#[test]
fn json_lines_know_their_lines_past_blanks_bom_and_crlf() {
    let content = "\u{feff}{\"text\":\"a\"}\r\n\r\n  \n{\"text\":\"b\"}\r\n";
    for name in ["a.jsonl", "a.ndjson", "a.json"] {
        let file = read_as(name, content);
        assert_eq!(file.format, Format::JsonlText);
        let lines: Vec<_> = file.records.iter().map(|record| record.source.line).collect();
        assert_eq!(lines, [1, 4]);
        assert_eq!(bodies(file), [Body::Text("a".to_owned()), Body::Text("b".to_owned())]);
    }
}

#[test]
fn an_array_of_objects_knows_the_line_of_each() {
    let file = read_as("a.json", "[\n  {\"text\": \"a\"},\n\n  {\n\"text\": \"b\"}, {\"text\": \"c\"}]");
    let lines: Vec<_> = file.records.iter().map(|record| record.source.line).collect();
    assert_eq!(lines, [2, 4, 5]);
}

#[test]
fn prompt_and_completion_or_response() {
    let file =
        read_as("a.jsonl", "{\"prompt\":\"p\",\"completion\":\"c\",\"id\":7}\n{\"prompt\":\"q\",\"response\":\"r\"}");
    assert_eq!(file.format, Format::PromptCompletion);
    assert_eq!(bodies(file), [pair("p", "c"), pair("q", "r")]);
}

#[test]
fn alpaca_uses_the_stanford_prompts() {
    let file = read_as(
        "a.jsonl",
        "{\"instruction\":\"Add.\",\"input\":\"1 2\",\"output\":\"3\"}\n\
         {\"instruction\":\"Hi.\",\"input\":\"\",\"output\":\"Hello.\"}\n\
         {\"instruction\":\"Hi.\",\"output\":\"Hello.\"}",
    );
    assert_eq!(file.format, Format::Alpaca);
    let with_input = "Below is an instruction that describes a task, paired with an input that provides further \
                      context. Write a response that appropriately completes the request.\n\n\
                      ### Instruction:\nAdd.\n\n### Input:\n1 2\n\n### Response:";
    let without = "Below is an instruction that describes a task. Write a response that appropriately completes the \
                   request.\n\n### Instruction:\nHi.\n\n### Response:";
    assert_eq!(bodies(file), [pair(with_input, "3"), pair(without, "Hello."), pair(without, "Hello.")]);
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
    let file = read_as("a.jsonl", &line.to_string());
    assert_eq!(file.format, Format::Chat);
    let Some(Body::Chat(chat)) = bodies(file).pop() else { panic!("a chat") };
    assert_eq!(chat.messages[0].extra["name"], "Ann");
    assert_eq!((chat.messages[1].content.as_ref(), &chat.messages[1].extra["tool_calls"]), (None, &call));
    assert_eq!(chat.tools, Some(json!([{"name": "now"}])));
}

#[test]
fn share_gpt_speakers_become_roles() {
    let line = json!({"conversations": [
        {"from": "system", "value": "s"}, {"from": "human", "value": "h"}, {"from": "gpt", "value": "g"},
    ]});
    let Some(Body::Chat(chat)) = bodies(read_as("a.jsonl", &line.to_string())).pop() else { panic!("a chat") };
    let expected = [("system", "s"), ("user", "h"), ("assistant", "g")].map(|(role, text)| Message::new(role, text));
    assert_eq!(chat.messages, expected);
}

#[test]
fn a_given_format_overrides_the_name_and_the_keys() {
    let (_dir, path) = file("data.log", "{\"text\":\"a\",\"prompt\":\"p\",\"completion\":\"c\"}");
    assert_eq!(read(&path, Some(Format::Text)).unwrap().format, Format::Text);
    assert_eq!(bodies(read(&path, Some(Format::JsonlText)).unwrap()), [Body::Text("a".to_owned())]);
    assert_eq!(bodies(read(&path, Some(Format::PromptCompletion)).unwrap()), [pair("p", "c")]);
}
