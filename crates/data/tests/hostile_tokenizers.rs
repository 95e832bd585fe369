//! Tokenizers and chat templates that were made to do harm: each ends in an error, soon and without a large allocation.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod common;

use std::fs;
use std::time::{Duration, Instant};

use common::{model_dir, tokenizer_json_with};
use graftwork_data::{Message, Tokenizer};
use serde_json::{Value, json};

/// Far more than anything here takes, far less than what has no bound.
const SOON: Duration = Duration::from_secs(30);

/// A folder with this file is refused in one line that names it.
#[track_caller]
fn refused(file: &str, content: &str, problem: &str) {
    let dir = model_dir(&[(file, content)]);
    let begun = Instant::now();
    let message = Tokenizer::from_dir(dir.path()).unwrap_err().to_string();
    assert!(begun.elapsed() < SOON, "{message:.300}");
    assert!(message.contains(file) && message.contains(problem), "{problem}: {message:.300}");
    assert!(!message.chars().any(char::is_control), "{message:.300?}");
    assert!(message.len() < 10_000, "a message of {} bytes", message.len());
}

#[test]
fn texts_that_are_no_json() {
    for file in ["tokenizer.json", "tokenizer_config.json", "generation_config.json"] {
        refused(file, "", "EOF");
        refused(file, "\u{0}", "expected value");
        refused(file, "{\"a\":NaN}", "at line 1 column");
        refused(file, "[3]", "invalid");
        refused(file, &format!("{{\"a\":{}", "[".repeat(1_000_000)), "at line 1 column");
        refused(file, &format!("{{\"a\":{}", "{\"a\":".repeat(1_000_000)), "at line 1 column");
    }
}

#[test]
fn keys_that_come_twice() {
    let twice = r#"{"eos_token_id": 1, "eos_token_id": 2}"#;
    refused("generation_config.json", twice, "the key \"eos_token_id\" comes twice; leave one at line 1 column");
    refused("config.json", twice, "the key \"eos_token_id\" comes twice");
    let below = r#"{"eos_token": {"content": "<|im_end|>", "content": "<|endoftext|>"}}"#;
    refused("tokenizer_config.json", below, "the key \"content\" comes twice");
}

