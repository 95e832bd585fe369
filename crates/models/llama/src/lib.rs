//! The Llama family: Llama 2 and 3, SmolLM2, Mistral, and whatever else shares their `config.json`.
//!
//! Decoder layers of grouped-query attention with rotary positions and a gated feed-forward block, each behind a
//! root-mean-square norm (H. Touvron et al., arXiv 2307.09288). Parameter names and rounding follow Transformers'
//! `modeling_llama.py`.

mod config;
mod forward;

use std::sync::Arc;

use graftwork_model::{Architecture, DECODER_TASKS, Family, ModelError, Task, inventory};
use serde_json::Value;

use config::LlamaConfig;
use forward::Llama;

inventory::submit! {
    Family { name: "llama", model_types: &["llama", "mistral"], tasks: DECODER_TASKS, open }
}

fn open(config: &Value, task: Task) -> Result<Arc<dyn Architecture>, ModelError> {
    Ok(Arc::new(Llama::new(LlamaConfig::read(config)?, task)?))
}
