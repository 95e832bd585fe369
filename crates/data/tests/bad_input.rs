//! Every mistake in data, options or a model folder gives one message that says what, where, and what to do.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod common;

use std::path::Path;

use common::{CHATML, chat_tokenizer, file, load_error, model_dir, tokenizer};
use graftwork_data::{DataOptions, Dataset, EvalSplit, Format, LossOn, Tokenizer};

fn options() -> DataOptions {
    DataOptions { eval: EvalSplit::NONE, ..DataOptions::default() }
}

/// Loads `content` and compares the whole message.
#[track_caller]
fn fails(name: &str, content: impl AsRef<[u8]>, message: &str) {
    assert_eq!(load_error(&chat_tokenizer(CHATML), name, content, &options()), message);
}

#[test]
fn files() {
    for content in ["", " \n\r\n", "\u{feff}"] {
        fails("a.jsonl", content, "a.jsonl: no records; the file is empty or blank");
        fails("a.txt", content, "a.txt: no records; the file is empty or blank");
    }
    fails("a.json", "[]", "a.json: no records; the file is empty or blank");
    fails(
        "a.jsonl",
        b"{\"text\":\"a\"}\n{\"text\":\"\xff\"}",
        "a.jsonl:2: not UTF-8 (byte 22 of the file); save the file as UTF-8",
    );
    fails(
        "a.log",
        "text\na",
        "a.log: cannot tell the format from the name; use .jsonl, .ndjson, .json, .csv, .tsv, .parquet, .txt or .md (or \
         these with .gz), or give `format`",
    );
    let missing = Dataset::load(&["no-such.jsonl".into()], &tokenizer(), &options()).unwrap_err();
    assert!(missing.to_string().starts_with("no-such.jsonl: cannot read: "), "{missing}");
    let none = Dataset::load(&[], &tokenizer(), &options()).unwrap_err();
    assert_eq!(none.to_string(), "no data files given");
}

#[test]
fn json() {
    fails("a.jsonl", "{\"text\":\"a\"}\n\n{\"text\": b}", "a.jsonl:3: invalid JSON at column 10: expected value");
    fails("a.json", "[{\"text\":\"a\"},\n {\"text\":}]", "a.json:2: invalid JSON at column 10: expected value");
    fails("a.json", "[{\"text\":\"a\"}", "a.json:1: invalid JSON at column 13: EOF while parsing a list");
    fails("a.jsonl", "{\"text\":\"a\"}\n\"b\"", "a.jsonl:2: a record must be a JSON object, found a string");
    fails("a.json", "[[1]]", "a.json:1: a record must be a JSON object, found an array");
}

#[test]
fn records() {
    fails(
        "a.jsonl",
        "{\"body\":\"a\",\"id\":1}",
        "a.jsonl:1: the keys `body`, `id` fit no format; expected `text`, or `prompt` and `completion`, or \
         `instruction` and `output`, or `messages`, or `conversations`, or a text and its `label`",
    );
    fails(
        "a.jsonl",
        "{\"prompt\":\"a\",\"completion\":\"b\"}\n{\"promt\":\"a\",\"completion\":\"b\"}",
        "a.jsonl:2: no key `prompt` (did you mean `promt`?); found `promt`, `completion`",
    );
    // Names from the file are on one line and no longer than anybody reads, and no memory is taken to compare them.
    let keys = |first: &str| format!("{{{first}{}}}", (0..10).map(|i| format!(",\"k{i}\":0")).collect::<String>());
    fails(
        "a.jsonl",
        keys(&format!("\"text\":\"a\"}}\n{{\"\\u001b[31m{}\":0", "x".repeat(20_000_000))),
        &format!(
            "a.jsonl:2: no key `text`; found `\\u{{1b}}[31m{}…`, `k0`, `k1`, `k2`, `k3`, `k4`, `k5`, `k6`, …",
            "x".repeat(59)
        ),
    );
    fails("a.jsonl", "{\"text\":\"a\"}\n{}", "a.jsonl:2: no key `text`; found no keys");
    fails("a.jsonl", "{\"text\":[1]}", "a.jsonl:1: `text` must be a string, found an array");
    fails("a.jsonl", "{\"prompt\":\"a\",\"completion\":3}", "a.jsonl:1: `completion` must be a string, found a number");
    fails(
        "a.jsonl",
        "{\"instruction\":\"a\",\"input\":{},\"output\":\"b\"}",
        "a.jsonl:1: `input` must be a string, found an object",
    );
    fails(
        "a.jsonl",
        "{\"text\":\"a\"}\n{\"prompt\":\"a\",\"completion\":\"b\"}",
        "a.jsonl:2: a prompt-completion record among jsonl-text records; put each format in a file of its own",
    );
}

