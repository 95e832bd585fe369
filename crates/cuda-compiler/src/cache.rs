//! Machine code that was compiled before, on disk.
//!
//! A file is named by everything that its content depends on: the text, the device's architecture, the compiler's
//! version and its options. It begins with the hash of what follows, and what does not have its hash is compiled anew.
//! Nothing is an error here: where a file cannot be kept, the next run compiles again.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use crate::nvrtc;

/// Length of the hash that a file begins with.
const HASH: usize = blake3::OUT_LEN;

/// The folder: `$GRAFTWORK_CUDA_CACHE`, or `graftwork/cuda` where the system keeps caches.
#[must_use]
pub fn folder() -> Option<PathBuf> {
    let variable = |name| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    variable("GRAFTWORK_CUDA_CACHE").or_else(|| {
        let home = || variable("HOME").map(|home| home.join(".cache"));
        Some(variable("XDG_CACHE_HOME").or_else(home)?.join("graftwork/cuda"))
    })
}

/// Machine code of `text` for an architecture, such as 90.
pub(crate) fn machine_code(text: &str, version: u32) -> Result<Vec<u8>, String> {
    let options = nvrtc::options(version)?;
    let mut hasher = blake3::Hasher::new();
    for part in [env!("CARGO_PKG_VERSION"), &nvrtc::version()?, text].into_iter().chain(options.iter().map(String::as_str)) {
        hasher.update(&(part.len() as u64).to_le_bytes()).update(part.as_bytes());
    }
    let path = folder().map(|folder| folder.join(format!("{}.cubin", hasher.finalize().to_hex())));
    if let Some(kept) = path.as_deref().and_then(read) {
        return Ok(kept);
    }
    let code = nvrtc::compile(text, &options)?;
    if let Some(path) = path {
        // The next run compiles again.
        let _ = keep(&path, &code);
    }
    Ok(code)
}

fn read(path: &Path) -> Option<Vec<u8>> {
    let bytes = fs::read(path).ok()?;
    let (hash, code) = bytes.split_at_checked(HASH)?;
    (blake3::hash(code).as_bytes() == hash).then(|| code.to_vec())
}

fn keep(path: &Path, code: &[u8]) -> std::io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(blake3::hash(code).as_bytes())?;
    file.write_all(code)?;
    file.persist(path)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{keep, read};

    #[test]
    fn what_is_kept_comes_back_and_what_is_damaged_does_not() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("deep/one.cubin");
        assert_eq!(read(&path), None);
        keep(&path, b"machine code").expect("kept");
        assert_eq!(read(&path).as_deref(), Some(&b"machine code"[..]));
        let whole = std::fs::read(&path).expect("there");
        for end in 0..whole.len() {
            std::fs::write(&path, &whole[..end]).expect("written");
            assert_eq!(read(&path), None, "cut at {end}");
        }
        for at in 0..whole.len() {
            let mut other = whole.clone();
            other[at] ^= 1;
            std::fs::write(&path, other).expect("written");
            assert_eq!(read(&path), None, "changed at {at}");
        }
        keep(&path, b"anew").expect("kept");
        assert_eq!(read(&path).as_deref(), Some(&b"anew"[..]));
    }
}
