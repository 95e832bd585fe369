//! Angles of the rotary positions, and the ways in which checkpoints stretch them to longer texts.
//!
//! The formulas are those of Transformers' `modeling_rope_utils.py`.

use std::f64::consts::TAU;

use serde_json::{Map, Value};

use crate::{ConfigReader, Input, ModelError};
use burn::tensor::DType;
use graftwork_kernels::rotary::{LastRotary, Rotary};

/// Angle per position for each pair of a head's entries that is turned, and the factor on cosines and sines.
#[derive(Debug)]
pub struct Rope {
    angles: Angles,
    last: LastRotary,
}

/// What a configuration comes to.
#[derive(Clone, Debug, PartialEq)]
struct Angles {
    /// At most `head_dim / 2`.
    per_position: Vec<f64>,
    /// Others, for passes that go beyond so many positions.
    long: Option<(u64, Vec<f64>)>,
    /// 1 but for YaRN and LongRoPE.
    amplitude: f64,
}

/// What a family says of its heads where the configuration says nothing.
#[derive(Clone, Copy, Debug)]
pub struct RopeDefaults {
    /// Width of a head.
    pub head_dim: u64,
    /// `max_position_embeddings`.
    pub max_positions: u64,
    /// `rope_theta`.
    pub theta: f64,
    /// Part of a head that is turned.
    pub share: f64,
}

impl RopeDefaults {
    /// All of the head, by powers of 10,000.
    #[must_use]
    pub fn new(head_dim: u64, max_positions: u64) -> Self {
        Self { head_dim, max_positions, theta: 10_000.0, share: 1.0 }
    }
}

impl Rope {
    /// How many entries of a head are turned.
    #[must_use]
    pub fn turned(&self) -> u64 {
        2 * self.angles.per_position.len() as u64
    }

    /// From `rope_parameters` (Transformers 5), or `rope_theta`, `rope_scaling` and `partial_rotary_factor` (Transformers 4; in
    /// GPT-NeoX `rotary_emb_base` and `rotary_pct`).
    ///
    /// # Errors
    /// A key has the wrong type or a value that makes no sense, or the type of scaling is not known.
    pub fn read(c: &ConfigReader<'_>, defaults: RopeDefaults) -> Result<Self, ModelError> {
        let (name, section) = match c.optional::<Value>("rope_parameters")? {
            Some(section) => ("rope_parameters", Some(section)),
            None => ("rope_scaling", c.optional("rope_scaling")?),
        };
        let mut section = match section {
            None => Map::new(),
            Some(Value::Object(section)) => section,
            Some(_) => return Err(c.invalid(name, "it must be an object".to_owned())),
        };
        let older = [
            ("rope_theta", "rope_theta"),
            ("rope_theta", "rotary_emb_base"),
            ("partial_rotary_factor", "partial_rotary_factor"),
            ("partial_rotary_factor", "rotary_pct"),
            ("original_max_position_embeddings", "original_max_position_embeddings"),
        ];
        for (key, outside) in older {
            if let Some(value) = c.optional::<Value>(outside)? {
                section.entry(key).or_insert(value);
            }
        }
        Self::of_section(&Value::Object(section), defaults)
    }

    /// From one section of `rope_parameters`.
    ///
    /// # Errors
    /// As [`Rope::read`].
    pub fn of_section(section: &Value, defaults: RopeDefaults) -> Result<Self, ModelError> {
        let s = ConfigReader(section);
        let RopeDefaults { head_dim, max_positions, .. } = defaults;
        let theta = s.optional("rope_theta")?.unwrap_or(defaults.theta);
        if !(theta > 1.0 && f64::is_finite(theta)) {
            return Err(s.invalid("rope_theta", "it must be greater than 1".to_owned()));
        }
        let share = s.optional("partial_rotary_factor")?.unwrap_or(defaults.share);
        let turned = (head_dim as f64 * share) as u64;
        if !(share <= 1.0 && turned >= 2) {
            return Err(s.invalid("partial_rotary_factor", format!("it leaves {turned} of {head_dim} entries to turn")));
        }
        if !turned.is_multiple_of(2) {
            let message = format!("heads of width {turned} cannot be rotated in halves; it must be even");
            return Err(s.invalid("partial_rotary_factor", message));
        }
        let kind: Option<String> = s.optional("rope_type")?;
        let kind = kind.or(s.optional("type")?).unwrap_or_else(|| "default".to_owned());
        let width = turned as usize;
        let plain: Vec<f64> = (0..width / 2).map(|i| f64::powf(theta, -((2 * i) as f64) / width as f64)).collect();
        let stretch = Stretch { s, theta, head_dim: width, max_positions };
        let only = |per_position, amplitude| Angles { per_position, long: None, amplitude };
        let angles = match kind.as_str() {
            "default" => only(plain, 1.0),
            "linear" => {
                let factor = stretch.factor()?;
                only(plain.into_iter().map(|f| f / factor).collect(), 1.0)
            }
            "llama3" => only(stretch.llama3(&plain)?, 1.0),
            "yarn" => {
                let (angles, amplitude) = stretch.yarn(&plain)?;
                only(angles, amplitude)
            }
            "longrope" | "su" => stretch.longrope(&plain)?,
            _ => {
                let key = if s.0.get("rope_type").is_some() { "rope_type" } else { "type" };
                let message =
                    format!("rope type `{kind}` is not supported; there are: default, linear, llama3, yarn, longrope");
                return Err(s.invalid(key, message));
            }
        };
        Ok(Self { angles: angles.rounded(), last: LastRotary::default() })
    }

    /// How many tokens a pass may hold before it has other angles.
    #[must_use]
    pub fn changes_after(&self) -> Option<u64> {
        self.angles.long.as_ref().map(|(most, _)| *most)
    }

