//! Masked tokens: which are chosen, and what stands in their place (Devlin et al., "BERT", 2019, section 3.1; each
//! token is drawn by itself, as Transformers' `DataCollatorForLanguageModeling` does).

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use crate::order::below;
use crate::{Batch, DataError, Objective, Row, Sample, Tokenizer};

/// How tokens are masked. Draws are a function of the seed, the epoch and the row, so that a run that was interrupted
/// goes on with the same.
#[derive(Debug)]
pub(crate) struct Masking {
    mask: u32,
    vocabulary: u64,
    probability: f32,
    seed: u64,
}

/// Which draws.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Draws {
    /// Those of a training epoch.
    Epoch(u64),
    /// Those of every evaluation.
    Evaluation,
}

impl Masking {
    /// As the objective asks for; `None` if it masks nothing.
    ///
    /// # Errors
    /// The tokenizer has no mask token.
    pub(crate) fn of(objective: &Objective, tokenizer: &Tokenizer, seed: u64) -> Result<Option<Self>, DataError> {
        let Objective::Masked { probability } = *objective else { return Ok(None) };
        let mask = tokenizer.mask().ok_or(DataError::NoMaskToken)?;
        Ok(Some(Self { mask, vocabulary: tokenizer.vocab_size() as u64, probability, seed }))
    }

    /// The numbers that decide, with the seed, what is masked and how.
    pub(crate) fn identity(&self) -> [u64; 3] {
        [u64::from(self.mask), self.vocabulary, u64::from(self.probability.to_bits())]
    }

    /// Masks row `at` of a batch, which is `row`, the one of this index among its like.
    pub(crate) fn apply(&self, batch: &mut Batch, at: usize, row: &Row, index: usize, draws: Draws) {
        let tokens = row.segments().iter().flat_map(Sample::ids);
        for (place, (&id, shown)) in (at * batch.length..).zip(tokens.zip(self.masked(row, index, draws))) {
            batch.targets[place] = id;
            batch.counts[place] = shown.is_some();
            batch.ids[place] = shown.unwrap_or(id);
        }
    }

    /// Of each token of a row, whether it is chosen.
    pub(crate) fn chosen(&self, row: &Row, index: usize, draws: Draws) -> Vec<bool> {
        self.masked(row, index, draws).map(|shown| shown.is_some()).collect()
    }

    /// Of each token of a row, what the model sees of it if it is chosen.
    fn masked(&self, row: &Row, index: usize, draws: Draws) -> impl Iterator<Item = Option<u32>> {
        let mut rng = self.rng(index, draws);
        let tokens = row.segments().iter().flat_map(|sample| sample.ids().iter().zip(sample.train_on()));
        tokens.map(move |(&id, &maskable)| {
            let chosen = maskable && unit(&mut rng) < f64::from(self.probability);
            chosen.then(|| self.shown(id, &mut rng))
        })
    }

    fn rng(&self, index: usize, draws: Draws) -> ChaCha8Rng {
        let (purpose, epoch) = match draws {
            Draws::Epoch(epoch) => ("graftwork data 2026 masked tokens of an epoch", epoch),
            Draws::Evaluation => ("graftwork data 2026 masked tokens of evaluations", 0),
        };
        let material = [self.seed, epoch, index as u64].map(u64::to_le_bytes).concat();
        ChaCha8Rng::from_seed(blake3::derive_key(purpose, &material))
    }

    /// What the model sees of a chosen token.
    fn shown(&self, id: u32, rng: &mut impl Rng) -> u32 {
        match below(rng, 10) {
            0..8 => self.mask,
            8 => below(rng, self.vocabulary) as u32,
            _ => id,
        }
    }
}

/// A number from 0 up to, and without, 1, of 53 random bits.
fn unit(rng: &mut impl Rng) -> f64 {
    (rng.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
}
