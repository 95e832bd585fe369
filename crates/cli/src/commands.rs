//! One function for each command.

mod config;
mod generate;
mod merge;
mod plugin;
mod show;

use std::path::Path;
use std::process::ExitCode;

use graftwork::{Change, Control, DataSource, EvalRequest, Host, ImportRequest, RunConfig, RunReport, StrategyConfig};

use crate::args::{ChangeName, CheckArgs, Cli, Command, EvalArgs, ExportArgs, ImportArgs, RunArgs, WatchArgs};
use crate::output::{self, Failure};
use crate::progress::{self, Progress};
use crate::signals::Signals;
use crate::watch::Watch;

type Done = Result<ExitCode, Failure>;

pub(crate) fn dispatch(cli: &Cli) -> Done {
    match &cli.command {
        Command::Run { run: args, watch } => run(args, watch, cli.json),
        Command::Check(args) => check(args, cli.json),
        Command::Resume { run, allow, watch } => {
            let allowed: Vec<_> = allow.iter().map(|name| change(*name)).collect();
            train(cli.json, watch, |host, control, watch| {
                host.resume(run, &allowed, control, &mut |event| watch.show(&event))
            })
        }
        Command::Verify { path } => verify(path, cli.json),
        Command::Eval(args) => eval(args, cli.json),
        Command::Generate(args) => generate::generate(args, cli.json),
        Command::Merge(args) => merge::merge(args, cli.json),
        Command::Import(args) => import(args, cli.json),
        Command::Export(args) => export(args, cli.json),
        Command::Doctor => doctor(cli.json),
        Command::Plugin(command) => plugin::plugin(command, cli.json),
    }
}

fn run(args: &RunArgs, watch: &WatchArgs, json: bool) -> Done {
    train(json, watch, |host, control, watch| {
        let config = config::resolve(host, args)?;
        host.run(&config, control, &mut |event| watch.show(&event))
    })
}

fn change(name: ChangeName) -> Change {
    match name {
        ChangeName::Base => Change::Base,
        ChangeName::Plugin => Change::Plugin,
        ChangeName::Data => Change::Data,
        ChangeName::Configuration => Change::Configuration,
    }
}

/// What is damaged is no failure of the command; the exit code says that there is something.
fn verify(path: &Path, json: bool) -> Done {
    let report = graftwork::verify(path)?;
    if json {
        output::json(&report)?;
    } else {
        show::verified(&report)?;
    }
    Ok(if report.sound() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn doctor(json: bool) -> Done {
    let report = graftwork::doctor();
    if json {
        output::json(&report)?;
    } else {
        show::doctor(&report)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// What `run` and `resume` share: signals, progress, the report, the exit code.
fn train(
    json: bool,
    watch: &WatchArgs,
    work: impl FnOnce(&Host, &Control, &mut Watch) -> Result<RunReport, graftwork::Error>,
) -> Done {
    let control = Control::new();
    let signals = Signals::listen(&control)?;
    let mut watch = Watch::start(watch, json, &signals)?;
    let result = Host::new().and_then(|host| work(&host, &control, &mut watch));
    watch.close();
    // Stopped before there was anything to save.
    if let (Err(error), Some(code)) = (&result, signals.exit_code())
        && error.is_stop()
    {
        output::say(error);
        return Ok(code);
    }
    let report = result?;
    let shown = if json { output::json(&report) } else { progress::summary(&report) };
    match signals.exit_code().filter(|_| !report.finished) {
        // A terminal that has closed shows nothing.
        Some(stopped) => Ok(stopped),
        None => Ok(shown.map(|()| ExitCode::SUCCESS)?),
    }
}

fn check(args: &CheckArgs, json: bool) -> Done {
    let host = Host::new()?;
    let config = config::resolve(&host, &args.run)?;
    let report = quietly(|progress| host.check(&config, args.preview, &mut |event| progress.show(&event)))?;
    if json {
        output::json(&report)?;
    } else {
        show::check(&report)?;
    }
    Ok(ExitCode::SUCCESS)
}

fn eval(args: &EvalArgs, json: bool) -> Done {
    let mut config = RunConfig { device: args.model.device, ..RunConfig::default() };
    config.data.files = args.data.iter().map(DataSource::from).collect();
    config.data.format = args.format;
    config.data.labels = (!args.labels.is_empty()).then(|| args.labels.clone());
    config.data.max_length = args.max_length;
    config.data.loss_on = args.loss_on.unwrap_or(config.data.loss_on);
    let request = EvalRequest {
        model: args.model.model.clone(),
        adapter: args.model.adapter.clone(),
        config,
        batch_size: args.batch_size,
    };
    let control = Control::new();
    let signals = Signals::listen(&control)?;
    let host = Host::new()?;
    let result = quietly(|progress| host.eval(&request, &control, &mut |event| progress.show(&event)));
    if let Some(code) = signals.exit_code() {
        return Ok(code);
    }
    let result = result?;
    if json {
        output::json(&result)?;
    } else {
        show::evaluation(&result)?;
    }
    Ok(ExitCode::SUCCESS)
}

fn export(args: &ExportArgs, json: bool) -> Done {
    let request = config::export(args)?;
    let host = Host::new()?;
    let report = quietly(|progress| host.export(&request, &mut |event| progress.show(&event)))?;
    if json {
        output::json(&report)?;
    } else {
        output::line(&format!("exported  {}", report.out.display()))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn import(args: &ImportArgs, json: bool) -> Done {
    let host = Host::new()?;
    let mut strategy: Vec<StrategyConfig> = args.strategy.iter().map(StrategyConfig::new).collect();
    host.assign_settings(&mut strategy, args.settings.clone())?;
    let (model, peft, out) = (args.model.clone(), args.peft.clone(), args.out.clone());
    let request = ImportRequest { model, peft, strategy, out, overwrite: args.overwrite };
    let report = quietly(|progress| host.import(&request, &mut |event| progress.show(&event)))?;
    if json {
        output::json(&report)?;
    } else {
        let count = report.trainable_parameters;
        output::line(&format!("imported  {count} trained weights, saved in {}", report.out.display()))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Shows only that something goes on and what is wrong, for commands whose result is what a person asked for.
fn quietly<T>(work: impl FnOnce(&mut Quiet) -> Result<T, graftwork::Error>) -> Result<T, graftwork::Error> {
    let mut quiet = Quiet(Progress::new(false));
    let result = work(&mut quiet);
    quiet.bar().finish_and_clear();
    result
}

struct Quiet(Progress);

impl Quiet {
    fn show(&mut self, event: &graftwork::Event) {
        use graftwork::Event;
        if let Event::Working { .. } | Event::Download { .. } | Event::Evaluating { .. } | Event::EvaluatedBatch = event
        {
            self.0.show(event);
        } else if let Event::Warning { message } = event {
            tracing::warn!("{message}");
        }
    }

    fn bar(&self) -> indicatif::ProgressBar {
        self.0.bar()
    }
}
