//! One blob: from the bytes that are there to the whole, checked file.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use sha1::Sha1;
use sha2::{Digest as _, Sha256};
use ureq::Body;
use ureq::http::header::CONTENT_RANGE;
use ureq::http::{Response, StatusCode, Uri};

use crate::listing::{Digest, Entry};
use crate::remote::{Remote, Subject};
use crate::retry::{Attempts, Failure, check};
use crate::{HubError, Observer, Progress, Settings};

const BLOCK: usize = 256 << 10;

/// A file that is wanted.
pub(crate) struct Wanted<'a> {
    pub(crate) subject: Subject<'a>,
    pub(crate) path: &'a str,
    pub(crate) entry: &'a Entry,
    pub(crate) address: Uri,
}

/// Bytes of all files of a call.
#[derive(Clone, Copy)]
pub(crate) struct Count {
    /// Of the files before this one.
    pub(crate) before: u64,
    pub(crate) total: u64,
}

impl Count {
    fn report(self, wanted: &Wanted<'_>, len: u64, observer: &mut dyn Observer) {
        observer.progress(Progress { file: wanted.path, done: self.before.saturating_add(len), total: self.total });
    }
}

/// Brings the content to `blob`, from where an earlier attempt stopped. The caller holds the blob's lock.
pub(crate) fn download(
    remote: &Remote,
    settings: &Settings,
    wanted: &Wanted<'_>,
    blob: &Path,
    count: Count,
    observer: &mut dyn Observer,
) -> Result<(), HubError> {
    let id = wanted.subject.id;
    loop {
        let mut partial = Partial::open(blob, wanted, count, observer)?;
        let resumed = partial.len > 0;
        let mut attempts = Attempts::new(settings);
        loop {
            let start = partial.len;
            match transfer(remote, wanted, &mut partial, count, observer) {
                Ok(()) => break,
                Err(failure) => {
                    if partial.len > start {
                        attempts.restart();
                    }
                    attempts.after(failure, id, observer)?;
                }
            }
        }
        match partial.finish(blob)? {
            Check::Passed => return Ok(()),
            // The part that was there may be what a crash has left.
            Check::Failed(_) if resumed => {
                tracing::warn!("{} of {id} was damaged on the disk; it is downloaded again", wanted.path);
            }
            Check::Failed(found) => {
                let problem = format!("its hash is {found}, not {}", wanted.entry.digest.as_str());
                return Err(HubError::Damaged { id: id.clone(), file: wanted.path.to_owned(), problem });
            }
        }
    }
}

/// Requests what is missing of `partial` once and appends what arrives.
fn transfer(
    remote: &Remote,
    wanted: &Wanted<'_>,
    partial: &mut Partial,
    count: Count,
    observer: &mut dyn Observer,
) -> Result<(), Failure> {
    let size = wanted.entry.size;
    if partial.len == size {
        return Ok(());
    }
    check(wanted.subject.id, observer)?;
    let mut response = remote.get(wanted.subject, Some(wanted.path), &wanted.address, partial.len)?;
    if partial.len > 0 && response.status() != StatusCode::PARTIAL_CONTENT {
        partial.restart()?;
    }
    if let Some(stated) = stated_size(&response, partial.len).filter(|&stated| stated != size) {
        return Err(wanted.damaged(format!("it has {stated} bytes, not {size}")).into());
    }
    let mut reader = response.body_mut().as_reader();
    let mut block = vec![0; BLOCK];
    while partial.len < size {
        check(wanted.subject.id, observer)?;
        let arrived = reader.read(&mut block).map_err(|error| remote.unreachable(error.into()))?;
        if arrived == 0 {
            let error = remote.lost(format!("the connection was cut after {} of {size} bytes", partial.len));
            return Err(Failure::Passing { error, wait: None });
        }
        if arrived as u64 > size - partial.len {
            return Err(wanted.damaged(format!("it has more than {size} bytes")).into());
        }
        partial.append(&block[..arrived], size)?;
        count.report(wanted, partial.len, observer);
    }
    Ok(())
}

impl Wanted<'_> {
    fn damaged(&self, problem: String) -> HubError {
        HubError::Damaged { id: self.subject.id.clone(), file: self.path.to_owned(), problem }
    }
}

/// The size of the whole file as the response states it, or its end if that is all it states.
fn stated_size(response: &Response<Body>, offset: u64) -> Option<u64> {
    if response.status() != StatusCode::PARTIAL_CONTENT {
        return response.body().content_length();
    }
    // `bytes FIRST-LAST/SIZE`. Another part than was asked for would fail the check of the hash.
    let range = response.headers().get(CONTENT_RANGE).and_then(|range| range.to_str().ok());
    let size = range.and_then(|range| range.rsplit_once('/')?.1.parse().ok());
    size.or_else(|| Some(offset.saturating_add(response.body().content_length()?)))
}

