//! Writes a GGUF file: header first, then the tensors one after another, so that no tensor need be in memory whole.

use std::path::{Path, PathBuf};

use graftwork_store::{AtomicFile, Overwrite};

use crate::value::{put_string, put_u32, put_u64};
use crate::{ElementType, GgufError, Value};

pub(crate) const MAGIC: &[u8; 4] = b"GGUF";
pub(crate) const VERSION: u32 = 3;
/// Where tensors begin, in bytes: at multiples of it. What readers take where the file does not say.
pub(crate) const ALIGNMENT: u64 = 32;
/// What `ggml.h` allows.
pub(crate) const MAX_DIMENSIONS: usize = 4;

/// A tensor of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TensorInfo {
    /// Its name.
    pub name: String,
    /// Its shape, rows before columns. The file has it the other way round.
    pub shape: Vec<usize>,
    /// How its elements are stored.
    pub element: ElementType,
}

impl TensorInfo {
    pub(crate) fn elements(&self) -> u64 {
        self.shape.iter().map(|size| *size as u64).product()
    }

    pub(crate) fn byte_len(&self) -> u64 {
        self.element.byte_len(self.elements())
    }
}

/// A GGUF file under construction; see [`AtomicFile`].
pub(crate) struct Writer {
    path: PathBuf,
    file: AtomicFile,
    /// The tensors that are still to come, the next one last.
    pending: Vec<TensorInfo>,
    /// Bytes of the next one that are written.
    written: u64,
    size: u64,
}

impl Writer {
    /// Begins the file `path` with a header for `metadata` and `tensors`.
    pub(crate) fn create(
        path: &Path,
        overwrite: Overwrite,
        metadata: &[(String, Value)],
        tensors: Vec<TensorInfo>,
    ) -> Result<Self, GgufError> {
        let (header, data) = header(metadata, &tensors);
        let size = header.len() as u64 + data;
        let mut file = AtomicFile::create(path, overwrite, size)?;
        file.write(&header)?;
        let pending = tensors.into_iter().rev().collect();
        Ok(Self { path: path.to_owned(), file, pending, written: 0, size })
    }

    /// Appends bytes of the next tensor, all of them or a part.
    pub(crate) fn append(&mut self, bytes: &[u8]) -> Result<(), GgufError> {
        self.written += bytes.len() as u64;
        Ok(self.file.write(bytes)?)
    }

    /// Ends the next tensor.
    pub(crate) fn end_tensor(&mut self) -> Result<(), GgufError> {
        let written = std::mem::take(&mut self.written);
        match self.pending.pop() {
            Some(tensor) if tensor.byte_len() == written => {
                let padding = padded(written) - written;
                Ok(self.file.write(&[0; ALIGNMENT as usize][..padding as usize])?)
            }
            Some(tensor) => Err(self.out_of_step(&tensor.name, written)),
            None => Err(self.out_of_step("", written)),
        }
    }

    /// Puts the file in its place; gives its size in bytes.
    pub(crate) fn finish(self) -> Result<u64, GgufError> {
        if let Some(tensor) = self.pending.last() {
            return Err(self.out_of_step(&tensor.name, 0));
        }
        self.file.commit()?;
        Ok(self.size)
    }

    fn out_of_step(&self, tensor: &str, written: u64) -> GgufError {
        let reason = format!("was not written as declared: {written} bytes came");
        GgufError::Tensor { path: self.path.clone(), tensor: tensor.to_owned(), reason }
    }
}

fn padded(length: u64) -> u64 {
    length.next_multiple_of(ALIGNMENT)
}

/// The header, and the bytes that the tensors take after it.
fn header(metadata: &[(String, Value)], tensors: &[TensorInfo]) -> (Vec<u8>, u64) {
    let mut out = MAGIC.to_vec();
    put_u32(&mut out, VERSION);
    put_u64(&mut out, tensors.len() as u64);
    put_u64(&mut out, metadata.len() as u64);
    for (key, value) in metadata {
        put_string(&mut out, key);
        value.encode(&mut out);
    }
    let mut offset = 0;
    for tensor in tensors {
        put_string(&mut out, &tensor.name);
        put_u32(&mut out, tensor.shape.len() as u32);
        tensor.shape.iter().rev().for_each(|size| put_u64(&mut out, *size as u64));
        put_u32(&mut out, tensor.element.code());
        put_u64(&mut out, offset);
        offset += padded(tensor.byte_len());
    }
    out.resize(padded(out.len() as u64) as usize, 0);
    (out, offset)
}
