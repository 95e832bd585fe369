//! Everything that can be wrong with data, a tokenizer or their options: what, where, and what to do about it.

use std::path::PathBuf;

use crate::open::EXTENSIONS;
use crate::source::name_of;
use crate::{Format, Source};

/// Why data could not be used.
#[derive(Debug, thiserror::Error)]
pub enum DataError {
    /// A file could not be read.
    #[error("{}: cannot read: {source}{}", name_of(path), remedy(source.kind()))]
    Io {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// A file is not UTF-8.
    #[error("{at}: not UTF-8 (byte {offset} of the file); save the file as UTF-8")]
    NotUtf8 {
        /// The line of the first bad byte.
        at: Source,
        /// The 0-based position of the first bad byte.
        offset: usize,
    },
    /// A file holds nothing to train on.
    #[error("{}: no records; the file is empty or blank", name_of(path))]
    Empty {
        /// The file.
        path: PathBuf,
    },
    /// No file was given.
    #[error("no data files given")]
    NoFiles,
    /// The first character does not say what standard input holds, and no format was given.
    #[error("standard input: cannot tell what it holds; give `format`, which only JSON does without")]
    UnknownInput,
    /// Neither the name nor the first character says what a file holds, and no format was given.
    #[error("{}: cannot tell the format from the name; use {EXTENSIONS}, or give `format`", path.display())]
    UnknownKind {
        /// The file.
        path: PathBuf,
    },
    /// A folder holds no data file.
    #[error("{}: no data file in this folder or below; one ends in {EXTENSIONS}", path.display())]
    EmptyFolder {
        /// The folder.
        path: PathBuf,
    },
    /// A glob pattern is wrong, or matches nothing.
    #[error("{}: this pattern {problem}", path.display())]
    Pattern {
        /// The pattern.
        path: PathBuf,
        /// What is wrong with it.
        problem: String,
    },
    /// A Parquet file, which this build cannot read.
    #[error(
        "{}: this program was built without Parquet; build it with `--features parquet`, or convert the file to JSONL",
        name_of(path)
    )]
    NoParquet {
        /// The file.
        path: PathBuf,
    },
    /// A table cannot be read.
    #[error("{at}: {problem}")]
    Table {
        /// Where.
        at: Source,
        /// What is wrong, and what to do.
        problem: String,
    },
    /// Tokenised data cannot be written to, or read back from, its temporary file.
    #[error(
        "the temporary file in {} that holds the tokenised data: {source}; TMPDIR names another folder for it",
        std::env::temp_dir().display()
    )]
    Spool {
        /// What the operating system said.
        source: std::io::Error,
    },
    /// Weights that do not make a mix.
    #[error("`weight`: {problem}")]
    Mix {
        /// What is wrong, and what to do.
        problem: String,
    },
    /// A line, or the file, is not JSON.
    #[error("{at}: invalid JSON at column {column}: {problem}")]
    Json {
        /// Where.
        at: Source,
        /// The 1-based column in that line.
        column: usize,
        /// What the parser said.
        problem: String,
    },
    /// A record is not a JSON object.
    #[error("{at}: a record must be a JSON object, found {found}")]
    NotAnObject {
        /// Where.
        at: Source,
        /// What stands there.
        found: &'static str,
    },
    /// A record's keys fit no format.
    #[error(
        "{at}: the keys {found} fit no format; expected `text`, or `prompt` and `completion`, or `instruction` and \
         `output`, or `messages`, or `conversations`, or a text and its `label`{}",
        hint.as_ref().map(|(key, meant)| format!(" (is `{}` meant to be `{meant}`?)", shown(key))).unwrap_or_default()
    )]
    UnknownFormat {
        /// Where.
        at: Source,
        /// The record's keys, quoted and joined.
        found: String,
        /// A key that is there, and the one that it nearly is and that would help to show a format.
        hint: Option<(String, &'static str)>,
    },
    /// A key is not there.
    #[error("{at}: no key `{key}`{}; found {found}", did_you_mean(hint.as_deref()))]
    MissingKey {
        /// Where.
        at: Source,
        /// The key, with the path to it.
        key: String,
        /// The keys that are there, quoted and joined.
        found: String,
        /// A key that is there and is spelt nearly so.
        hint: Option<String>,
    },
    /// A value has the wrong JSON type.
    #[error("{at}: `{key}` must be {expected}, found {found}")]
    WrongType {
        /// Where.
        at: Source,
        /// The key, with the path to it.
        key: String,
        /// The type that is needed.
        expected: &'static str,
        /// The type that is there.
        found: &'static str,
    },
    /// Content that is no text.
    #[error("{at}: `{key}` is `{}`; only parts of the type `text` can be trained on", shown(kind))]
    NotText {
        /// Where.
        at: Source,
        /// The key, with the path to it.
        key: String,
        /// The type of the part.
        kind: String,
    },
    /// A text that begins as a JSON list and is none.
    #[error("{at}: `{key}` is not the JSON list that it begins as: {problem}")]
    JsonInText {
        /// Where.
        at: Source,
        /// The key.
        key: String,
        /// What the parser said.
        problem: String,
    },
    /// A record is of another format than the ones before it in its file, or its folder.
    #[error("{at}: a {found} record among {expected} records; put each format in a file of its own")]
    MixedFormats {
        /// Where.
        at: Source,
        /// The format so far.
        expected: Format,
        /// The format of this one.
        found: Format,
    },
    /// A `from` that is not known.
    #[error(
        "{at}: unknown speaker `{}`; known are human, user, gpt, assistant, system, tool, function_call, observation",
        shown(role)
    )]
    UnknownSpeaker {
        /// Where.
        at: Source,
        /// The speaker.
        role: String,
    },
    /// A label that is no class.
    #[error("{at}: the label `{}` is none of the {} classes ({}); if others are meant, name them all, `--labels a,b`", shown(label), known.len(), listed(known.iter()))]
    UnknownLabel {
        /// Where.
        at: Source,
        /// The label.
        label: String,
        /// The names of the classes.
        known: Vec<String>,
    },
    /// Two texts where one is to be continued.
    #[error("{at}: a pair of texts with a label, which only the objective `label` or `masked` can use")]
    PairWithoutLabel {
        /// Where.
        at: Source,
    },
    /// A conversation of no messages.
    #[error("{at}: `{key}` is empty; a conversation needs at least one message")]
    NoMessages {
        /// Where.
        at: Source,
        /// The key of the list.
        key: &'static str,
    },
    /// A tokenizer folder cannot be used.
    #[error("{}: {problem}", path.display())]
    Tokenizer {
        /// The file or folder.
        path: PathBuf,
        /// What is wrong, and what to do.
        problem: String,
    },
    /// The tokenizer refused a text or an id.
    #[error("tokenizing failed: {0}")]
    Tokenize(String),
    /// Chat data, and no template to render it.
    #[error(
        "the tokenizer has no chat template; use the instruct model's folder, add a chat_template.jinja to this one, \
         or turn the data into prompt/completion pairs"
    )]
    NoChatTemplate,
    /// Tokens are to be masked, and the tokenizer has nothing to mask them with.
    #[error(
        "the tokenizer has no mask token: neither a `mask_token` in tokenizer_config.json nor a special token [MASK] or \
         <mask>; use a model that was trained with one"
    )]
    NoMaskToken,
    /// The chat template failed.
    #[error("the chat template failed: {0}")]
    Template(String),
    /// The chat template failed on a record.
    #[error("{at}: {source}")]
    Conversation {
        /// Where.
        at: Source,
        /// How.
        source: Box<DataError>,
    },
    /// Assistant turns cannot be told from the rest of a rendered conversation.
    #[error(
        "message {message}: the chat template renders it differently once other messages follow, so the assistant's \
         tokens cannot be told apart; use `loss_on = \"all\"`, or a template that marks them with {{% generation %}}"
    )]
    UnstableTemplate {
        /// The 1-based number of the message in the conversation.
        message: usize,
    },
    /// An option has a value that cannot be.
    #[error("`{key}`: {problem}")]
    Option {
        /// The option.
        key: &'static str,
        /// What is wrong, and what to do.
        problem: String,
    },
    /// Reading was stopped.
    #[error("reading the data was stopped")]
    Stopped,
    /// Nothing is left to train on.
    #[error(
        "no sample has a token to train on (records read: {records}, dropped: {dropped}); check `loss_on` and \
         `max_length` ({max_length} tokens)"
    )]
    NothingToTrain {
        /// Records read.
        records: usize,
        /// Samples dropped for want of a counted token.
        dropped: usize,
        /// The limit that samples were cut to.
        max_length: usize,
    },
}

