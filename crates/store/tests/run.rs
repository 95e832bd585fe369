//! Run directories and the checkpoints in them.
#![allow(clippy::unwrap_used, reason = "tests")]

mod common;

use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use common::{f32s, matrix, names, specs};
use graftwork_store::{
    CheckpointDir, CheckpointWriter, Dtype, Fault, Operation, Overwrite, RunDir, StoreError, TensorData, append_line,
    with_faults,
};
use serde_json::json;
use tempfile::{TempDir, tempdir};

fn tensors() -> BTreeMap<String, TensorData> {
    [("w".to_owned(), matrix(3, 2, Dtype::BF16)), ("m".to_owned(), matrix(3, 2, Dtype::F32))].into()
}

fn checkpoint(run: &TempDir, step: u64, note: &str) -> PathBuf {
    let mut writer = CheckpointWriter::create(run.path(), step).unwrap();
    writer.tensors("trainable", &tensors()).unwrap();
    writer
        .stream::<StoreError>("optimizer", &specs(&tensors()), |file| {
            tensors().iter().try_for_each(|(name, tensor)| file.write(name, tensor.view()))
        })
        .unwrap();
    writer.commit(&json!({ "step": step, "note": note })).unwrap()
}

#[test]
fn a_checkpoint_round_trips() {
    let run = tempdir().unwrap();
    let path = checkpoint(&run, 120, "x");
    assert_eq!(path, run.path().join("checkpoints/step-120"));
    assert_eq!(names(&path), ["MANIFEST", "optimizer.safetensors", "state.json", "trainable.safetensors"]);
    let read = CheckpointDir::read(&path).unwrap();
    assert_eq!(read.state(), &json!({ "step": 120, "note": "x" }));
    assert_eq!(read.groups().collect::<Vec<_>>(), ["optimizer", "trainable"]);
    for group in ["optimizer", "trainable"] {
        for (name, tensor) in tensors() {
            let found = read.group(group).unwrap().tensor(&name).unwrap();
            assert_eq!(found.to_data(), tensor);
        }
    }
    let error = read.group("controller").unwrap_err().to_string();
    assert!(error.contains("controller.safetensors"), "{error}");
}

#[test]
fn the_latest_is_the_one_of_the_greatest_step() {
    let run = tempdir().unwrap();
    assert_eq!(CheckpointDir::latest(run.path()).unwrap(), None);
    for step in [9, 100, 20] {
        checkpoint(&run, step, "");
    }
    fs::create_dir(run.path().join("checkpoints/step-0200")).unwrap();
    fs::create_dir(run.path().join("checkpoints/.step-300.tmp-abc123")).unwrap();
    let steps: Vec<u64> = CheckpointDir::list(run.path()).unwrap().into_iter().map(|(step, _)| step).collect();
    assert_eq!(steps, [9, 20, 100]);
    let (step, path) = CheckpointDir::latest(run.path()).unwrap().unwrap();
    assert_eq!((step, path.ends_with("step-100")), (100, true));
}

#[test]
fn a_step_that_is_run_again_replaces_its_checkpoint() {
    let run = tempdir().unwrap();
    checkpoint(&run, 5, "first");
    let path = checkpoint(&run, 5, "second");
    assert_eq!(CheckpointDir::read(&path).unwrap().state()["note"], "second");
    assert_eq!(names(&run.path().join("checkpoints")), ["step-5"]);
}

/// Commits step 2 once more on a disk that cannot exchange two names, and on which what `fails` says fails for good.
fn replace_by_renames(run: &TempDir, fails: impl Fn(Operation, &Path, u32) -> bool + 'static) {
    let mut renames = 0;
    let decide = move |operation, path: &Path| {
        let of_the_step = operation == Operation::Rename && path.ends_with("step-2");
        renames += u32::from(of_the_step);
        let kind = match of_the_step && renames == 1 {
            true => ErrorKind::Unsupported,
            false if fails(operation, path, renames) => ErrorKind::Other,
            false => return None,
        };
        Some(Fault { kind, short: false })
    };
    let path = run.path().to_owned();
    with_faults(decide, || {
        let writer = CheckpointWriter::create(&path, 2).unwrap();
        let _ = writer.commit(&json!({ "note": "second" }));
    });
}

