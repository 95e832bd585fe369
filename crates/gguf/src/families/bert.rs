//! BERT, as a model of embeddings: the hidden states of its last layer.

use super::{Family, Metadata, Sizes, modules};
use crate::config::Config;
use crate::{GgufError, Value};

const PLAIN: [(&str, &str); 12] = [
    ("embeddings.word_embeddings", "token_embd"),
    ("embeddings.position_embeddings", "position_embd"),
    ("embeddings.token_type_embeddings", "token_types"),
    ("embeddings.LayerNorm", "token_embd_norm"),
    ("encoder.layer.#.attention.self.query", "blk.#.attn_q"),
    ("encoder.layer.#.attention.self.key", "blk.#.attn_k"),
    ("encoder.layer.#.attention.self.value", "blk.#.attn_v"),
    ("encoder.layer.#.attention.output.dense", "blk.#.attn_output"),
    ("encoder.layer.#.attention.output.LayerNorm", "blk.#.attn_output_norm"),
    ("encoder.layer.#.intermediate.dense", "blk.#.ffn_up"),
    ("encoder.layer.#.output.dense", "blk.#.ffn_down"),
    ("encoder.layer.#.output.LayerNorm", "blk.#.layer_output_norm"),
];

pub(super) fn describe(config: &Config<'_>) -> Result<Family, GgufError> {
    config.must_be("hidden_act", &["gelu", "gelu_new", "gelu_pytorch_tanh"].map(str::to_owned))?;
    config.must_be("position_embedding_type", &["absolute".to_owned()])?;
    config.must_be("is_decoder", &[false])?;
    let sizes = Sizes::read(config)?;
    let eps: f64 = config.optional("layer_norm_eps")?.unwrap_or(1e-12);
    let mut metadata = Metadata::new("bert");
    sizes.write(config, &mut metadata)?;
    metadata.put("attention.causal", Value::Bool(false));
    metadata.put("attention.layer_norm_epsilon", Value::F32(eps as f32));
    let mut family = Family::new(metadata, modules(&PLAIN), sizes.blocks, sizes.vocabulary);
    // `tokenizer.ggml.token_type_count` goes with the vocabulary, but llama.cpp wants it in any case.
    let kinds = config.optional_size("type_vocab_size")?.unwrap_or(2);
    family.metadata.entries.push(("tokenizer.ggml.token_type_count".to_owned(), Value::U32(kinds)));
    family.optional_prefix = "bert.";
    // What only other tasks need: the pooled state and the heads of pre-training.
    family.ignored_prefixes = &["pooler.", "cls.", "embeddings.position_ids"];
    Ok(family)
}
