//! `chat`: a conversation with a model, in a terminal or through a pipe.

mod command;
mod session;
mod terminal;
mod voice;

use std::io::{self, BufRead, IsTerminal};
use std::process::ExitCode;

use graftwork::{Conversation, Error, Host, LoadedModel};

use self::command::refused;
use self::session::{NO_TEMPLATE, Next, Session};
use self::voice::Voice;
use super::{Done, quietly};
use crate::args::ChatArgs;
use crate::output;
use crate::signals::Interrupts;
use crate::text::count;

pub(crate) fn chat(args: &ChatArgs, json: bool) -> Done {
    let voice = match io::stdin().is_terminal() && io::stdout().is_terminal() {
        _ if json => Voice::Json,
        true => Voice::Terminal,
        false => Voice::Text,
    };
    let interrupts = Interrupts::listen()?;
    let host = Host::new()?;
    let request = args.load.request();
    let load = |control: &_| quietly(json, |progress| host.load(&request, control, &mut |event| progress.show(&event)));
    let model = match interrupts.during(load) {
        (Err(error), true) if error.is_stop() => return Ok(interrupted()),
        (model, _) => model?,
    };
    let conversation = conversation(args, &model)?;
    let mut session = Session::new(model, conversation, args.sampling.sampling(), interrupts, voice);
    if let Some(name) = &args.using {
        session.use_adapter(name)?;
    }
    greet(&mut session)?;
    match voice {
        Voice::Terminal => terminal::talk(&mut session).map(|()| ExitCode::SUCCESS),
        Voice::Text | Voice::Json => through_pipe(&mut session),
    }
}

/// Through the model's chat template where it has one.
fn conversation(args: &ChatArgs, model: &LoadedModel) -> Result<Conversation, Error> {
    match (args.raw || !model.has_chat_template()?, &args.system) {
        (false, system) => Ok(Conversation::chat(system.clone())),
        (true, None) => Ok(Conversation::text()),
        (true, Some(_)) => Err(refused("system", NO_TEMPLATE)),
    }
}

/// Says what answers, and how.
fn greet(session: &mut Session) -> Result<(), Error> {
    let weights = session.model.summary(None)?.total_parameters;
    let (path, context) = (session.model.place().display(), session.model.context());
    session.voice.note(&format!(
        "{path}: {} weights, {} tokens of context; {} answers, /help lists commands",
        count(weights),
        count(context as u64),
        session.answering()
    ));
    if session.conversation.system().is_none() {
        output::say(
            &"no chat template is used: what you type is continued; an empty line goes on, any other begins a new text",
        );
    }
    Ok(())
}

/// Every line is a turn, or several that end in `\` but for the last. What is wrong ends it: further answers would not be those that
/// were asked for.
fn through_pipe(session: &mut Session) -> Done {
    let mut lines = io::stdin().lock().lines();
    while let Some(line) = lines.next() {
        let mut line = line?;
        while line.ends_with('\\')
            && let Some(more) = lines.next()
        {
            line = line + "\n" + &more?;
        }
        match session.take(&line) {
            Ok(Next::Line) => {}
            Ok(Next::End) => break,
            Ok(Next::Interrupted) => return Ok(interrupted()),
            Err(failure) => return Err(failure),
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn interrupted() -> ExitCode {
    ExitCode::from(Interrupts::CODE)
}
