//! Text from a model, alone or with adapters.

use std::sync::{Arc, Weak};

use graftwork_adapt::{Adapted, Mode, PerRow};
use graftwork_data::Message;
use graftwork_model::{Ending, Parameters, Past, Sampling, generate_rows};
use serde::Serialize;

use crate::{Control, Error, LoadedModel};

/// What is to be continued.
#[derive(Clone, Debug, PartialEq)]
pub enum PromptContent {
    /// A text, as it is.
    Text(String),
    /// A conversation, put into the model's chat template: the assistant speaks next.
    Chat(Vec<Message>),
}

/// What is to be continued, and with which adapter.
///
/// # Examples
/// ```
/// use graftwork::{Message, Prompt};
///
/// let text = Prompt::text("Once upon a time", None);
/// let chat = Prompt::chat([Message::new("system", "Be brief."), Message::new("user", "Who is Elizabeth?")], Some("novels"));
/// assert_eq!(chat.adapter.as_deref(), Some("novels"));
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Prompt {
    /// A text or a conversation.
    pub content: PromptContent,
    /// Name of the adapter; none is the base alone.
    pub adapter: Option<String>,
}

impl Prompt {
    /// A text to continue.
    pub fn text(text: impl Into<String>, adapter: Option<&str>) -> Self {
        Self { content: PromptContent::Text(text.into()), adapter: adapter.map(str::to_owned) }
    }

    /// A conversation to answer in.
    pub fn chat(messages: impl Into<Vec<Message>>, adapter: Option<&str>) -> Self {
        Self { content: PromptContent::Chat(messages.into()), adapter: adapter.map(str::to_owned) }
    }
}

/// What was generated.
#[derive(Clone, Debug, Serialize)]
pub struct Generated {
    /// The adapter.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub adapter: Option<String>,
    /// The continuation.
    pub text: String,
    /// Tokens of the prompt.
    pub prompt_tokens: usize,
    /// Tokens of the continuation.
    pub tokens: usize,
    /// Why it ended.
    pub ending: Ending,
    /// Seconds for all continuations that were made together, loading not counted.
    pub seconds: f64,
}

/// What a model has read of a prompt and written to it, so that a prompt that begins the same is not read again from its beginning.
///
/// It may be kept for any next prompt: with another adapter or another model, which would have read otherwise, it is as if it were new.
#[derive(Default)]
pub struct Reading {
    /// Whose. The weak reference keeps the place, so that no other model comes to have it.
    of: Weak<Adapted>,
    past: Past,
}

