//! A whole training run.

mod conclusion;

use std::path::{Path, PathBuf};
use std::time::Instant;

use graftwork_data::{DataError, Dataset};
use graftwork_report::About;
use graftwork_store::{AppendLog, CheckpointDir, RunDir};
use graftwork_train::{Evaluated, TrainError, TrainOptions, Trainer};
use serde::{Deserialize, Serialize};

use self::conclusion::{conclude, report};
use crate::about::{ABOUT, about};
use crate::adapter::{self, BaseRecord, Trained};
use crate::documents::{Events, write_page};
use crate::estimate::Memory;
use crate::event::Unit;
use crate::host::Prepared;
use crate::pace::Pace;
use crate::recorder::{Recorder, Sampler};
use crate::run_folder::folder;
use crate::save::Provenance;
use crate::steering::Controllers;
use crate::{Change, Control, DeviceChoice, Error, Event, Host, RunConfig, memory, resume};

/// The run's configuration, in its folder.
pub(crate) const CONFIGURATION: &str = "run.toml";
/// The run's report.
pub(crate) const SUMMARY: &str = "summary.json";

/// Why a run ended that did not come to its end, where an error made that end.
pub(crate) const FAILURE: &str = "failure.json";

/// `failure.json`.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Failed {
    /// The message.
    pub(crate) error: String,
}

/// A number at the start and at the end of a run.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct FirstLast {
    /// At the start; none where there was nothing to measure.
    pub first: Option<f64>,
    /// At the end.
    pub last: Option<f64>,
}

/// What a run came to.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RunReport {
    /// Names of the strategies.
    pub strategy: String,
    /// Weights that trained.
    pub trainable_parameters: u64,
    /// Weights of the model.
    pub total_parameters: u64,
    /// Updates done.
    pub steps: u64,
    /// Whether the run went to its end.
    pub finished: bool,
    /// Whether early stopping made that end.
    pub stopped_early: bool,
    /// Loss of the first update, and the mean over the last ten.
    pub train_loss: FirstLast,
    /// Evaluation loss before and after.
    pub eval_loss: FirstLast,
    /// The evaluation with the lowest loss after an update.
    pub best_eval: Option<Evaluated>,
    /// Tokens per second of training.
    pub tokens_per_second: f64,
    /// Seconds of the whole run, loading and saving included.
    pub seconds: f64,
    /// Whether blocks were computed again in the backward pass.
    pub recompute: bool,
    /// The most memory that the process has held, where the system says.
    pub peak_memory_bytes: Option<u64>,
    /// What the runtime of a GPU has taken of its memory, which it gives back to nobody while the run lasts; beside it lies the driver's
    /// context, about half a GiB. None on the processor.
    #[serde(default)]
    pub peak_device_memory_bytes: Option<u64>,
    /// The run's folder.
    pub out: PathBuf,
    /// The trained adapter or model in it; none where the run was stopped.
    pub result: Option<PathBuf>,
    /// Updates that the result has seen: fewer than `steps` where it is the best and not the last.
    pub result_step: Option<u64>,
}

