//! What the dashboard knows of a run: made from its events and the time of each, and from nothing else.

use std::path::PathBuf;
use std::time::Duration;

use graftwork::{DataStats, EvalReport, Event, StepReport, Summary};

use super::log::{Entry, Kind, Log};
use super::series::Series;
use crate::text::{bytes, measured, one_line, share, spike};

/// All that is shown.
#[derive(Clone, Debug, Default)]
pub(super) struct State {
    /// What goes on beside updates.
    pub(super) doing: Option<String>,
    pub(super) model: Option<Model>,
    pub(super) plan: Option<Summary>,
    pub(super) data: Option<DataStats>,
    pub(super) run: Option<Run>,
    /// The newest update.
    pub(super) update: Option<StepReport>,
    /// The newest evaluation, and the one with the lowest loss.
    pub(super) evaluation: Option<EvalReport>,
    pub(super) best: Option<EvalReport>,
    pub(super) loss: Series,
    pub(super) smooth: Series,
    pub(super) eval: Series,
    pub(super) rate: Series,
    pub(super) norm: Series,
    pub(super) speed: Series,
    pub(super) pace: Pace,
    pub(super) log: Log,
    /// Smoothed loss after the newest update.
    pub(super) smoothed: Option<f64>,
    /// Batches of the evaluation that goes on: done, and all.
    evaluating: Option<(usize, usize)>,
}

#[derive(Clone, Debug)]
pub(super) struct Model {
    pub(super) path: PathBuf,
    pub(super) architecture: String,
    pub(super) parameters: u64,
}

#[derive(Clone, Debug)]
pub(super) struct Run {
    pub(super) out: PathBuf,
    pub(super) strategy: String,
    pub(super) device: String,
    pub(super) estimated_memory: u64,
    pub(super) device_memory: Option<u64>,
}

/// How fast it goes.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Pace {
    /// The first update's step, and when it was done.
    first: Option<(u64, Duration)>,
    /// When the newest was done.
    last: Duration,
    /// Tokens of all updates, and the seconds that they took.
    pub(super) tokens: u64,
    seconds: f64,
}

impl Pace {
    fn step(&mut self, update: &StepReport, at: Duration) {
        self.first.get_or_insert((update.step, at));
        self.last = at;
        self.tokens += update.tokens;
        self.seconds += update.seconds;
    }

    /// Tokens per second of training, over all updates.
    pub(super) fn mean(&self) -> Option<f64> {
        (self.seconds > 0.0).then(|| self.tokens as f64 / self.seconds)
    }

    /// The time that is left, at the pace so far: with evaluations, checkpoints and whatever else there was between updates.
    pub(super) fn left(&self, update: &StepReport) -> Option<Duration> {
        let (step, at) = self.first?;
        let done = update.step.checked_sub(step).filter(|&done| done > 0)?;
        let remaining = update.total_steps.saturating_sub(update.step);
        Some((self.last.saturating_sub(at)).mul_f64(remaining as f64 / done as f64))
    }
}

impl State {
    /// Takes in what happened, so long after the start.
    pub(super) fn apply(&mut self, event: &Event, at: Duration) {
        match event {
            Event::Working { what } => self.doing = Some((*what).to_owned()),
            Event::Progress { what, done, total, .. } => {
                let share = total.map_or_else(String::new, |total| format!("  {}", share(*done, total)));
                self.doing = Some(format!("{what}{share}"));
            }
            Event::Download { file, done, total } => {
                self.doing = Some(format!("fetching {file}: {} of {}", bytes(*done), bytes(*total)));
            }
            Event::Warning { message } => self.note(at, None, Kind::Warning, message.clone()),
            Event::Model { path, architecture, parameters } => {
                let (path, architecture, parameters) = (path.clone(), architecture.clone(), *parameters);
                self.model = Some(Model { path, architecture, parameters });
            }
            Event::Plan(plan) => self.plan = Some(plan.clone()),
            Event::Data(data) => self.data = Some(data.clone()),
            Event::Begun { out, strategy, step, device, estimated_memory, device_memory } => {
                self.run = Some(Run {
                    out: out.clone(),
                    strategy: strategy.clone(),
                    device: device.clone(),
                    estimated_memory: *estimated_memory,
                    device_memory: *device_memory,
                });
                self.doing = None;
                if *step > 0 {
                    self.note(at, Some(*step), Kind::Note, "going on from here".to_owned());
                }
            }
            Event::Sample { step, prompt, text } => {
                self.note(at, Some(*step), Kind::Sample, format!("{prompt} ▸ {}", one_line(text)));
            }
            Event::Evaluating { batches } => {
                self.evaluating = Some((0, *batches));
                self.evaluate();
            }
            Event::EvaluatedBatch => {
                self.evaluating = self.evaluating.map(|(done, all)| (done + 1, all));
                self.evaluate();
            }
            Event::Evaluation(report) => self.evaluated(report, at),
            Event::Step(update) => self.step(update, at),
            Event::Spike(report) => {
                self.note(at, Some(report.step), Kind::Spike, spike(report).trim_start_matches("spike: ").to_owned());
            }
            Event::Steered { step, plugin, actions } => {
                self.note(at, Some(*step), Kind::Steered, format!("{plugin}: {actions}"));
            }
            Event::Checkpoint { step, path } => {
                self.note(at, Some(*step), Kind::Checkpoint, format!("checkpoint {}", path.display()));
            }
            Event::Saved { what, path } => {
                self.note(at, None, Kind::Checkpoint, format!("{what} {}", path.display()));
            }
        }
    }

    /// Takes in a line of the program's log.
    pub(super) fn message(&mut self, line: &str, at: Duration) {
        let line = line.trim();
        match line.split_once(' ') {
            Some(("WARN" | "ERROR", text)) => self.note(at, None, Kind::Warning, text.to_owned()),
            Some(("INFO" | "DEBUG" | "TRACE", text)) => self.note(at, None, Kind::Note, text.to_owned()),
            _ => self.note(at, None, Kind::Note, line.to_owned()),
        }
    }

    fn note(&mut self, at: Duration, step: Option<u64>, kind: Kind, text: String) {
        self.log.push(Entry { at, step, kind, text });
    }

    fn evaluate(&mut self) {
        self.doing = self.evaluating.map(|(done, all)| format!("evaluating {done}/{all}"));
    }

    fn evaluated(&mut self, report: &EvalReport, at: Duration) {
        (self.doing, self.evaluating) = (None, None);
        let loss = report.evaluation.loss;
        self.eval.push(report.step, loss);
        self.evaluation = Some(report.clone());
        // As the run's report has it: the model as it was is not the best of the run.
        if report.step > 0 && loss.is_finite() && self.best.as_ref().is_none_or(|best| loss < best.evaluation.loss) {
            self.best = Some(report.clone());
        }
        self.note(at, Some(report.step), Kind::Evaluation, measured(&report.evaluation));
    }

    fn step(&mut self, update: &StepReport, at: Duration) {
        self.doing = None;
        let smooth = self.smoothed.map_or(update.loss, |last| 0.9 * last + 0.1 * update.loss);
        self.smoothed = Some(smooth);
        self.loss.push(update.step, update.loss);
        self.smooth.push(update.step, smooth);
        self.rate.push(update.step, update.learning_rate);
        self.norm.push(update.step, update.grad_norm);
        self.speed.push(update.step, update.tokens_per_second);
        self.pace.step(update, at);
        self.update = Some(update.clone());
    }
}
