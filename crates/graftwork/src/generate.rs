//! Text from a model, alone or with adapters.

use graftwork_adapt::{Adapted, Mode, PerRow};
use graftwork_data::Message;
use graftwork_model::{Parameters, Sampling, generate_rows};
use serde::Serialize;

use crate::{Control, Error, LoadedModel};

/// A text to continue, and with which adapter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prompt {
    /// The text.
    pub text: String,
    /// Name of the adapter; none is the base alone.
    pub adapter: Option<String>,
}

/// How to continue texts.
#[derive(Clone, Debug)]
pub struct GenerateOptions {
    /// Whether a prompt is a user's turn, put into the model's chat template.
    pub chat: bool,
    /// How tokens are chosen. To `stop` the tokenizer's own are added.
    pub sampling: Sampling,
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
    /// Seconds for all continuations that were made together, loading not counted.
    pub seconds: f64,
}

impl LoadedModel {
    /// Continues texts, each with its own adapter, in one pass of the model at a time; `on_text` receives the number of a text and
    /// what is added to it.
    ///
    /// Texts whose adapters change what acts on all of them at once, such as norms, are continued adapter by adapter.
    ///
    /// # Errors
    /// The model continues no texts, an adapter is not there, a prompt is empty or too long, or a chat is asked of a model
    /// without a template.
    pub fn generate(
        &self,
        prompts: &[Prompt],
        options: &GenerateOptions,
        control: &Control,
        on_text: &mut dyn FnMut(usize, &str),
    ) -> Result<Vec<Generated>, Error> {
        self.base.task.continues_texts("generate")?;
        let ids =
            prompts.iter().map(|prompt| self.encode(&prompt.text, options.chat)).collect::<Result<Vec<_>, _>>()?;
        let mut sampling = options.sampling.clone();
        sampling.stop.extend(self.base.tokenizer()?.stop_ids());
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
        let mut generated = match together {
            Some(parameters) => texts.go_on(&parameters, &rows)?,
            None => {
                let each = used.iter().map(|(_, model, rows)| texts.go_on(&model.session(&Mode::Evaluation), rows));
                each.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect()
            }
        };
        generated.sort_by_key(|(row, _)| *row);
        Ok(generated.into_iter().map(|(_, generated)| generated).collect())
    }

    fn encode(&self, prompt: &str, chat: bool) -> Result<Vec<u32>, Error> {
        let tokenizer = self.base.tokenizer()?;
        let ids = if chat {
            let text = tokenizer.render_chat(&[Message::new("user", prompt)], true)?;
            tokenizer.encode(&text, false)?
        } else {
            tokenizer.encode(prompt, true)?
        };
        if ids.is_empty() {
            return Err(Error::setting("prompt", "is empty; there is nothing to continue"));
        }
        self.base.fits("prompt", ids.len())?;
        Ok(ids)
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
    fn go_on(&mut self, parameters: &dyn Parameters, rows: &[usize]) -> Result<Vec<(usize, Generated)>, Error> {
        let tokenizer = self.model.base.tokenizer()?;
        let prompts: Vec<&[u32]> = rows.iter().map(|&row| self.ids[row].as_slice()).collect();
        let (mut new, mut shown) = (vec![Vec::new(); rows.len()], vec![0; rows.len()]);
        let started = std::time::Instant::now();
        let (architecture, device) = (self.model.base.architecture.as_ref(), &self.model.device);
        generate_rows(architecture, parameters, &prompts, self.sampling, device, |at, token| {
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
        for (at, &row) in rows.iter().enumerate() {
            let text = tokenizer.decode(&new[at], true)?;
            (self.on_text)(row, text.get(shown[at]..).unwrap_or_default());
            let (adapter, prompt_tokens) = (self.prompts[row].adapter.clone(), self.ids[row].len());
            generated.push((row, Generated { adapter, text, prompt_tokens, tokens: new[at].len(), seconds }));
        }
        Ok(generated)
    }
}
