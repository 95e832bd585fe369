//! Several runs, held against each other.

use serde::{Deserialize, Serialize};

use crate::Run;
use crate::verdict::{Candidate, Conditions, Sweep, Verdict};

/// What a comparison came to. As JSON it is the whole of it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
    /// What to go on with.
    pub verdict: Verdict,
    /// What held for all.
    pub conditions: Conditions,
    /// The numbers of each run, in the order of the runs.
    pub candidates: Vec<Candidate>,
}

impl Comparison {
    /// Compares runs. A sweep belongs to the run that it names.
    #[must_use]
    pub fn new(runs: &[Run], sweeps: &[Sweep], conditions: Conditions) -> Self {
        let sweep = |run: &Run| sweeps.iter().find(|sweep| sweep.run == run.name).cloned();
        let candidates: Vec<_> = runs.iter().map(|run| Candidate::new(run, sweep(run))).collect();
        Self { verdict: Verdict::new(&candidates, &conditions), conditions, candidates }
    }
}
