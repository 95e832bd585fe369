//! The numbers of a run, as Prometheus names them.

use std::fmt;
use std::time::Instant;

use graftwork::{Event, ProcessMemory, StepReport, Watched};
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric};
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::ConstGauge;
use prometheus_client::metrics::info::Info;

/// Made from a run's events, and from nothing else.
#[derive(Clone, Debug, Default)]
pub(super) struct Numbers {
    model: String,
    /// Folder and strategies.
    run: Option<(String, String)>,
    update: Option<(StepReport, Instant)>,
    updates: u64,
    tokens: u64,
    eval_loss: Option<f64>,
    loss_spikes: u64,
    norm_spikes: u64,
    checkpoint: Option<u64>,
    estimated_memory: Option<u64>,
    finished: bool,
}

impl Numbers {
    pub(super) fn apply(&mut self, event: &Event) {
        match event {
            Event::Model { path, .. } => self.model = path.display().to_string(),
            Event::Begun { out, strategy, estimated_memory, .. } => {
                self.run = Some((out.display().to_string(), strategy.clone()));
                self.estimated_memory = Some(*estimated_memory);
            }
            Event::Step(update) => {
                self.updates += 1;
                self.tokens += update.tokens;
                self.update = Some((update.clone(), Instant::now()));
            }
            Event::Evaluation(report) => self.eval_loss = Some(report.evaluation.loss),
            Event::Spike(report) => match report.what {
                Watched::Loss => self.loss_spikes += 1,
                Watched::GradNorm => self.norm_spikes += 1,
            },
            Event::Checkpoint { step, .. } => self.checkpoint = Some(*step),
            Event::Saved { .. } => self.finished = true,
            _ => {}
        }
    }

    /// What there is no value of yet is left out.
    pub(super) fn encode(&self, encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let mut page = Page(encoder);
        if let Some((run, strategy)) = &self.run {
            let labels = [("run", run), ("strategy", strategy), ("model", &self.model)].map(|(k, v)| (k, v.clone()));
            page.put("graftwork_run", "The run that the other numbers are of.", &Info::new(labels.to_vec()))?;
        }
        if let Some((update, at)) = &self.update {
            page.gauge("graftwork_step", "Updates done, those before a resume included.", update.step)?;
            page.gauge("graftwork_planned_steps", "Updates of the whole run.", update.total_steps)?;
            page.gauge("graftwork_epoch", "Passes over the data.", update.epoch)?;
            page.gauge("graftwork_loss", "Training loss of the newest update, in nats.", update.loss)?;
            page.gauge("graftwork_learning_rate", "Learning rate of the newest update.", update.learning_rate)?;
            page.gauge(
                "graftwork_grad_norm",
                "Gradient norm of the newest update, before it was cut.",
                update.grad_norm,
            )?;
            let speed = update.tokens_per_second;
            page.gauge("graftwork_tokens_per_second", "Tokens per second over the newest update.", speed)?;
            let age = at.elapsed().as_secs_f64();
            page.gauge("graftwork_last_step_age_seconds", "Seconds since the newest update was done.", age)?;
        }
        page.counter("graftwork_steps", "Updates that this process has done.", self.updates)?;
        page.counter("graftwork_tokens", "Tokens that this process has trained on.", self.tokens)?;
        page.counter("graftwork_loss_spikes", "Updates whose loss stood far above those before.", self.loss_spikes)?;
        let help = "Updates whose gradient norm stood far above those before.";
        page.counter("graftwork_grad_norm_spikes", help, self.norm_spikes)?;
        page.maybe("graftwork_eval_loss", "Loss of the newest evaluation, in nats.", self.eval_loss)?;
        page.maybe("graftwork_checkpoint_step", "Updates done before the newest checkpoint.", self.checkpoint)?;
        let memory = ProcessMemory::read();
        page.maybe("process_resident_memory_bytes", "Memory that the process holds.", memory.now)?;
        page.maybe("graftwork_peak_memory_bytes", "The most memory that the process has held.", memory.peak)?;
        let help = "Memory that an update was estimated to take.";
        page.maybe("graftwork_estimated_memory_bytes", help, self.estimated_memory)?;
        page.gauge("graftwork_finished", "1 when the result is saved, else 0.", u64::from(self.finished))
    }
}

/// A page that is being written.
struct Page<'a>(DescriptorEncoder<'a>);

impl Page<'_> {
    fn put(&mut self, name: &str, help: &str, metric: &impl EncodeMetric) -> fmt::Result {
        metric.encode(self.0.encode_descriptor(name, help, None, metric.metric_type())?)
    }

    fn gauge<N>(&mut self, name: &str, help: &str, value: N) -> fmt::Result
    where
        ConstGauge<N>: EncodeMetric,
    {
        self.put(name, help, &ConstGauge::new(value))
    }

    fn maybe<N>(&mut self, name: &str, help: &str, value: Option<N>) -> fmt::Result
    where
        ConstGauge<N>: EncodeMetric,
    {
        value.map_or(Ok(()), |value| self.gauge(name, help, value))
    }

    /// The format adds `_total` to the name.
    fn counter(&mut self, name: &str, help: &str, value: u64) -> fmt::Result {
        self.put(name, help, &ConstCounter::new(value))
    }
}
