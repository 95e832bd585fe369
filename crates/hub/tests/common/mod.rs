//! A Hub on the loopback interface, which can be made to fail.
#![allow(dead_code, clippy::unwrap_used, clippy::panic, reason = "tests; no file uses all of it")]

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use graftwork_hub::{Hub, HubError, Observer, Progress, RepoId, Settings, Snapshot};
use serde_json::{Value, json};
use sha1::{Digest, Sha1};
use sha2::Sha256;

pub(crate) const COMMIT: &str = "0123456789abcdef0123456789abcdef01234567";
pub(crate) const OTHER: &str = "89abcdef0123456789abcdef0123456789abcdef";

/// A request as it arrived.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) path: String,
    pub(crate) headers: BTreeMap<String, String>,
}

impl Request {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }

    /// The first byte that is asked for.
    pub(crate) fn offset(&self) -> usize {
        let range = self.header("range").and_then(|range| range.strip_prefix("bytes=")?.strip_suffix('-'));
        range.map_or(0, |first| first.parse().unwrap())
    }
}

/// What is answered.
#[derive(Clone, Debug, Default)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Vec<u8>,
    /// The connection ends after so many bytes of the body.
    pub(crate) cut: Option<usize>,
    /// The connection is silent for so long after the header.
    pub(crate) silence: Duration,
}

impl Reply {
    pub(crate) fn new(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self { status, body: body.into(), ..Self::default() }
    }

    pub(crate) fn json(value: &Value) -> Self {
        Self::new(200, value.to_string())
    }

    pub(crate) fn error(status: u16, code: &str) -> Self {
        Self::new(status, "").with("X-Error-Code", code)
    }

    pub(crate) fn redirect(target: impl Into<String>) -> Self {
        Self::new(302, "").with("Location", target)
    }

    pub(crate) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    pub(crate) fn cut(mut self, after: usize) -> Self {
        self.cut = Some(after);
        self
    }

    fn send(&self, mut stream: &TcpStream) -> std::io::Result<()> {
        let length = self.body.len();
        write!(stream, "HTTP/1.1 {} -\r\nConnection: close\r\nContent-Length: {length}\r\n", self.status)?;
        for (name, value) in &self.headers {
            write!(stream, "{name}: {value}\r\n")?;
        }
        stream.write_all(b"\r\n")?;
        thread::sleep(self.silence);
        stream.write_all(&self.body[..self.cut.unwrap_or(length)])
    }
}

/// A running server.
pub(crate) struct Server {
    address: SocketAddr,
    requests: Arc<Mutex<Vec<Request>>>,
    stopped: Arc<AtomicBool>,
}

impl Server {
    /// Serves `answer` until it is dropped.
    pub(crate) fn start(answer: impl Fn(&Request) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let stopped = Arc::new(AtomicBool::new(false));
        let (log, stop, answer) = (Arc::clone(&requests), Arc::clone(&stopped), Arc::new(answer));
        thread::spawn(move || {
            for stream in listener.incoming() {
                if stop.load(Ordering::Relaxed) {
                    return;
                }
                let (log, answer, stream) = (Arc::clone(&log), Arc::clone(&answer), stream.unwrap());
                thread::spawn(move || {
                    let request = read(&stream)?;
                    log.lock().unwrap().push(request.clone());
                    // A client may hang up.
                    let _ = answer(&request).send(&stream);
                    Some(())
                });
            }
        });
        Self { address, requests, stopped }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(crate) fn requests(&self) -> Vec<Request> {
        self.requests.lock().unwrap().clone()
    }

    /// How many requests there were for paths that end so.
    pub(crate) fn count(&self, ending: &str) -> usize {
        self.requests().iter().filter(|request| request.path.ends_with(ending)).count()
    }

    pub(crate) fn settings(&self, cache: &Path) -> Settings {
        let mut settings = Settings::new(self.url(), cache);
        settings.backoff = Duration::from_millis(1);
        settings
    }

    pub(crate) fn hub(&self, cache: &Path) -> Hub {
        Hub::new(self.settings(cache)).unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stopped.store(true, Ordering::Relaxed);
        let _ = TcpStream::connect(self.address);
    }
}

fn read(stream: &TcpStream) -> Option<Request> {
    let mut lines = BufReader::new(stream).lines();
    let path = lines.next()?.ok()?.split(' ').nth(1)?.to_owned();
    let mut headers = BTreeMap::new();
    for line in lines {
        let line = line.ok()?;
        let Some((name, value)) = line.split_once(": ") else { break };
        headers.insert(name.to_lowercase(), value.to_owned());
    }
    Some(Request { path, headers })
}

/// A repository that a server shows.
#[derive(Clone)]
pub(crate) struct Repo {
    prefix: &'static str,
    api: String,
    id: &'static str,
    pub(crate) commit: &'static str,
    pub(crate) files: Vec<(String, Vec<u8>)>,
    pub(crate) page: usize,
}

impl Repo {
    pub(crate) fn dataset(id: &'static str, files: &[(&str, &[u8])]) -> Self {
        let files = files.iter().map(|(name, bytes)| ((*name).to_owned(), bytes.to_vec())).collect();
        Self { prefix: "/datasets", api: format!("/api/datasets/{id}"), id, commit: COMMIT, files, page: 1000 }
    }

