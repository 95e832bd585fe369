//! Tokenizers: what llama.cpp is told of them, and which it cannot be told of.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod common;

use std::fs;
use std::path::Path;

use common::{Written, copy_of, export, golden, real_model};
use graftwork_gguf::{ModelOptions, Precision, Report, Value, Vocabulary};
use serde_json::{Value as Json, json};
use tempfile::TempDir;

/// What the golden model `llama2`, of 96 ids, is with this tokenizer and these settings of it.
fn model(tokenizer: &Json, settings: &Json) -> TempDir {
    let copy = copy_of(&golden("llama2"), |config| {
        for part in ["bos", "eos", "pad"] {
            config[format!("{part}_token_id")] = Json::Null;
        }
    });
    fs::write(copy.path().join("tokenizer.json"), tokenizer.to_string()).unwrap();
    fs::write(copy.path().join("tokenizer_config.json"), settings.to_string()).unwrap();
    copy
}

fn read(folder: &Path) -> (Report, Written) {
    export(folder, &ModelOptions::new(Precision::F16)).unwrap()
}

fn of(tokenizer: &Json) -> (Report, Written) {
    read(model(tokenizer, &json!({})).path())
}

fn refused(tokenizer: &Json) -> String {
    let folder = model(tokenizer, &json!({}));
    let message = export(folder.path(), &ModelOptions::new(Precision::F16)).unwrap_err().to_string();
    assert!(message.contains("tokenizer.json"), "{message}");
    message
}

fn strings<'a>(gguf: &'a Written, key: &str) -> &'a [String] {
    let Some(Value::Strings(values)) = gguf.get(key) else { panic!("{key}: {:?}", gguf.get(key)) };
    values
}

fn kinds(gguf: &Written) -> &[i32] {
    let Some(Value::I32s(values)) = gguf.get("tokenizer.ggml.token_type") else { panic!("no types") };
    values
}

fn added(id: u32, content: &str, special: bool) -> Json {
    json!({"id": id, "content": content, "special": special, "lstrip": false, "rstrip": false, "normalized": false})
}

const LLAMA_3: &str = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

fn byte_level(pre_tokenizer: &Json, ignore_merges: bool) -> Json {
    json!({
        "added_tokens": [added(3, "<|end|>", true), added(4, "  ", false)],
        "pre_tokenizer": pre_tokenizer,
        "model": {"type": "BPE", "ignore_merges": ignore_merges, "vocab": {"a": 0, "Ġ": 1, "Ġa": 2},
                  "merges": [["Ġ", "a"]]},
    })
}

fn bytes(use_regex: bool) -> Json {
    json!({"type": "ByteLevel", "add_prefix_space": false, "use_regex": use_regex})
}

fn split_by(expression: &str) -> Json {
    let split = json!({"type": "Split", "pattern": {"Regex": expression}, "behavior": "Isolated", "invert": false});
    json!({"type": "Sequence", "pretokenizers": [split, bytes(false)]})
}

#[test]
fn a_byte_level_vocabulary_is_written_whole() {
    let (report, gguf) = of(&byte_level(&bytes(true), false));
    let tokens = strings(&gguf, "tokenizer.ggml.tokens");
    assert_eq!(tokens[..6], ["a", "Ġ", "Ġa", "<|end|>", "  ", "[PAD5]"]);
    assert_eq!(tokens.len(), 96);
    assert_eq!(kinds(&gguf)[..6], [1, 1, 1, 3, 4, 5]);
    assert_eq!(strings(&gguf, "tokenizer.ggml.merges"), ["Ġ a"]);
    assert_eq!(gguf.get("tokenizer.ggml.model"), Some(&"gpt2".into()));
    assert_eq!(gguf.get("tokenizer.ggml.pre"), Some(&"gpt-2".into()));
    assert_eq!(gguf.get("tokenizer.ggml.add_bos_token"), Some(&Value::Bool(false)));
    assert!(report.warnings.is_empty(), "{:?}", report.warnings);
}

#[test]
fn the_tokenizer_of_the_real_model_is_written() {
    let (_, gguf) = read(&real_model());
    assert_eq!(strings(&gguf, "tokenizer.ggml.tokens").len(), 4096);
    assert_eq!(strings(&gguf, "tokenizer.ggml.merges").len(), 3836);
    for (part, id) in [("bos", 0), ("eos", 0), ("padding", 3)] {
        assert_eq!(gguf.get(&format!("tokenizer.ggml.{part}_token_id")), Some(&Value::U32(id)), "{part}");
    }
}

