//! A data set: files, tokenizer and options become rows once; an epoch gives them in its order, as batches.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use crate::masking::{Draws, Masking};
use crate::sample::Sampler;
use crate::stats::Tally;
use crate::{
    Batch, DataError, DataOptions, DataStats, EvalSplit, Format, Objective, Order, PartStats, Preview, Row, Sample,
    Tokenizer, order, pack, read, split, unpacked,
};

/// Tokenised data, split and laid into rows.
#[derive(Debug)]
pub struct Dataset {
    train: Vec<Row>,
    eval: Vec<Row>,
    pad_id: u32,
    masking: Option<Masking>,
    seed: u64,
    order: Order,
    stats: DataStats,
    fingerprint: String,
}

impl Dataset {
    /// Reads and tokenises files.
    ///
    /// # Errors
    /// Whatever is wrong with the options, a file, a record or the chat template; and [`DataError::NothingToTrain`] if
    /// no sample is left to train on.
    pub fn load(files: &[PathBuf], tokenizer: &Tokenizer, options: &DataOptions) -> Result<Self, DataError> {
        options.validate()?;
        let masking = Masking::of(&options.objective, tokenizer, options.seed)?;
        let mut loader = Loader {
            sampler: Sampler {
                tokenizer,
                max_length: options.max_length,
                loss_on: options.loss_on,
                objective: &options.objective,
            },
            format: options.format,
            tally: Tally::default(),
        };
        let (format, samples) = loader.load(files)?;
        let (train, eval) = match &options.eval {
            EvalSplit::Fraction(fraction) => split::split(samples, *fraction, format == Format::Text, options.seed),
            EvalSplit::Files(files) => (samples, loader.load(files)?.1),
        };
        let tally = loader.tally;
        if train.is_empty() {
            return Err(DataError::NothingToTrain {
                records: tally.records,
                dropped: tally.dropped,
                max_length: options.max_length,
            });
        }
        let rows = |samples| {
            if options.packing { pack(samples, options.max_length) } else { unpacked(samples) }
        };
        let (train, eval) = (rows(train), rows(eval));
        let stats = DataStats {
            format,
            records: tally.records,
            truncated: tally.truncated,
            dropped: tally.dropped,
            train: PartStats::of(&train),
            eval: PartStats::of(&eval),
        };
        let fingerprint = fingerprint(&train, &eval, options, masking.as_ref());
        let pad_id = tokenizer.pad().or(tokenizer.eos()).unwrap_or(0);
        Ok(Self { train, eval, pad_id, masking, seed: options.seed, order: options.order, stats, fingerprint })
    }

    /// The rows to train on, before any order.
    pub fn train_rows(&self) -> &[Row] {
        &self.train
    }

    /// The rows to evaluate on.
    pub fn eval_rows(&self) -> &[Row] {
        &self.eval
    }

    /// The training rows in the order of an epoch, counted from 0.
    pub fn epoch(&self, epoch: u64) -> Epoch<'_> {
        let order = match self.order {
            Order::Shuffled => order(self.seed, epoch, self.train.len()),
            Order::Sequential => (0..u32::try_from(self.train.len()).unwrap_or(u32::MAX)).collect(),
        };
        Epoch { dataset: self, number: epoch, order }
    }

    /// The evaluation rows as batches of `micro_batch` rows, in the files' order; the last may have fewer.
    pub fn eval_batches(&self, micro_batch: NonZeroUsize) -> impl Iterator<Item = Batch> {
        self.batches_of(&self.eval, micro_batch)
    }

    /// Rows as batches of `micro_batch` rows, in their order; the last may have fewer.
    pub fn batches_of<'a>(
        &self,
        rows: &'a [Row],
        micro_batch: NonZeroUsize,
    ) -> impl Iterator<Item = Batch> + use<'_, 'a> {
        let firsts = (0..).step_by(micro_batch.get());
        rows.chunks(micro_batch.get()).zip(firsts).map(|(rows, first)| {
            let rows: Vec<(usize, &Row)> = (first..).zip(rows).collect();
            self.batch(&rows, Draws::Evaluation)
        })
    }

    /// The batch of these rows, each with the index that its masked tokens are drawn by.
    fn batch(&self, indexed: &[(usize, &Row)], draws: Draws) -> Batch {
        let rows: Vec<&Row> = indexed.iter().map(|&(_, row)| row).collect();
        let mut batch = Batch::from_rows(&rows, self.pad_id);
        if let Some(masking) = &self.masking {
            for (at, &(index, row)) in indexed.iter().enumerate() {
                masking.apply(&mut batch, at, row, index, draws);
            }
        }
        batch
    }

    /// Numbers about the data.
    pub fn stats(&self) -> &DataStats {
        &self.stats
    }

    /// The first `n` training samples as text, showing what the loss counts. `tokenizer` is the one that loaded them.
    ///
    /// # Errors
    /// [`DataError::Tokenize`] if ids cannot be decoded.
    pub fn preview(&self, tokenizer: &Tokenizer, n: usize) -> Result<Vec<Preview>, DataError> {
        self.train.iter().flat_map(Row::segments).take(n).map(|sample| Preview::of(sample, tokenizer)).collect()
    }

    /// BLAKE3, in hex, of all that decides which batches a run sees: every token and mask in its row, seed and order.
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
    dataset: &'a Dataset,
    number: u64,
    order: Vec<u32>,
}