impl Host {
    /// Trains.
    ///
    /// A run that `control` stops ends after its current update with a checkpoint, from which [`Host::resume`] goes on; before its
    /// first update it may end with nothing written.
    ///
    /// # Errors
    /// Anything about the configuration, the plugins, the model, the data, the disk; a loss that is not finite; or
    /// [`Error::Stopped`] where nothing was written yet.
    ///
    /// # Examples
    /// ```no_run
    /// use graftwork::{Control, Event, Host, RunConfig, StrategyConfig};
    ///
    /// # fn main() -> Result<(), graftwork::Error> {
    /// let mut config = RunConfig { model: Some("models/SmolLM2-135M".into()), ..RunConfig::default() };
    /// config.data.files.push("notes.jsonl".into());
    /// let mut lora = StrategyConfig::new("lora");
    /// lora.config.insert("rank".to_owned(), 16.into());
    /// config.strategy.push(lora);
    /// let control = Control::new();
    /// let report = Host::new()?.run(&config, &control, &mut |event| match event {
    ///     Event::Step(step) if step.loss > 20.0 => control.stop(),
    ///     Event::Warning { message } => eprintln!("{message}"),
    ///     _ => {}
    /// })?;
    /// println!("{} updates, and the result is in {:?}", report.steps, report.result);
    /// # Ok(())
    /// # }
    /// ```
    pub fn run(
        &self,
        config: &RunConfig,
        control: &Control,
        on_event: &mut dyn FnMut(Event),
    ) -> Result<RunReport, Error> {
        let started = Instant::now();
        let prepared = self.prepare(config, control, on_event)?;
        let dataset = tokenise(&prepared, control, on_event)?;
        let (trainer, memory) = trainer(&prepared, &dataset, config.adapter.as_deref(), on_event)?;
        control.go_on()?;
        // The folder comes last: whatever is wrong before leaves nothing behind.
        let run = folder(&prepared.config, &prepared.chain.name())?;
        let written = RunConfig { out: Some(run.path().to_owned()), ..prepared.record.clone() };
        run.write_text(CONFIGURATION, &written.to_toml()?)?;
        let from = provenance(&prepared, &dataset, on_event)?;
        let controllers = prepared.controllers();
        let metrics = run.metrics()?;
        let about = about(&prepared, &dataset, &memory, &from.base.blake3)?;
        let (prepared, run, from, whole) = (&prepared, &run, &from, None);
        train(
            Work { prepared, about, trainer, controllers, memory, run, metrics, from, whole, started, control },
            on_event,
        )
    }

    /// Goes on with a run, from its newest checkpoint that is whole, or from its start where it has none. A run that is finished
    /// stays as it is, and its report is given again.
    ///
    /// # Errors
    /// As [`run`](Self::run); or it would not be the same run, in a way that is not `allowed`.
    ///
    /// # Examples
    /// ```no_run
    /// use graftwork::{Change, Control, Host};
    ///
    /// # fn main() -> Result<(), graftwork::Error> {
    /// let (host, control) = (Host::new()?, Control::new());
    /// host.resume("runs/lora-1".as_ref(), &[], &control, &mut |_| {})?;
    /// // Its data has grown since, and that is meant.
    /// host.resume("runs/lora-2".as_ref(), &[Change::Data], &control, &mut |_| {})?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn resume(
        &self,
        out: &Path,
        allowed: &[Change],
        control: &Control,
        on_event: &mut dyn FnMut(Event),
    ) -> Result<RunReport, Error> {
        let started = Instant::now();
        let run = RunDir::open(out)?;
        let done = finished(&run);
        if let Some(report) = &done {
            if allowed.is_empty() {
                let message = format!("{} is finished; nothing is left to do", out.display());
                on_event(Event::Warning { message });
                leave_documents(&run, on_event)?;
                return Ok(report.clone());
            }
            if CheckpointDir::latest(out)?.is_none() {
                let message =
                    "it is finished and has no checkpoint, so there is nothing to go on from; start a new run";
                return Err(Error::weights(out, message));
            }
        }
        let config = RunConfig { out: Some(out.to_owned()), ..RunConfig::from_file(&out.join(CONFIGURATION))? };
        let prepared = self.prepare(&config, control, on_event)?;
        let dataset = tokenise(&prepared, control, on_event)?;
        let from = provenance(&prepared, &dataset, on_event)?;
        let checkpoint = resume::newest(run.path(), on_event)?;
        if let Some(checkpoint) = &checkpoint {
            resume::same_run(checkpoint, &prepared.plan, &from, allowed)?;
        }
        let mut controllers = prepared.controllers();
        // A checkpoint has every tensor that an adapter to start from would give.
        let initial = config.adapter.as_deref().filter(|_| checkpoint.is_none());
        let (mut trainer, memory) = trainer(&prepared, &dataset, initial, on_event)?;
        let mut metrics = run.metrics()?;
        let whole = match checkpoint {
            Some(checkpoint) => {
                let device = prepared.config.device.open()?;
                trainer.restore(resume::snapshot(&checkpoint, &mut controllers, &device)?)?;
                resume::cut_metrics(&checkpoint, &mut metrics, on_event)?;
                Some(trainer.step())
            }
            None => {
                metrics.truncate(0)?;
                None
            }
        };
        control.go_on()?;
        if let Some(report) = done {
            // Whatever ends this process, the run is not to look as if it had come to its end.
            run.write_json(SUMMARY, &RunReport { finished: false, result: None, result_step: None, ..report })?;
        }
        let about = about(&prepared, &dataset, &memory, &from.base.blake3)?;
        let (prepared, run, from) = (&prepared, &run, &from);
        train(
            Work { prepared, about, trainer, controllers, memory, run, metrics, from, whole, started, control },
            on_event,
        )
    }
}

