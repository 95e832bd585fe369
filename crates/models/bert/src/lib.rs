//! The BERT family (J. Devlin et al., arXiv 1810.04805): masked language models, classifiers, and bare encoders such as those of
//! Sentence Transformers.
//!
//! Every token sees every other; norms come after attention and feed-forward. Parameter names and rounding follow
//! Transformers' `modeling_bert.py`.

mod config;
mod forward;

use std::sync::Arc;

use graftwork_model::{Architecture, Family, ModelError, Task, TaskKind, inventory};
use serde_json::Value;

use config::BertConfig;
use forward::Bert;

inventory::submit! {
    Family { name: "bert", model_types: &["bert"], tasks: &[TaskKind::MaskedLm, TaskKind::SequenceClassification], open }
}

fn open(config: &Value, task: Task) -> Result<Arc<dyn Architecture>, ModelError> {
    Ok(Arc::new(Bert::new(BertConfig::read(config)?, task)?))
}
