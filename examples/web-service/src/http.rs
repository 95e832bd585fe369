//! Requests and answers: JSON, and lines of JSON where an answer comes bit by bit.

use std::io::{self, Read, Write};

use chunked_transfer::Encoder;
use graftwork::{Prompt, Sampling};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tiny_http::{Header, Method, Request, Response};

use crate::models::{Models, Piece};
use crate::training::{Refusal, Training};

/// The longest body that is read, in bytes.
const LONGEST: u64 = 8 << 20;

/// The most tokens that a client may ask for.
const MOST_TOKENS: usize = 512;

pub(crate) struct Service {
    pub(crate) models: Models,
    pub(crate) training: Training,
}

/// Body of `POST /generate`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wish {
    prompt: String,
    /// Name of an adapter; the base alone if not given.
    adapter: Option<String>,
    #[serde(default = "max_tokens")]
    max_tokens: usize,
    #[serde(default)]
    temperature: f64,
    #[serde(default)]
    seed: u64,
}

fn max_tokens() -> usize {
    64
}

/// A status and what is wrong.
type Wrong = (u16, String);

impl Service {
    /// Answers. A client that has gone away is nobody's error.
    pub(crate) fn answer(&self, mut request: Request) {
        let answered = match (request.method(), request.url()) {
            (Method::Get, "/adapters") => match self.models.names() {
                Ok(names) => whole(request, 200, &json!({ "adapters": names })),
                Err(message) => wrong(request, (500, message)),
            },
            (Method::Post, "/generate") => match self.generate(&mut request) {
                Ok(pieces) => lines(request, pieces),
                Err(what) => wrong(request, what),
            },
            (Method::Post, "/train") => match self.train(&mut request) {
                Ok(events) => lines(request, events),
                Err(what) => wrong(request, what),
            },
            _ => wrong(request, (404, "there are GET /adapters, POST /generate and POST /train".to_owned())),
        };
        answered.ok();
    }

    fn generate(&self, request: &mut Request) -> Result<impl Iterator<Item = Value> + use<>, Wrong> {
        let wish: Wish = body(request)?;
        if let Some(name) = &wish.adapter {
            let names = self.models.names().map_err(|message| (500, message))?;
            if !names.contains(name) {
                return Err((404, format!("no adapter is called `{name}`; there are: {}", names.join(", "))));
            }
        }
        let sampling = Sampling {
            max_tokens: wish.max_tokens.min(MOST_TOKENS),
            temperature: wish.temperature,
            top_p: 1.0,
            stop: Vec::new(),
            seed: wish.seed,
        };
        let prompt = Prompt::text(wish.prompt, wish.adapter.as_deref());
        let pieces = self.models.generate(prompt, sampling);
        Ok(pieces.into_iter().map(|piece| match piece {
            Piece::Text(text) => json!({ "text": text }),
            Piece::End(Ok(all)) => json!({ "done": true, "tokens": all.tokens, "seconds": all.seconds }),
            Piece::End(Err(message)) => json!({ "error": message }),
        }))
    }

    fn train(&self, request: &mut Request) -> Result<impl Iterator<Item = Value> + use<>, Wrong> {
        let order = body(request)?;
        let events = self.training.start(order).map_err(|refusal| match refusal {
            Refusal::Order(message) => (400, message),
            Refusal::Busy => (409, "a run is on; try again when it has ended".to_owned()),
            Refusal::Own(message) => (500, message),
        })?;
        Ok(events.into_iter())
    }
}

/// A body that is JSON of that form.
fn body<T: DeserializeOwned>(request: &mut Request) -> Result<T, Wrong> {
    let mut bytes = Vec::new();
    let read = request.as_reader().take(LONGEST + 1).read_to_end(&mut bytes);
    read.map_err(|error| (400, error.to_string()))?;
    if bytes.len() as u64 > LONGEST {
        return Err((413, format!("the body is longer than {LONGEST} bytes")));
    }
    serde_json::from_slice(&bytes).map_err(|error| (400, error.to_string()))
}

fn wrong(request: Request, (status, message): Wrong) -> io::Result<()> {
    whole(request, status, &json!({ "error": message }))
}

fn whole(request: Request, status: u16, value: &Value) -> io::Result<()> {
    let mut response = Response::from_string(format!("{value}\n")).with_status_code(status);
    if let Ok(header) = "Content-Type: application/json".parse::<Header>() {
        response.add_header(header);
    }
    request.respond(response)
}

/// Sends each value as it comes. `respond` would keep them until it has 8 KiB.
fn lines(request: Request, values: impl Iterator<Item = Value>) -> io::Result<()> {
    let mut out = request.into_writer();
    write!(out, "HTTP/1.1 200 OK\r\nContent-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n")?;
    out.flush()?;
    let mut chunks = Encoder::new(&mut out);
    for value in values {
        writeln!(chunks, "{value}")?;
        chunks.flush()?;
    }
    drop(chunks);
    out.flush()
}
