//! What each family of models becomes in GGUF: an architecture, its metadata, and a place for every weight.
//!
//! Names, keys and changes of values are those that llama.cpp's `convert_hf_to_gguf.py` (its `conversion/` folder and
//! `gguf-py/gguf/constants.py`) writes and its `src/models/*.cpp` read.

mod bert;
mod decoder;
mod gemma;
mod gpt2;
mod gpt_neox;
mod phi3;

use std::path::Path;

use crate::change::Change;
use crate::config::Config;
use crate::{GgufError, Value};

/// Families by `model_type`, and what describes them.
const FAMILIES: [(&str, Describe); 11] = [
    ("bert", bert::describe),
    ("gemma2", gemma::describe),
    ("gemma3_text", gemma::describe),
    ("gpt2", gpt2::describe),
    ("gpt_neox", gpt_neox::describe),
    ("llama", decoder::llama),
    ("mistral", decoder::llama),
    ("mixtral", decoder::llama),
    ("phi3", phi3::describe),
    ("qwen2", decoder::qwen),
    ("qwen3", decoder::qwen),
];

/// `LLAMA_MAX_LAYERS` in llama.cpp's `src/llama-hparams.h`. It allows more experts; the families here have fewer.
const MAX_BLOCKS: u32 = 512;
/// Far above any model.
const MAX_HEAD: u32 = 1 << 16;

type Describe = fn(&Config<'_>) -> Result<Family, GgufError>;

/// The metadata of an architecture, whose name is before every key.
#[derive(Debug)]
pub(crate) struct Metadata {
    pub(crate) architecture: &'static str,
    pub(crate) entries: Vec<(String, Value)>,
}

impl Metadata {
    fn new(architecture: &'static str) -> Self {
        Self { architecture, entries: Vec::new() }
    }

    pub(crate) fn put(&mut self, key: &str, value: Value) {
        self.entries.push((format!("{}.{key}", self.architecture), value));
    }
}

/// Where the parameters of a module go. In both names `#` stands for a number: the first for the block, a second one in
/// `from` for the expert, which are stacked.
#[derive(Debug)]
pub(crate) struct Module {
    from: String,
    to: String,
    change: Change,
}

impl Module {
    /// A module whose `weight` every model of the family has.
    fn new(from: &str, to: &str) -> Self {
        Self { from: from.to_owned(), to: to.to_owned(), change: Change::AS_IS }
    }

    fn changed(self, change: Change) -> Self {
        Self { change, ..self }
    }
}

/// Modules that are written as they are.
fn modules(names: &[(&str, &str)]) -> Vec<Module> {
    names.iter().map(|(from, to)| Module::new(from, to)).collect()
}

/// A model, as far as its configuration says.
#[derive(Debug)]
pub(crate) struct Family {
    pub(crate) metadata: Metadata,
    modules: Vec<Module>,
    /// Beginnings and ends of weights that no output depends on, or that are there twice.
    ignored_prefixes: &'static [&'static str],
    ignored_suffixes: &'static [&'static str],
    /// What a folder may have before all names.
    optional_prefix: &'static str,
    blocks: u32,
    pub(crate) experts: u32,
    pub(crate) vocabulary: u32,
    /// Whether the head is the embedding.
    pub(crate) tied: bool,
    /// Further tensors: what rotary frequencies are divided by.
    pub(crate) factors: Vec<(String, Vec<f32>)>,
    /// Where llama.cpp computes something else, though not for every text.
    pub(crate) warnings: Vec<String>,
}

/// Where a weight goes.
#[derive(Debug, PartialEq)]
pub(crate) enum Place {
    /// Nowhere: it is not needed.
    Nowhere,
    /// The tensor `name`, and in a stack of experts which of them.
    Tensor { name: String, expert: Option<u32>, change: Change },
    /// The family has no such weight.
    Unknown,
}

impl Family {
    /// The family of a configuration that lies at `path`.
    pub(crate) fn of(path: &Path, object: &serde_json::Value) -> Result<Self, GgufError> {
        let config = Config { path, object };
        let kind: String = config.required("model_type")?;
        let (_, describe) = FAMILIES.iter().find(|(name, _)| *name == kind).ok_or_else(|| GgufError::Family {
            path: path.to_owned(),
            found: kind,
            known: FAMILIES.map(|(name, _)| name).join(", "),
        })?;
        describe(&config)
    }

    fn new(metadata: Metadata, modules: Vec<Module>, blocks: u32, vocabulary: u32) -> Self {
        Self {
            metadata,
            modules,
            ignored_prefixes: &[],
            ignored_suffixes: &[],
            optional_prefix: "",
            blocks,
            experts: 0,
            vocabulary,
            tied: false,
            factors: Vec::new(),
            warnings: Vec::new(),
        }
    }

