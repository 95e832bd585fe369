//! A PEFT adapter folder, read and written whole.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use serde_json::Value;

use super::{AdapterKey, AdapterPart, PeftConfig, PeftError};
use crate::path::listing;
use crate::{AtomicDir, Overwrite, SafetensorsFile, SafetensorsWriter, StoreError, TensorData, disk, json};

const CONFIG: &str = "adapter_config.json";
const WEIGHTS: &str = "adapter_model.safetensors";
const PICKLE: &str = "adapter_model.bin";

/// A LoRA adapter: its settings, and its tensors by name ([`AdapterKey`] takes a name apart).
#[derive(Debug, Clone, PartialEq)]
pub struct PeftAdapter {
    /// The settings.
    pub config: PeftConfig,
    /// The tensors.
    pub tensors: BTreeMap<String, TensorData>,
}

impl PeftAdapter {
    /// The file by which an adapter folder is known; for [`AtomicDir::create`].
    pub const MARKER: &'static str = CONFIG;

    /// Reads the adapter folder `dir`.
    ///
    /// # Errors
    /// If a file is missing or malformed, the adapter has settings that are not supported, or
    /// [`check`](Self::check) finds a fault in it.
    pub fn read(dir: &Path) -> Result<Self, StoreError> {
        let config = read_config(dir)?;
        let path = dir.join(WEIGHTS);
        if !path.exists() {
            return Err(no_weights(dir));
        }
        let file = SafetensorsFile::open(&path)?;
        let tensors = file
            .names()
            .into_iter()
            .map(|name| file.tensor(&name).map(|tensor| (name, tensor.to_data())))
            .collect::<Result<_, StoreError>>()?;
        let adapter = Self { config, tensors };
        adapter.check().map_err(|reason| StoreError::Peft { path, reason })?;
        Ok(adapter)
    }

    /// Writes the adapter folder `dir`, whole or not at all.
    ///
    /// # Errors
    /// If [`check`](Self::check) finds a fault, `dir` is in the way, or the disk refuses.
    pub fn write(&self, dir: &Path, overwrite: Overwrite) -> Result<(), StoreError> {
        let dir = AtomicDir::create(dir, overwrite, Self::MARKER)?;
        self.write_into(&dir)?;
        dir.commit()
    }

    /// Writes the adapter's files into a folder under construction, beside whatever else it is to hold.
    ///
    /// # Errors
    /// If [`check`](Self::check) finds a fault, or the disk refuses.
    pub fn write_into(&self, dir: &AtomicDir) -> Result<(), StoreError> {
        self.check().map_err(|reason| StoreError::Peft { path: dir.target().to_owned(), reason })?;
        let config = self.config.to_sorted().map_err(StoreError::json(&dir.target().join(CONFIG)))?;
        dir.write_json(CONFIG, &config)?;
        SafetensorsWriter::write_all(dir, WEIGHTS, &self.tensors)?;
        dir.write("README.md", self.model_card().as_bytes())
    }

    /// Checks that settings and tensors make one adapter: every name is known, factors come in pairs that multiply,
    /// ranks are as configured, and magnitudes are there if and only if DoRA is used.
    ///
    /// # Errors
    /// The first fault found.
    pub fn check(&self) -> Result<(), PeftError> {
        self.config.check()?;
        let mut modules: BTreeMap<String, BTreeMap<AdapterPart, &[usize]>> = BTreeMap::new();
        for (name, tensor) in &self.tensors {
            let key: AdapterKey = name.parse()?;
            modules.entry(key.module).or_default().insert(key.part, tensor.shape());
        }
        modules.iter().try_for_each(|(module, parts)| self.check_module(module, parts))
    }

