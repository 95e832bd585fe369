//! `completions`: what a shell needs to complete the command line, made from its definition.

use std::process::ExitCode;

use clap::CommandFactory;
use clap_complete::{Shell, generate};
use serde_json::json;

use super::Done;
use crate::args::Cli;
use crate::output;

pub(crate) fn completions(shell: Shell, as_json: bool) -> Done {
    let mut script = Vec::new();
    generate(shell, &mut Cli::command(), "host", &mut script);
    let script = only_plugins(shell, &String::from_utf8_lossy(&script));
    if as_json {
        output::json(&json!({ "shell": shell.to_string(), "script": script }))?;
    } else {
        output::piece(&script)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The script with `*.wasm` alone offered where a plugin is wanted. The generator knows of files, not of their names' endings.
fn only_plugins(shell: Shell, script: &str) -> String {
    match shell {
        Shell::Bash => {
            // The line after the flag's is what is offered for it.
            let mut wanted = false;
            let line = |line: &str| {
                let plugins = line.replace(
                    r#"compgen -f "${cur}""#,
                    r#"compgen -f -X '!*.wasm' -- "${cur}"; compgen -d -- "${cur}""#,
                );
                let ends = line.trim() == ";;";
                wanted = !ends && (wanted || matches!(line.trim(), "--strategy)" | "--composer)"));
                if wanted { plugins } else { line.to_owned() }
            };
            script.lines().map(line).collect::<Vec<_>>().join("\n") + "\n"
        }
        Shell::Zsh => script.replace(":PLUGIN:_files", r#":PLUGIN:_files -g "*.wasm""#),
        Shell::Fish => {
            let line = |line: &str| {
                let plugin = [" -l strategy ", " -l composer "].iter().any(|flag| line.contains(flag));
                if plugin {
                    line.replacen(" -r -F", " -x -a '(__fish_complete_suffix .wasm)'", 1)
                } else {
                    line.to_owned()
                }
            };
            script.lines().map(line).collect::<Vec<_>>().join("\n") + "\n"
        }
        _ => script.to_owned(),
    }
}
