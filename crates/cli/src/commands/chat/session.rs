//! A chat: what is said, by whom, and how.

use graftwork::{Control, Conversation, Error, Generated, LoadedModel, NamedAdapter, Prompt, Sampling};
use serde_json::{Value, json};

use super::command::{COMMANDS, Command, Line, Setting, refused};
use super::voice::Voice;
use crate::commands::generate::{BASE, adapter};
use crate::commands::quietly;
use crate::output::{self, Failure};
use crate::signals::Interrupts;
use crate::text::count;

/// What comes after a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// The next line.
    Line,
    /// Nothing: the chat was ended.
    End,
    /// Whoever asked has interrupted the answer.
    Interrupted,
}

/// Counts of all answers so far.
#[derive(Default)]
struct Totals {
    answers: usize,
    tokens: usize,
    seconds: f64,
}

/// A conversation with a model.
pub(super) struct Session {
    pub(super) model: LoadedModel,
    pub(super) conversation: Conversation,
    /// The adapter that answers; none is the base.
    pub(super) using: Option<String>,
    /// Of the next answer.
    pub(super) sampling: Sampling,
    pub(super) interrupts: Interrupts,
    pub(super) voice: Voice,
    totals: Totals,
}

impl Session {
    pub(super) fn new(
        model: LoadedModel,
        conversation: Conversation,
        sampling: Sampling,
        interrupts: Interrupts,
        voice: Voice,
    ) -> Self {
        let using = model.adapters().next().map(str::to_owned);
        Self { model, conversation, using, sampling, interrupts, voice, totals: Totals::default() }
    }

    /// The name of who answers.
    pub(super) fn answering(&self) -> &str {
        self.using.as_deref().unwrap_or(BASE)
    }

    /// Lets that adapter answer, or the base.
    pub(super) fn use_adapter(&mut self, name: &str) -> Result<(), Error> {
        let adapter = adapter(name, &self.model);
        self.model.summary(adapter)?;
        self.using = adapter.map(str::to_owned);
        Ok(())
    }

    /// Does what a line says.
    pub(super) fn take(&mut self, line: &str) -> Result<Next, Failure> {
        let writing = self.conversation.system().is_none();
        match Line::read(line)? {
            // One text goes on where nothing is typed; what is typed begins another.
            Line::Empty if writing && !self.conversation.turns().is_empty() => self.ask(""),
            Line::Empty => Ok(Next::Line),
            Line::Text(text) => {
                if writing {
                    self.conversation.clear();
                }
                self.ask(&text)
            }
            Line::Command(command) => self.obey(command),
        }
    }

    fn ask(&mut self, question: &str) -> Result<Next, Failure> {
        let Self { model, conversation, using, sampling, voice, .. } = self;
        let mut shown = Ok(());
        let (answer, interrupted) = self.interrupts.during(|control| {
            model.ask(conversation, question, using.as_deref(), sampling, control, &mut |text| {
                if shown.is_ok() {
                    shown = voice.piece(text);
                }
            })
        });
        let answer = answer?;
        shown?;
        voice.end(&answer, model.context())?;
        self.totals.answers += 1;
        self.totals.tokens += answer.tokens;
        self.totals.seconds += answer.seconds;
        self.sampling.seed = self.sampling.seed.wrapping_add(1);
        Ok(if interrupted { Next::Interrupted } else { Next::Line })
    }

    fn obey(&mut self, command: Command) -> Result<Next, Failure> {
        match command {
            Command::Help => self.help()?,
            Command::Use(name) => {
                self.use_adapter(&name)?;
                self.voice.note(&format!("{} answers", self.answering()));
            }
            Command::Adapters => self.adapters()?,
            Command::Load(adapter) => self.load(&adapter)?,
            Command::Drop(name) => self.drop_adapter(&name)?,
            Command::Compare => return self.compare(),
            Command::Retry => return self.retry(),
            Command::Undo => {
                let turn = self.conversation.undo().ok_or_else(|| refused("/undo", NOTHING))?;
                self.voice.note(&format!("taken back: {}", turn.question));
            }
            Command::Forget => {
                let turn = self.conversation.forget().ok_or_else(|| refused("/forget", NOTHING))?;
                self.voice.note(&format!("left out: {}", turn.question));
            }
            Command::Clear => {
                self.conversation.clear();
                self.voice.note("begun anew");
            }
            Command::System(text) => {
                let system = self.conversation.system();
                let said = if text.is_some() {
                    "told to the model from now on"
                } else {
                    "nothing is told to the model any more"
                };
                *system.ok_or_else(|| refused("/system", NO_TEMPLATE))? = text;
                self.voice.note(said);
            }
            Command::Set(settings) => {
                settings.into_iter().for_each(|setting| self.set(setting));
                self.voice.note(&self.settings());
            }
            Command::Save(path) => {
                if self.conversation.turns().is_empty() {
                    return Err(refused("/save", NOTHING).into());
                }
                self.conversation.save(&path)?;
                self.voice.note(&format!("saved in {}", path.display()));
            }
            Command::Stats => self.stats()?,
            Command::Quit => return Ok(Next::End),
        }
        Ok(Next::Line)
    }

    fn set(&mut self, setting: Setting) {
        match setting {
            Setting::Temperature(value) => self.sampling.temperature = value,
            Setting::TopP(value) => self.sampling.top_p = value,
            Setting::MaxTokens(value) => self.sampling.max_tokens = value,
            Setting::Seed(value) => self.sampling.seed = value,
        }
    }

    fn settings(&self) -> String {
        let Sampling { max_tokens, temperature, top_p, seed, .. } = self.sampling;
        format!("temperature={temperature} top_p={top_p} max_tokens={max_tokens} seed={seed}")
    }

