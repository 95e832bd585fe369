//! One repository's folder in the cache, in the layout of `huggingface_hub`
//! (<https://huggingface.co/docs/huggingface_hub/guides/manage-cache>).
//!
//! ```text
//! models--ORG--NAME/blobs/HASH               the content of a file; HASH.incomplete while it arrives
//! models--ORG--NAME/refs/REVISION            the commit that a branch or tag stood for when it was last asked for
//! models--ORG--NAME/snapshots/COMMIT/PATH    links to blobs: the folder that is read
//! models--ORG--NAME/trees/COMMIT.json        what the commit consists of
//! .locks/models--ORG--NAME/HASH.lock         held by whoever downloads the blob
//! ```

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::listing::{Digest, Entry, Listing};
use crate::remote::Subject;
use crate::retry::pause;
use crate::{Commit, HubError, Observer, Revision};

/// The folder of one repository.
#[derive(Debug)]
pub(crate) struct RepoCache {
    root: PathBuf,
    locks: PathBuf,
}

impl RepoCache {
    pub(crate) fn new(cache: &Path, subject: Subject<'_>) -> Self {
        let folder = subject.id.folder(subject.kind);
        Self { root: cache.join(&folder), locks: cache.join(".locks").join(folder) }
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    pub(crate) fn snapshot(&self, commit: &Commit) -> PathBuf {
        self.root.join("snapshots").join(commit.as_str())
    }

    pub(crate) fn blob(&self, digest: &Digest) -> PathBuf {
        self.root.join("blobs").join(digest.as_str())
    }

    /// The commit that `revision` stood for when it was last fetched.
    pub(crate) fn commit(&self, revision: &Revision) -> Option<Commit> {
        fs::read_to_string(self.reference(revision)).ok()?.trim().parse().ok()
    }

    /// Records what `revision` stands for, once all of the commit is there.
    pub(crate) fn record(&self, revision: &Revision, commit: &Commit) -> Result<(), HubError> {
        if revision.commit().is_some() || self.commit(revision).as_ref() == Some(commit) {
            return Ok(());
        }
        write(&self.reference(revision), commit.as_str().as_bytes())
    }

    fn reference(&self, revision: &Revision) -> PathBuf {
        self.root.join("refs").join(revision.as_str())
    }

    /// The list of the commit's files, if it has been kept.
    pub(crate) fn listing(&self, commit: &Commit, subject: Subject<'_>) -> Option<Listing> {
        Listing::parse(&fs::read(self.tree(commit)).ok()?, subject)
    }

    pub(crate) fn keep(&self, commit: &Commit, listing: &Listing) -> Result<(), HubError> {
        let path = self.tree(commit);
        let json = listing.to_json().map_err(|error| HubError::io("write", &path)(error.into()))?;
        write(&path, &json)
    }

    fn tree(&self, commit: &Commit) -> PathBuf {
        self.root.join("trees").join(format!("{commit}.json"))
    }

    /// What lies in the commit's folder: paths within it, with `/` between names. Links to nothing are left out.
    pub(crate) fn files(&self, commit: &Commit) -> Vec<String> {
        fn visit(folder: &Path, prefix: &str, names: &mut Vec<String>) {
            for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
                let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
                // A link to a folder is not of the cache's making.
                if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                    visit(&entry.path(), &format!("{name}/"), names);
                } else if entry.path().is_file() {
                    names.push(name);
                }
            }
        }
        let mut names = Vec::new();
        visit(&self.snapshot(commit), "", &mut names);
        names.sort();
        names
    }

    /// Whether the commit's folder has the file, with the size that it should have.
    pub(crate) fn holds(&self, commit: &Commit, path: &str, entry: &Entry) -> bool {
        fs::metadata(self.snapshot(commit).join(path)).is_ok_and(|file| file.is_file() && file.len() == entry.size)
    }

    /// Puts a blob that is there into the commit's folder as `path`.
    pub(crate) fn link(&self, commit: &Commit, path: &str, entry: &Entry) -> Result<(), HubError> {
        let pointer = self.snapshot(commit).join(path);
        let parent = pointer.parent().unwrap_or(&self.root);
        fs::create_dir_all(parent).map_err(HubError::write(parent, 0))?;
        // Relative, so that the cache may be moved: up to the repository's folder, then down to the blob.
        let mut target: PathBuf =
            parent.strip_prefix(&self.root).unwrap_or(parent).components().map(|_| "..").collect();
        target.extend(["blobs", entry.digest.as_str()]);
        let made = match symlink(&target, &self.blob(&entry.digest), &pointer) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && !self.holds(commit, path, entry) => {
                // What is there is a link to nothing or to a damaged copy.
                fs::remove_file(&pointer).and_then(|()| symlink(&target, &self.blob(&entry.digest), &pointer))
            }
            made => made,
        };
        match made {
            Err(error) if !self.holds(commit, path, entry) => Err(HubError::write(&pointer, 0)(error)),
            // Made here, or by another process meanwhile.
            _ => Ok(()),
        }
    }

    /// Waits until no other process downloads the blob. The system lets go of the lock when a process ends, however it ends.
    pub(crate) fn lock(
        &self,
        digest: &Digest,
        subject: Subject<'_>,
        observer: &mut dyn Observer,
    ) -> Result<File, HubError> {
        const GLANCE: Duration = Duration::from_millis(100);
        fs::create_dir_all(&self.locks).map_err(HubError::write(&self.locks, 0))?;
        let path = self.locks.join(format!("{}.lock", digest.as_str()));
        let file = OpenOptions::new().create(true).truncate(false).write(true).open(&path);
        let file = file.map_err(HubError::write(&path, 0))?;
        let mut told = false;
        loop {
            match file.try_lock() {
                // Without locks, two processes do the work of one, but do each other no harm: see `Partial`.
                Ok(()) => return Ok(file),
                Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Unsupported => return Ok(file),
                Err(TryLockError::Error(error)) => return Err(HubError::io("lock", &path)(error)),
                Err(TryLockError::WouldBlock) => {
                    if !told {
                        tracing::info!("another process downloads a file of {}; waiting for it", subject.id);
                        told = true;
                    }
                    pause(GLANCE, subject.id, observer)?;
                }
            }
        }
    }
}

/// Writes a small file that others may read meanwhile: they see the old one or the new one.
fn write(path: &Path, bytes: &[u8]) -> Result<(), HubError> {
    let failed = || HubError::write(path, bytes.len() as u64);
    let parent = path.parent().unwrap_or(path);
    fs::create_dir_all(parent).map_err(failed())?;
    let mut builder = tempfile::Builder::new();
    // The permissions that an ordinary file gets, so that a cache may be shared.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let mut file = builder.suffix(".tmp").tempfile_in(parent).map_err(failed())?;
    file.write_all(bytes).map_err(failed())?;
    file.persist(path).map_err(|error| failed()(error.error))?;
    Ok(())
}

#[cfg(unix)]
fn symlink(target: &Path, _blob: &Path, pointer: &Path) -> io::Result<()> {
    std::os::unix::fs::symlink(target, pointer)
}

/// A link needs a permission that not everyone has here; a second name for the same content does as well.
#[cfg(windows)]
fn symlink(target: &Path, blob: &Path, pointer: &Path) -> io::Result<()> {
    std::os::windows::fs::symlink_file(target, pointer).or_else(|_| fs::hard_link(blob, pointer))
}
