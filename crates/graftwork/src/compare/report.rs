//! What a comparison came to: numbers side by side, a recommendation, and a page.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use graftwork_report::verdict::{Conditions, Price, Sweep, Trial, Verdict};
use graftwork_report::{Comparison as Compared, Measured, Report, Run};
use graftwork_store::write_atomic;
use serde::{Serialize, Serializer};

use super::sweep::{Tried, best};
use super::{Comparison, Entry, trial};
use crate::Error;
use crate::documents::PAGE;
use crate::run::{FAILURE, Failed};

/// The numbers, in the folder of a comparison.
const NUMBERS: &str = "comparison.json";

/// Runs, held against each other. As JSON it is the numbers and the verdict.
#[derive(Clone, Debug)]
pub struct ComparisonReport {
    report: Report,
    page: Option<PathBuf>,
}

impl Serialize for ComparisonReport {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.report.comparison.serialize(serializer)
    }
}

impl ComparisonReport {
    fn new(runs: Vec<Run>, sweeps: &[Sweep], price: Option<Price>) -> Self {
        // Of several machines, the smallest.
        let memory = runs.iter().filter_map(|run| run.about.device_memory).min();
        let compared = Compared::new(&runs, sweeps, Conditions { memory, price });
        let names: Vec<_> = runs.iter().map(|run| run.name.clone()).collect();
        let report = Report { title: names.join(" or "), runs, comparison: Some(compared) };
        Self { report, page: None }
    }

    /// Which run to go on with, and why.
    #[must_use]
    pub fn verdict(&self) -> Option<&Verdict> {
        self.report.comparison.as_ref().map(|compared| &compared.verdict)
    }

    /// The runs, as they were read.
    #[must_use]
    pub fn runs(&self) -> &[Run] {
        &self.report.runs
    }

    /// The table, the recommendation and its reasons, for a terminal.
    #[must_use]
    pub fn text(&self) -> String {
        self.report.text().to_string()
    }

    /// The page that was written, where one was.
    #[must_use]
    pub fn page(&self) -> Option<&Path> {
        self.page.as_deref()
    }

    /// Writes the page: one HTML file that needs no other.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn write_html(&self, path: &Path) -> Result<(), Error> {
        Ok(write_atomic(path, self.report.html()?.as_bytes())?)
    }
}

/// Compares runs that are there, whatever began them.
///
/// # Errors
/// One of the folders holds no run.
///
/// # Examples
/// ```no_run
/// use graftwork::{compare_runs, report::verdict::Price};
///
/// # fn main() -> Result<(), graftwork::Error> {
/// let price = Price { per_hour: 2.5, currency: "USD".to_owned() };
/// let report = compare_runs(&["runs/full-1".into(), "runs/lora-1".into()], Some(price))?;
/// println!("{}", report.text());
/// report.write_html("full-or-lora.html".as_ref())?;
/// # Ok(())
/// # }
/// ```
pub fn compare_runs(folders: &[PathBuf], price: Option<Price>) -> Result<ComparisonReport, Error> {
    let mut runs = folders.iter().map(|folder| read(folder)).collect::<Result<Vec<_>, _>>()?;
    let mut seen = BTreeMap::<String, usize>::new();
    for run in &runs {
        *seen.entry(run.name.clone()).or_default() += 1;
    }
    for run in &mut runs {
        // Runs of one strategy are told apart by their folders.
        if seen.get(&run.name).is_some_and(|&count| count > 1) {
            run.name = run.folder.display().to_string();
        }
    }
    Ok(ComparisonReport::new(runs, &[], price))
}

fn read(folder: &Path) -> Result<Run, Error> {
    if Comparison::is_in(folder) {
        let message = "it is a comparison, which `host resume` shows again; its runs are the folders in it";
        return Err(Error::setting(folder.display().to_string(), message));
    }
    let mut run = Run::read(folder)?;
    if let Some(Failed { error }) = trial::read(&folder.join(FAILURE)) {
        run.measured.failure = Some(error);
    }
    Ok(run)
}

impl Comparison {
    /// What was measured. Writes the page and the numbers into the folder.
    ///
    /// # Errors
    /// A run cannot be read, or the disk refuses.
    ///
    /// # Examples
    /// ```no_run
    /// use graftwork::Comparison;
    ///
    /// # fn main() -> Result<(), graftwork::Error> {
    /// let report = Comparison::open("runs/compare-1".as_ref())?.conclude()?;
    /// if let Some(verdict) = report.verdict() {
    ///     println!("{}", verdict.headline);
    ///     verdict.reasons.iter().for_each(|reason| println!("- {}", reason.text));
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn conclude(&self) -> Result<ComparisonReport, Error> {
        let (mut runs, mut sweeps) = (Vec::new(), Vec::new());
        for entry in self.entries() {
            let tried = self.tried(entry).0;
            let run = self.run_of(entry, &tried)?;
            if self.record.sweep.is_some() && !tried.is_empty() {
                let trials = tried.iter().map(|t| Trial { learning_rate: t.rate, loss: t.loss }).collect();
                sweeps.push(Sweep { run: run.name.clone(), updates: run.about.training.updates, trials });
            }
            runs.push(run);
        }
        let mut report = ComparisonReport::new(runs, &sweeps, self.record.price.clone());
        let page = self.path().join(PAGE);
        report.write_html(&page)?;
        self.folder.write_json(NUMBERS, &report)?;
        report.page = Some(page);
        Ok(report)
    }

    /// The run that stands for a candidate: its best, one that failed where all did, or none but what was known before.
    fn run_of(&self, entry: &Entry, tried: &[Tried]) -> Result<Run, Error> {
        let chosen = best(tried).or(tried.first()).map(|tried| self.name_of(entry, tried.rate));
        let folder = chosen.as_ref().map(|name| self.path().join(name));
        let untold = chosen.and_then(|name| entry.failed.get(&name).cloned());
        let mut run = match folder.map(|folder| read(&folder)) {
            Some(Ok(run)) => run,
            // It failed before it had a folder.
            Some(Err(_)) | None => Run { about: entry.about.clone(), ..Run::default() },
        };
        run.name.clone_from(&entry.name);
        let Measured { failure, .. } = &mut run.measured;
        *failure = failure.take().or(untold).or(entry.left_out());
        Ok(run)
    }
}
