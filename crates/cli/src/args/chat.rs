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

#[cfg(test)]
#[allow(clippy::expect_used, clippy::panic, reason = "tests")]
mod tests {
    use clap::Parser;

    use crate::args::{Cli, Command};

    /// Texts that people talk with are long, and not always the likeliest; of those that scripts ask for, it is the other way round.
    #[test]
    fn the_defaults_of_a_chat_are_its_own() {
        let of =
            |arguments: &[&str]| match Cli::try_parse_from([&["host"], arguments].concat()).expect("arguments").command
            {
                Command::Chat(args) => args.sampling.sampling(),
                Command::Generate(args) => args.sampling.sampling(),
                other => panic!("{other:?}"),
            };
        let chat = of(&["chat"]);
        assert_eq!((chat.max_tokens, chat.temperature, chat.top_p, chat.seed), (512, 0.7, 0.9, 0));
        let generate = of(&["generate", "a"]);
        assert_eq!((generate.max_tokens, generate.temperature, generate.top_p, generate.seed), (128, 0.0, 1.0, 0));
        assert!(Cli::try_parse_from(["host", "chat", "--max-tokens", "0"]).is_err(), "an answer has a token");
        assert_eq!(of(&["generate", "a", "--max-tokens", "0"]).max_tokens, 0);
    }
}
