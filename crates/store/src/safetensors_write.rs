//! Writes one safetensors file tensor by tensor, so that no more than one tensor need be in memory.

use std::collections::BTreeMap;
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use safetensors::tensor::{Metadata, TensorInfo};

use crate::disk::DiskFile;
use crate::safetensors_file::{LENGTH_BYTES, MAX_HEADER_BYTES};
use crate::tensor::byte_len;
use crate::{AtomicDir, Dtype, StoreError, TensorData, TensorRef};

/// What a tensor will be, declared before any is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TensorSpec {
    /// Its name in the file.
    pub name: String,
    /// Its element type.
    pub dtype: Dtype,
    /// Its shape.
    pub shape: Vec<usize>,
}

impl TensorSpec {
    /// Bytes that the tensor takes in the file `path`.
    pub(crate) fn byte_len(&self, path: &Path) -> Result<usize, StoreError> {
        byte_len(self.dtype, &self.shape).map_err(|reason| StoreError::Tensor {
            path: path.to_owned(),
            tensor: self.name.clone(),
            reason,
        })
    }
}

/// A safetensors file under construction in an [`AtomicDir`].
///
/// The layout follows from what was declared alone (wide types first, then by name, as the format's own writer
/// does), so tensors may come in any order and equal content gives equal bytes.
#[derive(Debug)]
pub struct SafetensorsWriter {
    path: PathBuf,
    file: DiskFile,
    /// What is still to be written, and where.
    pending: BTreeMap<String, TensorInfo>,
    start: u64,
    size: u64,
}

impl SafetensorsWriter {
    /// Begins the file `name` in `dir` with the header that `specs` give and the metadata `{"format": "pt"}`.
    ///
    /// # Errors
    /// If a tensor is declared twice or is too large, or the file cannot be written.
    pub fn create(dir: &AtomicDir, name: &str, specs: &[TensorSpec]) -> Result<Self, StoreError> {
        let path = dir.target().join(name);
        let (layout, header) = lay_out(&path, specs)?;
        let data: usize = layout.last().map_or(0, |(_, info)| info.data_offsets.1);
        let start = LENGTH_BYTES + header.len() as u64;
        let size = start + data as u64;
        let mut file = dir.create_file(name)?;
        file.write_all(&(header.len() as u64).to_le_bytes())
            .and_then(|()| file.write_all(&header))
            .and_then(|()| file.set_len(size))
            .map_err(StoreError::write(&path, size))?;
        Ok(Self { path, file, pending: layout.into_iter().collect(), start, size })
    }

    /// Writes a whole file from tensors in memory.
    ///
    /// # Errors
    /// As [`create`](Self::create).
    pub fn write_all(dir: &AtomicDir, name: &str, tensors: &BTreeMap<String, TensorData>) -> Result<(), StoreError> {
        let specs: Vec<_> = tensors
            .iter()
            .map(|(name, tensor)| TensorSpec {
                name: name.clone(),
                dtype: tensor.dtype(),
                shape: tensor.shape().to_vec(),
            })
            .collect();
        let mut writer = Self::create(dir, name, &specs)?;
        for (name, tensor) in tensors {
            writer.write(name, tensor.view())?;
        }
        writer.finish()
    }

    /// Writes the tensor `name`.
    ///
    /// # Errors
    /// If it was not declared, not like this, or is written already; or if the disk is full.
    pub fn write(&mut self, name: &str, tensor: TensorRef<'_>) -> Result<(), StoreError> {
        let info = self
            .pending
            .get(name)
            .ok_or_else(|| StoreError::NoTensor { path: self.path.clone(), tensor: name.to_owned() })?;
        if (info.dtype, info.shape.as_slice()) != (tensor.dtype(), tensor.shape()) {
            return Err(StoreError::NotAsDeclared {
                path: self.path.clone(),
                tensor: name.to_owned(),
                declared: format!("{} {:?}", info.dtype, info.shape),
                given: format!("{} {:?}", tensor.dtype(), tensor.shape()),
            });
        }
        let at = self.start + info.data_offsets.0 as u64;
        write_at(&mut self.file, at, tensor.bytes()).map_err(StoreError::write(&self.path, self.size))?;
        self.pending.remove(name);
        Ok(())
    }

    /// Ends the file.
    ///
    /// # Errors
    /// If a declared tensor was not written.
    pub fn finish(self) -> Result<(), StoreError> {
        match self.pending.keys().next() {
            None => Ok(()),
            Some(first) => {
                Err(StoreError::NotWritten { path: self.path, missing: self.pending.len(), first: first.clone() })
            }
        }
    }
}

fn write_at(file: &mut DiskFile, at: u64, bytes: &[u8]) -> io::Result<()> {
    file.seek(SeekFrom::Start(at))?;
    file.write_all(bytes)
}

type Layout = Vec<(String, TensorInfo)>;

/// Where each tensor lies, and the padded header that says so.
fn lay_out(path: &Path, specs: &[TensorSpec]) -> Result<(Layout, Vec<u8>), StoreError> {
    let mut specs: Vec<_> = specs.iter().collect();
    // `Dtype` is ordered by alignment, so this aligns every tensor to its elements.
    specs.sort_by(|a, b| b.dtype.cmp(&a.dtype).then_with(|| a.name.cmp(&b.name)));
    let mut layout = Layout::with_capacity(specs.len());
    let mut end = 0usize;
    for spec in specs {
        let from = end;
        end = from.saturating_add(spec.byte_len(path)?);
        let info = TensorInfo { dtype: spec.dtype, shape: spec.shape.clone(), data_offsets: (from, end) };
        layout.push((spec.name.clone(), info));
    }
    reject_repeats(path, &layout)?;
    let format = [("format".to_owned(), "pt".to_owned())];
    let metadata = Metadata::new(Some(format.into_iter().collect()), layout.clone())
        .map_err(|error| bad_header(path, error.to_string()))?;
    let mut header = serde_json::to_vec(&metadata).map_err(StoreError::json(path))?;
    header.resize(header.len().next_multiple_of(LENGTH_BYTES as usize), b' ');
    if header.len() as u64 > MAX_HEADER_BYTES {
        let reason =
            format!("its header would be {} bytes, {MAX_HEADER_BYTES} are allowed; write more shards", header.len());
        return Err(bad_header(path, reason));
    }
    Ok((layout, header))
}

fn reject_repeats(path: &Path, layout: &Layout) -> Result<(), StoreError> {
    let mut names = std::collections::HashSet::new();
    match layout.iter().find(|(name, _)| !names.insert(name)) {
        None => Ok(()),
        Some((name, _)) => Err(StoreError::DeclaredTwice { path: path.to_owned(), tensor: name.clone() }),
    }
}

fn bad_header(path: &Path, reason: String) -> StoreError {
    StoreError::Header { path: path.to_owned(), reason }
}
