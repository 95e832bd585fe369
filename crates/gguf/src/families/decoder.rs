//! Llama, Mistral and Mixtral, which llama.cpp runs as one architecture, and Qwen 2 and 3.

use super::{Family, Metadata, Module, Sizes, modules, no_window};
use crate::change::{Change, RowOrder};
use crate::config::Config;
use crate::rope::Rope;
use crate::{GgufError, Value};

const OUTSIDE: [(&str, &str); 2] = [("model.embed_tokens", "token_embd"), ("model.norm", "output_norm")];
const IN_BLOCKS: [(&str, &str); 4] = [
    ("model.layers.#.input_layernorm", "blk.#.attn_norm"),
    ("model.layers.#.post_attention_layernorm", "blk.#.ffn_norm"),
    ("model.layers.#.self_attn.v_proj", "blk.#.attn_v"),
    ("model.layers.#.self_attn.o_proj", "blk.#.attn_output"),
];
const GATED: [(&str, &str); 3] = [
    ("model.layers.#.mlp.gate_proj", "blk.#.ffn_gate"),
    ("model.layers.#.mlp.up_proj", "blk.#.ffn_up"),
    ("model.layers.#.mlp.down_proj", "blk.#.ffn_down"),
];
const EXPERTS: [(&str, &str); 4] = [
    ("model.layers.#.block_sparse_moe.gate", "blk.#.ffn_gate_inp"),
    ("model.layers.#.block_sparse_moe.experts.#.w1", "blk.#.ffn_gate_exps"),
    ("model.layers.#.block_sparse_moe.experts.#.w2", "blk.#.ffn_down_exps"),
    ("model.layers.#.block_sparse_moe.experts.#.w3", "blk.#.ffn_up_exps"),
];
const QUERY: (&str, &str) = ("model.layers.#.self_attn.q_proj", "blk.#.attn_q");
const KEY: (&str, &str) = ("model.layers.#.self_attn.k_proj", "blk.#.attn_k");
const IGNORED: &[&str] = &[".rotary_emb.inv_freq"];

/// Llama, Mistral, Mixtral.
pub(super) fn llama(config: &Config<'_>) -> Result<Family, GgufError> {
    config.must_be("hidden_act", &["silu".to_owned(), "swish".to_owned()])?;
    let sizes = Sizes::read(config)?;
    let experts = match config.required::<String>("model_type")?.as_str() {
        "mixtral" => super::blocks(config, "num_local_experts")?,
        _ => 0,
    };
    let mut metadata = Metadata::new("llama");
    sizes.write_grouped(config, &mut metadata)?;
    metadata.put("rope.dimension_count", Value::U32(sizes.head));
    let rope = Rope::read(config, "full_attention")?;
    rope.write(config, true, &mut metadata)?;
    if experts > 0 {
        metadata.put("expert_count", Value::U32(experts));
        metadata.put("expert_used_count", Value::U32(config.size("num_experts_per_tok")?));
    }
    let pairs = |(from, to): (&str, &str), heads: u32| {
        let order = RowOrder::Pairs { heads: heads as usize };
        Module::new(from, to).changed(Change { order, ..Change::AS_IS })
    };
    let mut places = blocks(if experts > 0 { &EXPERTS } else { &GATED });
    places.extend([pairs(QUERY, sizes.heads), pairs(KEY, sizes.kv_heads)]);
    let mut family = finish(config, metadata, places, &sizes)?;
    family.experts = experts;
    family.factors = rope.factors(config, sizes.head)?;
    // Mistral's own default, where the key is left out; Llama does not look at it.
    let window = match (config.required::<String>("model_type")?.as_str(), config.object.get("sliding_window")) {
        ("llama", _) => None,
        ("mistral", None) => Some(4096),
        _ => config.optional_size("sliding_window")?,
    };
    family.warnings.extend(window.and_then(|window| no_window(config, window)));
    Ok(family)
}

/// Qwen 2 and 3.
pub(super) fn qwen(config: &Config<'_>) -> Result<Family, GgufError> {
    config.must_be("hidden_act", &["silu".to_owned(), "swish".to_owned()])?;
    let third = config.required::<String>("model_type")? == "qwen3";
    let mut sizes = Sizes::read(config)?;
    if third && config.optional_size("head_dim")?.is_none() {
        // The default of `Qwen3Config`.
        sizes.head = 128;
    }
    let mut metadata = Metadata::new(if third { "qwen3" } else { "qwen2" });
    sizes.write_grouped(config, &mut metadata)?;
    Rope::read(config, "full_attention")?.write(config, false, &mut metadata)?;
    let mut places = blocks(&GATED);
    places.extend(modules(&[QUERY, KEY]));
    if third {
        places.extend(modules(&[
            ("model.layers.#.self_attn.q_norm", "blk.#.attn_q_norm"),
            ("model.layers.#.self_attn.k_norm", "blk.#.attn_k_norm"),
        ]));
    }
    let mut family = finish(config, metadata, places, &sizes)?;
    if config.optional("use_sliding_window")?.unwrap_or(false) {
        let window = config.optional_size("sliding_window")?;
        family.warnings.extend(window.and_then(|window| no_window(config, window)));
    }
    Ok(family)
}

fn blocks(feed_forward: &[(&str, &str)]) -> Vec<Module> {
    let mut places = modules(&OUTSIDE);
    places.extend(modules(&IN_BLOCKS));
    places.extend(modules(feed_forward));
    places
}

fn finish(
    config: &Config<'_>,
    metadata: Metadata,
    mut places: Vec<Module>,
    sizes: &Sizes,
) -> Result<Family, GgufError> {
    let tied = config.optional("tie_word_embeddings")?.unwrap_or(false);
    if !tied {
        places.push(Module::new("lm_head", "output"));
    }
    let mut family = Family::new(metadata, places, sizes.blocks, sizes.vocabulary);
    family.tied = tied;
    family.ignored_prefixes = if tied { &["lm_head."] } else { &[] };
    family.ignored_suffixes = IGNORED;
    Ok(family)
}