/// `HASH.incomplete`, and the hash of what it holds.
///
/// It is written at offsets and never shortened, so that two processes without a lock, on a file system that has none,
/// write the same bytes to the same places.
struct Partial {
    path: PathBuf,
    file: File,
    len: u64,
    hasher: Hasher,
    expected: Digest,
    size: u64,
}

/// Where the bytes of `blob` are until all have arrived.
pub(crate) fn incomplete(blob: &Path) -> PathBuf {
    let mut path = blob.as_os_str().to_owned();
    path.push(".incomplete");
    PathBuf::from(path)
}

enum Check {
    Passed,
    /// With the hash that it has.
    Failed(String),
}

impl Partial {
    fn open(blob: &Path, wanted: &Wanted<'_>, count: Count, observer: &mut dyn Observer) -> Result<Self, HubError> {
        let path = incomplete(blob);
        let size = wanted.entry.size;
        let parent = blob.parent().unwrap_or(blob);
        fs::create_dir_all(parent).map_err(HubError::write(parent, size))?;
        if fs::metadata(&path).is_ok_and(|file| file.len() > size) {
            fs::remove_file(&path).map_err(HubError::io("remove", &path))?;
        }
        let file = OpenOptions::new().create(true).truncate(false).read(true).write(true).open(&path);
        let file = file.map_err(HubError::write(&path, size))?;
        let expected = wanted.entry.digest.clone();
        let mut partial = Self { path, file, len: 0, hasher: Hasher::new(&expected, size), expected, size };
        partial.take_up(wanted, count, observer)?;
        Ok(partial)
    }

    /// Hashes what is there. Of a large file this takes seconds, so it is reported as if it arrived.
    fn take_up(&mut self, wanted: &Wanted<'_>, count: Count, observer: &mut dyn Observer) -> Result<(), HubError> {
        let mut block = vec![0; BLOCK];
        loop {
            check(wanted.subject.id, observer)?;
            let read = self.file.read(&mut block).map_err(HubError::io("read", &self.path))?;
            if read == 0 {
                return Ok(());
            }
            self.hasher.update(&block[..read]);
            self.len += read as u64;
            count.report(wanted, self.len, observer);
        }
    }

    fn restart(&mut self) -> Result<(), HubError> {
        self.file.seek(SeekFrom::Start(0)).map_err(HubError::io("read", &self.path))?;
        self.len = 0;
        self.hasher = Hasher::new(&self.expected, self.size);
        Ok(())
    }

    fn append(&mut self, bytes: &[u8], size: u64) -> Result<(), HubError> {
        self.file.write_all(bytes).map_err(HubError::write(&self.path, size - self.len))?;
        self.hasher.update(bytes);
        self.len += bytes.len() as u64;
        Ok(())
    }

    /// Gives the file its name if it is what it should be, and removes it otherwise.
    fn finish(self, blob: &Path) -> Result<Check, HubError> {
        let found = self.hasher.finish();
        if found != self.expected.as_str() {
            fs::remove_file(&self.path).map_err(HubError::io("remove", &self.path))?;
            return Ok(Check::Failed(found));
        }
        self.file.sync_all().map_err(HubError::write(&self.path, 0))?;
        match fs::rename(&self.path, blob) {
            // Another process, without a lock, was faster.
            Err(error) if error.kind() == io::ErrorKind::NotFound && blob.exists() => {}
            renamed => renamed.map_err(HubError::write(blob, 0))?,
        }
        Ok(Check::Passed)
    }
}

enum Hasher {
    Sha256(Sha256),
    Git(Sha1),
}

impl Hasher {
    fn new(digest: &Digest, size: u64) -> Self {
        match digest {
            Digest::Sha256(_) => Self::Sha256(Sha256::new()),
            Digest::Git(_) => Self::Git(Sha1::new_with_prefix(format!("blob {size}\0"))),
        }
    }

    fn update(&mut self, bytes: &[u8]) {
        match self {
            Self::Sha256(hasher) => hasher.update(bytes),
            Self::Git(hasher) => hasher.update(bytes),
        }
    }

    fn finish(self) -> String {
        match self {
            Self::Sha256(hasher) => format!("{:x}", hasher.finalize()),
            Self::Git(hasher) => format!("{:x}", hasher.finalize()),
        }
    }
}
