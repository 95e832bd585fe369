//! Without the Hub: what the cache has, and what is said of what it has not.
#![allow(clippy::unwrap_used, reason = "tests")]

mod common;

use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::time::{Duration, Instant};

use common::{COMMIT, Impatient, Reply, Repo, Server, fetch, id, names};
use graftwork_hub::{Hub, HubError, Settings, Snapshot};
use tempfile::{TempDir, tempdir};

/// A cache with `org/name` in it.
fn filled() -> (TempDir, Snapshot) {
    let repo = Repo::sharded("org/name");
    let server = Server::start(move |request| repo.answer(request));
    let cache = tempdir().unwrap();
    let snapshot = fetch(&server, cache.path()).unwrap();
    (cache, snapshot)
}

fn offline(cache: &Path, text: &str) -> Result<Snapshot, HubError> {
    let mut settings = Settings::new("http://127.0.0.1:9", cache);
    settings.offline = true;
    Hub::new(settings).unwrap().model(&id(text), &mut ())
}

#[test]
fn what_was_downloaded_is_found_without_a_network() {
    let (cache, snapshot) = filled();
    assert_eq!(offline(cache.path(), "org/name").unwrap(), snapshot);
    assert_eq!(offline(cache.path(), &format!("org/name@{COMMIT}")).unwrap(), snapshot);
}

#[test]
fn what_is_missing_is_named_with_a_way_to_get_it() {
    let cache = tempdir().unwrap();
    let error = offline(cache.path(), "org/name@v1.0").unwrap_err().to_string();
    for part in
        ["org/name@v1.0: it is not in the cache", "HF_HUB_OFFLINE is on", "hf download org/name --revision v1.0"]
    {
        assert!(error.contains(part), "{error}");
    }
    let error = offline(cache.path(), &format!("org/name@{COMMIT}")).unwrap_err().to_string();
    assert!(error.contains(&format!("commit {COMMIT} is not in the cache")), "{error}");
    assert_eq!(fs::read_dir(cache.path()).unwrap().count(), 0, "looking makes nothing");

    let (cache, snapshot) = filled();
    for name in ["tokenizer.json", "model-00002-of-00002.safetensors"] {
        fs::remove_file(snapshot.path.join(name)).unwrap();
    }
    let error = offline(cache.path(), "org/name").unwrap_err().to_string();
    let missing = "model-00002-of-00002.safetensors, tokenizer.json are not in the cache";
    assert!(error.contains(missing), "{error}");
}

#[test]
fn a_cache_without_a_list_is_taken_as_it_is() {
    let (cache, snapshot) = filled();
    fs::remove_dir_all(cache.path().join("models--org--name/trees")).unwrap();
    assert_eq!(offline(cache.path(), "org/name").unwrap(), snapshot);
    fs::remove_file(snapshot.path.join("model-00001-of-00002.safetensors")).unwrap();
    let error = offline(cache.path(), "org/name").unwrap_err().to_string();
    assert!(error.contains("names \"model-00001-of-00002.safetensors\", which is not"), "{error}");
}

#[test]
fn a_hub_that_does_not_answer_is_done_without_where_the_cache_suffices() {
    let (cache, snapshot) = filled();
    // Bound and let go: nobody listens there.
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let mut settings = Settings::new(format!("http://127.0.0.1:{port}"), cache.path());
    // There is one attempt: nobody waits for what is there.
    settings.backoff = Duration::from_secs(60);
    let hub = Hub::new(settings.clone()).unwrap();
    let mut soon = Impatient(Instant::now() + Duration::from_secs(5));
    assert_eq!(hub.model(&id("org/name"), &mut soon).unwrap(), snapshot);
    fs::remove_file(snapshot.path.join("config.json")).unwrap();
    let error = hub.model(&id("org/name"), &mut soon).unwrap_err().to_string();
    assert!(error.contains("config.json is not in the cache") && error.contains("cannot be reached"), "{error}");

    settings.backoff = Duration::from_millis(1);
    let error = Hub::new(settings).unwrap().model(&id("org/other"), &mut ()).unwrap_err();
    assert!(matches!(error, HubError::Unreachable { .. }), "{error}");
    let error = error.to_string();
    assert!(error.contains("Check the network and HTTPS_PROXY") && error.contains("HF_HUB_OFFLINE=1"), "{error}");
}

#[test]
fn a_hub_that_is_down_is_done_without_too() {
    let (cache, snapshot) = filled();
    let server = Server::start(|_| Reply::new(503, ""));
    assert_eq!(fetch(&server, cache.path()).unwrap(), snapshot);
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn a_hub_that_refuses_is_not_done_without() {
    let (cache, _) = filled();
    let server = Server::start(|_| Reply::error(403, "GatedRepo"));
    let error = fetch(&server, cache.path()).unwrap_err();
    assert!(matches!(error, HubError::Gated { .. }), "{error}");
}

#[test]
#[cfg(unix)]
fn a_cache_that_may_not_be_written_can_be_read() {
    use std::os::unix::fs::PermissionsExt;
    let (cache, snapshot) = filled();
    let folders = ["", "models--org--name", "models--org--name/refs", "models--org--name/blobs", ".locks"];
    let set = |mode| {
        for folder in folders {
            fs::set_permissions(cache.path().join(folder), fs::Permissions::from_mode(mode)).unwrap();
        }
    };
    set(0o555);
    let repo = Repo::sharded("org/name");
    let server = Server::start(move |request| repo.answer(request));
    let again = fetch(&server, cache.path());
    // Root may write everywhere.
    let writable = fs::write(cache.path().join("probe"), "").is_ok();
    let other = fetch_other(cache.path());
    set(0o755);
    assert_eq!(again.unwrap(), snapshot);
    if !writable {
        let error = other.unwrap_err().to_string();
        assert!(error.contains("ermission denied") && error.contains("set HF_HOME"), "{error}");
    }
}

fn fetch_other(cache: &Path) -> Result<Snapshot, HubError> {
    let repo = Repo::model("org/other");
    let server = Server::start(move |request| repo.answer(request));
    server.hub(cache).model(&id("org/other"), &mut ())
}

#[test]
fn files_of_an_older_python_library_are_used_and_completed() {
    // It keeps no list, and names the blobs alike.
    let repo = Repo::model("org/name");
    let cache = tempdir().unwrap();
    let root = cache.path().join("models--org--name");
    fs::create_dir_all(root.join("blobs")).unwrap();
    fs::write(root.join("blobs").join(repo.etag("model.safetensors")), repo.content("model.safetensors")).unwrap();
    let server = Server::start(move |request| repo.answer(request));
    let snapshot = fetch(&server, cache.path()).unwrap();
    assert!(names(&snapshot).contains(&"model.safetensors".to_owned()));
    assert_eq!(server.count("model.safetensors"), 0);
}
