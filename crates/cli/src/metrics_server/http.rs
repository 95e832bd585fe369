//! A web server for one page, of which nobody can get more than it was meant to give.
//!
//! A few threads take a connection each, read one request of bounded size in bounded time, answer, and close. So it has no more
//! connections than threads, and no more memory than their buffers. `tiny_http`, which would be the usual choice, has no time
//! limit and starts a thread for each connection that is silent.

use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

/// Connections at once; others wait in the system's queue, which is bounded too.
const CONNECTIONS: usize = 4;
/// Bytes of a request; those of Prometheus have some hundred.
const LONGEST: usize = 8 << 10;
const HEADERS: usize = 64;
/// Time that a client has for its request, and again for the answer.
const PATIENCE: Duration = Duration::from_secs(2);
/// What these threads need is known.
const STACK: usize = 256 << 10;

const TEXT: &str = "text/plain; charset=utf-8";
/// The format that `prometheus_text` writes.
const METRICS: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Answers, in threads that end with the process.
pub(super) fn serve<P>(listener: TcpListener, page: P) -> io::Result<()>
where
    P: Fn() -> io::Result<String> + Send + Sync + 'static,
{
    let shared = Arc::new((listener, page));
    for _ in 0..CONNECTIONS {
        let shared = Arc::clone(&shared);
        let work = move || {
            let (listener, page) = &*shared;
            loop {
                match listener.accept() {
                    // A client that goes away hears nothing.
                    Ok((stream, _)) => drop(answer(stream, page)),
                    // Out of descriptors, for example: that passes.
                    Err(_) => thread::sleep(Duration::from_millis(100)),
                }
            }
        };
        thread::Builder::new().name("metrics".to_owned()).stack_size(STACK).spawn(work)?;
    }
    Ok(())
}

fn answer(mut stream: TcpStream, page: &impl Fn() -> io::Result<String>) -> io::Result<()> {
    stream.set_write_timeout(Some(PATIENCE))?;
    let (status, kind, body) = match request(&mut stream)? {
        Request::Metrics => ("200 OK", METRICS, page()?),
        Request::Elsewhere => ("404 Not Found", TEXT, "the numbers are at /metrics\n".to_owned()),
        Request::OtherMethod => ("405 Method Not Allowed\r\nAllow: GET", TEXT, "only GET\n".to_owned()),
        Request::TooLong => ("431 Request Header Fields Too Large", TEXT, "too long\n".to_owned()),
        Request::Broken => ("400 Bad Request", TEXT, "no HTTP request\n".to_owned()),
    };
    let length = body.len();
    let head =
        format!("HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n");
    stream.write_all((head + &body).as_bytes())
}

/// What was asked for.
enum Request {
    Metrics,
    Elsewhere,
    OtherMethod,
    TooLong,
    Broken,
}

/// Reads a request up to the end of its headers; an error where it does not come in time.
fn request(stream: &mut TcpStream) -> io::Result<Request> {
    let (mut bytes, mut length, deadline) = ([0; LONGEST], 0, Instant::now() + PATIENCE);
    loop {
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(io::ErrorKind::TimedOut.into());
        }
        stream.set_read_timeout(Some(left))?;
        match stream.read(&mut bytes[length..]) {
            Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(count) => length += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        }
        let mut headers = [httparse::EMPTY_HEADER; HEADERS];
        let mut request = httparse::Request::new(&mut headers);
        match request.parse(&bytes[..length]) {
            Ok(httparse::Status::Complete(_)) => return Ok(asked(&request)),
            Ok(httparse::Status::Partial) if length < LONGEST => {}
            Ok(httparse::Status::Partial) | Err(httparse::Error::TooManyHeaders) => return Ok(Request::TooLong),
            Err(_) => return Ok(Request::Broken),
        }
    }
}

fn asked(request: &httparse::Request<'_, '_>) -> Request {
    let path = request.path.and_then(|path| path.split('?').next());
    match (path, request.method) {
        (Some("/metrics"), Some("GET")) => Request::Metrics,
        (Some("/metrics"), _) => Request::OtherMethod,
        _ => Request::Elsewhere,
    }
}