    pub(crate) fn architecture(&self) -> &'static str {
        self.metadata.architecture
    }

    /// Where the weight `name` goes.
    pub(crate) fn place(&self, name: &str) -> Place {
        let name = name.strip_prefix(self.optional_prefix).unwrap_or(name);
        let ignored = self.ignored_prefixes.iter().any(|prefix| name.starts_with(prefix))
            || self.ignored_suffixes.iter().any(|suffix| name.ends_with(suffix));
        if ignored {
            return Place::Nowhere;
        }
        name.rsplit_once('.')
            .filter(|(_, parameter)| matches!(*parameter, "weight" | "bias"))
            .and_then(|(module, parameter)| self.place_module(module, parameter))
            .unwrap_or(Place::Unknown)
    }

    fn place_module(&self, path: &str, parameter: &str) -> Option<Place> {
        let mut numbers = Vec::new();
        let pattern: Vec<&str> = path
            .split('.')
            .map(|part| match part.parse::<u32>() {
                Ok(number) => {
                    numbers.push(number);
                    "#"
                }
                Err(_) => part,
            })
            .collect();
        let pattern = pattern.join(".");
        let module = self.modules.iter().find(|module| module.from == pattern)?;
        let (block, expert) = (numbers.first(), numbers.get(1).copied());
        if block.is_some_and(|block| *block >= self.blocks) || expert.is_some_and(|expert| expert >= self.experts) {
            return None;
        }
        let name = block.map_or_else(|| module.to.clone(), |block| module.to.replace('#', &block.to_string()));
        Some(Place::Tensor { name: format!("{name}.{parameter}"), expert, change: module.change })
    }

    /// The weights that have to be there.
    pub(crate) fn required(&self) -> impl Iterator<Item = String> {
        let named = |from: &str, number: u32| from.replacen('#', &number.to_string(), 1);
        self.modules.iter().flat_map(move |module| {
            let blocks = if module.from.contains('#') { self.blocks } else { 1 };
            (0..blocks).flat_map(move |block| {
                let from = named(&module.from, block);
                let experts = if from.contains('#') { self.experts } else { 1 };
                (0..experts).map(move |expert| format!("{}.weight", named(&from, expert)))
            })
        })
    }

    /// The weight `name` as [`required`](Self::required) has it.
    pub(crate) fn bare<'a>(&self, name: &'a str) -> &'a str {
        name.strip_prefix(self.optional_prefix).unwrap_or(name)
    }
}

/// What is lost where llama.cpp has no window for a family that has one.
fn no_window(config: &Config<'_>, window: u32) -> Option<String> {
    let context = config.optional_size("max_position_embeddings").ok().flatten()?;
    (window < context).then(|| {
        format!(
            "llama.cpp computes this family without its sliding window, so texts of more than {window} tokens give other results"
        )
    })
}

/// How many blocks there are. llama.cpp has a limit, and what is not there cannot be asked for by the billion.
fn blocks(config: &Config<'_>, key: &str) -> Result<u32, GgufError> {
    match config.size(key)? {
        count if count <= MAX_BLOCKS => Ok(count),
        count => Err(config.error(key, format!("is {count}; llama.cpp takes at most {MAX_BLOCKS}"))),
    }
}

/// Sizes of a decoder, under the names that most families give them.
struct Sizes {
    hidden: u32,
    blocks: u32,
    heads: u32,
    kv_heads: u32,
    head: u32,
    vocabulary: u32,
}

impl Sizes {
    fn read(config: &Config<'_>) -> Result<Self, GgufError> {
        let (hidden, heads) = (config.size("hidden_size")?, config.size("num_attention_heads")?);
        let head = config.optional_size("head_dim")?.unwrap_or(hidden / heads);
        if head > MAX_HEAD {
            return Err(config.error("head_dim", format!("gives heads of width {head}; at most {MAX_HEAD} is allowed")));
        }
        Ok(Self {
            hidden,
            heads,
            blocks: blocks(config, "num_hidden_layers")?,
            kv_heads: config.optional_size("num_key_value_heads")?.unwrap_or(heads),
            head,
            vocabulary: config.size("vocab_size")?,
        })
    }

    /// Keys that every architecture has.
    fn write(&self, config: &Config<'_>, out: &mut Metadata) -> Result<(), GgufError> {
        out.put("vocab_size", Value::U32(self.vocabulary));
        out.put("context_length", Value::U32(config.size("max_position_embeddings")?));
        out.put("embedding_length", Value::U32(self.hidden));
        out.put("block_count", Value::U32(self.blocks));
        out.put("feed_forward_length", Value::U32(config.size("intermediate_size")?));
        out.put("attention.head_count", Value::U32(self.heads));
        Ok(())
    }

    /// Keys of grouped queries, heads of any width, and norms by the mean square.
    fn write_grouped(&self, config: &Config<'_>, out: &mut Metadata) -> Result<(), GgufError> {
        self.write(config, out)?;
        out.put("attention.head_count_kv", Value::U32(self.kv_heads));
        out.put("attention.key_length", Value::U32(self.head));
        out.put("attention.value_length", Value::U32(self.head));
        let eps: f64 = config.optional("rms_norm_eps")?.unwrap_or(1e-6);
        out.put("attention.layer_norm_rms_epsilon", Value::F32(eps as f32));
        Ok(())
    }
}
