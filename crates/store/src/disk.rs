//! Whatever this crate writes, syncs, renames, removes or reads, in one place, so that a test can make any of it fail.
//!
//! Not here: looks at whether something is there to be read, locks, and the removal of what is given up, which nobody waits for.
//!
//! [`with_faults`] is asked before each; what it says holds for the thread that it runs on. Without it an operation
//! costs one look at a thread's variable more than the standard library's.

use std::cell::RefCell;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use memmap2::Mmap;

use crate::path::parent;

/// What is about to be done to a file or folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Operation {
    /// A file is opened or read, a folder is listed.
    Read,
    /// A file or folder comes to be.
    Create,
    /// Bytes are written.
    Write,
    /// A file's length is set.
    Resize,
    /// What was written is made durable.
    Sync,
    /// A file or folder gets another name.
    Rename,
    /// A file or folder goes.
    Remove,
}

/// How an operation fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fault {
    /// What the system says.
    pub kind: io::ErrorKind,
    /// Whether half of what is written gets there before. Of no meaning for other operations.
    pub short: bool,
}

/// Far above any file of settings, vocabulary or state.
const MAX_TEXT_BYTES: u64 = 1 << 28;

type Decide = Box<dyn FnMut(Operation, &Path) -> Option<Fault>>;

thread_local! {
    static DECIDE: RefCell<Option<Decide>> = const { RefCell::new(None) };
}

/// Does `work` on a disk where those operations fail for which `decide` gives a fault. For tests of whatever writes through
/// this crate, on the thread that calls.
pub fn with_faults<T>(decide: impl FnMut(Operation, &Path) -> Option<Fault> + 'static, work: impl FnOnce() -> T) -> T {
    /// Takes the faults away, also where `work` panics.
    struct Healed;
    impl Drop for Healed {
        fn drop(&mut self) {
            DECIDE.set(None);
        }
    }
    DECIDE.set(Some(Box::new(decide)));
    let _healed = Healed;
    work()
}

fn fault(operation: Operation, path: &Path) -> Option<Fault> {
    DECIDE.with_borrow_mut(|decide| decide.as_mut()?(operation, path))
}

/// Fails where a test wants it to.
fn may(operation: Operation, path: &Path) -> io::Result<()> {
    fault(operation, path).map_or(Ok(()), |fault| Err(fault.kind.into()))
}

/// Reads `path`, a file that is small by its kind, such as settings or a vocabulary.
///
/// # Errors
/// As [`open`], or if the file is larger than any of its kind.
pub fn read(path: &Path) -> io::Result<Vec<u8>> {
    let (mut bytes, file) = (Vec::new(), open(path)?);
    file.take(MAX_TEXT_BYTES + 1).read_to_end(&mut bytes)?;
    match bytes.len() as u64 > MAX_TEXT_BYTES {
        true => Err(io::Error::other(format!("it has more than {MAX_TEXT_BYTES} bytes, which no such file needs"))),
        false => Ok(bytes),
    }
}

/// Opens `path` to read, if it is a file on a disk: a pipe would be waited for, and a device may never end.
///
/// # Errors
/// If the system refuses, or it is a folder, a pipe or a device.
pub fn open(path: &Path) -> io::Result<File> {
    may(Operation::Read, path)?;
    let kind = fs::metadata(path)?;
    match kind.is_file() {
        true => File::open(path),
        false if kind.is_dir() => Err(io::Error::other("it is a folder; put the file itself there")),
        false => Err(io::Error::other("it is a pipe or a device; put the file itself there")),
    }
}

pub(crate) fn map(path: &Path) -> io::Result<Mmap> {
    let file = open(path)?;
    // SAFETY: the map is read only. Another process that shortened the file in place would make a later read
    // fault; writers of model files, this crate among them, replace files instead.
    #[allow(unsafe_code, reason = "a memory map is how a model larger than memory is read")]
    unsafe {
        Mmap::map(&file)
    }
}

/// The paths in a folder.
pub(crate) fn list(dir: &Path) -> io::Result<Vec<PathBuf>> {
    may(Operation::Read, dir)?;
    fs::read_dir(dir)?.map(|entry| Ok(entry?.path())).collect()
}

/// Whether anything is called `path`.
pub(crate) fn exists(path: &Path) -> io::Result<bool> {
    may(Operation::Read, path)?;
    path.try_exists()
}

/// Whether `path` is a file, or a link to one; what cannot be looked at is none.
pub(crate) fn is_file(path: &Path) -> bool {
    may(Operation::Read, path).is_ok() && path.is_file()
}

/// Whether `path` is a folder, and no link to one; what cannot be looked at is none.
pub(crate) fn is_own_dir(path: &Path) -> bool {
    may(Operation::Read, path).is_ok() && fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_dir())
}

/// Whether a folder can be put at `path` without anything being lost: nothing is there, or an empty folder.
pub(crate) fn is_vacant(path: &Path) -> io::Result<bool> {
    may(Operation::Read, path)?;
    match fs::symlink_metadata(path) {
        Ok(metadata) if metadata.is_dir() => Ok(fs::read_dir(path)?.next().is_none()),
        Ok(_) => Ok(false),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(true),
        Err(error) => Err(error),
    }
}

/// What lies in a folder at any depth: names relative to it, with `/` between them.
#[derive(Default)]
pub(crate) struct Contents {
    pub(crate) files: Vec<String>,
    pub(crate) dirs: Vec<String>,
    pub(crate) bytes: u64,
}

