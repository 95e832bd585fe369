//! Phi-3 and the models built like it, Phi-4 among them.

use super::{Family, Metadata, Module, Sizes, modules, no_window};
use crate::config::Config;
use crate::rope::{Rope, Scaling};
use crate::{GgufError, Value};

const PLAIN: [(&str, &str); 8] = [
    ("model.embed_tokens", "token_embd"),
    ("model.norm", "output_norm"),
    ("model.layers.#.input_layernorm", "blk.#.attn_norm"),
    ("model.layers.#.post_attention_layernorm", "blk.#.ffn_norm"),
    ("model.layers.#.self_attn.qkv_proj", "blk.#.attn_qkv"),
    ("model.layers.#.self_attn.o_proj", "blk.#.attn_output"),
    // Gate and up, one above the other, in both.
    ("model.layers.#.mlp.gate_up_proj", "blk.#.ffn_up"),
    ("model.layers.#.mlp.down_proj", "blk.#.ffn_down"),
];

pub(super) fn describe(config: &Config<'_>) -> Result<Family, GgufError> {
    config.must_be("hidden_act", &["silu".to_owned(), "swish".to_owned()])?;
    let sizes = Sizes::read(config)?;
    let rope = Rope::read(config, "full_attention")?;
    let dimensions = (rope.partial.unwrap_or(1.0) * f64::from(sizes.head)) as u32;
    let window = config.optional_size("sliding_window")?;
    let mut metadata = Metadata::new("phi3");
    sizes.write_grouped(config, &mut metadata)?;
    metadata.put("rope.dimension_count", Value::U32(dimensions));
    // By a zero llama.cpp knows Phi-4 from its elders.
    metadata.put("attention.sliding_window", Value::U32(window.unwrap_or(0)));
    rope.write(config, true, &mut metadata)?;

    let mut places = modules(&PLAIN);
    let tied = config.optional("tie_word_embeddings")?.unwrap_or(false);
    if !tied {
        places.push(Module::new("lm_head", "output"));
    }
    let mut family = Family::new(metadata, places, sizes.blocks, sizes.vocabulary);
    family.tied = tied;
    family.ignored_prefixes = if tied { &["lm_head."] } else { &[] };
    family.ignored_suffixes = &[".rotary_emb.inv_freq"];
    family.factors = rope.factors(config, dimensions)?;
    family.warnings.extend(window.and_then(|window| no_window(config, window)));
    if let Scaling::LongRope { original, .. } = rope.scaling {
        family.warnings.push(format!(
            "llama.cpp takes the factors for long texts as soon as its context is larger than {original} tokens, Transformers when the text is; for short texts ask for a context of at most {original}"
        ));
    }
    Ok(family)
}