#[test]
fn conversations() {
    fails("a.jsonl", "{\"messages\":\"hi\"}", "a.jsonl:1: `messages` must be an array of messages, found a string");
    fails("a.jsonl", "{\"messages\":[]}", "a.jsonl:1: `messages` is empty; a conversation needs at least one message");
    fails("a.jsonl", "{\"messages\":[true]}", "a.jsonl:1: `messages[0]` must be an object, found a boolean");
    fails(
        "a.jsonl",
        "{\"messages\":[{\"role\":\"user\",\"content\":\"a\"},{\"role\":\"user\",\"contents\":\"a\"}]}",
        "a.jsonl:1: no key `messages[1].content` (did you mean `contents`?); found `role`, `contents`",
    );
    fails(
        "a.jsonl",
        "{\"messages\":[{\"role\":\"user\",\"content\":null}]}",
        "a.jsonl:1: `messages[0].content` must be a string, found null",
    );
    fails(
        "a.jsonl",
        "{\"conversations\":[{\"from\":\"robot\",\"value\":\"a\"}]}",
        "a.jsonl:1: unknown speaker `robot`; known are human, user, gpt, assistant, system, tool, function_call, \
         observation",
    );
}

#[test]
fn a_folder_of_two_formats() {
    let (dir, _) = file("a.jsonl", "{\"text\":\"a\"}");
    std::fs::write(dir.path().join("b.txt"), "some text").unwrap();
    let error = Dataset::load(&[dir.path().into()], &tokenizer(), &options()).unwrap_err();
    let expected = "b.txt:1: a text record among jsonl-text records; put each format in a file of its own";
    assert_eq!(error.to_string(), format!("{}/{expected}", dir.path().display()));
}

const CHAT: &str = "{\"messages\":[{\"role\":\"user\",\"content\":\"a\"},{\"role\":\"assistant\",\"content\":\"b\"},\
                    {\"role\":\"user\",\"content\":\"c\"}]}";

#[test]
fn chat_templates() {
    let missing = load_error(&tokenizer(), "a.jsonl", CHAT, &options());
    assert!(missing.starts_with("the tokenizer has no chat template; use"), "{missing}");

    let raising = chat_tokenizer("{{ raise_exception('roles must alternate') }}");
    assert_eq!(
        load_error(&raising, "a.jsonl", CHAT, &options()),
        "a.jsonl:1: the chat template failed: invalid operation: roles must alternate (in chat_template:1)"
    );

    // Once others follow, the turn's text is gone, or only what comes after the thinking is left.
    for shown in ["'…'", "m.content.split('</think>')[-1]"] {
        let template = "{% for m in messages %}{{ m.content if loop.last else SHOWN }}{% endfor %}";
        let unstable = chat_tokenizer(&template.replace("SHOWN", shown));
        assert_eq!(
            load_error(&unstable, "a.jsonl", CHAT.replace("\"b\"", "\"<think>x</think>b\""), &options()),
            "a.jsonl:1: message 2: the chat template renders it differently once other messages follow, so the \
             assistant's tokens cannot be told apart; use `loss_on = \"all\"`, or a template that marks them with \
             {% generation %}"
        );
    }

    let marking =
        chat_tokenizer("{% for m in messages %}{% generation %}{{ m.content }}{% endgeneration %}{% endfor %}");
    let noncharacter = CHAT.replace("\"c\"", "\"\u{fdd0}\"");
    let message = load_error(&marking, "a.jsonl", noncharacter, &options());
    assert!(message.contains("U+FDD0"), "{message}");
}

