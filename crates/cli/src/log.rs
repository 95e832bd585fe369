//! Messages of the libraries and of plugins: on standard error, or in the dashboard while that has the terminal.

use std::io::{self, Write};

use crate::style;

/// Starts to tell them, with colours where a terminal is to show them. `RUST_LOG` overrides `verbose`.
pub(crate) fn start(verbose: u8, colours: bool) {
    let default = match verbose {
        0 => "warn",
        1 => "info",
        _ => "debug",
    };
    let filter = tracing_subscriber::EnvFilter::try_from_default_env().unwrap_or_else(|_| default.into());
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(colours && style::is_coloured(&io::stderr()))
        .with_writer(|| Message)
        .without_time()
        // Nor does a standard error that has closed end the program.
        .log_internal_errors(false)
        .init();
}

/// Where a message goes, which is written in one piece.
struct Message;

impl Write for Message {
    fn write(&mut self, message: &[u8]) -> io::Result<usize> {
        #[cfg(feature = "tui")]
        if crate::tui::take(&String::from_utf8_lossy(message)) {
            return Ok(message.len());
        }
        io::stderr().write(message)
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stderr().flush()
    }
}