#[test]
fn the_way_of_splitting_is_known_by_its_expression() {
    let single = json!({"type": "Digits", "individual_digits": true});
    let smollm = json!({"type": "Sequence", "pretokenizers": [single, bytes(true)]});
    let qwen = LLAMA_3.replace(r"\p{N}{1,3}", r"\p{N}");
    // Some files have the line ends themselves.
    let literal = qwen.replace(r"\r", "\r").replace(r"\n", "\n");
    for (pre_tokenizer, ignore_merges, name) in [
        (bytes(true), false, "gpt-2"),
        (smollm, false, "smollm"),
        (split_by(LLAMA_3), true, "llama-bpe"),
        (split_by(LLAMA_3), false, "dbrx"),
        (split_by(&qwen), false, "qwen2"),
        (split_by(&literal), false, "qwen2"),
    ] {
        let (_, gguf) = of(&byte_level(&pre_tokenizer, ignore_merges));
        assert_eq!(gguf.get("tokenizer.ggml.pre"), Some(&name.into()));
    }
}

#[test]
fn an_unknown_way_of_splitting_needs_a_name() {
    let pairs = json!({"type": "Digits", "individual_digits": false});
    for pre_tokenizer in [
        split_by(r"\w+"),
        split_by(&LLAMA_3.replace("'ve|", "")),
        json!({"type": "Sequence", "pretokenizers": [pairs, bytes(true)]}),
        json!({"type": "ByteLevel", "add_prefix_space": true, "use_regex": true}),
    ] {
        assert!(refused(&byte_level(&pre_tokenizer, false)).contains("tokenizer.ggml.pre"));
    }
    let folder = model(&byte_level(&split_by(r"\w+"), false), &json!({}));
    let vocabulary = Vocabulary::SplitAs("poro-chat".to_owned());
    let (_, gguf) = export(folder.path(), &ModelOptions { vocabulary, ..ModelOptions::new(Precision::F16) }).unwrap();
    assert_eq!(gguf.get("tokenizer.ggml.pre"), Some(&"poro-chat".into()));
}

fn sentencepiece(normalizer: &Json, pre_tokenizer: &Json, merges: &Json) -> Json {
    json!({
        "added_tokens": [added(0, "<unk>", true), added(1, "<s>", true), added(10, "▁▁", false)],
        "normalizer": normalizer,
        "pre_tokenizer": pre_tokenizer,
        "post_processor": {"type": "TemplateProcessing", "single": [{"SpecialToken": {"id": "<s>"}}, {"Sequence": {"id": "A"}}]},
        "model": {"type": "BPE", "byte_fallback": true, "unk_token": "<unk>",
                  "vocab": {"<unk>": 0, "<s>": 1, "<0x0A>": 2, "▁": 3, "a": 4, "b": 5, "ab": 6, "▁a": 7, "▁ab": 8},
                  "merges": merges},
    })
}

fn replace() -> Json {
    json!({"type": "Replace", "pattern": {"String": " "}, "content": "▁"})
}

#[test]
fn a_sentencepiece_vocabulary_has_scores_in_the_order_of_its_merges() {
    let normalizer = json!({"type": "Sequence", "normalizers": [{"type": "Prepend", "prepend": "▁"}, replace()]});
    // The old form of merges.
    let merges = json!(["a b", "▁ a", "▁ ab", "▁a b"]);
    let (report, gguf) = of(&sentencepiece(&normalizer, &Json::Null, &merges));
    assert_eq!(gguf.get("tokenizer.ggml.model"), Some(&"llama".into()));
    assert_eq!(kinds(&gguf)[..11], [2, 3, 6, 1, 1, 1, 1, 1, 1, 5, 4]);
    // llama.cpp looks for added tokens in the text as it was.
    assert_eq!(strings(&gguf, "tokenizer.ggml.tokens")[10], "  ");
    let Some(Value::F32s(scores)) = gguf.get("tokenizer.ggml.scores") else { panic!("no scores") };
    assert_eq!(scores[6..9], [0.0, -1.0, -2.0]);
    assert!(scores[..6].iter().all(|score| *score == -4.0));
    assert_eq!(gguf.get("tokenizer.ggml.add_space_prefix"), Some(&Value::Bool(true)));
    assert_eq!(gguf.get("tokenizer.ggml.bos_token_id"), Some(&Value::U32(1)));
    assert_eq!(gguf.get("tokenizer.ggml.add_bos_token"), Some(&Value::Bool(true)));
    assert!(report.warnings.is_empty(), "{:?}", report.warnings);
}

