//! Folders and files that are whole or absent.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod common;

use std::cell::RefCell;
use std::fs;
use std::path::Path;
use std::rc::Rc;

use common::names;
use graftwork_store::{
    AppendLog, AtomicDir, AtomicFile, Dtype, MANIFEST, Operation, Overwrite, RunDir, SafetensorsWriter, StoreError,
    TensorSpec, verify_manifest, with_faults, write_atomic,
};
use serde_json::json;
use tempfile::tempdir;

const MARKER: &str = "kind.json";

fn folder(target: &std::path::Path, overwrite: Overwrite, content: &str) -> AtomicDir {
    let dir = AtomicDir::create(target, overwrite, MARKER).unwrap();
    dir.write(MARKER, content.as_bytes()).unwrap();
    dir
}

#[test]
fn nothing_is_seen_before_the_commit_and_everything_after() {
    let home = tempdir().unwrap();
    let target = home.path().join("missing/parent/out");
    let dir = folder(&target, Overwrite::Never, "1");
    dir.write("deep/er/file", b"x").unwrap();
    assert!(!target.exists());
    dir.commit().unwrap();
    assert_eq!(names(&target), [MANIFEST, "deep", MARKER]);
    assert_eq!(fs::read(target.join("deep/er/file")).unwrap(), b"x");
    assert_eq!(names(target.parent().unwrap()), ["out"]);
}

#[test]
fn a_folder_that_is_dropped_leaves_nothing() {
    let home = tempdir().unwrap();
    let dir = folder(&home.path().join("out"), Overwrite::Never, "1");
    assert_eq!(names(home.path()).len(), 2);
    drop(dir);
    assert!(names(home.path()).is_empty());
}

#[test]
fn an_existing_folder_is_replaced_only_on_request() {
    let home = tempdir().unwrap();
    let target = home.path().join("out");
    folder(&target, Overwrite::Never, "old").commit().unwrap();

    let refused = AtomicDir::create(&target, Overwrite::Never, MARKER).unwrap_err();
    assert!(matches!(refused, StoreError::AlreadyExists { .. }), "{refused}");

    folder(&target, Overwrite::Replace, "new").commit().unwrap();
    assert_eq!(fs::read_to_string(target.join(MARKER)).unwrap(), "new");
    assert_eq!(names(home.path()), ["out"]);
}

#[test]
fn a_folder_of_another_kind_is_never_replaced() {
    let home = tempdir().unwrap();
    let target = home.path().join("thesis");
    fs::create_dir(&target).unwrap();
    fs::write(target.join("chapter-1"), "years of work").unwrap();
    let refused = AtomicDir::create(&target, Overwrite::Replace, MARKER).unwrap_err();
    assert!(refused.to_string().contains("holds no kind.json"), "{refused}");
    assert_eq!(names(&target), ["chapter-1"]);
}

#[test]
fn what_appears_while_we_write_is_kept() {
    let home = tempdir().unwrap();
    let target = home.path().join("out");
    let (first, second) = (folder(&target, Overwrite::Never, "1"), folder(&target, Overwrite::Never, "2"));
    second.commit().unwrap();
    let refused = first.commit().unwrap_err();
    assert!(matches!(refused, StoreError::AlreadyExists { .. }), "{refused}");
    assert_eq!(fs::read_to_string(target.join(MARKER)).unwrap(), "2");
    assert_eq!(names(home.path()), ["out"]);
}

#[test]
fn what_appears_at_any_moment_of_a_commit_is_kept() {
    for moment in 1.. {
        let home = tempdir().unwrap();
        let target = home.path().join("out");
        let ours = folder(&target, Overwrite::Never, "ours");
        let (mut seen, theirs) = (0, target.clone());
        let appear = move |_, path: &Path| {
            seen += usize::from(path == theirs);
            if path == theirs && seen == moment {
                fs::create_dir(&theirs).unwrap();
                fs::write(theirs.join(MARKER), "theirs").unwrap();
            }
            None
        };
        match with_faults(appear, || ours.commit()) {
            // Nothing is done to the target so often.
            Ok(()) => return assert!(moment > 2, "{moment}"),
            Err(error) => assert!(matches!(error, StoreError::AlreadyExists { .. }), "{error}"),
        }
        assert_eq!(fs::read_to_string(target.join(MARKER)).unwrap(), "theirs", "{moment}");
        assert_eq!(names(home.path()), ["out"]);
    }
}

#[test]
fn writers_that_begin_at_once_are_not_in_each_others_way() {
    let home = tempdir().unwrap();
    let target = home.path().join("out");
    let begin = || (0..300).for_each(|_| drop(AtomicDir::create(&target, Overwrite::Never, MARKER).unwrap()));
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(begin);
        }
    });
    assert!(names(home.path()).is_empty());
}

