//! `config.json` of a Gemma model, in the spelling of Transformers 4 and of Transformers 5.

use graftwork_kernels::gate::Gelu;
use graftwork_model::{Activation, ConfigReader, Dimensions, ModelError, Rope, RopeDefaults};
use graftwork_plan::Dtype;
use serde_json::{Value, json};

/// What a Gemma model's configuration fixes.
#[derive(Debug)]
pub(crate) struct GemmaConfig {
    pub(crate) dimensions: Dimensions,
    pub(crate) activation: Activation,
    /// Added to the mean square in every norm.
    pub(crate) norm_eps: f64,
    /// Of layers that see everything.
    pub(crate) rope: Rope,
    /// Of layers that see only what is near, where it is another.
    pub(crate) near_rope: Option<Rope>,
    /// Which layers see only what is near.
    pub(crate) near: Vec<bool>,
    /// How far that is.
    pub(crate) window: usize,
    /// Factor on the products of queries and keys.
    pub(crate) score_scale: f64,
    /// Bound of the scores.
    pub(crate) score_cap: Option<f64>,
    /// Bound of the logits.
    pub(crate) logit_cap: Option<f64>,
    /// Whether queries and keys have norms.
    pub(crate) head_norms: bool,
    /// Whether q, k, v and o have a bias.
    pub(crate) attention_bias: bool,
    /// Whether the head is the embedding.
    pub(crate) tied: bool,
    pub(crate) dtype: Dtype,
    /// Deviation of the weights of new layers.
    pub(crate) initializer_range: f64,
    /// `Gemma2` or `Gemma3`.
    pub(crate) class: &'static str,
}

impl GemmaConfig {
    pub(crate) fn read(config: &Value) -> Result<Self, ModelError> {
        let c = ConfigReader(config);
        let third = c.required::<String>("model_type")? == "gemma3_text";
        if c.optional("use_bidirectional_attention")?.unwrap_or(false) {
            let message = "only texts read from left to right are supported".to_owned();
            return Err(c.invalid("use_bidirectional_attention", message));
        }
        let dimensions = c.dimensions(Some(256))?;
        let (rope, near_rope) = if third { ropes(&c, &dimensions)? } else { (plain_rope(&c, &dimensions)?, None) };
        Ok(Self {
            activation: c.activation("hidden_activation", Activation::Gelu(Gelu::Tanh))?,
            norm_eps: c.epsilon("rms_norm_eps", 1e-6)?,
            rope,
            near_rope,
            near: near_layers(&c, dimensions.layers, third)?,
            window: c.window("sliding_window")?.unwrap_or(4096),
            score_scale: c.positive("query_pre_attn_scalar")?.unwrap_or(256.0).sqrt().recip(),
            score_cap: cap(&c, "attn_logit_softcapping", 50.0, third)?,
            logit_cap: cap(&c, "final_logit_softcapping", 30.0, third)?,
            head_norms: third,
            attention_bias: c.optional("attention_bias")?.unwrap_or(false),
            tied: c.optional("tie_word_embeddings")?.unwrap_or(true),
            dtype: c.dtype()?,
            initializer_range: c.initializer_range()?,
            class: if third { "Gemma3" } else { "Gemma2" },
            dimensions,
        })
    }
}

/// Gemma 2 has a bound where the key is left out, and none where it is null; Gemma 3 has one where the key has a number.
fn cap(c: &ConfigReader<'_>, key: &str, default: f64, third: bool) -> Result<Option<f64>, ModelError> {
    if !third && c.0.get(key).is_none() { Ok(Some(default)) } else { c.positive(key) }
}

/// Gemma 2 alternates, beginning with a layer that sees what is near; in Gemma 3 every sixth sees everything.
fn near_layers(c: &ConfigReader<'_>, layers: u64, third: bool) -> Result<Vec<bool>, ModelError> {
    let pattern = match c.optional("sliding_window_pattern")? {
        Some(0) => return Err(c.invalid("sliding_window_pattern", "it must be at least 1".to_owned())),
        Some(pattern) if third => pattern,
        _ if third => 6,
        _ => 2,
    };
    c.sliding_layers(layers, |layer| !(layer + 1).is_multiple_of(pattern))
}

fn plain_rope(c: &ConfigReader<'_>, d: &Dimensions) -> Result<Rope, ModelError> {
    Rope::read(c, RopeDefaults::new(d.head_dim, d.max_positions))
}

/// Gemma 3's angles, for layers that see everything and for the others: by type of layer in `rope_parameters` (Transformers 5), or
/// `rope_theta` with `rope_scaling`, and `rope_local_base_freq` (Transformers 4).
fn ropes(c: &ConfigReader<'_>, d: &Dimensions) -> Result<(Rope, Option<Rope>), ModelError> {
    let plain = RopeDefaults::new(d.head_dim, d.max_positions);
    let far = RopeDefaults { theta: 1_000_000.0, ..plain };
    let sections = c.optional::<Value>("rope_parameters")?.unwrap_or(Value::Null);
    if let (Some(full), Some(sliding)) = (sections.get("full_attention"), sections.get("sliding_attention")) {
        return Ok((Rope::of_section(full, far)?, Some(Rope::of_section(sliding, plain)?)));
    }
    let theta = c.optional::<f64>("rope_local_base_freq")?.unwrap_or(10_000.0);
    let near = Rope::of_section(&json!({ "rope_theta": theta }), plain)?;
    Ok((Rope::read(c, far)?, Some(near)))
}
