//! The command line.

mod chat;
mod compare;
mod plugin;
mod results;
mod setup;
mod using;
mod watch;

use std::num::{NonZeroU64, NonZeroUsize};
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum, ValueHint};
use graftwork::{Code, DataSource, DeviceChoice, Format, LossOn, TaskKind};
use serde_json::Value;

use crate::style::When;
use crate::{exit, style};

pub(crate) use chat::ChatArgs;
pub(crate) use compare::CompareArgs;
pub(crate) use plugin::{OnModel, PluginCommand};
pub(crate) use results::{ExportArgs, ExportName, GenerateArgs, ImportArgs, MergeArgs, MergeForm, PrecisionName};
pub(crate) use setup::{InitArgs, SchemaArgs};
pub(crate) use using::{max_tokens, named_adapter, temperature, top_p};
pub(crate) use watch::WatchArgs;

/// A model's place.
const MODEL: &str = "DIR|ORG/NAME[@REVISION]";

/// Fine-tune pretrained language models, with the method as a sandboxed plugin.
#[derive(Debug, Parser)]
#[command(name = "host", version, propagate_version = true, arg_required_else_help = true)]
#[command(styles = style::HELP, after_help = exit::TEXT)]
pub(crate) struct Cli {
    /// Print JSON: a line for each event, and one object at the end.
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// More messages on standard error; twice for still more.
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub(crate) verbose: u8,
    /// When to use colours.
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub(crate) color: When,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Train. Without a model and data, a small one that comes with the program.
    Run {
        #[command(flatten)]
        run: RunArgs,
        #[command(flatten)]
        watch: WatchArgs,
    },
    /// Show what `run` would do with the same flags: the plan, counts, memory, data. Trains nothing, writes nothing.
    Check(CheckArgs),
    /// Train candidates on the same data and say which to take and why: full fine-tuning or LoRA?
    Compare(Box<CompareArgs>),
    /// Go on with a run or a comparison that was stopped or killed, from its newest whole checkpoint.
    Resume {
        /// Folder of the run.
        #[arg(value_hint = ValueHint::DirPath)]
        run: PathBuf,
        /// What may be other than it was when the run was started: base, plugin, data, configuration; separated by commas.
        #[arg(long, value_name = "CHANGES", value_delimiter = ',')]
        allow: Vec<ChangeName>,
        #[command(flatten)]
        watch: WatchArgs,
    },
    /// Compare a checkpoint, a result, a whole run or those of a comparison with the hashes that were written with it.
    Verify {
        /// Its folder.
        #[arg(value_hint = ValueHint::DirPath)]
        path: PathBuf,
    },
    /// Measure the loss and the accuracy of a model, with or without an adapter.
    Eval(EvalArgs),
    /// Continue a text.
    Generate(GenerateArgs),
    /// Talk to a model in the terminal, and switch its adapters while you do.
    Chat(ChatArgs),
    /// Fold an adapter into its base: a model folder that needs no adapter.
    Merge(MergeArgs),
    /// Take over an adapter of PEFT's, of a method that a strategy plugin plans.
    Import(ImportArgs),
    /// Write a model or an adapter in another program's form: PEFT, or GGUF for llama.cpp.
    Export(ExportArgs),
    /// Write a commented run.toml, chosen by looking at the model, the data and the memory there is.
    Init(InitArgs),
    /// Print the JSON Schema of run.toml.
    Schema(SchemaArgs),
    /// Say what this machine has to compute and to build plugins with, and what is missing.
    Doctor {
        /// What has to be there, e.g. cuda, rust, token: the exit code is 3 where it is not. May be given more than once.
        #[arg(long, value_name = "NAME")]
        need: Vec<String>,
    },
    /// Look at a plugin, or try it.
    #[command(subcommand)]
    Plugin(PluginCommand),
    /// Say what the code of an error means and what to do; without one, list all.
    Explain {
        /// The code, as in `error[GW0203]`.
        code: Option<Code>,
    },
    /// Write what a shell needs to complete this command line.
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
    /// Write manual pages.
    Man {
        /// Command that the page is of, e.g. `plugin build`; the program itself if not given.
        command: Vec<String>,
        /// Folder to write the pages of all commands to.
        #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath, conflicts_with = "command")]
        out: Option<PathBuf>,
    },
}