#[test]
fn a_replacement_that_was_cut_short_hides_no_checkpoint() {
    for (note, left, renamed) in
        [("first", [".step-2.old", "step-1"].as_slice(), false), ("second", &[".step-2.old", "step-1", "step-2"], true)]
    {
        let run = tempdir().unwrap();
        drop(RunDir::create(run.path(), Overwrite::Never).unwrap());
        checkpoint(&run, 1, "");
        checkpoint(&run, 2, "first");
        // As if the process had been killed after the first rename, or after the second.
        replace_by_renames(&run, move |operation, path, renames| match renamed {
            false => operation == Operation::Rename && path.ends_with("step-2") && renames > 1,
            true => operation == Operation::Remove && path.ends_with(".step-2.old"),
        });
        let checkpoints = run.path().join("checkpoints");
        assert_eq!(names(&checkpoints), left);

        let _open = RunDir::open(run.path()).unwrap();
        let (step, newest) = CheckpointDir::latest(run.path()).unwrap().unwrap();
        assert_eq!((step, &CheckpointDir::read(&newest).unwrap().state()["note"]), (2, &json!(note)));
        assert_eq!(names(&checkpoints), ["step-1", "step-2"]);
    }
}

#[test]
fn a_checkpoint_that_is_cut_short_is_absent() {
    let run = tempdir().unwrap();
    let mut writer = CheckpointWriter::create(run.path(), 7).unwrap();
    let error = writer.stream::<StoreError>("trainable", &specs(&tensors()), |_| Ok(())).unwrap_err();
    assert!(matches!(error, StoreError::NotWritten { missing: 2, .. }), "{error}");
    drop(writer);
    assert!(names(&run.path().join("checkpoints")).is_empty());
}

#[test]
fn a_damaged_checkpoint_is_refused() {
    let run = tempdir().unwrap();
    let path = checkpoint(&run, 1, "");
    let weights = path.join("trainable.safetensors");
    let mut bytes = fs::read(&weights).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    fs::write(&weights, bytes).unwrap();
    let error = CheckpointDir::read(&path).unwrap_err().to_string();
    assert!(error.contains("trainable.safetensors is damaged"), "{error}");
    fs::remove_file(path.join("MANIFEST")).unwrap();
    let error = CheckpointDir::read(&path).unwrap_err();
    assert!(matches!(error, StoreError::NoManifest { .. }), "{error}");
    let error = CheckpointDir::read(&path.join("nowhere")).unwrap_err();
    assert!(matches!(error, StoreError::NoFolder { .. }), "{error}");
}

#[test]
fn a_checkpoint_is_what_its_manifest_names() {
    let run = tempdir().unwrap();
    let mut writer = CheckpointWriter::create(run.path(), 1).unwrap();
    writer.tensors("trainable", &[("a".to_owned(), f32s(&[1.0]))].into()).unwrap();
    let path = writer.commit(&json!(null)).unwrap();
    fs::copy(path.join("trainable.safetensors"), path.join("added.safetensors")).unwrap();
    assert!(CheckpointDir::read(&path).unwrap().groups().eq(["trainable"]));
    fs::write(path.join("MANIFEST"), "{}\n").unwrap();
    let error = CheckpointDir::read(&path).unwrap_err().to_string();
    assert!(error.contains("state.json is damaged: the checkpoint was written without it"), "{error}");
}

#[test]
fn a_run_directory_takes_files_and_metrics() {
    let home = tempdir().unwrap();
    let run = RunDir::create(&home.path().join("runs/a"), Overwrite::Never).unwrap();
    run.write_text("run.toml", "seed = 1\n").unwrap();
    run.write_json("plan.json", &json!({ "rank": 8 })).unwrap();
    run.metrics().unwrap().append(&json!({ "step": 1 })).unwrap();
    let read = |name: &str| fs::read_to_string(run.path().join(name)).unwrap();
    assert_eq!(read("run.toml"), "seed = 1\n");
    assert_eq!(read("plan.json"), "{\n  \"rank\": 8\n}\n");
    assert_eq!(read("metrics.jsonl"), "{\"step\":1}\n");
    let error = run.write_text("../outside", "").unwrap_err();
    assert!(matches!(error, StoreError::Escapes { .. }), "{error}");
}

