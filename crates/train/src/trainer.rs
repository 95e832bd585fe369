//! The loop.

use std::time::Instant;

use burn::tensor::{Device, Tensor};
use graftwork_adapt::{Adapted, Mode};
use graftwork_data::{Batch, Dataset, Epoch};
use graftwork_kernels::loss::chunk;
use graftwork_kernels::memory::make_pages;
use graftwork_kernels::random::Key;
use graftwork_model::Architecture;
use graftwork_plan::{Action, Plan, Report};

use crate::diagnosis::{Failed, Quantity};
use crate::error::read;
use crate::pass::{self, Pass, Sums};
use crate::report::{EvalReport, Observer, Outcome, StepReport};
use crate::snapshot::{NamedTensor, Snapshot, Steering};
use crate::steer::{self, Wanted};
use crate::{Evaluation, Optimizer, Progress, SpikeReport, Spikes, TrainError, TrainOptions, evaluate};

/// A run: a model under a plan, the data, and how far it has come.
pub struct Trainer<'a> {
    architecture: &'a dyn Architecture,
    model: Adapted,
    dataset: &'a Dataset,
    options: TrainOptions,
    device: Device,
    optimizer: Optimizer,
    spikes: Spikes,
    step: u64,
    /// Whether controllers were asked before the first update, and whether one has ended the run.
    begun: bool,
    stopped: bool,
    progress: Progress,
}

/// What the passes of one update came to.
struct Gradients {
    sums: Vec<Tensor<2>>,
    /// Of each pass, summed over its targets.
    losses: Vec<Tensor<1>>,
    /// What adapters add to the loss.
    penalty: Option<Tensor<1>>,
    tokens: u64,
    targets: u64,
}

impl<'a> Trainer<'a> {
    /// A run before its first update.
    ///
    /// # Errors
    /// An option makes no sense, or there is no data.
    pub fn new(
        architecture: &'a dyn Architecture,
        model: Adapted,
        plan: &Plan,
        dataset: &'a Dataset,
        options: TrainOptions,
        device: Device,
    ) -> Result<Self, TrainError> {
        options.validate()?;
        if dataset.train_rows().is_empty() {
            return Err(TrainError::NoData);
        }
        if dataset.eval_rows().is_empty() && (options.checkpoint_best || options.early_stopping.is_some()) {
            return Err(TrainError::NoEvaluation);
        }
        let optimizer = Optimizer::new(&model, plan.groups(), &options);
        let tokens = options.batch_size.get() * dataset.stats().train.longest;
        let vocabulary = architecture.dimensions().vocabulary as usize;
        // Two bytes for each logit on a GPU, four for each value of a gradient: the largest tensors of a step.
        let logits = chunk(tokens, vocabulary, &device) * vocabulary / 2;
        let gradients = optimizer.slots().iter().map(|&slot| model.tensor(slot).shape().num_elements());
        make_pages(&device, gradients.chain([logits]).max().unwrap_or(0));
        let (step, begun, stopped, progress) = (0, false, false, Progress::default());
        let spikes = Spikes::default();
        Ok(Self { architecture, model, dataset, options, device, optimizer, step, begun, stopped, progress, spikes })
    }

    /// The model as it is now.
    #[must_use]
    pub fn model(&self) -> &Adapted {
        &self.model
    }

    /// Updates done.
    #[must_use]
    pub fn step(&self) -> u64 {
        self.step
    }

    fn steps_per_epoch(&self) -> u64 {
        let batches = self.dataset.rows_per_epoch().div_ceil(self.options.batch_size.get());
        batches.div_ceil(self.options.gradient_accumulation.get()) as u64
    }

