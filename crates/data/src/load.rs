//! Sources to samples: reads files record by record, tokenises a group of records at a time, and spools what comes out.

use std::ops::Range;
use std::path::Path;

use rayon::iter::{IntoParallelRefIterator, ParallelIterator};

use crate::files::expand;
use crate::reader::{Item, read};
use crate::sample::Sampler;
use crate::spool::SpoolWriter;
use crate::stats::{SourceStats, Tally};
use crate::windows::Windows;
use crate::{DataError, DataSource, Format, Record, Sample, Source};

/// Records tokenised together, in parallel.
const GROUP: usize = 64;

/// Reads sources, one after another, into one spool.
pub(crate) struct Loader<'a> {
    pub(crate) sampler: Sampler<'a>,
    /// The format of sources that name none.
    pub(crate) format: Option<Format>,
    pub(crate) spool: SpoolWriter,
    pub(crate) tally: Tally,
    /// Hears how many tokens there are so far; says whether to go on.
    pub(crate) watch: &'a mut dyn FnMut(u64) -> bool,
}

/// What a source came to.
pub(crate) struct Loaded {
    pub(crate) stats: SourceStats,
    /// Its samples in the spool.
    pub(crate) samples: Range<usize>,
}

impl Loader<'_> {
    pub(crate) fn load(&mut self, source: &DataSource) -> Result<Loaded, DataError> {
        let (first, records) = (self.spool.len(), self.tally.records);
        let files = expand(&source.path)?;
        let mut expected = None;
        for file in &files {
            self.file(file, source.format.or(self.format), &mut expected)?;
        }
        let format = expected.ok_or_else(|| DataError::Empty { path: source.path.clone() })?;
        let samples = first..self.spool.len();
        let stats = SourceStats {
            path: source.to_string(),
            files: files.len(),
            format,
            weight: source.weight,
            records: self.tally.records - records,
            samples: samples.len(),
        };
        Ok(Loaded { stats, samples })
    }

    /// A file, whose records must be of the `expected` format, or say what is expected of the next.
    fn file(&mut self, path: &Path, format: Option<Format>, expected: &mut Option<Format>) -> Result<(), DataError> {
        let Self { sampler, spool, tally, watch, .. } = self;
        let mut check = |at: &Source, found: Format| match *expected {
            Some(expected) if expected == found => Ok(()),
            Some(expected) => Err(DataError::MixedFormats { at: at.clone(), expected, found }),
            None => sampler.check(found).map(|()| *expected = Some(found)),
        };
        let mut text: Option<Windows<'_>> = None;
        let mut group = Vec::with_capacity(GROUP);
        read(path, format, &mut |item| match item {
            Item::Part { at, text: part } => {
                check(&at, Format::Text)?;
                let text = match &mut text {
                    Some(text) => text,
                    None => text.insert(sampler.windows(at)?),
                };
                write(spool, &text.push(&part)?)?;
                if watch(spool.tokens()) { Ok(()) } else { Err(DataError::Stopped) }
            }
            Item::Record(record) => {
                check(&record.source, record.format)?;
                group.push(record);
                if group.len() < GROUP {
                    return Ok(());
                }
                tokenise(sampler, &mut group, spool, tally)?;
                if watch(spool.tokens()) { Ok(()) } else { Err(DataError::Stopped) }
            }
        })?;
        tokenise(sampler, &mut group, spool, tally)?;
        if let Some(text) = text {
            tally.records += 1;
            write(spool, &text.finish()?)?;
        }
        Ok(())
    }
}

/// Empties a group of records. Of several that are wrong, the first is reported.
fn tokenise(
    sampler: &Sampler<'_>,
    group: &mut Vec<Record>,
    spool: &mut SpoolWriter,
    tally: &mut Tally,
) -> Result<(), DataError> {
    let samples = |record: &Record| {
        let mut tally = Tally::default();
        sampler.samples(record, &mut tally).map(|samples| (samples, tally))
    };
    let tokenised: Vec<Result<_, DataError>> = group.par_iter().map(samples).collect();
    for record in tokenised {
        let (samples, counted) = record?;
        *tally += counted;
        write(spool, &samples)?;
    }
    group.clear();
    Ok(())
}

fn write(spool: &mut SpoolWriter, samples: &[Sample]) -> Result<(), DataError> {
    samples.iter().try_for_each(|sample| spool.push(sample))
}
