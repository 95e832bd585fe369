//! Reading model folders: real ones, broken ones and hostile ones.
#![allow(clippy::unwrap_used, reason = "tests")]

mod common;

use std::fs;
use std::path::Path;

use common::{one_tensor, real_model, safetensors};
use graftwork_store::{Dtype, ModelDir, SafetensorsFile, StoreError};
use proptest::prelude::*;
use serde_json::json;
use tempfile::{TempDir, tempdir};

/// A folder with `config.json` and these files.
fn folder(files: &[(&str, &[u8])]) -> TempDir {
    let dir = tempdir().unwrap();
    fs::write(dir.path().join("config.json"), r#"{"model_type": "llama"}"#).unwrap();
    for (name, content) in files {
        fs::write(dir.path().join(name), content).unwrap();
    }
    dir
}

fn sharded(weight_map: serde_json::Value, shards: &[(&str, &[u8])]) -> TempDir {
    let dir = folder(shards);
    let index = json!({ "metadata": { "total_size": 16 }, "weight_map": weight_map });
    fs::write(dir.path().join("model.safetensors.index.json"), index.to_string()).unwrap();
    dir
}

fn refusal(dir: &Path) -> String {
    ModelDir::open(dir).unwrap_err().to_string()
}

#[test]
fn a_real_model_opens() {
    let model = ModelDir::open(&real_model()).unwrap();
    assert_eq!(model.config()["model_type"], "llama");
    assert_eq!(model.config_bytes(), fs::read(real_model().join("config.json")).unwrap());
    assert_eq!(model.names().count(), 56);
    assert!(!model.contains("lm_head.weight"), "the head is tied");

    let name = "model.embed_tokens.weight";
    assert_eq!(model.shape(name), Some(&[4096, 256][..]));
    assert_eq!(model.dtype(name), Some(Dtype::BF16));
    let values = model.tensor(name).unwrap().to_f32().unwrap();
    assert_eq!(values.len(), 4096 * 256);
    assert!(values.iter().all(|value| value.is_finite()));

    let error = model.tensor("lm_head.weight").unwrap_err().to_string();
    assert!(error.ends_with("has no tensor \"lm_head.weight\""), "{error}");
}

#[test]
fn the_hash_follows_every_byte() {
    let dir = folder(&[("model.safetensors", &one_tensor("a"))]);
    let hash = |dir: &TempDir| ModelDir::open(dir.path()).unwrap().hash();
    let before = hash(&dir);
    assert_eq!(before, hash(&dir));
    assert_eq!(before.len(), 64);
    let mut weights = one_tensor("a");
    *weights.last_mut().unwrap() = 1;
    let other = folder(&[("model.safetensors", &weights)]);
    assert_ne!(before, hash(&other));
    fs::write(dir.path().join("config.json"), "{}").unwrap();
    assert_ne!(before, hash(&dir));
}

#[test]
fn what_is_missing_is_named_with_what_is_there() {
    let empty = tempdir().unwrap();
    assert!(refusal(&empty.path().join("nowhere")).contains("is not a folder"));
    assert!(refusal(empty.path()).contains("has no config.json"));

    let unweighted = folder(&[("tokenizer.json", b"{}")]);
    assert!(refusal(unweighted.path()).contains("found: config.json, tokenizer.json"));

    let pickled = folder(&[("pytorch_model.bin", b"")]);
    let message = refusal(pickled.path());
    assert!(message.contains("pytorch_model.bin") && message.contains("save_pretrained"));
}

#[test]
fn a_config_that_is_no_object_is_refused_with_its_line() {
    let dir = folder(&[("model.safetensors", &one_tensor("a"))]);
    fs::write(dir.path().join("config.json"), "{\n\"a\": oops}").unwrap();
    assert!(refusal(dir.path()).contains("line 2"));
    fs::write(dir.path().join("config.json"), "[]").unwrap();
    assert!(refusal(dir.path()).contains("expected a map"));
}

#[test]
fn shards_are_one_model() {
    let dir = sharded(
        json!({ "a": "1.safetensors", "b": "2.safetensors" }),
        &[("1.safetensors", &one_tensor("a")), ("2.safetensors", &one_tensor("b"))],
    );
    let model = ModelDir::open(dir.path()).unwrap();
    assert_eq!(model.names().collect::<Vec<_>>(), ["a", "b"]);
    assert_eq!(model.tensor("b").unwrap().to_f32().unwrap(), [0.0, 0.0]);
}

#[test]
fn an_index_that_does_not_fit_its_shards_is_refused() {
    let a = one_tensor("a");
    let dir = sharded(json!({ "a": "gone.safetensors" }), &[]);
    assert!(refusal(dir.path()).contains("\"a\" in \"gone.safetensors\", which is missing"));

    let map = json!({ "a": "1.safetensors", "b": "1.safetensors" });
    let dir = sharded(map, &[("1.safetensors", &a)]);
    assert!(refusal(dir.path()).contains("\"b\" in \"1.safetensors\", which does not hold it"));

    let map = json!({ "a": "1.safetensors", "b": "2.safetensors" });
    let dir = sharded(map, &[("1.safetensors", &a), ("2.safetensors", &a)]);
    let message = refusal(dir.path());
    assert!(message.contains("\"a\" is in both") && message.contains("2.safetensors"));

    for outside in ["../secret.safetensors", "/etc/passwd", "a/../../b", ""] {
        let error = ModelDir::open(sharded(json!({ "a": outside }), &[]).path()).unwrap_err();
        assert!(matches!(error, StoreError::Escapes { .. }), "{error}");
    }

    let dir = folder(&[("model.safetensors.index.json", b"{\"weight_map\": 3}")]);
    assert!(refusal(dir.path()).contains("index.json is not valid"));
}

#[test]
fn a_truncated_file_says_how_much_is_missing() {
    let whole = fs::read(real_model().join("model.safetensors")).unwrap();
    for (kept, expected) in
        [(0, 8), (7, 8), (8, 8 + 6040), (3000, 8 + 6040), (6048, whole.len()), (whole.len() - 1, whole.len())]
    {
        let dir = folder(&[("model.safetensors", &whole[..kept])]);
        let message = refusal(dir.path());
        let numbers = format!("{expected} bytes expected, {kept} found");
        assert!(message.contains(&numbers), "{message}");
    }
    let mut longer = whole;
    longer.push(0);
    let dir = folder(&[("model.safetensors", &longer)]);
    assert!(refusal(dir.path()).contains("its header describes"));
}

#[test]
fn hostile_headers_are_refused() {
    let entry = |dtype: &str, shape: &str, from: u64, to: u64| {
        format!(r#"{{"dtype":"{dtype}","shape":{shape},"data_offsets":[{from},{to}]}}"#)
    };
    let two = |a: String, b: String| format!(r#"{{"a":{a},"b":{b}}}"#);
    let headers = [
        "not json".to_owned(),
        "[1]".to_owned(),
        "\u{0}\u{0}".to_owned(),
        "[".repeat(100_000),
        // Overlap, gap, end before start, past the end of the file, more than the shape takes.
        two(entry("F32", "[2]", 0, 8), entry("F32", "[2]", 4, 12)),
        two(entry("F32", "[1]", 0, 4), entry("F32", "[1]", 8, 12)),
        format!(r#"{{"a":{}}}"#, entry("F32", "[1]", 8, 4)),
        format!(r#"{{"a":{}}}"#, entry("U8", "[100]", 0, 100)),
        format!(r#"{{"a":{}}}"#, entry("F32", "[1]", 0, 12)),
        // Sizes that overflow, a shape that is none, a type that is none.
        format!(r#"{{"a":{}}}"#, entry("F32", "[9223372036854775807,4]", 0, 12)),
        format!(r#"{{"a":{}}}"#, entry("U8", "[18446744073709551615]", 0, u64::MAX)),
        format!(r#"{{"a":{}}}"#, entry("F32", "[-1]", 0, 12)),
        format!(r#"{{"a":{}}}"#, entry("F31", "[3]", 0, 12)),
    ];
    for header in headers {
        let dir = folder(&[("model.safetensors", &safetensors(&header, &[0; 12]))]);
        let error = ModelDir::open(dir.path()).unwrap_err();
        assert!(matches!(error, StoreError::Header { .. } | StoreError::Truncated { .. }), "{header:.60}: {error}");
    }
    let mut huge = safetensors("{}", &[]);
    huge[..8].copy_from_slice(&u64::MAX.to_le_bytes());
    let dir = folder(&[("model.safetensors", &huge)]);
    assert!(refusal(dir.path()).contains("announce a header of 18446744073709551615 bytes"));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_damage_to_a_header_can_panic(at in 0usize..70, value in any::<u8>()) {
        let mut bytes = one_tensor("a");
        let at = at % bytes.len();
        bytes[at] = value;
        let dir = tempdir().unwrap();
        let path = dir.path().join("x.safetensors");
        fs::write(&path, bytes).unwrap();
        if let Ok(file) = SafetensorsFile::open(&path) {
            for name in file.names() {
                file.tensor(&name).unwrap();
            }
        }
    }
}
