//! Angles of the rotary positions, and the ways in which checkpoints stretch them to longer texts.
//!
//! The formulas are those of Transformers' `modeling_rope_utils.py`.

use std::f64::consts::TAU;

use graftwork_model::{ConfigReader, ModelError};
use serde_json::Value;

/// Angle per position for each pair of a head's entries, and the factor on cosines and sines.
#[derive(Clone, Debug, PartialEq)]
pub struct Frequencies {
    /// `head_dim / 2` angles.
    pub per_position: Vec<f64>,
    /// 1 but for YaRN.
    pub amplitude: f64,
}

impl Frequencies {
    /// From `rope_parameters` (Transformers 5), or `rope_theta` and `rope_scaling` (Transformers 4).
    pub(crate) fn read(c: &ConfigReader<'_>, head_dim: usize, max_positions: u64) -> Result<Self, ModelError> {
        let modern = c.optional::<Value>("rope_parameters")?;
        let (section, scaling) = match modern {
            Some(parameters) => ("rope_parameters", Some(parameters)),
            None => ("rope_scaling", c.optional::<Value>("rope_scaling")?),
        };
        let scaling = scaling.unwrap_or_else(|| Value::Object(serde_json::Map::new()));
        if !scaling.is_object() {
            return Err(c.invalid(section, "it must be an object".to_owned()));
        }
        let s = ConfigReader(&scaling);
        let (place, theta) = match s.optional("rope_theta")? {
            Some(theta) => (s, theta),
            None => (*c, c.optional("rope_theta")?.unwrap_or(10_000.0)),
        };
        if !(theta > 1.0 && f64::is_finite(theta)) {
            return Err(place.invalid("rope_theta", "it must be greater than 1".to_owned()));
        }
        let kind: Option<String> = s.optional("rope_type")?;
        let kind = kind.or(s.optional("type")?).unwrap_or_else(|| "default".to_owned());
        let plain: Vec<f64> =
            (0..head_dim / 2).map(|i| f64::powf(theta, -((2 * i) as f64) / head_dim as f64)).collect();
        let stretch = Stretch { s, theta, head_dim, max_positions };
        let (per_position, amplitude) = match kind.as_str() {
            "default" => (plain, 1.0),
            "linear" => {
                let factor = stretch.factor()?;
                (plain.into_iter().map(|f| f / factor).collect(), 1.0)
            }
            "llama3" => (stretch.llama3(&plain)?, 1.0),
            "yarn" => stretch.yarn(&plain)?,
            _ => {
                return Err(c.invalid(
                    section,
                    format!("rope type `{kind}` is not supported; there are: default, linear, llama3, yarn"),
                ));
            }
        };
        // Transformers keeps the angles in f32.
        Ok(Self { per_position: per_position.into_iter().map(|f| f64::from(f as f32)).collect(), amplitude })
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
}
