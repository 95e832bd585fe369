//! JavaScript, by componentize-qjs.

use std::path::Path;

use super::WORLD;
use super::toolchain::Ready;
use super::tools::{Tools, run};
use crate::AuthoringError;

pub(super) fn ready(tools: &Tools<'_>) -> Result<Ready, AuthoringError> {
    let Some(node) = tools.find("node") else {
        return Err(tools.missing("Node.js", &["apt-get install nodejs npm"]));
    };
    let Some(tool) = tools.find("componentize-qjs") else {
        return Err(tools.missing("componentize-qjs", &["npm install   # in the plugin's folder"]));
    };
    Ok(Ready { command: tools.command(&tool), programs: vec![node, tool] })
}

pub(super) fn build(tools: &Tools<'_>, made: &Path) -> Result<(), AuthoringError> {
    let Ready { mut command, .. } = ready(tools)?;
    // Stubbed, the interpreter asks nothing of a system, which no plugin has.
    let arguments = ["--wit", "wit", "--world", WORLD, "--js", "plugin.js", "--stub-wasi", "--sync", "-o"];
    run(command.args(arguments).arg(made)).map(drop)
}
