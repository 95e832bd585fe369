//! The official plugins, which are inside the program: a name such as `lora` stands for one where no file has that name.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use graftwork_plugin_host::{Plugin, PluginHost};
use graftwork_store::{AtomicFile, Overwrite};
use serde::Serialize;

use crate::{Error, Host, nearest};

/// Comes before a name that stands for no file, whatever there is. A run's record has it, so that the run goes on with the same
/// plugin from wherever it is resumed.
const PREFIX: &str = "builtin:";
const EXTENSION: &str = ".wasm";

/// A plugin that is inside the program. It is loaded as one from a file is, under the same limits.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct BuiltIn {
    /// Its name, which stands for it wherever a plugin's file may stand.
    pub name: &'static str,
    /// What it exports: `strategy`, `selector`, `composer`, `controller`.
    pub capabilities: &'static [&'static str],
    /// What it does, in a line, as it says itself.
    pub summary: &'static str,
    /// The WebAssembly.
    #[serde(skip)]
    pub wasm: &'static [u8],
}

macro_rules! built_in {
    ($name:literal, [$($capability:literal),+], $summary:literal) => {
        BuiltIn {
            name: $name,
            capabilities: &[$($capability),+],
            summary: $summary,
            wasm: include_bytes!(concat!("../builtin/", $name, ".wasm")),
        }
    };
}

/// All of them: strategies, controllers, selectors, composers. What a line says of a plugin is what the plugin says, and is here
/// so that a list needs none of them compiled. A `static`: a constant would be in the program once for every use.
#[rustfmt::skip]
static ALL: [BuiltIn; 25] = [
    built_in!("full", ["strategy"], "Full-parameter fine-tuning: trains the model's own weights in place."),
    built_in!("lora", ["strategy"], "Low-rank adaptation: two thin matrices beside each chosen weight, which stays frozen."),
    built_in!("bitfit", ["strategy"], "Trains the model's biases, and nothing else."),
    built_in!("dora", ["strategy"], "Weight-decomposed low-rank adaptation: LoRA turns the rows, a vector scales them."),
    built_in!("ia3", ["strategy"], "Learns one factor for each output, or in feed-forward modules each input, of a layer."),
    built_in!("layer-freeze", ["strategy"], "Trains the whole model but for layers, embeddings or parameters that are frozen."),
    built_in!("loha", ["strategy"], "Low-rank adaptation by the Hadamard product of two low-rank products."),
    built_in!("lokr", ["strategy"], "Low-rank adaptation by a Kronecker product of two small matrices."),
    built_in!("norm-tuning", ["strategy"], "Trains the model's norms, and nothing else."),
    built_in!("oft", ["strategy"], "Orthogonal fine-tuning: rotates a layer's inputs, block by block."),
    built_in!("pera", ["strategy"], "Low-rank adaptation with squares and products of the factors' columns and rows."),
    built_in!("vera", ["strategy"], "Learns two vectors for each layer between random projections that all layers share."),
    built_in!("ada-lora", ["strategy", "controller"], "Low-rank adaptation that gives rank to the weights that need it, under a falling budget."),
    built_in!("lisa", ["strategy", "controller"], "Full fine-tuning of a few layers at a time, drawn anew as the run goes on."),
    built_in!("relora", ["controller"], "Merges the adapters into the base every so often, and starts them anew."),
    built_in!("gradual-unfreeze", ["controller"], "Lets the layers train one by one, from the top."),
    built_in!("rank-select", ["selector"], "Chooses target modules and ranks under a parameter budget, from singular values."),
    built_in!("linear", ["composer"], "Adds what each adapter changes, as often as its weight says."),
    built_in!("task-arithmetic", ["composer"], "Adds and subtracts what adapters change, and scales the sum by lambda."),
    built_in!("cat", ["composer"], "Puts adapters side by side: their weighted sum, at the sum of their ranks."),
    built_in!("svd", ["composer"], "Cuts the weighted sum of what adapters change to a rank."),
    built_in!("magnitude-prune", ["composer"], "Adds the largest entries of what each adapter changes, as often as its weight says."),
    built_in!("ties", ["composer"], "Trims what adapters change, elects signs, and merges what agrees."),
    built_in!("dare", ["composer"], "Drops entries of what adapters change at random, rescales the rest, and merges."),
    built_in!("slerp", ["composer"], "Goes from one adapted weight to another along the sphere."),
];

