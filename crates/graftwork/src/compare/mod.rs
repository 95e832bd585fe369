//! Candidates trained on the same data, in the same order, for as many updates, and what was measured of them.
//!
//! A [`Comparison`] is a folder. It says which run comes next, and looks at what lies there: so it goes on wherever it was stopped, and whoever holds
//! it decides how the runs are run.

mod candidate;
mod report;
mod sweep;
mod trial;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use graftwork_data::Dataset;
use graftwork_store::{RunDir, StoreError};
use serde::{Deserialize, Serialize};

use crate::about::about;
use crate::chain::none_given;
use crate::check::updates;
use crate::estimate::Memory;
use crate::host::Prepared;
use crate::run::tokenise;
use crate::run_folder::folder;
use crate::{Control, Error, Event, Host, RunConfig, StrategyConfig, memory};
pub use candidate::Candidate;
use candidate::{as_name_of_folder, name_of_folder};
use graftwork_report::About;
use graftwork_report::verdict::Price;
pub use report::{ComparisonReport, compare_runs};
pub use sweep::Sweep;
use sweep::Tried;
use trial::State;
pub use trial::Trial;

/// What a comparison keeps of itself.
const STATE: &str = "compare.json";
/// So often a run is evaluated if nobody says otherwise: enough to see where its loss is lowest.
const EVALUATIONS: u64 = 10;

/// What to compare.
#[derive(Clone, Debug)]
pub struct CompareRequest {
    /// What all candidates have in common. Its `strategy` is not used, its `out` is the comparison's folder, the next free `runs/compare-N` if not given.
    pub config: RunConfig,
    /// The candidates.
    pub candidates: Vec<Candidate>,
    /// Learning rates to train each with; its own alone if not given.
    pub sweep: Option<Sweep>,
    /// What this machine costs.
    pub price: Option<Price>,
}

/// A comparison in its folder, held by one process at a time.
///
/// # Examples
/// ```no_run
/// use graftwork::{CompareRequest, Control, Host, RunConfig, Sweep};
///
/// # fn main() -> Result<(), graftwork::Error> {
/// let (host, control) = (Host::new()?, Control::new());
/// let request = CompareRequest {
///     config: RunConfig::from_file("run.toml".as_ref())?,
///     candidates: vec!["full".parse()?, "small: lora rank=4".parse()?],
///     sweep: Some(Sweep::Search),
///     price: None,
/// };
/// let mut comparison = host.compare(&request, &control, &mut |_| {})?;
/// while let Some(trial) = comparison.next()? {
///     if let Err(error) = trial.run(&host, &control, &mut |_| {}) {
///         comparison.failed(&trial, &error.to_string())?;
///     }
/// }
/// println!("{}", comparison.conclude()?.text());
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Comparison {
    folder: RunDir,
    record: Record,
}

/// `compare.json`.
#[derive(Debug, Serialize, Deserialize)]
struct Record {
    config: RunConfig,
    sweep: Option<Sweep>,
    price: Option<Price>,
    entries: Vec<Entry>,
}

/// A candidate, as it was found before anything trained.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// Its name.
    pub name: String,
    /// Its plugins with their settings.
    pub strategy: Vec<StrategyConfig>,
    /// What a run of it is, at its own learning rate.
    pub about: About,
    /// Trials that failed without being able to say so, by name, and why.
    #[serde(default)]
    failed: BTreeMap<String, String>,
}

impl Entry {
    /// Why this candidate is not trained; none where it is.
    #[must_use]
    pub fn left_out(&self) -> Option<String> {
        let needed = self.about.estimated_memory;
        let available = self.about.device_memory.filter(|&available| needed > available)?;
        let (needed, available) = (memory::gibibytes(needed), memory::gibibytes(available));
        Some(format!("an update needs about {needed} of memory, and there is {available}"))
    }
}

