//! Who is asked, who gets the token, and what an answer means.
#![allow(clippy::unwrap_used, reason = "tests")]

mod common;

use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use common::{COMMIT, Impatient, Reply, Repo, Request, Server, Watch, fetch, id};
use graftwork_hub::{Hub, HubError, Snapshot, Token};
use tempfile::tempdir;

const SECRET: &str = "hf_TopSecretToken";

fn fetch_with_token(server: &Server) -> Result<Snapshot, HubError> {
    let cache = tempdir().unwrap();
    let mut settings = server.settings(cache.path());
    settings.token = Token::new(SECRET, "HF_TOKEN").unwrap();
    let hub = Hub::new(settings).unwrap();
    assert!(!format!("{hub:?}").contains("Secret"));
    let result = hub.model(&id("org/name"), &mut ());
    if let Err(error) = &result {
        assert!(!format!("{error} {error:?}").contains("Secret"), "{error:?}");
    }
    result
}

fn authorization(request: &Request) -> Option<&str> {
    request.header("authorization")
}

#[test]
fn the_token_goes_with_every_request_to_the_hub() {
    let repo = Repo::model("org/name");
    let server = Server::start(move |request| repo.answer(request));
    fetch_with_token(&server).unwrap();
    let expected = format!("Bearer {SECRET}");
    assert!(server.requests().iter().all(|request| authorization(request) == Some(expected.as_str())));
    let cache = tempdir().unwrap();
    let before = server.requests().len();
    fetch(&server, cache.path()).unwrap();
    assert!(server.requests()[before..].iter().all(|request| authorization(request).is_none()));
}

#[test]
fn another_host_gets_the_request_but_not_the_token() {
    let repo = Repo::model("org/name");
    let content = repo.content("model.safetensors").to_vec();
    let cuts = AtomicUsize::new(0);
    let storage = Server::start(move |request| match common::content_from(&content, request.offset()) {
        reply if cuts.fetch_add(1, Ordering::Relaxed) == 0 => reply.cut(1000),
        reply => reply,
    });
    // The same host at another port, which is as much another server as another host is.
    let target = format!("{}/blob?signature=abc", storage.url());
    let server = Server::start(move |request| match request.path.ends_with("/model.safetensors") {
        true => Reply::redirect(&target),
        false => repo.answer(request),
    });
    fetch_with_token(&server).unwrap();
    let asked: Vec<_> =
        storage.requests().iter().map(|request| (authorization(request).is_some(), request.offset())).collect();
    assert_eq!(asked, [(false, 0), (false, 1000)]);
    assert!(server.requests().iter().all(|request| authorization(request).is_some()));
}

#[test]
fn a_repository_that_has_moved_gets_the_token_at_its_new_name() {
    let repo = Repo::model("new/name");
    let server = Server::start(move |request| match request.path.contains("org/name") {
        true => Reply::redirect(request.path.replace("org/name", "new/name")),
        false => repo.answer(request),
    });
    fetch_with_token(&server).unwrap();
    assert!(server.requests().iter().all(|request| authorization(request).is_some()));
}

#[test]
fn redirects_end() {
    let server = Server::start(|request| Reply::redirect(&request.path));
    let error = fetch_with_token(&server).unwrap_err().to_string();
    assert!(error.contains("more than 10 redirects"), "{error}");
    for target in ["", "ftp", "http://", "mailto:a@b"] {
        let server = Server::start(move |_| Reply::redirect(target));
        let error = fetch_with_token(&server).unwrap_err().to_string();
        assert!(error.contains("redirect leads nowhere"), "{target}: {error}");
    }
}

/// The error of a Hub whose every answer is `reply`, without a token and with one.
fn errors(reply: &Reply) -> [String; 2] {
    let reply = reply.clone();
    let server = Server::start(move |_| reply.clone());
    let cache = tempdir().unwrap();
    [fetch(&server, cache.path()).unwrap_err(), fetch_with_token(&server).unwrap_err()].map(|error| error.to_string())
}

#[test]
fn refusals_say_what_to_do() {
    for reply in
        [Reply::error(401, "RepoNotFound"), Reply::error(404, "RepoNotFound"), Reply::new(401, ""), Reply::new(404, "")]
    {
        let [without, with] = errors(&reply);
        for part in ["no model org/name", "no such path here", "Check the spelling", "hf auth login"] {
            assert!(without.contains(part), "{without}");
        }
        assert!(with.contains("the token from HF_TOKEN must be of an account with access"), "{with}");
    }
    let [without, with] = errors(&Reply::error(403, "GatedRepo"));
    assert!(without.contains("is gated: ask for access at http") && without.contains("hf auth login"), "{without}");
    assert!(with.contains("is gated") && with.contains("the token from HF_TOKEN"), "{with}");
    let [missing, _] = errors(&Reply::error(404, "RevisionNotFound"));
    assert!(missing.contains("no revision `main`") && missing.contains("/org/name/refs"), "{missing}");
    let invalid = Reply::new(401, "").with("X-Error-Message", "Invalid credentials in Authorization header");
    let [_, with] = errors(&invalid);
    assert!(with.contains("does not accept the token from HF_TOKEN") && with.contains("/settings/tokens"), "{with}");
    let [other, _] = errors(&Reply::new(451, "").with("X-Error-Message", "Not in your country"));
    assert!(other.contains("451") && other.contains("Not in your country"), "{other}");
}

