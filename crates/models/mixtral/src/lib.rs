//! The Mixtral family: a Llama decoder whose feed-forward blocks are mixtures of experts (A. Q. Jiang et al., arXiv 2401.04088).
//!
//! Each token goes through the few experts that a router gives it. Parameter names are those of published checkpoints, in which
//! an expert is three matrices; rounding follows Transformers' `modeling_mixtral.py`. The loss has no term for the router's
//! balance: that is for training from nothing.

mod config;
mod experts;
mod forward;

use std::sync::Arc;

use graftwork_model::{Architecture, DECODER_TASKS, Family, ModelError, Task, inventory};
use serde_json::Value;

use config::MixtralConfig;
use forward::Mixtral;

inventory::submit! {
    Family { name: "mixtral", model_types: &["mixtral"], tasks: DECODER_TASKS, open }
}

fn open(config: &Value, task: Task) -> Result<Arc<dyn Architecture>, ModelError> {
    Ok(Arc::new(Mixtral::new(MixtralConfig::read(config)?, task)?))
}