/// The report of a run that went to its end and whose result is there.
fn finished(run: &RunDir) -> Option<RunReport> {
    let text = std::fs::read(run.path().join(SUMMARY)).ok()?;
    let report: RunReport = serde_json::from_slice(&text).ok()?;
    let name = report.result.as_ref()?.file_name()?;
    (report.finished && run.path().join(name).is_dir()).then_some(report)
}

/// The model under its plan, before its first update, with the tensors of an adapter to start from.
fn trainer<'a>(
    prepared: &'a Prepared,
    dataset: &'a Dataset,
    initial: Option<&Path>,
    on_event: &mut dyn FnMut(Event),
) -> Result<(Trainer<'a>, Memory<'a>), Error> {
    let Prepared { config, base, plan, .. } = prepared;
    let device = config.device.open()?;
    if config.train.deterministic {
        config.device.must_be_deterministic(&base.manifest)?;
    }
    let memory = Memory::of_run(prepared, dataset)?;
    let options = TrainOptions { recompute: memory.recompute, ..config.train_options(plan.is_full())? };
    warn_if_large(&memory, config.device, on_event);
    let mut adapted = base.adapt(plan, &device, config.seed, on_event)?;
    if let Some(path) = initial {
        let start = Trained::read(path, base)?;
        start.must_lie_on_the_model(path)?;
        start.must_fit_the_bases_of(plan, &base.manifest, path)?;
        let unused = adapter::install(&mut adapted, &start.slots, &device, path)?;
        if let Some(name) = unused.first() {
            let message =
                format!("it holds `{name}`, which this strategy does not train; choose the same target modules");
            return Err(Error::weights(path, message));
        }
    }
    Ok((Trainer::new(base.architecture.as_ref(), adapted, plan, dataset, options, device)?, memory))
}

/// The estimate is no bound, so it stops nothing.
pub(crate) fn warn_if_large(memory: &Memory<'_>, device: DeviceChoice, on_event: &mut dyn FnMut(Event)) {
    let needed = memory.estimate.total;
    if let Some(available) = memory.available.filter(|&available| needed > available) {
        let (needed, available) = (memory::gibibytes(needed), memory::gibibytes(available));
        let message = format!(
            "an update will need about {needed} of memory, and `{device}` has {available}: {}",
            memory.remedy()
        );
        on_event(Event::Warning { message });
    }
}

fn provenance(prepared: &Prepared, dataset: &Dataset, on_event: &mut dyn FnMut(Event)) -> Result<Provenance, Error> {
    let base = &prepared.base;
    let configuration = serde_json::to_value(&prepared.record);
    Ok(Provenance {
        configuration: configuration.map_err(|e| Error::setting(CONFIGURATION, e.to_string()))?,
        base: BaseRecord { path: base.record.clone(), blake3: base.hash(on_event) },
        task: base.task.clone(),
        strategies: prepared.chain.records(),
        data: dataset.fingerprint().to_owned(),
    })
}