/// What lies in `root`; the files are sorted, and a folder comes after those in it.
pub(crate) fn walk(root: &Path) -> io::Result<Contents> {
    fn visit(dir: &Path, prefix: &str, contents: &mut Contents) -> io::Result<()> {
        may(Operation::Read, dir)?;
        for entry in fs::read_dir(dir)? {
            let entry = entry?;
            let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
            if entry.file_type()?.is_dir() {
                visit(&entry.path(), &format!("{name}/"), contents)?;
                contents.dirs.push(name);
            } else {
                contents.bytes += entry.metadata()?.len();
                contents.files.push(name);
            }
        }
        Ok(())
    }
    let mut contents = Contents::default();
    visit(root, "", &mut contents)?;
    contents.files.sort();
    Ok(contents)
}

/// A file that is there, to be locked or synced.
pub(crate) fn open_to_write(path: &Path) -> io::Result<File> {
    may(Operation::Read, path)?;
    OpenOptions::new().write(true).open(path)
}

/// Creates `dir` and what is missing above it. Each folder is made to last in the one above: a file that is synced in a folder
/// that is not would be lost with it.
pub(crate) fn create_dir_all(dir: &Path) -> io::Result<()> {
    let missing: Vec<_> = dir.ancestors().take_while(|dir| !dir.as_os_str().is_empty() && !dir.is_dir()).collect();
    for dir in missing.into_iter().rev() {
        may(Operation::Create, dir)?;
        match fs::create_dir(dir) {
            // Another process was faster, or `..` names what is there now.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && dir.is_dir() => {}
            done => done?,
        }
        sync_dir(parent(dir))?;
    }
    Ok(())
}

/// A file or folder that `make` creates under a name of its own in `home`.
pub(crate) fn create_temp<T>(home: &Path, make: impl FnOnce(&Path) -> io::Result<T>) -> io::Result<T> {
    may(Operation::Create, home)?;
    make(home)
}

pub(crate) fn rename(from: &Path, to: &Path) -> io::Result<()> {
    may(Operation::Rename, to)?;
    fs::rename(from, to)
}

/// Lets two files or folders change their names at once; gives `Unsupported` where the system has no such call.
pub(crate) fn exchange(one: &Path, other: &Path) -> io::Result<()> {
    may(Operation::Rename, other)?;
    #[cfg(target_os = "linux")]
    {
        use rustix::fs::{CWD, RenameFlags, renameat_with};
        renameat_with(CWD, one, CWD, other, RenameFlags::EXCHANGE).map_err(|error| match error {
            rustix::io::Errno::INVAL | rustix::io::Errno::NOSYS => io::ErrorKind::Unsupported.into(),
            other => other.into(),
        })
    }
    #[cfg(not(target_os = "linux"))]
    {
        let _ = one;
        Err(io::ErrorKind::Unsupported.into())
    }
}

pub(crate) fn remove_dir(dir: &Path) -> io::Result<()> {
    may(Operation::Remove, dir)?;
    fs::remove_dir(dir)
}

pub(crate) fn remove_dir_all(dir: &Path) -> io::Result<()> {
    may(Operation::Remove, dir)?;
    fs::remove_dir_all(dir)
}

pub(crate) fn remove_file(path: &Path) -> io::Result<()> {
    may(Operation::Remove, path)?;
    fs::remove_file(path)
}

/// Gives a temporary file its name with `persist`.
pub(crate) fn persist<T>(to: &Path, persist: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
    may(Operation::Rename, to)?;
    persist()
}

pub(crate) fn sync(path: &Path, file: &File) -> io::Result<()> {
    may(Operation::Sync, path)?;
    file.sync_all()
}

/// Makes what was created in, renamed into or removed from `dir` last.
pub(crate) fn sync_dir(dir: &Path) -> io::Result<()> {
    // Elsewhere a folder cannot be opened as a file, and renames are journalled.
    if cfg!(unix) {
        sync(dir, &File::open(dir)?)?;
    }
    Ok(())
}

/// A file that is written to.
#[derive(Debug)]
pub(crate) struct DiskFile {
    path: PathBuf,
    file: File,
}

impl DiskFile {
    /// A new file; one that is there is emptied.
    pub(crate) fn create(path: &Path) -> io::Result<Self> {
        Self::open(path, OpenOptions::new().write(true).create(true).truncate(true))
    }

    pub(crate) fn open(path: &Path, options: &OpenOptions) -> io::Result<Self> {
        may(Operation::Create, path)?;
        Ok(Self { path: path.to_owned(), file: options.open(path)? })
    }

    /// A file that is open already, known as `path`.
    pub(crate) fn new(path: &Path, file: File) -> Self {
        Self { path: path.to_owned(), file }
    }

    /// The file, to read from.
    pub(crate) fn file(&mut self) -> &mut File {
        &mut self.file
    }

    pub(crate) fn set_len(&self, bytes: u64) -> io::Result<()> {
        may(Operation::Resize, &self.path)?;
        self.file.set_len(bytes)
    }

    pub(crate) fn sync(&self) -> io::Result<()> {
        sync(&self.path, &self.file)
    }
}

impl Write for DiskFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if let Some(fault) = fault(Operation::Write, &self.path) {
            if fault.short {
                self.file.write_all(&bytes[..bytes.len() / 2])?;
            }
            return Err(fault.kind.into());
        }
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Seek for DiskFile {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.file.seek(to)
    }
}
