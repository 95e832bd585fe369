//! A command line that makes no sense, or that only asks for help.

use std::process::ExitCode;

use graftwork::Code;

use crate::style::When;
use crate::text::one_line;
use crate::{exit, output};

/// Shows what the parser has to say; the exit code.
pub(crate) fn show(error: &clap::Error) -> ExitCode {
    let arguments: Vec<String> = std::env::args_os().map(|argument| argument.to_string_lossy().into_owned()).collect();
    if !error.use_stderr() {
        When::of(&arguments).apply();
        let _ = error.print();
        return ExitCode::SUCCESS;
    }
    if arguments.iter().any(|argument| argument == "--json") {
        let _ = output::json_error(&message(error), Code::Usage, exit::USAGE);
    } else {
        When::of(&arguments).apply();
        let _ = error.print();
    }
    ExitCode::from(exit::USAGE)
}

/// What is wrong in one line, without the usage that follows it.
fn message(error: &clap::Error) -> String {
    let text = error.render().to_string();
    let wrong = text.split("\n\nUsage:").next().unwrap_or_default();
    one_line(wrong.trim_start_matches("error: "))
}
