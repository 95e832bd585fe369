//! LoRA adapters as the PEFT library reads and writes them: `adapter_config.json` and `adapter_model.safetensors`.

mod adapter;
mod config;
mod error;
mod key;
mod patterns;

pub use adapter::PeftAdapter;
pub use config::{Bias, InitWeights, Layers, Names, PeftConfig, PeftType};
pub use error::PeftError;
pub use key::{AdapterKey, AdapterPart, Param};
pub use patterns::Patterns;
