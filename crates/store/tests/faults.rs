//! A disk on which any one operation fails, or every one from there on: what is on it is whole, and a healed disk needs no help.
#![allow(clippy::unwrap_used, reason = "tests")]

mod common;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::path::Path;
use std::rc::Rc;

use common::{matrix, names};
use graftwork_store::{
    CheckpointDir, CheckpointWriter, Dtype, Fault, ModelDir, ModelWriter, Operation, Overwrite, RunDir, StoreError,
    TensorSpec, WriteOptions, with_faults,
};
use serde_json::{Value, json};
use tempfile::TempDir;

/// A run as short as can be: two checkpoints, one of them twice, one removed, files, a log, a model that takes another's place.
fn work(home: &Path) -> Result<(), StoreError> {
    let run = RunDir::create(&home.join("runs/a"), Overwrite::Replace)?;
    run.write_text("run.toml", "seed = 1\n")?;
    let mut metrics = run.metrics()?;
    for step in [1, 2, 2] {
        metrics.append(&json!({ "step": step }))?;
        let mut writer = CheckpointWriter::create(run.path(), step)?;
        writer.tensors("trained", &BTreeMap::from([("w".to_owned(), matrix(3, 2, Dtype::F32))]))?;
        writer.commit(&json!({ "step": step }))?;
    }
    for version in [1, 2] {
        let spec = TensorSpec { name: "w".to_owned(), dtype: Dtype::F32, shape: vec![3, 2] };
        let options = WriteOptions { overwrite: Overwrite::Replace, ..WriteOptions::default() };
        let mut model = ModelWriter::create(&run.path().join("model"), vec![spec], options)?;
        model.write("w", matrix(3, 2, Dtype::F32).view())?;
        model.finish(&json!({ "version": version }))?;
    }
    let (_, oldest) = CheckpointDir::list(run.path())?.swap_remove(0);
    CheckpointDir::remove(&oldest)?;
    run.write_json("summary.json", &json!({ "finished": true }))
}

/// The steps of the checkpoints, every one of which is whole, and the model's version, if there is one.
fn found(home: &Path) -> (Vec<u64>, Option<Value>) {
    let run = home.join("runs/a");
    let list = CheckpointDir::list(&run).unwrap();
    for (step, path) in &list {
        assert_eq!(CheckpointDir::read(path).unwrap().state()["step"], *step);
    }
    let model = run.join("model");
    let version = model.exists().then(|| ModelDir::open(&model).unwrap().config()["version"].clone());
    for file in ["run.toml", "summary.json"] {
        let text = fs::read_to_string(run.join(file)).ok();
        assert!(text.is_none_or(|text| text.ends_with('\n')), "{file} is whole");
    }
    (list.into_iter().map(|(step, _)| step).collect(), version)
}

/// Everything that lies under `dir`.
fn everything(dir: &Path) -> Vec<String> {
    let mut all = Vec::new();
    for name in names(dir) {
        let path = dir.join(&name);
        if path.is_dir() {
            all.extend(everything(&path).into_iter().map(|below| format!("{name}/{below}")));
        }
        all.push(name);
    }
    all
}

/// In memory where there is such a place: a thousand disks are synced.
fn home_folder() -> TempDir {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() { TempDir::new_in(memory) } else { TempDir::new() }.unwrap()
}

/// What the system says when this operation fails.
fn kinds(operation: Operation) -> &'static [ErrorKind] {
    match operation {
        Operation::Write | Operation::Resize => &[ErrorKind::StorageFull, ErrorKind::Other],
        Operation::Create => &[ErrorKind::StorageFull, ErrorKind::PermissionDenied, ErrorKind::ReadOnlyFilesystem],
        Operation::Sync => &[ErrorKind::Other, ErrorKind::StorageFull],
        Operation::Read | Operation::Rename | Operation::Remove => &[ErrorKind::PermissionDenied, ErrorKind::Other],
    }
}

#[test]
fn whichever_operation_fails_nothing_is_lost_or_half_there() {
    let operations = Rc::new(RefCell::new(Vec::new()));
    let home = home_folder();
    let seen = Rc::clone(&operations);
    let note = move |operation, _: &Path| {
        seen.borrow_mut().push(operation);
        None
    };
    with_faults(note, || work(home.path())).unwrap();
    let operations = operations.take();
    let clean = everything(home.path());
    assert_eq!(found(home.path()), (vec![2], Some(json!(2))));
    assert!(operations.len() > 100, "{}", operations.len());

    let mut failed = 0;
    for (n, &operation) in operations.iter().enumerate() {
        for (&kind, forever) in kinds(operation).iter().flat_map(|kind| [(kind, false), (kind, true)]) {
            let home = home_folder();
            let mut count = 0;
            let fail = move |_: Operation, _: &Path| {
                count += 1;
                let fails = count == n + 1 || (forever && count > n);
                fails.then_some(Fault { kind, short: true })
            };
            let case = format!("operation {n}, {operation:?}, {kind:?}, forever: {forever}");
            if let Err(error) = with_faults(fail, || work(home.path())) {
                failed += 1;
                let text = error.to_string();
                assert!(text.contains("runs"), "{case}: no place in: {text}");
                assert!(!text.contains(".tmp-"), "{case}: a name that nobody knows: {text}");
            }
            // Nothing is half there, and what was committed before is there.
            let (steps, version) = found(home.path());
            assert!([&[][..], &[1], &[1, 2], &[2]].contains(&steps.as_slice()), "{case}: {steps:?}");
            assert!(version.is_none() || !steps.is_empty(), "{case}");
            // The disk is healed: the same work does all of it, and leaves nothing of before.
            work(home.path()).unwrap();
            assert_eq!(everything(home.path()), clean, "{case}");
        }
    }
    assert!(failed > operations.len(), "most faults are told: {failed} of {}", operations.len());
}
