//! What a person sees while the host works.

use std::io::{self, IsTerminal};
use std::time::Duration;

use graftwork::{Event, Unit};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::output;
use crate::plain::Plain;
use crate::style::{self, WARNING};
use crate::text::{bytes, count, harmless, loss, measured, one_line, rate, share, spike};

/// Shows events: as lines of JSON; or as lines for a person, with a bar on standard error, and where that is no terminal with
/// a line now and then in its place, as a log wants it.
pub(crate) struct Progress {
    json: bool,
    bar: ProgressBar,
    plain: Option<Plain>,
    total: u64,
    last_loss: Option<f64>,
    /// Batches of the evaluation that goes on: done, and all.
    batches: (usize, usize),
}

impl Progress {
    pub(crate) fn new(json: bool) -> Self {
        let terminal = io::stderr().is_terminal();
        let target = if json { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr() };
        let bar = ProgressBar::with_draw_target(None, target);
        bar.enable_steady_tick(Duration::from_millis(120));
        let plain = (!json && !terminal).then(Plain::new);
        Self { json, bar, plain, total: 0, last_loss: None, batches: (0, 0) }
    }

    /// A failure to write ends the output only.
    pub(crate) fn show(&mut self, event: &Event) {
        let shown = if self.json { self.as_json(event) } else { self.as_text(event) };
        if shown.is_err() {
            self.bar.set_draw_target(ProgressDrawTarget::hidden());
        }
    }

    /// Takes the bar away.
    pub(crate) fn clear(&mut self) {
        self.plain = None;
        self.bar.finish_and_clear();
    }

    /// The bar itself, for whoever has to take it away while events are shown.
    pub(crate) fn bar(&self) -> ProgressBar {
        self.bar.clone()
    }

    fn as_json(&self, event: &Event) -> io::Result<()> {
        match event {
            // A line for each batch would bury the others.
            Event::EvaluatedBatch => Ok(()),
            event => output::json(event),
        }
    }

    fn line(&self, text: &str) -> io::Result<()> {
        self.bar.suspend(|| output::labelled(text))
    }

    /// A step begins, or is further than it was.
    fn spin(&self, what: &str, begins: bool) {
        self.bar.set_style(spinner_style());
        if begins {
            self.bar.reset_elapsed();
        }
        self.bar.set_message(what.to_owned());
        if let Some(plain) = &self.plain {
            plain.doing(what, begins);
        }
    }

    fn as_text(&mut self, event: &Event) -> io::Result<()> {
        match event {
            Event::Working { what } => self.spin(what, true),
            Event::Progress { what, unit, done, total } => {
                let (number, unit): (fn(u64) -> String, _) = match unit {
                    Unit::Bytes => (bytes, ""),
                    Unit::Tensors => (count, " tensors"),
                    Unit::Tokens => (count, " tokens"),
                };
                let far = match *total {
                    Some(total) => format!("{}  {} of {}{unit}", share(*done, total), number(*done), number(total)),
                    None => format!("{}{unit}", number(*done)),
                };
                self.spin(&format!("{what}  {far}"), false);
            }
            Event::Download { file, done, total } => {
                let far = format!("{}  {} of {}", share(*done, *total), bytes(*done), bytes(*total));
                self.spin(&format!("fetching {file}  {far}"), false);
            }
            Event::Warning { message } => {
                let label = style::out(WARNING, "warning:");
                return self.bar.suspend(|| output::line(&format!("{label} {message}")));
            }
            Event::Model { path, architecture, parameters } => {
                return self.line(&format!(
                    "model     {} ({architecture}, {} parameters)",
                    path.display(),
                    count(*parameters)
                ));
            }
            Event::Plan(summary) => {
                let mut parts: Vec<_> =
                    summary.adapters.iter().map(|(kind, n)| format!("{n} {kind} adapters")).collect();
                if summary.trained_in_place > 0 {
                    parts.push(format!("{} parameters of the model", summary.trained_in_place));
                }
                let (weights, percent) = (count(summary.trainable_parameters), summary.trainable_percent);
                return self.line(&format!("training  {weights} weights ({percent:.2} %): {}", parts.join(", ")));
            }
            Event::Data(stats) => {
                let (train, eval) = (&stats.train, &stats.eval);
                let text = format!(
                    "data      {} rows, {} tokens ({} counted) to train on, {} rows to evaluate on",
                    count(train.rows as u64),
                    count(train.tokens as u64),
                    count(train.target_tokens as u64),
                    count(eval.rows as u64),
                );
                return self.line(&text);
            }
            // The summary names the folder.
            Event::Begun { .. } => {}
            Event::Sample { step, prompt, text } => {
                let text = one_line(text);
                return self.line(&harmless(&format!("step {step:>5}  sample: {prompt} ▸ {text}")));
            }
            Event::Evaluating { batches } => {
                self.batches = (0, *batches);
                self.spin("evaluating", true);
            }
            Event::EvaluatedBatch => {
                self.batches.0 += 1;
                let (done, all) = self.batches;
                self.spin(&format!("evaluating  {}  {done} of {all} batches", share(done as u64, all as u64)), false);
            }
            Event::Evaluation(report) => {
                return self.line(&format!("step {:>5}  eval {}", report.step, measured(&report.evaluation)));
            }
            Event::Step(step) => return self.step(step),
            Event::Spike(report) => return self.line(&format!("step {:>5}  {}", report.step, spike(report))),
            Event::Steered { step, plugin, actions } => {
                return self.line(&harmless(&format!("step {step:>5}  {plugin}: {actions}")));
            }
            Event::Checkpoint { step, path } => {
                return self.line(&format!("step {step:>5}  checkpoint {}", path.display()));
            }
            Event::Saved { what, path } => return self.line(&format!("saved     {what} {}", path.display())),
        }
        Ok(())
    }

