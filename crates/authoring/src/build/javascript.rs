//! JavaScript, by componentize-qjs.

use std::path::Path;

use super::WORLD;
use super::tools::{Tools, run};
use crate::AuthoringError;

pub(super) fn build(tools: &Tools<'_>, made: &Path) -> Result<(), AuthoringError> {
    if tools.find("node").is_none() {
        return Err(tools.missing("Node.js", &["apt-get install nodejs npm"]));
    }
    let Some(tool) = tools.find("componentize-qjs") else {
        return Err(tools.missing("componentize-qjs", &["npm install   # in the plugin's folder"]));
    };
    // Stubbed, the interpreter asks nothing of a system, which no plugin has.
    let arguments = ["--wit", "wit", "--world", WORLD, "--js", "plugin.js", "--stub-wasi", "--sync", "-o"];
    run(tools.command(&tool).args(arguments).arg(made)).map(drop)
}
