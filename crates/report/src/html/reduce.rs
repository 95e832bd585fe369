//! Long series, made short enough for a page.

use super::scale::drawable;

/// A place in a chart.
pub(super) type Point = (f64, f64);

/// At most about `limit` points that look like all of them: of each stretch the lowest and the highest, so that no spike is lost.
/// What is no number leaves a gap, and a stretch without any number too.
pub(super) fn reduce(points: &[Point], limit: usize) -> Vec<Point> {
    if points.len() <= limit {
        return points.to_vec();
    }
    let stretch = points.len().div_ceil((limit / 2).max(1));
    points.chunks(stretch).flat_map(extremes).collect()
}

/// The lowest and the highest in their order.
fn extremes(stretch: &[Point]) -> Vec<Point> {
    let finite = || stretch.iter().copied().enumerate().filter(|(_, p)| drawable(p.1));
    let low = finite().min_by(|a, b| a.1.1.total_cmp(&b.1.1));
    let high = finite().max_by(|a, b| a.1.1.total_cmp(&b.1.1));
    match (low, high) {
        (Some((i, a)), Some((j, b))) if i < j => vec![a, b],
        (Some((i, a)), Some((j, b))) if i > j => vec![b, a],
        (Some((_, a)), _) => vec![a],
        _ => stretch.first().copied().into_iter().collect(),
    }
}

/// The moving mean, exponential, over about a twenty-fifth of the series: every point weighs less by `1 - 1 / window` than the one after
/// it, and the sum is divided by the weights there are. What is no number is passed over.
pub(super) fn smooth(points: &[Point]) -> Vec<Point> {
    let window = (points.len() as f64 / 25.0).max(1.0);
    let keep = 1.0 - 1.0 / window;
    let (mut sum, mut weight) = (0.0, 0.0);
    let smooth = |&(x, y): &Point| {
        if !drawable(y) {
            return (x, y);
        }
        sum = sum * keep + y;
        weight = weight * keep + 1.0;
        (x, sum / weight)
    };
    points.iter().map(smooth).collect()
}

#[cfg(test)]
mod tests {
    use super::{reduce, smooth};

    #[test]
    fn few_points_keep_what_stands_out() {
        let mut points: Vec<_> = (0..100_000).map(|i| (f64::from(i), f64::from(i % 7))).collect();
        points[54_321].1 = 99.0;
        points[65_432].1 = -99.0;
        points[70_000].1 = f64::NAN;
        let few = reduce(&points, 600);
        assert!(few.len() <= 600 && few.len() > 500, "{}", few.len());
        assert!(few.contains(&(54_321.0, 99.0)) && few.contains(&(65_432.0, -99.0)));
        assert!(few.windows(2).all(|pair| pair[0].0 < pair[1].0), "in their order");
        assert_eq!(reduce(&points[..600], 600), points[..600], "what is short stays");
        let nothing = vec![(0.0, f64::NAN); 5000];
        assert!(reduce(&nothing, 600).iter().all(|p| p.1.is_nan()), "and what is empty is");
    }

    #[test]
    fn smoothing_starts_at_the_first_value_and_keeps_a_constant() {
        let flat: Vec<_> = (0..200).map(|i| (f64::from(i), 3.0)).collect();
        assert!(smooth(&flat).iter().all(|p| (p.1 - 3.0).abs() < 1e-12));
        let mut broken = flat;
        broken[50].1 = f64::NAN;
        let broken = smooth(&broken);
        assert!(broken[50].1.is_nan() && (broken[51].1 - 3.0).abs() < 1e-12);
    }
}
