//! Gemma 2 and the text models of Gemma 3.

use super::{Family, Metadata, Module, Sizes, modules};
use crate::change::Change;
use crate::config::Config;
use crate::rope::Rope;
use crate::{GgufError, Value};

const LINEAR: [(&str, &str); 7] = [
    ("model.embed_tokens", "token_embd"),
    ("model.layers.#.self_attn.k_proj", "blk.#.attn_k"),
    ("model.layers.#.self_attn.v_proj", "blk.#.attn_v"),
    ("model.layers.#.self_attn.o_proj", "blk.#.attn_output"),
    ("model.layers.#.mlp.gate_proj", "blk.#.ffn_gate"),
    ("model.layers.#.mlp.up_proj", "blk.#.ffn_up"),
    ("model.layers.#.mlp.down_proj", "blk.#.ffn_down"),
];
const NORMS: [(&str, &str); 5] = [
    ("model.norm", "output_norm"),
    ("model.layers.#.input_layernorm", "blk.#.attn_norm"),
    ("model.layers.#.post_attention_layernorm", "blk.#.post_attention_norm"),
    ("model.layers.#.pre_feedforward_layernorm", "blk.#.ffn_norm"),
    ("model.layers.#.post_feedforward_layernorm", "blk.#.post_ffw_norm"),
];
const QUERY: (&str, &str) = ("model.layers.#.self_attn.q_proj", "blk.#.attn_q");
const QUERY_NORM: (&str, &str) = ("model.layers.#.self_attn.q_norm", "blk.#.attn_q_norm");
const KEY_NORM: (&str, &str) = ("model.layers.#.self_attn.k_norm", "blk.#.attn_k_norm");
const SLIDING: &str = "sliding_attention";

/// A norm multiplies by its weight and one.
const NORM: Change = Change { add: 1.0, ..Change::AS_IS };

pub(super) fn describe(config: &Config<'_>) -> Result<Family, GgufError> {
    config.must_be("hidden_activation", &["gelu_pytorch_tanh".to_owned()])?;
    config.must_be("use_bidirectional_attention", &[false])?;
    let third = config.required::<String>("model_type")? == "gemma3_text";
    let mut sizes = Sizes::read(config)?;
    if config.optional_size("head_dim")?.is_none() {
        // The default of `Gemma2Config` and `Gemma3TextConfig`.
        sizes.head = 256;
    }
    let mut metadata = Metadata::new(if third { "gemma3" } else { "gemma2" });
    sizes.write_grouped(config, &mut metadata)?;
    Rope::read(config, "full_attention")?.write(config, false, &mut metadata)?;
    if third {
        metadata.put("rope.freq_base_swa", Value::F32(sliding_theta(config)? as f32));
    }
    write_caps(config, third, &mut metadata)?;
    write_windows(config, third, sizes.blocks, &mut metadata)?;

    let mut places = modules(&LINEAR);
    places.extend(NORMS.map(|(from, to)| Module::new(from, to).changed(NORM)));
    let scale = query_scale(config, third, &sizes)?;
    let query = Module::new(QUERY.0, QUERY.1);
    if third {
        places.push(query);
        places.push(Module::new(QUERY_NORM.0, QUERY_NORM.1).changed(Change { scale, ..NORM }));
        places.push(Module::new(KEY_NORM.0, KEY_NORM.1).changed(NORM));
    } else {
        places.push(query.changed(Change { scale, ..Change::AS_IS }));
    }
    let tied = config.optional("tie_word_embeddings")?.unwrap_or(true);
    if !tied && !third {
        let reason = "is false; for this family llama.cpp computes the head with the embedding";
        return Err(config.error("tie_word_embeddings", reason.to_owned()));
    }
    if !tied {
        places.push(Module::new("lm_head", "output"));
    }
    let mut family = Family::new(metadata, places, sizes.blocks, sizes.vocabulary);
    family.tied = tied;
    family.ignored_prefixes = if tied { &["lm_head."] } else { &[] };
    Ok(family)
}

fn sliding_theta(config: &Config<'_>) -> Result<f64, GgufError> {
    match config.section("rope_parameters")?.map(|parameters| parameters.section(SLIDING)).transpose()?.flatten() {
        Some(sliding) => Ok(sliding.optional("rope_theta")?.unwrap_or(10_000.0)),
        None => Ok(config.optional("rope_local_base_freq")?.unwrap_or(10_000.0)),
    }
}

/// Caps on scores and logits. Gemma 2 has both always, Gemma 3 perhaps the latter.
fn write_caps(config: &Config<'_>, third: bool, out: &mut Metadata) -> Result<(), GgufError> {
    if third {
        if config.optional::<f64>("attn_logit_softcapping")?.is_some() {
            let reason = "is set; for this family llama.cpp does not cap scores";
            return Err(config.error("attn_logit_softcapping", reason.to_owned()));
        }
        if let Some(cap) = config.optional::<f64>("final_logit_softcapping")? {
            out.put("final_logit_softcapping", Value::F32(cap as f32));
        }
        return Ok(());
    }
    for key in ["attn_logit_softcapping", "final_logit_softcapping"] {
        out.put(key, Value::F32(config.required::<f64>(key)? as f32));
    }
    Ok(())
}

/// The window, and which layers have it where that is not as llama.cpp takes it to be: in Gemma 2 every other one,
/// in Gemma 3 five of six.
fn write_windows(config: &Config<'_>, third: bool, blocks: u32, out: &mut Metadata) -> Result<(), GgufError> {
    out.put("attention.sliding_window", Value::U32(config.size("sliding_window")?));
    let usual = |block: u32, period: u32| block % period < period - 1;
    let period = if third { 6 } else { 2 };
    let sliding: Vec<bool> = match config.optional::<Vec<String>>("layer_types")? {
        Some(layers) => layers.iter().map(|layer| layer == SLIDING).collect(),
        None => {
            let period = config.optional_size("sliding_window_pattern")?.unwrap_or(period);
            (0..blocks).map(|block| usual(block, period)).collect()
        }
    };
    if sliding.len() != blocks as usize {
        return Err(config.error("layer_types", format!("has {} entries for {blocks} layers", sliding.len())));
    }
    if (0..blocks).zip(&sliding).any(|(block, sliding)| usual(block, period) != *sliding) {
        out.put("attention.sliding_window_pattern", Value::Bools(sliding));
    }
    Ok(())
}

/// What queries have to be multiplied by, since llama.cpp does not read `query_pre_attn_scalar`: it divides scores by the
/// root of a head's width, in the 27B models by that of the hidden size over the heads.
fn query_scale(config: &Config<'_>, third: bool, sizes: &Sizes) -> Result<f32, GgufError> {
    let key = "query_pre_attn_scalar";
    let wanted: f64 = config.optional(key)?.unwrap_or(256.0);
    if !(wanted > 0.0 && wanted.is_finite()) {
        return Err(config.error(key, format!("is {wanted}; it must be positive")));
    }
    let large = sizes.blocks == if third { 62 } else { 46 };
    let computed = if large { sizes.hidden / sizes.heads } else { sizes.head };
    Ok((f64::from(computed) / wanted).sqrt() as f32)
}
