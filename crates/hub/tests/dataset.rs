//! Fetching data sets: which files are meant.
#![allow(clippy::unwrap_used, reason = "tests")]

mod common;

use std::fs;

use common::{COMMIT, Repo, Server, names};
use graftwork_hub::{HubError, Snapshot};
use tempfile::tempdir;

/// The names that `text` chooses of `files`.
fn choose(files: &[&str], text: &str) -> Result<Vec<String>, String> {
    let (_cache, _server, result) = fetch(files, text);
    result.map(|snapshot| names(&snapshot)).map_err(|error| error.to_string())
}

fn fetch(files: &[&str], text: &str) -> (tempfile::TempDir, Server, Result<Snapshot, HubError>) {
    let files: Vec<(&str, &[u8])> = files.iter().map(|&name| (name, name.as_bytes())).collect();
    let repo = Repo::dataset("org/name", &files);
    let server = Server::start(move |request| repo.answer(request));
    let cache = tempdir().unwrap();
    let hub = server.hub(cache.path());
    let result = hub.dataset(&text.parse().unwrap(), &["jsonl", "json", "txt"], &mut ());
    (cache, server, result)
}

#[test]
fn the_one_readable_file_or_the_training_split_is_meant() {
    let found = choose(&["README.md", "notes.jsonl", "image.png"], "org/name").unwrap();
    assert_eq!(found, ["notes.jsonl"]);
    let files = [
        "README.md",
        "data/test.jsonl",
        "data/train-0.jsonl",
        "data/train-1.jsonl",
        "data/train.csv",
        "data/trainer.txt",
    ];
    assert_eq!(choose(&files, "org/name").unwrap(), ["data/train-0.jsonl", "data/train-1.jsonl"]);
    assert_eq!(choose(&["test/0.jsonl", "train/0.jsonl"], "org/name").unwrap(), ["train/0.jsonl"]);
}

#[test]
fn a_pattern_says_which() {
    let files = ["a/0.jsonl", "a/1.jsonl", "a/b/2.jsonl", "c.csv", "x[1].txt", "ü ?.txt"];
    for (pattern, expected) in [
        ("a/*.jsonl", vec!["a/0.jsonl", "a/1.jsonl"]),
        ("a/**/*.jsonl", vec!["a/0.jsonl", "a/1.jsonl", "a/b/2.jsonl"]),
        ("a/[1-9].jsonl", vec!["a/1.jsonl"]),
        ("a/?.jsonl", vec!["a/0.jsonl", "a/1.jsonl"]),
        ("c.csv", vec!["c.csv"]),
        ("x[1].txt", vec!["x[1].txt"]),
        ("ü ?.txt", vec!["ü ?.txt"]),
    ] {
        assert_eq!(choose(&files, &format!("org/name:{pattern}")).unwrap(), expected, "{pattern}");
        assert_eq!(choose(&files, &format!("hf:org/name@{COMMIT}:{pattern}")).unwrap(), expected, "{pattern}");
    }
}

#[test]
fn a_choice_that_is_not_clear_is_the_callers() {
    let error = choose(&["main/train.jsonl", "socratic/train.jsonl"], "org/name").unwrap_err();
    assert!(error.contains("in several folders") && error.contains("`hf:org/name:main/train.jsonl`"), "{error}");
    let error = choose(&["a.jsonl", "b.jsonl"], "org/name@v1.0").unwrap_err();
    assert!(error.contains("none is named as the training split"), "{error}");
    assert!(error.contains("a.jsonl, b.jsonl") && error.contains("`hf:org/name@v1.0:a.jsonl`"), "{error}");
    let error = choose(&["a.parquet", "README.md"], "org/name").unwrap_err();
    assert!(error.contains("that can be read (jsonl, json, txt); it has: README.md, a.parquet."), "{error}");
    let error = choose(&["a.jsonl"], "org/name:b*").unwrap_err();
    assert!(error.contains("no file that matches `b*`; it has: a.jsonl"), "{error}");
}

#[test]
fn data_lies_in_the_cache_as_python_has_it() {
    let (cache, server, result) = fetch(&["d/train.jsonl"], "org/name");
    let snapshot = result.unwrap();
    assert_eq!(snapshot.path, cache.path().join("datasets--org--name/snapshots").join(COMMIT));
    assert_eq!(snapshot.files, [snapshot.path.join("d/train.jsonl")]);
    assert_eq!(fs::read_to_string(&snapshot.files[0]).unwrap(), "d/train.jsonl");
    #[cfg(unix)]
    assert!(fs::read_link(&snapshot.files[0]).unwrap().starts_with("../../../blobs"));
    assert!(server.requests().iter().any(|request| request.path.starts_with("/api/datasets/org/name/revision/main")));
    let file = format!("/datasets/org/name/resolve/{COMMIT}/d/train.jsonl");
    assert_eq!(server.requests().last().unwrap().path, file);
}

#[test]
fn pinned_data_needs_no_request_the_second_time() {
    let (cache, server, result) = fetch(&["train.jsonl"], "org/name");
    let before = server.requests().len();
    let pinned = "org/name".parse::<graftwork_hub::DataId>().unwrap().at(&result.as_ref().unwrap().commit);
    let again = server.hub(cache.path()).dataset(&pinned, &["jsonl"], &mut ()).unwrap();
    assert_eq!(again, result.unwrap());
    assert_eq!(server.requests().len(), before);
}