#[test]
fn a_folder_that_is_created_lasts_in_the_one_above() {
    let home = tempdir().unwrap();
    let (noted, root) = (Rc::new(RefCell::new(Vec::new())), home.path().to_owned());
    let all = Rc::clone(&noted);
    let note = move |operation, path: &Path| {
        if matches!(operation, Operation::Create | Operation::Sync) {
            all.borrow_mut().push((operation, path.strip_prefix(&root).unwrap().to_owned()));
        }
        None
    };
    let path = home.path().join("a/b/c");
    let _run = with_faults(note, || RunDir::create(&path, Overwrite::Never)).unwrap();
    let expected = [
        (Operation::Create, "a"),
        (Operation::Sync, ""),
        (Operation::Create, "a/b"),
        (Operation::Sync, "a"),
        (Operation::Create, "a/b/c"),
        (Operation::Sync, "a/b"),
    ];
    assert_eq!(noted.borrow()[..6], expected.map(|(operation, path)| (operation, path.into())));
}

#[test]
fn an_empty_folder_gives_way() {
    let home = tempdir().unwrap();
    folder(home.path(), Overwrite::Never, "1").commit().unwrap();
    assert_eq!(names(home.path()), [MANIFEST, MARKER]);
}

#[test]
fn what_a_killed_process_left_is_cleaned_and_what_a_living_one_writes_is_not() {
    let home = tempdir().unwrap();
    let target = home.path().join("out");
    fs::create_dir(home.path().join(".out.tmp-dead00")).unwrap();
    fs::write(home.path().join(".out.tmp-dead00/half"), "x").unwrap();
    fs::write(home.path().join(".out.tmp-dead00.lock"), "").unwrap();

    let living = folder(&target, Overwrite::Never, "1");
    assert_eq!(names(home.path()).len(), 2, "only the living one's");
    drop(folder(&target, Overwrite::Never, "2"));
    living.commit().unwrap();
    assert_eq!(names(home.path()), ["out"]);
}

#[test]
fn a_replacement_that_was_cut_short_is_undone() {
    let home = tempdir().unwrap();
    let target = home.path().join("out");
    folder(&target, Overwrite::Never, "old").commit().unwrap();
    fs::rename(&target, home.path().join(".out.old")).unwrap();

    let refused = AtomicDir::create(&target, Overwrite::Never, MARKER).unwrap_err();
    assert!(matches!(refused, StoreError::AlreadyExists { .. }), "{refused}");
    assert_eq!(fs::read_to_string(target.join(MARKER)).unwrap(), "old");
}

