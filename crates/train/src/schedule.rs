//! The learning rate over a run.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How the learning rate goes on after the warm-up, as Transformers' schedules of the same names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Schedule {
    /// Stays.
    Constant,
    /// Falls in a line to 0 at the end.
    Linear,
    /// Falls along half a cosine to 0 at the end.
    #[default]
    Cosine,
}

impl Schedule {
    /// Factor on the learning rate for a step that counts from 0: rises in a line over `warmup` steps, then follows the
    /// schedule to `total`.
    #[must_use]
    pub fn factor(self, step: u64, warmup: u64, total: u64) -> f64 {
        if step < warmup {
            return step as f64 / warmup as f64;
        }
        let progress = (step - warmup) as f64 / total.saturating_sub(warmup).max(1) as f64;
        match self {
            Self::Constant => 1.0,
            Self::Linear => (1.0 - progress).max(0.0),
            Self::Cosine => 0.5 * (1.0 + (std::f64::consts::PI * progress.min(1.0)).cos()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn warms_up_then_falls_to_zero() {
        for schedule in [Schedule::Linear, Schedule::Cosine] {
            assert_eq!(schedule.factor(0, 4, 12), 0.0);
            assert_eq!(schedule.factor(2, 4, 12), 0.5);
            assert_eq!(schedule.factor(4, 4, 12), 1.0);
            assert!((schedule.factor(8, 4, 12) - 0.5).abs() < 1e-12);
            assert!(schedule.factor(12, 4, 12).abs() < 1e-12);
        }
        assert_eq!(Schedule::Constant.factor(11, 4, 12), 1.0);
        assert_eq!(Schedule::Cosine.factor(0, 0, 1), 1.0);
    }
}