impl Host {
    /// The plugins that are inside the program.
    ///
    /// # Examples
    /// ```
    /// use graftwork::Host;
    ///
    /// let composers = Host::built_in_plugins().iter().filter(|plugin| plugin.capabilities.contains(&"composer"));
    /// assert!(composers.map(|plugin| plugin.name).any(|name| name == "ties"));
    /// ```
    #[must_use]
    pub fn built_in_plugins() -> &'static [BuiltIn] {
        &ALL
    }

    /// Writes a plugin that is inside the program to `NAME.wasm` in a folder, which is made if there is none.
    ///
    /// # Errors
    /// There is no such plugin, or the file is there already and may not be replaced, or cannot be written.
    pub fn export_plugin(name: &str, into: &Path, overwrite: bool) -> Result<PathBuf, Error> {
        let plugin = find(name)?;
        let path = into.join(format!("{}{EXTENSION}", plugin.name));
        std::fs::create_dir_all(into).map_err(|e| Error::setting(into.display().to_string(), e.to_string()))?;
        let overwrite = if overwrite { Overwrite::Replace } else { Overwrite::Never };
        let mut file = AtomicFile::create(&path, overwrite, plugin.wasm.len() as u64)?;
        file.write(plugin.wasm)?;
        file.commit()?;
        Ok(path)
    }
}

/// Loads the plugin that a path, or a name, stands for.
pub(crate) fn load(host: &PluginHost, path: &Path) -> Result<Arc<Plugin>, Error> {
    Ok(match inside(path)? {
        Some(plugin) => host.load_bytes(plugin.name, plugin.wasm)?,
        None => host.load(path)?,
    })
}

/// The path as a record has it: a name that stands for a plugin inside the program says so.
pub(crate) fn settled(path: &Path) -> PathBuf {
    match inside(path) {
        Ok(Some(plugin)) => format!("{PREFIX}{}", plugin.name).into(),
        _ => path.to_owned(),
    }
}

/// Bytes of the plugin that a path stands for.
pub(crate) fn bytes(path: &Path) -> u64 {
    match inside(path) {
        Ok(Some(plugin)) => plugin.wasm.len() as u64,
        _ => std::fs::metadata(path).map_or(0, |file| file.len()),
    }
}

/// Whether a record's path is that of a plugin inside the program.
pub(crate) fn is_settled(path: &Path) -> bool {
    path.to_str().is_some_and(|text| text.starts_with(PREFIX))
}

/// The plugin inside the program that a path stands for; none where it stands for a file.
fn inside(path: &Path) -> Result<Option<&'static BuiltIn>, Error> {
    let Some(text) = path.to_str() else { return Ok(None) };
    if text.starts_with(PREFIX) {
        return find(text).map(Some);
    }
    // What exists wins. A folder is no plugin, and a run may well be called like its method.
    if path.exists() && !path.is_dir() {
        return Ok(None);
    }
    if path.file_name().is_some_and(|name| name == text) {
        return find(text).map(Some);
    }
    match path.file_stem().and_then(|stem| named(stem.to_str()?)) {
        Some(plugin) if !path.exists() => {
            let message =
                format!("there is no such file; `{0}` is inside the program, and needs none: say `{0}`", plugin.name);
            Err(Error::setting(format!("plugin {text}"), message))
        }
        _ => Ok(None),
    }
}

fn named(name: &str) -> Option<&'static BuiltIn> {
    ALL.iter().find(|plugin| plugin.name == name)
}

/// The plugin of that name, with the extension or without.
fn find(text: &str) -> Result<&'static BuiltIn, Error> {
    let name = text.strip_prefix(PREFIX).unwrap_or(text);
    let name = name.strip_suffix(EXTENSION).unwrap_or(name);
    named(name).ok_or_else(|| {
        let all: Vec<_> = ALL.iter().map(|plugin| plugin.name).collect();
        let near = nearest(name, all.iter().copied());
        let hint = near.map_or_else(String::new, |near| format!("; did you mean {near}?"));
        let file = if text.starts_with(PREFIX) { "" } else { "there is no such file, and " };
        let message = format!("{file}no plugin inside the program has this name{hint} (there are: {})", all.join(", "));
        Error::setting(format!("plugin {text}"), message)
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::expect_used, clippy::panic, reason = "tests")]

    use super::*;

    #[test]
    fn each_says_of_itself_what_the_list_says() {
        let host = Host::new().expect("a host");
        for plugin in &ALL {
            let report = host.inspect_plugin(Path::new(&format!("{PREFIX}{}", plugin.name))).expect(plugin.name);
            assert_eq!(
                (report.name.as_str(), report.summary.as_str(), report.capabilities.as_slice()),
                (plugin.name, plugin.summary, plugin.capabilities)
            );
            assert_eq!(report.bytes, plugin.wasm.len() as u64);
        }
    }

    #[test]
    fn every_official_plugin_is_inside() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../plugins");
        let mut files: Vec<_> = std::fs::read_dir(folder)
            .expect("the plugins")
            .map(|entry| entry.expect("an entry").file_name().into_string().expect("a name"))
            .filter(|name| name.ends_with(EXTENSION))
            .collect();
        let mut names: Vec<_> = ALL.iter().map(|plugin| format!("{}{EXTENSION}", plugin.name)).collect();
        files.sort();
        names.sort();
        assert_eq!(files, names);
    }
}
