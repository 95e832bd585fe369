//! Downloads that are cut short, stopped, damaged, or made twice at once.
#![allow(clippy::unwrap_used, reason = "tests")]

mod common;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use common::{Reply, Repo, Request, Server, Watch, content_from, fetch, id};
use graftwork_hub::HubError;
use tempfile::tempdir;

const SIZE: usize = 300_000;

fn is_weights(request: &Request) -> bool {
    request.path.ends_with("/model.safetensors")
}

fn blob(cache: &Path) -> PathBuf {
    cache.join("models--org--name/blobs").join(Repo::model("org/name").etag("model.safetensors"))
}

fn partial(cache: &Path) -> PathBuf {
    blob(cache).with_extension("incomplete")
}

/// The weights are there as they should be, and nothing is left over.
fn assert_whole(cache: &Path) {
    assert_eq!(fs::read(blob(cache)).unwrap(), Repo::model("org/name").content("model.safetensors"));
    assert!(!partial(cache).exists());
}

/// The offsets that the weights were asked for from.
fn offsets(server: &Server) -> Vec<usize> {
    server.requests().iter().filter(|request| is_weights(request)).map(Request::offset).collect()
}

#[test]
fn a_connection_that_is_cut_is_taken_up_where_it_ended() {
    for cut in [0, 1, 4096, 150_001, SIZE - 1] {
        let repo = Repo::model("org/name");
        let tries = AtomicUsize::new(0);
        let server = Server::start(move |request| match repo.answer(request) {
            reply if is_weights(request) && tries.fetch_add(1, Ordering::Relaxed) == 0 => reply.cut(cut),
            reply => reply,
        });
        let cache = tempdir().unwrap();
        fetch(&server, cache.path()).unwrap();
        assert_whole(cache.path());
        assert_eq!(offsets(&server), [0, cut]);
    }
}

#[test]
fn bytes_that_arrive_start_the_count_of_attempts_anew() {
    let repo = Repo::model("org/name");
    let server = Server::start(move |request| match repo.answer(request) {
        // Twenty times cut short: more often than there are attempts.
        reply if is_weights(request) && request.offset() < SIZE - 15_000 => reply.cut(15_000),
        reply => reply,
    });
    let cache = tempdir().unwrap();
    fetch(&server, cache.path()).unwrap();
    assert_whole(cache.path());
    assert_eq!(offsets(&server).len(), 20);
}

#[test]
fn a_later_call_goes_on_where_an_earlier_one_gave_up() {
    let repo = Repo::model("org/name");
    let server = Server::start(move |request| match request.offset() {
        0 if is_weights(request) => repo.answer(request).cut(100_000),
        _ if is_weights(request) => Reply::new(503, ""),
        _ => repo.answer(request),
    });
    let cache = tempdir().unwrap();
    let error = fetch(&server, cache.path()).unwrap_err();
    assert!(matches!(error, HubError::Unreachable { .. }), "{error}");
    assert_eq!(fs::metadata(partial(cache.path())).unwrap().len(), 100_000);
    assert!(!blob(cache.path()).exists());
    assert!(!cache.path().join("models--org--name/refs/main").exists(), "a branch stands for what is whole");

    let repo = Repo::model("org/name");
    let server = Server::start(move |request| repo.answer(request));
    let mut watch = Watch::default();
    server.hub(cache.path()).model(&id("org/name"), &mut watch).unwrap();
    assert_whole(cache.path());
    assert_eq!(offsets(&server), [100_000]);
    let (_, first, total) = watch.seen.iter().find(|(file, ..)| file == "model.safetensors").unwrap();
    assert!((100_000..101_000).contains(first) && *total > SIZE as u64, "what is there is done: {first} of {total}");
}

#[test]
fn a_server_that_gives_no_parts_is_read_from_the_start() {
    let repo = Repo::model("org/name");
    let tries = AtomicUsize::new(0);
    let server = Server::start(move |request| {
        if !is_weights(request) {
            return repo.answer(request);
        }
        let reply = content_from(repo.content("model.safetensors"), 0);
        if tries.fetch_add(1, Ordering::Relaxed) == 0 { reply.cut(200_000) } else { reply }
    });
    let cache = tempdir().unwrap();
    fetch(&server, cache.path()).unwrap();
    assert_whole(cache.path());
    assert_eq!(offsets(&server), [0, 200_000]);
}

#[test]
fn all_bytes_of_an_earlier_attempt_need_no_request() {
    let repo = Repo::model("org/name");
    let server = Server::start(move |request| repo.answer(request));
    let cache = tempdir().unwrap();
    fs::create_dir_all(blob(cache.path()).parent().unwrap()).unwrap();
    fs::write(partial(cache.path()), Repo::model("org/name").content("model.safetensors")).unwrap();
    fetch(&server, cache.path()).unwrap();
    assert_whole(cache.path());
    assert!(offsets(&server).is_empty());
}

#[test]
fn a_damaged_part_is_thrown_away_and_the_file_fetched_anew() {
    for (length, asked) in [(1000, vec![1000, 0]), (SIZE, vec![0]), (SIZE + 1, vec![0])] {
        let repo = Repo::model("org/name");
        let server = Server::start(move |request| repo.answer(request));
        let cache = tempdir().unwrap();
        fs::create_dir_all(blob(cache.path()).parent().unwrap()).unwrap();
        fs::write(partial(cache.path()), vec![7; length]).unwrap();
        fetch(&server, cache.path()).unwrap();
        assert_whole(cache.path());
        assert_eq!(offsets(&server), asked);
    }
}

