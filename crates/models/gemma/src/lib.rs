//! The Gemma family: Gemma 2 (arXiv 2408.00118) and the texts of Gemma 3 (arXiv 2503.19786).
//!
//! Norms around attention and feed-forward whose scale is kept less 1, embeddings times the root of their width, layers that see
//! only what is near between layers that see everything; Gemma 2 bends scores and logits under a bound, Gemma 3 has norms on
//! queries and keys, and angles of its own for the layers that see only what is near. Parameter names and rounding follow
//! Transformers' `modeling_gemma2.py` and `modeling_gemma3.py`.

mod config;
mod forward;

use std::sync::Arc;

use graftwork_model::{Architecture, DECODER_TASKS, Family, ModelError, Task, inventory};
use serde_json::Value;

use config::GemmaConfig;
use forward::Gemma;

inventory::submit! {
    Family { name: "gemma", model_types: &["gemma2", "gemma3_text"], tasks: DECODER_TASKS, open }
}

fn open(config: &Value, task: Task) -> Result<Arc<dyn Architecture>, ModelError> {
    Ok(Arc::new(Gemma::new(GemmaConfig::read(config)?, task)?))
}
