//! A curve in bounded memory.

/// Points that a curve has at the most: more than a terminal can show.
const MOST: usize = 1024;

/// A value by step. Where it has too many points, each two neighbours become their mean.
#[derive(Clone, Debug)]
pub(super) struct Series {
    points: Vec<Point>,
    /// Values that make a point.
    each: u32,
}

#[derive(Clone, Copy, Debug)]
struct Point {
    step: f64,
    value: f64,
    /// Values that it is the mean of.
    count: u32,
}

impl Default for Series {
    fn default() -> Self {
        Self { points: Vec::new(), each: 1 }
    }
}

impl Series {
    /// Adds a value; what is no number has no place on a curve.
    pub(super) fn push(&mut self, step: u64, value: f64) {
        if !value.is_finite() {
            return;
        }
        let new = Point { step: step as f64, value, count: 1 };
        match self.points.last_mut().filter(|last| last.count < self.each) {
            Some(last) => *last = last.with(new),
            None => self.points.push(new),
        }
        if self.points.len() > MOST {
            self.points = self.points.chunks(2).map(|two| two[1..].iter().fold(two[0], |a, b| a.with(*b))).collect();
            self.each *= 2;
        }
    }

    /// `(step, value)`, in order.
    pub(super) fn points(&self) -> Vec<(f64, f64)> {
        self.points.iter().map(|point| (point.step, point.value)).collect()
    }

    /// The course as a line of text, that many characters wide at the most.
    pub(super) fn sparkline(&self, width: usize) -> String {
        const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
        let per_bar = self.points.len().div_ceil(width.max(1)).max(1);
        let mean = |points: &[Point]| points.iter().map(|point| point.value).sum::<f64>() / points.len() as f64;
        let values: Vec<f64> = self.points.chunks(per_bar).map(mean).collect();
        let low = values.iter().copied().fold(f64::INFINITY, f64::min);
        let range = values.iter().copied().fold(f64::NEG_INFINITY, f64::max) - low;
        let bar = |value: f64| if range > 0.0 { BARS[((value - low) / range * 7.0).round() as usize] } else { BARS[0] };
        if width == 0 { String::new() } else { values.into_iter().map(bar).collect() }
    }
}

impl Point {
    /// The mean of both.
    fn with(self, other: Self) -> Self {
        let count = self.count + other.count;
        let share = f64::from(other.count) / f64::from(count);
        Self { step: other.step, value: self.value + (other.value - self.value) * share, count }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_run_stays_a_short_curve_with_the_same_mean() {
        let (mut series, steps) = (Series::default(), 100_000_u32);
        for step in 1..=steps {
            series.push(step.into(), step.into());
        }
        let points = series.points();
        assert!((MOST / 2..=MOST).contains(&points.len()), "{}", points.len());
        let counted: u32 = series.points.iter().map(|point| point.count).sum();
        let mean =
            series.points.iter().map(|point| point.value * f64::from(point.count)).sum::<f64>() / f64::from(steps);
        assert_eq!(counted, steps);
        assert!((mean - f64::from(steps + 1) / 2.0).abs() < 1e-6, "{mean}");
        assert!(points.is_sorted_by(|a, b| a.0 < b.0 && a.1 < b.1));
        assert_eq!(points.last().map(|last| last.0), Some(f64::from(steps)));
    }

    #[test]
    fn numbers_that_are_none_leave_no_point() {
        let mut series = Series::default();
        for value in [f64::NAN, 1.0, f64::INFINITY] {
            series.push(1, value);
        }
        assert_eq!(series.points(), [(1.0, 1.0)]);
    }

    #[test]
    fn a_course_is_a_line_of_bars() {
        let mut series = Series::default();
        assert_eq!(series.sparkline(8), "");
        for step in 0..16 {
            series.push(step, step as f64);
        }
        assert_eq!(series.sparkline(8), "▁▂▃▄▅▆▇█");
        assert_eq!(series.sparkline(0), "");
        assert_eq!(series.sparkline(100).chars().count(), 16);
    }
}
