//! Writes a Hugging Face model folder: weights in one file or in shards, configuration, tokenizer files.

use std::collections::{BTreeMap, HashMap};
use std::io;
use std::path::Path;

use serde_json::{Value, json};

use crate::model_dir::{CONFIG, INDEX, SINGLE};
use crate::{AtomicDir, Overwrite, SafetensorsWriter, StoreError, TensorRef, TensorSpec, disk};

/// What goes with a model beside its weights and configuration, where the source has it.
const COMPANIONS: [&str; 13] = [
    "generation_config.json",
    "tokenizer.json",
    "tokenizer_config.json",
    "special_tokens_map.json",
    "added_tokens.json",
    "tokenizer.model",
    "spiece.model",
    "sentencepiece.bpe.model",
    "vocab.json",
    "vocab.txt",
    "merges.txt",
    "chat_template.jinja",
    "chat_template.json",
];
/// A folder of further chat templates.
const TEMPLATES: &str = "additional_chat_templates";

/// How a model folder is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WriteOptions {
    /// What to do when the folder exists.
    pub overwrite: Overwrite,
    /// The most bytes of tensors in one file. A tensor larger than this has a file of its own.
    pub max_shard_bytes: u64,
}

impl Default for WriteOptions {
    /// Nothing is overwritten; shards of 50 GB, as Transformers writes them.
    fn default() -> Self {
        Self { overwrite: Overwrite::Never, max_shard_bytes: 50_000_000_000 }
    }
}

/// A model folder under construction; see [`AtomicDir`]. Tensors are written one at a time, in any order.
#[derive(Debug)]
pub struct ModelWriter {
    dir: AtomicDir,
    shards: Vec<Shard>,
    /// Tensor name to its place in `shards`.
    places: HashMap<String, usize>,
    total_bytes: u64,
}

#[derive(Debug)]
struct Shard {
    name: String,
    writer: SafetensorsWriter,
}

impl ModelWriter {
    /// Begins the folder `target` for the tensors that `specs` declare. Their order decides which share a shard.
    ///
    /// # Errors
    /// If `target` is in the way, a tensor is declared twice, or the disk refuses.
    pub fn create(target: &Path, specs: Vec<TensorSpec>, options: WriteOptions) -> Result<Self, StoreError> {
        let mut places = HashMap::with_capacity(specs.len());
        let mut total_bytes = 0u64;
        for spec in &specs {
            if places.insert(spec.name.clone(), 0).is_some() {
                return Err(StoreError::DeclaredTwice { path: target.to_owned(), tensor: spec.name.clone() });
            }
            total_bytes = total_bytes.saturating_add(spec.byte_len(target)? as u64);
        }
        let dir = AtomicDir::create(target, options.overwrite, CONFIG)?;
        let groups = group(target, specs, options.max_shard_bytes)?;
        let count = groups.len();
        let mut shards = Vec::with_capacity(count);
        for (place, specs) in groups.into_iter().enumerate() {
            let name = match count {
                1 => SINGLE.to_owned(),
                _ => format!("model-{:05}-of-{count:05}.safetensors", place + 1),
            };
            let writer = SafetensorsWriter::create(&dir, &name, &specs)?;
            shards.push(Shard { name, writer });
            places.extend(specs.into_iter().map(|spec| (spec.name, place)));
        }
        Ok(Self { dir, shards, places, total_bytes })
    }

    /// Writes the tensor `name`.
    ///
    /// # Errors
    /// If it was not declared, not like this, or is written already; or if the disk is full.
    pub fn write(&mut self, name: &str, tensor: TensorRef<'_>) -> Result<(), StoreError> {
        let shard = self
            .places
            .get(name)
            .and_then(|&place| self.shards.get_mut(place))
            .ok_or_else(|| StoreError::NoTensor { path: self.dir.target().to_owned(), tensor: name.to_owned() })?;
        shard.writer.write(name, tensor)
    }

    /// Copies tokenizer, chat templates and generation defaults from the model folder `source`, where it has them.
    ///
    /// # Errors
    /// If one cannot be read or written.
    pub fn copy_companions(&self, source: &Path) -> Result<(), StoreError> {
        // A folder that is gone has none of them either, and a model without its tokenizer is not whole.
        let found = disk::list(source).map_err(StoreError::io("read", source))?;
        for name in COMPANIONS {
            let from = source.join(name);
            if found.contains(&from) && from.is_file() {
                self.dir.copy(&from, name)?;
            }
        }
        let templates = source.join(TEMPLATES);
        let files = match disk::list(&templates) {
            Ok(files) => files,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(StoreError::io("read", &templates)(error)),
        };
        for from in files {
            if let Some(name) = from.file_name().filter(|_| from.is_file()) {
                let name = format!("{TEMPLATES}/{}", name.to_string_lossy());
                self.dir.copy(&from, &name)?;
            }
        }
        Ok(())
    }

    /// The folder under construction, for further files.
    #[must_use]
    pub fn dir(&self) -> &AtomicDir {
        &self.dir
    }

    /// Writes `config.json` and the index of the shards, and puts the folder in its place.
    ///
    /// # Errors
    /// If a declared tensor was not written, or the disk refuses.
    pub fn finish(self, config: &Value) -> Result<(), StoreError> {
        let Self { dir, shards, places, total_bytes } = self;
        if shards.len() > 1 {
            let weight_map: BTreeMap<&String, &String> =
                places.iter().map(|(tensor, &place)| (tensor, &shards[place].name)).collect();
            let index = json!({ "metadata": { "total_size": total_bytes }, "weight_map": weight_map });
            dir.write_json(INDEX, &index)?;
        }
        for shard in shards {
            shard.writer.finish()?;
        }
        dir.write_json(CONFIG, config)?;
        dir.commit()
    }
}

/// Splits `specs`, in their order, into groups of at most `max` bytes; at least one group.
fn group(target: &Path, specs: Vec<TensorSpec>, max: u64) -> Result<Vec<Vec<TensorSpec>>, StoreError> {
    let mut groups = Vec::new();
    let mut current = Vec::new();
    let mut filled = 0u64;
    for spec in specs {
        let bytes = spec.byte_len(target)? as u64;
        if filled.saturating_add(bytes) > max && !current.is_empty() {
            groups.push(std::mem::take(&mut current));
            filled = 0;
        }
        filled = filled.saturating_add(bytes);
        current.push(spec);
    }
    groups.push(current);
    Ok(groups)
}