#[test]
fn merges_that_scores_cannot_say_are_told() {
    let merges = json!([["▁", "ab"], ["a", "b"], ["▁a", "b"], ["▁", "a"]]);
    let (report, _) = of(&sentencepiece(&replace(), &Json::Null, &merges));
    assert!(report.warnings.iter().any(|warning| warning.contains("\"▁ab\"")), "{:?}", report.warnings);
}

#[test]
fn where_spaces_are_added_is_said() {
    let metaspace =
        |scheme: &str| json!({"type": "Metaspace", "replacement": "▁", "prepend_scheme": scheme, "split": false});
    let gemma = json!({"type": "Split", "pattern": {"String": " "}, "behavior": "MergedWithPrevious", "invert": false});
    for (normalizer, pre_tokenizer, prefix, warnings) in [
        (replace(), gemma, false, 0),
        (Json::Null, metaspace("never"), false, 0),
        (Json::Null, metaspace("always"), true, 0),
        // llama.cpp has no such case; it adds more.
        (Json::Null, metaspace("first"), true, 1),
    ] {
        let (report, gguf) = of(&sentencepiece(&normalizer, &pre_tokenizer, &json!([["a", "b"]])));
        assert_eq!(gguf.get("tokenizer.ggml.add_space_prefix"), Some(&Value::Bool(prefix)), "{pre_tokenizer}");
        assert_eq!(report.warnings.len(), warnings, "{:?}", report.warnings);
    }
    let message = refused(&sentencepiece(&json!({"type": "Lowercase"}), &Json::Null, &json!([])));
    assert!(message.contains("\"Lowercase\""), "{message}");
    assert!(refused(&sentencepiece(&Json::Null, &Json::Null, &json!([]))).contains("keep their spaces"));
}

#[test]
fn a_wordpiece_vocabulary_marks_the_beginnings_of_words() {
    let tokenizer = json!({
        "added_tokens": [added(0, "[PAD]", true), added(1, "[UNK]", true), added(2, "[CLS]", true), added(3, "[SEP]", true)],
        "normalizer": {"type": "BertNormalizer", "lowercase": true, "strip_accents": null},
        "pre_tokenizer": {"type": "BertPreTokenizer"},
        "post_processor": {"type": "TemplateProcessing", "single": [
            {"SpecialToken": {"id": "[CLS]"}}, {"Sequence": {"id": "A"}}, {"SpecialToken": {"id": "[SEP]"}}]},
        "model": {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##",
                  "vocab": {"[PAD]": 0, "[UNK]": 1, "[CLS]": 2, "[SEP]": 3, "word": 4, "##s": 5}},
    });
    let settings =
        json!({"cls_token": "[CLS]", "sep_token": {"content": "[SEP]"}, "unk_token": "[UNK]", "pad_token": "[PAD]"});
    let (report, gguf) = read(model(&tokenizer, &settings).path());
    assert_eq!(strings(&gguf, "tokenizer.ggml.tokens")[2..6], ["[CLS]", "[SEP]", "▁word", "s"]);
    assert_eq!(gguf.get("tokenizer.ggml.model"), Some(&"bert".into()));
    for (key, value) in [
        ("bos_token_id", Value::U32(2)),
        ("eos_token_id", Value::U32(3)),
        ("seperator_token_id", Value::U32(3)),
        ("unknown_token_id", Value::U32(1)),
        ("padding_token_id", Value::U32(0)),
        ("normalizer.lowercase", Value::Bool(true)),
        ("normalizer.strip_accents", Value::Bool(true)),
        ("add_bos_token", Value::Bool(true)),
        ("add_eos_token", Value::Bool(true)),
    ] {
        assert_eq!(gguf.get(&format!("tokenizer.ggml.{key}")), Some(&value), "{key}");
    }
    assert!(report.warnings.is_empty(), "{:?}", report.warnings);
}

