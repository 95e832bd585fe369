//! Names of repositories on the Hub: `org/name`, `org/name@revision`, `org/name@revision:files`.

use std::fmt;
use std::str::FromStr;

use crate::Commit;

/// The prefix that makes a name an id of the Hub, whatever lies on the disk.
pub(crate) const PREFIX: &str = "hf:";

/// What a repository holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A model.
    Model,
    /// A data set.
    Dataset,
}

impl Kind {
    /// As it is called in addresses and in the cache: `models`, `datasets`.
    pub(crate) fn plural(self) -> &'static str {
        match self {
            Self::Model => "models",
            Self::Dataset => "datasets",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Model => "model",
            Self::Dataset => "data set",
        })
    }
}

/// A text that is not the id of a repository.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not an id of the Hugging Face Hub: {problem}; an id is `org/name` or `org/name@revision`")]
pub struct IdError {
    /// The text.
    pub text: String,
    /// What is wrong with it.
    pub problem: &'static str,
}

/// A branch, a tag or a commit; `main` if none was named.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Revision(Box<str>);

impl Revision {
    /// The branch that is meant where none is named.
    pub(crate) const DEFAULT: &str = "main";

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The commit, if the revision is a full commit hash.
    #[must_use]
    pub fn commit(&self) -> Option<Commit> {
        self.0.parse().ok()
    }

    /// Checks for the characters of git references, which also makes it safe as a path below `refs`.
    fn parse(text: &str) -> Result<Self, &'static str> {
        let known = |byte: u8| byte.is_ascii_alphanumeric() || b"._-/+".contains(&byte);
        if text.is_empty() {
            return Err("no revision follows the `@`");
        }
        if !text.bytes().all(known) {
            return Err("a revision has letters, digits and `.`, `_`, `-`, `+`, `/`");
        }
        if text.split('/').any(|part| part.is_empty() || part.starts_with('.') || part.ends_with('.')) {
            return Err("the parts of a revision are not empty and do not begin or end with a dot");
        }
        Ok(Self(text.into()))
    }
}

/// A repository and a revision of it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RepoId {
    /// `org/name`.
    repo: Box<str>,
    revision: Option<Revision>,
}

impl RepoId {
    /// `org/name`, without the revision.
    #[must_use]
    pub fn repo(&self) -> &str {
        &self.repo
    }

    /// The revision: the one that was named, or `main`.
    #[must_use]
    pub fn revision(&self) -> Revision {
        self.revision.clone().unwrap_or_else(|| Revision(Revision::DEFAULT.into()))
    }

    /// The same repository at `commit`, for records: it stays the same when branches move on.
    #[must_use]
    pub fn at(&self, commit: &Commit) -> Self {
        Self { revision: Some(Revision(commit.as_str().into())), ..self.clone() }
    }

    /// The folder's name in the cache, `models--org--name`.
    pub(crate) fn folder(&self, kind: Kind) -> String {
        format!("{}--{}", kind.plural(), self.repo.replace('/', "--"))
    }

    fn parse(text: &str) -> Result<Self, &'static str> {
        let (repo, revision) = match text.split_once('@') {
            Some((repo, revision)) => (repo, Some(Revision::parse(revision)?)),
            None => (text, None),
        };
        let (org, name) = repo.split_once('/').ok_or("it has no `/` between organization and name")?;
        check_part(org)?;
        check_part(name)?;
        if repo.len() > 96 {
            return Err("it is longer than 96 characters");
        }
        if name.ends_with(".git") {
            return Err("the name ends with `.git`");
        }
        Ok(Self { repo: repo.into(), revision })
    }
}

/// The rules of `huggingface_hub.utils.validate_repo_id`.
fn check_part(part: &str) -> Result<(), &'static str> {
    let edge = |c: char| c == '-' || c == '.';
    if part.is_empty() {
        return Err("organization and name must not be empty");
    }
    if !part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte)) {
        return Err("organization and name have letters, digits and `.`, `_`, `-`");
    }
    if part.starts_with(edge) || part.ends_with(edge) || part.contains("--") || part.contains("..") {
        return Err("organization and name neither begin nor end with `-` or `.`, nor have `--` or `..`");
    }
    Ok(())
}

impl FromStr for RepoId {
    type Err = IdError;

    /// Reads `org/name` or `org/name@revision`, with `hf:` before it or not.
    fn from_str(text: &str) -> Result<Self, IdError> {
        Self::parse(text.strip_prefix(PREFIX).unwrap_or(text))
            .map_err(|problem| IdError { text: text.to_owned(), problem })
    }
}

impl fmt::Display for RepoId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.repo)?;
        self.revision.as_ref().map_or(Ok(()), |revision| write!(f, "@{}", revision.as_str()))
    }
}

/// A data set and, after a colon, which of its files: a path or a pattern (`*`, `?`, `[ab]` within a folder, `**` across
/// folders). The colon is git's, and no revision can have one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DataId {
    /// The repository.
    pub repo: RepoId,
    /// Which files; if `None`, those that hold the training split.
    pub files: Option<glob::Pattern>,
}

impl DataId {
    fn parse(text: &str) -> Result<Self, &'static str> {
        let (repo, files) = match text.split_once(':') {
            Some((_, "")) => return Err("no file follows the `:`"),
            Some((repo, files)) => (
                repo,
                Some(glob::Pattern::new(files).map_err(|_| "what follows the `:` is not a pattern of file names")?),
            ),
            None => (text, None),
        };
        Ok(Self { repo: RepoId::parse(repo)?, files })
    }

    /// The same files at `commit`, for records.
    #[must_use]
    pub fn at(&self, commit: &Commit) -> Self {
        Self { repo: self.repo.at(commit), files: self.files.clone() }
    }
}

impl FromStr for DataId {
    type Err = IdError;

    /// Reads `org/name`, `org/name@revision`, and either with `:files`; `hf:` before it or not.
    fn from_str(text: &str) -> Result<Self, IdError> {
        Self::parse(text.strip_prefix(PREFIX).unwrap_or(text))
            .map_err(|problem| IdError { text: text.to_owned(), problem })
    }
}

impl fmt::Display for DataId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.repo)?;
        self.files.as_ref().map_or(Ok(()), |files| write!(f, ":{files}"))
    }
}