    fn help(&self) -> Result<(), Failure> {
        let line = |(name, takes, does): &(&str, &str, &str)| format!("{:<22} {does}", format!("{name} {takes}"));
        let commands: serde_json::Map<String, Value> =
            COMMANDS.iter().map(|(name, _, does)| ((*name).to_owned(), (*does).into())).collect();
        Ok(self.voice.result(&COMMANDS.iter().map(line).collect::<Vec<_>>().join("\n"), &commands)?)
    }

    fn adapters(&self) -> Result<(), Failure> {
        let base = self.model.summary(None)?.total_parameters;
        let mark = |name: Option<&str>| if self.using.as_deref() == name { '*' } else { ' ' };
        let path = self.model.place().display();
        let mut lines = vec![format!("{} {BASE:<16} {} weights, {path}", mark(None), count(base))];
        let mut listed = Vec::new();
        for name in self.model.adapters() {
            let summary = self.model.summary(Some(name))?;
            let kinds: Vec<String> = summary.adapters.iter().map(|(kind, n)| format!("{n} {kind}")).collect();
            let (weights, percent) = (summary.trainable_parameters, summary.trainable_percent);
            let size = format!("{} weights ({percent:.2} %)", count(weights));
            lines.push(format!("{} {name:<16} {size}: {}", mark(Some(name)), kinds.join(", ")));
            listed.push(json!({ "name": name, "weights": weights, "kinds": summary.adapters }));
        }
        let model = self.model.place();
        let json = json!({ "model": model, "weights": base, "adapters": listed, "using": self.answering() });
        Ok(self.voice.result(&lines.join("\n"), &json)?)
    }

    fn load(&mut self, adapter: &NamedAdapter) -> Result<(), Failure> {
        let name =
            quietly(self.voice.is_json(), |progress| self.model.load(adapter, &mut |event| progress.show(&event)))?;
        self.voice.note(&format!("loaded; /use {name}"));
        Ok(())
    }

    fn drop_adapter(&mut self, name: &str) -> Result<(), Failure> {
        // For the error that lists those there are.
        self.model.summary(Some(name))?;
        self.model.remove(name);
        if self.using.as_deref() == Some(name) {
            self.using = None;
            self.voice.note(&format!("{BASE} answers"));
        }
        Ok(())
    }

    fn retry(&mut self) -> Result<Next, Failure> {
        let turn = self.conversation.undo().ok_or_else(|| refused("/retry", NOTHING))?;
        let question = turn.question.clone();
        let next = self.ask(&question);
        if next.is_err() {
            self.conversation.push(turn);
        }
        next
    }

    /// All answers are written together, in one pass of the model at a time: the first is shown as it comes.
    fn compare(&mut self) -> Result<Next, Failure> {
        let content = self.conversation.asked().ok_or_else(|| refused("/compare", NOTHING))?;
        let names = std::iter::once(None).chain(self.model.adapters().map(Some));
        let prompts: Vec<Prompt> =
            names.map(|name| Prompt { content: content.clone(), adapter: name.map(str::to_owned) }).collect();
        let room = self.model.context().saturating_sub(self.model.count_tokens(&content)?);
        let sampling = Sampling { max_tokens: self.sampling.max_tokens.min(room), ..self.sampling.clone() };
        let (model, voice) = (&self.model, self.voice);
        let named = |answer: Option<&str>| match voice {
            Voice::Json => Ok(()),
            Voice::Terminal | Voice::Text => output::line(&format!("[{}]", answer.unwrap_or(BASE))),
        };
        named(None)?;
        let mut shown = Ok(());
        let (answers, interrupted) = self.interrupts.during(|control: &Control| {
            model.generate(&prompts, &sampling, control, &mut |row, text| {
                if row == 0 && shown.is_ok() {
                    shown = voice.piece(text);
                }
            })
        });
        let answers: Vec<Generated> = answers?;
        shown?;
        for (row, answer) in answers.iter().enumerate() {
            if row > 0 {
                named(answer.adapter.as_deref())?;
                voice.piece(&answer.text)?;
            }
            voice.end(answer, model.context())?;
        }
        Ok(if interrupted { Next::Interrupted } else { Next::Line })
    }

    fn stats(&self) -> Result<(), Failure> {
        let Totals { answers, tokens, seconds } = self.totals;
        let speed = if seconds > 0.0 { tokens as f64 / seconds } else { 0.0 };
        let used = match self.conversation.turns() {
            [] => 0,
            _ => self.model.count_tokens(&self.conversation.content())?,
        };
        let context = self.model.context();
        let Sampling { max_tokens, temperature, top_p, seed, .. } = self.sampling;
        let text = format!(
            "answers   {answers}: {} tokens in {seconds:.1} s, {speed:.1} tokens/s\n\
             context   {} of {} tokens ({:.1} %)\n\
             settings  {}",
            count(tokens as u64),
            count(used as u64),
            count(context as u64),
            100.0 * used as f64 / context.max(1) as f64,
            self.settings(),
        );
        let json = json!({
            "answers": answers, "tokens": tokens, "seconds": seconds, "tokens_per_second": speed,
            "context_used": used, "context": context,
            "temperature": temperature, "top_p": top_p, "max_tokens": max_tokens, "seed": seed,
        });
        Ok(self.voice.result(&text, &json)?)
    }
}

const NOTHING: &str = "nothing was asked yet";

/// Why there is no system message.
pub(super) const NO_TEMPLATE: &str =
    "texts are continued as they are; only a model with a chat template, without --raw, takes a system message";
