//! The GPT-NeoX family: GPT-NeoX-20B and Pythia (S. Black et al., arXiv 2204.06745).
//!
//! Attention and feed-forward read the same states and are added side by side, queries, keys and values of a head stand
//! together in one matrix, and only a part of each head is turned by its position. Parameter names and rounding follow
//! Transformers' `modeling_gpt_neox.py`.

mod config;
mod forward;

use std::sync::Arc;

use graftwork_model::{Architecture, DECODER_TASKS, Family, ModelError, Task, inventory};
use serde_json::Value;

use config::NeoXConfig;
use forward::NeoX;

inventory::submit! {
    Family { name: "gpt-neox", model_types: &["gpt_neox"], tasks: DECODER_TASKS, open }
}

fn open(config: &Value, task: Task) -> Result<Arc<dyn Architecture>, ModelError> {
    Ok(Arc::new(NeoX::new(NeoXConfig::read(config)?, task)?))
}
