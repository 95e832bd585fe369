//! The files of a repository at one commit: as the Hub lists them, and as the cache keeps that list.
//!
//! The cache's form is `trees/COMMIT.json` of `huggingface_hub` (`_tree_cache.py`): a commit never changes, so its list
//! need not be asked for twice.

use std::collections::BTreeMap;
use std::path::{Component, Path};

use serde::{Deserialize, Serialize};

use crate::commit::is_hex;
use crate::remote::{Remote, Subject};
use crate::retry::Attempts;
use crate::{Commit, HubError, Observer};

/// More files than a repository may have on the Hub.
const MOST_FILES: usize = 1_000_000;
const FORMAT_VERSION: u64 = 1;

/// The hash that names a file's content, here and in the cache. Lower-case hexadecimal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Digest {
    /// Of a file in large-file storage.
    Sha256(String),
    /// Of a file in git: SHA-1 of `blob SIZE\0` and the content.
    Git(String),
}

impl Digest {
    pub(crate) fn as_str(&self) -> &str {
        match self {
            Self::Sha256(digits) | Self::Git(digits) => digits,
        }
    }
}

/// What the Hub says of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) size: u64,
    pub(crate) digest: Digest,
    record: Record,
}

/// A file in the cache's form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Record {
    size: u64,
    blob_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    lfs_sha256: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    lfs_size: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    xet_hash: Option<String>,
}

impl Entry {
    /// `None` if the record has no usable hash.
    fn new(record: Record) -> Option<Self> {
        let digest = match &record.lfs_sha256 {
            Some(digits) => is_hex(digits, 64).then(|| Digest::Sha256(digits.clone())),
            None => is_hex(&record.blob_id, 40).then(|| Digest::Git(record.blob_id.clone())),
        };
        Some(Self { size: record.lfs_size.unwrap_or(record.size), digest: digest?, record })
    }
}

/// The files of a commit, by path within the repository.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Listing(BTreeMap<String, Entry>);

impl Listing {
    /// Asks the Hub.
    pub(crate) fn fetch(
        remote: &Remote,
        subject: Subject<'_>,
        commit: &Commit,
        attempts: Attempts,
        observer: &mut dyn Observer,
    ) -> Result<Self, HubError> {
        let mut listing = Self::default();
        let mut next = Some(remote.tree(subject, commit)?);
        let mut seen = 0;
        while let Some(address) = next {
            let nodes: Vec<Node>;
            (nodes, next) = remote.json(subject, &address, attempts, observer)?;
            seen += nodes.len().max(1);
            if seen > MOST_FILES {
                return Err(remote.bad_answer("its listing of files does not end"));
            }
            for node in nodes.into_iter().filter(|node| node.kind == "file") {
                let (path, record) = node.into_record();
                let name = path.escape_debug().to_string();
                if !listing.insert(path, record, subject)? {
                    return Err(remote.bad_answer(format!("it states no usable hash for the file {name}")));
                }
            }
        }
        Ok(listing)
    }

    /// Reads `trees/COMMIT.json`. `None` if it is of another version or cannot be used: then the Hub is asked.
    pub(crate) fn parse(json: &[u8], subject: Subject<'_>) -> Option<Self> {
        let tree: Tree =
            serde_json::from_slice(json).ok().filter(|tree: &Tree| tree.format_version == FORMAT_VERSION)?;
        let mut listing = Self::default();
        let whole =
            tree.files.into_iter().all(|(path, record)| matches!(listing.insert(path, record, subject), Ok(true)));
        whole.then_some(listing)
    }

    /// The content of `trees/COMMIT.json`.
    pub(crate) fn to_json(&self) -> serde_json::Result<Vec<u8>> {
        let files = self.0.iter().map(|(path, entry)| (path.clone(), entry.record.clone())).collect();
        serde_json::to_vec_pretty(&Tree { format_version: FORMAT_VERSION, files })
    }

    pub(crate) fn get(&self, path: &str) -> Option<&Entry> {
        self.0.get(path)
    }

    /// The paths, sorted.
    pub(crate) fn paths(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// Whether the record could be used; an error if its name cannot.
    fn insert(&mut self, path: String, record: Record, subject: Subject<'_>) -> Result<bool, HubError> {
        if !stays_inside(&path) {
            return Err(HubError::HostileName { id: subject.id.clone(), name: path });
        }
        Ok(Entry::new(record).map(|entry| self.0.insert(path, entry)).is_some())
    }
}

/// Whether `path` stays within the folder that it is joined to.
fn stays_inside(path: &str) -> bool {
    !path.is_empty()
        && !path.chars().any(char::is_control)
        && Path::new(path).components().all(|part| matches!(part, Component::Normal(_)))
}

#[derive(Serialize, Deserialize)]
struct Tree {
    format_version: u64,
    files: BTreeMap<String, Record>,
}

/// An entry of the Hub's answer to `/api/models/ORG/NAME/tree/COMMIT`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Node {
    #[serde(rename = "type")]
    kind: String,
    path: String,
    #[serde(default)]
    size: u64,
    #[serde(default)]
    oid: String,
    lfs: Option<Lfs>,
    xet_hash: Option<String>,
}

#[derive(Deserialize)]
struct Lfs {
    oid: String,
    size: u64,
}

impl Node {
    fn into_record(self) -> (String, Record) {
        let (lfs_sha256, lfs_size) = self.lfs.map(|lfs| (lfs.oid, lfs.size)).unzip();
        // `huggingface_hub` takes no list with a hash of another form.
        let xet_hash = self.xet_hash.filter(|hash| is_hex(hash, 64));
        (self.path, Record { size: self.size, blob_id: self.oid, lfs_sha256, lfs_size, xet_hash })
    }
}