/// A name from a file as a message shows it: on one line, and no longer than anybody reads.
pub(crate) fn shown(name: &str) -> String {
    const SHOWN: usize = 64;
    let mut text = String::new();
    for (index, c) in name.chars().enumerate() {
        match c {
            _ if index == SHOWN => {
                text.push('…');
                break;
            }
            _ if c.is_control() => text.extend(c.escape_default()),
            _ => text.push(c),
        }
    }
    text
}

/// The first names of a list that may be long.
pub(crate) fn listed<'a>(names: impl ExactSizeIterator<Item = &'a String>) -> String {
    const SHOWN: usize = 8;
    let more = if names.len() > SHOWN { ", …" } else { "" };
    let quoted: Vec<_> = names.take(SHOWN).map(|name| format!("`{}`", shown(name))).collect();
    quoted.join(", ") + more
}

/// What to do about what the system said, where that follows from it.
fn remedy(kind: std::io::ErrorKind) -> &'static str {
    match kind {
        std::io::ErrorKind::NotFound => "; check the path",
        std::io::ErrorKind::PermissionDenied => "; give yourself access",
        _ => "",
    }
}

fn did_you_mean(near: Option<&str>) -> String {
    near.map(|near| format!(" (did you mean `{}`?)", shown(near))).unwrap_or_default()
}

impl DataError {
    /// The same error, with the record that it concerns.
    pub(crate) fn in_record(self, at: &Source) -> Self {
        match self {
            inner @ (Self::Template(_) | Self::UnstableTemplate { .. } | Self::Tokenize(_)) => {
                Self::Conversation { at: at.clone(), source: Box::new(inner) }
            }
            other => other,
        }
    }
}
