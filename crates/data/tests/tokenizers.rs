//! Model folders: special tokens, encoding and decoding.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod common;

use common::{CHATML, bos_tokenizer, chat_tokenizer, model_dir, tokenizer, tokenizer_json_with, tokenizer_with};
use graftwork_data::Tokenizer;
use proptest::prelude::*;
use serde_json::json;

#[test]
fn special_tokens_come_from_the_model_configuration() {
    let tokenizer = tokenizer();
    assert_eq!((tokenizer.bos(), tokenizer.eos(), tokenizer.pad()), (Some(0), Some(0), Some(3)));
    assert_eq!(tokenizer.stop_ids(), [0]);
    assert_eq!(tokenizer.vocab_size(), 4096);
    assert!(!tokenizer.has_chat_template());
}

#[test]
fn the_tokenizer_configuration_goes_before_and_all_stop_ids_are_kept() {
    let tokenizer = tokenizer_with(&[
        (
            "tokenizer_config.json",
            r#"{"bos_token":{"content":"<|im_start|>"},"eos_token":"<|im_end|>","pad_token":null}"#,
        ),
        ("generation_config.json", r#"{"eos_token_id":[0,3]}"#),
        ("config.json", r#"{"eos_token_id":3}"#),
    ]);
    assert_eq!((tokenizer.bos(), tokenizer.eos(), tokenizer.pad()), (Some(1), Some(2), None));
    assert_eq!(tokenizer.stop_ids(), [2, 0, 3]);
}

#[test]
fn truncation_and_padding_of_the_file_are_off() {
    let truncation = json!({"direction": "Right", "max_length": 3, "strategy": "LongestFirst", "stride": 0});
    let file = tokenizer_json_with("truncation", truncation);
    let tokenizer = tokenizer_with(&[("tokenizer.json", &file)]);
    let text = "It is a truth universally acknowledged";
    assert_eq!(tokenizer.encode(text, true).unwrap(), common::tokenizer().encode(text, true).unwrap());
}

#[test]
fn special_tokens_are_added_when_asked_for() {
    let tokenizer = bos_tokenizer();
    let plain = tokenizer.encode("truth", false).unwrap();
    assert_eq!(tokenizer.encode("truth", true).unwrap(), [&[1], plain.as_slice()].concat());
}

#[test]
fn fingerprints_tell_tokenizers_and_templates_apart() {
    let dir = model_dir(&[]);
    let copy = Tokenizer::from_dir(dir.path()).unwrap();
    assert_eq!(copy.fingerprint(), tokenizer().fingerprint());
    assert_ne!(chat_tokenizer(CHATML).fingerprint(), tokenizer().fingerprint());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn decoding_undoes_encoding_and_offsets_cover_the_text(text in "[ -~\n éß日🙂]{0,40}") {
        let tokenizer = shared();
        let encoded = tokenizer.encode_with_offsets(&text, false).unwrap();
        prop_assert_eq!(&tokenizer.encode(&text, false).unwrap(), &encoded.ids);
        prop_assert_eq!(tokenizer.decode(&encoded.ids, false).unwrap(), text.clone());
        let mut end = 0;
        for range in encoded.offsets {
            prop_assert!(range.start <= end && range.end >= end);
            end = range.end;
        }
        prop_assert_eq!(end, text.len());
    }
}

fn shared() -> &'static Tokenizer {
    static TOKENIZER: std::sync::OnceLock<Tokenizer> = std::sync::OnceLock::new();
    TOKENIZER.get_or_init(tokenizer)
}
