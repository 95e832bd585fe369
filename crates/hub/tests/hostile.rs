//! A Hub that means harm: nothing is written outside the cache's folders.
#![allow(clippy::unwrap_used, reason = "tests")]

mod common;

use std::fs;
use std::path::Path;

use common::{COMMIT, Reply, Repo, Server, fetch, id};
use graftwork_hub::HubError;
use proptest::prelude::{ProptestConfig, proptest};
use tempfile::tempdir;

fn names_below(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

#[test]
fn a_listing_with_a_name_that_leads_out_is_refused_whole() {
    for name in ["../x", "a/../../x", "/etc/x", "..", "a/..", "", "a\0b", "a\nb", "./../x"] {
        let mut repo = Repo::model("org/name");
        repo.files.push((name.to_owned(), b"evil".to_vec()));
        let server = Server::start(move |request| repo.answer(request));
        let outer = tempdir().unwrap();
        let error = fetch(&server, &outer.path().join("cache")).unwrap_err();
        assert!(matches!(&error, HubError::HostileName { name: found, .. } if found == name), "{error}");
        assert!(error.to_string().contains(&format!("{name:?}")), "{error}");
        assert_eq!(names_below(outer.path()), [""; 0]);
        assert_eq!(server.requests().iter().filter(|request| request.path.contains("/resolve/")).count(), 0);
    }
}

#[test]
fn a_list_in_the_cache_is_not_trusted_either() {
    let repo = Repo::model("org/name");
    let server = Server::start(move |request| repo.answer(request));
    let cache = tempdir().unwrap();
    let trees = cache.path().join("models--org--name/trees");
    fs::create_dir_all(&trees).unwrap();
    let hash = "0".repeat(40);
    for files in [
        format!(r#"{{"../../x": {{"size": 1, "blob_id": "{hash}"}}}}"#),
        r#"{"config.json": {"size": 1, "blob_id": "../../x"}}"#.to_owned(),
        r#"{"config.json": {"size": 1, "blob_id": "", "lfs_sha256": "../../x", "lfs_size": 1}}"#.to_owned(),
        "[]".to_owned(),
    ] {
        let tree = format!(r#"{{"format_version": 1, "files": {files}}}"#);
        fs::write(trees.join(format!("{COMMIT}.json")), tree).unwrap();
        let _ = fs::remove_dir_all(trees.with_file_name("snapshots"));
        // It is replaced by what the Hub lists.
        fetch(&server, cache.path()).unwrap();
        let kept = fs::read_to_string(trees.join(format!("{COMMIT}.json"))).unwrap();
        assert!(kept.contains("model.safetensors") && !kept.contains("../"), "{kept}");
    }
}

#[test]
fn hashes_that_are_none_and_shards_that_lead_out_are_refused() {
    let repo = Repo::model("org/name");
    let server = Server::start(move |request| {
        let reply = repo.answer(request);
        let body = String::from_utf8_lossy(&reply.body).replace(&repo.etag("config.json"), "../../../../x");
        if request.path.contains("/tree/") { Reply::new(200, body) } else { reply }
    });
    let outer = tempdir().unwrap();
    let error = fetch(&server, &outer.path().join("cache")).unwrap_err().to_string();
    assert!(error.contains("no usable hash for the file config.json"), "{error}");
    assert_eq!(names_below(outer.path()), [""; 0]);

    let mut repo = Repo::sharded("org/name").without("model.safetensors.index.json");
    let index = br#"{"weight_map": {"a": "../../../../x", "b": "/etc/passwd"}}"#;
    repo.files.push(("model.safetensors.index.json".to_owned(), index.to_vec()));
    let server = Server::start(move |request| repo.answer(request));
    let error = fetch(&server, &outer.path().join("cache")).unwrap_err().to_string();
    assert!(error.contains("which is not in the repository"), "{error}");
    assert_eq!(names_below(outer.path()), ["cache"]);
}

#[test]
fn what_no_disk_has_room_for_is_refused_before_the_first_byte() {
    for size in [1_u64 << 60, u64::MAX] {
        let repo = Repo::model("org/name");
        let server = Server::start(move |request| {
            let reply = repo.answer(request);
            let body = String::from_utf8_lossy(&reply.body)
                .replace("300000", &size.to_string())
                .replace("\"size\":8", &format!("\"size\":{size}"));
            if request.path.contains("/tree/") { Reply::new(200, body) } else { reply }
        });
        let cache = tempdir().unwrap();
        let error = fetch(&server, cache.path()).unwrap_err();
        assert!(matches!(error, HubError::DiskFull { .. }), "{error}");
        assert!(error.to_string().contains(" GB are still needed in "), "{error}");
        assert_eq!(server.requests().len(), 2);
    }
}

#[test]
fn a_listing_without_end_ends() {
    let server = Server::start(|request| match request.path.contains("/revision/") {
        true => Reply::new(200, format!("{{\"sha\": \"{COMMIT}\"}}")),
        false => {
            let nodes = vec![r#"{"type": "directory", "path": "a"}"#; 200_000].join(",");
            Reply::new(200, format!("[{nodes}]")).with("Link", format!("<{}>; rel=\"next\"", request.path))
        }
    });
    let cache = tempdir().unwrap();
    let error = fetch(&server, cache.path()).unwrap_err().to_string();
    assert!(error.contains("does not end"), "{error}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever a file is called: an error, or a file below the snapshot with the content of that file.
    #[test]
    fn any_name_is_refused_or_stays_inside(name in r"[a.%?# \\/~*ü\[]{1,8}") {
        let mut repo = Repo::dataset("org/name", &[]);
        repo.files.push((name.clone(), b"content".to_vec()));
        let server = Server::start(move |request| repo.answer(request));
        let outer = tempdir().unwrap();
        let pattern = glob::Pattern::escape(&name);
        let data = graftwork_hub::DataId { repo: id("org/name"), files: Some(pattern.parse().unwrap()) };
        if let Ok(snapshot) = server.hub(&outer.path().join("cache")).dataset(&data, &[], &mut ()) {
            let file = fs::canonicalize(&snapshot.files[0]).unwrap();
            assert!(file.starts_with(fs::canonicalize(outer.path().join("cache")).unwrap()));
            assert_eq!(fs::read(file).unwrap(), b"content");
        }
        assert!(names_below(outer.path()).iter().all(|name| name == "cache"));
    }
}
