//! How long the records are, and from that how long rows may be and whether short ones share them.

use graftwork_data::{DataOptions, DataStats, Dataset, Format, Objective, pack};
use serde::Serialize;

use crate::host::Prepared;
use crate::run::tokenise;
use crate::{Control, Error, Event};

/// The part of the records that a row has to hold whole.
const WHOLE: f64 = 0.99;
/// Rows are a multiple of this, as matrix units like them.
const MULTIPLE: usize = 16;

/// Tokens of the records that are trained on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Lengths {
    /// Half of them have no more.
    pub median: usize,
    /// Nine of ten have no more.
    pub p90: usize,
    /// 99 of 100 have no more.
    pub p99: usize,
    /// The longest.
    pub longest: usize,
}

/// What was found of the data, and how its rows will be.
pub(super) struct Found {
    pub(super) stats: DataStats,
    pub(super) lengths: Option<Lengths>,
    pub(super) max_length: usize,
    /// The part of the records that such rows hold whole.
    pub(super) whole: f64,
    pub(super) packing: bool,
    /// Tokens of a record on average.
    pub(super) mean: f64,
    pub(super) rows_per_epoch: usize,
    pub(super) longest: usize,
}

impl Found {
    /// Reads the data, for its lengths a second time where the usual rows cut some of it.
    pub(super) fn look(prepared: &Prepared, control: &Control, on_event: &mut dyn FnMut(Event)) -> Result<Self, Error> {
        let dataset = tokenise(prepared, control, on_event)?;
        let options = prepared.config.data_options(&prepared.base)?;
        // A text is cut into rows as long as they may be: it says nothing of its own.
        if dataset.stats().sources.iter().all(|source| source.format == Format::Text) {
            return Ok(Self::of_text(&dataset, options.max_length));
        }
        let limit = longest_row(prepared);
        if dataset.stats().truncated == 0 || options.max_length == limit {
            return Self::of_records(&dataset, &options, limit);
        }
        let uncut = DataOptions { max_length: limit, ..options.clone() };
        let tokenizer = prepared.base.tokenizer()?;
        let dataset =
            Dataset::load_watched(&prepared.config.data.files, tokenizer, &uncut, &mut |_| !control.stopped());
        Self::of_records(&dataset?, &options, limit)
    }

    fn of_text(dataset: &Dataset, max_length: usize) -> Self {
        let (stats, rows_per_epoch) = (dataset.stats().clone(), dataset.rows_per_epoch());
        let mean = stats.train.tokens as f64 / stats.train.rows.max(1) as f64;
        let longest = stats.train.longest;
        Self { stats, lengths: None, max_length, whole: 1.0, packing: false, mean, rows_per_epoch, longest }
    }

    fn of_records(dataset: &Dataset, options: &DataOptions, limit: usize) -> Result<Self, Error> {
        let rows = dataset.train_rows().iter().map(|row| row.map(|row| row.tokens()));
        let tokens: Vec<usize> = rows.collect::<Result<_, _>>()?;
        let mut sorted = tokens.clone();
        sorted.sort_unstable();
        let at =
            |part: f64| sorted.get(((sorted.len().max(1) - 1) as f64 * part).ceil() as usize).copied().unwrap_or(0);
        let lengths = Lengths { median: at(0.5), p90: at(0.9), p99: at(WHOLE), longest: at(1.0) };
        let max_length = lengths.p99.next_multiple_of(MULTIPLE).min(limit).max(2);
        let fitting = tokens.iter().filter(|&&tokens| tokens <= max_length).count() as f64 / tokens.len().max(1) as f64;
        // What the model cannot read whole was cut already.
        let DataStats { truncated, train, eval, .. } = dataset.stats();
        let samples = train.samples + eval.samples;
        let whole = if max_length < limit { fitting } else { 1.0 - *truncated as f64 / samples.max(1) as f64 };
        let cut: Vec<usize> = tokens.iter().map(|&tokens| tokens.min(max_length)).collect();
        let mean = cut.iter().sum::<usize>() as f64 / cut.len().max(1) as f64;
        let packing = !matches!(options.objective, Objective::Label { .. }) && 2.0 * mean <= max_length as f64;
        let rows = dataset.rows_per_epoch();
        // Of a mix by weights, an epoch has a part of the rows.
        let rows_per_epoch =
            if packing { (rows * pack(&cut, max_length).len()).div_ceil(cut.len().max(1)) } else { rows };
        let longest = if packing { max_length } else { lengths.longest.min(max_length) };
        let stats = dataset.stats().clone();
        Ok(Self { stats, lengths: Some(lengths), max_length, whole, packing, mean, rows_per_epoch, longest })
    }
}

/// The longest row that the model was made for.
pub(super) fn longest_row(prepared: &Prepared) -> usize {
    let architecture = &prepared.base.architecture;
    let made_for = architecture.dimensions().max_positions;
    architecture.position_limit().map_or(made_for, |limit| limit.min(made_for)) as usize
}