    /// A model with one file of weights, and files that nobody needs.
    pub(crate) fn model(id: &'static str) -> Self {
        let mut repo = Self::dataset(
            id,
            &[
                (".gitattributes", b"*"),
                ("README.md", b"# model"),
                ("config.json", b"{}"),
                ("generation_config.json", b"{\"a\": 1}"),
                ("model.safetensors", &weights(300_000)),
                ("onnx/model.onnx", b"onnx"),
                ("pytorch_model.bin", b"pickle"),
                ("tokenizer.json", b"{\"b\": 2}"),
                ("tokenizer_config.json", b"{\"c\": 3}"),
            ],
        );
        (repo.prefix, repo.api) = ("", format!("/api/models/{id}"));
        repo
    }

    /// The same in two shards.
    pub(crate) fn sharded(id: &'static str) -> Self {
        let shards = ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"];
        let index = json!({ "metadata": {}, "weight_map": { "a": shards[0], "b": shards[1], "c": shards[1] } });
        let mut repo = Self::model(id).without("model.safetensors");
        repo.files.push(("model.safetensors.index.json".to_owned(), index.to_string().into_bytes()));
        for shard in shards {
            repo.files.push((shard.to_owned(), [shard.as_bytes(), &weights(1000)].concat()));
        }
        repo
    }

    pub(crate) fn without(mut self, name: &str) -> Self {
        self.files.retain(|(file, _)| file != name);
        self
    }

    pub(crate) fn content(&self, name: &str) -> &[u8] {
        &self.files.iter().find(|(file, _)| file == name).unwrap_or_else(|| panic!("{name}")).1
    }

    /// Large files have their hash from large-file storage, others from git.
    pub(crate) fn etag(&self, name: &str) -> String {
        let content = self.content(name);
        if is_large(name) { format!("{:x}", Sha256::digest(content)) } else { git_hash(content) }
    }

    pub(crate) fn answer(&self, request: &Request) -> Reply {
        match self.try_answer(request) {
            ControlFlow::Break(reply) => reply,
            ControlFlow::Continue(()) => Reply::error(404, "RepoNotFound"),
        }
    }

    fn try_answer(&self, request: &Request) -> ControlFlow<Reply> {
        let path = request.path.as_str();
        if let Some(revision) = path.strip_prefix(&format!("{}/revision/", self.api)) {
            return ControlFlow::Break(match revision {
                "main" | "v1.0" | "refs%2Fpr%2F1" => Reply::json(&json!({ "id": self.id, "sha": self.commit })),
                _ => Reply::error(404, "RevisionNotFound"),
            });
        }
        if let Some(query) = path.strip_prefix(&format!("{}/tree/{}?recursive=true", self.api, self.commit)) {
            return ControlFlow::Break(self.tree(request, query));
        }
        if let Some(name) = path.strip_prefix(&format!("{}/{}/resolve/{}/", self.prefix, self.id, self.commit)) {
            return ControlFlow::Break(self.file(request, name));
        }
        ControlFlow::Continue(())
    }

