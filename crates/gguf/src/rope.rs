//! Rotary positions: read in the spellings of Transformers 4 and 5, written as llama.cpp reads them.
//!
//! What the scalings compute is in Transformers' `modeling_rope_utils.py`, what llama.cpp makes of the keys in its
//! `src/llama-context.cpp` (the constructor of `llama_context`) and `ggml_rope_yarn` of ggml.

use std::f64::consts::TAU;

use crate::config::Config;
use crate::families::Metadata;
use crate::{GgufError, Value};

/// How positions turn.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Rope {
    pub(crate) theta: f64,
    /// The share of a head's entries that turn, where it is said.
    pub(crate) partial: Option<f64>,
    pub(crate) scaling: Scaling,
}

/// How the angles are stretched to longer texts.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Scaling {
    None,
    Linear {
        factor: f64,
    },
    Llama3 {
        factor: f64,
        low: f64,
        high: f64,
        original: f64,
    },
    /// `attention` is what cosines and sines are multiplied by.
    Yarn {
        factor: f64,
        original: u32,
        attention: f64,
    },
    LongRope {
        long: Vec<f32>,
        short: Vec<f32>,
        original: u32,
        attention: f64,
    },
}

impl Rope {
    /// The positions of `config`, or of its layers of the kind `layers` where kinds differ (`full_attention`).
    pub(crate) fn read(config: &Config<'_>, layers: &str) -> Result<Self, GgufError> {
        let section = match config.section("rope_parameters")? {
            Some(parameters) => Some(parameters.section(layers)?.unwrap_or(parameters)),
            None => config.section("rope_scaling")?,
        };
        let here = section.unwrap_or(*config);
        let theta = match here.optional("rope_theta")? {
            Some(theta) => theta,
            None => config.optional("rope_theta")?.or(config.optional("rotary_emb_base")?).unwrap_or(10_000.0),
        };
        let partial = match here.optional("partial_rotary_factor")? {
            Some(partial) => Some(partial),
            None => config.optional("partial_rotary_factor")?.or(config.optional("rotary_pct")?),
        };
        let scaling = match section {
            Some(section) => Scaling::read(config, &section)?,
            None => Scaling::None,
        };
        Ok(Self { theta, partial, scaling })
    }

    /// Writes the keys. Fails for a scaling that the architecture does not have; `with_factors` are those by which each
    /// frequency is divided on its own.
    pub(crate) fn write(&self, config: &Config<'_>, with_factors: bool, out: &mut Metadata) -> Result<(), GgufError> {
        out.put("rope.freq_base", Value::F32(self.theta as f32));
        match &self.scaling {
            Scaling::None => {}
            Scaling::Linear { factor } => {
                out.put("rope.scaling.type", "linear".into());
                out.put("rope.scaling.factor", Value::F32(*factor as f32));
            }
            Scaling::Yarn { factor, original, attention } => {
                out.put("rope.scaling.type", "yarn".into());
                out.put("rope.scaling.factor", Value::F32(*factor as f32));
                out.put("rope.scaling.original_context_length", Value::U32(*original));
                // A factor on the one that llama.cpp takes of itself.
                out.put("rope.scaling.attn_factor", Value::F32((attention / yarn_attention(*factor)) as f32));
            }
            Scaling::LongRope { original, attention, .. } if with_factors => {
                out.put("rope.scaling.original_context_length", Value::U32(*original));
                out.put("rope.scaling.attn_factor", Value::F32(*attention as f32));
            }
            Scaling::Llama3 { .. } if with_factors => {}
            Scaling::Llama3 { .. } | Scaling::LongRope { .. } => {
                let reason = "scales the rotary positions in a way that llama.cpp does not compute for this family";
                return Err(config.error("rope_type", reason.to_owned()));
            }
        }
        Ok(())
    }

