//! GPT-NeoX and Pythia.

use super::{Family, Metadata, Module, Sizes, modules};
use crate::change::{Change, RowOrder};
use crate::config::Config;
use crate::rope::Rope;
use crate::{GgufError, Value};

const PLAIN: [(&str, &str); 8] = [
    ("gpt_neox.embed_in", "token_embd"),
    ("gpt_neox.final_layer_norm", "output_norm"),
    ("embed_out", "output"),
    ("gpt_neox.layers.#.input_layernorm", "blk.#.attn_norm"),
    ("gpt_neox.layers.#.post_attention_layernorm", "blk.#.ffn_norm"),
    ("gpt_neox.layers.#.attention.dense", "blk.#.attn_output"),
    ("gpt_neox.layers.#.mlp.dense_h_to_4h", "blk.#.ffn_up"),
    ("gpt_neox.layers.#.mlp.dense_4h_to_h", "blk.#.ffn_down"),
];

pub(super) fn describe(config: &Config<'_>) -> Result<Family, GgufError> {
    config.must_be("hidden_act", &["gelu", "gelu_new", "gelu_fast", "gelu_pytorch_tanh"].map(str::to_owned))?;
    config.must_be("tie_word_embeddings", &[false])?;
    config.must_be("attention_bias", &[true])?;
    let sizes = Sizes::read(config)?;
    let eps: f64 = config.optional("layer_norm_eps")?.unwrap_or(1e-5);
    let parallel = config.optional("use_parallel_residual")?.unwrap_or(true);
    let rope = Rope::read(config, "full_attention")?;
    // A quarter by `GPTNeoXConfig`.
    let share = rope.partial.unwrap_or(0.25);
    let mut metadata = Metadata::new("gptneox");
    sizes.write(config, &mut metadata)?;
    metadata.put("use_parallel_residual", Value::Bool(parallel));
    metadata.put("attention.layer_norm_epsilon", Value::F32(eps as f32));
    metadata.put("rope.dimension_count", Value::U32((share * f64::from(sizes.hidden / sizes.heads)) as u32));
    rope.write(config, false, &mut metadata)?;

    let mut places = modules(&PLAIN);
    let grouped = Change { order: RowOrder::Grouped { heads: sizes.heads as usize }, ..Change::AS_IS };
    places.push(Module::new("gpt_neox.layers.#.attention.query_key_value", "blk.#.attn_qkv").changed(grouped));
    let mut family = Family::new(metadata, places, sizes.blocks, sizes.vocabulary);
    // The causal mask, which older files hold.
    family.ignored_suffixes = &[".attention.bias", ".attention.masked_bias", ".rotary_emb.inv_freq"];
    Ok(family)
}
