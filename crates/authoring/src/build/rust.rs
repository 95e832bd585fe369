//! Rust, by cargo: with a compiler that has the standard library for the target, or with Debian's, which builds it.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::toolchain::Ready;
use super::tools::{Tools, run};
use crate::AuthoringError;

const TARGET: &str = "wasm32-unknown-unknown";
const INSTALL_CARGO: [&str; 1] = ["curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs | sh"];
const INSTALL_TARGET: [&str; 2] =
    ["rustup target add wasm32-unknown-unknown", "apt-get install --no-install-recommends rustc-web rust-web-src"];

pub(super) fn ready(tools: &Tools<'_>) -> Result<Ready, AuthoringError> {
    let (Some(cargo), Some(rustc)) = (tools.find("cargo"), tools.find("rustc")) else {
        return Err(tools.missing("cargo", &INSTALL_CARGO));
    };
    let mut command = tools.command(&cargo);
    command.args(["build", "--release", "--message-format=json-render-diagnostics", "--target", TARGET]);
    let sysroot = PathBuf::from(run(tools.command(&rustc).args(["--print", "sysroot"]))?);
    if !sysroot.join("lib/rustlib").join(TARGET).is_dir() {
        let Some(debian) = debian(tools)? else {
            return Err(tools.missing("Rust's standard library for wasm32-unknown-unknown", &INSTALL_TARGET));
        };
        // The compiler is a released one; the variable admits the flag that builds the library with it.
        command.env("RUSTC", debian).env("RUSTC_BOOTSTRAP", "1").args(["-Z", "build-std=std,panic_abort"]);
        if let Some(linker) = linker(tools, &sysroot) {
            command.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", linker);
        }
    }
    Ok(Ready { command, programs: vec![cargo, rustc] })
}

pub(super) fn build(tools: &Tools<'_>, made: &Path) -> Result<(), AuthoringError> {
    let Ready { mut command, .. } = ready(tools)?;
    let file = artifact(&run(&mut command)?).ok_or_else(|| AuthoringError::NoOutput {
        tool: "cargo".to_owned(),
        what: "WebAssembly file; the package needs `crate-type = [\"cdylib\"]` under `[lib]`".to_owned(),
    })?;
    fs::copy(&file, made).map(drop).map_err(AuthoringError::io("copy", file))
}

/// Debian's compiler, where the sources of its standard library are there too.
fn debian(tools: &Tools<'_>) -> Result<Option<PathBuf>, AuthoringError> {
    let rustc = PathBuf::from("/usr/bin/rustc");
    if !rustc.is_file() {
        return Ok(None);
    }
    // `rustc 1.96.0 (…)`
    let version = run(tools.command(&rustc).arg("--version"))?;
    let version = version.split(' ').nth(1).unwrap_or_default();
    Ok(Path::new(&format!("/usr/src/rustc-{version}/library")).is_dir().then_some(rustc))
}

/// The linker of the compiler that is found first, else that of the system; Debian's compiler brings none.
fn linker(tools: &Tools<'_>, sysroot: &Path) -> Option<PathBuf> {
    let hosts = fs::read_dir(sysroot.join("lib/rustlib")).ok()?.filter_map(Result::ok);
    let mut own = hosts.map(|host| host.path().join("bin/rust-lld")).filter(|linker| linker.is_file());
    own.next().or_else(|| tools.find("wasm-ld"))
}

/// The WebAssembly file among cargo's messages; that of the package itself comes last.
fn artifact(messages: &str) -> Option<PathBuf> {
    let artifacts = messages.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let files = artifacts.filter_map(|message| message["filenames"].as_array().cloned()).flatten();
    let mut wasm = files.filter_map(|file| file.as_str().filter(|f| f.ends_with(".wasm")).map(PathBuf::from));
    wasm.next_back()
}
