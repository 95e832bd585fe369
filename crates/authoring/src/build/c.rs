//! C, by clang and lld, or by zig, which brings both.

use std::fs;
use std::path::{Path, PathBuf};

use super::toolchain::Ready;
use super::tools::{Tools, run};
use crate::AuthoringError;

const INSTALL: [&str; 2] =
    ["apt-get install clang lld", "python3 -m venv .venv && .venv/bin/pip install ziglang   # in the plugin's folder"];

/// No library under it, no `main`: only what the contract names is exported.
const FLAGS: [&str; 11] = [
    "-std=c11",
    "-Oz",
    "-Wall",
    "-Wextra",
    "-ffreestanding",
    "-fno-builtin",
    "-nostdlib",
    "-Wl,--no-entry",
    "-Wl,--strip-all",
    "-isystem",
    "bindings",
];

pub(super) fn ready(tools: &Tools<'_>) -> Result<Ready, AuthoringError> {
    match (tools.find("clang"), tools.find("wasm-ld"), tools.find("zig").or_else(|| tools.find("python-zig"))) {
        (Some(clang), Some(linker), _) => {
            let mut command = tools.command(&clang);
            command.arg("--target=wasm32-unknown-unknown");
            Ok(Ready { command, programs: vec![clang, linker] })
        }
        (_, _, Some(zig)) => {
            let mut command = tools.command(&zig);
            command.args(["cc", "-target", "wasm32-freestanding"]);
            Ok(Ready { command, programs: vec![zig] })
        }
        (Some(_), None, None) => Err(tools.missing("the linker wasm-ld beside clang", &INSTALL)),
        (None, _, None) => Err(tools.missing("clang with lld, or zig", &INSTALL)),
    }
}

pub(super) fn build(tools: &Tools<'_>, made: &Path) -> Result<(), AuthoringError> {
    let Ready { mut command, .. } = ready(tools)?;
    command.args(FLAGS).arg("-o").arg(made);
    let mut sources = sources(tools.folder)?;
    sources.extend(self::sources(&tools.folder.join("bindings"))?);
    run(command.args(sources)).map(drop)
}

/// The C files of a folder, in an order that does not depend on the disk.
fn sources(folder: &Path) -> Result<Vec<PathBuf>, AuthoringError> {
    let entries = fs::read_dir(folder).map_err(AuthoringError::io("list", folder))?;
    let mut found = Vec::new();
    for entry in entries {
        let path = entry.map_err(AuthoringError::io("list", folder))?.path();
        if path.extension().is_some_and(|end| end == "c") {
            found.push(path);
        }
    }
    found.sort_unstable();
    Ok(found)
}
