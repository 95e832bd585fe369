//! The Phi-3 family: Phi-3, Phi-3.5-mini, Phi-4 and Phi-4-mini (M. Abdin et al., arXiv 2404.14219).
//!
//! Llama's layers with queries, keys and values in one matrix, gate and up in another. An adapter on such a matrix is one for
//! all of its parts, as in PEFT. Parameter names and rounding follow Transformers' `modeling_phi3.py`.

mod config;
mod forward;

use std::sync::Arc;

use graftwork_model::{Architecture, DECODER_TASKS, Family, ModelError, Task, inventory};
use serde_json::Value;

use config::Phi3Config;
use forward::Phi3;

inventory::submit! {
    Family { name: "phi3", model_types: &["phi3"], tasks: DECODER_TASKS, open }
}

fn open(config: &Value, task: Task) -> Result<Arc<dyn Architecture>, ModelError> {
    Ok(Arc::new(Phi3::new(Phi3Config::read(config)?, task)?))
}
