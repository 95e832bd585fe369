//! Which run to go on with, from what was measured alone.
//!
//! A candidate is out where it failed, did not end, was never evaluated, did not learn, or needs more memory than there is. Of the
//! others the lowest evaluation loss counts, and what lies less than [`EQUAL_LOSS`] above it counts as equal; of equals the
//! cheapest is taken. Each step keeps a set that does not depend on the order of the candidates, so neither does the verdict.

mod candidate;
mod caveats;
mod choose;
mod reasons;

use serde::{Deserialize, Serialize};

pub use candidate::{Candidate, Sweep, Trial};

/// Evaluation losses that differ by less, in nats, count as equal: it is 1 % of the perplexity.
///
/// Another seed can make more: `host run --strategy plugins/lora.wasm --steps 40 --eval-every 40 --seed N` came to 3.9767, 3.9434 and
/// 3.9363 with the seeds 1, 2 and 3. So a margin below five times this decides, and a caveat says that it may be the seed's.
pub const EQUAL_LOSS: f64 = 0.01;

/// What holds for all candidates.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Conditions {
    /// Memory that a run may take, in bytes, where it is known.
    pub memory: Option<u64>,
    /// What the machine costs.
    pub price: Option<Price>,
}

/// A price.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Price {
    /// For an hour.
    pub per_hour: f64,
    /// In this, e.g. `USD`.
    pub currency: String,
}

/// What to go on with, and why.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Verdict {
    /// Which candidate; none where all are out.
    pub recommended: Option<usize>,
    /// The answer in a sentence or two.
    pub headline: String,
    /// Why.
    pub reasons: Vec<Reason>,
    /// The candidates that are out.
    pub excluded: Vec<Excluded>,
    /// What the answer does not say, or rests on.
    pub caveats: Vec<String>,
}

/// A reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// What it is about.
    pub about: Topic,
    /// One or two sentences, with the numbers that they rest on.
    pub text: String,
}

/// What a reason is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Topic {
    /// Evaluation losses.
    Quality,
    /// Peaks, and what there is.
    Memory,
    /// Seconds, and what they cost.
    Time,
    /// The amount of data against what trains.
    Data,
    /// Over-fitting.
    Gap,
    /// What is kept and shipped.
    Deployment,
    /// Learning rates.
    Sweep,
}

/// A candidate that is out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Excluded {
    /// Which.
    pub candidate: usize,
    /// Why, in a sentence.
    pub why: String,
}

impl Verdict {
    /// Judges candidates.
    #[must_use]
    pub fn new(candidates: &[Candidate], conditions: &Conditions) -> Self {
        // What is said of several is said in an order of its own: by name, and by loss where it is of those that are in.
        let mut order: Vec<usize> = (0..candidates.len()).collect();
        order.sort_by(|&a, &b| candidates[a].name.cmp(&candidates[b].name));
        let mut excluded = Vec::new();
        let mut field = Vec::new();
        for &index in &order {
            match choose::entrant(&candidates[index], conditions) {
                Ok(entrant) => field.push((index, entrant)),
                Err(why) => excluded.push(Excluded { candidate: index, why }),
            }
        }
        field.sort_by(|a, b| choose::order(&a.1, &b.1));
        let entrants: Vec<_> = field.iter().map(|(_, entrant)| *entrant).collect();
        let all: Vec<_> = order.iter().map(|&index| &candidates[index]).collect();
        let Some(choice) = choose::choose(&entrants) else {
            let headline = choose::nothing(&all);
            return Self { headline, excluded, caveats: caveats::caveats(&all, None), ..Self::default() };
        };
        Self {
            recommended: Some(field[choice.taken].0),
            headline: choose::headline(&entrants, &choice),
            reasons: reasons::reasons(&entrants, &choice, conditions),
            excluded,
            caveats: caveats::caveats(&all, Some((&entrants, &choice))),
        }
    }
}
