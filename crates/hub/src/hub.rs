//! The Hub as a caller sees it.

use std::fs;
use std::path::PathBuf;
use std::sync::OnceLock;

use ureq::http::Uri;

use crate::choose::{self, INDEX, Weights};
use crate::remote::{Remote, Subject};
use crate::session::{Files, Session};
use crate::{Commit, DataId, HubError, Kind, Observer, RepoId, Settings};

/// The Hub and the cache.
#[derive(Debug)]
pub struct Hub {
    settings: Settings,
    endpoint: Uri,
    remote: OnceLock<Remote>,
}

/// What was asked for, in the cache.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    /// The commit that the revision stood for: with it, a run can be repeated.
    pub commit: Commit,
    /// The folder of the commit.
    pub path: PathBuf,
    /// The files that were asked for, as paths that begin with `path`; sorted.
    pub files: Vec<PathBuf>,
}

impl Hub {
    /// The Hub that `settings` describe. Nothing is asked or read yet.
    ///
    /// # Errors
    /// If the endpoint is not an address.
    pub fn new(settings: Settings) -> Result<Self, HubError> {
        let endpoint = settings.endpoint()?;
        Ok(Self { settings, endpoint, remote: OnceLock::new() })
    }

    /// The Hub that the environment describes; see [`Settings::from_env`].
    ///
    /// # Errors
    /// If a variable or the token's file cannot be used.
    pub fn from_env() -> Result<Self, HubError> {
        Self::new(Settings::from_env()?)
    }

    /// The folder of the model `id` with its configuration, tokenizer and safetensors weights. What is not in the cache
    /// is downloaded. A model at a full commit hash that is in the cache is found without a request.
    ///
    /// # Errors
    /// If there is no such model or revision, access is refused, the repository has no safetensors or no tokenizer, the
    /// Hub or the disk fails, or `observer` stops it. What has arrived is kept, and the next call goes on there.
    pub fn model(&self, id: &RepoId, observer: &mut dyn Observer) -> Result<Snapshot, HubError> {
        let session = Session::open(self, Subject { kind: Kind::Model, id }, observer)?;
        let index = session.snapshot().join(INDEX);
        let shards = |names: &[&str]| {
            let json = fs::read(&index).map_err(HubError::io("read", &index))?;
            choose::shards(&json, names, id)
        };
        let complete = |names: &[&str]| match choose::model(names, id) {
            Ok((_, Weights::Single)) => true,
            Ok((_, Weights::Sharded)) => shards(names).is_ok(),
            Err(_) => false,
        };
        let files = session.files(complete, observer)?;
        let names = files.names();
        let (mut wanted, weights) = choose::model(&names, id)?;
        let shards = match weights {
            Weights::Single => Vec::new(),
            Weights::Sharded => {
                session.fetch(&files, &[INDEX], observer)?;
                shards(&names)?
            }
        };
        wanted.extend(shards.iter().map(String::as_str));
        finish(&session, &files, wanted, observer)
    }

    /// The files of the data set `id`: those that its pattern matches, or else the one file that can be read, or those of
    /// the training split. `endings` are those of files that can be read, without dots.
    ///
    /// # Errors
    /// As [`model`](Self::model), and if no file is chosen or the choice is the caller's.
    pub fn dataset(&self, id: &DataId, endings: &[&str], observer: &mut dyn Observer) -> Result<Snapshot, HubError> {
        let session = Session::open(self, Subject { kind: Kind::Dataset, id: &id.repo }, observer)?;
        // Of a pattern or a split, the cache alone does not tell whether it is all there.
        let named = |names: &[&str]| id.files.as_ref().is_some_and(|files| names.contains(&files.as_str()));
        let files = session.files(named, observer)?;
        let names = files.names();
        let wanted = choose::data(&names, id, endings)?;
        finish(&session, &files, wanted, observer)
    }

    pub(crate) fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The connection, made when it is first needed.
    pub(crate) fn remote(&self) -> &Remote {
        self.remote.get_or_init(|| Remote::new(&self.settings, self.endpoint.clone()))
    }
}

fn finish(
    session: &Session<'_>,
    files: &Files,
    mut wanted: Vec<&str>,
    observer: &mut dyn Observer,
) -> Result<Snapshot, HubError> {
    wanted.sort_unstable();
    session.fetch(files, &wanted, observer)?;
    session.close();
    let path = session.snapshot();
    let files = wanted.into_iter().map(|name| path.join(name)).collect();
    Ok(Snapshot { commit: session.commit().clone(), path, files })
}
