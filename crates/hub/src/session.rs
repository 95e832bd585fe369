//! One call: which commit, which files, and bringing those that are missing into the cache.

use std::fs;
use std::path::{Path, PathBuf};

use crate::cache::RepoCache;
use crate::download::{Count, Wanted, download, incomplete};
use crate::error::listing;
use crate::hub::Hub;
use crate::listing::{Entry, Listing};
use crate::remote::Subject;
use crate::retry::Attempts;
use crate::{Commit, HubError, Observer};

/// A repository at a commit.
pub(crate) struct Session<'a> {
    hub: &'a Hub,
    subject: Subject<'a>,
    cache: RepoCache,
    commit: Commit,
    /// Why the Hub is not asked, if it is not.
    offline: Option<String>,
}

/// What is known of a commit's files.
pub(crate) enum Files {
    /// What the Hub lists.
    Listed(Listing),
    /// Only what lies in the cache, put there by a program that keeps no list.
    Cached(Vec<String>),
}

impl Files {
    pub(crate) fn names(&self) -> Vec<&str> {
        match self {
            Self::Listed(listing) => listing.paths().collect(),
            Self::Cached(names) => names.iter().map(String::as_str).collect(),
        }
    }
}

impl<'a> Session<'a> {
    /// Finds the commit that the revision stands for: from itself, from the Hub, or, where the Hub does not answer, from
    /// the cache.
    pub(crate) fn open(hub: &'a Hub, subject: Subject<'a>, observer: &mut dyn Observer) -> Result<Self, HubError> {
        let cache = RepoCache::new(&hub.settings().cache, subject);
        let revision = subject.id.revision();
        let mut offline = hub.settings().offline.then(|| "HF_HUB_OFFLINE is on".to_owned());
        if let Some(commit) = revision.commit() {
            return Ok(Self { hub, subject, cache, commit, offline });
        }
        let cached = cache.commit(&revision);
        let commit = match (&offline, cached) {
            (Some(why), cached) => cached.ok_or_else(|| not_cached(hub, subject, "it is".to_owned(), why))?,
            (None, None) => hub.remote().commit(subject, &revision, Attempts::new(hub.settings()), observer)?,
            (None, Some(cached)) => match hub.remote().commit(subject, &revision, Attempts::single(), observer) {
                Err(HubError::Unreachable { reason, .. }) => {
                    let endpoint = hub.remote().endpoint();
                    tracing::warn!("cannot reach {endpoint}: {reason}; using {} as it was last downloaded", subject.id);
                    offline = Some(format!("{endpoint} cannot be reached: {reason}"));
                    cached
                }
                answer => answer?,
            },
        };
        Ok(Self { hub, subject, cache, commit, offline })
    }

    pub(crate) fn commit(&self) -> &Commit {
        &self.commit
    }

    /// The folder with the commit's files.
    pub(crate) fn snapshot(&self) -> PathBuf {
        self.cache.snapshot(&self.commit)
    }

    /// The commit's files. The Hub is asked once for a commit; if it does not say, what lies in the cache will do where
    /// `suffices` says so.
    pub(crate) fn files(
        &self,
        suffices: impl FnOnce(&[&str]) -> bool,
        observer: &mut dyn Observer,
    ) -> Result<Files, HubError> {
        if let Some(listing) = self.cache.listing(&self.commit, self.subject) {
            return Ok(Files::Listed(listing));
        }
        let cached = Files::Cached(self.cache.files(&self.commit));
        let names = cached.names();
        if let Some(why) = &self.offline {
            let missing = || format!("commit {} is", self.commit);
            return if names.is_empty() { Err(not_cached(self.hub, self.subject, missing(), why)) } else { Ok(cached) };
        }
        let suffices = suffices(&names);
        let attempts = if suffices { Attempts::single() } else { Attempts::new(self.hub.settings()) };
        match Listing::fetch(self.hub.remote(), self.subject, &self.commit, attempts, observer) {
            Ok(listing) => {
                if let Err(error) = self.cache.keep(&self.commit, &listing) {
                    // A cache that others fill may be read all the same.
                    tracing::debug!("the list of files is not kept: {error}");
                }
                Ok(Files::Listed(listing))
            }
            // A commit does not change, whatever has become of the repository.
            Err(error) if suffices && !matches!(error, HubError::Cancelled { .. }) => {
                tracing::warn!("{error}; using commit {} as it was downloaded", self.commit);
                Ok(cached)
            }
            Err(error) => Err(error),
        }
    }

