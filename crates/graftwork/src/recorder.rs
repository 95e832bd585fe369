//! What listens to a run: writes what happens into its folder, passes it on, and asks the controllers.

use burn::tensor::Device;
use graftwork_adapt::{Adapted, Mode};
use graftwork_model::Sampling;
use graftwork_plan::{Action, Report};
use graftwork_store::{AppendLog, CheckpointDir, RunDir};
use graftwork_train::{EvalReport, Observer, Snapshot, SpikeReport, StepReport, Trainer};

use crate::documents::Events;
use crate::host::Prepared;
use crate::retain::Retention;
use crate::save::{self, Provenance};
use crate::steering::{Asked, Controllers};
use crate::{Control, Error, Event};

/// Shows what the model writes.
pub(crate) struct Sampler<'a> {
    pub(crate) prepared: &'a Prepared,
    pub(crate) device: &'a Device,
}

impl Sampler<'_> {
    /// What the model writes now, where the run is to show that.
    fn sample(&self, trainer: &Trainer<'_>) -> Result<Option<Event>, Error> {
        let (Some(prompt), base) = (&self.prepared.config.sample, &self.prepared.base) else { return Ok(None) };
        let tokenizer = base.tokenizer()?;
        let ids = tokenizer.encode(prompt, true)?;
        let stop = tokenizer.stop_ids().to_vec();
        let sampling =
            Sampling { max_tokens: 40, temperature: 0.7, top_p: 0.95, stop, seed: self.prepared.config.seed };
        let session = trainer.model().session(&Mode::Evaluation);
        let architecture = base.architecture.as_ref();
        let new = graftwork_model::generate(architecture, &session, &ids, &sampling, self.device, |_| true);
        let text = tokenizer.decode(&new, true)?;
        Ok(Some(Event::Sample { step: trainer.step(), prompt: prompt.clone(), text }))
    }
}

/// Writes what happens into the run's folder and passes it on.
pub(crate) struct Recorder<'a, 'b> {
    pub(crate) run: &'a RunDir,
    pub(crate) metrics: AppendLog,
    pub(crate) events: Events,
    pub(crate) prepared: &'a Prepared,
    pub(crate) from: &'a Provenance,
    pub(crate) controllers: Controllers,
    pub(crate) control: &'a Control,
    /// The newest checkpoint that is known to be whole: the one that the run went on from, or that this process wrote.
    pub(crate) whole: Option<u64>,
    pub(crate) on_event: &'b mut dyn FnMut(Event),
}

impl Recorder<'_, '_> {
    /// Writes down what happened and passes it on.
    fn tell(&mut self, event: Event) -> Result<(), Error> {
        self.metrics.append(&event)?;
        self.events.add(&event)?;
        (self.on_event)(event);
        Ok(())
    }

    /// Tells what the model writes now.
    pub(crate) fn sample(&mut self, sampler: &Sampler<'_>, trainer: &Trainer<'_>) -> Result<(), Error> {
        sampler.sample(trainer)?.map_or(Ok(()), |event| self.tell(event))
    }

    /// Writes a checkpoint.
    pub(crate) fn save(&mut self, snapshot: Snapshot) -> Result<(), Error> {
        let step = snapshot.step;
        (self.on_event)(Event::Working { what: "writing a checkpoint" });
        let states = self.controllers.states();
        let bytes = self.metrics.bytes()?;
        // What a checkpoint says of them has to be there when it is.
        self.metrics.sync()?;
        let path = save::checkpoint(self.run, &self.prepared.plan, self.from, snapshot, &states, bytes)?;
        (self.on_event)(Event::Checkpoint { step, path });
        self.whole = Some(step);
        self.prune();
        Ok(())
    }

    /// Removes the checkpoints that the run need not keep.
    pub(crate) fn prune(&mut self) {
        let Some(whole) = self.whole else { return };
        if let Err(error) = Retention::of(&self.prepared.config.train).prune(self.run, whole) {
            // One too many harms nobody.
            (self.on_event)(Event::Warning { message: error.to_string() });
        }
    }

    /// What the controllers want; their decisions go where updates go. The error says what there is to go on from.
    fn ask(&mut self, model: &Adapted, asked: &Asked<'_>) -> Result<Vec<Action>, Failure> {
        let mut decided = Vec::new();
        let actions = self.controllers.ask(model, asked, &mut |event| decided.push(event));
        for event in decided {
            self.tell(event)?;
        }
        Ok(actions.map_err(|error| self.with_remedy(error))?)
    }

    fn with_remedy(&self, error: Error) -> Error {
        // Before the first update nothing is lost.
        let Error::Controller { step: step @ 1.., message } = error else { return error };
        let remedy = match self.whole.map(|step| CheckpointDir::path_of(self.run.path(), step)) {
            Some(path) => format!("{} is whole: mend the plugin, then `host resume --allow plugin`", path.display()),
            None => "there is no checkpoint yet; `--checkpoint-every` writes some".to_owned(),
        };
        Error::Controller { step, message: format!("{message}; {remedy}") }
    }
}

type Failure = Box<dyn std::error::Error + Send + Sync>;

impl Observer for Recorder<'_, '_> {
    fn step(&mut self, report: &StepReport) -> Result<(), Failure> {
        Ok(self.tell(Event::Step(report.clone()))?)
    }

    fn spike(&mut self, report: &SpikeReport) -> Result<(), Failure> {
        Ok(self.tell(Event::Spike(report.clone()))?)
    }

    fn evaluating(&mut self, batches: usize) {
        (self.on_event)(Event::Evaluating { batches });
    }

    fn evaluated_batch(&mut self) {
        (self.on_event)(Event::EvaluatedBatch);
    }

    fn evaluation(&mut self, report: &EvalReport) -> Result<(), Failure> {
        Ok(self.tell(Event::Evaluation(report.clone()))?)
    }

    fn begin(&mut self, model: &Adapted, total_steps: u64) -> Result<Vec<Action>, Failure> {
        self.ask(model, &Asked::Start { total_steps })
    }

    fn decide(&mut self, model: &Adapted, report: &Report) -> Result<Vec<Action>, Failure> {
        self.ask(model, &Asked::Step(report))
    }

    fn checkpoint(&mut self, snapshot: Snapshot) -> Result<(), Failure> {
        Ok(self.save(snapshot)?)
    }

    fn should_stop(&self) -> bool {
        self.control.stopped()
    }
}
