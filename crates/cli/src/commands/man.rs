//! `man`: manual pages, made from the definition of the command line.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Command, CommandFactory};
use clap_mangen::Man;
use graftwork::Error;
use serde_json::json;

use super::Done;
use crate::args::Cli;
use crate::output::{self, Failure};

/// The page of a command to standard output, or those of all into a folder.
pub(crate) fn man(command: &[String], out: Option<&Path>, json: bool) -> Done {
    let mut root = Cli::command().disable_help_subcommand(true);
    // Tells every command its full name and the flags that hold for all.
    root.build();
    match out {
        Some(folder) => {
            let pages = write_all(&root, folder)?;
            if json {
                output::json(&json!({ "pages": pages }))?;
            } else {
                output::labelled(&format!("written   {} pages, to {}", pages.len(), folder.display()))?;
            }
        }
        None => {
            let page = page(find(&root, command)?)?;
            let page = String::from_utf8_lossy(&page);
            if json { output::json(&json!({ "page": page }))? } else { output::piece(&page)? }
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn page(command: &Command) -> Result<Vec<u8>, Failure> {
    let mut page = Vec::new();
    let name = full_name(command);
    Man::new(command.clone()).title(name.to_uppercase()).manual("Graftwork").render(&mut page)?;
    Ok(page)
}

/// `host-plugin-build`, as the page is called.
fn full_name(command: &Command) -> String {
    command.get_display_name().unwrap_or(command.get_name()).to_owned()
}

fn find<'a>(root: &'a Command, path: &[String]) -> Result<&'a Command, Error> {
    path.iter().try_fold(root, |command, name| {
        command.find_subcommand(name).ok_or_else(|| {
            let known: Vec<_> = command.get_subcommands().map(Command::get_name).collect();
            let (within, known) = (command.get_name(), known.join(", "));
            Error::Setting {
                key: "command".to_owned(),
                message: format!("`{within}` has no command `{name}`; it has: {known}"),
            }
        })
    })
}

/// Gives the files.
fn write_all(root: &Command, folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    fs::create_dir_all(folder).map_err(|error| named(folder, &error))?;
    let (mut left, mut pages) = (vec![root], Vec::new());
    while let Some(command) = left.pop() {
        left.extend(command.get_subcommands());
        let path = folder.join(format!("{}.1", full_name(command)));
        fs::write(&path, page(command)?).map_err(|error| named(&path, &error))?;
        pages.push(path);
    }
    Ok(pages)
}

/// The system's words with the path that they are about.
fn named(path: &Path, error: &std::io::Error) -> std::io::Error {
    std::io::Error::new(error.kind(), format!("cannot write {}: {error}; choose another place", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Commands with their paths, and everything below them.
    fn walk(command: &Command, path: &str, visit: &mut dyn FnMut(&str, &Command)) {
        visit(path, command);
        for one in command.get_subcommands() {
            walk(one, &format!("{path} {}", one.get_name()), visit);
        }
    }

    #[test]
    fn every_command_flag_and_value_has_help() {
        let mut root = Cli::command();
        root.build();
        let (mut silent, mut seen) = (Vec::new(), 0);
        walk(&root, "host", &mut |path, command| {
            let empty =
                |help: Option<&clap::builder::StyledStr>| help.is_none_or(|help| help.to_string().trim().is_empty());
            if empty(command.get_about()) {
                silent.push(path.to_owned());
            }
            for arg in command.get_arguments() {
                seen += 1;
                if empty(arg.get_help()) {
                    silent.push(format!("{path} {arg}"));
                }
                let values = arg.get_possible_values();
                // A shell needs no word about itself, nor does what is true or false.
                let plain = |name: &str| ["true", "false"].contains(&name) || arg.get_id() == "shell";
                let values = values.iter().filter(|value| value.get_help().is_none() && !plain(value.get_name()));
                silent.extend(values.map(|value| format!("{path} {arg} {}", value.get_name())));
            }
        });
        assert!(seen > 100, "{seen} flags");
        assert_eq!(silent, Vec::<String>::new(), "without help");
    }
}
