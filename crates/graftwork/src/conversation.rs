//! Conversations with a model, turn by turn.

use std::path::Path;

use graftwork_data::Message;
use graftwork_model::Sampling;
use graftwork_store::append_line;
use serde_json::{Value, json};

use crate::{Control, Error, Generated, LoadedModel, Prompt, PromptContent, Reading};

/// A question and the answer to it, or a text and how it went on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Turn {
    /// What the model was given.
    pub question: String,
    /// What it wrote.
    pub answer: String,
}

/// What has been said so far. Every turn may be another adapter's; what the model has read of it is kept for the next turn.
///
/// ```no_run
/// use graftwork::{Control, Conversation, DeviceChoice, Host, LoadRequest, NamedAdapter, Sampling};
///
/// # fn main() -> Result<(), graftwork::Error> {
/// let adapters = vec![NamedAdapter { name: Some("austen".to_owned()), path: "runs/lora-1".into() }];
/// let request = LoadRequest { model: None, adapters, device: DeviceChoice::Cpu };
/// let control = Control::new();
/// let model = Host::new()?.load(&request, &control, &mut |_| {})?;
/// let sampling = Sampling { max_tokens: 256, temperature: 0.7, top_p: 0.9, stop: Vec::new(), seed: 0 };
/// let mut talk = Conversation::chat(Some("Be brief.".to_owned()));
/// for (question, adapter) in [("Who is Elizabeth?", Some("austen")), ("Are you sure?", None)] {
///     model.ask(&mut talk, question, adapter, &sampling, &control, &mut |piece| print!("{piece}"))?;
/// }
/// talk.save("talks.jsonl".as_ref())
/// # }
/// ```
pub struct Conversation {
    form: Form,
    turns: Vec<Turn>,
    reading: Reading,
}

/// How turns become a prompt.
enum Form {
    /// Through the model's chat template.
    Chat { system: Option<String> },
    /// One after the other, as they are.
    Text,
}

impl Conversation {
    /// Questions and answers in the model's chat template, below what a system message says.
    #[must_use]
    pub fn chat(system: Option<String>) -> Self {
        Self { form: Form::Chat { system }, turns: Vec::new(), reading: Reading::default() }
    }

    /// One text that a person and the model write together, for a model without a chat template.
    #[must_use]
    pub fn text() -> Self {
        Self { form: Form::Text, turns: Vec::new(), reading: Reading::default() }
    }

    /// The turns, the oldest first.
    #[must_use]
    pub fn turns(&self) -> &[Turn] {
        &self.turns
    }

    /// The system message, where there can be one.
    pub fn system(&mut self) -> Option<&mut Option<String>> {
        match &mut self.form {
            Form::Chat { system } => Some(system),
            Form::Text => None,
        }
    }

    /// Adds a turn, as when a conversation that was kept elsewhere goes on.
    pub fn push(&mut self, turn: Turn) {
        self.turns.push(turn);
    }

    /// Takes the last turn back.
    pub fn undo(&mut self) -> Option<Turn> {
        self.turns.pop()
    }

    /// Leaves out the oldest turn.
    pub fn forget(&mut self) -> Option<Turn> {
        (!self.turns.is_empty()).then(|| self.turns.remove(0))
    }

    /// Begins anew; the system message stays.
    pub fn clear(&mut self) {
        self.turns.clear();
    }

    /// What the model reads to answer a question, or to go on from a text.
    #[must_use]
    pub fn with(&self, question: &str) -> PromptContent {
        self.prompt(&self.turns, Some(question))
    }

    /// What the model read for the last turn, if there is one.
    #[must_use]
    pub fn asked(&self) -> Option<PromptContent> {
        let (last, before) = self.turns.split_last()?;
        Some(self.prompt(before, Some(&last.question)))
    }

    /// All of it.
    #[must_use]
    pub fn content(&self) -> PromptContent {
        self.prompt(&self.turns, None)
    }

    /// Appends it to a file as a line that can be trained on: chat `messages`, or a `text`.
    ///
    /// # Errors
    /// The file cannot be written; then it is as it was.
    pub fn save(&self, path: &Path) -> Result<(), Error> {
        let line: Value = match self.content() {
            PromptContent::Chat(messages) => json!({ "messages": messages }),
            PromptContent::Text(text) => json!({ "text": text }),
        };
        Ok(append_line(path, &line)?)
    }

    fn prompt(&self, turns: &[Turn], question: Option<&str>) -> PromptContent {
        let said = turns.iter().flat_map(|turn| [turn.question.as_str(), turn.answer.as_str()]).chain(question);
        match &self.form {
            Form::Text => PromptContent::Text(said.collect()),
            Form::Chat { system } => {
                let speakers = ["user", "assistant"].into_iter().cycle();
                let said = speakers.zip(said).map(|(role, text)| Message::new(role, text));
                let system = system.iter().map(|text| Message::new("system", text.as_str()));
                PromptContent::Chat(system.chain(said).collect())
            }
        }
    }
}

impl LoadedModel {
    /// Lets the model, with that adapter, answer a question or go on from a text, and adds the turn to the conversation; also where
    /// `control` ended the answer, with what there was of it. `on_text` receives it piece by piece.
    ///
    /// # Errors
    /// As [`reply`](Self::reply); the conversation is then as it was.
    pub fn ask(
        &self,
        conversation: &mut Conversation,
        question: &str,
        adapter: Option<&str>,
        sampling: &Sampling,
        control: &Control,
        on_text: &mut dyn FnMut(&str),
    ) -> Result<Generated, Error> {
        let prompt = Prompt { content: conversation.with(question), adapter: adapter.map(str::to_owned) };
        let generated = self.reply(&prompt, &mut conversation.reading, sampling, control, on_text)?;
        let turn = Turn { question: question.to_owned(), answer: generated.text.clone() };
        conversation.push(turn);
        Ok(generated)
    }
}
