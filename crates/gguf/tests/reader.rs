//! Files that are not what they should be.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod common;

use std::fs;
use std::path::Path;

use common::{bare, golden};
use graftwork_gguf::{Gguf, GgufError, Precision, write_model};
use proptest::prelude::*;

fn small_file() -> Vec<u8> {
    let scratch = tempfile::tempdir().unwrap();
    let out = scratch.path().join("model.gguf");
    write_model(&golden("tied"), &out, &bare(Precision::F16)).unwrap();
    fs::read(out).unwrap()
}

fn open(dir: &Path, bytes: &[u8]) -> Result<Gguf, GgufError> {
    let path = dir.join("damaged.gguf");
    fs::write(&path, bytes).unwrap();
    Gguf::open(&path)
}

#[test]
fn a_file_that_ends_too_early_is_refused() {
    let (whole, dir) = (small_file(), tempfile::tempdir().unwrap());
    assert!(open(dir.path(), &whole).is_ok());
    for length in (0..2000).step_by(9).chain([whole.len() / 2, whole.len() - 32]) {
        match open(dir.path(), &whole[..length]) {
            Err(GgufError::Malformed { .. }) => {}
            other => panic!("{length} bytes: {other:?}"),
        }
    }
}

#[test]
fn numbers_that_lie_are_refused_before_memory_is_taken_for_them() {
    let (whole, dir) = (small_file(), tempfile::tempdir().unwrap());
    // Version, count of tensors, count of keys, length of the first key.
    for place in [4, 8, 16, 24] {
        let mut bytes = whole.clone();
        bytes[place..place + 4].copy_from_slice(&[0xff; 4]);
        let error = open(dir.path(), &bytes).unwrap_err();
        assert!(error.to_string().contains("is not a GGUF file that can be read"), "{error}");
    }
}

#[test]
fn a_missing_tensor_is_an_error() {
    let (whole, dir) = (small_file(), tempfile::tempdir().unwrap());
    let gguf = open(dir.path(), &whole).unwrap();
    assert!(matches!(gguf.values("nothing"), Err(GgufError::MissingTensor { .. })));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_change_of_the_header_is_fatal(place in 0usize..1800, byte in any::<u8>()) {
        static FILE: std::sync::OnceLock<Vec<u8>> = std::sync::OnceLock::new();
        let mut bytes = FILE.get_or_init(small_file).clone();
        bytes[place] = byte;
        let dir = tempfile::tempdir().unwrap();
        if let Ok(gguf) = open(dir.path(), &bytes) {
            for tensor in gguf.tensors() {
                let (_, values) = gguf.values(&tensor.name).unwrap();
                prop_assert_eq!(values.len(), tensor.shape.iter().product::<usize>());
            }
        }
    }
}
