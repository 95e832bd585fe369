//! What the composers share: sums of what sources change, pruning, and the vote on signs.
//!
//! The operations are those of mergekit (`sparsify.py`, `merge_methods/generalized_task_arithmetic.py`), so that results
//! compare.

use graftwork_sdk::{Error, Expr, Source};
use serde::Deserialize;

/// What each source changes, in their order.
pub fn changes(sources: &[Source]) -> Vec<Expr> {
    (0..).take(sources.len()).map(Expr::delta).collect()
}

/// Each change as often as its source weighs.
pub fn weighted(sources: &[Source], changes: Vec<Expr>) -> Vec<Expr> {
    sources.iter().zip(changes).map(|(source, change)| source.weight * change).collect()
}

/// The sum of tensors of one shape; of none, a zero that fits every shape.
pub fn sum(terms: Vec<Expr>) -> Expr {
    terms.into_iter().reduce(|sum, term| sum + term).unwrap_or_else(|| Expr::zeros(&[1]))
}

/// The sum of the weights, to divide by.
///
/// # Errors
/// It is 0.
pub fn total_weight(sources: &[Source]) -> Result<f64, Error> {
    let weight: f64 = sources.iter().map(|source| source.weight).sum();
    if weight == 0.0 {
        return Err(Error::config("normalize", "divides by the sum of the weights, which is 0"));
    }
    Ok(weight)
}

/// The sum of all entries of a tensor of so many axes.
pub fn total(tensor: Expr, axes: usize) -> Expr {
    (0..).take(axes).fold(tensor, |sum, axis| sum.sum(axis))
}

/// Which fraction of a source's change stays: one for all sources, or one for each, in their order.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(untagged)]
pub enum Density {
    /// That of every source.
    All(f64),
    /// That of each.
    Each(Vec<f64>),
}

impl Density {
    /// That of each source, between 0 and 1.
    ///
    /// # Errors
    /// There are more or fewer than sources, or one is no fraction.
    pub fn of_each(&self, sources: &[Source]) -> Result<Vec<f64>, Error> {
        let densities = match self {
            Self::All(density) => vec![*density; sources.len()],
            Self::Each(densities) => densities.clone(),
        };
        if densities.len() != sources.len() {
            let message = format!("has {} numbers for {} adapters; give one for each", densities.len(), sources.len());
            return Err(Error::config("density", message));
        }
        match densities.iter().find(|density| !(0.0..=1.0).contains(*density)) {
            Some(density) => Err(Error::config("density", format!("is {density}; it must lie between 0 and 1"))),
            None => Ok(densities),
        }
    }
}

/// The `density` fraction of a change that is largest in magnitude, and at least one of its entries unless it is 0.
pub fn prune(change: Expr, density: f64, elements: u64) -> Expr {
    if density >= 1.0 {
        return change;
    }
    // What is left is the floor of `density · elements`; one and a half is over 1 however it is rounded.
    let least = if density > 0.0 { (1.5 / elements as f64).min(1.0) } else { 0.0 };
    change.top_k_magnitude(density.max(least))
}

/// Who decides which sign an entry has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Majority {
    /// The sign of the weighted sum.
    Total,
    /// The sign that more sources have.
    Frequency,
}

/// Of each entry, the sum over the sources whose sign is the elected one (P. Yadav et al., arXiv 2306.01708); where
/// `normalize`, it is divided by the sum of their weights. A draw elects the positive sign.
pub fn consensus(sources: &[Source], terms: Vec<Expr>, majority: Majority, normalize: bool) -> Expr {
    let votes = match majority {
        Majority::Total => terms.clone(),
        Majority::Frequency => terms.iter().map(Expr::sign).collect(),
    };
    // -1 or 1, never 0.
    let elected = (sum(votes).sign() + Expr::constant(0.5, &[1])).sign();
    // 1 where the source agrees, 0 where it does not or has no sign.
    let agrees: Vec<Expr> =
        terms.iter().map(|term| (term.sign() * elected.clone()).maximum(&Expr::zeros(&[1]))).collect();
    let merged = sum(terms.into_iter().zip(&agrees).map(|(term, agrees)| term * agrees.clone()).collect());
    if !normalize {
        return merged;
    }
    let weight = sum(weighted(sources, agrees));
    // Where nothing was summed, by 1.
    let divisor = weight.clone() + (Expr::constant(1.0, &[1]) - weight.sign().abs());
    merged / divisor
}
