//! What can go wrong between here and the Hub. Each message says what, where, and what to do; none shows a token.

use std::io;
use std::path::{Path, PathBuf};

use crate::token::BadToken;
use crate::{Kind, RepoId};

/// An error of this crate.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "fields are named by the message they appear in")]
pub enum HubError {
    /// A variable of the environment that cannot be used.
    #[error("{name} {problem}")]
    Variable { name: String, problem: String },

    /// A token that cannot be one.
    #[error(transparent)]
    BadToken(#[from] BadToken),

    /// No such repository, or a private one.
    #[error(
        "{endpoint} shows no {kind} {id}, and there is no such path here. Check the spelling; if the {kind} is private, {}",
        sign_in(token.as_deref())
    )]
    NoRepo { endpoint: String, kind: Kind, id: RepoId, token: Option<String> },

    /// The repository has no such branch, tag or commit.
    #[error(
        "the {kind} {} has no revision `{}`; see {endpoint}/{} for its branches and tags",
        id.repo(), id.revision().as_str(), page(*.kind, id, "/refs")
    )]
    NoRevision { endpoint: String, kind: Kind, id: RepoId },

    /// The repository's owner grants access to those who ask.
    #[error(
        "the {kind} {id} is gated: ask for access at {endpoint}/{}, and {}",
        page(*.kind, id, ""), sign_in(token.as_deref())
    )]
    Gated { endpoint: String, kind: Kind, id: RepoId, token: Option<String> },

    /// The token is not known to the Hub.
    #[error(
        "{endpoint} does not accept the token from {token}; make another at {endpoint}/settings/tokens and run \
         `hf auth login`, or remove it if {id} is public"
    )]
    TokenRefused { endpoint: String, id: RepoId, token: String },

    /// The Hub understood and will not.
    #[error("{endpoint} refused to give {what} of {id}: {answer}")]
    Refused { endpoint: String, id: RepoId, what: String, answer: String },

    /// The Hub did not answer, or not for long enough.
    #[error(
        "cannot reach {endpoint}: {reason}. Check the network and HTTPS_PROXY, and run this again: what has arrived is kept. \
         HF_HUB_OFFLINE=1 uses only what was downloaded before"
    )]
    Unreachable { endpoint: String, reason: String },

    /// Not in the cache, and not to be had from elsewhere.
    #[error(
        "{id}: {missing} not in the cache {cache}, and {why}. Where there is a network, run this command or `hf download{} {} \
         --revision {}`, and copy the cache if that is another machine",
        repo_type(*.kind), id.repo(), id.revision().as_str()
    )]
    NotCached { kind: Kind, id: RepoId, missing: String, cache: PathBuf, why: String },

    /// A repository that holds no model that can be read.
    #[error("the model {id} has no {file}; it has: {found}{hint}")]
    NotAModel { id: RepoId, file: &'static str, found: String, hint: String },

    /// An index that does not fit the repository.
    #[error("{file} of {id} {problem}; the repository is damaged: tell its owner, or choose another revision")]
    BadIndex { id: RepoId, file: String, problem: String },

    /// No file of a data set was chosen.
    #[error("the data set {id} {problem}; it has: {found}. Name the files after a colon, as in `{example}`")]
    NoData { id: RepoId, problem: String, found: String, example: String },

    /// A name that would leave the cache.
    #[error("{id} lists a file named {name:?}, which lies outside its folder; nothing of it is downloaded")]
    HostileName { id: RepoId, name: String },

    /// An answer that is not of the Hub's form.
    #[error(
        "{endpoint} does not answer as the Hugging Face Hub does: {problem}. Check HF_ENDPOINT, and whether a proxy answers"
    )]
    BadAnswer { endpoint: String, problem: String },

    /// What arrived is not what the Hub lists.
    #[error("{file} of {id} did not arrive as the Hub lists it: {problem}; it was not kept. Run this again")]
    Damaged { id: RepoId, file: String, problem: String },

    /// No space, or a quota is used up.
    #[error(
        "the disk is full: {needed} are still needed in {path}. Free some space or set HF_HOME to another disk, and run \
         this again: what has arrived is kept"
    )]
    DiskFull { path: PathBuf, needed: String },

    /// The operating system refused.
    #[error("cannot {action} {path}: {reason}{}", elsewhere(reason))]
    Io { action: &'static str, path: PathBuf, reason: io::Error },

    /// The observer stopped it.
    #[error("the download of {id} was stopped; run this again to go on where it is")]
    Cancelled { id: RepoId },
}

impl HubError {
    /// What happened, without what to do.
    pub(crate) fn brief(&self) -> String {
        match self {
            Self::Unreachable { endpoint, reason } => format!("cannot reach {endpoint}: {reason}"),
            other => other.to_string(),
        }
    }

    pub(crate) fn variable(name: &str, problem: impl Into<String>) -> Self {
        Self::Variable { name: name.to_owned(), problem: problem.into() }
    }

    /// For `map_err`.
    pub(crate) fn io(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |reason| Self::Io { action, path: path.to_owned(), reason }
    }

    /// For `map_err` where `needed` more bytes are to be written.
    pub(crate) fn write(path: &Path, needed: u64) -> impl FnOnce(io::Error) -> Self {
        move |reason| match reason.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::disk_full(path, needed),
            _ => Self::Io { action: "write", path: path.to_owned(), reason },
        }
    }

    pub(crate) fn disk_full(path: &Path, needed: u64) -> Self {
        Self::DiskFull { path: path.to_owned(), needed: bytes(needed) }
    }
}

/// A number of bytes for people: `742 MB`, `1.5 GB`.
fn bytes(count: u64) -> String {
    match count {
        0..1_000_000 => format!("{count} bytes"),
        1_000_000..1_000_000_000 => format!("{} MB", count / 1_000_000),
        _ => format!("{}.{} GB", count / 1_000_000_000, count / 100_000_000 % 10),
    }
}

fn sign_in(token: Option<&str>) -> String {
    match token {
        Some(source) => format!("the token from {source} must be of an account with access and allow reading it"),
        None => "give a token of an account with access: run `hf auth login`, or set HF_TOKEN".to_owned(),
    }
}

/// What the Hub's own command has to be told.
fn repo_type(kind: Kind) -> &'static str {
    match kind {
        Kind::Model => "",
        Kind::Dataset => " --repo-type dataset",
    }
}

/// A page of the repository below the endpoint.
fn page(kind: Kind, id: &RepoId, rest: &str) -> String {
    match kind {
        Kind::Model => format!("{}{rest}", id.repo()),
        Kind::Dataset => format!("datasets/{}{rest}", id.repo()),
    }
}

fn elsewhere(reason: &io::Error) -> &'static str {
    match reason.kind() {
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            "; set HF_HOME to a folder that you may write to"
        }
        _ => "",
    }
}

/// Names for a message: the first ones, and how many more.
pub(crate) fn listing<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let names: Vec<&str> = names.into_iter().collect();
    match names.len() {
        0 => "nothing".to_owned(),
        1..=12 => names.join(", "),
        many => format!("{} and {} more", names[..12].join(", "), many - 12),
    }
}