    fn check_module(&self, module: &str, parts: &BTreeMap<AdapterPart, &[usize]>) -> Result<(), PeftError> {
        use AdapterPart::{EmbeddingA, EmbeddingB, LoraA, LoraB, Magnitude};
        let shape = |part| parts.get(&part).copied();
        let names = [("lora_A", "lora_B"), ("lora_embedding_A", "lora_embedding_B")];
        let pairs = [(LoraA, LoraB), (EmbeddingA, EmbeddingB)];
        for ((a, b), (name_a, name_b)) in pairs.into_iter().zip(names) {
            let missing = match (shape(a), shape(b)) {
                (None, None) => continue,
                (Some(a), Some(b)) => {
                    self.check_pair(module, a, b)?;
                    continue;
                }
                (None, Some(_)) => name_a,
                (Some(_), None) => name_b,
            };
            return Err(PeftError::Unpaired { module: module.to_owned(), missing });
        }
        let adapted = parts.contains_key(&LoraA) || parts.contains_key(&EmbeddingA);
        let present = parts.contains_key(&Magnitude);
        if present != (adapted && self.config.use_dora) {
            return Err(PeftError::Dora { module: module.to_owned(), present });
        }
        Ok(())
    }

    fn check_pair(&self, module: &str, a: &[usize], b: &[usize]) -> Result<(), PeftError> {
        let (&[rank, _], &[_, inner]) = (a, b) else {
            return Err(shapes(module, a, b));
        };
        if rank != inner {
            return Err(shapes(module, a, b));
        }
        let config = self.config.rank(module)?;
        if rank != config {
            return Err(PeftError::Rank { module: module.to_owned(), tensors: rank, config });
        }
        Ok(())
    }

    /// A model card with the front matter that the Hugging Face Hub reads.
    fn model_card(&self) -> String {
        // A JSON string is a YAML string, whatever is in it.
        let base = self
            .config
            .base_model_name_or_path
            .as_ref()
            .map(|base| format!("base_model: {}\n", Value::from(base.as_str())))
            .unwrap_or_default();
        let PeftConfig { r, lora_alpha, .. } = self.config;
        format!(
            "---\n{base}library_name: peft\ntags:\n- lora\n---\n\n# LoRA adapter\n\n\
             Rank {r}, alpha {lora_alpha}. Trained with Graftwork; `adapter_config.json` has every setting.\n\n\
             ```python\nfrom peft import PeftModel\n\nmodel = PeftModel.from_pretrained(base_model, \"path/to/this/folder\")\n```\n"
        )
    }
}

fn shapes(module: &str, a: &[usize], b: &[usize]) -> PeftError {
    PeftError::Shapes { module: module.to_owned(), a: a.to_vec(), b: b.to_vec() }
}

fn read_config(dir: &Path) -> Result<PeftConfig, StoreError> {
    let path = dir.join(CONFIG);
    let text = disk::read(&path).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound if !dir.is_dir() => StoreError::NoFolder { path: dir.to_owned() },
        io::ErrorKind::NotFound => no_file(dir, CONFIG),
        _ => StoreError::io("read", &path)(error),
    })?;
    let mut object = json::object(&text).map_err(StoreError::json(&path))?;
    // PEFT writes null for what is not set.
    object.retain(|_, value| !value.is_null());
    let kind = object.get("peft_type").unwrap_or(&Value::Null);
    if kind != "LORA" {
        let kind = kind.as_str().map_or_else(|| kind.to_string(), str::to_owned);
        return Err(StoreError::Peft { path, reason: PeftError::Type(kind) });
    }
    serde_json::from_value(Value::Object(object)).map_err(StoreError::json(&path))
}

fn no_weights(dir: &Path) -> StoreError {
    if dir.join(PICKLE).exists() {
        StoreError::Peft { path: dir.to_owned(), reason: PeftError::Pickle }
    } else {
        no_file(dir, WEIGHTS)
    }
}

fn no_file(dir: &Path, file: &'static str) -> StoreError {
    StoreError::NoFile { path: dir.to_owned(), file, kind: "a PEFT adapter folder", found: listing(dir) }
}
