//! A whole training run.

use std::path::{Path, PathBuf};
use std::time::Instant;

use graftwork_data::Dataset;
use graftwork_store::{Overwrite, RunDir, WriteOptions};
use graftwork_train::{Outcome, TrainError, TrainOptions, Trainer};
use serde::Serialize;

use crate::adapter::{self, BaseRecord, Trained, to_slots};
use crate::estimate::Memory;
use crate::form::Form;
use crate::host::Prepared;
use crate::recorder::{Recorder, Sampler};
use crate::save::{self, Provenance};
use crate::steering::Controllers;
use crate::{Control, DeviceChoice, Error, Event, Host, RunConfig, memory};

/// A number at the start and at the end of a run.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct FirstLast {
    /// At the start; none where there was nothing to measure.
    pub first: Option<f64>,
    /// At the end.
    pub last: Option<f64>,
}

/// What a run came to.
#[derive(Clone, Debug, Serialize)]
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
    /// Loss of the first update, and the mean over the last ten.
    pub train_loss: FirstLast,
    /// Evaluation loss before and after.
    pub eval_loss: FirstLast,
    /// Tokens per second of training.
    pub tokens_per_second: f64,
    /// Seconds of the whole run, loading and saving included.
    pub seconds: f64,
    /// Whether blocks were computed again in the backward pass.
    pub recompute: bool,
    /// The most memory that the process has held, where the system says.
    pub peak_memory_bytes: Option<u64>,
    /// The run's folder.
    pub out: PathBuf,
    /// The trained adapter or model in it; none where the run was stopped.
    pub result: Option<PathBuf>,
}

impl Host {
    /// Trains.
    ///
    /// A run that `control` stops ends after its current update with a checkpoint, from which [`Host::resume`] goes on.
    ///
    /// # Errors
    /// Anything about the configuration, the plugins, the model, the data, the disk; or a loss that is not finite.
    pub fn run(
        &self,
        config: &RunConfig,
        control: &Control,
        on_event: &mut dyn FnMut(Event),
    ) -> Result<RunReport, Error> {
        let started = Instant::now();
        let prepared = self.prepare(config, control, on_event)?;
        let path = match &prepared.config.out {
            Some(path) => path.clone(),
            None => next_free(Path::new("runs"), &prepared.chain.name()),
        };
        let dataset = tokenise(&prepared, on_event)?;
        // The folder comes last: whatever is wrong before leaves nothing behind.
        let (trainer, memory) = trainer(&prepared, &dataset, on_event)?;
        let overwrite = if prepared.config.overwrite { Overwrite::Replace } else { Overwrite::Never };
        let run = RunDir::create(&path, overwrite)?;
        let written = RunConfig { out: Some(path.clone()), ..prepared.record.clone() };
        run.write_text("run.toml", &written.to_toml()?)?;
        run.write_json("plan.json", &prepared.plan.to_raw())?;
        let from = provenance(&prepared, &dataset);
        let controllers = prepared.controllers();
        let work = Work { prepared: &prepared, trainer, controllers, memory, run: &run, from: &from, started, control };
        train(work, on_event)
    }

    /// Goes on with a run that was stopped, from its newest checkpoint.
    ///
    /// # Errors
    /// There is none, or the base, the strategies or the data are no longer those of the run.
    pub fn resume(&self, out: &Path, control: &Control, on_event: &mut dyn FnMut(Event)) -> Result<RunReport, Error> {
        let started = Instant::now();
        let run = RunDir::open(out)?;
        let config = RunConfig { out: Some(out.to_owned()), ..RunConfig::from_file(&out.join("run.toml"))? };
        let prepared = self.prepare(&config, control, on_event)?;
        let dataset = tokenise(&prepared, on_event)?;
        let from = provenance(&prepared, &dataset);
        let mut controllers = prepared.controllers();
        let device = prepared.config.device.open()?;
        let snapshot = save::resume(run.path(), &prepared.plan, &from, &mut controllers, &device)?;
        let (mut trainer, memory) = trainer(&prepared, &dataset, on_event)?;
        trainer.restore(snapshot)?;
        let work = Work { prepared: &prepared, trainer, controllers, memory, run: &run, from: &from, started, control };
        train(work, on_event)
    }
}

/// The model under its plan, before its first update.
fn trainer<'a>(
    prepared: &'a Prepared,
    dataset: &'a Dataset,
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
    on_event(Event::Working { what: "loading the model" });
    let mut adapted = base.adapt(plan, &device, config.seed)?;
    if let Some(path) = &config.adapter {
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

fn provenance(prepared: &Prepared, dataset: &Dataset) -> Provenance {
    let base = &prepared.base;
    Provenance {
        base: BaseRecord { path: base.record.clone(), blake3: base.dir.hash() },
        task: base.task.clone(),
        strategies: prepared.chain.records(),
        data: dataset.fingerprint().to_owned(),
    }
}

/// A run that is ready to train, new or resumed.
struct Work<'a> {
    prepared: &'a Prepared,
    trainer: Trainer<'a>,
    controllers: Controllers,
    memory: Memory<'a>,
    run: &'a RunDir,
    from: &'a Provenance,
    started: Instant,
    control: &'a Control,
}