#[test]
fn values_that_make_no_tokenizer() {
    let bomb = json!({"type": "Split", "pattern": {"Regex": "(((a{1000}){1000}){1000}){1000}"}, "behavior": "Isolated",
        "invert": false});
    let cases = [
        ("model", json!({"type": "BPE", "vocab": {"a": -1}, "merges": []})),
        ("model", json!({"type": "BPE", "vocab": {"a": 0}, "merges": ["a b"]})),
        ("model", json!({"type": "BPE", "vocab": {"a": 4_294_967_296_u64}, "merges": []})),
        ("model", json!({"type": "BPE", "vocab": {"a": 0}, "merges": [], "dropout": 7})),
        ("model", json!({"type": "Unigram", "vocab": [["a", 0.0]], "unk_id": 1_000_000_000})),
        ("model", json!({"type": "\u{1b}[2J\n"})),
        ("pre_tokenizer", json!({"type": "\u{1b}[2J\n"})),
        ("pre_tokenizer", bomb),
        ("added_tokens", json!([{"id": -1, "content": "a"}])),
        ("normalizer", json!({"type": "Precompiled", "precompiled_charsmap": "AAAA"})),
        ("normalizer", json!({"type": "Precompiled", "precompiled_charsmap": "/////w=="})),
        ("normalizer", json!({"type": "Replace", "pattern": {"Regex": "("}, "content": ""})),
    ];
    for (key, value) in cases {
        refused("tokenizer.json", &tokenizer_json_with(key, value), "tokenizer.json: ");
    }
    refused("tokenizer_config.json", r#"{"eos_token":"\u001b[2J\n"}"#, "vocabulary");
    refused("tokenizer_config.json", &json!({"eos_token": "x".repeat(1_000_000)}).to_string(), "xxx...");
    for template in [json!(3), json!({}), json!([]), json!([{"name": "default", "template": 3}])] {
        refused("tokenizer_config.json", &json!({ "chat_template": template }).to_string(), "`chat_template`");
    }
}

#[test]
fn ids_that_no_vocabulary_has() {
    for ids in [json!(-1), json!(1e300), json!(u64::MAX), json!([[3]]), json!({"a": 1}), Value::Null] {
        let config = json!({"eos_token_id": ids, "bos_token_id": ids, "pad_token_id": ids}).to_string();
        let dir = model_dir(&[("generation_config.json", &config), ("config.json", &config)]);
        let tokenizer = Tokenizer::from_dir(dir.path()).unwrap();
        assert_eq!((tokenizer.eos(), tokenizer.stop_ids()), (None, &[][..]), "{ids}");
    }
}

#[test]
fn expressions_that_backtrack_for_ever() {
    let split =
        json!({"type": "Split", "pattern": {"Regex": "(?=(a+)+$)(a|aa)+$"}, "behavior": "Isolated", "invert": false});
    let dir = model_dir(&[("tokenizer.json", &tokenizer_json_with("pre_tokenizer", split))]);
    let tokenizer = Tokenizer::from_dir(dir.path()).unwrap();
    let begun = Instant::now();
    let _ = tokenizer.encode(&("a".repeat(5_000) + "b"), false);
    assert!(begun.elapsed() < SOON, "{:?}", begun.elapsed());
}

/// What a template says to a conversation of one message.
fn rendered(template: &str) -> Result<String, String> {
    let dir = model_dir(&[("chat_template.jinja", template)]);
    let tokenizer = Tokenizer::from_dir(dir.path()).map_err(|error| error.to_string())?;
    let message: Message = serde_json::from_value(json!({"role": "user", "content": "hi"})).unwrap();
    tokenizer.render_chat(&[message], true).map_err(|error| error.to_string())
}

#[test]
fn templates_that_do_not_end() {
    let nested = "{% for i in range(100000) %}".repeat(4) + &"{% endfor %}".repeat(4);
    let doubling = "{% set ns = namespace(x='x') %}{% for i in range(60) %}{% set ns.x = ns.x ~ ns.x %}{% endfor %}";
    // Lists that are not built until they are looked at.
    let growing = |end: &str| {
        let added = "{% set ns = namespace(x=[1]) %}{% for i in range(30) %}{% set ns.x = ns.x + ns.x %}{% endfor %}";
        format!("{added}{end}")
    };
    let inside = "{% set ns = namespace(x=[1]) %}{% for i in range(60) %}{% set ns.x = [ns.x, ns.x] %}{% endfor %}";
    let mut templates = vec![nested, doubling.to_owned(), format!("{inside}{{{{ ns.x }}}}")];
    templates.extend(["{{ ns.x }}", "{{ ns.x|string }}", "{{ ns.x|tojson }}", "{{ ns.x|join }}"].map(growing));
    for template in &templates {
        let begun = Instant::now();
        let error = rendered(template).unwrap_err();
        assert!(begun.elapsed() < SOON, "{error}");
        assert!(error.contains("more steps than a conversation needs"), "{error}");
    }
    // Not wrong, but found tag by tag.
    let braces = rendered(&"{% if 1 %}{% endif %} { ".repeat(100_000)).unwrap();
    assert_eq!(braces.matches('{').count(), 100_000);
    let deep = "(".repeat(100_000) + "1" + &")".repeat(100_000);
    for template in [
        "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}".to_owned(),
        "{{ 'x' * 1000000000000 }}".to_owned(),
        "{{ range(1000000000000) }}".to_owned(),
        format!("{{{{ {deep} }}}}"),
        "{% if 1 %}".repeat(100_000),
    ] {
        let begun = Instant::now();
        let Err(error) = rendered(&template) else { panic!("{template:.100}") };
        assert!(begun.elapsed() < SOON, "{error:.300}");
        assert!(error.len() < 10_000 && !error.contains('\u{1b}'), "{error:.300}");
    }
}

#[test]
fn templates_reach_no_file() {
    for template in ["{% include '/etc/passwd' %}", "{% import '../x' as x %}", "{% extends 'config.json' %}"] {
        assert!(rendered(template).is_err(), "{template}");
    }
}

#[cfg(unix)]
#[test]
fn what_is_no_file_is_not_read() {
    for name in ["tokenizer.json", "tokenizer_config.json", "generation_config.json", "chat_template.jinja"] {
        let dir = model_dir(&[]);
        let _ = fs::remove_file(dir.path().join(name));
        std::os::unix::fs::symlink("/dev/zero", dir.path().join(name)).unwrap();
        let message = Tokenizer::from_dir(dir.path()).unwrap_err().to_string();
        assert!(message.contains(name) && message.contains("it is no file"), "{message}");
    }
    let dir = model_dir(&[]);
    fs::File::options().write(true).open(dir.path().join("tokenizer.json")).unwrap().set_len(1 << 40).unwrap();
    let message = Tokenizer::from_dir(dir.path()).unwrap_err().to_string();
    assert!(message.contains("it has more than"), "{message}");
}