impl Host {
    /// Begins a comparison: loads and plans every candidate, reads the data and estimates memory. Trains nothing.
    ///
    /// # Errors
    /// Whatever would stop one of the runs before its first update; no candidate, or one alone and no sweep; no evaluation data, without which
    /// nothing could be compared.
    ///
    /// # Examples
    /// ```no_run
    /// use graftwork::{CompareRequest, Control, Host, RunConfig};
    ///
    /// # fn main() -> Result<(), graftwork::Error> {
    /// let config = RunConfig { model: Some("models/SmolLM2-135M".into()), ..RunConfig::default() };
    /// let candidates = vec!["full".parse()?, "lora rank=8".parse()?];
    /// let request = CompareRequest { config, candidates, sweep: None, price: None };
    /// let comparison = Host::new()?.compare(&request, &Control::new(), &mut |_| {})?;
    /// for entry in comparison.entries() {
    ///     println!("{}: {}", entry.name, entry.left_out().as_deref().unwrap_or("will train"));
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn compare(
        &self,
        request: &CompareRequest,
        control: &Control,
        on_event: &mut dyn FnMut(Event),
    ) -> Result<Comparison, Error> {
        let CompareRequest { config, candidates, sweep, price } = request;
        if candidates.len() < 2 && sweep.is_none() {
            let message =
                "a comparison has two candidates or more: `--strategy full --strategy lora`; one alone needs `--sweep`";
            return Err(Error::setting("strategy", message));
        }
        if config.data.files.iter().any(|source| source.path.as_os_str() == "-") {
            let message = "standard input can be read once, and every candidate reads the data; give a file";
            return Err(Error::setting("data", message));
        }
        if let Some(Sweep::Rates(rates)) = sweep
            && let Some(bad) = rates.iter().find(|rate| !(rate.is_finite() && **rate > 0.0))
        {
            return Err(Error::setting("sweep", format!("{bad} is no learning rate")));
        }
        let (mut common, mut entries) = (None, Vec::new());
        for candidate in candidates {
            let own = RunConfig { strategy: candidate.strategy.clone(), ..config.clone() };
            let prepared = self.prepare(&own, control, on_event)?;
            let Common { dataset, hash, .. } = match &mut common {
                Some(common) => common,
                None => common.insert(Common::of(&prepared, config, control, on_event)?),
            };
            let memory = Memory::of_run(&prepared, dataset)?;
            let name = match &candidate.name {
                Some(name) => name_of_folder(name).map_err(|message| Error::setting("strategy", message))?,
                None => as_name_of_folder(&prepared.chain.name()),
            };
            entries.push(Entry {
                name: free_name(&name, &entries),
                strategy: prepared.record.strategy.clone(),
                about: about(&prepared, dataset, &memory, hash)?,
                failed: BTreeMap::new(),
            });
        }
        control.go_on()?;
        let Some(Common { config, .. }) = common else {
            return Err(none_given());
        };
        let folder = folder(&config, "compare")?;
        let config = RunConfig { out: None, overwrite: false, ..config };
        let record = Record { config, sweep: sweep.clone(), price: price.clone(), entries };
        folder.write_json(STATE, &record)?;
        Ok(Comparison { folder, record })
    }
}

/// What all candidates have in common: model and data, and how they train.
struct Common {
    dataset: Dataset,
    /// The model's.
    hash: String,
    config: RunConfig,
}

impl Common {
    /// As the first candidate finds it.
    fn of(
        prepared: &Prepared,
        asked: &RunConfig,
        control: &Control,
        on_event: &mut dyn FnMut(Event),
    ) -> Result<Self, Error> {
        let dataset = tokenise(prepared, control, on_event)?;
        if dataset.stats().eval.rows == 0 {
            return Err(Error::setting("eval", "a comparison needs data to evaluate on; give a fraction or files"));
        }
        let mut config = RunConfig { strategy: Vec::new(), ..prepared.record.clone() };
        let options = prepared.config.train_options(prepared.plan.is_full())?;
        let between = updates(&options, &dataset).div_ceil(EVALUATIONS);
        config.train.eval_every = asked.train.eval_every.or(Some(between.max(1)));
        Ok(Self { hash: prepared.base.hash(on_event), dataset, config })
    }
}

/// The name, with a number where it is taken. Some systems know no capitals in the names of folders.
fn free_name(name: &str, taken: &[Entry]) -> String {
    let is_free = |name: &String| taken.iter().all(|entry| entry.name.to_lowercase() != name.to_lowercase());
    let numbered = (2..).map(|n| format!("{name}-{n}"));
    std::iter::once(name.to_owned()).chain(numbered).find(is_free).unwrap_or_default()
}

impl Comparison {
    /// Whether a comparison lies in that folder.
    #[must_use]
    pub fn is_in(folder: &Path) -> bool {
        folder.join(STATE).is_file()
    }

