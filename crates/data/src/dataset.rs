//! A data set: sources, tokenizer and options become rows once; an epoch gives them in its order, as batches.

use std::num::NonZeroUsize;
use std::ops::Range;

use crate::load::{Loaded, Loader};
use crate::masking::{Draws, Masking};
use crate::mix::{Mix, Shares};
use crate::rows::{Layout, Rows};
use crate::sample::Sampler;
use crate::split::held_out;
use crate::spool::{Spool, SpoolWriter};
use crate::stats::Tally;
use crate::{
    Batch, DataError, DataOptions, DataSource, DataStats, EvalSplit, Format, Fraction, Objective, Order, PartStats,
    Preview, Row, Tokenizer,
};

/// Tokenised data, split and laid into rows.
///
/// The tokens are on the disk, in a temporary file in `TMPDIR`; memory holds about 24 bytes for each sample.
#[derive(Debug)]
pub struct Dataset {
    spool: Spool,
    train: Layout,
    eval: Layout,
    mix: Mix,
    pad_id: u32,
    masking: Option<Masking>,
    /// Names of the classes; none where no class is predicted.
    labels: Vec<String>,
    seed: u64,
    order: Order,
    stats: DataStats,
    fingerprint: String,
}

impl Dataset {
    /// Reads and tokenises sources.
    ///
    /// Of sources without a weight all rows are trained on in every epoch. With weights, an epoch is a mix: each source
    /// with one gives that share of its rows, the others share the rest, and the epoch ends when the first has given
    /// all it has (see [`DataSource`]). Each source is of one format; held out for evaluation is the same fraction of
    /// each.
    ///
    /// # Errors
    /// Whatever is wrong with the options, a file, a record, the weights or the chat template; and
    /// [`DataError::NothingToTrain`] if no sample is left to train on.
    pub fn load(sources: &[DataSource], tokenizer: &Tokenizer, options: &DataOptions) -> Result<Self, DataError> {
        Self::load_watched(sources, tokenizer, options, &mut |_| true)
    }

    /// As [`load`](Self::load); `watch` hears how many tokens there are so far, and says whether to go on.
    ///
    /// # Errors
    /// As [`load`](Self::load), and [`DataError::Stopped`].
    pub fn load_watched(
        sources: &[DataSource],
        tokenizer: &Tokenizer,
        options: &DataOptions,
        watch: &mut dyn FnMut(u64) -> bool,
    ) -> Result<Self, DataError> {
        options.validate()?;
        if sources.is_empty() {
            return Err(DataError::NoFiles);
        }
        let shares = Shares::of(sources)?;
        let masking = Masking::of(&options.objective, tokenizer, options.seed)?;
        let mut loader = Loader {
            sampler: Sampler {
                tokenizer,
                max_length: options.max_length,
                loss_on: options.loss_on,
                objective: &options.objective,
            },
            format: options.format,
            spool: SpoolWriter::create()?,
            tally: Tally::default(),
            watch,
        };
        let loaded = sources.iter().map(|source| loader.load(source)).collect::<Result<Vec<_>, _>>()?;
        let split = match &options.eval {
            EvalSplit::Fraction(fraction) => Split::fraction(&loaded, &shares, *fraction, options.seed),
            EvalSplit::Files(files) => {
                let files = files.iter().map(|file| loader.load(&DataSource::from(file))).collect::<Result<_, _>>()?;
                Split::whole(&loaded, &shares, files)
            }
        };
        let Loader { spool, tally, .. } = loader;
        if split.train.iter().all(Vec::is_empty) {
            return Err(DataError::NothingToTrain {
                records: tally.records,
                dropped: tally.dropped,
                max_length: options.max_length,
            });
        }
        let spool = spool.finish()?;
        let packed = options.packing.then_some(options.max_length);
        let (mut train, mut eval) = (Layout::default(), Layout::default());
        let mix = shares.mix(split.train.iter().map(|samples| train.lay(samples, &spool, packed)).collect())?;
        eval.lay(&split.eval, &spool, packed);
        let pad_id = tokenizer.pad().or(tokenizer.eos()).unwrap_or(0);
        let rows = |layout| Rows { layout, spool: &spool, pad_id, masking: masking.as_ref() };
        let mut print = Fingerprint::of(options);
        let stats = DataStats {
            sources: loaded.into_iter().map(|loaded| loaded.stats).collect(),
            rows_per_epoch: mix.len(),
            records: tally.records,
            truncated: tally.truncated,
            dropped: tally.dropped,
            train: print.rows(rows(&train))?,
            eval: print.rows(rows(&eval))?,
        };
        let fingerprint = print.finish(masking.as_ref(), &mix);
        let labels = match &options.objective {
            Objective::Label { labels } => labels.clone(),
            Objective::NextToken | Objective::Masked { .. } => Vec::new(),
        };
        let (seed, order) = (options.seed, options.order);
        Ok(Self { spool, train, eval, mix, pad_id, masking, labels, seed, order, stats, fingerprint })
    }