impl<'a> Epoch<'a> {
    /// The rows in this epoch's order.
    pub fn rows(&self) -> impl Iterator<Item = &'a Row> {
        self.order.iter().map(|&index| &self.dataset.train[index as usize])
    }

    /// How many batches of `micro_batch` rows there are; the last may have fewer rows.
    pub fn batch_count(&self, micro_batch: NonZeroUsize) -> usize {
        self.order.len().div_ceil(micro_batch.get())
    }

    /// Batch `index`, from 0; `None` past the end.
    pub fn batch(&self, index: usize, micro_batch: NonZeroUsize) -> Option<Batch> {
        let indices = self.order.chunks(micro_batch.get()).nth(index)?;
        let indices = indices.iter().map(|&index| index as usize);
        let rows: Vec<(usize, &Row)> = indices.map(|index| (index, &self.dataset.train[index])).collect();
        Some(self.dataset.batch(&rows, Draws::Epoch(self.number)))
    }

    /// All batches in order.
    pub fn batches(&self, micro_batch: NonZeroUsize) -> impl Iterator<Item = Batch> {
        (0..self.batch_count(micro_batch)).filter_map(move |index| self.batch(index, micro_batch))
    }
}

/// Files to samples.
struct Loader<'a> {
    sampler: Sampler<'a>,
    format: Option<Format>,
    tally: Tally,
}

impl Loader<'_> {
    /// The samples of these files, all of which must be of one format.
    fn load(&mut self, files: &[PathBuf]) -> Result<(Format, Vec<Sample>), DataError> {
        let (first, rest) = files.split_first().ok_or(DataError::NoFiles)?;
        let mut samples = Vec::new();
        let format = self.load_file(first, None, &mut samples)?;
        for file in rest {
            self.load_file(file, Some(format), &mut samples)?;
        }
        Ok((format, samples))
    }

    fn load_file(
        &mut self,
        path: &Path,
        expected: Option<Format>,
        samples: &mut Vec<Sample>,
    ) -> Result<Format, DataError> {
        let file = read(path, self.format)?;
        if let (Some(expected), Some(record)) = (expected.filter(|&e| e != file.format), file.records.first()) {
            return Err(DataError::MixedFormats { at: record.source.clone(), expected, found: file.format });
        }
        self.sampler.check(file.format)?;
        for record in &file.records {
            samples.extend(self.sampler.samples(record, &mut self.tally)?);
        }
        Ok(file.format)
    }
}

fn fingerprint(train: &[Row], eval: &[Row], options: &DataOptions, masking: Option<&Masking>) -> String {
    let mut hasher = blake3::Hasher::new();
    let mut number = |value: u64| {
        hasher.update(&value.to_le_bytes());
    };
    number(options.seed);
    number(match options.order {
        Order::Shuffled => 0,
        Order::Sequential => 1,
    });
    let next_token = options.objective == Objective::NextToken;
    for rows in [train, eval] {
        number(rows.len() as u64);
        for row in rows {
            number(row.segments().len() as u64);
            for sample in row.segments() {
                number(sample.len() as u64);
                for (&id, &counts) in sample.ids().iter().zip(sample.train_on()) {
                    number(u64::from(id) << 1 | u64::from(counts));
                }
                if !next_token {
                    number(sample.label().map_or(0, |label| u64::from(label) + 1));
                    number(sample.types().len() as u64);
                    sample.types().iter().for_each(|&kind| number(u64::from(kind)));
                }
            }
        }
    }
    masking.map(Masking::identity).into_iter().flatten().for_each(number);
    hasher.finalize().to_hex().to_string()
}
