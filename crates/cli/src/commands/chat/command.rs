//! What a line of a chat says: a question, or a command.

use std::path::PathBuf;

use graftwork::{Error, NamedAdapter, nearest};

use crate::args::{max_tokens, named_adapter, temperature, top_p};

/// Every command: its name, what it takes, what it does.
pub(super) const COMMANDS: [(&str, &str, &str); 15] = [
    ("/help", "", "this list"),
    ("/use", "NAME", "answer with that adapter, or with `base`; the conversation goes on"),
    ("/adapters", "", "what is loaded, and which of it answers"),
    ("/load", "[NAME=]DIR", "add an adapter; the model is not loaded again"),
    ("/drop", "NAME", "let go of an adapter"),
    ("/compare", "", "the last question again, answered by the base and by every adapter"),
    ("/retry", "", "the last question again, with the next seed"),
    ("/undo", "", "take the last question and its answer back"),
    ("/forget", "", "leave out the oldest question and its answer"),
    ("/clear", "", "begin anew; the system message stays"),
    ("/system", "[TEXT]", "what the model is told before the first question; without a text, nothing"),
    ("/set", "KEY=VALUE …", "temperature, top_p, max_tokens or seed"),
    ("/save", "FILE.jsonl", "append the conversation to a file, as a line that `host run --data` takes"),
    ("/stats", "", "tokens, speed, and how much of the model's context is used"),
    ("/quit", "", "end; so do Ctrl+D, and Ctrl+C where nothing is typed"),
];

/// A line.
#[derive(Debug, PartialEq)]
pub(super) enum Line {
    /// A question, or a text to continue.
    Text(String),
    /// Nothing.
    Empty,
    /// A command.
    Command(Command),
}

/// A command.
#[derive(Debug, PartialEq)]
pub(super) enum Command {
    Help,
    Use(String),
    Adapters,
    Load(NamedAdapter),
    Drop(String),
    Compare,
    Retry,
    Undo,
    Forget,
    Clear,
    System(Option<String>),
    Set(Vec<Setting>),
    Save(PathBuf),
    Stats,
    Quit,
}

/// A setting of the answers to come.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Setting {
    Temperature(f64),
    TopP(f64),
    MaxTokens(usize),
    Seed(u64),
}

impl Line {
    /// Reads a line, whose parts end in `\` but for the last.
    pub(super) fn read(line: &str) -> Result<Self, Error> {
        let text = line.replace("\\\n", "\n");
        match text.strip_prefix('/') {
            _ if text.trim().is_empty() => Ok(Self::Empty),
            None => Ok(Self::Text(text)),
            // What begins with a slash all the same.
            Some(rest) if rest.starts_with('/') => Ok(Self::Text(rest.to_owned())),
            Some(_) => {
                let (name, rest) = text.split_once(char::is_whitespace).unwrap_or((&text, ""));
                command(name, rest.trim()).map(Self::Command)
            }
        }
    }
}

/// An error about a command or a flag.
pub(super) fn refused(key: &str, message: impl Into<String>) -> Error {
    Error::Setting { key: key.to_owned(), message: message.into() }
}

fn command(name: &str, rest: &str) -> Result<Command, Error> {
    let Some((_, takes, _)) = COMMANDS.iter().find(|(known, ..)| *known == name) else {
        let near = meant(name, COMMANDS.iter().map(|(known, ..)| *known));
        return Err(refused(
            name,
            format!("no such command{near}; /help lists them, and // begins a text with a slash"),
        ));
    };
    match (takes.is_empty(), rest.is_empty()) {
        (true, false) => return Err(refused(name, format!("it takes nothing, not `{rest}`"))),
        (false, true) if !takes.starts_with("[TEXT]") => return Err(refused(name, format!("write {name} {takes}"))),
        _ => {}
    }
    Ok(match name {
        "/use" => Command::Use(rest.to_owned()),
        "/adapters" => Command::Adapters,
        "/load" => Command::Load(named_adapter(rest).map_err(|problem| refused(name, problem))?),
        "/drop" => Command::Drop(rest.to_owned()),
        "/compare" => Command::Compare,
        "/retry" => Command::Retry,
        "/undo" => Command::Undo,
        "/forget" => Command::Forget,
        "/clear" => Command::Clear,
        "/system" => Command::System((!rest.is_empty()).then(|| rest.to_owned())),
        "/set" => Command::Set(rest.split_whitespace().map(setting).collect::<Result<_, _>>()?),
        "/save" => Command::Save(jsonl(name, rest)?),
        "/stats" => Command::Stats,
        "/quit" => Command::Quit,
        _ => Command::Help,
    })
}

/// `key=value`.
fn setting(text: &str) -> Result<Setting, Error> {
    const KEYS: [&str; 4] = ["temperature", "top_p", "max_tokens", "seed"];
    let (key, value) = text.split_once('=').ok_or_else(|| refused("/set", format!("write KEY=VALUE, not `{text}`")))?;
    let read = match key {
        "temperature" => temperature(value).map(Setting::Temperature),
        "top_p" => top_p(value).map(Setting::TopP),
        "max_tokens" => max_tokens(value).map(Setting::MaxTokens),
        "seed" => value.parse().map(Setting::Seed).map_err(|_| "it must be a whole number, 0 or above".to_owned()),
        _ => {
            let near = meant(key, KEYS);
            return Err(refused("/set", format!("there is no `{key}`{near}; there are {}", KEYS.join(", "))));
        }
    };
    read.map_err(|problem| refused("/set", format!("{key}={value}: {problem}")))
}

fn jsonl(name: &str, path: &str) -> Result<PathBuf, Error> {
    let path = PathBuf::from(path);
    match path.extension().is_some_and(|extension| extension == "jsonl") {
        true => Ok(path),
        false => Err(refused(name, format!("name it .jsonl, not `{}`: it gets a line of JSON", path.display()))),
    }
}

/// `, did you mean NAME?`, where one is near.
fn meant<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    nearest(name, known).map_or_else(String::new, |near| format!(", did you mean {near}?"))
}