#[test]
fn special_tokens_are_found_by_name_then_by_number() {
    let folder = model(&byte_level(&bytes(true), false), &json!({"eos_token": "<|end|>", "add_bos_token": true}));
    fs::write(folder.path().join("generation_config.json"), r#"{"bos_token_id": [2, 1], "eos_token_id": 1}"#).unwrap();
    let (_, gguf) = read(folder.path());
    assert_eq!(gguf.get("tokenizer.ggml.eos_token_id"), Some(&Value::U32(3)));
    assert_eq!(gguf.get("tokenizer.ggml.bos_token_id"), Some(&Value::U32(2)));
    assert_eq!(gguf.get("tokenizer.ggml.add_bos_token"), Some(&Value::Bool(true)));
    assert_eq!(gguf.get("tokenizer.ggml.add_eos_token"), Some(&Value::Bool(false)));
    // A number that is no token's.
    fs::write(folder.path().join("generation_config.json"), r#"{"bos_token_id": 96}"#).unwrap();
    assert_eq!(read(folder.path()).1.get("tokenizer.ggml.bos_token_id"), None);
}

#[test]
fn what_goes_around_a_text_and_llama_cpp_does_not_add_is_told() {
    let mut tokenizer = byte_level(&bytes(true), false);
    let special = |token: &str| json!({"SpecialToken": {"id": token}});
    tokenizer["post_processor"] = json!({"type": "Sequence", "processors": [
        {"type": "ByteLevel"},
        {"type": "TemplateProcessing", "single": [special("<|end|>"), special("  "), {"Sequence": {"id": "A"}}]},
    ]});
    let (report, gguf) = of(&tokenizer);
    assert_eq!(gguf.get("tokenizer.ggml.add_bos_token"), Some(&Value::Bool(false)));
    assert!(report.warnings.iter().any(|warning| warning.contains("before a text")), "{:?}", report.warnings);

    let mut tokenizer = byte_level(&bytes(true), false);
    tokenizer["normalizer"] = json!({"type": "NFC"});
    tokenizer["added_tokens"][0]["rstrip"] = json!(true);
    assert_eq!(of(&tokenizer).0.warnings.len(), 2);
    tokenizer["normalizer"] = json!({"type": "Lowercase"});
    assert!(refused(&tokenizer).contains("\"Lowercase\""));
}

#[test]
fn chat_templates_are_written_the_file_of_its_own_first() {
    let settings = json!({"chat_template": [
        {"name": "default", "template": "{{ one }}"}, {"name": "tools", "template": "{{ two }}"}]});
    let folder = model(&byte_level(&bytes(true), false), &settings);
    let (_, gguf) = read(folder.path());
    assert_eq!(gguf.get("tokenizer.chat_template"), Some(&"{{ one }}".into()));
    assert_eq!(gguf.get("tokenizer.chat_template.tools"), Some(&"{{ two }}".into()));
    assert_eq!(strings(&gguf, "tokenizer.chat_templates"), ["tools"]);

    fs::write(folder.path().join("chat_template.jinja"), "{{ three }}").unwrap();
    let (_, gguf) = read(folder.path());
    assert_eq!(gguf.get("tokenizer.chat_template"), Some(&"{{ three }}".into()));
    assert_eq!(gguf.get("tokenizer.chat_templates"), None);
}

#[test]
fn a_tokenizer_that_does_not_fit_is_refused() {
    let mut tokenizer = byte_level(&bytes(true), false);
    tokenizer["model"]["vocab"]["far"] = json!(96);
    assert!(refused(&tokenizer).contains("token \"far\" has id 96, but the model has 96 ids"));

    let mut tokenizer = byte_level(&bytes(true), false);
    tokenizer["added_tokens"][0]["content"] = json!("a");
    assert!(refused(&tokenizer).contains("has two ids"));

    let unigram = json!({"added_tokens": [], "model": {"type": "Unigram", "vocab": [["a", -1.0]]}});
    assert!(refused(&unigram).contains("Unigram"));

    let folder = model(&json!({}), &json!({}));
    fs::write(folder.path().join("tokenizer.json"), "{").unwrap();
    let error = export(folder.path(), &ModelOptions::new(Precision::F16)).unwrap_err();
    assert!(error.to_string().contains("tokenizer.json is not valid"), "{error}");
}

#[test]
fn how_a_model_of_embeddings_pools_is_written() {
    let folder = copy_of(&golden("bert-bare"), |_| {});
    let omitted = ModelOptions { vocabulary: Vocabulary::Omitted, ..ModelOptions::new(Precision::F16) };
    assert_eq!(export(folder.path(), &omitted).unwrap().1.get("bert.pooling_type"), None);
    let modules = json!([{"type": "sentence_transformers.models.Transformer", "path": ""},
                         {"type": "sentence_transformers.models.Pooling", "path": "1_Pooling"}]);
    fs::write(folder.path().join("modules.json"), modules.to_string()).unwrap();
    fs::create_dir(folder.path().join("1_Pooling")).unwrap();
    let config = folder.path().join("1_Pooling/config.json");
    fs::write(&config, r#"{"pooling_mode_mean_tokens": false, "pooling_mode_cls_token": true}"#).unwrap();
    assert_eq!(export(folder.path(), &omitted).unwrap().1.get("bert.pooling_type"), Some(&Value::U32(2)));
    fs::write(&config, r#"{"pooling_mode_max_tokens": true}"#).unwrap();
    assert!(export(folder.path(), &omitted).unwrap_err().to_string().contains("pools by mean"));
}
