//! Flags of the commands that come before a run.

use std::path::PathBuf;

use clap::{Args, ValueHint};
use graftwork::{DataSource, DeviceChoice};

use super::{MODEL, source};

/// Flags of `init`.
#[derive(Debug, Args)]
pub(crate) struct InitArgs {
    /// Base model; the one that comes with the program if not given.
    #[arg(long, value_name = MODEL)]
    pub(crate) model: Option<PathBuf>,
    /// What to train on, as for `run`; the text that comes with the program if not given.
    #[arg(long, value_name = "PATH[=WEIGHT]", value_parser = source)]
    pub(crate) data: Vec<DataSource>,
    /// Strategy plugin; several form a chain. If not given, `lora` or `full`, by the model, the data and the memory.
    #[arg(long, value_name = "PLUGIN", value_hint = ValueHint::FilePath)]
    pub(crate) strategy: Vec<PathBuf>,
    /// `cpu`, `cuda:0`.
    #[arg(long, default_value_t)]
    pub(crate) device: DeviceChoice,
    /// The file to write.
    #[arg(long, value_name = "FILE", default_value = "run.toml")]
    pub(crate) out: PathBuf,
    /// Replace it where it is already there.
    #[arg(long)]
    pub(crate) overwrite: bool,
}

/// Flags of `schema`.
#[derive(Debug, Args)]
pub(crate) struct SchemaArgs {
    /// Plugin whose settings to put in; may be given more than once.
    #[arg(long, value_name = "PLUGIN", value_hint = ValueHint::FilePath)]
    pub(crate) strategy: Vec<PathBuf>,
    /// Every key for a person, in Markdown.
    #[arg(long, conflicts_with = "strategy")]
    pub(crate) markdown: bool,
}
