//! Fetching models: which files, from where, and into what layout.
#![allow(clippy::unwrap_used, reason = "tests")]

mod common;

use std::fs;
use std::path::{Path, PathBuf};

use common::{COMMIT, OTHER, Reply, Repo, Server, Watch, fetch, id, names};
use tempfile::tempdir;

const WANTED: [&str; 5] =
    ["config.json", "generation_config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"];

#[test]
fn a_model_arrives_with_what_training_needs_and_nothing_else() {
    let repo = Repo::model("org/name");
    let server = Server::start(move |request| repo.answer(request));
    let cache = tempdir().unwrap();
    let snapshot = fetch(&server, cache.path()).unwrap();
    assert_eq!(names(&snapshot), WANTED);
    assert_eq!(snapshot.commit.as_str(), COMMIT);
    assert_eq!(snapshot.path, cache.path().join("models--org--name/snapshots").join(COMMIT));
    let repo = Repo::model("org/name");
    for name in WANTED {
        assert_eq!(fs::read(snapshot.path.join(name)).unwrap(), repo.content(name), "{name}");
    }
    assert_eq!(server.requests().len(), 2 + WANTED.len());
}

#[test]
#[cfg(unix)]
fn the_cache_has_the_layout_of_the_python_library() {
    let repo = Repo::model("org/name");
    let served = repo.clone();
    let server = Server::start(move |request| served.answer(request));
    let cache = tempdir().unwrap();
    let snapshot = fetch(&server, cache.path()).unwrap();
    let root = cache.path().join("models--org--name");
    for name in WANTED {
        let target = fs::read_link(snapshot.path.join(name)).unwrap();
        assert_eq!(target, Path::new("../../blobs").join(repo.etag(name)), "{name}");
    }
    assert_eq!(fs::read_to_string(root.join("refs/main")).unwrap(), COMMIT);
    let tree: serde_json::Value =
        serde_json::from_slice(&fs::read(root.join("trees").join(format!("{COMMIT}.json"))).unwrap()).unwrap();
    assert_eq!(tree["format_version"], 1);
    let large = &tree["files"]["model.safetensors"];
    assert_eq!(large["lfs_sha256"], repo.etag("model.safetensors"));
    assert_eq!(large["lfs_size"], 300_000);
    assert!(large["xet_hash"].is_string() && large["blob_id"].is_string());
    assert_eq!(tree["files"]["config.json"]["blob_id"], repo.etag("config.json"));
    assert!(tree["files"]["config.json"].get("lfs_sha256").is_none());
    assert!(tree["files"].get("onnx/model.onnx").is_some(), "the list is of the whole repository");
}

#[test]
fn hashes_are_those_of_git() {
    // `printf 'hello\n' | git hash-object --stdin`
    let mut repo = Repo::model("org/name");
    repo.files.push(("vocab.txt".to_owned(), b"hello\n".to_vec()));
    assert_eq!(repo.etag("vocab.txt"), "ce013625030ba8dba906f756967f9e9ca394464a");
    let server = Server::start(move |request| repo.answer(request));
    let cache = tempdir().unwrap();
    fetch(&server, cache.path()).unwrap();
    let blob = cache.path().join("models--org--name/blobs/ce013625030ba8dba906f756967f9e9ca394464a");
    assert_eq!(fs::read(blob).unwrap(), b"hello\n");
}

#[test]
fn a_branch_costs_one_request_when_all_is_there_and_a_commit_none() {
    let repo = Repo::model("org/name");
    let server = Server::start(move |request| repo.answer(request));
    let cache = tempdir().unwrap();
    let first = fetch(&server, cache.path()).unwrap();
    let before = server.requests().len();
    let mut watch = Watch::default();
    let again = server.hub(cache.path()).model(&id("org/name"), &mut watch).unwrap();
    assert_eq!(again, first);
    assert_eq!(server.requests().len(), before + 1);
    assert!(watch.seen.is_empty(), "nothing arrived");
    let pinned = id("org/name").at(&first.commit);
    assert_eq!(pinned.to_string(), format!("org/name@{COMMIT}"));
    assert_eq!(server.hub(cache.path()).model(&pinned, &mut ()).unwrap(), first);
    assert_eq!(server.requests().len(), before + 1);
}

