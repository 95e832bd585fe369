//! From a plugin's folder to a file that the host loads.

mod c;
mod javascript;
mod python;
mod rust;
mod toolchain;
mod tools;

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use graftwork_plugin_host::{Plugin, PluginHost};

use crate::{AuthoringError, Language};
pub use toolchain::{Tool, Toolchain};
use tools::Tools;

/// The world in `wit/plugin.wit`, for tools that are told one.
const WORLD: &str = "this-plugin";

/// Builds plugins with the toolchains of this machine.
pub struct Builder<'a> {
    host: &'a PluginHost,
    path: OsString,
}

/// A plugin that was built and loaded.
pub struct Built {
    /// Its language.
    pub language: Language,
    /// Its file, `NAME.wasm` in the folder.
    pub file: PathBuf,
    /// Size of the file.
    pub bytes: u64,
    /// The plugin.
    pub plugin: Arc<Plugin>,
}

impl<'a> Builder<'a> {
    /// A builder that loads what it builds with this host, and finds tools as a shell does.
    #[must_use]
    pub fn new(host: &'a PluginHost) -> Self {
        Self { host, path: env::var_os("PATH").unwrap_or_default() }
    }

    /// The same builder, looking for tools in these folders, in the form of `PATH`.
    #[must_use]
    pub fn with_path(self, path: impl Into<OsString>) -> Self {
        Self { path: path.into(), ..self }
    }

    /// Builds the plugin in a folder, loads it, and puts it there as `NAME.wasm`, NAME being the folder's.
    ///
    /// # Errors
    /// There is no plugin in the folder, a tool is not installed (the message has the command that installs it), the
    /// compiler fails (the message has what it said), or what it gives cannot be loaded. A file that was built before
    /// stays as it was.
    pub fn build(&self, folder: &Path) -> Result<Built, AuthoringError> {
        let language = Language::of(folder)?;
        let folder = folder.canonicalize().map_err(AuthoringError::io("open", folder))?;
        let name = folder.file_name().unwrap_or_default().to_string_lossy();
        // In the folder, so that the result is moved and not copied; gone with this value, whatever happens.
        let scratch = tempfile::Builder::new().prefix(".build-").tempdir_in(&folder);
        let scratch = scratch.map_err(AuthoringError::io("make a folder in", &folder))?;
        let made = scratch.path().join(format!("{name}.wasm"));
        let tools = Tools { language, folder: &folder, path: &self.path };
        match language {
            Language::Rust => rust::build(&tools, &made)?,
            Language::C => c::build(&tools, &made)?,
            Language::Python => python::build(&tools, &made)?,
            Language::JavaScript => javascript::build(&tools, &made)?,
        }
        let plugin = self.host.load(&made)?;
        let bytes = fs::metadata(&made).map_err(AuthoringError::io("read", &made))?.len();
        let file = folder.join(format!("{name}.wasm"));
        fs::rename(&made, &file).map_err(AuthoringError::io("write", &file))?;
        Ok(Built { language, file, bytes, plugin })
    }
}
