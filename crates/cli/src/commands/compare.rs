//! `compare`: candidates one after the other, each run in a process of its own, and what was measured of them.
//!
//! A process of its own, since the most memory that a run has taken is its process's, and since a run that the system kills for want of memory is a
//! finding about that candidate and no end of the comparison.

use std::path::Path;
use std::process::{self, ExitCode, ExitStatus};
use std::time::Duration;

use clap::ValueEnum;
use graftwork::{Candidate, CompareRequest, Comparison, ComparisonReport, Control, Entry, Error, Host, Sweep, Trial};
use serde_json::json;

use super::{Done, config, quietly};
use crate::args::{ChangeName, Cli, CompareArgs, WatchArgs};
use crate::exit;
use crate::output::{self, Failure, labelled as line};
use crate::signals::Signals;
use crate::text::{bytes, count, rate};
use crate::watch::Watch;

/// How often a run that goes on is looked at.
const PACE: Duration = Duration::from_millis(50);

pub(crate) fn compare(args: &CompareArgs, cli: &Cli) -> Done {
    if !args.runs.is_empty() {
        let report = graftwork::compare_runs(&args.runs, args.price.clone())?;
        return show(&report, args.html.as_deref(), cli.json);
    }
    // What would stop every run is told before the first.
    Watch::check(&args.watch)?;
    let control = Control::new();
    let signals = Signals::listen(&control)?;
    let host = Host::new()?;
    let request = request(&host, args)?;
    let begun = quietly(cli.json, |progress| host.compare(&request, &control, &mut |event| progress.show(&event)));
    go_on(begun.map_err(|error| signals.failure(error))?, args.html.as_deref(), &args.watch, &signals, cli)
}

pub(crate) fn resume(folder: &Path, allow: &[ChangeName], watch: &WatchArgs, cli: &Cli) -> Done {
    if !allow.is_empty() {
        let message = "a comparison goes on as it began, since its runs could not be compared otherwise; \
                       `host resume FOLDER/RUN --allow …` goes on with one of them";
        return Err(Error::Setting { key: "allow".to_owned(), message: message.to_owned() }.into());
    }
    Watch::check(watch)?;
    let signals = Signals::listen(&Control::new())?;
    go_on(Comparison::open(folder)?, None, watch, &signals, cli)
}

fn request(host: &Host, args: &CompareArgs) -> Result<CompareRequest, Error> {
    let mut config = config::file(&args.run)?;
    let mut candidates: Vec<Candidate> =
        args.run.strategy.iter().map(|text| text.to_string_lossy().parse()).collect::<Result<_, _>>()?;
    if candidates.is_empty() && !config.strategy.is_empty() {
        candidates.push(Candidate::new(config.strategy.clone()));
    }
    host.configure_candidates(&mut config, &mut candidates, args.run.settings.clone())?;
    let config = config::flags(config, &args.run)?;
    let sweep = args.sweep.as_ref().map(|rates| match rates.as_slice() {
        [] => Sweep::Search,
        rates => Sweep::Rates(rates.to_vec()),
    });
    Ok(CompareRequest { config, candidates, sweep, price: args.price.clone() })
}

fn go_on(mut comparison: Comparison, html: Option<&Path>, watch: &WatchArgs, signals: &Signals, cli: &Cli) -> Done {
    if !cli.json {
        for entry in comparison.entries() {
            line(&found(entry))?;
        }
    }
    while let Some(trial) = comparison.next()? {
        // A signal that came when no run was there to hear it, or that one did not need to hear any more.
        if let Some(code) = signals.exit_code() {
            return Ok(go_on_later(&comparison, code));
        }
        announce(&trial, cli.json)?;
        let status = run(&trial, watch, signals, cli)?;
        let stopped = signals.exit_code().or_else(|| was_stopped(status));
        if let Some(code) = stopped.filter(|_| !status.success()) {
            return Ok(go_on_later(&comparison, code));
        }
        if status.code() == Some(i32::from(exit::FAILED))
            && trial.begun.is_some()
            && comparison.next()? == Some(trial.clone())
        {
            // It has said why it cannot go on, and nothing in its folder says that it failed: another process holds it, or its data is another.
            return Ok(go_on_later(&comparison, ExitCode::from(exit::FAILED)));
        }
        if !status.success() {
            comparison.failed(&trial, &ended(status))?;
        }
    }
    let report = comparison.conclude()?;
    show(&report, html, cli.json)
}

/// Says how to go on; the exit code.
fn go_on_later(comparison: &Comparison, code: ExitCode) -> ExitCode {
    output::say(&format!("go on     host resume {}", comparison.path().display()));
    code
}

/// What is known of a candidate before it trains.
fn found(entry: &Entry) -> String {
    let about = &entry.about;
    let (weights, memory) = (count(about.plan.trainable_parameters), bytes(about.estimated_memory));
    let trains = format!("candidate {}: trains {weights} weights in about {memory}", entry.name);
    match entry.left_out() {
        Some(why) => format!("{trains}; left out: {why}"),
        None => format!("{trains}, peak learning rate {}", rate(about.training.learning_rate)),
    }
}

fn announce(trial: &Trial, json: bool) -> std::io::Result<()> {
    if json {
        return output::json(&json!({ "event": "trial", "name": trial.name, "config": trial.file }));
    }
    let how = if trial.begun.is_some() { "goes on" } else { "begins" };
    line(&format!("\nrun {}     {} {how}", trial.number, trial.name))
}

/// Runs a trial as `host run` or `host resume` would, with this program's terminal.
fn run(trial: &Trial, watch: &WatchArgs, signals: &Signals, cli: &Cli) -> Result<ExitStatus, Failure> {
    let mut command = process::Command::new(std::env::current_exe()?);
    match &trial.begun {
        Some(folder) => command.arg("resume").arg(folder),
        None => command.arg("run").arg("--config").arg(&trial.file),
    };
    if let Some(when) = cli.color.to_possible_value() {
        command.arg("--color").arg(when.get_name());
    }
    command.args(cli.json.then_some("--json")).args((0..cli.verbose).map(|_| "--verbose")).args(watch.again());
    let mut child = command.spawn()?;
    let mut told = false;
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(status);
        }
        told = told || signals.hand_on(&child);
        std::thread::sleep(PACE);
    }
}

/// The exit code to pass on where a run was stopped and can go on, by whomever.
fn was_stopped(status: ExitStatus) -> Option<ExitCode> {
    let code = u8::try_from(status.code()?).ok()?;
    [129, 130, 143].contains(&code).then(|| ExitCode::from(code))
}

/// How a run ended that has left no word.
fn ended(status: ExitStatus) -> String {
    #[cfg(unix)]
    if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
        let why = if signal == libc::SIGKILL { ", which is what the system does where memory runs out" } else { "" };
        return format!("it was killed by signal {signal}{why}");
    }
    format!("it ended with {status}")
}

fn show(report: &ComparisonReport, html: Option<&Path>, json: bool) -> Done {
    if let Some(path) = html {
        report.write_html(path)?;
    }
    if json {
        output::json(report)?;
    } else {
        line("")?;
        line(&report.text())?;
        if let Some(path) = html.or(report.page()) {
            line(&format!("report    {}", path.display()))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}
