//! What the tests of the program share: where the workspace is, the program in it, and terminals.
#![allow(clippy::expect_used, unreachable_pub, dead_code, reason = "tests, none of which needs all of this")]

#[cfg(target_os = "linux")]
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The workspace, whose models, data and plugins the tests use.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().expect("the workspace is there")
}

/// `host` in the workspace, alone.
pub fn host(home: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_host"));
    alone(&mut command, home).current_dir(root());
    command
}

/// With a cache of its own in `home`, and with nothing that the surroundings, a terminal or CI, say of logs and colours.
pub fn alone<'a>(command: &'a mut Command, home: &Path) -> &'a mut Command {
    for variable in ["RUST_LOG", "NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "CI"] {
        command.env_remove(variable);
    }
    command.env("XDG_CACHE_HOME", home.join("cache"))
}

/// A new terminal: what is typed into it and read from it, and a way to open its other end.
#[cfg(target_os = "linux")]
pub fn terminal() -> (File, impl Fn() -> File) {
    use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

    let terminal = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC).expect("a terminal");
    grantpt(&terminal).expect("granted");
    unlockpt(&terminal).expect("unlocked");
    let name = ptsname(&terminal, Vec::new()).expect("a name").into_string().expect("text");
    (terminal.into(), move || File::options().read(true).write(true).open(&name).expect("the terminal"))
}
