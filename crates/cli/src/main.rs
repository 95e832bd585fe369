//! The `host` command.
//!
//! Parses the command line, calls the library, and turns what comes back into text or JSON and an exit code. Everything
//! that it can do, the `graftwork` crate can do without it.

mod args;
mod commands;
mod exit;
mod explain;
mod heartbeat;
mod output;
mod plain;
mod progress;
mod signals;
mod style;
mod text;
mod usage;

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
    start_log(cli.verbose);
    match commands::dispatch(&cli) {
        Ok(code) => code,
        Err(failure) => output::fail(&failure, cli.json),
    }
}

/// Messages of the libraries and of plugins, on standard error. `RUST_LOG` overrides the flag.
fn start_log(verbose: u8) {
    let default = match verbose {
        0 => "warn",
        1 => "info",
        _ => "debug",
    };
    let filter = tracing_subscriber::EnvFilter::try_from_default_env().unwrap_or_else(|_| default.into());
    let colours = style::is_coloured(&std::io::stderr());
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(colours)
        .with_writer(std::io::stderr)
        .without_time()
        // Nor does a standard error that has closed end the program.
        .log_internal_errors(false)
        .init();
}
