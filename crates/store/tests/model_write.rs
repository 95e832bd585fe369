//! Writing model folders, and reading them back.
#![allow(clippy::unwrap_used, reason = "tests")]

mod common;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use common::{f32s, matrix, names, real_model, specs};
use graftwork_store::{
    Dtype, MANIFEST, ModelDir, ModelWriter, Overwrite, StoreError, TensorData, TensorSpec, WriteOptions,
};
use proptest::prelude::*;
use serde_json::{Value, json};
use tempfile::tempdir;

fn options(max_shard_bytes: u64) -> WriteOptions {
    WriteOptions { max_shard_bytes, ..WriteOptions::default() }
}

fn write(target: &Path, tensors: &BTreeMap<String, TensorData>, max_shard_bytes: u64) {
    let mut writer = ModelWriter::create(target, specs(tensors), options(max_shard_bytes)).unwrap();
    // Not in the declared order.
    for (name, tensor) in tensors.iter().rev() {
        writer.write(name, tensor.view()).unwrap();
    }
    writer.finish(&json!({ "model_type": "llama" })).unwrap();
}

fn read(dir: &Path) -> BTreeMap<String, TensorData> {
    let model = ModelDir::open(dir).unwrap();
    model.names().map(|name| (name.to_owned(), model.tensor(name).unwrap().to_data())).collect()
}

#[test]
fn a_real_model_round_trips_with_its_companions() {
    let home = tempdir().unwrap();
    let target = home.path().join("copy");
    let source = ModelDir::open(&real_model()).unwrap();
    let declared = source
        .names()
        .map(|name| TensorSpec {
            name: name.to_owned(),
            dtype: source.dtype(name).unwrap(),
            shape: source.shape(name).unwrap().to_vec(),
        })
        .collect();
    let mut writer = ModelWriter::create(&target, declared, WriteOptions::default()).unwrap();
    for name in source.names() {
        writer.write(name, source.tensor(name).unwrap()).unwrap();
    }
    writer.copy_companions(source.path()).unwrap();
    writer.finish(source.config()).unwrap();

    let with_hashes = [vec![MANIFEST.to_owned()], names(&real_model())].concat();
    assert_eq!(names(&target), with_hashes);
    assert_eq!(ModelDir::open(&target).unwrap().config(), source.config());
    assert_eq!(read(&target), read(&real_model()));
    for name in ["tokenizer.json", "generation_config.json"] {
        assert_eq!(fs::read(target.join(name)).unwrap(), fs::read(real_model().join(name)).unwrap());
    }
}

#[test]
fn shards_have_the_names_and_the_index_that_transformers_writes() {
    let home = tempdir().unwrap();
    let target = home.path().join("out");
    let tensors: BTreeMap<_, _> =
        [("a", 2), ("b", 1), ("c", 9)].map(|(name, count)| (name.to_owned(), f32s(&vec![1.0; count]))).into();
    write(&target, &tensors, 12);
    let (first, second) = ("model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors");
    assert_eq!(names(&target), [MANIFEST, "config.json", first, second, "model.safetensors.index.json"]);
    let index: Value = serde_json::from_slice(&fs::read(target.join("model.safetensors.index.json")).unwrap()).unwrap();
    let map = json!({ "a": first, "b": first, "c": second });
    assert_eq!(index, json!({ "metadata": { "total_size": 48 }, "weight_map": map }));
    assert_eq!(read(&target), tensors);
}

#[test]
fn tensors_are_aligned_and_marked_as_pytorch() {
    let home = tempdir().unwrap();
    let target = home.path().join("out");
    let tensors: BTreeMap<_, _> =
        [("a".to_owned(), matrix(1, 3, Dtype::BF16)), ("b".to_owned(), matrix(1, 3, Dtype::F32))].into();
    write(&target, &tensors, u64::MAX);
    let bytes = fs::read(target.join("model.safetensors")).unwrap();
    let length = u64::from_le_bytes(bytes[..8].try_into().unwrap()) as usize;
    let header: Value = serde_json::from_slice(&bytes[8..8 + length]).unwrap();
    assert_eq!(length % 8, 0);
    assert_eq!(header["__metadata__"], json!({ "format": "pt" }));
    assert_eq!(header["b"]["data_offsets"], json!([0, 12]));
    assert_eq!(header["a"]["data_offsets"], json!([12, 18]));
}

#[test]
fn a_model_is_whole_and_as_declared_or_is_not_written() {
    let home = tempdir().unwrap();
    let target = home.path().join("out");
    let tensors: BTreeMap<_, _> =
        [("a", 2), ("b", 3)].map(|(name, count)| (name.to_owned(), f32s(&vec![1.0; count]))).into();
    let begin = || ModelWriter::create(&target, specs(&tensors), options(8)).unwrap();

    let mut writer = begin();
    let error = writer.write("c", tensors["a"].view()).unwrap_err();
    assert!(matches!(error, StoreError::NoTensor { .. }), "{error}");
    let error = writer.write("b", tensors["a"].view()).unwrap_err();
    assert!(error.to_string().ends_with("declared as F32 [3], not F32 [2]"), "{error}");
    writer.write("a", tensors["a"].view()).unwrap();
    let error = writer.write("a", tensors["a"].view()).unwrap_err();
    assert!(matches!(error, StoreError::NoTensor { .. }), "{error}");
    let error = writer.finish(&json!({})).unwrap_err().to_string();
    assert!(error.contains("1 declared tensors were not written, the first is \"b\""), "{error}");

    drop(begin());
    assert!(names(home.path()).is_empty());

    let twice = [specs(&tensors), specs(&tensors)].concat();
    let error = ModelWriter::create(&target, twice, options(8)).unwrap_err();
    assert!(matches!(error, StoreError::DeclaredTwice { .. }), "{error}");
}

#[test]
fn an_existing_model_is_replaced_only_on_request() {
    let home = tempdir().unwrap();
    let target = home.path().join("out");
    let old: BTreeMap<_, _> = [("old".to_owned(), f32s(&[1.0]))].into();
    let new: BTreeMap<_, _> = [("new".to_owned(), f32s(&[2.0]))].into();
    write(&target, &old, u64::MAX);
    let error = ModelWriter::create(&target, specs(&new), options(8)).unwrap_err();
    assert!(matches!(error, StoreError::AlreadyExists { .. }), "{error}");

    let replace = WriteOptions { overwrite: Overwrite::Replace, ..options(8) };
    let mut writer = ModelWriter::create(&target, specs(&new), replace).unwrap();
    writer.write("new", new["new"].view()).unwrap();
    assert_eq!(read(&target), old);
    writer.finish(&json!({})).unwrap();
    assert_eq!(read(&target), new);
}

fn any_tensors() -> impl Strategy<Value = BTreeMap<String, TensorData>> {
    let dtype = prop_oneof![Just(Dtype::F32), Just(Dtype::BF16), Just(Dtype::F16)];
    let tensor = (0usize..5, 1usize..5, dtype).prop_map(|(rows, columns, dtype)| matrix(rows, columns, dtype));
    prop::collection::btree_map("[a-z.]{1,6}", tensor, 1..8)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_read_does_not_depend_on_the_shards(tensors in any_tensors(), max in 1u64..200) {
        let home = tempdir().unwrap();
        let (single, shards) = (home.path().join("single"), home.path().join("shards"));
        write(&single, &tensors, u64::MAX);
        write(&shards, &tensors, max);
        prop_assert_eq!(&read(&single), &tensors);
        prop_assert_eq!(&read(&shards), &tensors);
    }
}
