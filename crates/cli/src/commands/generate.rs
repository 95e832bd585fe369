//! `generate`: texts from a model, alone or with adapters.

use std::io::{self, IsTerminal};
use std::process::ExitCode;

use graftwork::{Control, Error, Event, Host, LoadedModel, Message, Prompt};

use super::{Done, quietly};
use crate::args::GenerateArgs;
use crate::output;
use crate::signals::Signals;
use crate::text::harmless;

/// The name that stands for no adapter.
pub(super) const BASE: &str = "base";

pub(crate) fn generate(args: &GenerateArgs, json: bool) -> Done {
    let control = Control::new();
    let signals = Signals::listen(&control)?;
    let host = Host::new()?;
    let (request, sampling) = (args.load.request(), args.sampling.sampling());
    // A file gets what the model wrote, to the byte.
    let is_terminal = io::stdout().is_terminal();
    let shown = |text: &str| if is_terminal { harmless(text) } else { text.to_owned() };
    let mut failed = None;
    // One text is shown as it comes; of several, each when all are done.
    let alone = args.prompts.len() == 1;
    let generated = quietly(json, |progress| {
        let model = host.load(&request, &control, &mut |event| progress.show(&event))?;
        let prompts = prompts(args, &model)?;
        // What streams takes the bar's place; of several, nothing is shown until all are done.
        progress.show(&Event::Working { what: "generating" });
        let bar = progress.bar();
        model.generate(&prompts, &sampling, &control, &mut |_, text| {
            if alone && !json && failed.is_none() {
                bar.finish_and_clear();
                failed = output::piece(&shown(text)).err();
            }
        })
    });
    let generated = generated.map_err(|error| signals.failure(error))?;
    if let Some(error) = failed {
        return Err(error.into());
    }
    for (generated, prompt) in generated.iter().zip(&args.prompts) {
        match (json, alone) {
            (true, _) => output::json(generated)?,
            (false, true) => output::line("")?,
            (false, false) => {
                let adapter = generated.adapter.as_deref().unwrap_or(BASE);
                // A text goes on where its prompt ends; an answer is a turn of its own.
                let between = if args.chat { " ▸ " } else { "" };
                output::line(&format!("[{adapter}] {prompt}{between}{}", shown(&generated.text)))?;
            }
        }
    }
    Ok(signals.exit_code().unwrap_or(ExitCode::SUCCESS))
}

/// Each prompt with its adapter.
fn prompts(args: &GenerateArgs, model: &LoadedModel) -> Result<Vec<Prompt>, Error> {
    let known: Vec<String> = model.adapters().map(str::to_owned).collect();
    let using = match (args.using.as_slice(), known.as_slice()) {
        ([], []) => vec![BASE.to_owned()],
        ([], [only]) => vec![only.clone()],
        ([], several) => {
            return Err(setting(format!("say which adapter: {BASE}, {}", several.join(", "))));
        }
        (given, _) => given.to_vec(),
    };
    if using.len() > 1 && using.len() != args.prompts.len() {
        let message =
            format!("{} names for {} prompts; give one for all, or one for each", using.len(), args.prompts.len());
        return Err(setting(message));
    }
    let prompt = |(text, name): (&String, &String)| {
        let adapter = adapter(name, model);
        match args.chat {
            true => Prompt::chat([Message::new("user", text.as_str())], adapter),
            false => Prompt::text(text.as_str(), adapter),
        }
    };
    Ok(args.prompts.iter().zip(using.iter().cycle()).map(prompt).collect())
}

/// The adapter that a name stands for, whether there is one of that name or not; none is the base alone.
pub(super) fn adapter<'a>(name: &'a str, model: &LoadedModel) -> Option<&'a str> {
    (name != BASE || model.adapters().any(|known| known == name)).then_some(name)
}

fn setting(message: String) -> Error {
    Error::Setting { key: "use".to_owned(), message }
}