    fn tree(&self, request: &Request, query: &str) -> Reply {
        let first = query.strip_prefix("&cursor=").map_or(0, |first| first.parse().unwrap());
        let last = self.files.len().min(first + self.page);
        let mut nodes = vec![json!({ "type": "directory", "path": "onnx", "oid": git_hash(b""), "size": 0 })];
        nodes.extend(self.files[first..last].iter().map(|(name, bytes)| self.node(name, bytes)));
        let reply = Reply::json(&Value::Array(nodes));
        if last == self.files.len() {
            return reply;
        }
        let host = request.header("host").unwrap();
        let next = format!("http://{host}{}/tree/{}?recursive=true&cursor={last}", self.api, self.commit);
        reply.with("Link", format!("<{next}>; rel=\"next\""))
    }

    fn node(&self, name: &str, bytes: &[u8]) -> Value {
        let mut node = json!({ "type": "file", "path": name, "size": bytes.len(), "oid": git_hash(bytes) });
        if is_large(name) {
            node["lfs"] = json!({ "oid": self.etag(name), "size": bytes.len(), "pointerSize": 134 });
            node["xetHash"] = json!(format!("{:x}", Sha256::digest(name)));
        }
        node
    }

    fn file(&self, request: &Request, name: &str) -> Reply {
        let name = percent_encoding::percent_decode_str(name).decode_utf8().unwrap();
        let Some((_, content)) = self.files.iter().find(|(file, _)| *file == name) else {
            return Reply::error(404, "EntryNotFound");
        };
        content_from(content, request.offset())
    }
}

/// A file's content from an offset on.
pub(crate) fn content_from(content: &[u8], offset: usize) -> Reply {
    let size = content.len();
    match offset {
        0 => Reply::new(200, content),
        _ if offset >= size => Reply::new(416, "").with("Content-Range", format!("bytes */{size}")),
        _ => Reply::new(206, &content[offset..]).with("Content-Range", format!("bytes {offset}-{}/{size}", size - 1)),
    }
}

fn is_large(name: &str) -> bool {
    [".safetensors", ".bin", ".parquet"].iter().any(|ending| name.ends_with(ending))
}

/// What `git hash-object` prints.
fn git_hash(content: &[u8]) -> String {
    let mut hasher = Sha1::new_with_prefix(format!("blob {}\0", content.len()));
    hasher.update(content);
    format!("{:x}", hasher.finalize())
}

/// Bytes that do not repeat at any period that a block could have.
pub(crate) fn weights(count: u32) -> Vec<u8> {
    (0..count).flat_map(|i| i.wrapping_mul(2_654_435_761).to_le_bytes()).take(count as usize).collect()
}

pub(crate) fn id(text: &str) -> RepoId {
    text.parse().unwrap()
}

/// Fetches `org/name` into `cache`.
pub(crate) fn fetch(server: &Server, cache: &Path) -> Result<Snapshot, HubError> {
    server.hub(cache).model(&id("org/name"), &mut ())
}

/// Names within a snapshot, sorted.
pub(crate) fn names(snapshot: &Snapshot) -> Vec<String> {
    let relative = |file: &std::path::PathBuf| file.strip_prefix(&snapshot.path).unwrap().display().to_string();
    snapshot.files.iter().map(relative).collect()
}

/// Notes every progress and stops after a number of bytes.
#[derive(Default)]
pub(crate) struct Watch {
    pub(crate) seen: Vec<(String, u64, u64)>,
    pub(crate) stop_after: Option<u64>,
}

impl Observer for Watch {
    fn progress(&mut self, at: Progress<'_>) {
        self.seen.push((at.file.to_owned(), at.done, at.total));
    }

    fn cancelled(&mut self) -> bool {
        let done = self.seen.last().map_or(0, |(_, done, _)| *done);
        self.stop_after.is_some_and(|limit| done >= limit)
    }
}

/// Stops at a time.
pub(crate) struct Impatient(pub(crate) Instant);

impl Observer for Impatient {
    fn cancelled(&mut self) -> bool {
        Instant::now() >= self.0
    }
}
