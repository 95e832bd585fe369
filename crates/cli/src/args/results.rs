//! Flags of the commands that use what was trained.

use std::path::PathBuf;

use clap::{Args, ValueEnum, ValueHint};
use graftwork::DeviceChoice;
use serde_json::Value;

use super::using::{LoadArgs, SamplingArgs};
use super::{DtypeName, MODEL, setting};

/// Flags of `generate`.
#[derive(Debug, Args)]
pub(crate) struct GenerateArgs {
    /// Texts to continue.
    #[arg(required = true, value_name = "PROMPT")]
    pub(crate) prompts: Vec<String>,
    #[command(flatten)]
    pub(crate) load: LoadArgs,
    /// Name of the adapter to use, or `base`: one for all prompts, or one for each. The only adapter if not given.
    #[arg(long = "use", value_name = "NAME")]
    pub(crate) using: Vec<String>,
    /// The prompt is a user's turn; put it into the model's chat template.
    #[arg(long)]
    pub(crate) chat: bool,
    #[command(flatten)]
    pub(crate) sampling: SamplingArgs,
}

/// Flags of `merge`.
#[derive(Debug, Args)]
pub(crate) struct MergeArgs {
    /// Adapters, runs, checkpoints, or models that were trained whole.
    #[arg(required = true, value_name = "SOURCE", value_hint = ValueHint::DirPath)]
    pub(crate) sources: Vec<PathBuf>,
    /// Weight of each source, separated by commas; 1 if not given.
    #[arg(long, value_name = "WEIGHTS", value_delimiter = ',', allow_hyphen_values = true)]
    pub(crate) weights: Vec<f64>,
    /// Plugin that composes them, a file or a name; the weighted sum of what they change if not given.
    #[arg(long, value_name = "PLUGIN", value_hint = ValueHint::FilePath)]
    pub(crate) composer: Option<PathBuf>,
    /// Setting of the composer: `density=0.5`.
    #[arg(long = "set", value_name = "KEY=VALUE", value_parser = setting, requires = "composer")]
    pub(crate) settings: Vec<(String, Value)>,
    /// Seed of the composer's random draws.
    #[arg(long, default_value_t = 0)]
    pub(crate) seed: u64,
    /// What comes of it.
    #[arg(long = "as", default_value = "model")]
    pub(crate) form: MergeForm,
    /// Rank of the LoRA; if not given, the sum of the sources' ranks.
    #[arg(long)]
    pub(crate) rank: Option<u64>,
    /// Base model, a folder or a name on the Hub; the one that the first adapter was trained on if not given.
    #[arg(long, value_name = MODEL, value_hint = ValueHint::DirPath)]
    pub(crate) model: Option<PathBuf>,
    /// Folder of the result.
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(crate) out: PathBuf,
    /// The most that one file of weights may have, in 10^9 bytes, as on the Hub; one file for all if not given.
    #[arg(long, value_name = "GB")]
    pub(crate) max_shard_size: Option<f64>,
    /// Replace what is already there.
    #[arg(long)]
    pub(crate) overwrite: bool,
    /// Type of the weights; the base's own if not given.
    #[arg(long)]
    pub(crate) dtype: Option<DtypeName>,
    /// `cpu`, `cuda:0`.
    #[arg(long, default_value_t)]
    pub(crate) device: DeviceChoice,
}

/// What comes of a merge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum MergeForm {
    /// A model that needs no adapter.
    Model,
    /// An adapter of the tensors of all sources.
    Adapter,
    /// A LoRA adapter, with what it leaves out stated.
    Lora,
}

/// Flags of `import`.
#[derive(Debug, Args)]
pub(crate) struct ImportArgs {
    /// The adapter's folder, with its adapter_config.json.
    #[arg(value_hint = ValueHint::DirPath)]
    pub(crate) peft: PathBuf,
    /// Strategy plugin that plans the method, a file or a name.
    #[arg(long, required = true, value_name = "PLUGIN", value_hint = ValueHint::FilePath)]
    pub(crate) strategy: Vec<PathBuf>,
    /// Setting of the strategy, as the adapter was trained with: `rank=16`.
    #[arg(long = "set", value_name = "KEY=VALUE", value_parser = setting)]
    pub(crate) settings: Vec<(String, Value)>,
    /// Base model, a folder or a name on the Hub.
    #[arg(long, value_name = MODEL, value_hint = ValueHint::DirPath)]
    pub(crate) model: Option<PathBuf>,
    /// Folder of the adapter.
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(crate) out: PathBuf,
    /// Replace what is already there.
    #[arg(long)]
    pub(crate) overwrite: bool,
}

/// Flags of `export`.
#[derive(Debug, Args)]
pub(crate) struct ExportArgs {
    /// Adapter, run or checkpoint; without one, the model itself.
    #[arg(value_hint = ValueHint::DirPath)]
    pub(crate) adapter: Option<PathBuf>,
    /// Base model, a folder or a name on the Hub; the one that the adapter was trained on if not given.
    #[arg(long, value_name = MODEL, value_hint = ValueHint::DirPath)]
    pub(crate) model: Option<PathBuf>,
    /// What to write.
    #[arg(long)]
    pub(crate) format: ExportName,
    /// File of a GGUF, folder of an adapter.
    #[arg(long, value_name = "PATH", value_hint = ValueHint::AnyPath)]
    pub(crate) out: PathBuf,
    /// Replace what is already there.
    #[arg(long)]
    pub(crate) overwrite: bool,
    /// How a GGUF model's matrices are stored.
    #[arg(long, default_value = "f16")]
    pub(crate) precision: PrecisionName,
    /// A GGUF model without the tokenizer.
    #[arg(long, conflicts_with = "split_as")]
    pub(crate) no_vocab: bool,
    /// What llama.cpp calls the way in which the tokenizer splits texts, where that is not found out by itself.
    #[arg(long, value_name = "NAME")]
    pub(crate) split_as: Option<String>,
    /// One rank and alpha for all layers of a PEFT adapter, for programs that ignore patterns and rsLoRA.
    #[arg(long)]
    pub(crate) folded: bool,
}

/// What `export` writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ExportName {
    /// An adapter folder for PEFT.
    Peft,
    /// A model for llama.cpp, merged with the adapter.
    Gguf,
    /// A LoRA adapter for llama.cpp.
    GgufLora,
}

/// How a GGUF model's matrices are stored.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum PrecisionName {
    /// 32 bits.
    F32,
    /// 16 bits, IEEE.
    F16,
    /// 16 bits, the upper half of f32.
    Bf16,
    /// 8 bits with a scale for every 32.
    #[value(name = "q8_0")]
    Q8_0,
}
