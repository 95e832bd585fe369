//! Which method, and how its updates fit into memory.

use std::path::PathBuf;

use graftwork_report::number::count;
use serde::Serialize;

use super::rows::Found;
use super::text::size;
use crate::estimate::Memory;
use crate::host::Prepared;
use crate::{Error, Way};

/// Those that are compared where none is given: plugins inside the program.
const COMPARED: [&str; 2] = ["lora", "full"];

/// A method, and what it was measured by.
#[derive(Clone, Debug, Serialize)]
pub struct MethodFound {
    /// The plugins: files, or names of those inside the program.
    pub strategy: Vec<PathBuf>,
    /// Weights that train.
    pub trainable_parameters: u64,
    /// The same in percent of all there are.
    pub trainable_percent: f64,
    /// Whether the model itself trains, and no adapter.
    pub whole_model: bool,
    /// Peak learning rate.
    pub learning_rate: f64,
    /// Ways to do an update that need more memory than there is.
    pub too_large: Vec<Way>,
    /// The first that fits, or the smallest if none does.
    pub way: Way,
}

impl MethodFound {
    pub(super) fn measure(
        strategy: &[PathBuf],
        prepared: &Prepared,
        rows: &Found,
    ) -> Result<(Self, Option<u64>), Error> {
        let summary = prepared.plan.summary(&prepared.base.manifest);
        let memory = Memory::of_rows(prepared, rows.rows_per_epoch, rows.longest)?;
        let (too_large, way) = memory.ways();
        let candidate = Self {
            strategy: strategy.to_vec(),
            trainable_parameters: summary.trainable_parameters,
            trainable_percent: summary.trainable_percent,
            whole_model: prepared.plan.is_full(),
            learning_rate: prepared.config.train_options(prepared.plan.is_full())?.learning_rate,
            too_large,
            way,
        };
        Ok((candidate, memory.available))
    }

    /// The plugins' names, for a person.
    pub(super) fn name(&self) -> String {
        let names: Vec<_> = self.strategy.iter().map(|path| path.display().to_string()).collect();
        names.join(" + ")
    }
}

/// The strategies to compare: those that are given, in a chain, or else LoRA and full fine-tuning.
pub(super) fn chains(given: &[PathBuf]) -> Vec<Vec<PathBuf>> {
    match given {
        [] => COMPARED.map(|name| vec![name.into()]).into(),
        given => vec![given.to_vec()],
    }
}

/// The candidates and the one that was chosen.
pub(super) struct Choice {
    pub(super) candidates: Vec<MethodFound>,
    pub(super) index: usize,
    pub(super) reason: String,
    pub(super) available: Option<u64>,
}

impl Choice {
    /// The one candidate, or of LoRA and full fine-tuning the one that memory and data speak for.
    pub(super) fn of(measured: Vec<(MethodFound, Option<u64>)>, rows: &Found) -> Option<Self> {
        let available = measured.first()?.1;
        let candidates: Vec<_> = measured.into_iter().map(|(candidate, _)| candidate).collect();
        let (index, reason) = match candidates.as_slice() {
            [lora, full] => compared(lora, full, rows.stats.train.target_tokens as u64),
            _ => (0, "as given".to_owned()),
        };
        Some(Self { candidates, index, reason, available })
    }

    pub(super) fn chosen(&self) -> &MethodFound {
        &self.candidates[self.index]
    }
}

/// Adapters learn as well as all weights do for as long as they have room for what there is to learn: about two bits a weight
/// (Z. Allen-Zhu and Y. Li, arXiv 2404.05405), where a token brings about one (J. Schulman et al., LoRA Without Regret, 2025).
fn compared(lora: &MethodFound, full: &MethodFound, tokens: u64) -> (usize, String) {
    let needs = |candidate: &MethodFound| size(candidate.way.bytes);
    if !full.way.fits || full.way.recompute && !lora.way.recompute {
        return (
            0,
            format!("an update of all weights would need {}, one of the adapters {}", needs(full), needs(lora)),
        );
    }
    let room = 2 * lora.trainable_parameters;
    let (tokens_shown, weights) = (count(tokens), count(lora.trainable_parameters));
    if tokens > room {
        let reason = format!(
            "it fits, and {tokens_shown} counted tokens, of about a bit each, are more than {weights} adapter weights hold, at about two \
             bits each"
        );
        return (1, reason);
    }
    let reason = format!(
        "{weights} adapter weights, of about two bits each, hold what {tokens_shown} counted tokens bring, at about a bit each, and an \
         update needs {} in place of {}",
        needs(lora),
        needs(full)
    );
    (0, reason)
}
