//! `completions`: what a shell needs to complete the command line, made from its definition.

use std::process::ExitCode;

use clap::CommandFactory;
use clap_complete::{Shell, generate};

use super::Done;
use crate::args::Cli;
use crate::output;

pub(crate) fn completions(shell: Shell) -> Done {
    let mut script = Vec::new();
    generate(shell, &mut Cli::command(), "host", &mut script);
    output::piece(&String::from_utf8_lossy(&script))?;
    Ok(ExitCode::SUCCESS)
}