#[test]
fn loss_on_what_is_not_there() {
    let with = |loss_on| DataOptions { loss_on, ..options() };
    let text = "{\"text\":\"a b\"}";
    let assistant = load_error(&tokenizer(), "a.jsonl", text, &with(LossOn::Assistant));
    assert_eq!(assistant, "`loss_on`: jsonl-text records have no such part; use \"auto\" or \"all\"");
    let completion = load_error(&chat_tokenizer(CHATML), "a.jsonl", CHAT, &with(LossOn::Completion));
    assert_eq!(completion, "`loss_on`: chat records have no such part; use \"auto\" or \"all\"");
}

#[test]
fn nothing_left_to_train_on() {
    let only_user = "{\"messages\":[{\"role\":\"user\",\"content\":\"a\"}]}";
    fails(
        "a.jsonl",
        only_user,
        "no sample has a token to train on (records read: 1, dropped: 1); check `loss_on` and `max_length` (512 \
         tokens)",
    );
}

#[test]
fn option_values() {
    let short = DataOptions { max_length: 1, ..options() };
    let message = load_error(&tokenizer(), "a.txt", "some text", &short);
    assert_eq!(message, "`max_length`: must be at least 2 tokens, is 1");

    let parse = |json: &str| serde_json::from_str::<DataOptions>(json).unwrap_err().to_string();
    assert!(parse("{\"eval\":1.5}").starts_with("`eval`: a fraction from 0 up to (not with) 1, is 1.5"));
    assert!(parse("{\"eval\":-1}").starts_with("`eval`: a fraction"));
    assert!(parse("{\"eval\":true}").contains("expected a fraction from 0 up to 1, or a list of files"));
    assert!(parse("{\"packin\":true}").contains("unknown field `packin`"));

    let format = "jsonl".parse::<Format>().unwrap_err().to_string();
    assert!(format.starts_with("`format`: unknown variant `jsonl`, expected one of `text`, `jsonl-text`"), "{format}");
}

/// The message of the error that a model folder gives, without the folder's name.
fn folder_error(files: &[(&str, &str)]) -> String {
    let dir = model_dir(files);
    let error = Tokenizer::from_dir(dir.path()).unwrap_err();
    error.to_string().replace(&format!("{}/", dir.path().display()), "")
}

#[test]
fn model_folders() {
    let empty = tempfile::tempdir().unwrap();
    let missing = Tokenizer::from_dir(empty.path()).unwrap_err().to_string();
    assert!(missing.ends_with("no tokenizer.json in this folder; save the model's fast tokenizer there"), "{missing}");
    assert!(Tokenizer::from_dir(Path::new("no-such-folder")).is_err());

    assert!(folder_error(&[("tokenizer.json", "{}")]).starts_with("tokenizer.json: "));
    assert!(folder_error(&[("tokenizer_config.json", "{")]).starts_with("tokenizer_config.json: invalid JSON: "));
    assert_eq!(
        folder_error(&[("tokenizer_config.json", "{\"eos_token\":\"<|no|>\"}")]),
        "tokenizer_config.json: eos_token is \"<|no|>\", which the vocabulary of tokenizer.json lacks"
    );
    assert_eq!(
        folder_error(&[("tokenizer_config.json", "{\"chat_template\":[{\"name\":\"rag\",\"template\":\"\"}]}")]),
        "tokenizer_config.json: `chat_template` lists no template named \"default\""
    );
    let template = folder_error(&[("chat_template.jinja", "{% for %}")]);
    assert!(template.starts_with("the chat template failed: syntax error"), "{template}");
}
