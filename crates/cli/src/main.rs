//! The `host` command.
//!
//! Parses the command line, calls the library, and turns what comes back into text or JSON and an exit code. Everything
//! that it can do, the `graftwork` crate can do without it.

mod args;
mod commands;
mod exit;
mod explain;
mod heartbeat;
mod log;
#[cfg(feature = "prometheus")]
mod metrics_server;
mod output;
mod plain;
mod progress;
mod signals;
mod style;
mod text;
#[cfg(feature = "tui")]
mod tui;
mod usage;
mod watch;

use std::process::ExitCode;

use clap::Parser;

use crate::args::Cli;

fn main() -> ExitCode {
    graftwork::fix_heap();
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return usage::show(&error),
    };
    cli.color.apply();
    log::start(cli.verbose, !cli.wants_the_terminal());
    match commands::dispatch(&cli) {
        Ok(code) => code,
        Err(failure) => output::fail(&failure, cli.json),
    }
}
