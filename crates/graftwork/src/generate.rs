//! Text from a model, with or without an adapter.

use std::path::PathBuf;

use graftwork_adapt::Mode;
use graftwork_data::Message;
use graftwork_model::Sampling;
use serde::Serialize;

use crate::eval::Opened;
use crate::{Control, DeviceChoice, Error, Event, Host};

/// What to continue, and how.
#[derive(Clone, Debug)]
pub struct GenerateRequest {
    /// Base model; the one that the adapter was trained on if not given, else the one that comes with Graftwork.
    pub model: Option<PathBuf>,
    /// Adapter, run or checkpoint on top of it.
    pub adapter: Option<PathBuf>,
    /// Where to compute.
    pub device: DeviceChoice,
    /// The text to continue.
    pub prompt: String,
    /// Whether the prompt is a user's turn, put into the model's chat template.
    pub chat: bool,
    /// How tokens are chosen. To `stop` the tokenizer's own are added.
    pub sampling: Sampling,
}

/// What was generated.
#[derive(Clone, Debug, Serialize)]
pub struct Generated {
    /// The continuation.
    pub text: String,
    /// Tokens of the prompt.
    pub prompt_tokens: usize,
    /// Tokens of the continuation.
    pub tokens: usize,
    /// Seconds for all of them, loading not counted.
    pub seconds: f64,
}

impl Host {
    /// Continues a prompt; `on_text` receives the text piece by piece.
    ///
    /// # Errors
    /// The model or the adapter cannot be used, the prompt is empty, or a chat is asked of a model without a template.
    pub fn generate(
        &self,
        request: &GenerateRequest,
        control: &Control,
        on_event: &mut dyn FnMut(Event),
        on_text: &mut dyn FnMut(&str),
    ) -> Result<Generated, Error> {
        let opened =
            Opened::new(request.model.as_deref(), request.adapter.as_deref(), request.device, control, on_event)?;
        opened.base.task.continues_texts("generate")?;
        let tokenizer = opened.base.tokenizer()?;
        let ids = if request.chat {
            let text = tokenizer.render_chat(&[Message::new("user", &request.prompt)], true)?;
            tokenizer.encode(&text, false)?
        } else {
            tokenizer.encode(&request.prompt, true)?
        };
        if ids.is_empty() {
            return Err(Error::setting("prompt", "is empty; there is nothing to continue"));
        }
        opened.base.fits("prompt", ids.len())?;
        let mut sampling = request.sampling.clone();
        sampling.stop.extend(tokenizer.stop_ids());
        let session = opened.adapted.session(&Mode::Evaluation);
        let (mut new, mut shown) = (Vec::new(), 0);
        let started = std::time::Instant::now();
        let architecture = opened.base.architecture.as_ref();
        graftwork_model::generate(architecture, &session, &ids, &sampling, &opened.device, |token| {
            new.push(token);
            // A character may take several tokens; until it is whole it decodes to the replacement character.
            if let Ok(text) = tokenizer.decode(&new, true)
                && !text.ends_with('\u{fffd}')
                && let Some(added) = text.get(shown..)
            {
                on_text(added);
                shown = text.len();
            }
            !control.stopped()
        });
        let text = tokenizer.decode(&new, true)?;
        on_text(text.get(shown..).unwrap_or_default());
        Ok(Generated { text, prompt_tokens: ids.len(), tokens: new.len(), seconds: started.elapsed().as_secs_f64() })
    }
}