    /// Brings `names` into the commit's folder.
    pub(crate) fn fetch(&self, files: &Files, names: &[&str], observer: &mut dyn Observer) -> Result<(), HubError> {
        let Files::Listed(listed) = files else {
            // They were chosen from what is there.
            return Ok(());
        };
        let entries = || names.iter().filter_map(|&name| Some((name, listed.get(name)?)));
        let missing: Vec<(&str, &Entry)> =
            entries().filter(|(name, entry)| !self.cache.holds(&self.commit, name, entry)).collect();
        if missing.is_empty() {
            return Ok(());
        }
        if let Some(why) = &self.offline {
            let what = listing(missing.iter().map(|(name, _)| *name));
            let verb = if missing.len() == 1 { "is" } else { "are" };
            return Err(not_cached(self.hub, self.subject, format!("{what} {verb}"), why));
        }
        check_space(self.cache.root(), sum(missing.iter().map(|(_, entry)| self.bytes_due(entry))))?;
        let total = sum(entries().map(|(_, entry)| entry.size));
        let mut count = Count { before: total - sum(missing.iter().map(|(_, entry)| entry.size)), total };
        for (name, entry) in missing {
            self.fetch_one(name, entry, count, observer)?;
            count.before += entry.size;
        }
        Ok(())
    }

    fn fetch_one(&self, path: &str, entry: &Entry, count: Count, observer: &mut dyn Observer) -> Result<(), HubError> {
        let blob = self.cache.blob(&entry.digest);
        let lock = self.cache.lock(&entry.digest, self.subject, observer)?;
        if !has_size(&blob, entry.size) {
            let (remote, settings) = (self.hub.remote(), self.hub.settings());
            let address = remote.file(self.subject, &self.commit, path)?;
            let wanted = Wanted { subject: self.subject, path, entry, address };
            download(remote, settings, &wanted, &blob, count, observer)?;
        }
        let linked = self.cache.link(&self.commit, path, entry);
        drop(lock);
        linked
    }

    /// Bytes of a file that are yet to be written.
    fn bytes_due(&self, entry: &Entry) -> u64 {
        let blob = self.cache.blob(&entry.digest);
        if has_size(&blob, entry.size) {
            return 0;
        }
        let arrived = fs::metadata(incomplete(&blob)).map_or(0, |file| file.len());
        entry.size.saturating_sub(arrived)
    }

    /// Notes what the revision stands for, now that all that was wanted is there.
    pub(crate) fn close(&self) {
        if let Err(error) = self.cache.record(&self.subject.id.revision(), &self.commit) {
            tracing::warn!("{error}; without a network, {} will not be found", self.subject.id);
        }
    }
}

/// Sizes are what the Hub says: they may be absurd.
fn sum(sizes: impl Iterator<Item = u64>) -> u64 {
    sizes.fold(0, u64::saturating_add)
}

fn has_size(path: &Path, size: u64) -> bool {
    fs::metadata(path).is_ok_and(|file| file.is_file() && file.len() == size)
}

/// Refuses before the first byte what the disk has no room for.
fn check_space(folder: &Path, due: u64) -> Result<(), HubError> {
    let existing = folder.ancestors().find(|folder| folder.exists()).unwrap_or(folder);
    match fs4::available_space(existing) {
        Ok(space) if space < due => Err(HubError::disk_full(existing, due)),
        // Where the system does not say, writing will.
        _ => Ok(()),
    }
}

fn not_cached(hub: &Hub, subject: Subject<'_>, missing: String, why: &str) -> HubError {
    HubError::NotCached {
        kind: subject.kind,
        id: subject.id.clone(),
        missing,
        cache: hub.settings().cache.clone(),
        why: why.to_owned(),
    }
}
