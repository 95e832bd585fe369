//! CSV and TSV: cells under the names of their columns are records like any other.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod common;

use common::{file, items, records};
use graftwork_data::{Body, Conversation, Format, Record};

fn pair(prompt: &str, completion: &str) -> Body {
    Body::Pair { prompt: prompt.to_owned(), completion: completion.to_owned() }
}

fn bodies(records: &[Record]) -> Vec<Body> {
    records.iter().map(|record| record.body.clone()).collect()
}

/// The message of the error that reading a file gives, without the folder's name.
fn error(name: &str, content: impl AsRef<[u8]>) -> String {
    let (dir, path) = file(name, content);
    let error = items(&path, None).unwrap_err().to_string();
    error.replace(&format!("{}/", dir.path().display()), "")
}

#[test]
fn cells_may_hold_delimiters_quotes_and_line_breaks() {
    let content = "prompt,id,completion\nWho?,1,\"Emma, she said.\"\n\n\"a \"\"b\"\"\nc\",2,d\r\nlast,3,line";
    let records = records("a.csv", content);
    assert_eq!(records[0].format, Format::PromptCompletion);
    assert_eq!(bodies(&records), [pair("Who?", "Emma, she said."), pair("a \"b\"\nc", "d"), pair("last", "line")]);
    let lines: Vec<_> = records.iter().map(|record| record.source.line).collect();
    assert_eq!(lines, [2, 4, 6]);
}

#[test]
fn a_byte_order_mark_and_line_ends_of_windows_are_fine() {
    let records = records("a.csv", "\u{feff}text\r\nGrüße\r\n");
    assert_eq!(bodies(&records), [Body::Text("Grüße".to_owned())]);
}

#[test]
fn tabs_stand_between_the_cells_of_tsv() {
    let records = records("a.TSV", "sentence1\tsentence2\tlabel\na, b\tc\tentailment\nd\te\t1\n");
    let labelled = |text: &str, pair: &str, label: &str| Body::Labelled {
        text: text.to_owned(),
        pair: Some(pair.to_owned()),
        label: label.to_owned(),
    };
    assert_eq!(records[0].format, Format::Labelled);
    assert_eq!(bodies(&records), [labelled("a, b", "c", "entailment"), labelled("d", "e", "1")]);
}

#[test]
fn empty_cells_of_alpaca_tables_are_no_input() {
    let table = records("a.csv", "instruction,input,output\nHi.,,Hello.\n");
    let lines = records("a.jsonl", "{\"instruction\":\"Hi.\",\"output\":\"Hello.\"}");
    assert_eq!(bodies(&table), bodies(&lines));
}

#[test]
fn lists_are_cells_of_json() {
    let messages = "[{\"role\":\"user\",\"content\":\"a\"},{\"role\":\"assistant\",\"content\":\"b\"}]";
    let quoted = messages.replace('"', "\"\"");
    let records = records("a.csv", format!("messages,tools\n\"{quoted}\",\"[{{\"\"name\"\":\"\"now\"\"}}]\"\n"));
    let [Body::Chat(Conversation { messages, tools, .. })] = &bodies(&records)[..] else { panic!("a chat") };
    assert_eq!(messages[1].text(), Some("b"));
    assert_eq!(tools.as_ref().unwrap()[0]["name"], "now");
    let broken = error("a.csv", "messages\n\"[{\"\"role\"\":\"\"user\"\"\"\n");
    assert!(broken.starts_with("a.csv:2: `messages` is not the JSON list that it begins as: EOF while"), "{broken}");
}

#[test]
fn mistakes_have_their_line() {
    assert_eq!(
        error("a.csv", "prompt,completion\n\n\"a\nb\",c\n\nd,e,f\n"),
        "a.csv:6: cells: 3, columns: 2; put a cell that holds the delimiter, a line break or quotes into double quotes"
    );
    // Where rows end in `\r`, as they once did on a Macintosh, all of them are in the first line.
    let single = error("a.csv", "text\ra\r\"b\nc\",d\r");
    assert!(single.starts_with("a.csv:1: cells: 2, columns: 1"), "{single}");
    assert_eq!(error("a.csv", "text,text\na,b\n"), "a.csv:1: two columns are called `text`");
    assert_eq!(
        error("a.csv", "prompt,completions\na,b\n"),
        "a.csv:2: the keys `prompt`, `completions` fit no format; expected `text`, or `prompt` and `completion`, or \
         `instruction` and `output`, or `messages`, or `conversations`, or a text and its `label` (is \
         `completions` meant to be `completion`?)"
    );
    assert_eq!(error("a.csv", b"text\nb\xff\n"), "a.csv:2: not UTF-8 (byte 6 of the file); save the file as UTF-8");
    for content in ["", "\n", "text\n"] {
        assert_eq!(error("a.csv", content), "a.csv: no records; the file is empty or blank");
    }
    assert_eq!(
        error("a.csv", "sentence,label\ngood,\n"),
        "a.csv:2: `label` must be a string or an integer, found an empty string"
    );
}