    /// Everything needed to go on from here.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        let slots = self.model.slots().iter().enumerate();
        let tensors = slots.map(|(index, slot)| NamedTensor {
            name: slot.name.clone(),
            shape: slot.shape.dims().iter().map(|&d| d as usize).collect(),
            tensor: self.model.tensor(index),
        });
        Snapshot {
            step: self.step,
            tensors: tensors.collect(),
            moments: self.optimizer.save(),
            bases: steer::bases(&self.model),
            steering: steer::changed(&self.model, &self.optimizer, self.begun, self.stopped),
            progress: self.progress.clone(),
            spikes: self.spikes.clone(),
        }
    }

    /// Goes on from a snapshot.
    ///
    /// # Errors
    /// It lacks a tensor of the plan, or one has another shape.
    pub fn restore(&mut self, snapshot: Snapshot) -> Result<(), TrainError> {
        let mut tensors = snapshot.tensors;
        for index in 0..self.model.slots().len() {
            let name = self.model.slots()[index].name.clone();
            let value = Snapshot::take(&mut tensors, &name)?;
            if value.dims() != self.model.tensor(index).dims() {
                return Err(TrainError::Snapshot(format!("`{name}` has another shape")));
            }
            self.model.set_tensor(index, value);
        }
        let Steering { frozen, began, rates, rate, restarts, begun, stopped } = snapshot.steering;
        (self.begun, self.stopped, self.progress) = (begun || snapshot.step > 0, stopped, snapshot.progress);
        let bases = snapshot.bases.into_iter().map(|base| (base.name, base.tensor)).collect();
        if let Some(name) = self.model.restore_bases(restarts, bases) {
            return Err(TrainError::Snapshot(format!("no adapter has a weight `{name}` of that shape under it")));
        }
        self.model.restore_frozen(&frozen);
        self.optimizer.follow(&self.model, snapshot.step);
        self.optimizer.load(snapshot.moments, &began, (rates, rate))?;
        // What the snapshot took the place of.
        self.device.memory_cleanup();
        self.spikes = snapshot.spikes;
        self.step = snapshot.step;
        Ok(())
    }

    /// Trains to the end, or until the observer stops it; then what was asked for has been saved by the observer.
    ///
    /// # Errors
    /// A loss or gradient is not finite, the data cannot be read back, or the observer cannot save.
    pub fn run(&mut self, observer: &mut dyn Observer) -> Result<Outcome, TrainError> {
        let per_epoch = self.steps_per_epoch();
        let (total, warmup) = self.options.lengths(per_epoch);
        if self.step == 0 && self.progress.first_eval.is_none() {
            self.evaluate(observer)?;
        }
        if !self.begun && !observer.should_stop() {
            let actions = observer.begin(&self.model, total).map_err(TrainError::Observer)?;
            self.begun = true;
            if self.carry_out(actions)?.checkpoint {
                observer.checkpoint(self.snapshot()).map_err(TrainError::Observer)?;
            }
        }
        if let Some(report) = self.progress.pending.take() {
            self.conclude(report, total, observer)?;
        }
        if self.progress.owed {
            // The checkpoint that was left of this update gets what comes of it.
            self.measure_the_end(true, observer)?;
        }
        let mut epoch: Option<(u64, Epoch<'_>)> = None;
        let dataset = self.dataset;
        while self.step < total && !self.stopped && !observer.should_stop() {
            let number = self.step / per_epoch;
            if epoch.as_ref().is_none_or(|(n, _)| *n != number) {
                epoch = Some((number, dataset.epoch(number)));
            }
            let Some((_, rows)) = &epoch else { break };
            let (report, spikes) = self.update(rows, number, self.step % per_epoch, per_epoch, total, warmup)?;
            self.progress.updated(&report);
            observer.step(&report).map_err(TrainError::Observer)?;
            for spike in spikes {
                observer.spike(&spike).map_err(TrainError::Observer)?;
            }
            self.conclude(report, total, observer)?;
        }
        Ok(Outcome {
            steps: self.step,
            finished: (self.step >= total || self.stopped) && self.progress.pending.is_none() && !self.progress.owed,
            stopped_early: self.step < total && self.stops_early(),
            progress: self.progress.clone(),
        })
    }

    /// Whether the evaluation loss has not fallen for as long as the run was to wait.
    fn stops_early(&self) -> bool {
        self.options.early_stopping.is_some_and(|patience| self.progress.evals_since_best >= patience)
    }

    /// What comes after an update: an evaluation where one is due, what the controllers want, a checkpoint. A stop during the
    /// evaluation leaves all of it to the process that goes on.
    fn conclude(&mut self, report: StepReport, total: u64, observer: &mut dyn Observer) -> Result<(), TrainError> {
        let due = |every: Option<u64>| every.is_some_and(|n| self.step.is_multiple_of(n));
        let (eval_due, checkpoint_due) = (due(self.options.eval_every), due(self.options.checkpoint_every));
        let mut evaluated = None;
        if self.step == total || eval_due {
            evaluated = self.evaluate(observer)?;
            if evaluated.is_none() && self.cut_short(observer) {
                self.progress.pending = Some(report);
                return Ok(());
            }
        }
        let wanted = self.decide(&report, evaluated.as_ref(), observer)?;
        let checkpoint = checkpoint_due || wanted.checkpoint;
        match wanted.stop && evaluated.is_none() {
            true => self.measure_the_end(checkpoint, observer),
            false => self.keep(checkpoint, evaluated.is_some(), observer),
        }
    }

    /// The evaluation of a run that a controller has ended, which is left to the process that goes on where a stop cuts it short.
    fn measure_the_end(&mut self, checkpoint: bool, observer: &mut dyn Observer) -> Result<(), TrainError> {
        let evaluated = self.evaluate(observer)?.is_some();
        self.progress.owed = !evaluated && self.cut_short(observer);
        if self.progress.owed { Ok(()) } else { self.keep(checkpoint, evaluated, observer) }
    }

    /// Whether an evaluation that came to nothing did so since the run is to stop.
    fn cut_short(&self, observer: &dyn Observer) -> bool {
        observer.should_stop() && !self.dataset.eval_rows().is_empty()
    }

    /// A checkpoint, where one is wanted or an evaluation was the best; and what early stopping makes of that.
    fn keep(&mut self, checkpoint: bool, evaluated: bool, observer: &mut dyn Observer) -> Result<(), TrainError> {
        self.stopped |= self.stops_early();
        let best = self.options.checkpoint_best && evaluated && self.progress.is_best(self.step);
        if checkpoint || best {
            observer.checkpoint(self.snapshot()).map_err(TrainError::Observer)?;
        }
        Ok(())
    }

    fn decide(
        &mut self,
        update: &StepReport,
        evaluated: Option<&Evaluation>,
        observer: &mut dyn Observer,
    ) -> Result<Wanted, TrainError> {
        let StepReport { step, total_steps, epoch, loss, grad_norm, .. } = *update;
        let report = Report { step, total_steps, epoch, loss, eval_loss: evaluated.map(|e| e.loss), grad_norm };
        let actions = observer.decide(&self.model, &report).map_err(TrainError::Observer)?;
        self.carry_out(actions)
    }

    fn carry_out(&mut self, actions: Vec<Action>) -> Result<Wanted, TrainError> {
        let wanted = steer::carry_out(&mut self.model, &mut self.optimizer, self.step, actions)?;
        self.stopped |= wanted.stop;
        Ok(wanted)
    }

    /// Mean loss over the evaluation rows; none where there are none, or the observer stops the run.
    fn evaluate(&mut self, observer: &mut dyn Observer) -> Result<Option<Evaluation>, TrainError> {
        let rows = self.dataset.eval_rows().len();
        if rows == 0 || observer.should_stop() {
            return Ok(None);
        }
        observer.evaluating(rows.div_ceil(self.options.batch_size.get()));
        let session = self.model.session(&Mode::Evaluation);
        let batches = self.dataset.eval_rows().batches(self.options.batch_size);
        let evaluation = evaluate(self.architecture, &session, batches, &self.device, || {
            observer.evaluated_batch();
            !observer.should_stop()
        })?;
        if let Some(evaluation) = &evaluation {
            self.progress.evaluated(self.step, evaluation.loss);
            let report = EvalReport { step: self.step, evaluation: evaluation.clone() };
            observer.evaluation(&report).map_err(TrainError::Observer)?;
        }
        Ok(evaluation)
    }

    /// One update: the passes of step `within` of an epoch, the clip, the optimizer. Gives what stands out of it, too.
    fn update(
        &mut self,
        epoch: &Epoch<'_>,
        number: u64,
        within: u64,
        per_epoch: u64,
        total: u64,
        warmup: u64,
    ) -> Result<(StepReport, Vec<SpikeReport>), TrainError> {
        let start = Instant::now();
        let accumulation = self.options.gradient_accumulation.get();
        let first = within as usize * accumulation;
        let batches = (first..first + accumulation)
            .map_while(|i| epoch.batch(i, self.options.batch_size).transpose())
            .collect::<Result<Vec<_>, _>>()?;
        let passes = self.gradients(&batches);
        let step = self.step + 1;
        let learning_rate = self.options.learning_rate * self.options.schedule.factor(self.step, warmup, total);
        // Reading a number waits for the device: only after everything has been asked of it, the update included, which does nothing
        // where the loss or the norm is not finite.
        let norm = Optimizer::norm(&passes.sums);
        let mut kept = None;
        if let Some(norm) = norm.clone() {
            let dtype = norm.dtype();
            let numbers = passes.losses.iter().chain(&passes.penalty);
            let guarded = numbers.fold(norm, |norm, loss| norm + loss.clone().mul_scalar(0.0).cast(dtype));
            kept = Adapted::keeps_tensors(self.model.plan()).then(|| self.optimizer.clipped(&passes.sums, &guarded));
            self.optimizer.update(&mut self.model, passes.sums, guarded, step, learning_rate);
        }
        let losses = passes.losses.into_iter().map(read).sum::<Result<f64, _>>()?;
        let loss = losses / passes.targets.max(1) as f64 + passes.penalty.map_or(Ok(0.0), read)?;
        let norm = norm.map_or(Ok(0.0), read)?;
        for (what, value) in [(Quantity::Loss, loss), (Quantity::GradientNorm, norm)] {
            if !value.is_finite() {
                return Err(self.not_finite(what, value, &batches));
            }
        }
        if let Some(gradients) = kept {
            let place = |slot: usize| self.optimizer.slots().binary_search(&slot).ok();
            self.model.update_kept(|slot| Some(gradients[place(slot)?].clone()));
        }
        let spikes = self.spikes.observe(step, loss, norm, &batches);
        self.step = step;
        let seconds = start.elapsed().as_secs_f64();
        let report = StepReport {
            step,
            total_steps: total,
            epoch: number as f64 + (within + 1) as f64 / per_epoch as f64,
            loss,
            grad_norm: norm,
            learning_rate,
            tokens: passes.tokens,
            target_tokens: passes.targets,
            seconds,
            tokens_per_second: passes.tokens as f64 / seconds,
        };
        Ok((report, spikes))
    }

    /// The step goes no further: says what of it is not finite, and why.
    fn not_finite(&self, what: Quantity, value: f64, batches: &[Batch]) -> TrainError {
        let failed = Failed {
            architecture: self.architecture,
            model: &self.model,
            device: &self.device,
            batches,
            slots: self.optimizer.slots(),
            gradients: &|batches| self.gradients(batches).sums,
        };
        TrainError::NotFinite { step: self.step + 1, what, value, cause: Box::new(failed.cause(what)) }
    }

    /// Gradient of the mean loss over all target tokens of the batches.
    fn gradients(&self, batches: &[Batch]) -> Gradients {
        let targets: usize = batches.iter().map(Batch::target_tokens).sum();
        let slots = self.optimizer.slots();
        let (mut sums, mut losses) = (Sums::new(slots), Vec::with_capacity(batches.len()));
        for (pass, batch) in batches.iter().enumerate().filter(|(_, batch)| batch.target_tokens() > 0) {
            let key = Key::new(self.options.seed).child("dropout").number(self.step).number(pass as u64);
            let session = self.model.session(&Mode::Training { key });
            let pass = Pass {
                architecture: self.architecture,
                session: &session,
                device: &self.device,
                scale: 1.0 / targets as f64,
            };
            losses.push(match self.options.recompute {
                true => pass.recomputed(batch, &mut sums),
                false => pass.whole(batch, &mut sums),
            });
        }
        let key = Key::new(self.options.seed).child("penalty");
        let penalty = pass::penalty(&self.model.session(&Mode::Training { key }), &mut sums);
        let zeros = |slot: usize| self.model.tensor(slot).zeros_like();
        Gradients {
            sums: sums.finish().into_iter().zip(slots).map(|(sum, &slot)| sum.unwrap_or_else(|| zeros(slot))).collect(),
            losses,
            penalty,
            tokens: batches.iter().map(|b| b.tokens() as u64).sum(),
            targets: targets as u64,
        }
    }
}
