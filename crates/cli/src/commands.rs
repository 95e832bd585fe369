//! One function for each command.

mod chat;
mod compare;
mod completions;
mod config;
mod doctor;
mod explain;
mod generate;
mod init;
mod man;
mod merge;
mod plugin;
mod quiet;
mod schema;
mod show;

use std::path::Path;
use std::process::ExitCode;

use graftwork::{
    Change, Comparison, Control, DataSource, EvalRequest, Host, ImportRequest, RunConfig, RunReport, StrategyConfig,
};

use crate::args::{ChangeName, CheckArgs, Cli, Command, EvalArgs, ExportArgs, ImportArgs, RunArgs, WatchArgs};
use crate::exit;
use crate::output::{self, Failure};
use crate::progress;
use crate::signals::Signals;
use crate::watch::Watch;
use quiet::quietly;

type Done = Result<ExitCode, Failure>;

pub(crate) fn dispatch(cli: &Cli) -> Done {
    match &cli.command {
        Command::Run { run: args, watch } => run(args, watch, cli.json),
        Command::Check(args) => check(args, cli.json),
        Command::Compare(args) => compare::compare(args, cli),
        Command::Resume { run, allow, watch } if Comparison::is_in(run) => compare::resume(run, allow, watch, cli),
        Command::Resume { run, allow, watch } => {
            let allowed: Vec<_> = allow.iter().map(|name| change(*name)).collect();
            train(cli.json, watch, |host, control, watch| {
                host.resume(run, &allowed, control, &mut |event| watch.show(&event))
            })
        }
        Command::Verify { path } => verify(path, cli.json),
        Command::Eval(args) => eval(args, cli.json),
        Command::Generate(args) => generate::generate(args, cli.json),
        Command::Chat(args) => chat::chat(args, cli.json),
        Command::Merge(args) => merge::merge(args, cli.json),
        Command::Import(args) => import(args, cli.json),
        Command::Export(args) => export(args, cli.json),
        Command::Init(args) => init::init(args, cli.json),
        Command::Schema(args) => schema::schema(args, cli.json),
        Command::Doctor { need } => doctor::doctor(need, cli.json),
        Command::Plugin(command) => plugin::plugin(command, cli.json),
        Command::Explain { code } => explain::explain(*code, cli.json),
        Command::Completions { shell } => completions::completions(*shell, cli.json),
        Command::Man { command, out } => man::man(command, out.as_deref(), cli.json),
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
    let report = quietly(json, |progress| graftwork::verify(path, &mut |event| progress.show(&event)))?;
    if json {
        output::json(&report)?;
    } else {
        show::verified(&report)?;
    }
    Ok(exit::of_verdict(report.sound()))
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
    let report = result.map_err(|error| signals.failure(error))?;
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
    let report = quietly(json, |progress| host.check(&config, args.preview, &mut |event| progress.show(&event)))?;
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
    let result = quietly(json, |progress| host.eval(&request, &control, &mut |event| progress.show(&event)));
    let result = result.map_err(|error| signals.failure(error))?;
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
    let report = quietly(json, |progress| host.export(&request, &mut |event| progress.show(&event)))?;
    if json {
        output::json(&report)?;
    } else {
        output::labelled(&format!("exported  {}", report.out.display()))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn import(args: &ImportArgs, json: bool) -> Done {
    let host = Host::new()?;
    let mut strategy: Vec<StrategyConfig> = args.strategy.iter().map(StrategyConfig::new).collect();
    host.assign_settings(&mut strategy, args.settings.clone())?;
    let (model, peft, out) = (args.model.clone(), args.peft.clone(), args.out.clone());
    let request = ImportRequest { model, peft, strategy, out, overwrite: args.overwrite };
    let report = quietly(json, |progress| host.import(&request, &mut |event| progress.show(&event)))?;
    if json {
        output::json(&report)?;
    } else {
        let count = report.trainable_parameters;
        output::labelled(&format!("imported  {count} trained weights, saved in {}", report.out.display()))?;
    }
    Ok(ExitCode::SUCCESS)
}
