//! What a language's build takes, found in the way in which the build finds it.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::tools::{Tools, run};
use super::{c, javascript, python, rust};
use crate::{AuthoringError, Language};

/// The tools of a language's build, and the command that the build gives its arguments to.
pub(super) struct Ready {
    pub(super) command: Command,
    pub(super) programs: Vec<PathBuf>,
}

/// What there is of a language's tools.
#[derive(Debug)]
pub struct Toolchain {
    /// The language.
    pub language: Language,
    /// The programs that a build runs; none where something is missing.
    pub tools: Vec<Tool>,
    /// What keeps a plugin from being built, with what to do; none where nothing does.
    pub problem: Option<AuthoringError>,
}

/// A program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tool {
    /// Its place.
    pub path: PathBuf,
    /// What it says of its version, where it does.
    pub version: Option<String>,
}

impl Toolchain {
    /// Looks where a build of a plugin in `folder` would look: there, and where a shell finds programs.
    #[must_use]
    pub fn find(language: Language, folder: &Path) -> Self {
        let path = env::var_os("PATH").unwrap_or_default();
        let tools = Tools { language, folder, path: &path };
        match ready(&tools) {
            Ok(Ready { programs, .. }) => {
                let tool = |path: PathBuf| Tool { version: version(&tools, &path), path };
                Self { language, tools: programs.into_iter().map(tool).collect(), problem: None }
            }
            Err(problem) => Self { language, tools: Vec::new(), problem: Some(problem) },
        }
    }
}

/// The tools of the language, or the error for what is missing.
pub(super) fn ready(tools: &Tools<'_>) -> Result<Ready, AuthoringError> {
    match tools.language {
        Language::Rust => rust::ready(tools),
        Language::C => c::ready(tools),
        Language::Python => python::ready(tools),
        Language::JavaScript => javascript::ready(tools),
    }
}

/// The first line of what a program says when it is asked.
fn version(tools: &Tools<'_>, program: &Path) -> Option<String> {
    let is_zig = program.file_stem().is_some_and(|name| name == "zig" || name == "python-zig");
    let said = run(tools.command(program).arg(if is_zig { "version" } else { "--version" })).ok()?;
    said.lines().next().map(|line| line.trim().to_owned()).filter(|line| !line.is_empty())
}
