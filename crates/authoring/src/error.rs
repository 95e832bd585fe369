//! What can go wrong between an idea and a plugin, with what to do about it.

use std::path::PathBuf;

use graftwork_plugin_host::PluginError;

/// Why a plugin was not begun or not built.
#[derive(Debug, thiserror::Error)]
pub enum AuthoringError {
    /// The name will not do.
    #[error("`{name}` is no name for a plugin: {reason}")]
    Name {
        /// The name.
        name: String,
        /// Why.
        reason: String,
    },
    /// Something is there already.
    #[error("{} is there already; take another name, or remove it first", path.display())]
    Exists {
        /// The folder that would be made.
        path: PathBuf,
    },
    /// A file cannot be read or written.
    #[error("{}: cannot {action}: {source}", path.display())]
    Io {
        /// What was tried.
        action: &'static str,
        /// With what.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// What was embedded in the program is not what it should be.
    #[error("the program is damaged: {0}")]
    Embedded(String),
    /// There is nothing to build.
    #[error("{} is no folder; `host plugin new NAME` makes one with a plugin in it", folder.display())]
    NoFolder {
        /// The path.
        folder: PathBuf,
    },
    /// The folder is in no language that is known.
    #[error("{}: no plugin is found there: it has neither Cargo.toml (Rust), plugin.c (C), app.py (Python) nor package.json (JavaScript)", folder.display())]
    NoLanguage {
        /// The folder.
        folder: PathBuf,
    },
    /// The folder is in two languages.
    #[error("{}: has both {one} and {other}; a folder holds one plugin in one language", folder.display())]
    TwoLanguages {
        /// The folder.
        folder: PathBuf,
        /// A file that says the language.
        one: &'static str,
        /// A file that says another.
        other: &'static str,
    },
    /// A tool of the language is not installed.
    #[error("building a plugin in {language} takes {tool}, which is not installed; install it with\n{}", install.iter().map(|c| format!("  {c}")).collect::<Vec<_>>().join("\nor\n"))]
    MissingTool {
        /// The language.
        language: &'static str,
        /// The tool.
        tool: &'static str,
        /// Commands of which any one installs it.
        install: Vec<String>,
    },
    /// A tool said no.
    #[error("{tool} failed ({status}):\n{output}")]
    Failed {
        /// The tool.
        tool: String,
        /// How it ended.
        status: String,
        /// What it wrote.
        output: String,
    },
    /// A tool said yes, but its result is not there.
    #[error("{tool} ended well, but there is no {what}")]
    NoOutput {
        /// The tool.
        tool: String,
        /// What should be there.
        what: String,
    },
    /// What was built is no plugin.
    #[error("it was built, but is no plugin that can be loaded: {0}")]
    Refused(#[from] PluginError),
}

impl AuthoringError {
    /// For `map_err`: that doing `action` with `path` failed.
    pub(crate) fn io(action: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { action, path, source }
    }
}
