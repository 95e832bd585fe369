//! Flags of `chat`.

use clap::Args;

use super::using::{LoadArgs, SamplingArgs, max_tokens};

/// Flags of `chat`.
#[derive(Debug, Args)]
#[command(mut_arg("max_tokens", |arg| arg.help("The most tokens of an answer").default_value("512").value_parser(max_tokens)))]
#[command(mut_arg("temperature", |arg| arg.default_value("0.7")))]
#[command(mut_arg("top_p", |arg| arg.default_value("0.9")))]
#[command(mut_arg("seed", |arg| arg.help("Of the first answer; every further one has the next")))]
pub(crate) struct ChatArgs {
    #[command(flatten)]
    pub(crate) load: LoadArgs,
    /// Name of the adapter that answers first, or `base`; the first adapter if not given.
    #[arg(long = "use", value_name = "NAME")]
    pub(crate) using: Option<String>,
    /// What the model is told before the first question.
    #[arg(long, value_name = "TEXT", conflicts_with = "raw")]
    pub(crate) system: Option<String>,
    #[command(flatten)]
    pub(crate) sampling: SamplingArgs,
    /// Continue what is typed, also where the model has a chat template.
    #[arg(long)]
    pub(crate) raw: bool,
}
