//! The model that the committed plugins are called on.
#![allow(unreachable_pub, clippy::unwrap_used, reason = "tests")]

use std::sync::Arc;

use graftwork_plan::{Dtype, Manifest, Param, ParamId, Role, Shape};
use serde_json::json;

/// A Llama of two layers with four heads that share two pairs of keys and values, and a tied head.
pub fn manifest() -> Arc<Manifest> {
    let mut params = Vec::new();
    let mut push = |name: String, dims: &[u64], role, layer, tied_to| {
        params.push(Param { name, shape: Shape::new(dims.to_vec()).unwrap(), dtype: Dtype::F32, role, layer, tied_to });
    };
    push("model.embed_tokens.weight".to_owned(), &[64, 16], Role::Embedding, None, None);
    for l in 0..2 {
        let attention = [("q", [16, 16]), ("k", [8, 16]), ("v", [8, 16]), ("o", [16, 16])];
        for (name, dims) in attention {
            push(format!("model.layers.{l}.self_attn.{name}_proj.weight"), &dims, Role::Linear, Some(l), None);
        }
        for (name, dims) in [("gate", [32, 16]), ("up", [32, 16]), ("down", [16, 32])] {
            push(format!("model.layers.{l}.mlp.{name}_proj.weight"), &dims, Role::Linear, Some(l), None);
        }
        for name in ["input", "post_attention"] {
            push(format!("model.layers.{l}.{name}_layernorm.weight"), &[16], Role::Norm, Some(l), None);
        }
    }
    push("model.norm.weight".to_owned(), &[16], Role::Norm, None, None);
    push("lm_head.weight".to_owned(), &[64, 16], Role::Head, None, Some(ParamId(0)));
    Arc::new(Manifest { architecture: "llama".to_owned(), config: json!({"model_type": "llama"}), params })
}
