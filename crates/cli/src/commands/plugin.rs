//! `plugin`: begin one, build it, look at it, try it.

use std::process::ExitCode;

use graftwork::Host;

use super::{Done, quietly, show};
use crate::args::{OnModel, PluginCommand};
use crate::output;

pub(crate) fn plugin(command: &PluginCommand, json: bool) -> Done {
    match command {
        PluginCommand::New { name, lang, into } => {
            let files = Host::new_plugin(name, *lang, into)?;
            let folder = into.join(name);
            if json {
                output::json(&files)?;
            } else {
                output::line(&format!("begun     {}, {} files", folder.display(), files.len()))?;
                output::line(&format!("next      host plugin build {}", folder.display()))?;
            }
        }
        PluginCommand::Build { folder } => {
            let report = quietly(|_| Host::new()?.build_plugin(folder))?;
            if json { output::json(&report)? } else { show::built(&report)? }
        }
        PluginCommand::Test(on) => return test(on, json),
        PluginCommand::Plan(OnModel { file, model, settings }) => {
            let report = quietly(|progress| {
                Host::new()?.plan_plugin(file, model.clone(), settings.clone(), &mut |event| progress.show(&event))
            })?;
            if json { output::json(&report)? } else { show::planned(&report)? }
        }
        PluginCommand::Inspect { file } => {
            let report = Host::new()?.inspect_plugin(file)?;
            if json { output::json(&report)? } else { show::plugin(&report)? }
        }
        PluginCommand::Check(on) => return check(on, json),
        PluginCommand::List => {
            let plugins = Host::built_in_plugins();
            if json { output::json(&plugins)? } else { show::built_in(plugins)? }
        }
        PluginCommand::Export { name, out, overwrite } => {
            let path = Host::export_plugin(name, out, *overwrite)?;
            if json { output::json(&path)? } else { output::line(&format!("exported  {}", path.display()))? }
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Fails where a check does.
fn test(OnModel { file, model, settings }: &OnModel, json: bool) -> Done {
    let checks = quietly(|progress| {
        Host::new()?.test_plugin(file, model.clone(), settings.clone(), &mut |event| progress.show(&event))
    })?;
    if json {
        output::json(&checks)?;
    } else {
        for check in &checks {
            let verdict = if check.passed { "ok  " } else { "FAIL" };
            output::line(&format!("{verdict}  {}: {}", check.name, check.detail))?;
        }
    }
    Ok(if checks.iter().all(|check| check.passed) { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// A plugin that plans nothing by itself has been judged when it is loaded.
fn check(OnModel { file, model, settings }: &OnModel, json: bool) -> Done {
    let host = Host::new()?;
    let plugin = host.inspect_plugin(file)?;
    if !plugin.capabilities.contains(&"strategy") {
        if json {
            output::json(&plugin)?;
        } else {
            show::contract(&plugin)?;
            output::line(&format!(
                "verdict   it loads, and can be asked to be a {}",
                plugin.capabilities.join(" and a ")
            ))?;
        }
        return Ok(ExitCode::SUCCESS);
    }
    let report = quietly(|progress| {
        host.check_plugin(file, model.clone(), settings.clone(), &mut |event| progress.show(&event))
    })?;
    if json {
        output::json(&report)?;
    } else {
        show::contract(&plugin)?;
        show::verdict(&report)?;
    }
    Ok(ExitCode::SUCCESS)
}
