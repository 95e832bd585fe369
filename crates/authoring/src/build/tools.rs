//! Programs of other people: found, run, and quoted when they fail.

use std::env;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::{AuthoringError, Language};

/// Where tools are looked for, and on what they work.
pub(super) struct Tools<'a> {
    pub(super) language: Language,
    pub(super) folder: &'a Path,
    pub(super) path: &'a OsStr,
}

impl Tools<'_> {
    /// A program, first among those that were installed into the plugin's folder.
    pub(super) fn find(&self, program: &str) -> Option<PathBuf> {
        let scripts = if cfg!(windows) { ".venv/Scripts" } else { ".venv/bin" };
        let local = ["node_modules/.bin", scripts].map(|folder| self.folder.join(folder));
        let all = env::join_paths(local.into_iter().chain(env::split_paths(self.path))).ok()?;
        which::which_in(program, Some(all), self.folder).ok()
    }

    /// The error for a tool that is not there.
    pub(super) fn missing(&self, tool: &'static str, install: &[&str]) -> AuthoringError {
        let install = install.iter().map(|command| (*command).to_owned()).collect();
        AuthoringError::MissingTool { language: self.language.name(), tool, install }
    }

    /// A command in the plugin's folder.
    pub(super) fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command.current_dir(self.folder).env("PATH", self.path);
        command
    }
}

/// Runs a command and gives what it wrote to its standard output.
pub(super) fn run(command: &mut Command) -> Result<String, AuthoringError> {
    let program = PathBuf::from(command.get_program());
    let ended = command.output().map_err(AuthoringError::io("run", &program))?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim_end().to_owned();
    if ended.status.success() {
        return Ok(text(&ended.stdout));
    }
    let tool = program.file_name().unwrap_or_default().to_string_lossy().into_owned();
    // What is meant for people goes to one or the other, as a tool likes it.
    let said = if ended.stderr.is_empty() { &ended.stdout } else { &ended.stderr };
    Err(AuthoringError::Failed { tool, status: ended.status.to_string(), output: text(said) })
}
