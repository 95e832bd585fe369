//! The GPT-2 family (A. Radford et al., 2019).
//!
//! Learned positions, layer norms before attention and feed-forward, and linear layers that checkpoints keep as `[in, out]`.
//! Parameter names and rounding follow Transformers' `modeling_gpt2.py`.

mod config;
mod forward;

use std::sync::Arc;

use graftwork_model::{Architecture, DECODER_TASKS, Family, ModelError, Task, inventory};
use serde_json::Value;

use config::Gpt2Config;
use forward::Gpt2;

inventory::submit! {
    Family { name: "gpt2", model_types: &["gpt2"], tasks: DECODER_TASKS, open }
}

fn open(config: &Value, task: Task) -> Result<Arc<dyn Architecture>, ModelError> {
    Ok(Arc::new(Gpt2::new(Gpt2Config::read(config)?, task)?))
}
