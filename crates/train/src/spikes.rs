//! Losses and gradient norms that stand out from those before.
//!
//! The criterion is the z-score of ZClip (A. Kumar et al., arXiv 2504.02507): how many deviations a value lies above the moving mean,
//! both of them exponential. ZClip cuts gradients at 2.5; here nothing is changed, and what is told should be worth a look, so the
//! limit is higher.

use graftwork_data::{Batch, Source};
use serde::{Deserialize, Serialize};

/// Decay of mean and variance in an update, as ZClip has it.
const DECAY: f64 = 0.97;
/// So many updates are only learnt from.
const WARM_UP: u64 = 20;
/// More deviations above the mean than this are a spike.
const LIMIT: f64 = 6.0;
/// A deviation counts as this part of the mean at least: where all values are nearly one, the next digit is no event.
const LEAST_DEVIATION: f64 = 0.01;

/// What of an update is watched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Watched {
    /// The loss.
    Loss,
    /// The global norm of the gradient, before it was cut.
    GradNorm,
}

/// A value far above those before it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SpikeReport {
    /// Updates done, this one included.
    pub step: u64,
    /// What it is of.
    pub what: Watched,
    /// The value.
    pub value: f64,
    /// The moving mean before it.
    pub expected: f64,
    /// The moving deviation before it.
    pub deviation: f64,
    /// The samples of the update, `FILE:LINE`.
    pub samples: Vec<String>,
}

/// What was seen of a run's losses and gradient norms.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Spikes {
    loss: Course,
    grad_norm: Course,
}

/// What was seen of one number.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Course {
    seen: u64,
    mean: f64,
    variance: f64,
}

impl Spikes {
    /// Takes in an update over some batches; gives what of it stands out.
    pub(crate) fn observe(&mut self, step: u64, loss: f64, grad_norm: f64, batches: &[Batch]) -> Vec<SpikeReport> {
        let watched = [(Watched::Loss, &mut self.loss, loss), (Watched::GradNorm, &mut self.grad_norm, grad_norm)];
        let spike = |(what, course, value): (Watched, &mut Course, f64)| {
            let (expected, deviation) = course.observe(value)?;
            let samples = batches.iter().flat_map(|batch| &batch.sources).map(Source::to_string).collect();
            Some(SpikeReport { step, what, value, expected, deviation, samples })
        };
        watched.into_iter().filter_map(spike).collect()
    }
}

impl Course {
    /// Takes in a finite value; gives the mean and the deviation before it where it is a spike.
    fn observe(&mut self, value: f64) -> Option<(f64, f64)> {
        let (mean, deviation) = (self.mean, self.variance.sqrt().max(LEAST_DEVIATION * self.mean.abs()));
        let highest = if self.seen < WARM_UP { f64::INFINITY } else { mean + LIMIT * deviation };
        self.seen += 1;
        // The mean over all, until there are more than an exponential one remembers. A spike counts as the highest value that is none: so one
        // hides no other, and a new level is soon the expected one.
        let weight = (1.0 / self.seen as f64).max(1.0 - DECAY);
        let difference = value.min(highest) - mean;
        self.mean += weight * difference;
        self.variance = (1.0 - weight) * (self.variance + weight * difference * difference);
        (value > highest).then_some((mean, deviation))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// About 2, give or take 0.1, without a pattern of few steps.
    fn noise(step: u64) -> f64 {
        2.0 + 0.1 * (step as f64 * 1.7).sin()
    }

    fn spikes(values: impl IntoIterator<Item = f64>) -> Vec<usize> {
        let mut course = Course::default();
        let observed = values.into_iter().enumerate();
        observed.filter_map(|(place, value)| course.observe(value).map(|_| place)).collect()
    }

    #[test]
    fn mean_and_deviation_are_those_of_what_was_seen() {
        let mut course = Course::default();
        for value in [1.0, 2.0, 6.0] {
            assert_eq!(course.observe(value), None);
        }
        assert!((course.mean - 3.0).abs() < 1e-12 && (course.variance - 14.0 / 3.0).abs() < 1e-12, "{course:?}");
    }

    #[test]
    fn only_what_stands_out_is_told() {
        assert!(spikes((0..500).map(noise)).is_empty(), "noise");
        assert!(spikes((0..500).map(|step| noise(step) - 0.003 * step as f64)).is_empty(), "a falling loss");
        assert!(spikes([2.0; 100]).is_empty(), "a loss that stays");
        assert!(spikes((0..100).map(|step| if step == 60 { 2.1 } else { 2.0 })).is_empty(), "within six hundredths");
        let one = |at: u64, value: f64| (0..100).map(move |step| if step == at { value } else { noise(step) });
        assert_eq!(spikes(one(60, 4.0)), [60]);
        assert!(spikes(one(60, 0.1)).is_empty(), "a low one is good news");
        assert!(spikes(one(10, 40.0)).is_empty(), "the warm-up");
    }

    #[test]
    fn a_spike_hides_no_other_and_a_new_level_is_soon_known() {
        let two = (0..100).map(|step| if step == 60 || step == 62 { 100.0 } else { noise(step) });
        assert_eq!(spikes(two), [60, 62]);
        let level = spikes((0..200).map(|step| if step < 100 { noise(step) } else { 2.0 + noise(step) }));
        assert!(!level.is_empty() && level.iter().all(|&at| (100..110).contains(&at)), "{level:?}");
    }

    #[test]
    fn it_goes_on_from_what_was_written() -> Result<(), Box<dyn std::error::Error>> {
        let mut spikes = Spikes::default();
        (0..30).for_each(|step| assert!(spikes.observe(step, noise(step), 0.3 * noise(step), &[]).is_empty()));
        let mut read: Spikes = serde_json::from_str(&serde_json::to_string(&spikes)?)?;
        assert_eq!(read, spikes);
        let found = spikes.observe(31, 9.0, 0.6, &[]);
        assert_eq!(found, read.observe(31, 9.0, 0.6, &[]));
        assert!(found.len() == 1 && found[0].what == Watched::Loss && found[0].value == 9.0, "{found:?}");
        Ok(())
    }
}
