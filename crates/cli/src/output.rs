//! Standard output and error. A closed pipe ends the output, not the program's sense.

use std::io::{self, Write};
use std::process::ExitCode;

use graftwork::Code;
use serde::Serialize;

use crate::{exit, style};

/// Why a command failed.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The library refused or failed.
    Host(graftwork::Error),
    /// The system refused something.
    System(io::Error),
    /// It was stopped by a signal before there was anything to save.
    Stopped {
        /// What the library says of it.
        error: graftwork::Error,
        /// The exit code that a shell expects after that signal.
        exit: u8,
    },
}

impl Failure {
    fn code(&self) -> Code {
        match self {
            Self::Host(error) => error.code(),
            Self::System(_) => Code::System,
            Self::Stopped { .. } => Code::Stopped,
        }
    }

    fn exit(&self) -> u8 {
        match self {
            Self::Host(_) | Self::System(_) => exit::FAILED,
            Self::Stopped { exit, .. } => *exit,
        }
    }
}

impl From<graftwork::Error> for Failure {
    fn from(error: graftwork::Error) -> Self {
        Self::Host(error)
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::System(error)
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Host(error) | Self::Stopped { error, .. } => error.fmt(f),
            Self::System(error) => error.fmt(f),
        }
    }
}

/// Writes a line to standard output.
pub(crate) fn line(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    quiet(writeln!(out, "{text}"))
}

/// Writes a line of a report, `label     text`.
pub(crate) fn labelled(text: &str) -> io::Result<()> {
    line(&style::labelled(text))
}

/// Writes text to standard output at once, without a line's end.
pub(crate) fn piece(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    quiet(write!(out, "{text}").and_then(|()| out.flush()))
}

/// Writes a value as one line of JSON.
pub(crate) fn json(value: &impl Serialize) -> io::Result<()> {
    line(&serde_json::to_string(value)?)
}

/// Whoever reads may stop reading; that is no failure of the command.
fn quiet(result: io::Result<()>) -> io::Result<()> {
    match result {
        Err(e) if e.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => other,
    }
}

/// Says something to a person, where there is one.
pub(crate) fn say(what: &impl std::fmt::Display) {
    let _ = writeln!(io::stderr().lock(), "{what}");
}

/// Says why a command failed; its exit code.
pub(crate) fn fail(failure: &Failure, as_json: bool) -> ExitCode {
    let (code, exit) = (failure.code(), failure.exit());
    if as_json {
        // With nowhere left to say it, the exit code has to do.
        let _ = json_error(&failure.to_string(), code, exit);
    } else if let Failure::Stopped { error, .. } = failure {
        // What a person wanted is no error.
        say(error);
    } else {
        let message = failure.to_string();
        let message = message.trim_end();
        say(&format!("{} {message}", style::err(style::ERROR, &format!("error[{code}]:"))));
        say(&format!("for more: host explain {code}"));
    }
    ExitCode::from(exit)
}

/// The object that the output of a command ends with that could not be done.
pub(crate) fn json_error(message: &str, code: Code, exit: u8) -> io::Result<()> {
    json(&serde_json::json!({ "error": message, "code": code, "exit": exit }))
}