    fn step(&mut self, step: &graftwork::StepReport) -> io::Result<()> {
        if self.total != step.total_steps {
            self.total = step.total_steps;
            self.bar.set_length(step.total_steps);
        }
        // The bar is a spinner between steps, while the model is evaluated or saved.
        self.bar.set_style(bar_style());
        // Loss of single batches jumps; a person wants its course.
        let smooth = self.last_loss.map_or(step.loss, |last| 0.9 * last + 0.1 * step.loss);
        self.last_loss = Some(smooth);
        let (speed, lr) = (step.tokens_per_second, rate(step.learning_rate));
        self.bar.set_message(format!("loss {smooth:.3}  lr {lr}  {speed:.0} tokens/s"));
        self.bar.set_position(step.step);
        match self.plain.as_mut().and_then(|plain| plain.step(step, smooth)) {
            Some(line) => self.line(&line),
            None => Ok(()),
        }
    }
}

fn spinner_style() -> ProgressStyle {
    ProgressStyle::with_template("{spinner} {msg}  {elapsed}").unwrap_or_else(|_| ProgressStyle::default_spinner())
}

fn bar_style() -> ProgressStyle {
    ProgressStyle::with_template("{bar:24} {pos}/{len}  {msg}  {eta} left")
        .unwrap_or_else(|_| ProgressStyle::default_bar())
}

/// The last lines of a run.
pub(crate) fn summary(report: &graftwork::RunReport) -> io::Result<()> {
    let (train, eval) = (report.train_loss, report.eval_loss);
    let state = if report.finished { "done" } else { "stopped" };
    output::labelled(&format!(
        "{state:<9} {} steps in {:.1} s, {:.0} tokens/s",
        report.steps, report.seconds, report.tokens_per_second
    ))?;
    output::labelled(&format!(
        "loss      train {} → {}, eval {} → {}",
        loss(train.first),
        loss(train.last),
        loss(eval.first),
        loss(eval.last)
    ))?;
    if let Some((best, at)) = report.best_eval.and_then(|best| Some((best.loss?, best.step))) {
        let early = if report.stopped_early { "; it stopped falling, so the run ended early" } else { "" };
        let saved = if report.result_step == Some(at) { ", which is saved" } else { "" };
        output::labelled(&format!("best      eval {best:.4} after step {at}{saved}{early}"))?;
    }
    if let Some(peak) = report.peak_memory_bytes {
        output::labelled(&format!("memory    {} at the peak", bytes(peak)))?;
    }
    if report.finished {
        output::labelled(&format!("run       {}", report.out.display()))
    } else {
        output::labelled(&format!("go on     host resume {}", report.out.display()))
    }
}