/// A run that is ready to train, new or resumed.
struct Work<'a> {
    prepared: &'a Prepared,
    about: About,
    trainer: Trainer<'a>,
    controllers: Controllers,
    memory: Memory<'a>,
    run: &'a RunDir,
    metrics: AppendLog,
    from: &'a Provenance,
    /// The step of the checkpoint that it goes on from.
    whole: Option<u64>,
    started: Instant,
    control: &'a Control,
}

/// What goes wrong is told in the run's folder too, for whoever looks at it later.
fn train(work: Work<'_>, on_event: &mut dyn FnMut(Event)) -> Result<RunReport, Error> {
    let run = work.run;
    run.remove(FAILURE)?;
    let trained = train_to_the_end(work, on_event);
    if let Err(error) = &trained {
        // What went wrong first is what a person has to know.
        let _ = run.write_json(FAILURE, &Failed { error: error.to_string() });
    }
    trained
}

fn train_to_the_end(work: Work<'_>, on_event: &mut dyn FnMut(Event)) -> Result<RunReport, Error> {
    let Work { prepared, about, mut trainer, controllers, memory, run, metrics, from, whole, started, control } = work;
    run.write_json("plan.json", &prepared.plan.to_raw())?;
    run.write_json(ABOUT, &about)?;
    on_event(Event::Begun {
        out: run.path().to_owned(),
        strategy: prepared.chain.name(),
        step: trainer.step(),
        device: prepared.config.device.to_string(),
        estimated_memory: memory.estimate.total,
        device_memory: memory.available,
    });
    let device = prepared.config.device.open()?;
    let sampler = Sampler { prepared, device: &device };
    let events = Events::begin(run, on_event)?;
    let mut recorder = Recorder { run, metrics, events, prepared, from, controllers, control, whole, on_event };
    if trainer.step() == 0 {
        recorder.sample(&sampler, &trainer)?;
    }
    let outcome = trainer.run(&mut recorder).map_err(|error| match error {
        TrainError::OutOfMemory => memory.exceeded(prepared.config.device),
        other => other.into(),
    })?;
    // One that was interrupted while it did so is still to be tidied.
    recorder.prune();
    let result = if outcome.finished {
        Some(conclude(&sampler, &mut trainer, &outcome, &mut recorder)?)
    } else {
        recorder.save(trainer.snapshot())?;
        None
    };
    let result = result.map(|path| (path, trainer.step()));
    let report = report(&sampler, &outcome, started, run, result, memory.recompute);
    run.write_json(SUMMARY, &report)?;
    leave_documents(run, recorder.on_event)?;
    Ok(report)
}

/// What lies in the folder of a run that has ended well, besides its numbers and its result.
fn leave_documents(run: &RunDir, on_event: &mut dyn FnMut(Event)) -> Result<(), Error> {
    // An error can come after the numbers that say that there was none.
    run.remove(FAILURE)?;
    if let Err(error) = write_page(run) {
        // What it would show is there.
        on_event(Event::Warning { message: format!("the run has no new page: {error}") });
    }
    Ok(())
}

pub(crate) fn tokenise(
    prepared: &Prepared,
    control: &Control,
    on_event: &mut dyn FnMut(Event),
) -> Result<Dataset, Error> {
    let config = &prepared.config;
    let options = config.data_options(&prepared.base)?;
    let tokenizer = prepared.base.tokenizer()?;
    let mut pace = Pace::new("reading the data", Unit::Tokens, None, on_event);
    let dataset = Dataset::load_watched(&config.data.files, tokenizer, &options, &mut |tokens| {
        pace.at(tokens);
        !control.stopped()
    });
    let dataset = match dataset {
        Err(DataError::Stopped) => return Err(Error::Stopped),
        other => other?,
    };
    on_event(Event::Data(dataset.stats().clone()));
    let longest = prepared.base.architecture.dimensions().max_positions;
    let max_length = options.max_length;
    if max_length as u64 > longest {
        let message = format!("max_length is {max_length}, but the model was made for at most {longest} tokens");
        on_event(Event::Warning { message });
    }
    Ok(dataset)
}