#[test]
fn a_commit_that_another_program_has_cached_is_completed_or_else_does() {
    let repo = Repo::sharded("org/name");
    let failing = Server::start(|_| Reply::error(401, "RepoNotFound"));
    let cache = tempdir().unwrap();
    let snapshot = cache.path().join("models--org--name/snapshots").join(COMMIT);
    fs::create_dir_all(&snapshot).unwrap();
    let is_there = |name: &str| !name.contains('/') && name != "tokenizer_config.json";
    for (name, content) in repo.files.iter().filter(|(name, _)| is_there(name)) {
        fs::write(snapshot.join(name), content).unwrap();
    }
    let pinned = id(&format!("org/name@{COMMIT}"));
    // What was taken away since, or cannot be reached, is there all the same.
    let found = failing.hub(cache.path()).model(&pinned, &mut ()).unwrap();
    assert!(names(&found).contains(&"model-00002-of-00002.safetensors".to_owned()));
    assert_eq!(failing.requests().len(), 1);
    let server = Server::start(move |request| repo.answer(request));
    let found = server.hub(cache.path()).model(&pinned, &mut ()).unwrap();
    assert!(names(&found).contains(&"tokenizer_config.json".to_owned()));
    assert_eq!(server.requests().len(), 2, "the listing, and what was missing");
    server.hub(cache.path()).model(&pinned, &mut ()).unwrap();
    assert_eq!(server.requests().len(), 2);
}

#[test]
fn a_commit_that_is_cached_in_part_and_gone_is_an_error() {
    let server = Server::start(|_| Reply::error(401, "RepoNotFound"));
    let cache = tempdir().unwrap();
    let snapshot = cache.path().join("models--org--name/snapshots").join(COMMIT);
    fs::create_dir_all(&snapshot).unwrap();
    for (name, content) in Repo::model("org/name").without("model.safetensors").files {
        fs::write(snapshot.join(name.replace('/', "-")), content).unwrap();
    }
    let error = server.hub(cache.path()).model(&id(&format!("org/name@{COMMIT}")), &mut ()).unwrap_err();
    assert!(matches!(error, graftwork_hub::HubError::NoRepo { .. }), "{error}");
}

#[test]
fn a_branch_that_moves_on_brings_only_what_has_changed() {
    let cache = tempdir().unwrap();
    let old = Repo::model("org/name");
    let server = Server::start(move |request| old.answer(request));
    fetch(&server, cache.path()).unwrap();
    let mut new = Repo::model("org/name").without("config.json");
    new.files.push(("config.json".to_owned(), b"{\"new\": true}".to_vec()));
    new.commit = OTHER;
    let server = Server::start(move |request| new.answer(request));
    let snapshot = fetch(&server, cache.path()).unwrap();
    assert_eq!(snapshot.commit.as_str(), OTHER);
    assert_eq!(server.count("/config.json"), 1);
    assert_eq!(server.count(".safetensors"), 0);
    assert_eq!(fs::read(snapshot.path.join("config.json")).unwrap(), b"{\"new\": true}");
    let old: PathBuf = cache.path().join("models--org--name/snapshots").join(COMMIT).join("config.json");
    assert_eq!(fs::read(old).unwrap(), b"{}", "the old commit stays as it was");
    assert_eq!(fs::read_to_string(cache.path().join("models--org--name/refs/main")).unwrap(), OTHER);
}

#[test]
fn tags_and_pull_requests_are_revisions() {
    let repo = Repo::model("org/name");
    let server = Server::start(move |request| repo.answer(request));
    let cache = tempdir().unwrap();
    for revision in ["v1.0", "refs/pr/1"] {
        let snapshot = server.hub(cache.path()).model(&id(&format!("org/name@{revision}")), &mut ()).unwrap();
        assert_eq!(snapshot.commit.as_str(), COMMIT);
        let reference = cache.path().join("models--org--name/refs").join(revision);
        assert_eq!(fs::read_to_string(reference).unwrap(), COMMIT);
    }
}

