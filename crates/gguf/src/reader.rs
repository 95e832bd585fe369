//! Reads a GGUF file of the kinds that this crate writes, and trusts nothing in it.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use crate::value::Bytes;
use crate::writer::{ALIGNMENT, MAGIC, MAX_DIMENSIONS, VERSION};
use crate::{ElementType, GgufError, TensorInfo, Value};

/// The most that a header may take. The largest vocabularies take some ten million bytes.
const MAX_HEADER_BYTES: u64 = 1 << 28;

/// An open GGUF file. Tensors are read from disk when they are asked for.
#[derive(Debug)]
pub struct Gguf {
    path: PathBuf,
    metadata: BTreeMap<String, Value>,
    tensors: Vec<TensorInfo>,
    /// Where each tensor begins in the file.
    places: Vec<u64>,
}

impl Gguf {
    /// Opens `path` and checks its header: every tensor lies within the file, aligned, and no name comes twice.
    ///
    /// # Errors
    /// If the file is missing, of another format, damaged, or has values of a type that is not read.
    pub fn open(path: &Path) -> Result<Self, GgufError> {
        let io = |reason| GgufError::Io { path: path.to_owned(), reason };
        let malformed = |reason| GgufError::Malformed { path: path.to_owned(), reason };
        let file = File::open(path).map_err(io)?;
        let size = file.metadata().map_err(io)?.len();
        let mut start = Vec::new();
        file.take(MAX_HEADER_BYTES).read_to_end(&mut start).map_err(io)?;
        let mut bytes = Bytes(&start);
        let Header { metadata, tensors, offsets } = read_header(&mut bytes).map_err(malformed)?;
        let data = ((start.len() - bytes.0.len()) as u64).next_multiple_of(ALIGNMENT);
        let places = tensors
            .iter()
            .zip(offsets)
            .map(|(tensor, offset)| {
                let place = data.checked_add(offset)?;
                let inside = place.checked_add(tensor.byte_len())? <= size && offset % ALIGNMENT == 0;
                inside.then_some(place)
            })
            .collect::<Option<_>>()
            .ok_or_else(|| malformed("a tensor lies outside the file or is not aligned".to_owned()))?;
        Ok(Self { path: path.to_owned(), metadata, tensors, places })
    }

    /// The value of `key`.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.metadata.get(key)
    }

    /// All keys and values.
    #[must_use]
    pub fn metadata(&self) -> &BTreeMap<String, Value> {
        &self.metadata
    }

    /// The tensors, in the order in which the header has them.
    #[must_use]
    pub fn tensors(&self) -> &[TensorInfo] {
        &self.tensors
    }

    /// The tensor `name` and its values in row-major order.
    ///
    /// # Errors
    /// If there is none, or the file cannot be read.
    pub fn values(&self, name: &str) -> Result<(&TensorInfo, Vec<f32>), GgufError> {
        let io = |reason| GgufError::Io { path: self.path.clone(), reason };
        let (tensor, place) = self
            .tensors
            .iter()
            .zip(&self.places)
            .find(|(tensor, _)| tensor.name == name)
            .ok_or_else(|| GgufError::MissingTensor { path: self.path.clone(), tensor: name.to_owned() })?;
        let mut bytes = Vec::new();
        let mut file = File::open(&self.path).map_err(io)?;
        file.seek(SeekFrom::Start(*place)).map_err(io)?;
        file.take(tensor.byte_len()).read_to_end(&mut bytes).map_err(io)?;
        Ok((tensor, tensor.element.decode(&bytes)))
    }
}

struct Header {
    metadata: BTreeMap<String, Value>,
    tensors: Vec<TensorInfo>,
    offsets: Vec<u64>,
}

fn read_header(bytes: &mut Bytes<'_>) -> Result<Header, String> {
    if &bytes.array()? != MAGIC {
        return Err("it does not begin with GGUF".to_owned());
    }
    let version = bytes.u32()?;
    if version != VERSION {
        return Err(format!("it is of version {version}, only {VERSION} is read"));
    }
    let (tensor_count, value_count) = (bytes.count()?, bytes.count()?);
    let mut metadata = BTreeMap::new();
    for _ in 0..value_count {
        let key = bytes.string()?;
        let value = Value::decode(bytes).map_err(|reason| format!("{key:?}: {reason}"))?;
        if metadata.insert(key.clone(), value).is_some() {
            return Err(format!("key {key:?} comes twice"));
        }
    }
    let mut names = std::collections::HashSet::new();
    let (mut tensors, mut offsets) = (Vec::new(), Vec::new());
    for _ in 0..tensor_count {
        let tensor = read_tensor(bytes)?;
        if !names.insert(tensor.name.clone()) {
            return Err(format!("tensor {:?} comes twice", tensor.name));
        }
        offsets.push(bytes.u64()?);
        tensors.push(tensor);
    }
    Ok(Header { metadata, tensors, offsets })
}

fn read_tensor(bytes: &mut Bytes<'_>) -> Result<TensorInfo, String> {
    let name = bytes.string()?;
    let dimensions = bytes.u32()? as usize;
    if dimensions > MAX_DIMENSIONS {
        return Err(format!("tensor {name:?} has {dimensions} dimensions"));
    }
    let mut shape = (0..dimensions).map(|_| bytes.u64()).collect::<Result<Vec<_>, _>>()?;
    let code = bytes.u32()?;
    let element = ElementType::from_code(code).ok_or_else(|| format!("tensor {name:?}: type {code} is not read"))?;
    if shape.first().is_some_and(|row| row % element.group() as u64 != 0) {
        return Err(format!("tensor {name:?}: its rows are no whole blocks"));
    }
    // No type takes more than four bytes an element.
    let fits = shape.iter().try_fold(4u64, |bytes, &size| bytes.checked_mul(size));
    if fits.is_none_or(|bytes| bytes > i64::MAX as u64) {
        return Err(format!("tensor {name:?} has a shape that makes no sense"));
    }
    shape.reverse();
    let shape = shape.into_iter().map(|size| usize::try_from(size).map_err(|error| error.to_string()));
    Ok(TensorInfo { name, shape: shape.collect::<Result<_, _>>()?, element })
}