    /// Goes on with the comparison in a folder. A run that failed before it had a folder, which may have had a reason that is gone, is tried again.
    ///
    /// # Errors
    /// There is none, or another process holds it.
    pub fn open(folder: &Path) -> Result<Self, Error> {
        let run = RunDir::open(folder)?;
        let path = folder.join(STATE);
        let text = graftwork_store::read_file(&path).map_err(StoreError::io("read", &path))?;
        let mut record: Record = serde_json::from_slice(&text).map_err(|reason| StoreError::Json { path, reason })?;
        for entry in &mut record.entries {
            entry.failed.retain(|name, _| !matches!(State::of(&folder.join(name)), State::Absent));
        }
        Ok(Self { folder: run, record })
    }

    /// The folder.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The candidates, as they were found before anything trained.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.record.entries
    }

    /// The next run; none where all is known. Its configuration is written to `NAME.toml` beside its folder.
    ///
    /// # Errors
    /// The file cannot be written.
    ///
    /// # Examples
    /// Each run in a process of its own, so that its memory can be told:
    ///
    /// ```no_run
    /// use graftwork::Comparison;
    /// use std::process::Command;
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let mut comparison = Comparison::open("runs/compare-1".as_ref())?;
    /// while let Some(trial) = comparison.next()? {
    ///     let mut host = Command::new("host");
    ///     match &trial.begun {
    ///         Some(folder) => host.arg("resume").arg(folder),
    ///         None => host.args(["run", "--config"]).arg(&trial.file),
    ///     };
    ///     let status = host.status()?;
    ///     if !status.success() {
    ///         comparison.failed(&trial, &status.to_string())?;
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn next(&self) -> Result<Option<Trial>, Error> {
        let (mut number, candidates) = (1, self.record.entries.iter().enumerate());
        for (candidate, entry) in candidates {
            let (tried, next) = self.tried(entry);
            number += tried.len();
            let Some(rate) = next else { continue };
            let (name, config, file) = self.configure(entry, rate)?;
            let folder = self.path().join(&name);
            let begun = matches!(State::of(&folder), State::Begun).then_some(folder);
            return Ok(Some(Trial { candidate, name, number, config, file, begun }));
        }
        Ok(None)
    }

    /// The learning rates of a candidate that have been tried, and the next one.
    fn tried(&self, entry: &Entry) -> (Vec<Tried>, Option<f64>) {
        let mut tried = Vec::new();
        if entry.left_out().is_some() {
            return (tried, None);
        }
        while let Some(rate) = self.next_rate(entry, &tried) {
            let name = self.name_of(entry, rate);
            let loss = match State::of(&self.path().join(&name)) {
                State::Finished(report) => report.best_eval.and_then(|best| best.loss),
                State::Failed => None,
                State::Absent | State::Begun if entry.failed.contains_key(&name) => None,
                State::Absent | State::Begun => return (tried, Some(rate)),
            };
            tried.push(Tried { rate, loss });
        }
        (tried, None)
    }

    /// The configuration of a run, and the file that it is written to.
    fn configure(&self, entry: &Entry, rate: f64) -> Result<(String, RunConfig, PathBuf), Error> {
        let (name, strategy) = (self.name_of(entry, rate), entry.strategy.clone());
        let mut config = RunConfig { strategy, out: Some(self.path().join(&name)), ..self.record.config.clone() };
        config.train.learning_rate = Some(rate);
        let file = format!("{name}.toml");
        self.folder.write_text(&file, &config.to_toml()?)?;
        Ok((name, config, self.path().join(file)))
    }

    fn next_rate(&self, entry: &Entry, tried: &[Tried]) -> Option<f64> {
        match &self.record.sweep {
            Some(sweep) => sweep.next(entry.about.training.learning_rate, tried),
            None => tried.is_empty().then_some(entry.about.training.learning_rate),
        }
    }

    fn name_of(&self, entry: &Entry, rate: f64) -> String {
        match self.record.sweep {
            Some(_) => format!("{}-lr-{rate:e}", entry.name),
            None => entry.name.clone(),
        }
    }

    /// Notes that a trial failed in a way that left no word in its folder: its process was killed, or did not begin.
    ///
    /// # Errors
    /// That cannot be written.
    pub fn failed(&mut self, trial: &Trial, why: &str) -> Result<(), Error> {
        if let Some(entry) = self.record.entries.get_mut(trial.candidate) {
            entry.failed.insert(trial.name.clone(), why.to_owned());
        }
        Ok(self.folder.write_json(STATE, &self.record)?)
    }
}