    /// Cosines and sines for the tokens of a pass.
    #[must_use]
    pub fn tables(&self, input: &Input, dtype: DType) -> Rotary {
        let Angles { per_position, long, amplitude } = &self.angles;
        let length = u64::from(input.positions().iter().copied().max().unwrap_or(0)) + 1;
        let angles = match long {
            Some((most, long)) if length > *most => long,
            _ => per_position,
        };
        self.last.tables(input.positions(), input.rows(), angles, *amplitude, dtype, input.device())
    }
}

impl Angles {
    /// Transformers keeps the angles in f32.
    fn rounded(self) -> Self {
        let round = |angles: Vec<f64>| angles.into_iter().map(|f| f64::from(f as f32)).collect();
        Self {
            per_position: round(self.per_position),
            long: self.long.map(|(most, angles)| (most, round(angles))),
            amplitude: self.amplitude,
        }
    }
}

struct Stretch<'a> {
    s: ConfigReader<'a>,
    theta: f64,
    head_dim: usize,
    max_positions: u64,
}

impl Stretch<'_> {
    fn positive(&self, key: &str, value: f64) -> Result<f64, ModelError> {
        if value > 0.0 && value.is_finite() {
            Ok(value)
        } else {
            Err(self.s.invalid(key, "it must be positive".to_owned()))
        }
    }

    fn factor(&self) -> Result<f64, ModelError> {
        self.positive("factor", self.s.required("factor")?)
    }

    fn original_positions(&self) -> Result<f64, ModelError> {
        let key = "original_max_position_embeddings";
        self.positive(key, self.s.optional(key)?.unwrap_or(self.max_positions as f64))
    }

    /// Long wavelengths are stretched, short ones kept, those between blended.
    fn llama3(&self, plain: &[f64]) -> Result<Vec<f64>, ModelError> {
        let (factor, original) = (self.factor()?, self.original_positions()?);
        let low: f64 = self.s.required("low_freq_factor")?;
        let high: f64 = self.s.required("high_freq_factor")?;
        if !(low > 0.0 && high > low) {
            return Err(self.s.invalid("high_freq_factor", format!("it must be greater than low_freq_factor, {low}")));
        }
        let stretch = |f: f64| {
            let turns = original * f / TAU;
            if turns < low {
                f / factor
            } else if turns > high {
                f
            } else {
                let smooth = (turns - low) / (high - low);
                (1.0 - smooth) * f / factor + smooth * f
            }
        };
        Ok(plain.iter().map(|&f| stretch(f)).collect())
    }

    /// B. Peng et al., arXiv 2309.00071.
    fn yarn(&self, plain: &[f64]) -> Result<(Vec<f64>, f64), ModelError> {
        let (factor, original) = (self.factor()?, self.original_positions()?);
        let mscale = |scale: f64, m: f64| if scale <= 1.0 { 1.0 } else { 0.1 * m * scale.ln() + 1.0 };
        let amplitude = match self.s.optional("attention_factor")? {
            Some(given) => self.positive("attention_factor", given)?,
            None => match (self.s.optional::<f64>("mscale")?, self.s.optional::<f64>("mscale_all_dim")?) {
                (Some(m), Some(all)) if m != 0.0 && all != 0.0 => {
                    self.positive("mscale", mscale(factor, m) / mscale(factor, all))?
                }
                _ => mscale(factor, 1.0),
            },
        };
        let fast = self.positive("beta_fast", self.s.optional("beta_fast")?.unwrap_or(32.0))?;
        let slow = self.positive("beta_slow", self.s.optional("beta_slow")?.unwrap_or(1.0))?;
        let dim = self.head_dim as f64;
        let turns_to_index = |turns: f64| dim * (original / (turns * TAU)).ln() / (2.0 * self.theta.ln());
        let (mut low, mut high) = (turns_to_index(fast), turns_to_index(slow));
        if self.s.optional("truncate")?.unwrap_or(true) {
            (low, high) = (low.floor(), high.ceil());
        }
        let (low, high) = (low.max(0.0), high.min(dim - 1.0));
        let width = if high == low { 0.001 } else { high - low };
        let blend = |(i, &f): (usize, &f64)| {
            let ramp = ((i as f64 - low) / width).clamp(0.0, 1.0);
            f / factor * ramp + f * (1.0 - ramp)
        };
        Ok((plain.iter().enumerate().map(blend).collect(), amplitude))
    }

    /// Each angle is divided by a factor of its own, another set of them in long passes. Y. Ding et al., arXiv 2402.13753.
    fn longrope(&self, plain: &[f64]) -> Result<Angles, ModelError> {
        let original = self.original_positions()?;
        let factor = self.s.optional("factor")?.unwrap_or(self.max_positions as f64 / original);
        let amplitude = match self.s.optional("attention_factor")? {
            Some(given) => self.positive("attention_factor", given)?,
            None if factor <= 1.0 => 1.0,
            None => (1.0 + factor.ln() / original.ln()).sqrt(),
        };
        let divided = |key: &str| {
            let factors: Vec<f64> = self.s.required(key)?;
            if factors.len() != plain.len() || factors.iter().any(|f| !(*f > 0.0 && f.is_finite())) {
                return Err(self.s.invalid(key, format!("it must hold {} positive factors", plain.len())));
            }
            Ok(plain.iter().zip(factors).map(|(angle, factor)| angle / factor).collect::<Vec<f64>>())
        };
        let (per_position, long) = (divided("short_factor")?, divided("long_factor")?);
        Ok(Angles { per_position, long: Some((original as u64, long)), amplitude })
    }
}