/// Flags of `run`.
#[derive(Debug, Args)]
pub(crate) struct RunArgs {
    /// Strategy plugin, a file or a name that `host plugin list` has; several form a chain, selectors first.
    #[arg(long, value_name = "PLUGIN", value_hint = ValueHint::FilePath)]
    pub(crate) strategy: Vec<PathBuf>,
    /// Key of run.toml: `train.learning_rate=3e-4`, `data.files='["a.jsonl"]'`; or setting of a strategy: `rank=16`, `lora.rank=16`.
    #[arg(long = "set", value_name = "KEY=VALUE", value_parser = setting)]
    pub(crate) settings: Vec<(String, Value)>,
    /// Configuration to start from; flags override it.
    #[arg(long, value_name = "run.toml", value_hint = ValueHint::FilePath)]
    pub(crate) config: Option<PathBuf>,
    /// Base model: a Hugging Face folder, or a name on the Hub.
    #[arg(long, value_name = MODEL, value_hint = ValueHint::DirPath)]
    pub(crate) model: Option<PathBuf>,
    /// What to train for: causal-lm, masked-lm, sequence-classification; found from the data and the model if not given.
    #[arg(long)]
    pub(crate) task: Option<TaskKind>,
    /// Adapter whose tensors to start from.
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(crate) adapter: Option<PathBuf>,
    /// Folder of the run; the next free `runs/STRATEGY-N` if not given.
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(crate) out: Option<PathBuf>,
    /// Replace a run that is already there.
    #[arg(long)]
    pub(crate) overwrite: bool,
    /// `cpu`, `cuda:0`.
    #[arg(long)]
    pub(crate) device: Option<DeviceChoice>,
    /// Seed of everything random.
    #[arg(long)]
    pub(crate) seed: Option<u64>,
    /// Text to continue before and after training.
    #[arg(long, value_name = "TEXT")]
    pub(crate) sample: Option<String>,
    #[command(flatten)]
    pub(crate) data: DataArgs,
    #[command(flatten)]
    pub(crate) train: TrainArgs,
}

/// Flags about the data.
#[derive(Debug, Args)]
#[command(next_help_heading = "Data")]
pub(crate) struct DataArgs {
    /// What to train on: a file (text, JSON, JSONL, CSV, TSV or Parquet, gzip or not), a folder, a quoted pattern like
    /// 'b/**/*.csv', or - for standard input; may be given more than once. With =WEIGHT, as in b.jsonl=0.3, that share of
    /// the rows comes from there.
    #[arg(long, value_name = "PATH[=WEIGHT]", value_parser = source, value_hint = ValueHint::AnyPath)]
    pub(crate) data: Vec<DataSource>,
    /// Format of the records: text, jsonl-text, prompt-completion, alpaca, labelled, chat; found from the file if not given.
    #[arg(long)]
    pub(crate) format: Option<Format>,
    /// Longest row, in tokens.
    #[arg(long, value_name = "TOKENS")]
    pub(crate) max_length: Option<usize>,
    /// Let short samples share rows.
    #[arg(long)]
    pub(crate) packing: bool,
    /// What the loss counts: auto, all, completion, assistant.
    #[arg(long)]
    pub(crate) loss_on: Option<LossOn>,
    /// Part of the data to evaluate on, e.g. 0.05, or a file, folder or pattern.
    #[arg(long, value_name = "FRACTION|PATH", value_hint = ValueHint::AnyPath)]
    pub(crate) eval: Vec<String>,
    /// Names of the classes, separated by commas, for sequence-classification; the model's or the data's if not given.
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    pub(crate) labels: Vec<String>,
    /// Share of the tokens that masked-lm hides; 0.15 if not given.
    #[arg(long, value_name = "SHARE")]
    pub(crate) masked: Option<f32>,
    /// Keep the order of the files.
    #[arg(long)]
    pub(crate) no_shuffle: bool,
}

/// Flags about the training loop.
#[derive(Debug, Args)]
#[command(next_help_heading = "Training")]
pub(crate) struct TrainArgs {
    /// Updates.
    #[arg(long, conflicts_with = "epochs")]
    pub(crate) steps: Option<u64>,
    /// Passes over the data.
    #[arg(long)]
    pub(crate) epochs: Option<f64>,
    /// Rows in one forward pass.
    #[arg(long, value_name = "ROWS")]
    pub(crate) batch_size: Option<NonZeroUsize>,
    /// Forward passes in one update.
    #[arg(long, value_name = "PASSES")]
    pub(crate) gradient_accumulation: Option<NonZeroUsize>,
    /// Peak learning rate.
    #[arg(long, visible_alias = "lr")]
    pub(crate) learning_rate: Option<f64>,
    /// Course of the learning rate after its rise.
    #[arg(long)]
    pub(crate) schedule: Option<ScheduleName>,
    /// Updates over which the learning rate rises.
    #[arg(long, conflicts_with = "warmup_ratio")]
    pub(crate) warmup_steps: Option<u64>,
    /// Part of the run over which the learning rate rises.
    #[arg(long)]
    pub(crate) warmup_ratio: Option<f64>,
    /// Decoupled weight decay of matrices.
    #[arg(long)]
    pub(crate) weight_decay: Option<f64>,
    /// The gradient's global norm is cut to this; 0 leaves it.
    #[arg(long)]
    pub(crate) max_grad_norm: Option<f64>,
    /// Evaluate every so many updates.
    #[arg(long, value_name = "STEPS")]
    pub(crate) eval_every: Option<u64>,
    /// Write a checkpoint every so many updates.
    #[arg(long, value_name = "STEPS")]
    pub(crate) checkpoint_every: Option<u64>,
    /// Keep so many of the newest checkpoints; all if not given.
    #[arg(long, value_name = "COUNT")]
    pub(crate) keep_last: Option<NonZeroUsize>,
    /// Keep so many of the checkpoints with the lowest evaluation loss besides, and write one whenever it is the lowest so far.
    #[arg(long, value_name = "COUNT")]
    pub(crate) keep_best: Option<NonZeroUsize>,
    /// End when so many evaluations in a row were no better than the best before them.
    #[arg(long, value_name = "EVALUATIONS")]
    pub(crate) early_stopping: Option<NonZeroU64>,
    /// Which weights the result has: after the last update, or with the lowest evaluation loss.
    #[arg(long)]
    pub(crate) result: Option<ResultName>,
    /// Compute blocks again in the backward pass, which takes less memory and a second forward pass: `auto` does where it has to.
    #[arg(long)]
    pub(crate) recompute: Option<RecomputeName>,
    /// Run only where two runs of the same training are the same, bit by bit. Costs nothing.
    #[arg(long)]
    pub(crate) deterministic: bool,
}