fn train(work: Work<'_>, on_event: &mut dyn FnMut(Event)) -> Result<RunReport, Error> {
    let Work { prepared, mut trainer, controllers, memory, run, from, started, control } = work;
    let device = prepared.config.device.open()?;
    let sampler = Sampler { prepared, device: &device };
    sampler.sample(&trainer, on_event)?;
    let mut recorder = Recorder { run, metrics: run.metrics()?, prepared, from, controllers, control, on_event };
    let outcome = trainer.run(&mut recorder).map_err(|error| match error {
        TrainError::OutOfMemory => memory.exceeded(prepared.config.device),
        other => other.into(),
    })?;
    let result = if outcome.finished {
        sampler.sample(&trainer, recorder.on_event)?;
        Some(save_result(prepared, run, &trainer, from, recorder.on_event)?)
    } else {
        recorder.save(trainer.snapshot())?;
        None
    };
    let report = report(prepared, &outcome, started, run, result, memory.recompute);
    run.write_json("summary.json", &report)?;
    Ok(report)
}

pub(crate) fn tokenise(prepared: &Prepared, on_event: &mut dyn FnMut(Event)) -> Result<Dataset, Error> {
    on_event(Event::Working { what: "reading the data" });
    let config = &prepared.config;
    let options = config.data_options(&prepared.base)?;
    let dataset = Dataset::load(&config.data.files, prepared.base.tokenizer()?, &options)?;
    on_event(Event::Data(dataset.stats().clone()));
    let longest = prepared.base.architecture.dimensions().max_positions;
    let max_length = options.max_length;
    if max_length as u64 > longest {
        let message = format!("max_length is {max_length}, but the model was made for at most {longest} tokens");
        on_event(Event::Warning { message });
    }
    Ok(dataset)
}

fn save_result(
    prepared: &Prepared,
    run: &RunDir,
    trainer: &Trainer<'_>,
    from: &Provenance,
    on_event: &mut dyn FnMut(Event),
) -> Result<PathBuf, Error> {
    let Prepared { base, plan, .. } = prepared;
    on_event(Event::Working { what: "saving" });
    // Where adapters were folded into the base, what is left of them fits no other.
    // A method that PEFT keeps as an adapter, such as norms alone, is one here too.
    let whole = plan.is_full() && Form::of(plan, &base.manifest).is_none();
    let (what, path) = if whole || trainer.model().restarts() > 0 {
        let path = run.path().join("model");
        let options = WriteOptions { overwrite: Overwrite::Replace, ..WriteOptions::default() };
        save::model(&path, base, None, options, save::merged(trainer.model()))?;
        ("model", path)
    } else {
        let path = run.path().join("adapter");
        let parts = trainer.snapshot().tensors.into_iter().zip(trainer.model().slots()).filter(|(_, slot)| slot.part);
        let slots = to_slots(parts.map(|(tensor, _)| tensor).collect())?;
        adapter::write(&path, Overwrite::Replace, base, plan, &slots, &from.card(plan))?;
        ("adapter", path)
    };
    on_event(Event::Saved { what, path: path.clone() });
    Ok(path)
}

fn report(
    prepared: &Prepared,
    outcome: &Outcome,
    started: Instant,
    run: &RunDir,
    result: Option<PathBuf>,
    recompute: bool,
) -> RunReport {
    let summary = prepared.plan.summary(&prepared.base.manifest);
    let loss = |e: &Option<graftwork_train::Evaluation>| e.as_ref().map(|e| e.loss);
    RunReport {
        strategy: prepared.chain.name(),
        trainable_parameters: summary.trainable_parameters,
        total_parameters: summary.total_parameters,
        steps: outcome.steps,
        finished: outcome.finished,
        train_loss: FirstLast { first: outcome.first_loss, last: outcome.last_loss },
        eval_loss: FirstLast { first: loss(&outcome.first_eval), last: loss(&outcome.last_eval) },
        tokens_per_second: if outcome.train_seconds > 0.0 {
            outcome.tokens as f64 / outcome.train_seconds
        } else {
            0.0
        },
        seconds: started.elapsed().as_secs_f64(),
        recompute,
        peak_memory_bytes: memory::peak_bytes(),
        out: run.path().to_owned(),
        result,
    }
}

/// `runs/NAME-1`, or the first number after the highest there is.
fn next_free(parent: &Path, name: &str) -> PathBuf {
    let taken = std::fs::read_dir(parent).into_iter().flatten().flatten().filter_map(|entry| {
        let file = entry.file_name().into_string().ok()?;
        file.strip_prefix(name)?.strip_prefix('-')?.parse::<u64>().ok()
    });
    parent.join(format!("{name}-{}", taken.max().unwrap_or(0) + 1))
}