#[test]
fn impossible_places_are_refused() {
    let home = tempdir().unwrap();
    fs::write(home.path().join("file"), "").unwrap();
    let under_a_file = home.path().join("file/out");
    let refused = AtomicDir::create(&under_a_file, Overwrite::Never, MARKER).unwrap_err();
    assert!(refused.to_string().starts_with("cannot create"), "{refused}");

    let refused = AtomicDir::create("..".as_ref(), Overwrite::Never, MARKER).unwrap_err();
    assert!(matches!(refused, StoreError::BadTarget { .. }), "{refused}");

    let dir = folder(&home.path().join("out"), Overwrite::Never, "1");
    for name in ["../escaped", "/escaped", ""] {
        let refused = dir.write(name, b"").unwrap_err();
        assert!(matches!(refused, StoreError::Escapes { .. }), "{refused}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_named() {
    let home = tempdir().unwrap();
    let target = home.path().join("out");
    let dir = folder(&target, Overwrite::Never, "1");
    std::os::unix::fs::symlink("/dev/full", dir.path().join("weights")).unwrap();
    let error = dir.write("weights", &[0; 100]).unwrap_err();
    let StoreError::DiskFull { path, needed } = error else {
        panic!("{error}");
    };
    assert_eq!((path, needed), (target.join("weights"), 100));
    std::os::unix::fs::symlink("/dev/full", dir.path().join("stream")).unwrap();
    let declared = TensorSpec { name: "a".to_owned(), dtype: Dtype::F32, shape: vec![1000] };
    let error = SafetensorsWriter::create(&dir, "stream", &[declared]).unwrap_err();
    assert!(matches!(error, StoreError::DiskFull { needed: 4000.., .. }), "{error}");
    let mut log = AppendLog::open("/dev/full".as_ref()).unwrap();
    let error = log.append(&json!({ "step": 1 })).unwrap_err();
    assert!(matches!(error, StoreError::DiskFull { needed: 11, .. }), "{error}");

    drop(dir);
    assert!(names(home.path()).is_empty());
}

#[test]
fn the_manifest_sees_a_flipped_bit_a_lost_byte_and_a_lost_file() {
    let home = tempdir().unwrap();
    let target = home.path().join("out");
    let dir = folder(&target, Overwrite::Never, "content");
    dir.write("deep/file", b"0123").unwrap();
    dir.commit().unwrap();
    assert_eq!(names(&target), [MANIFEST, "deep", MARKER]);
    verify_manifest(&target).unwrap();

    let file = target.join("deep/file");
    let expect = |problem: &str| {
        let error = verify_manifest(&target).unwrap_err().to_string();
        assert!(error.contains("deep") && error.contains(problem), "{error}");
    };
    fs::write(&file, b"0133").unwrap();
    expect("BLAKE3");
    fs::write(&file, b"012").unwrap();
    expect("4 bytes were written, 3 are there");
    fs::remove_file(&file).unwrap();
    expect("missing");
}

#[test]
fn a_manifest_that_is_missing_malformed_or_points_outside_is_refused() {
    let home = tempdir().unwrap();
    let error = verify_manifest(home.path()).unwrap_err();
    assert!(matches!(error, StoreError::NoManifest { .. }), "{error}");
    fs::write(home.path().join(MANIFEST), "{").unwrap();
    let error = verify_manifest(home.path()).unwrap_err();
    assert!(error.to_string().contains("line 1"), "{error}");
    let outside = json!({ "../secret": { "bytes": 1, "blake3": "" } });
    fs::write(home.path().join(MANIFEST), outside.to_string()).unwrap();
    let error = verify_manifest(home.path()).unwrap_err();
    assert!(matches!(error, StoreError::Escapes { .. }), "{error}");
}

#[test]
fn a_file_is_replaced_whole() {
    let home = tempdir().unwrap();
    let path = home.path().join("plan.json");
    write_atomic(&path, b"first, and longer").unwrap();
    write_atomic(&path, b"second").unwrap();
    assert_eq!(fs::read(&path).unwrap(), b"second");
    assert_eq!(names(home.path()), ["plan.json"]);

    let error = write_atomic(&home.path().join("no/such/folder"), b"").unwrap_err();
    assert!(error.to_string().starts_with("cannot write"), "{error}");
}

#[test]
fn a_large_file_is_written_in_parts_and_seen_only_whole() {
    let home = tempdir().unwrap();
    let path = home.path().join("file");
    let mut file = AtomicFile::create(&path, Overwrite::Never, 10).unwrap();
    file.write(b"one, ").unwrap();
    file.write(b"two").unwrap();
    assert!(!path.exists());
    file.commit().unwrap();
    assert_eq!(fs::read(&path).unwrap(), b"one, two");

    let error = AtomicFile::create(&path, Overwrite::Never, 10).unwrap_err();
    assert!(matches!(error, StoreError::AlreadyExists { .. }), "{error}");
    let mut dropped = AtomicFile::create(&path, Overwrite::Replace, 10).unwrap();
    dropped.write(b"three").unwrap();
    drop(dropped);
    assert_eq!(fs::read(&path).unwrap(), b"one, two");
    assert_eq!(names(home.path()), ["file"]);
}

#[test]
fn a_file_that_appears_meanwhile_is_not_replaced_unasked() {
    let home = tempdir().unwrap();
    let path = home.path().join("file");
    let file = AtomicFile::create(&path, Overwrite::Never, 0).unwrap();
    fs::write(&path, b"theirs").unwrap();
    let error = file.commit().unwrap_err();
    assert!(matches!(error, StoreError::AlreadyExists { .. }), "{error}");
    assert_eq!(fs::read(&path).unwrap(), b"theirs");
    assert_eq!(names(home.path()), ["file"]);
}

#[test]
fn a_log_keeps_whole_lines_and_drops_a_torn_one() {
    let home = tempdir().unwrap();
    let path = home.path().join("metrics.jsonl");
    let step = json!({ "step": 1, "note": "x".repeat(3000) });
    let mut log = AppendLog::open(&path).unwrap();
    for _ in 0..3 {
        log.append(&step).unwrap();
    }
    let whole = fs::read_to_string(&path).unwrap();
    assert_eq!(whole, format!("{step}\n").repeat(3), "written through: the log is still open");
    drop(log);

    // Longer than one block of the search for the last line's end.
    fs::write(&path, format!("{whole}{{\"step\": 2, \"note\": \"{}", "x".repeat(9000))).unwrap();
    AppendLog::open(&path).unwrap().append(&json!({ "step": 2 })).unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), format!("{whole}{{\"step\":2}}\n"));

    fs::write(&path, "torn from the start").unwrap();
    AppendLog::open(&path).unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), "");
}

#[cfg(unix)]
#[test]
fn permissions_are_those_of_ordinary_files() {
    use std::os::unix::fs::PermissionsExt;
    let home = tempdir().unwrap();
    let mode = |name: &str| fs::metadata(home.path().join(name)).unwrap().permissions().mode();
    fs::write(home.path().join("plain"), "").unwrap();
    fs::create_dir(home.path().join("plain.d")).unwrap();
    write_atomic(&home.path().join("atomic"), b"").unwrap();
    folder(&home.path().join("atomic.d"), Overwrite::Never, "1").commit().unwrap();
    assert_eq!(mode("atomic"), mode("plain"));
    assert_eq!(mode("atomic.d"), mode("plain.d"));
}
