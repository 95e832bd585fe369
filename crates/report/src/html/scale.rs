//! Axes: from numbers to places, and the numbers worth a line.

/// About so many ticks.
const TICKS: f64 = 5.0;
/// With more values than this a few that stand out do not decide the frame; they leave it.
const MANY: usize = 2000;
/// The part of many values on each side that may leave it.
const OUTSIDE: f64 = 0.01;

/// Larger than anything that is measured; with smaller numbers the arithmetic of a chart cannot overflow.
const LARGEST: f64 = 1e300;

/// Whether a value can have a place in a chart.
pub(super) fn drawable(value: f64) -> bool {
    value.abs() <= LARGEST
}

/// Finite bounds, the lower below the upper.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Domain {
    pub(super) low: f64,
    pub(super) high: f64,
}

impl Domain {
    /// That of all values; of nothing 0 to 1.
    pub(super) fn of(values: impl Iterator<Item = f64>) -> Self {
        let bounds = values.filter(|&v| drawable(v)).fold(None, |bounds: Option<(f64, f64)>, value| {
            Some(bounds.map_or((value, value), |(low, high)| (low.min(value), high.max(value))))
        });
        let (low, high) = bounds.unwrap_or((0.0, 1.0));
        let largest = low.abs().max(high.abs());
        // What is flat, but for rounding, lies in the middle.
        let around = match high - low {
            width if width > largest * 1e-9 => 0.0,
            _ if largest < 1e-9 => 1.0,
            _ => largest * 0.1,
        };
        Self { low: low - around, high: high + around }
    }

    /// That of most values, a little wider.
    pub(super) fn of_most(values: impl Iterator<Item = f64>) -> Self {
        let mut values: Vec<f64> = values.filter(|&v| drawable(v)).collect();
        let outside = if values.len() > MANY { (values.len() as f64 * OUTSIDE) as usize } else { 0 };
        values.sort_by(f64::total_cmp);
        let Self { low, high } = Self::of(values[outside..values.len() - outside].iter().copied());
        let margin = (high - low) * 0.05;
        Self { low: low - margin, high: high + margin }
    }

    /// Where a value lies, 0 at the lower bound and 1 at the upper.
    pub(super) fn place(self, value: f64) -> f64 {
        (value - self.low) / (self.high - self.low)
    }

    /// Multiples of 1, 2 or 5 times a power of ten within the bounds, as values and as text.
    pub(super) fn ticks(self) -> Vec<(f64, String)> {
        let rough = (self.high - self.low) / TICKS;
        let power = 10f64.powf(rough.log10().floor());
        let step = power * [1.0, 2.0, 5.0, 10.0].into_iter().find(|s| s * power >= rough * 0.7).unwrap_or(10.0);
        let (first, last) = ((self.low / step).ceil(), (self.high / step).floor());
        // A step so small next to the values that they are one number has no ticks.
        if !(last - first).is_finite() || last - first > 4.0 * TICKS || first + 1.0 == first {
            return Vec::new();
        }
        let decimals = (-step.log10()).ceil().clamp(0.0, 12.0) as usize;
        let largest = self.low.abs().max(self.high.abs());
        let text = |value: f64| match largest {
            l if !(1e-3..1e6).contains(&l) => label(value, step),
            _ => crate::number::grouped(&format!("{value:.decimals$}")),
        };
        (0..=(last - first) as u32)
            .map(|i| (first + f64::from(i)) * step)
            .map(|value| if value == 0.0 { (0.0, "0".to_owned()) } else { (value, text(value)) })
            .collect()
    }
}

/// With an exponent, and as many digits as the step needs.
fn label(value: f64, step: f64) -> String {
    let digits = (value.abs().log10().floor() - step.log10().floor()).clamp(0.0, 12.0) as usize;
    format!("{value:.digits$e}")
}

#[cfg(test)]
mod tests {
    use super::Domain;

    fn labels(low: f64, high: f64) -> Vec<String> {
        Domain { low, high }.ticks().into_iter().map(|(_, text)| text).collect()
    }

    #[test]
    fn ticks_are_round_and_within() {
        assert_eq!(labels(0.0, 100.0), ["0", "20", "40", "60", "80", "100"]);
        assert_eq!(labels(3.71, 4.38), ["3.8", "3.9", "4.0", "4.1", "4.2", "4.3"]);
        assert_eq!(labels(0.0, 2e-4), ["0", "5e-5", "1.0e-4", "1.5e-4", "2.0e-4"]);
        assert_eq!(labels(0.0, 100_000.0), ["0", "20,000", "40,000", "60,000", "80,000", "100,000"]);
        assert_eq!(labels(-1.0, 1.0), ["-1.0", "-0.5", "0", "0.5", "1.0"]);
    }

    #[test]
    fn any_numbers_have_a_frame() {
        for values in
            [vec![], vec![0.0], vec![f64::NAN], vec![1e308, -1e308], vec![5e-324], vec![f64::MAX], vec![4.0; 9]]
        {
            let domain = Domain::of_most(values.iter().copied());
            assert!(
                domain.low.is_finite() && domain.high.is_finite() && domain.low < domain.high,
                "{values:?}: {domain:?}"
            );
            assert!(domain.ticks().len() < 20, "{values:?}");
            let mut finite = values.iter().filter(|&&v| super::drawable(v));
            assert!(finite.all(|&v| domain.place(v).is_finite()), "{values:?}");
        }
        let most = Domain::of_most((0..3000).map(|i| if i == 500 { 1e9 } else { 4.0 + f64::from(i % 10) / 10.0 }));
        assert!(most.high < 6.0, "one spike does not flatten the rest: {most:?}");
    }
}
