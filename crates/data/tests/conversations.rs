//! Conversations as data sets spell them: prompts and completions of messages, content in parts, tools.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod common;

use common::{CHATML, chat_tokenizer, counted, file, items, load, records};
use graftwork_data::{Body, Content, Conversation, DataOptions, Format, LossOn};
use serde_json::json;

fn chat(line: &str) -> Conversation {
    let mut records = records("a.jsonl", line);
    match records.remove(0).body {
        Body::Chat(chat) => chat,
        other => panic!("{other:?} is no chat"),
    }
}

/// The message of the error that a line gives.
fn error(line: &str) -> String {
    let (dir, path) = file("a.jsonl", line);
    items(&path, None).unwrap_err().to_string().replace(&format!("{}/", dir.path().display()), "")
}

/// A prompt that holds a turn of the assistant, and its completion.
const PAIR: &str = "{\"prompt\":[{\"role\":\"user\",\"content\":\"Who?\"},{\"role\":\"assistant\",\"content\":\"Emma.\"},\
                    {\"role\":\"user\",\"content\":\"And?\"}],\"completion\":[{\"role\":\"assistant\",\"content\":\"Jane.\"}]}";

#[test]
fn of_a_prompt_of_messages_nothing_counts() {
    assert_eq!(records("a.jsonl", PAIR)[0].format, Format::PromptCompletion);
    let marked = "{% for m in messages %}{{ '<|im_start|>' + m.role + '\n' }}\
                  {% if m.role == 'assistant' %}{% generation %}{{ m.content }}<|im_end|>{% endgeneration %}\
                  {% else %}{{ m.content }}<|im_end|>{% endif %}{{ '\n' }}{% endfor %}";
    for template in [CHATML, marked] {
        let tokenizer = chat_tokenizer(template);
        for loss_on in [LossOn::Auto, LossOn::Completion] {
            let data = load(&tokenizer, "a.jsonl", PAIR, DataOptions { loss_on, ..DataOptions::default() });
            assert_eq!(counted(&data, &tokenizer), ["Jane.<|im_end|>"]);
        }
        let all = load(&tokenizer, "a.jsonl", PAIR, DataOptions { loss_on: LossOn::All, ..DataOptions::default() });
        assert!(counted(&all, &tokenizer).concat().contains("Emma.<|im_end|>"));
    }
}

#[test]
fn strings_and_messages_may_stand_in_one_file() {
    let records = records("a.jsonl", format!("{PAIR}\n{{\"prompt\":\"a\",\"completion\":\"b\"}}"));
    assert!(matches!(records[0].body, Body::Chat(_)) && matches!(records[1].body, Body::Pair { .. }));
    assert_eq!(
        error(&PAIR.replace("[{\"role\":\"assistant\",\"content\":\"Jane.\"}]", "\"Jane.\"")),
        "a.jsonl:1: `completion` must be an array of messages, found a string"
    );
    assert_eq!(
        error(&PAIR.replace("[{\"role\":\"assistant\",\"content\":\"Jane.\"}]", "[]")),
        "a.jsonl:1: `completion` is empty; a conversation needs at least one message"
    );
}

#[test]
fn parts_of_content_are_the_templates_and_must_be_text() {
    let line =
        r#"{"messages":[{"role":"user","content":[{"type":"text","text":"Who "},{"type":"text","text":"is she?"}]}]}"#;
    let parts = json!([{"type": "text", "text": "Who "}, {"type": "text", "text": "is she?"}]);
    assert_eq!(chat(line).messages[0].content, Some(Content::Json(parts)));
    assert_eq!(
        error(&line.replacen("\"type\":\"text\"", "\"type\":\"image_url\"", 1)),
        "a.jsonl:1: `messages[0].content[0].type` is `image_url`; only parts of the type `text` can be trained on"
    );
    assert_eq!(
        error(&line.replace("\"text\":\"is she?\"", "\"txt\":\"is she?\"")),
        "a.jsonl:1: no key `messages[0].content[1].text` (did you mean `txt`?); found `type`, `txt`"
    );
}

#[test]
fn tools_may_be_json_in_a_string() {
    let line = r#"{"messages":[{"role":"user","content":"a"}],"tools":"[{\"name\":\"now\"}]"}"#;
    assert_eq!(chat(line).tools.unwrap()[0]["name"], "now");
}

#[test]
fn labelled_texts_and_pairs() {
    let bodies = |key: &str| {
        let line = format!("{{{key},\"label\":2}}");
        let mut records = records("a.jsonl", line);
        assert_eq!(records[0].format, Format::Labelled);
        records.remove(0).body
    };
    for one in ["text", "sentence"] {
        let body = Body::Labelled { text: "a".into(), pair: None, label: "2".into() };
        assert_eq!(bodies(&format!("\"{one}\":\"a\"")), body);
    }
    let pairs =
        [("sentence1", "sentence2"), ("premise", "hypothesis"), ("question1", "question2"), ("question", "sentence")];
    for (first, second) in pairs {
        let body = Body::Labelled { text: "a".into(), pair: Some("b".into()), label: "2".into() };
        assert_eq!(bodies(&format!("\"{first}\":\"a\",\"{second}\":\"b\"")), body);
    }
    assert_eq!(
        error("{\"text\":\"a\",\"label\":0.5}"),
        "a.jsonl:1: `label` must be a string or an integer, found a number"
    );
    assert_eq!(
        error("{\"sentence1\":\"a\",\"sentence_2\":\"b\",\"label\":1}\n"),
        "a.jsonl:1: the keys `sentence1`, `sentence_2`, `label` fit no format; expected `text`, or `prompt` and \
         `completion`, or `instruction` and `output`, or `messages`, or `conversations`, or a text and its `label` \
         (is `sentence_2` meant to be `sentence2`?)"
    );
}
