//! Data files of every kind.

use graftwork_data::{Body, DataError, Format, Item, read};

use crate::{Verdict, folder};

const FILES: [&str; 7] = ["a.jsonl", "a.json", "a.csv", "a.tsv", "a.txt", "a.jsonl.gz", "a.data"];
const FORMATS: [Option<Format>; 7] = [
    None,
    Some(Format::Text),
    Some(Format::JsonlText),
    Some(Format::PromptCompletion),
    Some(Format::Alpaca),
    Some(Format::Labelled),
    Some(Format::Chat),
];
/// Longer than the message about any file, its path included.
const LONG: usize = 1 << 12;

/// A byte that says how the file is called and what it is said to hold (`b'!'`: `a.jsonl`, and nothing is said), and the file.
///
/// Every record and every error has a line that the file has, and text comes out as it went in.
pub fn jsonl(data: &[u8]) -> Verdict {
    let [kind, content @ ..] = data else { return Verdict::Refused };
    let kind = usize::from(kind.wrapping_sub(b'!'));
    let (name, format) = (FILES[kind % FILES.len()], FORMATS[kind / FILES.len() % FORMATS.len()]);
    let path = folder::file(name, content);
    let packed = content.starts_with(&[0x1f, 0x8b]);
    let lines = if packed { usize::MAX } else { 1 + content.iter().filter(|&&byte| byte == b'\n').count() };
    let (mut items, mut text, mut line) = (0, String::new(), 1);
    let result = read(&path, format, &mut |item| {
        items += 1;
        let at = match item {
            Item::Part { at, text: part } => {
                text.push_str(&part);
                at.line
            }
            Item::Record(record) => {
                says_something(&record.body);
                record.source.line
            }
        };
        assert!(at >= line && at <= lines, "an item in line {at} of {lines}, after one in line {line}");
        line = at;
        Ok(())
    });
    match result {
        Ok(()) => {
            assert!(items > 0, "nothing was read, and that is no error");
            if !text.is_empty() && !packed {
                let plain = std::str::from_utf8(content).expect("text that was accepted");
                let plain = plain.strip_prefix('\u{feff}').unwrap_or(plain).replace("\r\n", "\n");
                assert_eq!(text, plain, "the text is another");
            }
            Verdict::Accepted
        }
        Err(error) => {
            has_a_place(&error, path.to_str().expect("a path that is text"), lines);
            Verdict::Refused
        }
    }
}

fn says_something(body: &Body) {
    if let Body::Chat(chat) = body {
        assert!(!chat.messages.is_empty() && chat.prompt <= chat.messages.len());
    }
}

/// The message begins with the file and, where it is about something in it, the line.
fn has_a_place(error: &DataError, path: &str, lines: usize) {
    let message = error.to_string();
    assert!(message.len() < LONG && !message.contains(char::is_control), "no message for a person: {message:?}");
    let rest = message.strip_prefix(path).unwrap_or_else(|| panic!("the file is not named: {message}"));
    let about_the_file = matches!(
        error,
        DataError::Empty { .. } | DataError::UnknownKind { .. } | DataError::NoParquet { .. } | DataError::Io { .. }
    );
    let line = rest.strip_prefix(':').and_then(|rest| rest.split_once(':')?.0.parse().ok());
    assert!(about_the_file || line.is_some_and(|line: usize| line >= 1 && line <= lines), "no such line: {message}");
}
