//! `plugin`: begin one, build it, look at it, try it.

use std::process::ExitCode;

use graftwork::Host;
use serde_json::json;

use super::{Done, quietly, show};
use crate::args::{OnModel, PluginCommand};
use crate::{exit, output, style};

pub(crate) fn plugin(command: &PluginCommand, as_json: bool) -> Done {
    match command {
        PluginCommand::New { name, lang, into } => {
            let files = Host::new_plugin(name, *lang, into)?;
            let folder = into.join(name);
            if as_json {
                output::json(&json!({ "folder": folder, "files": files }))?;
            } else {
                output::labelled(&format!("begun     {}, {} files", folder.display(), files.len()))?;
                output::labelled(&format!("next      host plugin build {}", folder.display()))?;
            }
        }
        PluginCommand::Build { folder } => {
            let report =
                quietly(as_json, |progress| Host::new()?.build_plugin(folder, &mut |event| progress.show(&event)))?;
            if as_json { output::json(&report)? } else { show::built(&report)? }
        }
        PluginCommand::Test(on) => return test(on, as_json),
        PluginCommand::Plan(OnModel { file, model, settings }) => {
            let report = quietly(as_json, |progress| {
                Host::new()?.plan_plugin(file, model.clone(), settings.clone(), &mut |event| progress.show(&event))
            })?;
            if as_json { output::json(&report)? } else { show::planned(&report)? }
        }
        PluginCommand::Inspect { file } => {
            let report = Host::new()?.inspect_plugin(file)?;
            if as_json { output::json(&report)? } else { show::plugin(&report)? }
        }
        PluginCommand::Check(on) => return check(on, as_json),
        PluginCommand::List => {
            let plugins = Host::built_in_plugins();
            if as_json { output::json(&json!({ "plugins": plugins }))? } else { show::built_in(plugins)? }
        }
        PluginCommand::Export { name, out, overwrite } => {
            let path = Host::export_plugin(name, out, *overwrite)?;
            if as_json {
                output::json(&json!({ "path": path }))?;
            } else {
                output::labelled(&format!("exported  {}", path.display()))?;
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Fails where a check does.
fn test(OnModel { file, model, settings }: &OnModel, as_json: bool) -> Done {
    let checks = quietly(as_json, |progress| {
        Host::new()?.test_plugin(file, model.clone(), settings.clone(), &mut |event| progress.show(&event))
    })?;
    let passed = checks.iter().all(|check| check.passed);
    if as_json {
        output::json(&json!({ "passed": passed, "checks": checks }))?;
    } else {
        for check in &checks {
            let (verdict, look) = if check.passed { ("ok  ", style::GOOD) } else { ("FAIL", style::ERROR) };
            output::line(&format!("{}  {}: {}", style::out(look, verdict), check.name, check.detail))?;
        }
    }
    Ok(exit::of_verdict(passed))
}

/// A plugin that plans nothing by itself has been judged when it is loaded.
fn check(OnModel { file, model, settings }: &OnModel, as_json: bool) -> Done {
    let host = Host::new()?;
    let plugin = host.inspect_plugin(file)?;
    if !plugin.capabilities.contains(&"strategy") {
        if as_json {
            output::json(&plugin)?;
        } else {
            show::contract(&plugin)?;
            output::labelled(&format!(
                "verdict   it loads, and can be asked to be a {}",
                plugin.capabilities.join(" and a ")
            ))?;
        }
        return Ok(ExitCode::SUCCESS);
    }
    let report = quietly(as_json, |progress| {
        host.check_plugin(file, model.clone(), settings.clone(), &mut |event| progress.show(&event))
    })?;
    if as_json {
        output::json(&report)?;
    } else {
        show::contract(&plugin)?;
        show::verdict(&report)?;
    }
    Ok(ExitCode::SUCCESS)
}
