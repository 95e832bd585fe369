//! Exports models and LoRA adapters as GGUF files, for llama.cpp and what is built on it.
//!
//! [`write_model`] turns a Hugging Face folder into one file, [`write_adapter`] a PEFT folder into another that
//! llama.cpp applies to its base. A file is whole or absent, and weights go through memory a few rows at a time.
//!
//! What the file holds follows llama.cpp's own `convert_hf_to_gguf.py` and `convert_lora_to_gguf.py`. Where llama.cpp
//! computes something else than Transformers, an export fails if that holds for every text, and warns ([`Report`]) if it
//! holds for some. [`Gguf`] reads back what was written.

mod adapter;
mod change;
mod config;
mod element;
mod error;
mod families;
mod model;
mod reader;
mod rope;
mod value;
mod vocabulary;
mod writer;

pub use adapter::write_adapter;
pub use element::ElementType;
pub use error::GgufError;
pub use model::{ModelOptions, Precision, Report, Vocabulary, write_model, write_model_told};
pub use reader::Gguf;
pub use value::Value;
pub use writer::TensorInfo;