#[test]
fn a_gated_file_of_a_public_listing_is_an_error_about_the_repository() {
    let repo = Repo::model("org/name");
    let server = Server::start(move |request| match request.path.contains("/resolve/") {
        true => Reply::error(401, "GatedRepo"),
        false => repo.answer(request),
    });
    let cache = tempdir().unwrap();
    let error = fetch(&server, cache.path()).unwrap_err().to_string();
    assert!(error.contains("the model org/name is gated"), "{error}");
    assert!(!cache.path().join("models--org--name/refs").exists());
}

#[test]
fn an_unknown_revision_is_named() {
    let repo = Repo::model("org/name");
    let server = Server::start(move |request| repo.answer(request));
    let cache = tempdir().unwrap();
    let error = server.hub(cache.path()).model(&id("org/name@v9"), &mut ()).unwrap_err().to_string();
    assert!(error.contains("the model org/name has no revision `v9`"), "{error}");
    assert_eq!(fs::read_dir(cache.path()).unwrap().count(), 0, "nothing is made for it");
}

/// A server that gives `reply` to the first `times` requests for each path.
fn failing(times: usize, reply: Reply) -> Server {
    let repo = Repo::model("org/name");
    let seen = Arc::new(std::sync::Mutex::new(std::collections::BTreeMap::<String, usize>::new()));
    Server::start(move |request| {
        let mut seen = seen.lock().unwrap();
        let count = seen.entry(request.path.clone()).or_default();
        *count += 1;
        if *count <= times { reply.clone() } else { repo.answer(request) }
    })
}

#[test]
fn what_may_pass_is_tried_again_a_few_times() {
    for status in [408, 429, 500, 502, 503, 504] {
        let server = failing(4, Reply::new(status, ""));
        let cache = tempdir().unwrap();
        fetch(&server, cache.path()).unwrap();
        assert_eq!(server.requests().len(), 7 * 5, "{status}");
    }
    let server = failing(5, Reply::new(503, ""));
    let cache = tempdir().unwrap();
    let error = fetch(&server, cache.path()).unwrap_err().to_string();
    assert!(error.contains("cannot reach http") && error.contains("it answers 503 Service Unavailable"), "{error}");
    assert_eq!(server.requests().len(), 5);
}

#[test]
fn a_server_says_how_long_to_wait_within_reason() {
    let server = failing(1, Reply::new(429, "").with("Retry-After", "1"));
    let cache = tempdir().unwrap();
    let start = Instant::now();
    let pinned = id(&format!("org/name@{COMMIT}"));
    server.hub(cache.path()).model(&pinned, &mut Impatient(start + Duration::from_millis(1500))).unwrap_err();
    assert!((1..5).contains(&start.elapsed().as_secs()), "it waits, and a wait can be stopped");
    assert!(server.requests().len() > 1, "it goes on after the wait");
    let server = failing(1, Reply::new(429, "").with("Retry-After", "86400"));
    let error = fetch(&server, cache.path()).unwrap_err().to_string();
    assert!(error.contains("429"), "{error}");
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn a_stop_before_the_first_byte_asks_nothing() {
    let server = failing(0, Reply::default());
    let cache = tempdir().unwrap();
    let mut watch = Watch { stop_after: Some(0), ..Watch::default() };
    let error = server.hub(cache.path()).model(&id("org/name"), &mut watch).unwrap_err();
    assert!(matches!(error, HubError::Cancelled { .. }), "{error}");
    assert!(server.requests().is_empty());
}

#[test]
fn an_answer_of_another_kind_is_reported_as_one() {
    for body in ["<html>Sign in to the hotel</html>", "{\"sha\": \"../../etc\"}", "{}"] {
        let server = Server::start(move |_| Reply::new(200, body));
        let cache = tempdir().unwrap();
        let error = fetch(&server, cache.path()).unwrap_err().to_string();
        assert!(error.contains("does not answer as the Hugging Face Hub does"), "{error}");
        assert_eq!(fs::read_dir(cache.path()).unwrap().count(), 0);
    }
}
