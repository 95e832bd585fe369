//! A web service with Graftwork inside: one base model in memory, an adapter by name for each request, and training of new
//! adapters from the records of a request.
//!
//! ```text
//! graftwork-web-service 127.0.0.1:8080 FOLDER [NAME=ADAPTER …]
//! ```
//!
//! FOLDER is where it keeps what it trains. `README.md` has the requests.

#![allow(clippy::print_stdout, reason = "a program may print; the library does not")]

mod http;
mod models;
mod training;

use std::error::Error;
use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;

use graftwork::NamedAdapter;

use crate::http::Service;
use crate::models::Models;
use crate::training::Training;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(address), Some(folder)) = (arguments.next(), arguments.next().map(PathBuf::from)) else {
        return Err("give an address and a folder: graftwork-web-service 127.0.0.1:8080 runs/service".into());
    };
    let adapters = arguments.map(|argument| match argument.split_once('=') {
        Some((name, path)) => Ok(NamedAdapter { name: Some(name.to_owned()), path: PathBuf::from(path) }),
        None => Err(format!("`{argument}` is not NAME=ADAPTER")),
    });
    let models = Models::load(adapters.collect::<Result<_, _>>()?)?;
    let training = Training::new(folder, models.clone());
    let service = Arc::new(Service { models, training });
    let server = tiny_http::Server::http(&address).map_err(|error| format!("{address}: {error}"))?;
    let mut out = std::io::stdout();
    writeln!(out, "listening on http://{}", server.server_addr())?;
    out.flush()?;
    for request in server.incoming_requests() {
        let service = Arc::clone(&service);
        // The model works on one thing at a time; a thread only carries pieces of text to a client.
        std::thread::spawn(move || service.answer(request));
    }
    Ok(())
}