#[test]
fn what_has_another_hash_or_size_is_not_kept() {
    let good = Repo::model("org/name").content("model.safetensors").to_vec();
    let mut flipped = good.clone();
    flipped[SIZE / 2] ^= 1;
    let longer = [good.as_slice(), b"!"].concat();
    for (content, problem) in [(flipped, "its hash is"), (good[1..].to_vec(), "299999 bytes"), (longer, "300001 bytes")]
    {
        let repo = Repo::model("org/name");
        let server = Server::start(move |request| match request {
            request if is_weights(request) => content_from(&content, request.offset()),
            request => repo.answer(request),
        });
        let cache = tempdir().unwrap();
        let error = fetch(&server, cache.path()).unwrap_err().to_string();
        assert!(error.contains("model.safetensors of org/name did not arrive") && error.contains(problem), "{error}");
        assert!(!blob(cache.path()).exists());
        let kept = fs::metadata(partial(cache.path())).map_or(0, |file| file.len());
        assert_eq!(kept, 0);
        assert_eq!(offsets(&server), [0], "trying again would not help");
    }
}

#[test]
fn a_small_file_with_another_hash_is_not_kept_either() {
    let repo = Repo::model("org/name");
    let server = Server::start(move |request| match request {
        request if request.path.ends_with("/config.json") => Reply::new(200, "[]"),
        request => repo.answer(request),
    });
    let cache = tempdir().unwrap();
    let error = fetch(&server, cache.path()).unwrap_err().to_string();
    assert!(error.contains("config.json of org/name did not arrive"), "{error}");
    let blobs = fs::read_dir(cache.path().join("models--org--name/blobs")).unwrap();
    assert_eq!(blobs.count(), 0);
}

#[test]
fn a_stopped_download_can_go_on() {
    let repo = Repo::model("org/name");
    let server = Server::start(move |request| repo.answer(request));
    let cache = tempdir().unwrap();
    let mut watch = Watch { stop_after: Some(50_000), ..Watch::default() };
    let error = server.hub(cache.path()).model(&id("org/name"), &mut watch).unwrap_err();
    assert!(matches!(error, HubError::Cancelled { .. }), "{error}");
    let kept = fs::metadata(partial(cache.path())).unwrap().len() as usize;
    assert!((50_000 - 100..SIZE).contains(&kept), "{kept}");
    fetch(&server, cache.path()).unwrap();
    assert_whole(cache.path());
    assert_eq!(offsets(&server), [0, kept]);
}

#[test]
fn a_server_that_falls_silent_does_not_hold_up_a_stop_or_a_run() {
    let repo = Repo::model("org/name");
    let tries = AtomicUsize::new(0);
    let server = Server::start(move |request| match repo.answer(request) {
        reply if is_weights(request) && tries.fetch_add(1, Ordering::Relaxed) == 0 => {
            Reply { silence: Duration::from_secs(20), ..reply }
        }
        reply => reply,
    });
    let cache = tempdir().unwrap();
    let mut settings = server.settings(cache.path());
    settings.timeout = Duration::from_millis(200);
    graftwork_hub::Hub::new(settings).unwrap().model(&id("org/name"), &mut ()).unwrap();
    assert_whole(cache.path());
    assert_eq!(offsets(&server), [0, 0]);
}

#[test]
fn threads_download_a_file_once() {
    let repo = Repo::model("org/name");
    let server = Server::start(move |request| match repo.answer(request) {
        reply if is_weights(request) => Reply { silence: Duration::from_millis(100), ..reply },
        reply => reply,
    });
    let cache = tempdir().unwrap();
    let commits: Vec<_> = thread::scope(|scope| {
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(|| fetch(&server, cache.path()).unwrap().commit)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(commits.len(), 4);
    assert_whole(cache.path());
    assert_eq!(offsets(&server), [0]);
}

/// The other process of the test below.
#[test]
#[ignore = "started by another test"]
fn other_process() {
    let (Some(cache), Ok(endpoint)) = (std::env::var_os("TEST_CACHE"), std::env::var("TEST_ENDPOINT")) else {
        return;
    };
    let settings = graftwork_hub::Settings::new(endpoint, PathBuf::from(cache));
    graftwork_hub::Hub::new(settings).unwrap().model(&id("org/name"), &mut ()).unwrap();
}

#[test]
fn processes_download_a_file_once_and_a_killed_one_is_followed_by_the_next() {
    let repo = Repo::model("org/name");
    let tries = AtomicUsize::new(0);
    let server = Server::start(move |request| {
        let mut reply = repo.answer(request);
        if is_weights(request) {
            // The first one gets nothing and is killed.
            let first = tries.fetch_add(1, Ordering::Relaxed) == 0;
            reply.silence = if first { Duration::from_secs(8) } else { Duration::from_millis(100) };
        }
        reply
    });
    let cache = tempdir().unwrap();
    let start = || {
        Command::new(std::env::current_exe().unwrap())
            .args(["--ignored", "--exact", "other_process"])
            .env("TEST_CACHE", cache.path())
            .env("TEST_ENDPOINT", server.url())
            .stdout(std::process::Stdio::null())
            .spawn()
            .unwrap()
    };
    let mut killed = start();
    while offsets(&server).is_empty() {
        thread::sleep(Duration::from_millis(5));
    }
    let mut others = [start(), start()];
    thread::sleep(Duration::from_millis(200));
    assert_eq!(offsets(&server).len(), 1, "the others wait");
    killed.kill().unwrap();
    killed.wait().unwrap();
    for other in &mut others {
        assert!(other.wait().unwrap().success());
    }
    assert_whole(cache.path());
    assert_eq!(offsets(&server), [0, 0]);
}
