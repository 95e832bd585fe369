//! GPT-2.

use super::{Family, Metadata, Module, blocks, modules};
use crate::change::Change;
use crate::config::Config;
use crate::{GgufError, Value};

const PLAIN: [(&str, &str); 5] = [
    ("wte", "token_embd"),
    ("wpe", "position_embd"),
    ("ln_f", "output_norm"),
    ("h.#.ln_1", "blk.#.attn_norm"),
    ("h.#.ln_2", "blk.#.ffn_norm"),
];
/// Stored `[in, out]`.
const TRANSPOSED: [(&str, &str); 4] = [
    ("h.#.attn.c_attn", "blk.#.attn_qkv"),
    ("h.#.attn.c_proj", "blk.#.attn_output"),
    ("h.#.mlp.c_fc", "blk.#.ffn_up"),
    ("h.#.mlp.c_proj", "blk.#.ffn_down"),
];

pub(super) fn describe(config: &Config<'_>) -> Result<Family, GgufError> {
    config.must_be("activation_function", &["gelu_new".to_owned(), "gelu_pytorch_tanh".to_owned()])?;
    config.must_be("scale_attn_weights", &[true])?;
    config.must_be("scale_attn_by_inverse_layer_idx", &[false])?;
    config.must_be("add_cross_attention", &[false])?;
    let (hidden, blocks, vocabulary) = (config.size("n_embd")?, blocks(config, "n_layer")?, config.size("vocab_size")?);
    let context = config.optional_size("n_positions")?.map_or_else(|| config.size("n_ctx"), Ok)?;
    let eps: f64 = config.optional("layer_norm_epsilon")?.unwrap_or(1e-5);
    let mut metadata = Metadata::new("gpt2");
    metadata.put("vocab_size", Value::U32(vocabulary));
    metadata.put("context_length", Value::U32(context));
    metadata.put("embedding_length", Value::U32(hidden));
    metadata.put("block_count", Value::U32(blocks));
    metadata
        .put("feed_forward_length", Value::U32(config.optional_size("n_inner")?.unwrap_or(hidden.saturating_mul(4))));
    metadata.put("attention.head_count", Value::U32(config.size("n_head")?));
    metadata.put("attention.layer_norm_epsilon", Value::F32(eps as f32));

    let mut places = modules(&PLAIN);
    let transposed = Change { transposed: true, ..Change::AS_IS };
    places.extend(TRANSPOSED.map(|(from, to)| Module::new(from, to).changed(transposed)));
    let tied = config.optional("tie_word_embeddings")?.unwrap_or(true);
    if !tied {
        places.push(Module::new("lm_head", "output"));
    }
    let mut family = Family::new(metadata, places, blocks, vocabulary);
    family.tied = tied;
    family.optional_prefix = "transformer.";
    family.ignored_prefixes = if tied { &["lm_head."] } else { &[] };
    // The causal mask, which older files hold.
    family.ignored_suffixes = &[".attn.bias", ".attn.masked_bias"];
    Ok(family)
}
