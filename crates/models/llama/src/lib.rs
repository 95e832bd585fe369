//! The Llama family: Llama 2 and 3, SmolLM2, Mistral, and whatever else shares their `config.json`.
//!
//! Decoder layers of grouped-query attention with rotary positions and a gated feed-forward block, each behind a
//! root-mean-square norm (H. Touvron et al., arXiv 2307.09288). Parameter names and rounding follow Transformers'
//! `modeling_llama.py`.

mod config;
mod forward;
mod frequencies;
mod params;

use std::sync::Arc;

use graftwork_model::{Architecture, Family, ModelError, inventory};
use serde_json::Value;

pub use config::LlamaConfig;
pub use forward::Llama;
pub use frequencies::Frequencies;

inventory::submit! {
    Family { name: "llama", model_types: &["llama", "mistral"], open }
}

fn open(config: &Value) -> Result<Arc<dyn Architecture>, ModelError> {
    Ok(Arc::new(Llama::new(LlamaConfig::read(config)?)?))
}
