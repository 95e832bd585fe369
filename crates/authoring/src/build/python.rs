//! Python, by componentize-py.

use std::path::Path;

use super::WORLD;
use super::toolchain::Ready;
use super::tools::{Tools, run};
use crate::AuthoringError;

const INSTALL: [&str; 2] = [
    "python3 -m venv .venv && .venv/bin/pip install -r requirements.txt   # in the plugin's folder",
    "pip install componentize-py==0.25.1",
];

pub(super) fn ready(tools: &Tools<'_>) -> Result<Ready, AuthoringError> {
    let Some(tool) = tools.find("componentize-py") else {
        return Err(tools.missing("componentize-py", &INSTALL));
    };
    Ok(Ready { command: tools.command(&tool), programs: vec![tool] })
}

pub(super) fn build(tools: &Tools<'_>, made: &Path) -> Result<(), AuthoringError> {
    let Ready { mut command, .. } = ready(tools)?;
    // Stubbed, the interpreter asks nothing of a system, which no plugin has.
    let arguments = ["-d", "wit", "-w", WORLD, "componentize", "--stub-wasi", "app", "-o"];
    run(command.args(arguments).arg(made)).map(drop)
}