    /// The rows to train on, before any order.
    pub fn train_rows(&self) -> Rows<'_> {
        self.rows(&self.train)
    }

    /// The rows to evaluate on.
    pub fn eval_rows(&self) -> Rows<'_> {
        self.rows(&self.eval)
    }

    fn rows<'a>(&'a self, layout: &'a Layout) -> Rows<'a> {
        Rows { layout, spool: &self.spool, pad_id: self.pad_id, masking: self.masking.as_ref() }
    }

    /// How many rows an epoch has: the same number in each.
    pub fn rows_per_epoch(&self) -> usize {
        self.mix.len()
    }

    /// The training rows in the order of an epoch, counted from 0.
    pub fn epoch(&self, epoch: u64) -> Epoch<'_> {
        Epoch { rows: self.train_rows(), number: epoch, order: self.mix.epoch(self.order, self.seed, epoch) }
    }

    /// Numbers about the data.
    pub fn stats(&self) -> &DataStats {
        &self.stats
    }

    /// The first `n` training samples as text, showing what the loss counts, which of masked tokens is what the first
    /// epoch masks; of a mix, in its proportions. `tokenizer` is the one that loaded them.
    ///
    /// # Errors
    /// [`DataError::Tokenize`] if ids cannot be decoded, [`DataError::Spool`] if they cannot be read.
    pub fn preview(&self, tokenizer: &Tokenizer, n: usize) -> Result<Vec<Preview>, DataError> {
        let rows = self.train_rows();
        let mut previews = Vec::new();
        for index in self.mix.epoch(Order::Sequential, self.seed, 0) {
            let row = rows.get(index as usize)?;
            let masked = self.masking.as_ref().map(|masking| masking.chosen(&row, index as usize, Draws::Epoch(0)));
            let mut start = 0;
            for sample in row.segments() {
                if previews.len() == n {
                    return Ok(previews);
                }
                let here = start..start + sample.len();
                start = here.end;
                let counts = masked.as_ref().and_then(|masked| masked.get(here)).unwrap_or(sample.train_on());
                let label = sample.label().and_then(|class| self.labels.get(class as usize));
                previews.push(Preview::of(sample, counts, label.cloned(), tokenizer)?);
            }
        }
        Ok(previews)
    }

    /// BLAKE3, in hex, of all that decides which batches a run sees: every token and mask in its row, seed and order,
    /// and the proportions of a mix.
    ///
    /// Where files lie and how they are written does not matter, and any change in them, the tokenizer, the template or
    /// the options that changes a batch does.
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }
}

/// One pass over the training rows.
#[derive(Debug)]
pub struct Epoch<'a> {
    rows: Rows<'a>,
    number: u64,
    order: Vec<u32>,
}

impl Epoch<'_> {
    /// The rows in this epoch's order.
    pub fn rows(&self) -> impl Iterator<Item = Result<Row, DataError>> {
        self.order.iter().map(|&index| self.rows.get(index as usize))
    }

    /// How many batches of `micro_batch` rows there are; the last may have fewer rows.
    pub fn batch_count(&self, micro_batch: NonZeroUsize) -> usize {
        self.order.len().div_ceil(micro_batch.get())
    }

    /// Batch `index`, from 0; `None` past the end.
    ///
    /// # Errors
    /// [`DataError::Spool`] if it cannot be read.
    pub fn batch(&self, index: usize, micro_batch: NonZeroUsize) -> Result<Option<Batch>, DataError> {
        let indices = self.order.chunks(micro_batch.get()).nth(index);
        let draws = Draws::Epoch(self.number);
        indices.map(|indices| self.rows.batch(indices.iter().map(|&index| index as usize), draws)).transpose()
    }

    /// All batches in order.
    pub fn batches(&self, micro_batch: NonZeroUsize) -> impl Iterator<Item = Result<Batch, DataError>> {
        (0..self.batch_count(micro_batch)).filter_map(move |index| self.batch(index, micro_batch).transpose())
    }
}