impl LoadedModel {
    /// Continues texts or conversations, each with its own adapter, in one pass of the model at a time; `on_text` receives the number
    /// of a prompt and what is added to it. To `sampling.stop` the tokenizer's own are added.
    ///
    /// Prompts whose adapters change what acts on all of them at once, such as norms, are continued adapter by adapter.
    ///
    /// # Errors
    /// The model continues no texts, an adapter is not there, a prompt is empty or too long, or a conversation is given to a model
    /// without a chat template.
    ///
    /// # Examples
    /// ```no_run
    /// use graftwork::{Control, DeviceChoice, Host, LoadRequest, NamedAdapter, Prompt, Sampling};
    ///
    /// # fn main() -> Result<(), graftwork::Error> {
    /// let novels = NamedAdapter { name: Some("novels".to_owned()), path: "runs/lora-1".into() };
    /// let request = LoadRequest { model: None, adapters: vec![novels], device: DeviceChoice::Cpu };
    /// let control = Control::new();
    /// let model = Host::new()?.load(&request, &control, &mut |_| {})?;
    /// // One with the adapter and one without, in one batch.
    /// let prompts = [Prompt::text("Once upon a time", Some("novels")), Prompt::text("Once upon a time", None)];
    /// let sampling = Sampling { max_tokens: 40, temperature: 0.8, top_p: 0.95, stop: Vec::new(), seed: 7 };
    /// for generated in model.generate(&prompts, &sampling, &control, &mut |_, _| {})? {
    ///     println!("{:?}: {}", generated.adapter, generated.text);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn generate(
        &self,
        prompts: &[Prompt],
        sampling: &Sampling,
        control: &Control,
        on_text: &mut dyn FnMut(usize, &str),
    ) -> Result<Vec<Generated>, Error> {
        let ids = prompts.iter().map(|prompt| self.encode(&prompt.content)).collect::<Result<Vec<_>, _>>()?;
        let sampling = self.stopping(sampling)?;
        // One model for each adapter that is used, and its rows.
        let mut used: Vec<(Option<&str>, &Adapted, Vec<usize>)> = Vec::new();
        for (row, prompt) in prompts.iter().enumerate() {
            let name = prompt.adapter.as_deref();
            match used.iter_mut().find(|(known, ..)| *known == name) {
                Some((.., rows)) => rows.push(row),
                None => used.push((name, self.with(name)?, vec![row])),
            }
        }
        let models: Vec<&Adapted> = used.iter().map(|(_, model, _)| *model).collect();
        let rows: Vec<usize> = used.iter().flat_map(|(.., rows)| rows.clone()).collect();
        let of_rows: Vec<usize> = used.iter().enumerate().flat_map(|(at, (.., rows))| vec![at; rows.len()]).collect();
        let together = self.base.architecture.keeps_rows().then(|| PerRow::new(&models, &of_rows)).flatten();
        let mut texts = Texts { model: self, prompts, ids: &ids, sampling: &sampling, control, on_text };
        let mut go_on =
            |parameters: &dyn Parameters, rows: &[usize]| texts.go_on(parameters, rows, &mut Past::default());
        let mut generated = match together {
            Some(parameters) => go_on(&parameters, &rows)?,
            None => {
                let each = used.iter().map(|(_, model, rows)| go_on(&model.session(&Mode::Evaluation), rows));
                each.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect()
            }
        };
        generated.sort_by_key(|(row, _)| *row);
        Ok(generated.into_iter().map(|(_, generated)| generated).collect())
    }

    /// Continues one prompt on top of what was read before, and no further than the length that the model was made for.
    ///
    /// # Errors
    /// As [`generate`](Self::generate), and where the prompt fills that length.
    pub fn reply(
        &self,
        prompt: &Prompt,
        reading: &mut Reading,
        sampling: &Sampling,
        control: &Control,
        on_text: &mut dyn FnMut(&str),
    ) -> Result<Generated, Error> {
        let ids = self.encode(&prompt.content)?;
        let model = self.with(prompt.adapter.as_deref())?;
        let (tokens, limit) = (ids.len(), self.context());
        let room = limit.checked_sub(tokens).filter(|&room| room > 0).ok_or(Error::ContextFull { tokens, limit })?;
        let mut cut = self.stopping(sampling)?;
        cut.max_tokens = sampling.max_tokens.min(room);
        if reading.of.as_ptr() != Arc::as_ptr(model) {
            *reading = Reading { of: Arc::downgrade(model), past: Past::default() };
        }
        let session = model.session(&Mode::Evaluation);
        let (prompts, ids, on_text) = (std::slice::from_ref(prompt), &[ids], &mut |_: usize, text: &str| on_text(text));
        let mut texts = Texts { model: self, prompts, ids, sampling: &cut, control, on_text };
        let (_, mut generated) = texts.go_on(&session, &[0], &mut reading.past)?.remove(0);
        if generated.ending == Ending::MaxTokens && room < sampling.max_tokens {
            generated.ending = Ending::Positions;
        }
        Ok(generated)
    }

    /// How many tokens a prompt has.
    ///
    /// # Errors
    /// It is empty, or the model's chat template refuses it.
    pub fn count_tokens(&self, content: &PromptContent) -> Result<usize, Error> {
        Ok(self.ids(content)?.len())
    }

    fn encode(&self, content: &PromptContent) -> Result<Vec<u32>, Error> {
        self.base.task.continues_texts("generate")?;
        let ids = self.ids(content)?;
        self.base.fits("prompt", ids.len())?;
        Ok(ids)
    }

    fn ids(&self, content: &PromptContent) -> Result<Vec<u32>, Error> {
        let tokenizer = self.base.tokenizer()?;
        let ids = match content {
            PromptContent::Text(text) => tokenizer.encode(text, true)?,
            PromptContent::Chat(messages) => tokenizer.encode(&tokenizer.render_chat(messages, true)?, false)?,
        };
        match ids.is_empty() {
            true => Err(Error::setting("prompt", "is empty; there is nothing to continue")),
            false => Ok(ids),
        }
    }

    /// The same, ended by the tokenizer's tokens too.
    fn stopping(&self, sampling: &Sampling) -> Result<Sampling, Error> {
        let mut sampling = sampling.clone();
        sampling.stop.extend(self.base.tokenizer()?.stop_ids());
        Ok(sampling)
    }
}

/// The texts of a call.
struct Texts<'a, 'b> {
    model: &'a LoadedModel,
    prompts: &'a [Prompt],
    ids: &'a [Vec<u32>],
    sampling: &'a Sampling,
    control: &'a Control,
    on_text: &'b mut dyn FnMut(usize, &str),
}

impl Texts<'_, '_> {
    /// Continues some of them; gives each with its number.
    fn go_on(
        &mut self,
        parameters: &dyn Parameters,
        rows: &[usize],
        past: &mut Past,
    ) -> Result<Vec<(usize, Generated)>, Error> {
        let tokenizer = self.model.base.tokenizer()?;
        let prompts: Vec<&[u32]> = rows.iter().map(|&row| self.ids[row].as_slice()).collect();
        let (mut new, mut shown) = (vec![Vec::new(); rows.len()], vec![0; rows.len()]);
        let started = std::time::Instant::now();
        let (architecture, device) = (self.model.base.architecture.as_ref(), &self.model.device);
        let continued = generate_rows(architecture, parameters, &prompts, self.sampling, device, past, |at, token| {
            new[at].push(token);
            // A character may take several tokens; until it is whole it decodes to the replacement character.
            if let Ok(text) = tokenizer.decode(&new[at], true)
                && !text.ends_with('\u{fffd}')
                && let Some(added) = text.get(shown[at]..)
            {
                (self.on_text)(rows[at], added);
                shown[at] = text.len();
            }
            !self.control.stopped()
        });
        let seconds = started.elapsed().as_secs_f64();
        let mut generated = Vec::with_capacity(rows.len());
        for (at, (&row, continuation)) in rows.iter().zip(continued).enumerate() {
            let text = tokenizer.decode(&new[at], true)?;
            (self.on_text)(row, text.get(shown[at]..).unwrap_or_default());
            let (adapter, prompt_tokens) = (self.prompts[row].adapter.clone(), self.ids[row].len());
            let (tokens, ending) = (new[at].len(), continuation.ending);
            generated.push((row, Generated { adapter, text, prompt_tokens, tokens, ending, seconds }));
        }
        Ok(generated)
    }
}
