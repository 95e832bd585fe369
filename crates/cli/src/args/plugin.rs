//! Flags of `plugin`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueHint};
use graftwork::Language;
use serde_json::Value;

use super::setting;

/// What to do with a plugin.
#[derive(Debug, Subcommand)]
pub(crate) enum PluginCommand {
    /// Begin one: a folder that builds as it is.
    New {
        /// Its name, and the folder's.
        name: String,
        /// rust, c, python or js.
        #[arg(long, default_value = "rust")]
        lang: Language,
        /// Folder to put it in.
        #[arg(long, value_name = "DIR", default_value = ".", value_hint = ValueHint::DirPath)]
        into: PathBuf,
    },
    /// Build the one in a folder, to NAME.wasm there.
    Build {
        /// The folder.
        #[arg(value_hint = ValueHint::DirPath)]
        folder: PathBuf,
    },
    /// Try what every plugin has to hold: any model, any settings, limits, the start from the model as it is, the merge.
    Test(OnModel),
    /// Show what it decides for a model: counts, formulas, the hash of the plan; with --json the plan itself.
    Plan(OnModel),
    /// What it says of itself: name, contract, capabilities, settings, limits.
    Inspect {
        /// The plugin: a file, or a name that `host plugin list` has.
        #[arg(value_name = "PLUGIN", value_hint = ValueHint::FilePath)]
        file: PathBuf,
    },
    /// Load it under its limits and, if it plans, let it plan: contract, imports, verdict.
    Check(OnModel),
    /// Those inside the program, each of which its name stands for.
    List,
    /// Write one that is inside the program to NAME.wasm.
    Export {
        /// Its name.
        name: String,
        /// Folder to put it in.
        #[arg(long, value_name = "DIR", default_value = ".")]
        out: PathBuf,
        /// Replace a file that is already there.
        #[arg(long)]
        overwrite: bool,
    },
}

/// A plugin, and what to try it with.
#[derive(Debug, Args)]
pub(crate) struct OnModel {
    /// The plugin: a file, or a name that `host plugin list` has.
    #[arg(value_name = "PLUGIN", value_hint = ValueHint::FilePath)]
    pub(crate) file: PathBuf,
    /// Model to plan for; the one that comes with the program if not given.
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(crate) model: Option<PathBuf>,
    /// Setting of the plugin.
    #[arg(long = "set", value_name = "KEY=VALUE", value_parser = setting)]
    pub(crate) settings: Vec<(String, Value)>,
}