/// Which samples are trained on, by the part of the mix that they belong to, and which are evaluated on.
struct Split {
    train: Vec<Vec<u32>>,
    eval: Vec<u32>,
}

impl Split {
    /// All of the sources to train on.
    fn whole(sources: &[Loaded], shares: &Shares, eval: Vec<Loaded>) -> Self {
        let mut train = vec![Vec::new(); shares.len()];
        for (source, &part) in sources.iter().zip(&shares.parts) {
            train[part].extend(numbers(&source.samples));
        }
        Self { train, eval: eval.iter().flat_map(|source| numbers(&source.samples)).collect() }
    }

    /// A fraction of the sources held out: of each part, of its texts and of its records.
    fn fraction(sources: &[Loaded], shares: &Shares, fraction: Fraction, seed: u64) -> Self {
        let mut split = Self::whole(sources, shares, Vec::new());
        let mut is_eval = vec![false; sources.last().map_or(0, |source| source.samples.end)];
        for (part, windows) in (0..shares.len()).flat_map(|part| [(part, false), (part, true)]) {
            let group = sources
                .iter()
                .zip(&shares.parts)
                .filter(|(source, of)| **of == part && (source.stats.format == Format::Text) == windows);
            let samples: Vec<usize> = group.flat_map(|(source, _)| source.samples.clone()).collect();
            let chosen = held_out(samples.len(), fraction, windows, seed);
            for (sample, chosen) in samples.into_iter().zip(chosen) {
                is_eval[sample] = chosen;
            }
        }
        for samples in &mut split.train {
            samples.retain(|&sample| !is_eval[sample as usize]);
        }
        split.eval = (0..).zip(is_eval).filter(|&(_, is_eval)| is_eval).map(|(sample, _)| sample).collect();
        split
    }
}

/// Samples as rows number them.
fn numbers(samples: &Range<usize>) -> Range<u32> {
    samples.start as u32..samples.end as u32
}

/// The hash of what decides which batches a run sees, as far as it has been read.
struct Fingerprint {
    hasher: blake3::Hasher,
    /// Whether nothing but tokens and masks decides.
    next_token: bool,
}

impl Fingerprint {
    fn of(options: &DataOptions) -> Self {
        let next_token = options.objective == Objective::NextToken;
        let mut print = Self { hasher: blake3::Hasher::new(), next_token };
        print.number(options.seed);
        print.number(match options.order {
            Order::Shuffled => 0,
            Order::Sequential => 1,
        });
        print
    }

    fn number(&mut self, value: u64) {
        self.hasher.update(&value.to_le_bytes());
    }

    /// Takes in rows, and counts them on the way.
    fn rows(&mut self, rows: Rows<'_>) -> Result<PartStats, DataError> {
        let mut stats = PartStats::default();
        self.number(rows.len() as u64);
        for row in rows.iter() {
            let row = row?;
            stats.count(&row);
            self.number(row.segments().len() as u64);
            for sample in row.segments() {
                self.number(sample.len() as u64);
                for (&id, &counts) in sample.ids().iter().zip(sample.train_on()) {
                    self.number(u64::from(id) << 1 | u64::from(counts));
                }
                if !self.next_token {
                    self.number(sample.label().map_or(0, |label| u64::from(label) + 1));
                    self.number(sample.types().len() as u64);
                    sample.types().iter().for_each(|&kind| self.number(u64::from(kind)));
                }
            }
        }
        Ok(stats)
    }

    fn finish(mut self, masking: Option<&Masking>, mix: &Mix) -> String {
        masking.map(Masking::identity).into_iter().flatten().for_each(|value| self.number(value));
        let parts = mix.counts();
        if parts.len() > 1 {
            parts.for_each(|count| self.number(count as u64));
        }
        self.hasher.finalize().to_hex().to_string()
    }
}
