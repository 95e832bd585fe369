//! The Qwen family: Qwen2, Qwen2.5 and Qwen3.
//!
//! Llama's layers with a bias on queries, keys and values (Qwen2, arXiv 2407.10671), or with a norm on every head's queries and
//! keys (Qwen3, arXiv 2505.09388). Parameter names and rounding follow Transformers' `modeling_qwen2.py` and
//! `modeling_qwen3.py`.

mod config;
mod forward;

use std::sync::Arc;

use graftwork_model::{Architecture, DECODER_TASKS, Family, ModelError, Task, inventory};
use serde_json::Value;

use config::QwenConfig;
use forward::Qwen;

inventory::submit! {
    Family { name: "qwen", model_types: &["qwen2", "qwen3"], tasks: DECODER_TASKS, open }
}

fn open(config: &Value, task: Task) -> Result<Arc<dyn Architecture>, ModelError> {
    Ok(Arc::new(Qwen::new(QwenConfig::read(config)?, task)?))
}