#[test]
fn shards_are_those_of_the_index_and_progress_counts_them() {
    let mut repo = Repo::sharded("org/name");
    repo.files.push(("model-00003-of-00003.safetensors".to_owned(), b"of another index".to_vec()));
    let due: usize = ["config.json", "generation_config.json", "tokenizer.json", "tokenizer_config.json"]
        .into_iter()
        .chain(["model.safetensors.index.json", "model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"])
        .map(|name| repo.content(name).len())
        .sum();
    let server = Server::start(move |request| repo.answer(request));
    let cache = tempdir().unwrap();
    let mut watch = Watch::default();
    let snapshot = server.hub(cache.path()).model(&id("org/name"), &mut watch).unwrap();
    assert_eq!(names(&snapshot).iter().filter(|name| name.ends_with(".safetensors")).count(), 2);
    assert_eq!(watch.seen.last().map(|(_, done, total)| (*done, *total)), Some((due as u64, due as u64)));
    // The index comes first and alone: it says what the rest is.
    assert!(watch.seen[1..].is_sorted_by_key(|(_, done, _)| *done));
}

#[test]
fn a_listing_may_have_pages() {
    let mut repo = Repo::model("org/name");
    repo.page = 2;
    let server = Server::start(move |request| repo.answer(request));
    let cache = tempdir().unwrap();
    assert_eq!(names(&fetch(&server, cache.path()).unwrap()), WANTED);
    assert_eq!(server.requests().iter().filter(|request| request.path.contains("/tree/")).count(), 5);
}

/// The error of a model whose files are `names`, and that nothing but the listing was asked for.
fn refused(names: &[&str]) -> String {
    let mut repo = Repo::model("org/name");
    repo.files.retain(|(name, _)| names.contains(&name.as_str()));
    for name in names {
        if !repo.files.iter().any(|(file, _)| file == name) {
            repo.files.push(((*name).to_owned(), b"{}".to_vec()));
        }
    }
    let server = Server::start(move |request| repo.answer(request));
    let cache = tempdir().unwrap();
    let error = fetch(&server, cache.path()).unwrap_err().to_string();
    assert_eq!(server.count(".bin") + server.count("config.json"), 0, "{error}");
    error
}

#[test]
fn what_is_no_model_is_refused_before_a_file_is_fetched() {
    let error = refused(&["config.json", "tokenizer.json", "pytorch_model.bin"]);
    for part in ["org/name has no model.safetensors", "pytorch_model.bin", "save_pretrained", "can run code"] {
        assert!(error.contains(part), "{error}");
    }
    let error = refused(&["config.json", "tokenizer.json", "m-Q4_K.gguf"]);
    assert!(error.contains("gguf_file=\"m-Q4_K.gguf\""), "{error}");
    let error = refused(&["config.json", "model.safetensors", "tokenizer.model"]);
    assert!(error.contains("no tokenizer.json") && error.contains("AutoTokenizer"), "{error}");
    let error = refused(&["adapter_config.json", "adapter_model.safetensors"]);
    assert!(error.contains("no config.json") && error.contains("adapter"), "{error}");
    let error = refused(&["README.md"]);
    assert!(error.contains("it has: README.md"), "{error}");
}

#[test]
fn an_index_that_names_what_is_not_there_is_refused() {
    let repo = Repo::sharded("org/name").without("model-00002-of-00002.safetensors");
    let server = Server::start(move |request| repo.answer(request));
    let cache = tempdir().unwrap();
    let error = fetch(&server, cache.path()).unwrap_err().to_string();
    assert!(error.contains("names \"model-00002-of-00002.safetensors\", which is not in the repository"), "{error}");
    assert_eq!(server.count("00001-of-00002.safetensors"), 0);
}

#[test]
fn a_damaged_copy_in_the_cache_is_replaced() {
    let repo = Repo::model("org/name");
    let server = Server::start(move |request| repo.answer(request));
    let cache = tempdir().unwrap();
    let snapshot = fetch(&server, cache.path()).unwrap();
    let repo = Repo::model("org/name");
    let blob = cache.path().join("models--org--name/blobs").join(repo.etag("model.safetensors"));
    fs::write(&blob, b"cut short").unwrap();
    // A link to nothing, as when someone has removed a blob.
    fs::remove_file(cache.path().join("models--org--name/blobs").join(repo.etag("config.json"))).unwrap();
    assert_eq!(fetch(&server, cache.path()).unwrap(), snapshot);
    for name in WANTED {
        assert_eq!(fs::read(snapshot.path.join(name)).unwrap(), repo.content(name), "{name}");
    }
}
