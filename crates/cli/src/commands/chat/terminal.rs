//! A chat in a terminal: lines that can be edited, called back and completed.

use std::path::PathBuf;

use rustyline::completion::{Completer, FilenameCompleter, Pair};
use rustyline::error::ReadlineError;
use rustyline::highlight::Highlighter;
use rustyline::hint::Hinter;
use rustyline::history::FileHistory;
use rustyline::validate::{ValidationContext, ValidationResult, Validator};
use rustyline::{
    Cmd, CompletionType, ConditionalEventHandler, Config, Context, Editor, Event, EventContext, EventHandler, Helper,
    KeyEvent, Movement, RepeatCount,
};

use super::command::COMMANDS;
use super::session::{Next, Session};
use crate::commands::generate::BASE;
use crate::output::Failure;

/// Lines that the history keeps.
const KEPT: usize = 1000;

/// Talks until the person ends it.
pub(super) fn talk(session: &mut Session) -> Result<(), Failure> {
    let config = Config::builder().max_history_size(KEPT).map_err(system)?;
    let config = config.auto_add_history(true).completion_type(CompletionType::List).build();
    let mut editor: Editor<Typing, FileHistory> = Editor::with_config(config).map_err(system)?;
    editor.bind_sequence(KeyEvent::ctrl('C'), EventHandler::Conditional(Box::new(Interrupt)));
    let history = history();
    if let Some(path) = &history {
        // The first time there is none.
        let _ = editor.load_history(path);
    }
    loop {
        let names = std::iter::once(BASE).chain(session.model.adapters()).map(str::to_owned).collect();
        editor.set_helper(Some(Typing { names, files: FilenameCompleter::new() }));
        let line = match editor.readline(&format!("{}> ", session.answering())) {
            Ok(line) => line,
            Err(ReadlineError::Eof | ReadlineError::Interrupted) => return Ok(()),
            Err(error) => return Err(system(error)),
        };
        // At once: who closes the terminal would lose it else. A history that cannot be kept stops nobody.
        if let Some(error) = history.as_ref().and_then(|path| editor.append_history(path).err()) {
            tracing::debug!("the history is not kept: {error}");
        }
        match session.take(&line) {
            Ok(Next::Line | Next::Interrupted) => {}
            Ok(Next::End) => return Ok(()),
            Err(Failure::Host(error)) => session.voice.problem(&error),
            Err(failure) => return Err(failure),
        }
    }
}

/// The file of the history, in the person's folder for state.
fn history() -> Option<PathBuf> {
    let set = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let state = set("XDG_STATE_HOME").or_else(|| Some(set("HOME")?.join(".local/state")))?.join("graftwork");
    std::fs::create_dir_all(&state).ok()?;
    Some(state.join("chat-history"))
}

fn system(error: ReadlineError) -> Failure {
    match error {
        ReadlineError::Io(error) => Failure::System(error),
        other => Failure::System(std::io::Error::other(other)),
    }
}

/// Ctrl+C takes away what is typed; where nothing is, it ends the chat.
struct Interrupt;

impl ConditionalEventHandler for Interrupt {
    fn handle(&self, _: &Event, _: RepeatCount, _: bool, context: &EventContext<'_>) -> Option<Cmd> {
        Some(if context.line().is_empty() { Cmd::Interrupt } else { Cmd::Kill(Movement::WholeBuffer) })
    }
}

/// What helps to type a line.
struct Typing {
    /// Who can answer.
    names: Vec<String>,
    files: FilenameCompleter,
}

impl Completer for Typing {
    type Candidate = Pair;

    /// Commands, names of adapters after `/use` and `/drop`, paths after `/load` and `/save`.
    fn complete(&self, line: &str, at: usize, _: &Context<'_>) -> rustyline::Result<(usize, Vec<Pair>)> {
        let typed = &line[..at];
        let fitting = |known: Vec<String>, typed: &str| {
            let fitting = known.into_iter().filter(|name| name.starts_with(typed));
            fitting.map(|name| Pair { display: name.clone(), replacement: name }).collect()
        };
        // What takes something gets the space before it.
        let command =
            |(name, takes, _): &(&str, &str, &str)| format!("{name}{}", if takes.is_empty() { "" } else { " " });
        match typed.split_once(' ') {
            None if typed.starts_with('/') => Ok((0, fitting(COMMANDS.iter().map(command).collect(), typed))),
            Some((command @ ("/use" | "/drop"), name)) => Ok((command.len() + 1, fitting(self.names.clone(), name))),
            Some(("/load" | "/save", _)) => self.files.complete_path(line, at),
            _ => Ok((at, Vec::new())),
        }
    }
}

impl Validator for Typing {
    /// A line that ends in `\` has another below it.
    fn validate(&self, context: &mut ValidationContext<'_>) -> rustyline::Result<ValidationResult> {
        Ok(match context.input().ends_with('\\') {
            true => ValidationResult::Incomplete,
            false => ValidationResult::Valid(None),
        })
    }
}

impl Hinter for Typing {
    type Hint = String;
}

impl Highlighter for Typing {}

impl Helper for Typing {}