/// What of a run may be other than it was.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum ChangeName {
    /// The base model's weights.
    Base,
    /// The plugins' files.
    Plugin,
    /// The data.
    Data,
    /// What `run.toml` says.
    Configuration,
}

/// Which weights a run's result has.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum ResultName {
    /// Those after the last update.
    Last,
    /// Those with the lowest evaluation loss.
    Best,
}

/// What the backward pass computes again.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum RecomputeName {
    /// Nothing.
    None,
    /// Each block.
    Block,
    /// Blocks where an update would not fit into memory otherwise.
    Auto,
}

/// Course of the learning rate.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum ScheduleName {
    /// Stays.
    Constant,
    /// Falls in a line to 0.
    Linear,
    /// Falls along half a cosine to 0.
    Cosine,
}

/// Flags of `check`.
#[derive(Debug, Args)]
pub(crate) struct CheckArgs {
    #[command(flatten)]
    pub(crate) run: RunArgs,
    /// Show so many samples, with what the loss counts.
    #[arg(long, default_value_t = 0, value_name = "SAMPLES")]
    pub(crate) preview: usize,
}

/// Which model, with which adapter.
#[derive(Debug, Args)]
pub(crate) struct ModelArgs {
    /// Model folder or name on the Hub; the one that the adapter was trained on if not given, else the one that comes with the program.
    #[arg(long, value_name = MODEL, value_hint = ValueHint::DirPath)]
    pub(crate) model: Option<PathBuf>,
    /// Adapter, run or checkpoint on top of it.
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(crate) adapter: Option<PathBuf>,
    /// `cpu`, `cuda:0`.
    #[arg(long, default_value_t)]
    pub(crate) device: DeviceChoice,
}

/// Flags of `eval`.
#[derive(Debug, Args)]
pub(crate) struct EvalArgs {
    #[command(flatten)]
    pub(crate) model: ModelArgs,
    /// File, folder, pattern or - to evaluate on; without one, held-out text that comes with the program.
    #[arg(long, value_name = "PATH", value_hint = ValueHint::AnyPath)]
    pub(crate) data: Vec<PathBuf>,
    /// Format of the records; found from the file if not given.
    #[arg(long)]
    pub(crate) format: Option<Format>,
    /// Longest row, in tokens.
    #[arg(long, value_name = "TOKENS")]
    pub(crate) max_length: Option<usize>,
    /// What the loss counts: auto, all, completion, assistant.
    #[arg(long)]
    pub(crate) loss_on: Option<LossOn>,
    /// Names of the classes, separated by commas, where neither the adapter nor the model has them.
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    pub(crate) labels: Vec<String>,
    /// Rows in one forward pass.
    #[arg(long, default_value = "8", value_name = "ROWS")]
    pub(crate) batch_size: NonZeroUsize,
}

/// Type of weights in a file.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum DtypeName {
    /// 32 bits.
    F32,
    /// 16 bits, IEEE.
    F16,
    /// 16 bits, the upper half of f32.
    Bf16,
}

/// Through its text: a path alone would take the weight for a part of the name.
fn source(text: &str) -> Result<DataSource, String> {
    text.parse::<DataSource>().map_err(|e| e.to_string())
}

/// `key=value`; the value is JSON if it reads as JSON, else text.
fn setting(text: &str) -> Result<(String, Value), String> {
    let (key, value) = text.split_once('=').ok_or("it must have the form KEY=VALUE")?;
    let key = key.trim();
    if key.is_empty() {
        return Err("the key is empty".to_owned());
    }
    Ok((key.to_owned(), graftwork::setting_value(value)))
}
