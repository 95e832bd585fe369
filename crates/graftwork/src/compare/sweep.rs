//! Which learning rates to try: those of a list, or from one outwards until the best lies between two that are worse.

use serde::{Deserialize, Serialize};

/// Neighbouring rates of a search differ by about half an order of magnitude.
const FACTOR: f64 = 3.0;
/// The most that a search tries.
const MOST: usize = 6;

/// Learning rates to train each candidate with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sweep {
    /// From the candidate's own rate outwards: a third of it and thrice as much, and further wherever the best was the last in its
    /// direction, at most six in all.
    Search,
    /// These.
    Rates(Vec<f64>),
}

/// A rate that was tried, and what it came to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Tried {
    pub(crate) rate: f64,
    /// The best evaluation loss; none where training failed or diverged, which is worse than any.
    pub(crate) loss: Option<f64>,
}

impl Sweep {
    /// The next rate to try after those; none where all is known.
    pub(crate) fn next(&self, own: f64, tried: &[Tried]) -> Option<f64> {
        let is_new = |rate: &f64| !tried.iter().any(|t| same(t.rate, *rate));
        match self {
            Self::Rates(rates) => rates.iter().copied().find(is_new),
            Self::Search if tried.len() >= MOST => None,
            Self::Search => {
                let first = [own, own / FACTOR, own * FACTOR].map(rounded).into_iter().find(is_new);
                first.or_else(|| beyond_the_edge(tried))
            }
        }
    }
}

/// The best of those that were tried.
pub(crate) fn best(tried: &[Tried]) -> Option<&Tried> {
    let of = |t: &Tried| t.loss.filter(|loss| loss.is_finite());
    tried
        .iter()
        .filter(|t| of(t).is_some())
        .min_by(|a, b| of(a).unwrap_or(f64::NAN).total_cmp(&of(b).unwrap_or(f64::NAN)))
}

/// The rate next to the best one on the side where none was tried.
fn beyond_the_edge(tried: &[Tried]) -> Option<f64> {
    let best = best(tried)?.rate;
    let (lower, higher) = (tried.iter().any(|t| t.rate < best), tried.iter().any(|t| t.rate > best));
    match (lower, higher) {
        (true, true) => None,
        (false, _) => Some(rounded(best / FACTOR)),
        (true, false) => Some(rounded(best * FACTOR)),
    }
}

/// Two digits: a rate is read by people, and its third digit changes nothing.
fn rounded(rate: f64) -> f64 {
    format!("{rate:.1e}").parse().unwrap_or(rate)
}

fn same(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-9 * a.abs().max(b.abs())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All that a sweep tries where `loss` says what each rate comes to.
    fn tried(sweep: &Sweep, own: f64, loss: impl Fn(f64) -> Option<f64>) -> Vec<Tried> {
        let mut tried = Vec::new();
        while let Some(rate) = sweep.next(own, &tried) {
            assert!(tried.len() < 100, "it ends");
            tried.push(Tried { rate, loss: loss(rate) });
        }
        tried
    }

    fn rates(tried: &[Tried]) -> Vec<f64> {
        tried.iter().map(|t| t.rate).collect()
    }

    /// A valley in the logarithm of the rate.
    fn valley(lowest: f64) -> impl Fn(f64) -> Option<f64> {
        move |rate| Some((rate.ln() - lowest.ln()).powi(2))
    }

    #[test]
    fn a_search_ends_once_the_best_lies_inside() {
        assert_eq!(rates(&tried(&Sweep::Search, 2e-4, valley(2e-4))), [2e-4, 6.7e-5, 6e-4]);
        let found = tried(&Sweep::Search, 2e-4, valley(1.8e-3));
        assert_eq!(rates(&found), [2e-4, 6.7e-5, 6e-4, 1.8e-3, 5.4e-3]);
        assert_eq!(best(&found).map(|t| t.rate), Some(1.8e-3));
        assert_eq!(rates(&tried(&Sweep::Search, 2e-4, valley(2.2e-5))), [2e-4, 6.7e-5, 6e-4, 2.2e-5, 7.3e-6]);
    }

    #[test]
    fn a_search_gives_up_after_six() {
        assert_eq!(tried(&Sweep::Search, 2e-4, valley(1.0)).len(), MOST);
    }

    #[test]
    fn what_diverges_is_worse_than_any() {
        let found = tried(&Sweep::Search, 2e-4, |rate| (rate < 3e-4).then_some(rate));
        // Losses fall with the rate here, so the search goes down, not up.
        assert_eq!(rates(&found), [2e-4, 6.7e-5, 6e-4, 2.2e-5, 7.3e-6, 2.4e-6]);
        assert_eq!(tried(&Sweep::Search, 2e-4, |_| None).len(), 3, "nothing to go by");
        assert!(best(&tried(&Sweep::Search, 2e-4, |_| Some(f64::NAN))).is_none());
    }

    #[test]
    fn a_list_is_gone_through_once() {
        let list = Sweep::Rates(vec![1e-3, 1e-4, 1e-3]);
        assert_eq!(rates(&tried(&list, 5.0, valley(1.0))), [1e-3, 1e-4]);
    }
}