    /// What the frequencies are divided by, for heads whose first `dimensions` entries turn: by name of the tensor.
    pub(crate) fn factors(&self, config: &Config<'_>, dimensions: u32) -> Result<Vec<(String, Vec<f32>)>, GgufError> {
        match &self.scaling {
            Scaling::Llama3 { factor, low, high, original } => {
                let frequency = |i: u32| self.theta.powf(-f64::from(2 * i) / f64::from(dimensions));
                let divisor = |i: u32| {
                    let turns = original * frequency(i) / TAU;
                    let smooth = ((turns - low) / (high - low)).clamp(0.0, 1.0);
                    (1.0 / ((1.0 - smooth) / factor + smooth)) as f32
                };
                Ok(vec![("rope_freqs.weight".to_owned(), (0..dimensions / 2).map(divisor).collect())])
            }
            Scaling::LongRope { long, short, .. } => {
                let count = dimensions as usize / 2;
                if long.len() != count || short.len() != count {
                    let reason = format!("has {} and {} factors; it must be {count} each", long.len(), short.len());
                    return Err(config.error("rope_scaling", reason));
                }
                let name = |which: &str| format!("rope_factors_{which}.weight");
                Ok(vec![(name("long"), long.clone()), (name("short"), short.clone())])
            }
            _ => Ok(Vec::new()),
        }
    }
}

impl Scaling {
    fn read(config: &Config<'_>, section: &Config<'_>) -> Result<Self, GgufError> {
        let kind: Option<String> = section.optional("rope_type")?.or(section.optional("type")?);
        match kind.as_deref() {
            None | Some("default") => Ok(Self::None),
            Some("linear") => Ok(Self::Linear { factor: positive(section, "factor")? }),
            Some("llama3") => Ok(Self::Llama3 {
                factor: positive(section, "factor")?,
                low: positive(section, "low_freq_factor")?,
                high: positive(section, "high_freq_factor")?,
                original: positive(section, "original_max_position_embeddings")?,
            }),
            Some("yarn") => Self::yarn(config, section),
            Some("longrope" | "su") => Self::long_rope(config, section),
            Some(other) => {
                let known = "there are: default, linear, llama3, yarn, longrope";
                Err(section.error("rope_type", format!("is {other:?}, which llama.cpp does not compute; {known}")))
            }
        }
    }

    fn yarn(config: &Config<'_>, section: &Config<'_>) -> Result<Self, GgufError> {
        // llama.cpp does not read these keys for the families here.
        section.must_be("beta_fast", &[32.0])?;
        section.must_be("beta_slow", &[1.0])?;
        section.must_be("truncate", &[true])?;
        let factor = positive(section, "factor")?;
        let original = section.optional_size("original_max_position_embeddings")?;
        let scales = (section.optional::<f64>("mscale")?, section.optional::<f64>("mscale_all_dim")?);
        let attention = match (section.optional("attention_factor")?, scales) {
            (Some(given), _) => given,
            (None, (Some(one), Some(all))) if one != 0.0 && all != 0.0 => {
                let grown = |scale: f64| 1.0 + scale * (yarn_attention(factor) - 1.0);
                grown(one) / grown(all)
            }
            _ => yarn_attention(factor),
        };
        let original = original.map_or_else(|| config.size("max_position_embeddings"), Ok)?;
        Ok(Self::Yarn { factor, original, attention })
    }

    fn long_rope(config: &Config<'_>, section: &Config<'_>) -> Result<Self, GgufError> {
        let key = "original_max_position_embeddings";
        let original = section.optional_size(key)?.map_or_else(|| config.size(key), Ok)?;
        let stretch = f64::from(config.size("max_position_embeddings")?) / f64::from(original);
        let attention = match section.optional("attention_factor")? {
            Some(given) => given,
            None if stretch <= 1.0 => 1.0,
            None => (1.0 + stretch.ln() / f64::from(original).ln()).sqrt(),
        };
        Ok(Self::LongRope {
            long: section.required("long_factor")?,
            short: section.required("short_factor")?,
            original,
            attention,
        })
    }
}

/// YaRN's own factor on cosines and sines (B. Peng et al., arXiv 2309.00071, section 3.4).
fn yarn_attention(factor: f64) -> f64 {
    if factor <= 1.0 { 1.0 } else { 0.1 * factor.ln() + 1.0 }
}

fn positive(config: &Config<'_>, key: &str) -> Result<f64, GgufError> {
    let value: f64 = config.required(key)?;
    if value > 0.0 && value.is_finite() {
        Ok(value)
    } else {
        Err(config.error(key, format!("is {value}; it must be positive")))
    }
}