#[test]
fn a_run_directory_has_one_writer() {
    let home = tempdir().unwrap();
    let first = RunDir::create(home.path(), Overwrite::Never).unwrap();
    for second in [RunDir::create(home.path(), Overwrite::Replace), RunDir::open(home.path())] {
        let error = second.unwrap_err().to_string();
        let holder = format!("in use by process {}", std::process::id());
        assert!(error.contains(&holder), "{error}");
    }
    drop(first);
    RunDir::open(home.path()).unwrap();
}

#[test]
fn an_earlier_run_is_overwritten_only_on_request_and_nothing_else_ever_is() {
    let home = tempdir().unwrap();
    let path = home.path().join("run");
    let run = RunDir::create(&path, Overwrite::Never).unwrap();
    run.write_text("run.toml", "old").unwrap();
    fs::create_dir_all(path.join("checkpoints/step-1")).unwrap();
    drop(run);

    let error = RunDir::create(&path, Overwrite::Never).unwrap_err();
    assert!(matches!(error, StoreError::AlreadyExists { .. }), "{error}");
    assert_eq!(names(&path), ["checkpoints", "run.lock", "run.toml"]);
    RunDir::create(&path, Overwrite::Replace).unwrap();
    assert_eq!(names(&path), ["run.lock"]);

    let foreign = home.path().join("foreign");
    fs::create_dir(&foreign).unwrap();
    fs::write(foreign.join("thesis"), "").unwrap();
    for overwrite in [Overwrite::Never, Overwrite::Replace] {
        let error = RunDir::create(&foreign, overwrite).unwrap_err();
        assert!(matches!(error, StoreError::NotARun { .. }), "{error}");
    }
    assert!(matches!(RunDir::open(&foreign), Err(StoreError::NotARun { .. })));
    assert_eq!(names(&foreign), ["thesis"]);
}

#[test]
fn one_value_tensors_survive_a_checkpoint() {
    let run = tempdir().unwrap();
    let mut writer = CheckpointWriter::create(run.path(), 0).unwrap();
    let empty = TensorData::from_f32(&[], &[0, 3]).unwrap();
    let tensors = [("scalar".to_owned(), f32s(&[1.5])), ("empty".to_owned(), empty)].into();
    writer.tensors("odd", &tensors).unwrap();
    let path = writer.commit(&json!(null)).unwrap();
    let read = CheckpointDir::read(&path).unwrap();
    for (name, tensor) in &tensors {
        let found = read.group("odd").unwrap().tensor(name).unwrap();
        assert_eq!(&found.to_data(), tensor);
    }
}

#[test]
fn a_line_is_appended_to_somebodys_own_file_whole_or_not_at_all() {
    let home = tempdir().unwrap();
    let path = home.path().join("own.jsonl");
    append_line(&path, &json!({ "a": 1 })).unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), "{\"a\":1}\n");
    fs::write(&path, "no end").unwrap();
    append_line(&path, &json!({ "b": 2 })).unwrap();
    let whole = "no end\n{\"b\":2}\n";
    assert_eq!(fs::read_to_string(&path).unwrap(), whole, "what was there is left alone");
    for operation in [Operation::Write, Operation::Sync] {
        let fail = move |at, _: &Path| (at == operation).then_some(Fault { kind: ErrorKind::StorageFull, short: true });
        let error = with_faults(fail, || append_line(&path, &json!({ "c": 3 }))).unwrap_err();
        assert!(error.to_string().contains("own.jsonl"), "{error}");
        assert_eq!(fs::read_to_string(&path).unwrap(), whole, "{operation:?}");
    }
}
