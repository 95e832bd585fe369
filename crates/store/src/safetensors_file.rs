//! One safetensors file, memory-mapped and checked from its first byte to its last.
//!
//! The format: eight bytes of header length, a JSON header of names, types, shapes and offsets, then the tensors
//! back to back (<https://huggingface.co/docs/safetensors>).

use std::path::{Path, PathBuf};

use memmap2::Mmap;
use safetensors::tensor::{Metadata, TensorInfo};

use crate::safetensors_header::Header;
use crate::tensor::{TensorError, TensorRef, byte_len};
use crate::{Dtype, StoreError, disk};

/// What the format's own implementation allows.
pub(crate) const MAX_HEADER_BYTES: u64 = 100_000_000;
/// The length of the header's length.
pub(crate) const LENGTH_BYTES: u64 = 8;

/// An open safetensors file. Its tensors are read from disk when they are touched.
#[derive(Debug)]
pub struct SafetensorsFile {
    path: PathBuf,
    map: Mmap,
    metadata: Metadata,
    /// Where the first tensor begins.
    start: usize,
}

impl SafetensorsFile {
    /// Opens and checks `path`: the header parses, every tensor fills its shape, and the tensors fill the file.
    ///
    /// # Errors
    /// If the file is missing, truncated, too long, or its header is malformed.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        let map = disk::map(path).map_err(StoreError::io("open", path))?;
        let (metadata, start) = read_header(path, &map)?;
        Ok(Self { path: path.to_owned(), map, metadata, start })
    }

    /// The file's path.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The tensors' names, in the order in which they lie in the file.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        self.metadata.offset_keys()
    }

    /// Whether there is a tensor of this name.
    #[must_use]
    pub fn contains(&self, name: &str) -> bool {
        self.metadata.info(name).is_some()
    }

    /// The shape of the tensor `name`.
    #[must_use]
    pub fn shape(&self, name: &str) -> Option<&[usize]> {
        self.metadata.info(name).map(|info| info.shape.as_slice())
    }

    /// The element type of the tensor `name`.
    #[must_use]
    pub fn dtype(&self, name: &str) -> Option<Dtype> {
        self.metadata.info(name).map(|info| info.dtype)
    }

    /// The tensor `name`.
    ///
    /// # Errors
    /// If there is none.
    pub fn tensor(&self, name: &str) -> Result<TensorRef<'_>, StoreError> {
        let info = self
            .metadata
            .info(name)
            .ok_or_else(|| StoreError::NoTensor { path: self.path.clone(), tensor: name.to_owned() })?;
        self.view(info).map_err(|reason| StoreError::Tensor {
            path: self.path.clone(),
            tensor: name.to_owned(),
            reason,
        })
    }

    fn view<'a>(&'a self, info: &'a TensorInfo) -> Result<TensorRef<'a>, TensorError> {
        let (from, to) = info.data_offsets;
        let bytes = self.map.get(self.start + from..self.start + to);
        TensorRef::new(info.dtype, &info.shape, bytes.unwrap_or_default())
    }

    /// Lets go of the memory that what was read takes; the next access reads it again. Does nothing where the system cannot.
    pub fn release(&self) {
        // SAFETY: the map is read only and of a file, so what is dropped comes back as it was.
        #[cfg(unix)]
        #[allow(unsafe_code, reason = "a model larger than memory is gone through piece by piece")]
        let _ = unsafe { self.map.unchecked_advise(memmap2::UncheckedAdvice::DontNeed) };
    }

    /// Every byte of the file.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.map
    }
}

/// The checked header of `file`, and where the tensors begin.
fn read_header(path: &Path, file: &[u8]) -> Result<(Metadata, usize), StoreError> {
    let actual = file.len() as u64;
    let truncated = |expected| StoreError::Truncated { path: path.to_owned(), expected, actual };
    let malformed = |reason: String| StoreError::Header {
        path: path.to_owned(),
        reason: format!("{reason}; copy or download it again"),
    };

    let (length, rest) = file.split_first_chunk().ok_or_else(|| truncated(LENGTH_BYTES))?;
    let length = u64::from_le_bytes(*length);
    if length > MAX_HEADER_BYTES {
        return Err(malformed(format!(
            "its first eight bytes announce a header of {length} bytes, {MAX_HEADER_BYTES} are allowed"
        )));
    }
    let start = LENGTH_BYTES + length;
    let header = rest.get(..length as usize).ok_or_else(|| truncated(start))?;
    // Parsing also checks that the tensors fill their shapes and follow each other without gap or overlap.
    let Header(metadata) = serde_json::from_slice(header).map_err(|error| malformed(error.to_string()))?;
    // But not of a tensor without elements that its other sizes can be multiplied.
    for info in metadata.tensors().values() {
        byte_len(info.dtype, &info.shape).map_err(|error| malformed(error.to_string()))?;
    }

    let expected = start.saturating_add(metadata.data_len() as u64);
    match expected.cmp(&actual) {
        std::cmp::Ordering::Equal => Ok((metadata, start as usize)),
        std::cmp::Ordering::Greater => Err(truncated(expected)),
        std::cmp::Ordering::Less => Err(StoreError::TrailingBytes { path: path.to_owned(), expected, actual }),
    }
}
