//! Reads a Hugging Face model folder: `config.json` and safetensors, in one file or in shards.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::Value;

use crate::path::{listing, stays_inside};
use crate::{Dtype, SafetensorsFile, StoreError, TensorRef, disk, json};

pub(crate) const CONFIG: &str = "config.json";
pub(crate) const SINGLE: &str = "model.safetensors";
pub(crate) const INDEX: &str = "model.safetensors.index.json";
/// Bytes that are hashed before they are let go of.
const HASHED_AT_ONCE: usize = 1 << 22;

/// An open model folder. Weights are read from disk when they are touched.
#[derive(Debug)]
pub struct ModelDir {
    path: PathBuf,
    config: Value,
    config_bytes: Vec<u8>,
    files: Vec<SafetensorsFile>,
    /// Tensor name to its place in `files`.
    places: BTreeMap<String, usize>,
}

impl ModelDir {
    /// Opens the folder `path` and checks the headers of all its weight files. A tensor that a shard holds and the
    /// index does not name is read too, as Transformers does.
    ///
    /// # Errors
    /// If the folder, `config.json` or the weights are missing, truncated or malformed, or the index of a sharded
    /// model does not fit its shards.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        if !path.is_dir() {
            return Err(StoreError::NoFolder { path: path.to_owned() });
        }
        let (config, config_bytes) = read_config(path)?;
        // A single file wins over an index, as it does in Transformers.
        let (files, places) = if path.join(SINGLE).exists() {
            open_files(path, &[SINGLE.to_owned()])?
        } else if path.join(INDEX).exists() {
            open_shards(path)?
        } else {
            return Err(no_weights(path));
        };
        Ok(Self { path: path.to_owned(), config, config_bytes, files, places })
    }

    /// The folder.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// `config.json`, an object.
    #[must_use]
    pub fn config(&self) -> &Value {
        &self.config
    }

    /// `config.json` as it lies on disk.
    #[must_use]
    pub fn config_bytes(&self) -> &[u8] {
        &self.config_bytes
    }

    /// The weights' names, sorted.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.places.keys().map(String::as_str)
    }

    /// Whether there is a weight of this name.
    #[must_use]
    pub fn contains(&self, name: &str) -> bool {
        self.places.contains_key(name)
    }

    /// The shape of the weight `name`.
    #[must_use]
    pub fn shape(&self, name: &str) -> Option<&[usize]> {
        self.file_of(name)?.shape(name)
    }

    /// The element type of the weight `name`.
    #[must_use]
    pub fn dtype(&self, name: &str) -> Option<Dtype> {
        self.file_of(name)?.dtype(name)
    }

    /// The weight `name`.
    ///
    /// # Errors
    /// If there is none.
    pub fn tensor(&self, name: &str) -> Result<TensorRef<'_>, StoreError> {
        self.file_of(name)
            .ok_or_else(|| StoreError::NoTensor { path: self.path.clone(), tensor: name.to_owned() })?
            .tensor(name)
    }

    /// The BLAKE3 hash of the configuration and every weight file, in hexadecimal. Reads the whole model.
    #[must_use]
    pub fn hash(&self) -> String {
        self.hash_told(&mut |_| {})
    }

    /// As [`hash`](Self::hash), telling how many bytes of [`bytes`](Self::bytes) are read.
    #[must_use]
    pub fn hash_told(&self, told: &mut dyn FnMut(u64)) -> String {
        let (mut hasher, mut read) = (blake3::Hasher::new(), 0);
        // With its length, so that no two lists of files hash alike.
        hasher.update(&(self.config_bytes.len() as u64).to_le_bytes());
        hasher.update(&self.config_bytes);
        for file in &self.files {
            hasher.update(&(file.bytes().len() as u64).to_le_bytes());
            for piece in file.bytes().chunks(HASHED_AT_ONCE) {
                hasher.update(piece);
                // Nobody needs what was hashed in memory.
                file.release();
                read += piece.len() as u64;
                told(read);
            }
        }
        hasher.finalize().to_hex().to_string()
    }

    /// Bytes of all weight files.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.files.iter().map(|file| file.bytes().len() as u64).sum()
    }

    /// Lets go of the memory that what was read takes; the next access reads it again.
    pub fn release(&self) {
        self.files.iter().for_each(SafetensorsFile::release);
    }

    fn file_of(&self, name: &str) -> Option<&SafetensorsFile> {
        self.files.get(*self.places.get(name)?)
    }
}

fn read_config(dir: &Path) -> Result<(Value, Vec<u8>), StoreError> {
    let path = dir.join(CONFIG);
    let bytes = disk::read(&path).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => StoreError::NoFile {
            path: dir.to_owned(),
            file: CONFIG,
            kind: "a Hugging Face model folder",
            found: listing(dir),
        },
        _ => StoreError::io("read", &path)(error),
    })?;
    let config = json::object(&bytes).map_err(StoreError::json(&path))?;
    Ok((Value::Object(config), bytes))
}

type OpenFiles = (Vec<SafetensorsFile>, BTreeMap<String, usize>);

fn open_files(dir: &Path, names: &[String]) -> Result<OpenFiles, StoreError> {
    let mut files: Vec<SafetensorsFile> = Vec::with_capacity(names.len());
    let mut places = BTreeMap::<String, usize>::new();
    for (place, name) in names.iter().enumerate() {
        let file = SafetensorsFile::open(&dir.join(name))?;
        for tensor in file.names() {
            if let Some(first) = places.insert(tensor.clone(), place) {
                return Err(StoreError::InTwoShards {
                    tensor,
                    first: files[first].path().to_owned(),
                    second: file.path().to_owned(),
                });
            }
        }
        files.push(file);
    }
    Ok((files, places))
}

#[derive(Deserialize)]
struct ShardIndex {
    weight_map: BTreeMap<String, String>,
}

fn open_shards(dir: &Path) -> Result<OpenFiles, StoreError> {
    let path = dir.join(INDEX);
    let text = disk::read(&path).map_err(StoreError::io("read", &path))?;
    let index = json::object(&text).and_then(|index| ShardIndex::deserialize(Value::Object(index)));
    let index = index.map_err(StoreError::json(&path))?;
    let holders: BTreeMap<&String, &String> = index.weight_map.iter().map(|(tensor, shard)| (shard, tensor)).collect();
    for (shard, tensor) in &holders {
        if !stays_inside(shard) {
            return Err(StoreError::Escapes { path, name: (*shard).clone() });
        }
        if !dir.join(shard).exists() {
            return Err(StoreError::NoShard { path, tensor: (*tensor).clone(), shard: (*shard).clone() });
        }
    }
    let shards: Vec<String> = holders.into_keys().cloned().collect();
    let (files, places) = open_files(dir, &shards)?;
    for (tensor, shard) in index.weight_map {
        if places.get(&tensor).map(|&place| &shards[place]) != Some(&shard) {
            return Err(StoreError::NotInShard { path, tensor, shard });
        }
    }
    Ok((files, places))
}

fn no_weights(dir: &Path) -> StoreError {
    let found = listing(dir);
    let hint = if found.contains("pytorch_model") {
        ". Pickled weights can run code and are not read; convert them once in Python: \
         AutoModelForCausalLM.from_pretrained(\"FOLDER\").save_pretrained(\"NEW\", safe_serialization=True)"
    } else if found.contains(".gguf") {
        ". GGUF files are not read; use the model's safetensors release"
    } else {
        "; copy or download the weights into it"
    };
    StoreError::NoWeights { path: dir.to_owned(), found, hint }
}
