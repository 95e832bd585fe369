//! The documents that a run leaves beside its result: the page, and TensorBoard's events.

use std::io;
use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

use graftwork_report::{EventWriter, History, Report, Run, history};
use graftwork_store::{Log, METRICS, RunDir, StoreError};

use crate::{Error, Event};

/// The page, in the run's folder.
pub(crate) const PAGE: &str = "report.html";
/// How the names of TensorBoard's files begin.
const PREFIX: &str = "events.out.tfevents";

/// Writes the page of a run from what lies in its folder.
pub(crate) fn write_page(run: &RunDir) -> Result<(), Error> {
    let read = Run::read(run.path())?;
    let report = Report { title: read.name.clone(), runs: vec![read], comparison: None };
    Ok(run.write_text(PAGE, &report.html()?)?)
}

/// TensorBoard's file of a run, made anew by each process from the metrics that there are.
pub(crate) struct Events {
    writer: EventWriter<Log>,
    path: PathBuf,
}

impl Events {
    /// Begins it.
    pub(crate) fn begin(run: &RunDir, on_event: &mut dyn FnMut(Event)) -> Result<Self, Error> {
        #[expect(
            clippy::disallowed_methods,
            reason = "TensorBoard shows when something was; nothing is computed from it"
        )]
        let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0.0, |d| d.as_secs_f64());
        // A run that can go on does, whatever has become of what it told.
        let history = History::read(&run.path().join(METRICS)).unwrap_or_else(|error| {
            let message = format!("TensorBoard's file begins with what comes now: {error}");
            on_event(Event::Warning { message });
            History::default()
        });
        // What this process did not see was before it.
        let before: f64 = history.steps.iter().map(|step| step.seconds).filter(|seconds| seconds.is_finite()).sum();
        let name = EventWriter::file_name(now);
        let path = run.path().join(&name);
        let failed = StoreError::io("write", &path);
        let writer = EventWriter::new(run.log(PREFIX, &name)?, now - before);
        let written = writer.and_then(|mut writer| writer.history(&history).map(|()| writer));
        let writer = written.map_err(failed)?;
        Ok(Self { writer, path })
    }

    /// Adds what can be drawn.
    pub(crate) fn add(&mut self, event: &Event) -> Result<(), StoreError> {
        let Self { writer, path } = self;
        write(writer, event).map_err(StoreError::io("write", path))
    }
}

fn write(writer: &mut EventWriter<Log>, event: &Event) -> io::Result<()> {
    match event {
        Event::Step(step) => writer.step(&history::Step {
            step: step.step,
            total_steps: step.total_steps,
            epoch: step.epoch,
            loss: step.loss,
            grad_norm: step.grad_norm,
            learning_rate: step.learning_rate,
            tokens: step.tokens,
            target_tokens: step.target_tokens,
            seconds: step.seconds,
            tokens_per_second: step.tokens_per_second,
        })?,
        Event::Evaluation(report) => {
            let e = &report.evaluation;
            let f1 = e.f1.as_ref().map(|f1| history::F1 { macro_mean: f1.macro_mean, by_class: f1.by_class.clone() });
            writer.evaluation(&history::Evaluation {
                step: report.step,
                loss: e.loss,
                perplexity: e.perplexity,
                accuracy: e.accuracy,
                f1,
                target_tokens: e.target_tokens,
            })?;
        }
        Event::Sample { step, prompt, text } => {
            writer.sample(&history::Sample { step: *step, prompt: prompt.clone(), text: text.clone() })?;
        }
        _ => return Ok(()),
    }
    writer.flush()
}
