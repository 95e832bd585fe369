//! How a chat is shown: to a person in a terminal, as text through a pipe, or as JSON.

use std::io;

use graftwork::{Ending, Error, Generated};
use serde::Serialize;

use crate::output;
use crate::text::harmless;

/// Whom it is shown to. Answers and what was asked for go to standard output; all else goes to standard error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Voice {
    /// A person, who sees what goes on.
    Terminal,
    /// A program that reads text.
    Text,
    /// A program that reads a line of JSON for each answer.
    Json,
}

impl Voice {
    pub(super) fn is_json(self) -> bool {
        self == Self::Json
    }

    /// A part of an answer, as it comes.
    pub(super) fn piece(self, text: &str) -> io::Result<()> {
        match self {
            Self::Json => Ok(()),
            Self::Text => output::piece(text),
            Self::Terminal => output::piece(&harmless(text)),
        }
    }

    /// A whole answer whose text has been shown.
    pub(super) fn end(self, answer: &Generated, context: usize) -> io::Result<()> {
        if self == Self::Json {
            return output::json(answer);
        }
        output::line("")?;
        match answer.ending {
            Ending::NotFinite => output::say(&"warning: the model gives no finite numbers; its weights are broken"),
            Ending::MaxTokens => {
                self.note(&format!("[cut after {} tokens; /set max_tokens=… allows more]", answer.tokens));
            }
            Ending::Positions => {
                self.note(&format!("[cut where the model's {context} tokens are full; /forget or /clear makes room]"));
            }
            Ending::End | Ending::Stopped => {}
        }
        Ok(())
    }

    /// What was asked for, by a command.
    pub(super) fn result(self, text: &str, json: &impl Serialize) -> io::Result<()> {
        if self == Self::Json { output::json(json) } else { output::line(text) }
    }

    /// What has happened, for a person.
    pub(super) fn note(self, text: &str) {
        if self == Self::Terminal {
            output::say(&text);
        }
    }

    /// What is wrong, where the chat goes on.
    pub(super) fn problem(self, error: &Error) {
        let remedy = match error {
            Error::ContextFull { .. } => " (/forget, /clear)",
            _ => "",
        };
        output::say(&format!("error: {error}{remedy}"));
    }
}
