//! Mixing sources by weight: how many rows of each an epoch has, and in which order.
//!
//! Weights are shares of an epoch's rows. Sources without one share what is left, each of their rows as likely as
//! another; together they are one *part* of the mix, as is every source with a weight.
//!
//! An epoch ends when the first part has given all its rows, as Hugging Face's `interleave_datasets` does by default: of
//! parts with 1,000 and 500 rows and the shares 0.8 and 0.2, it has 1,000 rows of the first and 250 of the second. The
//! next epoch goes on where this one left the second part, so that within a part no row comes again before all have
//! come. Without weights there is one part, and an epoch is all rows once.
//!
//! Rows of different parts are spread evenly (smooth weighted round-robin, as in nginx's load balancer): any stretch of
//! an epoch has nearly the shares of the whole.

use std::ops::Range;

use crate::{DataError, DataSource, Order, Weight, order};

/// How far from 1 the weights may sum up, since a person rounds.
const TOLERANCE: f64 = 0.01;

/// The parts that sources belong to, before anything has been read.
#[derive(Debug)]
pub(crate) struct Shares {
    /// Of each source, its part.
    pub(crate) parts: Vec<usize>,
    /// Of each part, its share of the rows; the sum is 1.
    shares: Vec<f64>,
    /// Of each part, how a person knows it.
    names: Vec<String>,
}

impl Shares {
    /// # Errors
    /// The weights do not sum up to 1, or leave nothing to sources that have none.
    pub(crate) fn of(sources: &[DataSource]) -> Result<Self, DataError> {
        let wrong = |problem| Err(DataError::Mix { problem });
        let given: f64 = sources.iter().filter_map(|source| source.weight).map(Weight::get).sum();
        let unweighted = sources.iter().find(|source| source.weight.is_none());
        match unweighted {
            Some(source) if given >= 1.0 => {
                return wrong(format!("the weights sum to {given} and leave nothing for {source}; they are shares"));
            }
            None if !sources.is_empty() && (given - 1.0).abs() > TOLERANCE => {
                return wrong(format!("the weights sum to {given}; as shares of the rows they must sum to 1"));
            }
            _ => {}
        }
        let total = if unweighted.is_some() { 1.0 } else { given };
        let mut mix = Self { parts: Vec::new(), shares: Vec::new(), names: Vec::new() };
        let mut rest = None;
        for source in sources {
            let part = match (source.weight, rest) {
                (None, Some(part)) => part,
                (weight, _) => {
                    mix.shares.push(weight.map_or(1.0 - given, |weight| weight.get() / total));
                    mix.names.push(source.to_string());
                    mix.shares.len() - 1
                }
            };
            if source.weight.is_none() {
                rest = Some(part);
            }
            mix.parts.push(part);
        }
        Ok(mix)
    }

    /// How many parts there are.
    pub(crate) fn len(&self) -> usize {
        self.shares.len()
    }

    /// The mix of parts that have these rows.
    ///
    /// # Errors
    /// A part has no row, or an epoch is so short that it has none of a part.
    pub(crate) fn mix(&self, rows: Vec<Range<usize>>) -> Result<Mix, DataError> {
        if let Some(part) = rows.iter().position(Range::is_empty) {
            let problem = format!("{} has nothing to train on; leave it out, or look at its records", self.names[part]);
            return Err(DataError::Mix { problem });
        }
        // A little more, since 60 rows at a share of 0.6 are 100 although the division may say 99.99….
        let lengths = rows.iter().zip(&self.shares).map(|(rows, share)| (rows.len() as f64 / share + 1e-6).floor());
        let length = lengths.fold(f64::INFINITY, f64::min) as usize;
        let counts = apportion(&self.shares, length);
        if let Some(part) = counts.iter().position(|&count| count == 0) {
            return Err(DataError::Mix {
                problem: format!(
                    "an epoch of {length} rows, which ends when the first source has given all it has, has none of \
                     {}; give that a greater weight, or leave it out",
                    self.names[part]
                ),
            });
        }
        Ok(Mix { parts: rows.into_iter().zip(counts).map(|(rows, count)| Part { rows, count }).collect() })
    }
}

/// `total` in whole numbers by shares: rounded down, and what is left to the largest remainders.
fn apportion(shares: &[f64], total: usize) -> Vec<usize> {
    let exact: Vec<f64> = shares.iter().map(|share| share * total as f64).collect();
    let mut counts: Vec<usize> = exact.iter().map(|exact| exact.floor() as usize).collect();
    let left = total.saturating_sub(counts.iter().sum());
    let mut by_remainder: Vec<usize> = (0..shares.len()).collect();
    by_remainder.sort_by(|&a, &b| exact[b].fract().total_cmp(&exact[a].fract()));
    for &part in by_remainder.iter().cycle().take(left) {
        counts[part] += 1;
    }
    counts
}

/// The rows of each epoch.
#[derive(Debug)]
pub(crate) struct Mix {
    parts: Vec<Part>,
}

#[derive(Debug)]
struct Part {
    /// Where its rows are among all.
    rows: Range<usize>,
    /// How many of them an epoch has.
    count: usize,
}

impl Mix {
    /// Rows of an epoch.
    pub(crate) fn len(&self) -> usize {
        self.parts.iter().map(|part| part.count).sum()
    }

    /// Of each part, how many rows an epoch has of it.
    pub(crate) fn counts(&self) -> impl ExactSizeIterator<Item = usize> {
        self.parts.iter().map(|part| part.count)
    }

    /// The rows of an epoch in their order: a pure function of its arguments.
    pub(crate) fn epoch(&self, how: Order, seed: u64, epoch: u64) -> Vec<u32> {
        let mut rows: Vec<_> =
            (0..self.parts.len()).map(|part| self.part(part, how, seed, epoch).into_iter()).collect();
        let total = self.len() as i64;
        let mut due = vec![0_i64; self.parts.len()];
        let mut mixed = Vec::with_capacity(self.len());
        for _ in 0..self.len() {
            for (due, part) in due.iter_mut().zip(&self.parts) {
                *due += part.count as i64;
            }
            let next = (0..due.len()).rev().max_by_key(|&part| due[part]).unwrap_or(0);
            due[next] -= total;
            mixed.extend(rows[next].next());
        }
        mixed
    }

    /// What an epoch has of a part: the next rows of its endless passes, each of which has all rows once.
    fn part(&self, index: usize, how: Order, seed: u64, epoch: u64) -> Vec<u32> {
        let Part { rows, count } = &self.parts[index];
        let mut taken = Vec::with_capacity(*count);
        let mut at = u128::from(epoch) * *count as u128;
        while taken.len() < *count {
            let (pass, from) = ((at / rows.len() as u128) as u64, (at % rows.len() as u128) as usize);
            let pass = match how {
                // Each part has permutations of its own.
                Order::Shuffled => {
                    order(seed, pass.wrapping_mul(self.parts.len() as u64).wrapping_add(index as u64), rows.len())
                }
                Order::Sequential => (0..rows.len() as u32).collect(),
            };
            let until = rows.len().min(from + *count - taken.len());
            taken.extend(pass[from..until].iter().map(|row| row + rows.start as u32));
            at += (until - from) as u128;
        }
        taken
    }
}
